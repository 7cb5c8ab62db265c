"""From pixels to the bytes of a result."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from abzug.edits.color.profiles import is_space, to_output
from abzug.edits.encoding.fit_bytes import best_that_fits
from abzug.edits.formats.registry import format_named
from abzug.edits.notices import Told
from abzug.edits.on_disk import LARGE, File, mapped, temporary
from abzug.edits.pixels.arrays import Pixels, in_bits, level, size_of, to_image
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.pixels.vips_fields import set_blob
from abzug.errors import EditImpossible
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

    from abzug.edits.color.profiles import Space
    from abzug.edits.decoding.photo import Photo
    from abzug.edits.metadata.policy import Metadata
    from abzug.edits.outputs import Output
    from abzug.edits.sizes import Size

_INCH = 25.4
"""In millimeters, as libvips has resolution in pixels a millimeter."""


class Write(Protocol):
    """Makes a file of an image; `bare`: without metadata and color profile."""

    def __call__(self, image: pyvips.Image, quality: int, *, bare: bool = False) -> File: ...


def encode(pixels: Pixels, output: Output, photo: Photo, space: Space, deadline: Deadline) -> File:
    """The finished pixels as a file of the format, color space and metadata of `output`.

    Equal pixels give equal bytes: nothing of the time or the machine is written into them.
    """
    write, form = (
        writer(output, size_of(pixels), photo.notices, deadline),
        format_named(output.format),
    )
    image, is_srgb = in_output_space(pixels, output, photo, space)
    metadata = metadata_for(image, output, photo, is_srgb=is_srgb)
    deadline.watch(image)
    return best(lambda quality: metadata.added_to(write(image, quality), form), output)


def in_output_space(
    pixels: Pixels, output: Output, photo: Photo, space: Space
) -> tuple[pyvips.Image, bool]:
    """The pixels in the color space of `output`, with its profile; and whether that is sRGB."""
    image = to_image(pixels)
    if image.hasalpha() and not output.saver.has_alpha:
        image = image.flatten(background=[255 * level(pixels)] * 3)
    image, profile = to_output(image, space, output.icc, photo.profile)
    image = in_bits(16 if output.keeps_16_bits else 8, image)
    image = _with_resolution(image, photo.image, output.dpi)
    set_blob(image, "icc-profile-data", profile)
    return image, is_space(profile, "srgb")


def metadata_for(image: pyvips.Image, output: Output, photo: Photo, *, is_srgb: bool) -> Metadata:
    """What goes along with a picture; the person is told what does not, though it was to."""
    metadata, notices = photo.metadata.by(output.metadata).fitted(format_named(output.format))
    photo.notices.extend(notices)
    if _has_exif(output):
        size, dpi = (image.width, image.height), (image.xres * _INCH, image.yres * _INCH)
        metadata = replace(metadata, exif=metadata.exif.of_result(size, dpi, is_srgb=is_srgb))
    return metadata


def writer(output: Output, size: Size, notices: list[Notice], deadline: Deadline) -> Write:
    """libvips's saver for `output`. Raises EditImpossible if its format holds no such size."""
    _refuse_too_long(max(size), output)
    saver, options = output.saver, _options(output, size, notices)
    has_exif = _has_exif(output)

    def write(image: pyvips.Image, quality: int, *, bare: bool = False) -> File:
        deadline.check()
        wanted = {"Q": quality} if output.is_lossy else {}
        keep = "none" if bare else "icc"
        if saver.is_as_large_as_its_pixels and _bytes(image) >= LARGE:
            return _on_disk(image, f"{saver.operation}_target", keep=keep, **options)
        save = getattr(image, f"{saver.operation}_buffer")
        file: bytes = save(keep=keep, **options, **wanted)
        if saver.with_resolution and not has_exif:
            return saver.with_resolution(file, image.xres * _INCH, image.yres * _INCH)
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
    return output.metadata != "strip" or (output.saver.resolution_in_exif and bool(output.dpi))


def _options(output: Output, size: Size, notices: list[Notice]) -> dict[str, Any]:
    """Of its saver, but the quality; says where the output is not followed."""
    saver = output.saver
    options = {**saver.options, **((saver.lossless or {}) if output.lossless else {})}
    if not output.progressive:
        return options
    if size[0] * size[1] <= saver.progressive_up_to:
        return {**options, "interlace": True}
    most = saver.progressive_up_to // 1_000_000
    notices.append(Told.not_progressive.notice(output=output.name, megapixels=most))
    return options


def _refuse_too_heavy(output: Output) -> NoReturn:
    lowest = "Even at the lowest quality the" if output.is_lossy else "The"
    raise EditImpossible(
        f"{lowest} picture in {output.format.upper()} has more than {output.max_bytes:,} bytes.",
        advice="Set a smaller max_side or a larger max_bytes, or take another format.",
    )


def _refuse_too_long(side: int, output: Output) -> None:
    longest = output.saver.longest_side
    if longest is not None and side > longest:
        raise EditImpossible(
            f"{side:,} pixels are too many for the side of a picture in {output.format.upper()}, "
            f"which holds {longest:,}.",
            advice="Set max_side, or take another format.",
        )
