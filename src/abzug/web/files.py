"""Files of the package: pages, styles, scripts. A browser asks each time, and gets a 304."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from abzug.errors import NotFound
from abzug.web.security import PAGE_POLICY

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


def give_file(request: Request, root: Path, name: str, *, policy: str = PAGE_POLICY) -> Response:
    """The file `name` below `root`. Raises NotFound, also for what lies outside or is hidden."""
    path = root.joinpath(name).resolve() if "\0" not in name else root
    inside = path.is_relative_to(root.resolve())
    if not inside or path.suffix not in MEDIA_TYPES or not path.is_file():
        raise NotFound("No such page.")
    stat = path.stat()
    data, etag = _read(path, stat.st_mtime_ns, stat.st_size)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Content-Security-Policy": policy}
    if request.headers.get("if-none-match", "").removeprefix("W/") == etag:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=MEDIA_TYPES[path.suffix])


@functools.lru_cache(maxsize=256)
def _read(path: Path, modified: int, size: int) -> tuple[bytes, str]:  # noqa: ARG001  of the cache's key
    data = path.read_bytes()
    return data, f'"{hashlib.sha256(data).hexdigest()[:32]}"'
