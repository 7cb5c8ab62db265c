"""A request's body as a whole, where it is small."""

from __future__ import annotations

from contextlib import aclosing

from starlette.requests import Request

from abzug.errors import TooLarge


async def whole_body(request: Request, most: int, what: str) -> bytes:
    """Raises TooLarge for more than `most` bytes, as soon as they have come."""
    data = bytearray()
    async with aclosing(request.stream()) as body:
        async for piece in body:
            data += piece
            if len(data) > most:
                raise TooLarge(f"{what} of more than {most} bytes is not read.")
    return bytes(data)
