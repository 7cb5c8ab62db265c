"""What is in a home is nobody else's: folders and files that only their user may read."""

from __future__ import annotations

import os
from pathlib import Path


def keep_private() -> None:
    """From now on whatever this process and its children make is readable for its user alone."""
    os.umask(0o077)


def private_folder(path: Path) -> None:
    """Make it if it is not there, with those above it. Raises OSError."""
    for folder in (*reversed(path.parents), path):  # `parents=True` would make those for all
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)


def private_file(path: Path) -> None:
    """Make it, empty, if it is not there: SQLite would make it for all. Raises OSError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode=0o600))
