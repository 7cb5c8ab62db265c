"""A camera's RAW developed by LibRaw: from what the sensor counted to a picture in 16 bits.

Nothing is decided by the picture itself, so that a series comes out alike: white balance as the
camera set it or as is asked for, and the brightness that the exposure gave. LibRaw's automatic
brightening is off; the sliders, or auto tone, are for that.

A light that is asked for counts here, not in the colors of the finished picture: what is full is
white in any light, and of a color that the light as shot would push out of Display P3 nothing is
lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from abzug.edits.color.adaptation import Illuminant, illuminant_of_xy
from abzug.edits.color.colorspace import Array, from_linear
from abzug.edits.color.curves import shoulder
from abzug.edits.color.profiles import profile_of
from abzug.edits.formats.bounds import refuse_too_large
from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.jpeg import mended
from abzug.edits.formats.damage import cut_off, damaged
from abzug.edits.formats.dng import lossy_pieces
from abzug.edits.on_disk import let_go
from abzug.edits.pixels.from_arrays import foreign_image
from abzug.edits.pixels.strips import ROWS
from abzug.edits.raw import dng
from abzug.edits.raw.camera import Balance, balance_of, sensor_of_dng, sensor_of_libraw
from abzug.edits.sizes import Size
from abzug.errors import UnsupportedPhoto
from abzug.system.heap import filled_heap

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyvips
    import rawpy

_SHOULDER = 0.6
"""Linear light from which on brighter parts are pressed together, to make room for the brightest:
four fifths of the way to white, as the eye has it."""


_UNKNOWN = (
    "This RAW cannot be developed here: its camera, or how it packs its pictures, is not known."
)


_UNWRITTEN = 0xA5
"""What the bytes of samples are before LibRaw writes them."""
_RUN = 16
"""Samples side by side that are not all just this, unless nobody has written them."""


class Undevelopable(UnsupportedPhoto):
    advice = "Convert it to an uncompressed DNG, or develop it first and upload the JPEG or TIFF."


@dataclass(frozen=True)
class Raw:
    """A RAW whose sensor data are unpacked; `develop` makes a picture of them, once."""

    file: rawpy.RawPy
    size: Size
    """Upright."""
    multipliers: list[float]
    """What each channel is multiplied by, as shot."""
    balance: Balance | None = None
    """What kelvin are counted by; None where nothing is known of the camera's colors."""
    illuminant: Illuminant | None = None
    """What to develop it for; None: as shot."""
    is_dng: bool = False
    exposure: float = 0.0
    """EV that the file itself asks for."""
    crop: dng.Crop = dng.ALL
    """Left, top, right, bottom of what is to be seen of it, as fractions, upright."""


def open_raw(data: bytes | memoryview, max_pixels: int, *, is_whole: bool = False) -> Raw:
    """Unpack the sensor's data, if they are within the limit.

    is_whole: that nothing is missing is known; what LibRaw looks for in vain, it has misread.

    Raises PhotoTooLarge, TruncatedPhoto, UnreadablePhoto, or Undevelopable.
    """
    if (first := dng.first_directory(data)) is not None:
        return _open_dng(data, first, max_pixels)
    file = _unpacked(data, max_pixels, is_whole=is_whole)
    multipliers, sensor = _as_shot(file), sensor_of_libraw(file)
    return Raw(file, _upright(file.sizes), multipliers, balance_of(sensor, multipliers))


def _open_dng(data: bytes | memoryview, first: tiff.Directory, max_pixels: int) -> Raw:
    if not dng.has_known_mosaic(data):
        raise Undevelopable(_UNKNOWN)
    sensor, white = sensor_of_dng(first), dng.as_shot_white(first)
    if sensor and white:
        file = _unpacked(dng.without_white(data, first), max_pixels)
        multipliers = [1 / count for count in sensor.response(illuminant_of_xy(*white))]
    else:
        file = _unpacked(data, max_pixels)
        multipliers = _as_shot(file)
    for piece in lossy_pieces(data):
        _decode_strictly(piece)
    crop, size = dng.default_crop(file.sizes), _upright(file.sizes)
    if crop != dng.ALL:
        across, down = file.sizes.crop_width, file.sizes.crop_height
        size = (down, across) if file.sizes.flip & dng.SIDEWAYS else (across, down)
    return Raw(
        file,
        size,
        multipliers,
        balance_of(sensor, multipliers),
        is_dng=True,
        exposure=dng.exposure(first),
        crop=crop,
    )


def _unpacked(data: bytes | memoryview, max_pixels: int, *, is_whole: bool = False) -> rawpy.RawPy:
    import rawpy

    file = rawpy.RawPy()
    with _raw_errors(is_whole=is_whole), filled_heap(_UNWRITTEN):
        file.open_buffer(BytesIO(data))
        sizes = file.sizes
        refuse_too_large(
            max(sizes.width, sizes.raw_width), max(sizes.height, sizes.raw_height), max_pixels
        )
        file.unpack()
    let_go(data)  # LibRaw has a copy
    if _lacks_samples(file.raw_image_visible):
        raise cut_off()
    return file


def _lacks_samples(samples: npt.NDArray[np.uint16] | None) -> bool:
    """Whether LibRaw, which writes only what it finds in the file, has left out a part of a row."""
    if samples is None:
        return False
    for top in range(0, len(samples), ROWS):
        rows = samples[top : top + ROWS]
        whole = rows.shape[1] // _RUN * _RUN
        runs = rows[:, :whole].reshape(len(rows), -1, _RUN, *rows.shape[2:])
        if (runs == _UNWRITTEN * 0x101).all(axis=2).any():
            return True
    return False


