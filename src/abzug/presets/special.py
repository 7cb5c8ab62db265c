"""Properties that are more than a number: white balance, black and white, curves, crop, automatics,
profiles. Each reader names the properties it answers for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from abzug.messages import Notice
from abzug.presets.mapping import CURVES
from abzug.presets.numbers import is_on, parsed
from abzug.presets.reasons import Reason
from abzug.presets.records import Finding, Properties, Value, carried, ignored

Reader = Callable[[Properties], Iterator[Finding]]
NAMED_CURVES = {
    "Medium Contrast": [[0, 0], [32, 22], [64, 56], [128, 128], [192, 196], [255, 255]],
    "Strong Contrast": [[0, 0], [32, 16], [64, 50], [128, 128], [192, 202], [255, 255]],
}
_NO_CURVES = {"", "Linear", "Custom"}
"""The last one says that its points do."""
MAX_POINTS = 16
LIGHTS = {
    light: light.capitalize()
    for light in ("daylight", "cloudy", "shade", "tungsten", "fluorescent", "flash")
}
"""By our names, as Lightroom calls them."""
_KELVIN = (2000, 50_000)
_TINT = 150.0
_SHIFT = 100.0
_USUAL_PROFILES = {"", "Adobe Standard", "Adobe Color", "Embedded", "Default", "Default Color"}
_GREY_PROFILES = {"Adobe Monochrome", "Default Monochrome", "Monochrome", "Adobe Standard B&W"}


def white_balance(properties: Properties) -> Iterator[Finding]:
    """A light by its name or in kelvin; Lightroom keeps a shift for photos that are developed.

    Of both, the shift counts here: it is what Lightroom would do to a JPEG.
    """
    kind = str(properties.get("WhiteBalance", "Custom"))
    if kind == "Auto":
        yield carried("WhiteBalance", ("auto_white_balance",), True)
    elif kind == "Custom":
        yield from _in_numbers(properties)
    elif kind.lower() not in LIGHTS:
        if kind != "As Shot":
            yield ignored("WhiteBalance", Reason.light_not_known, light=kind)
            yield from _in_numbers(properties)
    elif _has_shift(properties):
        yield ignored("WhiteBalance", Reason.shift_counts)
    else:
        yield _light("WhiteBalance", "preset", kind.lower())


def _in_numbers(properties: Properties) -> Iterator[Finding]:
    told = [name for name in ("Temperature", "Tint") if name in properties]
    temperature, tint = (parsed(properties.get(name)) for name in ("Temperature", "Tint"))
    yield from (
        ignored(name, Reason.not_a_number) for name in told if parsed(properties[name]) is None
    )
    if _has_shift(properties):
        yield from (ignored(name, Reason.shift_counts) for name in told if parsed(properties[name]))
    elif temperature is not None and abs(temperature) <= _SHIFT:
        yield from _as_shift(temperature, tint)
    elif temperature is not None and not _KELVIN[0] <= temperature <= _KELVIN[1]:
        yield ignored("Temperature", Reason.neither_kelvin_nor_shift)
        if tint:
            yield ignored("Tint", Reason.goes_with_temperature)
    else:
        if temperature is not None:
            yield _light("Temperature", "kelvin", temperature)
        if tint is not None:
            within = max(-_TINT, min(tint, _TINT))
            change = None if within == tint else Reason.tint_out_of_range.notice(value=tint)
            yield _light("Tint", "tint", within, change)


def _as_shift(temperature: float, tint: float | None) -> Iterator[Finding]:
    yield carried("Temperature", ("temperature",), temperature, Reason.taken_for_shift.notice())
    if tint:
        within = max(-_SHIFT, min(tint, _SHIFT))
        yield carried("Tint", ("tint",), within, Reason.shift_as_temperature.notice())


def _has_shift(properties: Properties) -> bool:
    return any(
        parsed(properties.get(name)) is not None
        for name in ("IncrementalTemperature", "IncrementalTint")
    )


def _light(property_: str, field: str, value: float | str, change: Notice | None = None) -> Finding:
    """Approximated: a preset does not know which photo it will be for."""
    return carried(
        property_, ("white_balance", field), value, change or Reason.as_on_a_raw.notice()
    )


def black_and_white(properties: Properties) -> Iterator[Finding]:
    """The switch; also where only the profile says so. The weights are sliders of their own.

    A profile that changes colors is told of, one that only takes them away is not.
    """
    source, profile = _profile(properties)
    if is_on(properties, "ConvertToGrayscale"):
        yield carried("ConvertToGrayscale", ("black_and_white",), True)
    elif is_black_and_white(properties):
        yield carried(source, ("black_and_white",), True, Reason.gray_of_profile.notice())
        return
    if profile not in _USUAL_PROFILES | _GREY_PROFILES:
        yield ignored(source, Reason.profile_not_supported, profile=profile)


def is_black_and_white(properties: Properties) -> bool:
    """Whether the switch says so, or else the profile."""
    parameters = _look(properties).get("Parameters")
    is_grey = isinstance(parameters, dict) and is_on(parameters, "ConvertToGrayscale")
    by_profile = is_grey or _profile(properties)[1] in _GREY_PROFILES
    return by_profile or is_on(properties, "ConvertToGrayscale")


def _profile(properties: Properties) -> tuple[str, str]:
    """The property that names it, and its name."""
    if name := _look(properties).get("Name"):
        return "Look", str(name)
    return "CameraProfile", str(properties.get("CameraProfile", ""))


def _look(properties: Properties) -> Mapping[str, Any]:
    look = properties.get("Look")
    return look if isinstance(look, dict) else {}


def tone_curves(properties: Properties) -> Iterator[Finding]:
    """Curves by points; one that is only named is looked up. A straight line is none."""
    name = properties.get("ToneCurveName2012")
    if "ToneCurvePV2012" not in properties and str(name) in NAMED_CURVES:
        yield carried("ToneCurveName2012", ("tone_curve", "points"), NAMED_CURVES[str(name)])
    elif "ToneCurvePV2012" not in properties and str(name or "") not in _NO_CURVES:
        yield ignored("ToneCurveName2012", Reason.curve_not_known, curve=str(name))
    for property_, field in CURVES.items():
        if property_ in properties:
            yield from _curve(property_, ("tone_curve", field), properties[property_])


def _curve(property_: str, path: tuple[str, ...], value: Value) -> Iterator[Finding]:
    points = _points(value)
    if points is None:
        yield ignored(property_, Reason.points_damaged)
        return
    if len(points) > MAX_POINTS:
        last = len(points) - 1
        chosen = [points[round(i * last / (MAX_POINTS - 1))] for i in range(MAX_POINTS)]
        change = Reason.too_many_points.notice(points=len(points), taken=MAX_POINTS)
        yield carried(property_, path, chosen, change)
    elif not (points[0][0] == 0 and points[-1][0] == 255 and all(x == y for x, y in points)):
        yield carried(property_, path, points)


def _points(value: Value) -> list[list[float]] | None:
    """Numbers within 0 to 255, x strictly rising, two at least; None if they are not."""
    pairs = [item.split(",") for item in value] if isinstance(value, list) else []
    points = [[parsed(part.strip()) for part in pair] for pair in pairs]
    numbers = [[n for n in point if n is not None and 0 <= n <= 255] for point in points]
    sound = len(numbers) >= 2 and all(len(point) == 2 for point in numbers + points)
    if not sound or any(b[0] <= a[0] for a, b in itertools.pairwise(numbers)):
        return None
    return numbers


_EDGES = {"CropLeft": "0", "CropTop": "0", "CropRight": "1", "CropBottom": "1"}


def crop(properties: Properties) -> Iterator[Finding]:
    """Of a photo that is not turned the corners are the crop; a turned one is straightened."""
    if not is_on(properties, "HasCrop"):
        return
    told = properties.get("CropAngle", "0")
    angle = parsed(told)
    if angle is None:
        yield ignored("CropAngle", Reason.not_a_number)
    if angle:
        change = Reason.turned.notice()
        # theirs turns the frame clockwise, ours the photo
        yield carried("CropAngle", ("straighten",), max(-45.0, min(-angle, 45.0)), change)
        for name in filter(properties.__contains__, _EDGES):
            yield ignored(name, Reason.corners_of_turned)
        return
    edges = [_exact(properties.get(name, usual)) for name, usual in _EDGES.items()]
    inside = [edge for edge in edges if edge is not None and 0 <= edge <= 1]
    if len(inside) < 4 or inside[0] >= inside[2] or inside[1] >= inside[3]:
        yield ignored("CropLeft", Reason.no_rectangle)
        return
    left, top, right, bottom = inside
    box = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    for name, (field, value) in zip(_EDGES, box.items(), strict=True):
        if name in properties:
            yield carried(name, ("crop", field), float(value))


def _exact(value: Value) -> Decimal | None:
    """As it stands there: the difference of two edges is a width then, to the last digit."""
    return Decimal(str(value)) if parsed(value) is not None else None


def automatics(properties: Properties) -> Iterator[Finding]:
    if is_on(properties, "AutoTone"):
        yield carried("AutoTone", ("auto_tone",), True, Reason.own_measure.notice())
    upright = parsed(properties.get("PerspectiveUpright"))
    if upright in (1, 3):
        change = Reason.straightened_only.notice()
        yield carried("PerspectiveUpright", ("auto_straighten",), True, change)
    elif upright:
        yield ignored("PerspectiveUpright", Reason.upright_not_supported, kind=upright)


READERS: dict[Reader, tuple[str, ...]] = {
    white_balance: ("WhiteBalance", "Temperature", "Tint"),
    black_and_white: ("ConvertToGrayscale", "Look", "CameraProfile"),
    tone_curves: ("ToneCurveName2012", *CURVES),
    crop: ("HasCrop", *_EDGES, "CropAngle"),
    automatics: ("AutoTone", "PerspectiveUpright"),
}
