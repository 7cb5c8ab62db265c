"""What memory holds that a library asks for and does not write: nothing of before."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator
from contextlib import contextmanager

_M_PERTURB = -6
"""glibc's mallopt(3): memory is filled with the complement of a byte when it is handed out, and
with the byte when it is given back. 0: it is left as it is."""


@contextmanager
def filled_heap(byte: int = 0) -> Iterator[None]:
    """All memory that malloc hands out meanwhile, to any thread, is filled with that byte, 0 to
    254.

    For libraries that allocate a picture and write only what they find in a file: what they leave
    out would be a piece of an earlier photo, another person's. Filling costs a write of all that is
    allocated. Where the C library is not glibc, nothing is done.
    """
    _perturb(byte ^ 0xFF)
    try:
        yield
    finally:
        _perturb(0)


def _perturb(byte: int) -> None:
    if (mallopt := getattr(_c_library(), "mallopt", None)) is not None:
        mallopt(_M_PERTURB, byte)


@functools.cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
