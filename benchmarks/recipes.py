"""Strong settings of color: each operation at its ends, and what is hard for a table together."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from tools.showcase import shown_values

from abzug.edits.color.colorspace import Array, from_linear, to_linear
from abzug.edits.color.hues import HUES
from abzug.edits.color.pixelwise import ColorOperation
from abzug.edits.recipe import operations_of

Edits = dict[str, Any]

TYPICAL = {
    "exposure": 0.5,
    "contrast": 20,
    "temperature": 8,
    "vibrance": 20,
    "whites": 15,
    "blacks": -10,
}
STRONG = {
    "exposure": 1.5,
    "contrast": 60,
    "temperature": -40,
    "tint": 20,
    "vibrance": 60,
    "whites": 40,
    "blacks": -40,
}
EVERYTHING = TYPICAL | {
    "tint": 5,
    "saturation": 5,
    "tone_curve": {"points": [[0, 0], [64, 56], [190, 200], [255, 255]]},
    "levels": {"black": 4, "white": 250, "gamma": 1.1},
    "hsl": {
        "orange": {"hue": -5, "saturation": -10, "luminance": 15},
        "green": {"hue": 20, "saturation": -20},
        "blue": {"hue": -10, "saturation": 20, "luminance": -30},
    },
    "color_grading": {
        "shadows": {"hue": 220, "saturation": 20, "luminance": -5},
        "highlights": {"hue": 50, "saturation": 15, "luminance": 5},
    },
}
PARTS = ("hue", "saturation", "luminance")
SIGNS = {"up": (1, 1), "down": (-1, -1), "alternating": (1, -1), "alternating_back": (-1, 1)}
"""Of the eight hues: all at one end, or each at the other end than its neighbors."""


def recipes() -> Iterator[tuple[str, Edits]]:
    """(name, edits as the API takes them)."""
    for op in operations_of(ColorOperation).values():
        if op.name != "lut":
            yield from ((f"{op.name}_{_word(value)}", {op.name: value}) for value in _ends(op))
    yield from ((f"hsl_{name}", edits) for name, edits in _hsl())
    yield from ((f"black_and_white_{sign}", _mix(sign)) for sign in SIGNS)
    yield from ((f"color_grading_{name}", edits) for name, edits in _gradings())
    yield from ((f"levels_{name}", {"levels": value}) for name, value in LEVELS.items())
    yield from ((f"tone_curve_{name}", {"tone_curve": value}) for name, value in CURVES.items())
    yield from _together()


def cubes() -> Iterator[tuple[str, bytes]]:
    """(name, `.cube` file): looks that are far from what they are given."""
    yield "lut_film", _cube(33, _film)
    yield "lut_from_log", _cube(33, _from_log)
    yield "lut_from_log_64", _cube(64, _from_log)
    yield "lut_posterized", _cube(33, lambda color: np.rint(color * 4) / 4)
    yield "lut_channels_swapped", _cube(2, lambda color: color[..., [1, 2, 0]])


def _ends(op: Any) -> Sequence[Any]:
    values = shown_values(op)
    return values if op.examples else [values[0], values[-1]]


def _word(value: Any) -> str:
    parts = [value] if not isinstance(value, dict) else itertools.chain(*value.items())
    return "_".join(str(part) for part in parts if not isinstance(part, dict | list)).lower()


def _hsl() -> Iterator[tuple[str, Edits]]:
    for part, sign in itertools.product(PARTS, SIGNS):
        yield f"{part}_{sign}", _all_hues(**{part: sign})
    for sign in SIGNS:
        yield f"all_{sign}", _all_hues(hue=sign, saturation=sign, luminance=sign)
    for name, end in itertools.product(HUES, (100, -100)):
        yield f"{name}_{end}", {"hsl": {name: dict.fromkeys(PARTS, end)}}
    back = "alternating_back"
    yield "opposed", _all_hues(hue="alternating", saturation=back, luminance="alternating")
    yield "opposed_back", _all_hues(hue="alternating", saturation="alternating", luminance=back)


def _all_hues(**signs: str) -> Edits:
    return {
        "hsl": {
            name: {part: 100 * SIGNS[sign][i % 2] for part, sign in signs.items()}
            for i, name in enumerate(HUES)
        }
    }


def _mix(sign: str) -> Edits:
    return {"black_and_white": {name: 100 * SIGNS[sign][i % 2] for i, name in enumerate(HUES)}}


def _gradings() -> Iterator[tuple[str, Edits]]:
    for hue, luminance in itertools.product((0, 60, 240), (-100, 0, 100)):
        yield f"{hue}_{luminance}", _grading(hue, (luminance,) * 3)
    for balance in (-100, 0, 100):
        edits = _grading(240, (-100, 100, -100))
        edits["color_grading"] |= {"blending": 0, "balance": balance}
        yield f"opposed_{balance}", edits


def _grading(hue: float, luminances: tuple[int, ...]) -> Edits:
    wheels = {
        tones: {"hue": (hue + 120 * i) % 360, "saturation": 100, "luminance": luminances[i]}
        for i, tones in enumerate(("shadows", "midtones", "highlights"))
    }
    return {"color_grading": wheels}


LEVELS: dict[str, Edits] = {
    "64_192": {"black": 64, "white": 192},
    "100_155": {"black": 100, "white": 155},
    "120_136": {"black": 120, "white": 136},
    "127_129": {"black": 127, "white": 129},
    "0_2": {"black": 0, "white": 2},
    "dark_gamma": {"black": 64, "white": 192, "gamma": 0.1},
    "light_gamma": {"black": 64, "white": 192, "gamma": 10},
    "negative": {"black": 64, "white": 192, "gamma": 3, "out_black": 255, "out_white": 0},
}
CURVES: dict[str, Edits] = {
    "s": {"points": [[0, 0], [64, 16], [192, 240], [255, 255]]},
    "step": {"points": [[0, 0], [120, 20], [136, 235], [255, 255]]},
    "solarized": {"points": [[0, 0], [64, 255], [128, 0], [192, 255], [255, 0]]},
    "zigzag": {"points": [[0, 0], [40, 90], [80, 20], [120, 150], [160, 60], [200, 255], [255, 0]]},
    "channels": {
        "red": [[0, 0], [100, 10], [156, 245], [255, 255]],
        "green": [[0, 0], [40, 200], [255, 255]],
        "blue": [[0, 255], [255, 0]],
    },
}


def _together() -> Iterator[tuple[str, Edits]]:
    hsl = _all_hues(hue="alternating", saturation="alternating", luminance="alternating")
    curve = {"tone_curve": {"points": [[0, 0], [64, 30], [192, 225], [255, 255]]}}
    yield "typical", TYPICAL
    yield "strong", STRONG
    yield "everything", EVERYTHING
    yield "all_up", dict.fromkeys(STRONG, 100) | {"exposure": 1, "saturation": 100}
    yield "all_down", dict.fromkeys(STRONG, -100) | {"exposure": -1, "saturation": -60}
    yield "tones_apart", {"contrast": 100, "whites": 100, "blacks": -100}
    yield "tones_together", {"contrast": -100, "whites": -100, "blacks": 100}
    yield "warm", {"temperature": 100, "tint": 100}
    yield "cold", {"temperature": -100, "tint": -100}
    for kelvin, tint in itertools.product((2000, 50_000), (-150, 150)):
        yield f"light_{kelvin}_{tint}", {"white_balance": {"kelvin": kelvin, "tint": tint}}
    yield "exposure_3", {"exposure": 3}
    yield "exposure_3_warm", {"exposure": 3, "temperature": 100}
    yield "exposure_3_saturation", {"exposure": 3, "saturation": 100}
    yield "gamma_2_saturation", {"gamma": 2, "saturation": 100}
    yield "gamma_2_sepia", {"gamma": 2, "sepia": 80}
    yield "saturation_vibrance", {"saturation": 100, "vibrance": 100}
    yield "saturation_hsl", {"saturation": 100} | hsl
    yield "exposure_3_hsl", {"exposure": 3} | hsl
    yield "exposure_-3_hsl", {"exposure": -3} | hsl
    yield "strong_hsl", STRONG | hsl
    yield "strong_grading", STRONG | _grading(40, (100, 100, 100))
    yield "strong_black_and_white", {"exposure": 1, "contrast": 100} | _mix("alternating")
    strong = STRONG | hsl | _grading(60, (0, 0, 0)) | curve | {"saturation": 50, "gamma": 1.5}
    yield "strong_everything", strong


def _cube(size: int, look: Callable[[Array], Array]) -> bytes:
    axis = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    rows = np.clip(look(np.stack([red, green, blue], axis=-1)), 0, 1).reshape(-1, 3)
    lines = [f"LUT_3D_SIZE {size}", *(" ".join(f"{part:.6f}" for part in row) for row in rows)]
    return "\n".join(lines).encode()


def _film(color: Array) -> Array:
    """Teal shadows, orange lights, colors half gone."""
    tone = color @ np.array([0.2126, 0.7152, 0.0722])
    curve = (0.5 - 0.5 * np.cos(np.pi * tone))[..., None]
    tint = np.array([0.0, 0.5, 0.55]) * (1 - curve) + np.array([1.0, 0.75, 0.5]) * curve
    paled: Array = color + (tone[..., None] - color) / 2
    return (paled + tint * curve) / 2 + to_linear(paled) * curve / 2


def _from_log(color: Array) -> Array:
    """A camera's logarithm undone, as in the looks that come with them."""
    return from_linear(np.clip((10 ** ((color - 0.385537) / 0.247190) - 0.052272) / 5.555556, 0, 1))
