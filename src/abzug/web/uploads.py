"""From a request's body to a photo, without the body ever being whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request

from abzug.edits.formats.sniff import HEAD
from abzug.errors import UnsupportedMedia
from abzug.jobs.records import Photo
from abzug.service.service import Service
from abzug.web.multipart import FileStart, FormFile

PIECE = 128 * 1024
"""Bytes that are gathered before they go to a thread: a hop for each 64 KiB costs more than
the write."""
HELD_OF_UPLOAD = HEAD + PIECE
"""Bytes of an upload that are in memory at most: all until its head is known, then what is gathered
and what has just come."""


async def receive_photo(service: Service, owner: str, filename: str, request: Request) -> Photo:
    """Store what the body brings. A client that goes away leaves nothing behind."""
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        # curl -d sends so, and leaves out every line break of the file
        raise UnsupportedMedia(
            "This is the content type of a form without files: the photo would come damaged.",
            advice="With curl: --data-binary @photo.jpg and -H 'Content-Type: image/jpeg', "
            "or -F file=@photo.jpg.",
        )
    async with aclosing(request.stream()) as body:
        if not content_type.lower().startswith("multipart/form-data"):
            return await _store(service, owner, filename, body)
        async with aclosing(FormFile(content_type).read(body)) as form:
            return await _store_form(service, owner, filename, form)


async def _store_form(
    service: Service, owner: str, filename: str, form: AsyncIterator[FileStart | bytes]
) -> Photo:
    async def bytes_of_file() -> AsyncIterator[bytes]:
        async for item in form:
            if isinstance(item, bytes):
                yield item

    first = await anext(aiter(form))  # raises InvalidRequest if there is no file
    named = first.filename if isinstance(first, FileStart) else ""
    return await _store(service, owner, filename or named, bytes_of_file())


async def _store(service: Service, owner: str, filename: str, body: AsyncIterator[bytes]) -> Photo:
    upload = await run_sync(service.upload, owner, filename)
    try:
        async for piece in _gathered(body):
            await run_sync(upload.write, piece)
            del piece  # else it is kept until the next one is there
        return await run_sync(upload.finish)
    finally:
        with anyio.CancelScope(shield=True):  # cancelled too, it must tidy up
            await run_sync(upload.close)


async def _gathered(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in body:
            parts.append(chunk)
            size += len(chunk)
            del chunk
            if size >= PIECE:
                yield _taken(parts)
                size = 0
        if size:
            yield _taken(parts)
    finally:
        parts.clear()  # an error's traceback would keep them until garbage is collected


def _taken(parts: list[bytes]) -> bytes:
    taken = b"".join(parts)
    parts.clear()
    return taken
