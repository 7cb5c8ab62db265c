"""Bodies that are bytes: what OpenAPI is told of them, and how a small one is read as a whole."""

from __future__ import annotations

from contextlib import aclosing

from starlette.requests import Request

from abzug.errors import TooLarge

BINARY = {"schema": {"type": "string", "format": "binary"}}
BYTES = {"requestBody": {"required": True, "content": {"application/octet-stream": BINARY}}}
"""For `openapi_extra`: the request's body is the bytes of a file."""


async def whole_body(request: Request, most: int, what: str) -> bytes:
    """Raises TooLarge for more than `most` bytes, as soon as they have come."""
    data = bytearray()
    async with aclosing(request.stream()) as body:
        async for piece in body:
            data += piece
            if len(data) > most:
                raise TooLarge(f"{what} of more than {most} bytes is not read.")
    return bytes(data)
