"""A file within a number of bytes: the quality is lowered until it fits."""

from __future__ import annotations

import math
from collections.abc import Callable

from abzug.edits.on_disk import File

_FULL = 0.97
"""Of max_bytes: a file that fills so much of it is not tried again for another step of quality."""
_FILES, _GUESSES = 8, 3
"""How many are made at most, and how many of them at a guess."""
_GROWTH = math.log(12) / 85
"""Files grow about so much with each step of quality, as a logarithm, before more is known."""


def best_that_fits(save: Callable[[int], File], quality: int, max_bytes: int | None) -> File | None:
    """`save(quality)`, or else the file of the highest quality that has at most `max_bytes`.

    The first qualities are guessed from the sizes so far (regula falsi on their logarithms), but
    none that bisection could not finish from in time; the others halve what is left. At most 8
    files are made, four or five on the average. None if even quality 1 is too large. The same
    arguments give the same file.
    """
    file = save(quality)
    if max_bytes is None or len(file) <= max_bytes:
        return file
    best: File = b""
    fits, too_large, size = 0, quality, len(file)
    for number in range(1, _FILES):
        if too_large - fits <= 1 or len(best) >= _FULL * max_bytes:
            break
        middle = (fits + too_large) // 2
        if number <= _GUESSES:
            reach = 1 << (_FILES - 1 - number)  # what bisection can search with the files left
            guess = _guess((fits, len(best)), (too_large, size), max_bytes)
            middle = min(max(guess, fits + 1, too_large - reach), fits + reach, too_large - 1)
        file = save(middle)
        if len(file) <= max_bytes:
            best, fits = file, middle
        else:
            too_large, size = middle, len(file)
    return best or None


def _guess(small: tuple[int, int], large: tuple[int, int], max_bytes: int) -> int:
    """The quality at which a file just fits; small, large: quality and bytes of two around it.

    Without any bytes of the small one, files grow as they usually do.
    """
    aim = math.log((1 + _FULL) / 2 * max_bytes)
    top = math.log(large[1])
    growth = (top - math.log(small[1])) / (large[0] - small[0]) if small[1] else _GROWTH
    return large[0] + round((aim - top) / growth)
