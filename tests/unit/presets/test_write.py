"""Edits to a preset and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abzug.edits.recipe import canonical_edits, operations
from abzug.errors import InvalidRequest
from abzug.presets import export_preset, import_preset
from abzug.presets.mapping import CURVES, SLIDERS
from abzug.presets.numbers import parsed
from abzug.presets.special import LIGHTS
from abzug.presets.xmp import read_xmp

ON = {slider.path: slider for slider in SLIDERS}
"""By path: aliases have the same range."""
MAIN = {("color_grading", region, "saturation") for region in ("shadows", "midtones", "highlights")}
"""Sliders without which those beside them do nothing."""


@st.composite
def all_edits(draw: st.DrawFn) -> dict[str, Any]:
    edits: dict[str, Any] = {}
    chosen = draw(
        st.sets(st.sampled_from(sorted({s.path[0] for s in SLIDERS} & operations().keys())))
    )
    for path, slider in ON.items():
        if path[0] in chosen:
            low = 1 if path in MAIN else slider.low
            value = draw(st.floats(low, slider.high, allow_nan=False, allow_subnormal=False))
            inner = edits
            for name in path[:-1]:
                inner = inner.setdefault(name, {})
            inner[path[-1]] = draw(st.sampled_from([value, max(low, float(round(value)))]))
    if "tone_curve" in operations() and draw(st.booleans()):
        edits["tone_curve"] = {draw(st.sampled_from(sorted(CURVES.values()))): draw(curves())}
    if not edits.keys() & {"temperature", "tint"} and draw(st.booleans()):
        edits["white_balance"] = draw(lights())
    for name in ("auto_tone", "auto_white_balance", "auto_straighten"):
        if draw(st.booleans()) and "white_balance" not in edits:
            edits[name] = True
    if draw(st.booleans()):
        edits["straighten"] = draw(st.floats(-45, 45))
    elif draw(st.booleans()):
        edits["crop"] = {name: draw(st.floats(0.001, 0.4)) for name in ("x", "width", "height")}
    return canonical_edits(edits)


def lights() -> st.SearchStrategy[dict[str, Any]]:
    numbers = {"kelvin": st.floats(2000, 50_000), "tint": st.floats(-150, 150)}
    return st.fixed_dictionaries(
        {"preset": st.sampled_from(sorted(LIGHTS))}
    ) | st.fixed_dictionaries({}, optional=numbers)


@st.composite
def curves(draw: st.DrawFn) -> list[list[float]]:
    xs = draw(st.lists(st.integers(0, 255), min_size=2, max_size=16, unique=True))
    return [[float(x), draw(st.floats(0, 255))] for x in sorted(xs)]


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(edits=all_edits(), name=st.text("Aé <&\"'漢\n", min_size=1).filter(str.strip))
def test_what_is_exported_comes_back(edits: dict[str, Any], name: str) -> None:
    exported = export_preset(edits, name)
    imported = import_preset(exported.data, "p.xmp")

    assert imported.edits == edits
    assert exported.notes == ()
    assert imported.name == name.replace("\n", "").strip()
    assert {note.outcome for note in imported.notes} <= {"carried", "approximated"}


def test_presets_of_several_makers_come_back(presets: Path) -> None:
    for path in presets.glob("*.xmp"):
        edits = import_preset(path.read_bytes(), path.name).edits

        assert import_preset(export_preset(edits, "p").data, "p.xmp").edits == edits


def test_numbers_are_written_as_adobe_does() -> None:
    edits = {"exposure": 0.5, "contrast": -5, "sharpening": {"amount": 40, "radius": 1.5}}

    found = read_xmp(export_preset(edits, "p").data).properties

    assert found["Exposure2012"] == "+0.5"
    assert found["Contrast2012"] == "-5"
    assert found["Sharpness"] == "40"
    assert found["PresetType"] == "Normal"


def test_equal_edits_give_equal_bytes() -> None:
    first = export_preset({"contrast": 5, "exposure": 0}, "p")

    assert export_preset({"contrast": 5.0}, "p") == first
    assert export_preset({"contrast": 6}, "p") != first


@pytest.mark.parametrize(
    ("edits", "left_out"),
    [
        ({"watermark": [{"text": "me"}], "contrast": 5}, ["watermark"]),
        ({"crop": {"aspect": "4:5"}}, ["crop"]),
        ({"crop": {"x": 0.5, "width": 0.5}, "straighten": 2}, ["crop"]),
        ({"crop": {"x": 0.5, "width": 0.5}}, []),
        ({"white_balance": {"preset": "flash"}, "tint": 5}, ["white_balance"]),
        ({"white_balance": {"tint": 5}, "auto_white_balance": True}, ["auto_white_balance"]),
    ],
)
def test_what_a_preset_cannot_hold_is_told(edits: dict[str, Any], left_out: list[str]) -> None:
    assert [note.property for note in export_preset(edits, "p").notes] == left_out


def test_wrong_edits_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        export_preset({"sparkle": 1}, "p")


def test_a_number_is_what_a_text_says_or_none() -> None:
    assert [parsed(text) for text in ("+1.5", "-2", "two", "inf", None)] == [
        1.5,
        -2,
        None,
        None,
        None,
    ]
