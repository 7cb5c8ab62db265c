"""The folders below one root, for the file store: reached without following links, made durably."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Folders:
    def __init__(self, root: Path) -> None:
        """Makes the folder `root`, durably. The root itself may be a link."""
        new = [folder for folder in (root, *root.parents) if not folder.exists()]
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root = root.resolve()
        self._durable: set[str] = set()
        """Folders that this process has seen on disk under their names."""
        # root's parent always: another process may have made root, and not synced it yet
        for parent in dict.fromkeys([root.parent, *(folder.parent for folder in new)]):
            fd = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    @contextlib.contextmanager
    def opened(self, names: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Descriptor of the folder root/NAME/NAME/…; with `make` it is there, durably.

        Raises OSError, ENOTDIR or ELOOP where a name is a link: a link could lead out.
        """
        fd = os.open(self.root, _FOLDER)
        try:
            for depth, name in enumerate(names, start=1):
                if make:
                    self._make(name, fd, "/".join(names[:depth]))
                parent, fd = fd, os.open(name, _FOLDER, dir_fd=fd)
                os.close(parent)
            yield fd
        finally:
            os.close(fd)

    def _make(self, name: str, parent: int, path: str) -> None:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=parent)
            self._durable.discard(path)  # it was removed by hand
        if path not in self._durable:
            os.fsync(parent)  # also where another process made it: it may not have synced it yet
            self._durable.add(path)
