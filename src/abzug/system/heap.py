"""What the C library's heap holds and keeps: nothing of before, and no more than is needed."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _PERTURB, _ARENA_MAX = -1, -3, -6, -8
"""Of glibc's mallopt(3). Perturb: memory is filled with the complement of a byte when it is handed
out, and with the byte when it is given back; 0: it is left as it is."""


@contextmanager
def filled_heap(byte: int = 0) -> Iterator[None]:
    """All memory that malloc hands out meanwhile, to any thread, is filled with that byte, 0 to
    254.

    For libraries that allocate a picture and write only what they find in a file: what they leave
    out would be a piece of an earlier photo, another person's. Filling costs a write of all that is
    allocated. Where the C library is not glibc, nothing is done.
    """
    _set(_PERTURB, byte ^ 0xFF)
    try:
        yield
    finally:
        _set(_PERTURB, 0)


def give_memory_back() -> None:
    """Once a process, before its threads start.

    glibc learns from the first large block to keep such blocks, one heap for each few threads. Of
    a burst of uploads hundreds of megabytes would stay for good.
    """
    _set(_MMAP_THRESHOLD, 64 * 1024)
    _set(_TRIM_THRESHOLD, 1024 * 1024)
    _set(_ARENA_MAX, 2)


def _set(option: int, value: int) -> None:
    if (mallopt := getattr(_c_library(), "mallopt", None)) is not None:
        mallopt(option, value)


@functools.cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
