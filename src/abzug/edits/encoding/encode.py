"""From pixels to the bytes of a result."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from abzug.edits.color.profiles import is_space, to_output
from abzug.edits.encoding.fit_bytes import best_that_fits
from abzug.edits.formats.containers.jpeg import with_resolution
from abzug.edits.on_disk import LARGE, File, mapped, temporary
from abzug.edits.pixels.arrays import Pixels, in_bits, level, size_of, to_image
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.pixels.vips_fields import set_blob
from abzug.errors import EditImpossible

if TYPE_CHECKING:
    import pyvips

    from abzug.edits.color.profiles import Space
    from abzug.edits.decoding.photo import Photo
    from abzug.edits.metadata.policy import Metadata
    from abzug.edits.outputs import Output
    from abzug.edits.sizes import Size

_SAVERS: dict[str, tuple[str, dict[str, Any]]] = {
    # From quality 90 on, JPEG and AVIF keep the colors of every pixel (4:4:4), below of every four.
    "jpeg": ("jpegsave", {}),
    # Half of effort 4's time.
    "webp": ("webpsave", {"effort": 2}),
    "png": ("pngsave", {"compression": 6}),
    # Effort 4 takes seven times as long for 11 % of the size.
    "avif": ("heifsave", {"compression": "av1", "effort": 2, "bitdepth": 8}),
    # A palette of its own for each frame: one taken over leaves patches. Frames that equal the one
    # before stay frames.
    "gif": (
        "gifsave",
        {"effort": 5, "interpalette_maxerror": 0, "keep_duplicate_frames": True},
    ),
    # Level 6 takes twice as long for 3 % of the size.
    "tiff": (
        "tiffsave",
        {"compression": "deflate", "level": 3, "predictor": "horizontal", "resunit": "inch"},
    ),
}
_LOSSLESS: dict[str, dict[str, Any]] = {
    # exact: colors under full transparency too. Q is how hard it tries: 75, the usual, takes half
    # again to twice as long for a thousandth of the size.
    "webp": {"lossless": True, "exact": True, "Q": 50},
    "avif": {"lossless": True},
}
_WITHOUT_ALPHA = {"jpeg"}
_RESOLUTION_IN_EXIF = {"webp", "avif"}
_WHOLE = {"png", "tiff"}
"""Formats whose files may be as large as the pixels, and are written as these come."""
_LONGEST_SIDE = {"jpeg": 65_500, "gif": 65_535, "webp": 16_383, "avif": 16_384}
"""What libjpeg, the formats GIF and WebP and libvips's AVIF saver allow."""
_MAX_PROGRESSIVE = 25_000_000
"""Pixels. libvips holds all coefficients of a progressive JPEG: 12 bytes a pixel from quality 90
on, which is 1.2 GB for 100 megapixels."""
_INCH = 25.4
"""In millimeters, as libvips has resolution in pixels a millimeter."""


class Write(Protocol):
    """Makes a file of an image; `bare`: without metadata and color profile."""

    def __call__(self, image: pyvips.Image, quality: int, *, bare: bool = False) -> File: ...


def encode(pixels: Pixels, output: Output, photo: Photo, space: Space, deadline: Deadline) -> File:
    """The finished pixels as a file of the format, color space and metadata of `output`.

    Equal pixels give equal bytes: nothing of the time or the machine is written into them.
    """
    write = writer(output, size_of(pixels), photo.notices, deadline)
    image, metadata = in_output_space(pixels, output, photo, space)
    deadline.watch(image)
    return best(lambda quality: metadata.added_to(write(image, quality), output.format), output)


def in_output_space(
    pixels: Pixels, output: Output, photo: Photo, space: Space
) -> tuple[pyvips.Image, Metadata]:
    """The pixels in the color space of `output`, with all that goes along; and the metadata."""
    image = to_image(pixels)
    if output.format in _WITHOUT_ALPHA and image.hasalpha():
        image = image.flatten(background=[255 * level(pixels)] * 3)
    image, profile = to_output(image, space, output.icc, photo.profile)
    image = in_bits(16 if output.keeps_16_bits else 8, image)
    image = _with_resolution(image, photo.image, output.dpi)
    metadata = photo.metadata.by(output.metadata)
    if _has_exif(output):
        metadata = metadata.with_color_space(is_srgb=is_space(profile, "srgb"))
    for name, block in {"icc-profile-data": profile, **metadata.blocks(output.format)}.items():
        set_blob(image, name, block)
    return image, metadata


