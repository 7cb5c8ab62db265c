"""The folders below one root, for the file store: reached without following links, made durably."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

TEMPORARY = ".tmp"
"""Where files are before they get their names; no key begins with a dot."""


class Folders:
    def __init__(self, root: Path, *, make: bool = True) -> None:
        """The root itself may be a link. make: it is made, durably; else it is there already, or
        is away: nothing is made in its place."""
        self._durable: set[str] = set()
        """Folders that this process has seen on disk under their names."""
        if make:
            self._make_root(root)
        self.root = root.resolve()
        self.temporary = self.root / TEMPORARY

    def _make_root(self, root: Path) -> None:
        new = [folder for folder in (root, *root.parents) if not folder.exists()]
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        # root's parent always: another process may have made root, and not synced it yet
        for parent in dict.fromkeys([root.parent, *(folder.parent for folder in new)]):
            fd = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
        (root / TEMPORARY).mkdir(mode=0o700, exist_ok=True)

    def are_there(self) -> bool:
        """False while what the root is on is not mounted, say: then nothing is known of what is
        in it. The folder of temporary files tells a store from the bare mount point."""
        return self.temporary.is_dir()

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
