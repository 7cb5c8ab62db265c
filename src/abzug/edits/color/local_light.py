"""Local light: what depends on a pixel's surroundings, as one gain map, and one of haze before it.

The maps are found on a proxy of 1024 px and carried to the photo by its own luma, so that their
edges are the photo's edges; a preview and the full size agree.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from abzug.edits.color.colorspace import Array
from abzug.edits.color.guided import guided
from abzug.edits.color.lut import bake
from abzug.edits.color.pixelwise import BALANCE, LINEAR, ColorOperation
from abzug.edits.operation import DetailOperation, Operation, Stage
from abzug.edits.pixels.arrays import Bytes, Pixels, in_8_bits, level, size_of
from abzug.edits.pixels.proxy import size_of_copy, small_copy
from abzug.edits.recipe import operations, operations_of

PROXY = 1024
BASE_RADIUS, BASE_EPSILON = 40, 0.03
"""Contrasts of more than about 0.17 bound a region; finer ones are its drawing, and stay.
A smaller epsilon turned white blossoms on dark twigs grey, a larger one drew a glow along rocks."""
STRIP = 32
"""Rows at a time: the floats of more would leave the processor's cache (half again the time)."""


@dataclass(frozen=True)
class Veil:
    """Haze, taken away or laid on: a pixel's difference from the color is multiplied.

    color: encoded RGB, 0..1. clearness: float32 of the proxy's shape; above 1 takes haze away.
    """

    color: Array
    clearness: Array


class Scene:
    """What a light operation sees of the photo: a proxy, whose shape all maps have."""

    def __init__(self, proxy: Bytes, edits: Mapping[str, Any]):
        self._proxy = proxy
        self._edits = edits

    def through(self, veil: Veil) -> Scene:
        """The scene with less haze, or more."""
        rgb = veil.color + (self.rgb - veil.color) * veil.clearness[..., None]
        return Scene(np.asarray(np.rint(np.clip(rgb, 0, 1) * 255), np.uint8), self._edits)

    @property
    def rgb(self) -> Array:
        """The photo as it is, encoded, 0..1: (H, W, 3)."""
        return self._proxy / np.float32(255)

    @functools.cached_property
    def luma(self) -> Array:
        """Brightness of the photo as it is, encoded, 0..1."""
        return _luma(self._proxy)

    @functools.cached_property
    def base(self) -> Array:
        """Brightness of each pixel's region, encoded, 0..1, after white balance and exposure.

        They come later in the chain, but highlights −100 must tame what exposure has pushed up.
        """
        known = operations_of(ColorOperation)
        in_linear_light = {
            name: value
            for name, value in self._edits.items()
            if name in known and known[name].run.space in (LINEAR, BALANCE)
        }
        luma = self.luma
        if lut := bake(in_linear_light, grids=(33,)):
            proxy = self._proxy.copy()
            lut.apply(proxy)
            luma = _luma(proxy)
        slope, offset = guided(luma, luma, self.radius(BASE_RADIUS), BASE_EPSILON)
        base: Array = np.clip(slope * luma + offset, 0, 1)
        return base

    def radius(self, of_1024: int) -> int:
        """A radius in pixels of this proxy: a photo smaller than 1024 px has a smaller one, so that
        a small output is the large one made small."""
        scaled: int = max(1, round(of_1024 * max(self._proxy.shape) / PROXY))
        return scaled

    @staticmethod
    def gain(ev: Array) -> Array:
        """A change of exposure in EV as a gain of encoded values."""
        gain: Array = np.exp2(ev / np.float32(2.2))
        return gain


FindLight = Callable[[Scene, Any], Array | Veil | None]
"""Of a scene and a value, the gain that encoded values are multiplied by, float32; None is no gain;
a Veil is a change of haze, which those after it see done."""


@dataclass(frozen=True, kw_only=True)
class LightOperation(Operation):
    """By what surrounds a pixel; all of them are one gain map."""

    stage = Stage.light

    run: FindLight


@dataclass(frozen=True, kw_only=True)
class DetailAndLightOperation(DetailOperation):
    """An operation of detail that does a part of its work as one of light."""

    local_light: FindLight


@dataclass(frozen=True)
class Carried:
    """A map carried to the photo: slope · luma + offset, both enlarged to its size."""

    slope: Array
    offset: Array
    low: float
    high: float

    def at(self, luma: Pixels, rows: range, shape: tuple[int, ...]) -> Array:
        """The values, float32, at rows of a photo of that shape whose luma is given."""
        import cv2

        slope, offset = (enlarged(m, rows, shape) for m in (self.slope, self.offset))
        values: Any = cv2.multiply(luma, slope, scale=_to_light(luma), dtype=cv2.CV_32F)
        values += offset
        # A pixel far outside what its neighbors on the proxy span would leave the line.
        return cast("Array", np.clip(values, self.low, self.high, out=values))


