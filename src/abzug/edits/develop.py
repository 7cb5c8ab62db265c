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

from abzug.edits import tiff
from abzug.edits.adaptation import Light
from abzug.edits.base import Size
from abzug.edits.bounds import refuse_too_large
from abzug.edits.camera import Balance, balance_of
from abzug.edits.colorspace import Array, encode
from abzug.edits.curves import roll
from abzug.edits.failures import cut_off, damaged
from abzug.edits.foreign import foreign_image
from abzug.edits.profiles import profile_of
from abzug.errors import UnsupportedPhoto

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyvips
    import rawpy

_SIDEWAYS = 4
"""The bit of LibRaw's flip that changes the sides."""
_SHOULDER = 0.6
"""Linear light from which on brighter parts are pressed together, to make room for the brightest:
four fifths of the way to white, as the eye has it."""
_DNG_VERSION, _BASELINE_EXPOSURE = 50706, 50730

Crop = tuple[float, float, float, float]
ALL = 0.0, 0.0, 1.0, 1.0


class Undevelopable(UnsupportedPhoto):
    advice = "Convert it to an uncompressed DNG, or develop it first and upload the JPEG or TIFF."


@dataclass(frozen=True)
class Raw:
    """A RAW whose sensor data are unpacked; `develop` makes a picture of them, once."""

    file: rawpy.RawPy
    size: Size
    """Upright."""
    exposure: float = 0.0
    """EV that the file itself asks for."""
    is_dng: bool = False
    crop: Crop = ALL
    """Left, top, right, bottom of what is to be seen of it, as fractions, upright."""
    balance: Balance | None = None
    """What kelvin are counted by; None where nothing is known of the camera's colors."""
    light: Light | None = None
    """What to develop it for; None: as shot."""


def open_raw(data: bytes | memoryview, max_pixels: int) -> Raw:
    """Unpack the sensor's data, if they are within the limit.

    Raises PhotoTooLarge, TruncatedPhoto, UnreadablePhoto, or Undevelopable.
    """
    import rawpy

    file = rawpy.RawPy()
    with _raw_errors():
        file.open_buffer(BytesIO(data))
        sizes = file.sizes
        refuse_too_large(
            max(sizes.width, sizes.raw_width), max(sizes.height, sizes.raw_height), max_pixels
        )
        file.unpack()
    first = next(tiff.directories(data), None)
    is_dng = first is not None and _DNG_VERSION in first.entries
    balance = balance_of(file, _as_shot(file), first if is_dng else None)
    if first is None or not is_dng:
        return Raw(file, _upright(sizes), balance=balance)
    crop = _default_crop(sizes)
    size = _upright(sizes)
    if crop != ALL:
        across, down = sizes.crop_width, sizes.crop_height
        size = (down, across) if sizes.flip & _SIDEWAYS else (across, down)
    return Raw(file, size, _exposure(first), is_dng=True, crop=crop, balance=balance)


def _default_crop(sizes: rawpy.ImageSizes) -> Crop:
    """What a DNG says is the picture (DefaultCropOrigin, DefaultCropSize): what the sensor saw
    around it is there for demosaicing. All of it where that is not within what LibRaw gives."""
    left, top = sizes.crop_left_margin - sizes.left_margin, sizes.crop_top_margin - sizes.top_margin
    right, bottom = left + sizes.crop_width, top + sizes.crop_height
    if not (0 <= left < right <= sizes.width and 0 <= top < bottom <= sizes.height):
        return ALL
    if sizes.pixel_aspect != 1:
        return ALL
    x, y = (left / sizes.width, right / sizes.width), (top / sizes.height, bottom / sizes.height)
    if sizes.flip & 1:
        x = 1 - x[1], 1 - x[0]
    if sizes.flip & 2:
        y = 1 - y[1], 1 - y[0]
    if sizes.flip & _SIDEWAYS:
        x, y = y, x
    return x[0], y[0], x[1], y[1]


