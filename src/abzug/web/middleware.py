"""What every request goes through: its id, the guard, its metrics, and the net below it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from abzug.errors import TooLarge
from abzug.settings import Settings
from abzug.web import security
from abzug.web.head import as_get
from abzug.web.incoming import Incoming, Memory
from abzug.web.loopback import is_loopback_host
from abzug.web.metrics import Metrics
from abzug.web.problems import CODES, problem

log = structlog.get_logger("abzug.web")

MAX_BODY = 512 * 1024
"""Most bytes of a body where the path has no limit of its own: the ids of 10,000 tasks fit."""
HEALTH = {"/healthz", "/readyz"}


class Front:
    """The outermost layer. Plain ASGI: it looks at no body, and adds microseconds.

    limits: most bytes of a body, by path. held: most bytes of it that are in memory, by path, where
    they are not all.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        metrics: Metrics,
        limits: Mapping[str, int],
        held: Mapping[str, int],
    ) -> None:
        self._app = app
        self._is_open = settings.without_keys
        self._public_host = urlsplit(settings.public_url).netloc
        self._metrics = metrics
        self._limits = limits
        self._held = held
        self._memory = Memory()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = as_get(scope)
        began = time.perf_counter()
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, request_id)
            await send(message)

        try:
            refusal = self._refuse(scope, headers)
            if refusal is not None:
                code, detail = refusal
                answer = problem(request_id, code, CODES[code], detail)
                await answer(scope, receive, send_with_headers)
            else:
                with closing(self._incoming(scope, receive)) as incoming:
                    await self._app(scope, incoming, send_with_headers)
        except ClientDisconnect:
            status = 499  # nobody is left to tell
        except Exception:
            log.exception("request failed", request_id=request_id, path=scope["path"])
            if status:  # too late to say so: an aborted response tells the client
                raise
            detail = "Something broke in the server; the log has the reason under the request id."
            answer = problem(request_id, 500, "internal_error", detail)
            await answer(scope, receive, send_with_headers)
        finally:
            self._metrics.observe(scope, status, time.perf_counter() - began)

    def _refuse(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        if not self._is_ours(headers.get("host", ""), scope["path"]):
            return 421, "This server does not answer to that name."
        if scope["method"] not in security.SAFE_METHODS and security.is_foreign(headers):
            return 403, "A page of another site may not change anything here."
        length = headers.get("content-length", "0")
        limit = self._limit(scope)
        if length.isdecimal() and int(length) > limit:
            return TooLarge.status, f"The body is larger than the limit of {limit} bytes."
        return None

    def _is_ours(self, host: str, path: str) -> bool:
        """A load balancer asks for a server's health by its address."""
        if is_loopback_host(host):
            return True
        return self._is_open and (host == self._public_host or path in HEALTH)

    def _limit(self, scope: Scope) -> int:
        return self._limits.get(scope["path"], MAX_BODY)

    def _incoming(self, scope: Scope, receive: Receive) -> Incoming:
        limit = self._limit(scope)
        held = self._held.get(scope["path"], limit)
        return Incoming(receive, self._memory, limit=limit, held=held)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid4().hex


def _add_headers(message: Message, request_id: str) -> None:
    headers = MutableHeaders(raw=message.setdefault("headers", []))
    headers["x-request-id"] = request_id
    headers.setdefault("content-security-policy", security.DATA_POLICY)
    headers.setdefault("cache-control", "no-store")
    headers.raw.extend(security.HEADERS)
