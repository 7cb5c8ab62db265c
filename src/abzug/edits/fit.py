"""A file within a number of bytes: the quality is lowered until it fits."""

from __future__ import annotations

from collections.abc import Callable

_FULL = 0.97
"""Of max_bytes: a file that fills so much of it is not tried again for another step of quality."""


def best_that_fits(
    save: Callable[[int], bytes], quality: int, max_bytes: int | None
) -> bytes | None:
    """`save(quality)`, or else the file of the highest quality that has at most `max_bytes`.

    Found by bisection, for files grow with quality: at most 8 are made. None if even quality 1 is
    too large. The same arguments give the same file.
    """
    file = save(quality)
    if max_bytes is None or len(file) <= max_bytes:
        return file
    best, fits, too_large = b"", 0, quality
    while too_large - fits > 1 and len(best) < _FULL * max_bytes:
        middle = (fits + too_large) // 2
        file = save(middle)
        if len(file) <= max_bytes:
            best, fits = file, middle
        else:
            too_large = middle
    return best or None
