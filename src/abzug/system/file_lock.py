"""A lock between processes: the kernel wakes the next one at once, and forgets the dead."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FileLock:
    """`with lock:` waits for its turn among processes; within one, only one thread may."""

    def __init__(self, path: Path | str) -> None:
        """Makes the file. Raises OSError."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode=0o600)

    def __enter__(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._descriptor)
