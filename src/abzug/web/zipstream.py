"""A ZIP that is written while it is sent: no entry is ever whole in memory.

Entries are stored, not compressed: photos are compressed already.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

import anyio
from anyio.to_thread import run_sync
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from abzug.service.names import is_writable
from abzug.web.head import is_head

PIECE = 128 * 1024
"""Bytes that are gathered before they are given on."""
RESERVED = frozenset('<>:"/\\|?*')
DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
"""What Windows takes for a device, whatever the extension."""


@dataclass(frozen=True)
class ZipEntry:
    """name: as people wish it; the archive makes it safe and unique. modified: Unix seconds."""

    name: str
    size: int
    modified: float
    pieces: Iterable[bytes]


class _Pipe(io.RawIOBase):
    """What zipfile writes to: it cannot seek, so the sizes follow each entry's data."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        self.waiting = 0
        return taken


def zip_stream(entries: Iterable[ZipEntry]) -> Generator[bytes]:
    """The archive in pieces. Whatever goes wrong is raised: the reader sees that it is cut off."""
    pipe = _Pipe()
    names = Names()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(names.unique(entry.name), _date(entry.modified))
            info.external_attr = 0o644 << 16
            info.extra = _unix_time(entry.modified)
            yield from _entry(archive, pipe, info, entry)
    yield pipe.take()


def _entry(
    archive: zipfile.ZipFile, pipe: _Pipe, info: zipfile.ZipInfo, entry: ZipEntry
) -> Generator[bytes]:
    # zip64 only where the size asks for it: some old readers do not know it
    big = entry.size >= zipfile.ZIP64_LIMIT
    with archive.open(info, "w", force_zip64=big) as target:
        for piece in entry.pieces:
            target.write(piece)
            if pipe.waiting >= PIECE:
                yield pipe.take()


class ZipResponse(StreamingResponse):
    """Sends an archive; what it has open is closed when the client has it, or goes away."""

    media_type = "application/zip"

    def __init__(self, entries: Iterable[ZipEntry], headers: Mapping[str, str]) -> None:
        self._pieces = zip_stream(entries)
        super().__init__(self._pieces, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_head(scope):
            self._pieces.close()
            self.body_iterator = iterate_in_threadpool(())
        try:
            await super().__call__(scope, receive, send)
        finally:
            # left to the garbage collector, the archive is closed after what it writes to
            with anyio.CancelScope(shield=True):
                await run_sync(self._pieces.close)


def _date(at: float) -> tuple[int, int, int, int, int, int]:
    when = datetime.fromtimestamp(at, UTC)
    return (when.year, when.month, when.day, when.hour, when.minute, when.second)


def _unix_time(at: float) -> bytes:
    """The "extended timestamp" of Info-ZIP, in UTC: the date above has no time zone, and everybody
    takes it for theirs. It holds 32 bits."""
    return struct.pack("<HHBi", 0x5455, 5, 1, min(int(at), 2**31 - 1))


class Names:
    """Makes names that every system can unpack, each only once (case does not count)."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def unique(self, wished: str) -> str:
        safe = safe_name(wished)
        path = PurePosixPath(safe)
        name, number = safe, self._last.get(safe.casefold(), 1)
        while name.casefold() in self._taken:
            number += 1
            name = f"{path.stem} ({number}){path.suffix}"
        self._last[safe.casefold()] = number
        self._taken.add(name.casefold())
        return name


def safe_name(wished: str) -> str:
    """One name without folders, control characters, or what Windows refuses; never empty."""
    shown = "".join("_" if c in RESERVED or not is_writable(c) else c for c in wished)
    shown = shown.strip(" .") or "photo"
    return f"_{shown}" if shown.split(".")[0].casefold() in DEVICES else shown
