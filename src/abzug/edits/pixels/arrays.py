"""Pixels as arrays: read from libvips in strips, turned upright, resized.

Pixels are arrays of shape (height, width, 3 or 4), C-contiguous; the fourth channel is alpha. They
are uint8, or uint16 where the photo has more than 8 bits a channel: black is 0 and white is all
ones in both, so that a level of 255 is 257 steps of the finer one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from abzug.edits.on_disk import File, let_go
from abzug.edits.pixels.buffer import new_buffer, use_up
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.sizes import Size
from abzug.errors import EditImpossible

if TYPE_CHECKING:
    import pyvips

Pixels = npt.NDArray[np.unsignedinteger[Any]]
Bytes = npt.NDArray[np.uint8]

_ROWS = 64
"""Rows read at a time: few enough to stay in the cache, and to notice the time limit soon."""


_SMALL_CUT = 8
"""A rectangle of an eighth is copied, so that the rest can be let go of."""
_LONGEST_TURNED = 32_766
"""Pixels of a side that OpenCV can still warp."""


def read(
    image: pyvips.Image, deadline: Deadline, orientation: int = 1, *, file: File = b""
) -> Pixels:
    """The pixels of an image of 3 or 4 bands, 8 or 16 bits each, turned upright after its EXIF
    orientation.

    It is read from top to bottom in strips, so that it may be a sequential one, and every strip is
    turned on its way: a photo on its side needs no second copy of itself in memory. `file` is what
    the image is decoded from: of what lies on disk, the part that was read is let go of.
    """
    import pyvips

    width, height, bands = image.width, image.height, image.bands
    dtype: type[np.unsignedinteger[Any]] = np.uint16 if image.format == "ushort" else np.uint8
    pixels: Pixels = new_buffer(_turned_shape((height, width, bands), orientation), dtype)
    region = pyvips.Region.new(image)
    for top in range(0, height, _ROWS):
        deadline.check()
        rows = min(_ROWS, height - top)
        strip = np.frombuffer(region.fetch(0, top, width, rows), dtype)
        _put(strip.reshape(rows, width, bands), pixels, top, orientation)
        let_go(file)
    return pixels


def turned_buffer(pixels: Pixels, orientation: int) -> Pixels:
    """The pixels turned as `turn` does, those that were given being used up meanwhile."""
    turned: Pixels = new_buffer(_turned_shape(pixels.shape, orientation), pixels.dtype)
    for top in range(0, len(pixels), _ROWS):
        strip = pixels[top : top + _ROWS]
        _put(strip, turned, top, orientation)
        use_up(strip)
    return turned


def _turned_shape(shape: tuple[int, ...], orientation: int) -> tuple[int, ...]:
    height, width, bands = shape
    return (width, height, bands) if orientation >= 5 else shape


def _put(strip: Pixels, pixels: Pixels, top: int, orientation: int) -> None:
    """Turn the rows from `top` on, and put them where they come to lie."""
    sideways, backwards = orientation >= 5, orientation in {3, 4, 6, 7}
    length = pixels.shape[1] if sideways else len(pixels)
    place = (
        slice(length - top - len(strip), length - top)
        if backwards
        else slice(top, top + len(strip))
    )
    target = pixels[:, place] if sideways else pixels[place]
    target[:] = turn(strip, orientation)


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


def mirror(pixels: Pixels, *, across: bool, down: bool) -> Pixels:
    """The pixels mirrored left to right, top to bottom, or both; in place."""
    if across:
        for top in range(0, len(pixels), _ROWS):
            pixels[top : top + _ROWS] = pixels[top : top + _ROWS, ::-1].copy()
    if down:
        middle = len(pixels) // 2
        for top in range(0, middle, _ROWS):
            upper = pixels[top : min(top + _ROWS, middle)]
            lower = pixels[len(pixels) - top - len(upper) : len(pixels) - top]
            was = upper.copy()
            upper[:], lower[:] = lower[::-1], was[::-1]
    return pixels


def cut_out(pixels: Pixels, left: int, top: int, width: int, height: int) -> Pixels:
    """A rectangle of the pixels, C-contiguous. Where it is most of them, its rows are moved
    together where they are: a copy would need as much memory again."""
    found = pixels[top : top + height, left : left + width]
    if found.size * _SMALL_CUT <= pixels.size or not pixels.flags.c_contiguous:
        return np.ascontiguousarray(found)
    moved: Pixels = pixels.reshape(-1)[: found.size].reshape(found.shape)
    for y in range(height):  # each lies before the rows that are still to be moved
        moved[y] = found[y]
    return moved


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


def in_bits(bits: int, image: pyvips.Image) -> pyvips.Image:
    """`image`, of 16 bits a channel or of 8, in so many at most."""
    if bits == 16 or image.format != "ushort":
        return image
    return image.msb().copy(interpretation="srgb")


def resize(pixels: Pixels, size: Size, deadline: Deadline) -> Pixels:
    """The pixels in exactly that size; themselves if they have it."""
    if size_of(pixels) == size:
        return pixels
    return read(scale(to_image(pixels), size), deadline)


def size_of(pixels: Pixels) -> Size:
    return pixels.shape[1], pixels.shape[0]


def level(pixels: Pixels) -> int:
    """A level of 255 in steps of these pixels: 1, or 257 if they have 16 bits."""
    return white(pixels) // 255


def white(pixels: Pixels) -> int:
    """The level of white: 255, or 65,535 if they have 16 bits."""
    return int(np.iinfo(pixels.dtype).max)


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
    """`change`, which keeps the size, done to the color channels only; alpha, if there is one, is
    put back. The pixels that are given are used up."""
    if pixels.shape[2] == 3:
        return change(np.ascontiguousarray(pixels))
    height, width, _ = pixels.shape
    colors: Pixels = new_buffer((height, width, 3), pixels.dtype)
    alpha: Pixels = new_buffer((height, width), pixels.dtype)
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        colors[rows], alpha[rows] = pixels[rows, :, :3], pixels[rows, :, 3]
        use_up(pixels[rows])
    colors = change(colors)
    both: Pixels = new_buffer(pixels.shape, pixels.dtype)
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        both[rows, :, :3], both[rows, :, 3] = colors[rows], alpha[rows]
        use_up(colors[rows])
    return both
