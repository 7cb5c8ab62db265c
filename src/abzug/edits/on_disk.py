"""Large files lie on disk while a photo is edited, and in memory only where they are looked at.

The pages of a mapped file come as they are read and can be let go of again: the kernel fetches them
once more if need be. A TIFF of 100 megapixels in 16 bits is as large as all of its pixels.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

LARGE = 32 * 2**20
"""Bytes from which a file is worth it."""
_FOLDER = "/var/tmp"  # noqa: S108  no name is made there; /tmp may be memory itself
_CHUNK = 1 << 20

File = bytes | memoryview


def on_disk(data: bytes) -> File:
    """The same bytes; large ones as a mapping of a temporary file that has no name."""
    return joined([data]) if len(data) >= LARGE else data


def joined(parts: Iterable[File]) -> File:
    """The parts as one file; on disk if it is large."""
    parts = list(parts)
    if sum(map(len, parts)) < LARGE:
        return b"".join(parts)
    with temporary() as file:
        for part in parts:
            whole = memoryview(part)
            for at in range(0, len(whole), _CHUNK):
                file.write(whole[at : at + _CHUNK])
                let_go(part)
        return mapped(file)


def temporary() -> IO[bytes]:
    """A file that nobody else sees, and that is gone with the process."""
    usual = "TMPDIR" not in os.environ and os.access(_FOLDER, os.W_OK) and Path(_FOLDER).is_dir()
    return tempfile.TemporaryFile(dir=_FOLDER if usual else None)


def mapped(file: IO[bytes]) -> memoryview:
    """What is in it, for as long as it is looked at; `file` may be closed."""
    file.flush()
    return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def is_mapped(data: File) -> bool:
    return isinstance(data, memoryview) and isinstance(data.obj, mmap.mmap)


def let_go(data: File) -> None:
    """Give back the memory of what was read so far of a mapped file."""
    if isinstance(data, memoryview) and isinstance(data.obj, mmap.mmap):
        data.obj.madvise(mmap.MADV_DONTNEED)