def _upright(sizes: rawpy.ImageSizes) -> Size:
    """LibRaw makes pixels square, by enlarging the shorter side of those that are not."""
    aspect = sizes.pixel_aspect
    width = round(sizes.width * max(1, aspect))
    height = round(sizes.height / min(1, aspect))
    return (height, width) if sizes.flip & _SIDEWAYS else (width, height)


def _exposure(first: tiff.Directory) -> float:
    """A DNG says how many EV brighter than its numbers it is to be shown (BaselineExposure)."""
    return float(np.clip(sum(first.fractions(_BASELINE_EXPOSURE)[:1]), -4, 4))


def develop(raw: Raw, *, half: bool) -> pyvips.Image:
    """The picture, upright, in 16 bits and Display P3; half its size takes a fifth of the time.

    Where a highlight has filled some channels and not all, the full ones are rebuilt from the
    others (LibRaw's "blend"): cut off instead, skin and sunsets would turn yellow, and with nothing
    done, magenta. What so gets brighter than white is rolled off rather than cut.
    """
    import rawpy

    file = raw.file
    as_shot = _as_shot(file)
    multipliers = _multipliers(raw, as_shot)
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
    return image.maplut(_as_image(_curve(multipliers, min(as_shot), raw.exposure)))


def _as_shot(file: rawpy.RawPy) -> list[float]:
    """What each channel is multiplied by: as the camera set it, or else by daylight."""
    as_shot = list(file.camera_whitebalance)
    if min(as_shot[:3]) <= 0:
        as_shot = list(file.daylight_whitebalance)
    return as_shot if as_shot[3] > 0 else as_shot[:3]


def _multipliers(raw: Raw, as_shot: list[float]) -> list[float]:
    """The same for the light that is asked for."""
    if raw.balance is None or raw.light in {None, raw.balance.as_shot}:
        return as_shot
    red, green, blue = raw.balance.gains(raw.light)
    return [one * gain for one, gain in zip(as_shot, (red, green, blue, green), strict=False)]


def _curve(multipliers: list[float], white: float, exposure: float) -> npt.NDArray[np.uint16]:
    """From linear light, where 1 is what the most multiplied channel can reach, to encoded values.

    white: what the least multiplied channel can reach as shot: there the sensor is full. Where all
    channels are, blending has made a grey of their mean, which becomes white.
    """
    full = float(np.mean(multipliers))
    gain = 2.0**exposure / min(white, full)
    light = np.linspace(0, 1, 65536) * gain * max(multipliers)
    return np.asarray(np.rint(encode(_rolled_off(light, gain * full)) * 65535), np.uint16)


def _rolled_off(light: Array, brightest: float) -> Array:
    """Unchanged up to the shoulder; from there smoothly to 1, where `brightest` comes out."""
    if brightest <= 1:
        return np.minimum(light, 1)
    room, span = 1 - _SHOULDER, brightest - _SHOULDER
    above = np.clip((light - _SHOULDER) / span, 0, 1)
    return np.where(light <= _SHOULDER, light, _SHOULDER + room * roll(above, span / room))


def _as_image(table: npt.NDArray[np.uint16]) -> pyvips.Image:
    import pyvips

    return pyvips.Image.new_from_memory(table.tobytes(), len(table), 1, 1, "ushort")


@contextmanager
def _raw_errors() -> Iterator[None]:
    """Turn LibRaw's errors into ours."""
    import rawpy

    try:
        yield
    except (rawpy.LibRawUnsufficientMemoryError, rawpy.LibRawTooBigError) as error:
        raise MemoryError from error
    except rawpy.LibRawIOError as error:
        raise cut_off() from error
    except (
        rawpy.LibRawFileUnsupportedError,
        rawpy.LibRawNotImplementedError,
        rawpy.LibRawRequestForNonexistentImageError,
    ) as error:
        raise Undevelopable(
            "This RAW cannot be developed here: its camera, or how it packs its pictures, is not "
            "known."
        ) from error
    except rawpy.LibRawError as error:
        raise damaged() from error
