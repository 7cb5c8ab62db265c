"""From edits to an `.xmp` preset, in the form that Adobe writes: import(export(edits)) == edits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from abzug.edits.recipe import canonical_edits
from abzug.presets.mapping import CURVES, SLIDERS
from abzug.presets.reasons import Reason
from abzug.presets.records import Exported, Note
from abzug.presets.special import LIGHTS
from abzug.presets.xmp import CRS, RDF

_SLIDERS = [slider for slider in SLIDERS if not slider.alias_of]
_WHOLE = {
    "crop",
    "straighten",
    "tone_curve",
    "white_balance",
    "auto_tone",
    "auto_straighten",
    "auto_white_balance",
}
_SHIFTS = {"temperature", "tint"}
_WRITTEN = _WHOLE | {slider.path[0] for slider in _SLIDERS}
_CORNERS = {"x", "y", "width", "height"}
_HEADER = {
    "PresetType": "Normal",
    "SupportsAmount": "False",
    "SupportsColor": "True",
    "SupportsMonochrome": "True",
    "SupportsHighDynamicRange": "True",
    "SupportsNormalDynamicRange": "True",
    "SupportsSceneReferred": "True",
    "SupportsOutputReferred": "True",
    "Version": "15.4",
    "ProcessVersion": "11.0",
    "HasSettings": "True",
}


def export_preset(edits: Mapping[str, Any], name: str) -> Exported:
    """A Lightroom preset of these edits; what Lightroom has no counterpart for is left out.

    Raises InvalidRequest if the edits are not right. Equal edits and names give equal bytes.
    """
    edits = canonical_edits(edits)
    attributes = {**_HEADER, "UUID": _uuid(edits, name)}
    for slider in _SLIDERS:
        value = _get(edits, slider.path)
        if isinstance(value, int | float) and not isinstance(value, bool):
            attributes[slider.name] = _number(value, signed=slider.signed)
    attributes |= dict(_switches(edits))
    data = _document(name, attributes, edits.get("tone_curve", {}))
    return Exported(data, tuple(_left_out(edits)))


def _left_out(edits: dict[str, Any]) -> Iterator[Note]:
    for operation in edits:
        if operation not in _WRITTEN:
            yield Note(operation, "ignored", Reason.no_counterpart.notice())
    if "white_balance" in edits and edits.keys() & _SHIFTS:
        yield Note("white_balance", "ignored", Reason.light_or_shift.notice())
    elif "white_balance" in edits and "auto_white_balance" in edits:
        yield Note("auto_white_balance", "ignored", Reason.light_is_said.notice())
    if "crop" in edits and "straighten" in edits:
        yield Note("crop", "ignored", Reason.corners_of_straightened.notice())
    elif not _CORNERS.issuperset(edits.get("crop", ())):
        yield Note("crop", "ignored", Reason.no_aspect.notice())


def _get(edits: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        edits = edits.get(name) if isinstance(edits, dict) else None
    return edits


def _switches(edits: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is not a number, or is another one than here."""
    yield from _light(edits)
    if edits.get("auto_tone"):
        yield "AutoTone", "True"
    if edits.get("auto_straighten"):
        yield "PerspectiveUpright", "1"
    if "black_and_white" in edits:
        yield "ConvertToGrayscale", "True"
    if "color_grading" in edits:
        # without it, it would be read as a split toning of old
        blending = edits["color_grading"].get("blending", 50)
        yield "ColorGradeBlending", _number(blending, signed=False)
    yield from _frame(edits)


def _light(edits: dict[str, Any]) -> Iterator[tuple[str, str]]:
    is_shifted = bool(edits.keys() & _SHIFTS)
    light = {} if is_shifted else edits.get("white_balance", {})
    if "preset" in light:
        yield "WhiteBalance", LIGHTS[light["preset"]]
    elif edits.get("auto_white_balance") and not light:
        yield "WhiteBalance", "Auto"
    elif is_shifted or light:
        yield "WhiteBalance", "Custom"
    if "kelvin" in light:
        yield "Temperature", _number(light["kelvin"], signed=False)
    if "tint" in light:
        yield "Tint", _number(light["tint"], signed=True)


def _frame(edits: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "straighten" in edits:
        yield "HasCrop", "True"
        yield "CropAngle", _number(-edits["straighten"], signed=False)
    elif "crop" in edits and _CORNERS.issuperset(edits["crop"]):
        box = {"x": 0, "y": 0, "width": 1, "height": 1} | edits["crop"]
        left, top, width, height = (
            Decimal(str(box[name])) for name in ("x", "y", "width", "height")
        )
        yield "HasCrop", "True"
        # digit by digit, so that a width read back as a difference is the same number
        corners = {"Left": left, "Top": top, "Right": left + width, "Bottom": top + height}
        for edge, place in corners.items():
            yield f"Crop{edge}", f"{place.normalize():f}"


def _number(value: float, *, signed: bool) -> str:
    """Whole numbers without a point, others in full; a plus sign where Adobe writes one."""
    text = str(int(value)) if value == int(value) else str(value)
    return f"+{text}" if signed and value > 0 else text


def _uuid(edits: dict[str, Any], name: str) -> str:
    told = json.dumps([name, edits], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32].upper()


def _document(name: str, attributes: dict[str, str], curves: dict[str, Any]) -> bytes:
    title = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(_printable(name))}</rdf:li></rdf:Alt>'
    lines = [
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
        f' <rdf:RDF xmlns:rdf="{RDF}">',
        f'  <rdf:Description rdf:about="" xmlns:crs="{CRS}"',
        *(f"   crs:{key}={quoteattr(value)}" for key, value in attributes.items()),
        "  >",
        f"   <crs:Name>{title}</crs:Name>",
        *(_curve(key, curves[field]) for key, field in CURVES.items() if curves.get(field)),
        "  </rdf:Description>",
        " </rdf:RDF>",
        "</x:xmpmeta>",
        "",
    ]
    return "\n".join(lines).encode()


def _printable(text: str) -> str:
    """XML has no place for control characters, not even escaped."""
    return "".join(char for char in text if char.isprintable())


def _curve(property_: str, points: list[list[float]]) -> str:
    texts = (", ".join(_number(part, signed=False) for part in point) for point in points)
    items = "".join(f"<rdf:li>{text}</rdf:li>" for text in texts)
    return f"   <crs:{property_}><rdf:Seq>{items}</rdf:Seq></crs:{property_}>"