def _decode_strictly(piece: memoryview) -> None:
    """Raise UnreadablePhoto for a JPEG of which libjpeg has anything to complain: LibRaw gives no
    heed to it."""
    import pyvips

    data = mended(piece)
    pyvips.Error("")  # takes the notes that there are, and leaves none
    try:
        source = pyvips.Source.new_from_memory(data)
        pyvips.Image.jpegload_source(source, access="sequential", fail_on="warning").avg()
    except pyvips.Error as error:
        raise damaged() from error
    if pyvips.Error("").detail:
        raise damaged()


def _upright(sizes: rawpy.ImageSizes) -> Size:
    """LibRaw makes pixels square, by enlarging the shorter side of those that are not."""
    aspect = sizes.pixel_aspect
    width = round(sizes.width * max(1, aspect))
    height = round(sizes.height / min(1, aspect))
    return (height, width) if sizes.flip & dng.SIDEWAYS else (width, height)


def develop(raw: Raw, *, half: bool) -> pyvips.Image:
    """The picture, upright, in 16 bits and Display P3; half its size takes a fifth of the time.

    Where a highlight has filled some channels and not all, the full ones are rebuilt from the
    others (LibRaw's "blend"): cut off instead, skin and sunsets would turn yellow, and with nothing
    done, magenta. What so gets brighter than white is rolled off rather than cut.
    """
    import rawpy

    file = raw.file
    multipliers = _multipliers(raw)
    with _raw_errors():
        light = file.postprocess(
            half_size=half,
            user_wb=[*multipliers, 0.0][:4],
            highlight_mode=rawpy.HighlightMode.Blend,
            output_color=rawpy.ColorSpace.P3D65,
            output_bps=16,
            gamma=(1, 1),
            no_auto_bright=True,
            # LibRaw would take the brightest pixel for white where it is not far from it. That
            # mends cameras whose white it knows badly; a DNG states its own.
            adjust_maximum_thr=0.0 if raw.is_dng else 0.75,
            user_sat=dng.white_level(file) if raw.is_dng else None,
        )
    file.close()  # gives back eight bytes a pixel
    pixels = np.atleast_3d(light)
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    height, width = pixels.shape[:2]
    left, top, right, bottom = raw.crop
    rows = slice(round(top * height), round(bottom * height))
    pixels = pixels[rows, round(left * width) : round(right * width)]
    image = foreign_image(pixels, profile=profile_of("p3"))
    return image.maplut(_as_image(_curve(multipliers, min(raw.multipliers), raw.exposure)))


def _as_shot(file: rawpy.RawPy) -> list[float]:
    """What each channel is multiplied by: as the camera set it, or else by daylight."""
    as_shot = list(file.camera_whitebalance)
    if min(as_shot[:3]) <= 0:
        as_shot = list(file.daylight_whitebalance)
    return as_shot if as_shot[3] > 0 else as_shot[:3]


def _multipliers(raw: Raw) -> list[float]:
    """The same for the light that is asked for."""
    if raw.balance is None or raw.illuminant in {None, raw.balance.as_shot}:
        return raw.multipliers
    red, green, blue = raw.balance.gains(raw.illuminant)
    pairs = zip(raw.multipliers, (red, green, blue, green), strict=False)
    return [one * gain for one, gain in pairs]


def _curve(multipliers: list[float], white: float, exposure: float) -> npt.NDArray[np.uint16]:
    """From linear light, where 1 is what the most multiplied channel can reach, to encoded values.

    white: what the least multiplied channel can reach as shot: there the sensor is full. Where all
    channels are, blending has made a grey of their mean, which becomes white.
    """
    full = float(np.mean(multipliers))
    gain = 2.0**exposure / min(white, full)
    light = np.linspace(0, 1, 65536) * gain * max(multipliers)
    return np.asarray(np.rint(from_linear(_rolled_off(light, gain * full)) * 65535), np.uint16)


def _rolled_off(light: Array, brightest: float) -> Array:
    """Unchanged up to the shoulder; from there smoothly to 1, where `brightest` comes out."""
    if brightest <= 1:
        return np.minimum(light, 1)
    room, span = 1 - _SHOULDER, brightest - _SHOULDER
    above = np.clip((light - _SHOULDER) / span, 0, 1)
    return np.where(light <= _SHOULDER, light, _SHOULDER + room * shoulder(above, span / room))


def _as_image(table: npt.NDArray[np.uint16]) -> pyvips.Image:
    import pyvips

    return pyvips.Image.new_from_memory(table.tobytes(), len(table), 1, 1, "ushort")


@contextmanager
def _raw_errors(*, is_whole: bool = False) -> Iterator[None]:
    """Turn LibRaw's errors into ours."""
    import rawpy

    try:
        yield
    except (rawpy.LibRawUnsufficientMemoryError, rawpy.LibRawTooBigError) as error:
        raise MemoryError from error
    except rawpy.LibRawIOError as error:
        raise (Undevelopable(_UNKNOWN) if is_whole else cut_off()) from error
    except (
        rawpy.LibRawFileUnsupportedError,
        rawpy.LibRawNotImplementedError,
        rawpy.LibRawRequestForNonexistentImageError,
    ) as error:
        raise Undevelopable(_UNKNOWN) from error
    except rawpy.LibRawError as error:
        raise damaged() from error
