"""Panels that are switched off: presets of before 2018 keep their settings, which do nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from abzug.presets.numbers import is_on
from abzug.presets.reasons import Reason
from abzug.presets.records import Finding, Properties, Value, ignored

_PANELS = {
    "EnableToneCurve": re.compile(r"ToneCurve\w*|Parametric\w+"),
    "EnableColorAdjustments": re.compile(r"(Hue|Saturation|Luminance)Adjustment\w+"),
    "EnableGrayscaleMix": re.compile(r"GrayMixer\w+"),
    "EnableSplitToning": re.compile(r"SplitToning\w+|ColorGrade\w+"),
    "EnableDetail": re.compile(r"Sharp\w+|LuminanceSmoothing|(Luminance|Color)NoiseReduction\w*"),
    "EnableLensCorrections": re.compile(r"LensProfile\w+|LensManual\w+|Defringe\w+|Vignette\w+"),
    "EnableEffects": re.compile(r"PostCropVignette\w+|Grain\w+"),
}


def switched_on(properties: Properties) -> dict[str, Value]:
    """The properties without those of panels that are off."""
    off = [panel for switch, panel in _PANELS.items() if _is_off(properties, switch)]
    return {
        name: value
        for name, value in properties.items()
        if not any(panel.fullmatch(name) for panel in off)
    }


def switched_off(properties: Properties) -> Iterator[Finding]:
    """A finding on each switch that is off and has settings behind it."""
    for switch, panel in _PANELS.items():
        if _is_off(properties, switch) and any(map(panel.fullmatch, properties)):
            yield ignored(switch, Reason.panel_off)


def _is_off(properties: Properties, switch: str) -> bool:
    return switch in properties and not is_on(properties, switch)
