"""Properties that no edit comes of: those that say nothing of the picture, and those that cannot
be carried over, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from abzug.presets.numbers import is_on, parsed
from abzug.presets.reasons import Reason
from abzug.presets.records import Finding, Properties, Value, ignored

_NO_PART = re.compile(
    # about the preset, not the picture
    r"(PresetType|Cluster|UUID|Supports\w+|RequiresRenditionBehavior|RequiresRGBTables|"
    r"CameraModelRestriction|Copyright|ContactInfo|Version|ProcessVersion|HasSettings|"
    r"AlreadyApplied|Name|ShortName|SortName|Group|Description|ShowInPresets|ShowInQuickActions|"
    # bookkeeping
    r"CameraProfileDigest|LookName|ToggleStyle\w*|AutoToneDigest\w*|CompatibleVersion|"
    r"Clipboard\w*|Converter|DepthMapInfo|HDRMaxValue|GrainSeed|OverrideLookVignette|"
    r"AutoWhiteVersion|Enable[A-Z]\w*|orientation|"
    # what is said by another property, or does nothing alone
    r"CropConstrainToWarp|CropUnits?|CropWidth|CropHeight|CropConstrainToUnitSquare|"
    r"Upright\w+|LensProfile(?!Enable)\w+|Defringe\w+Hue(Lo|Hi)|VignetteMidpoint|"
    r"Parametric\w+Split)"
)
_OLD_CURVE = re.compile(r"ToneCurve(Red|Green|Blue|Name)?")
"""Curves of before 2012; mostly those of today stand beside them, and count."""
_STRAIGHT: tuple[Value, ...] = ("Linear", ["0, 0", "255, 255"])
_REASONS = {
    r"Exposure|Contrast|Brightness|Shadows|Clarity|FillLight|HighlightRecovery": Reason.old_slider,
    r"Auto(Exposure|Contrast|Brightness|Shadows)": Reason.old_slider,
    r"ToneCurve(Red|Green|Blue|Name)?": Reason.old_curve,
    r"Parametric(Shadows|Darks|Lights|Highlights)": Reason.curve_by_regions,
    r"CurveRefineSaturation": Reason.curve_saturation,
    r"ColorGradeGlobal(Hue|Sat|Lum)": Reason.wheel_of_all_tones,
    r"AutoGrayscaleMix": Reason.automatic_grays,
    r"(Luminance|Color)NoiseReduction\w+": Reason.noise_reduction,
    r"PostCropVignetteHighlightContrast": Reason.vignette_highlights,
    r"PostCropVignetteRoundness": Reason.vignette_roundness,
    r"PostCropVignetteStyle": Reason.vignette_style,
    r"Perspective\w+": Reason.perspective,
    r"LensProfileEnable|LensManual\w+|AutoLateralCA": Reason.lens_corrections,
    r"ChromaticAberration[RB]|Defringe\w+|VignetteAmount": Reason.lens_corrections,
    r"ShadowTint|(Red|Green|Blue)(Hue|Saturation)": Reason.calibration,
    r"RGBTable\w*|LookTable\w*": Reason.profiles,
    r"MaskGroup\w+|\w+BasedCorrections|Retouch\w+|RedEyeInfo": Reason.local_edits,
    r"PointColors|ColorVariance": Reason.point_color,
    r"LensBlur": Reason.lens_blur,
    r"MoireFilter": Reason.moire,
    r"HDR\w+|SDR\w+|ToneMapStrength": Reason.hdr,
}
_PATTERNS = [(re.compile(names), reason) for names, reason in _REASONS.items()]
_OFF: Mapping[str, float] = {
    "Contrast": 25,
    "Brightness": 50,
    "Shadows": 5,
    "CurveRefineSaturation": 100,
    "PerspectiveScale": 100,
    "LuminanceNoiseReductionDetail": 50,
    "ColorNoiseReductionDetail": 50,
    "ColorNoiseReductionSmoothness": 50,
    "PostCropVignetteStyle": 1,
}
"""What does nothing, where it is not 0."""
_NEEDS = {
    "ColorGradeGlobalHue": "ColorGradeGlobalSat",
    "PostCropVignetteRoundness": "PostCropVignetteAmount",
    "PostCropVignetteStyle": "PostCropVignetteAmount",
    "PostCropVignetteHighlightContrast": "PostCropVignetteAmount",
    "LuminanceNoiseReductionDetail": "LuminanceSmoothing",
    "LuminanceNoiseReductionContrast": "LuminanceSmoothing",
    "ColorNoiseReductionDetail": "ColorNoiseReduction",
    "ColorNoiseReductionSmoothness": "ColorNoiseReduction",
}
"""What does nothing, unless another is on."""


def leftovers(properties: Properties, read: Container[str]) -> Iterator[Finding]:
    """A finding on every property that is not in `read` and would do something in Lightroom."""
    for name in properties:
        if name in read or _NO_PART.fullmatch(name) or not _does_something(properties, name):
            continue
        reasons = (reason for pattern, reason in _PATTERNS if pattern.fullmatch(name))
        yield ignored(name, next(reasons, Reason.not_known))


def _has_curve_of_today(properties: Properties) -> bool:
    return any(name.startswith(("ToneCurvePV2012", "ToneCurveName2012")) for name in properties)


def _does_something(properties: Properties, name: str) -> bool:
    value = properties[name]
    if _OLD_CURVE.fullmatch(name) and (value in _STRAIGHT or _has_curve_of_today(properties)):
        return False
    if not isinstance(value, str):
        return bool(value)
    if name in _NEEDS and not is_on(properties, _NEEDS[name]):
        return False
    says_off = value.lower() in ("", "false") or (name, value) == ("Treatment", "Color")
    return not says_off and parsed(value) != _OFF.get(name, 0)
