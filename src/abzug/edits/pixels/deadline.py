"""When a photo's time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from abzug.errors import EditTimeout

if TYPE_CHECKING:
    import pyvips


class Deadline:
    """When a photo's time is up; asked between steps and within the long ones."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    @property
    def passed(self) -> bool:
        return self._clock() > self._end

    def check(self) -> None:
        """Raise EditTimeout if the time is up."""
        if self.passed:
            raise EditTimeout(f"Editing took longer than {self._seconds:g} seconds.")

    def watch(self, image: pyvips.Image) -> None:
        """Have the pixel loop of `image` stopped once the time is up; it fails with vips' error.

        Where libvips itself wants the pixels, as when encoding, nobody else could.
        """
        image.set_progress(True)

        def stop_when_late(running: pyvips.Image, _: object) -> None:
            if self.passed:
                running.set_kill(True)

        image.signal_connect("eval", stop_when_late)