@dataclass(frozen=True)
class LocalLight:
    """What the light operations do to every pixel: first the haze, then the gain."""

    gain: Carried | None
    haze: tuple[Carried, Array] | None = None
    """Clearness and color, as in a Veil."""

    def strips(self, pixels: Pixels) -> Iterator[tuple[Pixels, Array]]:
        """Views of `pixels` (H, W, 3), 32 rows each, and what they become: float32, 0..1."""
        import cv2

        for top in range(0, len(pixels), STRIP):
            strip = pixels[top : top + STRIP]
            luma = cast("Pixels", cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY))
            place = luma, range(top, top + len(strip)), pixels.shape
            lit: Any = strip
            if self.haze:
                clearness, color = self.haze
                lit = _unveiled(strip, clearness.at(*place), color)
            if self.gain:
                lit = _multiplied(lit, self.gain.at(*place), self.gain.high)
            yield strip, lit


def _unveiled(strip: Pixels, clearness: Array, color: Array) -> Array:
    import cv2

    wide = cv2.merge([clearness] * 3)
    cleared: Any = cv2.multiply(strip, wide, scale=_to_light(strip), dtype=cv2.CV_32F)
    cleared += cv2.merge([(1 - clearness) * np.float32(part) for part in color])
    return cast("Array", np.clip(cleared, 0, 1, out=cleared))


def _multiplied(colors: Pixels | Array, gain: Array, highest: float) -> Array:
    """Gains above 1 get a shoulder by the largest channel: nothing clips, and hue is kept."""
    import cv2

    scale = _to_light(colors)
    if highest > 1:
        largest = cv2.max(cv2.max(colors[..., 0], colors[..., 1]), colors[..., 2])
        excess = np.maximum(gain, 1) - 1
        gain /= 1 + cv2.multiply(largest, excess, scale=scale, dtype=cv2.CV_32F)
    gains = cv2.merge([gain] * 3)
    return cast("Array", cv2.multiply(colors, gains, scale=scale, dtype=cv2.CV_32F))


def _to_light(values: Pixels | Array) -> float:
    """What makes 0..1 of them: floats are that already."""
    return 1.0 if values.dtype.kind == "f" else 1 / (255 * level(cast("Pixels", values)))


def find_light(pixels: Pixels, edits: Mapping[str, Any]) -> LocalLight | None:
    """What the light operations of typed edits want; None if they change nothing."""
    wanted = light_settings(edits)
    if not wanted:
        return None
    scene = Scene(_proxy_of(pixels), edits)
    luma, veil, gains = scene.luma, None, []
    for run, value in wanted:
        found = run(scene, value)
        if isinstance(found, Veil):
            veil, scene = found, scene.through(found)
        elif found is not None:
            gains.append(found)
    gain = _carried(luma, functools.reduce(np.multiply, gains)) if gains else None
    haze = (_carried(luma, veil.clearness), veil.color) if veil else None
    return LocalLight(gain, haze) if gain or haze else None


def light_settings(edits: Mapping[str, Any]) -> list[tuple[FindLight, Any]]:
    """What typed edits want of local light, in the order of application, and with which values."""
    return [
        (find, edits[name])
        for name, op in operations().items()
        if (find := _light_of(op)) and edits.get(name, op.neutral) != op.neutral
    ]


def _light_of(operation: Operation) -> FindLight | None:
    if isinstance(operation, LightOperation):
        return operation.run
    return operation.local_light if isinstance(operation, DetailAndLightOperation) else None


def _carried(luma: Array, values: Array) -> Carried:
    slope, offset = guided(luma, values, radius=3, epsilon=2e-4)
    return Carried(slope, offset, float(values.min()), float(values.max()))


def _proxy_of(pixels: Pixels) -> Bytes:
    """In 8 bits: what is found on it is smooth, and varies with the photo's own luma."""
    return in_8_bits(small_copy(pixels, PROXY)[0])


def proxy_shape(pixels: Pixels) -> tuple[int, int]:
    """Height and width of the maps for a photo."""
    (width, height), _ = size_of_copy(size_of(pixels), PROXY)
    return height, width


def _luma(pixels: Bytes) -> Array:
    """The weights are those of RGB2GRAY, which the strips use."""
    import cv2

    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) / np.float32(255)


def enlarged(small: Array | Pixels, rows: range, shape: tuple[int, ...]) -> Array:
    """These rows of a map (h, w), or of channels (h, w, n), enlarged to `shape`, bilinear; pixel
    centers keep their places."""
    import cv2

    last = len(small) - 1
    place = np.clip((np.array(rows) + 0.5) * len(small) / shape[0] - 0.5, 0, last)
    above = np.minimum(place.astype(np.intp), max(0, last - 1))
    below = np.minimum(above + 1, last)
    share = (place - above).astype(np.float32).reshape(-1, *[1] * (small.ndim - 1))
    mixed = small[above] * (1 - share) + small[below] * share
    size = shape[1], len(rows)
    return cast("Array", cv2.resize(mixed, size, interpolation=cv2.INTER_LINEAR))
