"""Pixels as arrays: read from libvips in strips, turned upright, resized.

Pixels are arrays of shape (height, width, 3 or 4), C-contiguous; the fourth channel is alpha. They
are uint8, or uint16 where the photo has more than 8 bits a channel: black is 0 and white is all
ones in both, so that a level of 255 is 257 steps of the finer one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from abzug.edits.base import Size
from abzug.errors import EditImpossible, EditTimeout

if TYPE_CHECKING:
    import pyvips

Pixels = npt.NDArray[np.unsignedinteger[Any]]
Bytes = npt.NDArray[np.uint8]

_ROWS = 64
"""Rows read at a time: few enough to stay in the cache, and to notice the time limit soon."""


_LONGEST_TURNED = 32_766
"""Pixels of a side that OpenCV can still warp."""


class Deadline:
    """When a photo's time is up; asked between steps and within the long ones."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        return time.monotonic() > self._end

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


def read(image: pyvips.Image, deadline: Deadline, orientation: int = 1) -> Pixels:
    """The pixels of an image of 3 or 4 bands, 8 or 16 bits each, turned upright after its EXIF
    orientation.

    It is read from top to bottom in strips, so that it may be a sequential one, and every strip is
    turned on its way: a photo on its side needs no second copy of itself in memory.
    """
    import pyvips

    width, height, bands = image.width, image.height, image.bands
    dtype: type[np.unsignedinteger[Any]] = np.uint16 if image.format == "ushort" else np.uint8
    sideways, backwards = orientation >= 5, orientation in {3, 4, 6, 7}
    pixels = np.empty((width, height, bands) if sideways else (height, width, bands), dtype)
    region = pyvips.Region.new(image)
    for top in range(0, height, _ROWS):
        deadline.check()
        rows = min(_ROWS, height - top)
        strip = np.frombuffer(region.fetch(0, top, width, rows), dtype)
        place = height - top - rows if backwards else top
        across = pixels[:, place : place + rows] if sideways else pixels[place : place + rows]
        across[:] = turn(strip.reshape(rows, width, bands), orientation)
    return pixels


def turn(pixels: Pixels, orientation: int) -> Pixels:
    """Pixels turned and mirrored as an EXIF orientation (1–8) asks for."""
    import cv2

    steps: dict[int, Callable[[Pixels], Any]] = {
        2: lambda p: cv2.flip(p, 1),
        3: lambda p: cv2.rotate(p, cv2.ROTATE_180),
        4: lambda p: cv2.flip(p, 0),
        5: cv2.transpose,
        6: lambda p: cv2.rotate(p, cv2.ROTATE_90_CLOCKWISE),
        7: lambda p: cv2.flip(cv2.transpose(p), -1),
        8: lambda p: cv2.rotate(p, cv2.ROTATE_90_COUNTERCLOCKWISE),
    }
    step = steps.get(orientation)
    return np.asarray(step(pixels), pixels.dtype) if step else pixels


def to_image(pixels: Pixels) -> pyvips.Image:
    """The pixels as a libvips image, without copying them if they are contiguous."""
    import pyvips

    pixels = np.ascontiguousarray(pixels)
    height, width, bands = pixels.shape
    form, space = ("uchar", "srgb") if pixels.dtype == np.uint8 else ("ushort", "rgb16")
    image = pyvips.Image.new_from_memory(pixels.data, width, height, bands, form)
    return image.copy(interpretation=space)


def scale(image: pyvips.Image, size: Size) -> pyvips.Image:
    """`image` in exactly that size (Lanczos 3); alpha weighs the colors meanwhile."""
    if (image.width, image.height) == size:
        return image
    horizontal, vertical = size[0] / image.width, size[1] / image.height
    if not image.hasalpha():
        return image.resize(horizontal, vscale=vertical)
    weighed = image.premultiply().resize(horizontal, vscale=vertical).unpremultiply()
    return weighed.rint().cast(image.format).copy(interpretation=image.interpretation)


def resize(pixels: Pixels, size: Size, deadline: Deadline) -> Pixels:
    """The pixels in exactly that size; themselves if they have it."""
    if size_of(pixels) == size:
        return pixels
    return read(scale(to_image(pixels), size), deadline)


def size_of(pixels: Pixels) -> Size:
    return pixels.shape[1], pixels.shape[0]


def level(pixels: Pixels) -> int:
    """A level of 255 in steps of these pixels: 1, or 257 if they have 16 bits."""
    return int(np.iinfo(pixels.dtype).max) // 255


def in_8_bits(pixels: Pixels) -> Bytes:
    """Their upper 8 bits; themselves if that is all they have."""
    return (pixels >> 8).astype(np.uint8) if level(pixels) > 1 else np.asarray(pixels, np.uint8)


def add_levels(strip: Pixels, levels: npt.NDArray[np.float32]) -> None:
    """Add `levels` (height, width), of 255, to all channels of 16-bit pixels, in place."""
    import cv2

    added: Any = levels * np.float32(level(strip))
    cv2.add(strip, cv2.merge([added] * 3), dst=strip, dtype=cv2.CV_16U)


def check_sides(*sizes: Size) -> None:
    """Raise EditImpossible for pictures that OpenCV cannot turn: it counts in 16 bits there."""
    if max(side for size in sizes for side in size) > _LONGEST_TURNED:
        raise EditImpossible(
            f"A photo of more than {_LONGEST_TURNED:,} pixels in a side can be turned by quarters "
            "only."
        )


def on_colors(pixels: Pixels, change: Callable[[Pixels], Pixels]) -> Pixels:
    """`change` done to the color channels only; alpha, if there is one, is put back."""
    if pixels.shape[2] == 3:
        return change(np.ascontiguousarray(pixels))
    # a copy in any case: of a single pixel numpy says that it has no gaps, which OpenCV denies
    colors = change(np.array(pixels[..., :3], order="C"))
    return np.dstack([colors, pixels[..., 3]])
