"""What each property of Adobe's is here: a table, read in both directions.

Names, ranges and defaults are those of Adobe's XMP documentation and ExifTool's table `crs`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

Path = tuple[str, ...]
COLORS = ("red", "orange", "yellow", "green", "aqua", "blue", "purple", "magenta")
CURVES = {
    "ToneCurvePV2012": "points",
    "ToneCurvePV2012Red": "red",
    "ToneCurvePV2012Green": "green",
    "ToneCurvePV2012Blue": "blue",
}


@dataclass(frozen=True, slots=True)
class Slider:
    """A number that is the same here: `low` to `high`, `default` changing nothing.

    needs: it does nothing unless one of these properties is other than zero. alias_of: no program
    of Adobe's writes this name, but many presets have it. signed: Adobe writes a plus sign.
    """

    name: str
    path: Path
    low: float
    high: float
    default: float = 0
    needs: tuple[str, ...] = ()
    alias_of: str = ""
    signed: bool = False


def _sliders() -> Iterator[Slider]:
    yield Slider("Exposure2012", ("exposure",), -5, 5, signed=True)
    for name, operation in {
        "Contrast2012": "contrast",
        "Highlights2012": "highlights",
        "Shadows2012": "shadows",
        "Whites2012": "whites",
        "Blacks2012": "blacks",
        "Texture": "texture",
        "Clarity2012": "clarity",
        "Dehaze": "dehaze",
        "Vibrance": "vibrance",
        "Saturation": "saturation",
        "IncrementalTemperature": "temperature",
        "IncrementalTint": "tint",
    }.items():
        yield _both_ways(name, operation)
    yield from _mixers()
    yield from _color_grading()
    yield from _detail()
    yield from _effects()


def _both_ways(name: str, *path: str, needs: tuple[str, ...] = ()) -> Slider:
    return Slider(name, path, -100, 100, needs=needs, signed=True)


def _percent(name: str, path: Path, default: float = 0, needs: tuple[str, ...] = ()) -> Slider:
    return Slider(name, path, 0, 100, default, needs)


def _mixers() -> Iterator[Slider]:
    for color in COLORS:
        for part in ("hue", "saturation", "luminance"):
            name = f"{part.capitalize()}Adjustment{color.capitalize()}"
            yield _both_ways(name, "hsl", color, part)
    for color in COLORS:
        name = f"GrayMixer{color.capitalize()}"
        yield _both_ways(name, "black_and_white", color, needs=("ConvertToGrayscale",))


_WHEELS = {
    "shadows": ("SplitToningShadowHue", "SplitToningShadowSaturation", "ColorGradeShadowLum"),
    "midtones": ("ColorGradeMidtoneHue", "ColorGradeMidtoneSat", "ColorGradeMidtoneLum"),
    "highlights": (
        "SplitToningHighlightHue",
        "SplitToningHighlightSaturation",
        "ColorGradeHighlightLum",
    ),
}
_ALIASES = {
    "SplitToningShadowHue": "ColorGradeShadowHue",
    "SplitToningShadowSaturation": "ColorGradeShadowSat",
    "SplitToningHighlightHue": "ColorGradeHighlightHue",
    "SplitToningHighlightSaturation": "ColorGradeHighlightSat",
    "SplitToningBalance": "ColorGradeBalance",
}


def _color_grading() -> Iterator[Slider]:
    saturations = tuple(wheel[1] for wheel in _WHEELS.values())
    lums = tuple(wheel[2] for wheel in _WHEELS.values())
    for region, (hue, saturation, luminance) in _WHEELS.items():
        path = ("color_grading", region)
        yield from _with_alias(Slider(hue, (*path, "hue"), 0, 360, needs=(saturation,)))
        yield from _with_alias(_percent(saturation, (*path, "saturation")))
        yield _both_ways(luminance, *path, "luminance")
    blending = ("color_grading", "blending")
    needs = (*saturations, *lums)
    yield _percent("ColorGradeBlending", blending, 50, needs)
    balance = ("color_grading", "balance")
    yield from _with_alias(_both_ways("SplitToningBalance", *balance, needs=needs))


def _with_alias(slider: Slider) -> Iterator[Slider]:
    yield slider
    if slider.name in _ALIASES:
        yield replace(slider, name=_ALIASES[slider.name], alias_of=slider.name)


def _detail() -> Iterator[Slider]:
    needs = ("Sharpness",)
    yield Slider("Sharpness", ("sharpening", "amount"), 0, 150)
    radius = ("sharpening", "radius")
    yield Slider("SharpenRadius", radius, 0.5, 3, 1, needs, signed=True)
    yield _percent("SharpenDetail", ("sharpening", "detail"), 25, needs)
    yield _percent("SharpenEdgeMasking", ("sharpening", "masking"), 0, needs)
    yield _percent("LuminanceSmoothing", ("noise_reduction",))
    yield _percent("ColorNoiseReduction", ("color_noise_reduction",))


def _effects() -> Iterator[Slider]:
    yield _both_ways("PostCropVignetteAmount", "vignette", "amount")
    for part in ("midpoint", "feather"):
        name = f"PostCropVignette{part.capitalize()}"
        yield _percent(name, ("vignette", part), 50, ("PostCropVignetteAmount",))
    needs = ("GrainAmount",)
    yield _percent("GrainAmount", ("grain", "amount"))
    yield _percent("GrainSize", ("grain", "size"), 25, needs)
    yield _percent("GrainFrequency", ("grain", "roughness"), 50, needs)


SLIDERS = tuple(_sliders())
