"""MiniStack as the tests start it, a program.

Its clock can be moved, so that no test sleeps through a lease: the file named by CLOCK holds
the seconds to add, as one double. On SIGUSR1 it dies in the middle of whatever it does, as a
service whose storage survives: by itself it saves its state at a clean end only.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
from pathlib import Path

import ministack.app
import ministack.core.persistence
import ministack.services.sqs


class MovedTime:
    """The module `time`, but for the hour."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._offset = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)

    def time(self) -> float:
        return time.time() + struct.unpack("d", self._offset[:8])[0]

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)


def crash(*_: object) -> None:
    ministack.core.persistence.save_all(ministack.app._build_persistence_save_dict())
    os._exit(1)


if __name__ == "__main__":
    vars(ministack.services.sqs)["time"] = MovedTime(Path(os.environ["CLOCK"]))
    signal.signal(signal.SIGUSR1, crash)
    ministack.app.main()
