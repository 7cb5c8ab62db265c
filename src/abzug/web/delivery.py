"""Gives an object's bytes: ranges, validators, a name to save it under."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from abzug.stores.base import CHUNK, DirectStore, Store
from abzug.stores.disposition import attachment
from abzug.stores.whole import whole
from abzug.web.head import is_head

IMMUTABLE = "private, max-age=31536000, immutable"
"""For what lies under a key that never gets other bytes."""
REDIRECT = 600
"""Seconds that the URL of a redirect works."""


@dataclass(frozen=True)
class Delivery:
    """What is given. etag: without quotes. sha256: in hex, None where it is not known. filename: to
    save it under, or None to show it."""

    key: str
    size: int
    etag: str
    media_type: str
    sha256: str | None
    filename: str | None = None
    cache_control: str = IMMUTABLE


def send_to(request: Request, store: Store, what: Delivery) -> Response:
    """Send the client to the object where the store has an endpoint of its own, else `deliver`."""
    if not isinstance(store, DirectStore):
        return deliver(request, store, what)
    url = store.signed_url(what.key, expires_in=REDIRECT, filename=what.filename)
    # kept for less long than the URL lives, so that nobody is sent to a dead one
    return RedirectResponse(url, 307, {"Cache-Control": f"private, max-age={REDIRECT // 2}"})


def deliver(request: Request, store: Store, what: Delivery) -> Response:
    """Answer with the object, or the part of it that is asked for. Blocks: call it in a thread.

    Raises ObjectNotFound before anything is sent, and so ObjectDamaged where little is asked for;
    amid a long answer it breaks off, so that nobody takes what is damaged for the whole.
    """
    etag = f'"{what.etag}"'
    headers = {"ETag": etag, "Cache-Control": what.cache_control, "Accept-Ranges": "bytes"}
    if what.filename is not None:
        headers["Content-Disposition"] = attachment(what.filename)
    if _has_it(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    status, start, length = 200, 0, what.size
    wanted = _wanted_range(request.headers, etag, what.size)
    if wanted is not None:
        status, (start, length) = 206, wanted
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{what.size}"
    headers["Content-Length"] = str(length)
    if is_head(request.scope):
        store.head(what.key)
        return Response(None, status, headers, what.media_type)
    pieces: Iterator[bytes] = store.stream(what.key, start=start, length=length)
    if wanted is None:
        pieces = whole(pieces, what.size, what.sha256)
    elif what.sha256 is not None:
        _check(store, what.key, what.size, what.sha256, store.head(what.key).modified)  # type: ignore[arg-type]
    if length <= CHUNK:
        return Response(b"".join(pieces), status, headers, what.media_type)
    return StreamingResponse(pieces, status, headers, what.media_type)


@functools.lru_cache(maxsize=1000)
def _check(store: Store, key: str, size: int, sha256: str, modified: float) -> None:  # noqa: ARG001
    """A part tells nothing of the whole, so all is read, once until somebody changes it.

    Raises ObjectDamaged.
    """
    for _ in whole(store.stream(key), size, sha256):
        pass


def _has_it(if_none_match: str, etag: str) -> bool:
    candidates = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in candidates or "*" in candidates


def _wanted_range(headers: Headers, etag: str, size: int) -> tuple[int, int] | None:
    """(start, length), or None for all of it: no range, several, or one of another version."""
    match = re.fullmatch(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", headers.get("range", ""))
    if match is None or not (match[1] or match[2]):
        return None
    if headers.get("if-range", etag) != etag:
        return None
    if match[1]:
        start = int(match[1])
        end = min(int(match[2]), size - 1) if match[2] else size - 1
        if match[2] and int(match[2]) < start:
            return None  # no range at all, says RFC 9110
    else:
        start, end = max(0, size - int(match[2])), size - 1
    if start > end:
        msg = "The range begins after the end."
        raise HTTPException(416, msg, {"Content-Range": f"bytes */{size}"})
    return start, end - start + 1