def writer(output: Output, size: Size, notices: list[str], deadline: Deadline) -> Write:
    """libvips's saver for `output`. Raises EditImpossible if its format holds no such size."""
    _refuse_too_long(max(size), output.format)
    saver, options = _saver(output, size, notices)

    def write(image: pyvips.Image, quality: int, *, bare: bool = False) -> File:
        deadline.check()
        wanted = {"Q": quality} if output.is_lossy else {}
        keep = "none" if bare else "all" if _has_exif(output) else "icc"
        if output.format in _WHOLE and _bytes(image) >= LARGE:
            return _on_disk(image, f"{saver}_target", keep=keep, **options)
        file: bytes = getattr(image, f"{saver}_buffer")(keep=keep, **options, **wanted)
        if output.format == "jpeg" and not _has_exif(output):
            return with_resolution(file, image.xres * _INCH, image.yres * _INCH)
        return file

    return write


def _bytes(image: pyvips.Image) -> int:
    return int(image.width * image.height * image.bands) * (2 if image.format == "ushort" else 1)


def _on_disk(image: pyvips.Image, saver: str, **options: Any) -> File:
    """A file that may be nearly as large as the pixels: in memory there would be two of them."""
    import pyvips

    with temporary() as file:
        try:
            getattr(image, saver)(pyvips.Target.new_to_descriptor(file.fileno()), **options)
        except pyvips.Error as error:
            if os.strerror(errno.ENOSPC) in str(error):  # which is not the photo's fault
                raise OSError(errno.ENOSPC, "no room on the disk for a result") from error
            raise
        return mapped(file)


def best(save: Callable[[int], File], output: Output) -> File:
    """The file of the quality that `output` asks for, or the best one within its max_bytes."""
    quality = output.quality if output.is_lossy else 1
    return best_that_fits(save, quality, output.max_bytes) or _refuse_too_heavy(output)


def _with_resolution(image: pyvips.Image, photo: pyvips.Image, dpi: int | None) -> pyvips.Image:
    """With the resolution asked for, or else the photo's."""
    across, down = (dpi / _INCH, dpi / _INCH) if dpi else (photo.xres, photo.yres)
    return image.copy(xres=across, yres=down)


def _has_exif(output: Output) -> bool:
    """A stripped file has none, but where a resolution asked for has no other place."""
    has_no_other = output.format in _RESOLUTION_IN_EXIF
    return output.metadata != "strip" or (has_no_other and bool(output.dpi))


def _saver(output: Output, size: Size, notices: list[str]) -> tuple[str, dict[str, Any]]:
    """The saver of an output and its options but the quality; says where one is not followed."""
    name, options = _SAVERS[output.format]
    if output.lossless:
        options = options | _LOSSLESS.get(output.format, {})
    if output.progressive:
        if size[0] * size[1] <= _MAX_PROGRESSIVE:
            options = options | {"interlace": True}
        else:
            notices.append(
                f"The result {output.name} is not progressive: it has more than "
                f"{_MAX_PROGRESSIVE // 1_000_000} megapixels."
            )
    return name, options


def _refuse_too_heavy(output: Output) -> NoReturn:
    lowest = "Even at the lowest quality the" if output.is_lossy else "The"
    raise EditImpossible(
        f"{lowest} picture in {output.format.upper()} has more than {output.max_bytes:,} bytes.",
        advice="Set a smaller max_side or a larger max_bytes, or take another format.",
    )


def _refuse_too_long(side: int, form: str) -> None:
    longest = _LONGEST_SIDE.get(form, side)
    if side > longest:
        raise EditImpossible(
            f"{side:,} pixels are too many for the side of a picture in {form.upper()}, "
            f"which holds {longest:,}.",
            advice="Set max_side, or take another format.",
        )
