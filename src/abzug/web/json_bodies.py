"""JSON bodies, bounded in size and in shape before a model looks at them.

A model tells of every value that is wrong, and each costs it a thousand times what it costs to
send: 1 MiB of `[1,1,…]` would be 500,000 errors.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

VALUES = 200_000
"""Most values in all: 10,000 photos, each with a dozen edits of its own."""
MEMBERS = 10_000
"""Most members of a list or an object that is a field of the body, such as `photos`."""
INNER_MEMBERS = 1_000
"""Most members of any other."""
DEPTH = 32
"""Most lists and objects in one another."""

Container = list[Any] | dict[str, Any]


class JsonRoute(APIRoute):
    """The class of all routes that take JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_bounded(request: Request) -> Response:
            return await handle(_JsonRequest(request.scope, request.receive))

        return handle_bounded


class _JsonRequest(Request):
    async def json(self) -> Any:
        """Raises HTTPException, the only error that FastAPI lets through here."""
        body = await self.body()
        # an upper bound, as texts may hold these too; it spares the memory of what is refused
        if sum(body.count(mark) for mark in (b",", b"[", b"{")) > VALUES:
            raise _too_large(f"more than {VALUES} values")
        value = await super().json()
        _check_shape(value)
        return value


def _check_shape(body: Any) -> None:
    level = _containers([body])
    for depth in range(DEPTH):
        if not level:
            return
        most = MEMBERS if depth == 1 else INNER_MEMBERS
        if any(len(one) > most for one in level):
            raise _too_large(f"a list or an object of more than {most} members")
        level = [inner for one in level for inner in _containers(_members(one))]
    if level:
        raise _too_large(f"more than {DEPTH} lists and objects in one another")


def _containers(values: Iterable[Any]) -> list[Container]:
    return [value for value in values if isinstance(value, list | dict)]


def _members(container: Container) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _too_large(what: str) -> HTTPException:
    return HTTPException(413, f"The body has {what}.")
