"""Memory for pixels, which is given back a part at a time once what was in it is used up.

So a picture can be turned, or laid into a larger one, in hardly more memory than the larger of the
two takes: 100 megapixels in 16 bits are 572 MiB, and there is no room for two.
"""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_LARGE = 1 << 28
"""Bytes from which it is worth it: smaller ones are numpy's, whose huge pages come far faster."""
_PAGE = mmap.PAGESIZE


def new_buffer(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """An array that is still to be filled. Raises MemoryError."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size < _LARGE:
        return np.empty(shape, dtype)
    try:
        memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError from error
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        # else writing one column would take the memory of all
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, dtype).reshape(shape)


def copied(pixels: Array) -> Array:
    copy = new_buffer(pixels.shape, pixels.dtype)
    copy[:] = pixels
    return copy


def use_up(pixels: Array) -> None:
    """Give back the memory of `pixels`, whose values are lost, as far as it is a frame's.

    Of rows that lie apart nothing is given back, nor of the pages at both ends, which others share.
    """
    memory = _memory(pixels)
    if memory is None or not pixels.flags.c_contiguous:
        return
    start = pixels.ctypes.data - np.frombuffer(memory, np.uint8).ctypes.data
    first, end = -(-start // _PAGE) * _PAGE, (start + pixels.nbytes) // _PAGE * _PAGE
    if end > first:
        memory.madvise(mmap.MADV_DONTNEED, first, end - first)


def _memory(pixels: Any) -> mmap.mmap | None:
    """What a frame, or a view of it, lies in."""
    while isinstance(pixels, np.ndarray):
        pixels = pixels.base
    if isinstance(pixels, memoryview):
        pixels = pixels.obj
    return pixels if isinstance(pixels, mmap.mmap) else None
