"""What makes operations dear: settings that their examples spare, and kinds of photos."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyvips
from tools.showcase import shown_values

from abzug.edits.operation import Operation, Stored
from abzug.edits.recipe import assets_of
from benchmarks import photos

_PICTURE, _CUBE = f"ph_{'0' * 26}", "0" * 64
_LONG = ("© Ångström 日本の写真 شكرا ไทย 😀 " * 9)[:200]
_ALL = {"x": 0, "y": 0, "width": 1, "height": 1}

SETTINGS: Mapping[str, Sequence[Any]] = {
    "blur": [0.5, 2.6],  # 2.6: as wide as is done without a smaller copy
    "border": [{"width": 50}],
    "crop": [{"aspect": "1:1", "gravity": gravity} for gravity in ("attention", "faces")],
    "flip": ["both", "vertical"],
    "grain": [{"amount": 100, "size": 100, "roughness": 100}],
    "hsl": [{"red": {"hue": 100}, "blue": {"saturation": 100}}],
    "lut": [{"id": _CUBE}],
    "perspective": [
        {"corners": [[0.001, 0], [1, 0], [1, 1], [0, 1]]},
        {"corners": [[0.3, 0], [0.7, 0], [1, 1], [0, 1]]},
    ],
    "redact": [{"regions": [_ALL], "faces": True}],
    "resize": [{"width": 3900}, {"width": 11000}],  # a little less than 12 megapixels, than 100
    "rotate": [90],
    "round_corners": [{"radius": 50}],
    "sharpening": [{"amount": 150, "radius": 3, "detail": 100, "masking": 100}],
    "straighten": [0.1],
    "trim": [{"tolerance": 100}],
    "vignette": [{"amount": 100, "midpoint": 0, "feather": 100}],
    "watermark": [
        [{"text": _LONG, "size": 50, "margin": 0}],
        [{"text": _LONG, "tile": True, "angle": -30, "spacing": 0}],
        [{"image": _PICTURE, "tile": True, "angle": -30}],
        [{"image": _PICTURE, "scale": 300, "margin": 0}],
    ],
}
"""Beside the examples, or the ends of the slider; the dearest comes last."""


def ends(op: Operation) -> list[Any]:
    """Both ends of its slider, or its examples: not the values half way."""
    shown = shown_values(op)
    return [shown[0], shown[-1]] if len(shown) > 1 else list(shown)


def values(op: Operation) -> list[Any]:
    """Those, and what is dearer; each once."""
    dearer = SETTINGS.get(op.name, ())
    return [*(value for value in ends(op) if value not in dearer), *dearer]


def stored(edits: Mapping[str, Any]) -> Stored:
    """What the settings need beside the photo: a mark, a large table of colors."""
    needed = assets_of(edits).values()
    return {asset: _mark() if asset.kind == "photo" else _cube() for asset in needed}


@functools.cache
def _mark() -> bytes:
    y, x = np.mgrid[:600, :900]
    alpha = (300 - np.hypot(x - 450, y - 300)).clip(0, 255)
    pixels = np.dstack([x % 256, y % 256, (x + y) % 256, alpha]).astype(np.uint8)
    return bytes(pyvips.Image.new_from_array(pixels).pngsave_buffer())


@functools.cache
def _cube() -> bytes:
    steps = np.linspace(0, 1, 65) ** 0.9
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colors = np.stack([red, green, blue], -1).reshape(-1, 3)
    rows = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in colors)
    return f"LUT_3D_SIZE 65\n{rows}\n".encode("ascii")


def kinds(megapixels: float) -> dict[str, bytes]:
    """A photo as a JPEG, as one of 8 bits with transparency, and as one of 16 bits."""
    image = photos.image(photos.PHONE, megapixels)
    across = pyvips.Image.xyz(image.width, image.height)[0] / image.width
    cut_out = image.bandjoin((across * 400).cast("uchar"))
    return {
        "8 bits": photos.jpeg(photos.PHONE, megapixels),
        "8 bits, transparent": bytes(cut_out.tiffsave_buffer(compression="none")),
        "16 bits": deep(image),
    }


def deep(image: Any) -> bytes:
    """A TIFF of 16 bits, with noise in the lower ones as a scanner's has."""
    noise = pyvips.Image.gaussnoise(image.width, image.height, sigma=60, mean=0, seed=1)
    fine = (image * 257 + noise).cast("ushort").copy(interpretation="rgb16")
    return bytes(fine.tiffsave_buffer(compression="none"))
