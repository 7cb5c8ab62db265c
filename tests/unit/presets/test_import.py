"""What becomes of a preset's properties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support import ROOT
from tests.support.preset_files import outcomes, xmp

from abzug.edits.recipe import canonical_edits, operations
from abzug.messages import Notice
from abzug.presets import import_preset
from abzug.presets.mapping import SLIDERS, Slider
from abzug.presets.reasons import Reason


def edits_of(properties: dict[str, str], inner: str = "") -> dict[str, Any]:
    return import_preset(xmp(properties, inner), "p.xmp").edits


def curve(name: str, *points: str) -> str:
    items = "".join(f"<rdf:li>{point}</rdf:li>" for point in points)
    return f"<crs:{name}><rdf:Seq>{items}</rdf:Seq></crs:{name}>"


def test_sliders_are_carried_over_as_they_are() -> None:
    found = import_preset(xmp({"Exposure2012": "+0.50", "Contrast2012": "-12"}), "p.xmp")

    assert found.edits == {"contrast": -12, "exposure": 0.5}
    assert outcomes(found) == {"Contrast2012": "carried", "Exposure2012": "carried"}


def test_a_slider_at_its_default_is_neither_edit_nor_note() -> None:
    found = import_preset(xmp({"Exposure2012": "0.00", "SharpenRadius": "+1.0"}), "p.xmp")

    assert (found.edits, found.notes) == ({}, ())


def test_out_of_range_is_brought_into_it_and_told() -> None:
    found = import_preset(xmp({"Contrast2012": "+250"}), "p.xmp")

    assert found.edits == {"contrast": 100}
    assert outcomes(found) == {"Contrast2012": "approximated"}
    assert found.notes[0].reason == Notice(
        code="out_of_range",
        values={"value": 250, "used": 100},
        text="250 is out of range, 100 is used.",
    )


@pytest.mark.parametrize("value", ["much", "nan", "inf", "", "1e999"])
def test_one_bad_value_does_not_spoil_the_rest(value: str) -> None:
    found = import_preset(xmp({"Contrast2012": value, "Shadows2012": "5"}), "p.xmp")

    assert found.edits == {"shadows": 5}
    assert outcomes(found) == {"Contrast2012": "ignored", "Shadows2012": "carried"}


def test_what_is_not_known_is_told() -> None:
    assert outcomes(import_preset(xmp({"Sparkle": "7"}), "p.xmp")) == {"Sparkle": "ignored"}


def test_what_this_version_cannot_do_is_ignored_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without = {name: op for name, op in operations().items() if name != "sharpening"}
    monkeypatch.setattr("abzug.presets.importing.operations", lambda: without)

    found = import_preset(xmp({"Sharpness": "40", "Shadows2012": "5"}), "p.xmp")

    assert found.edits == {"shadows": 5}
    assert outcomes(found) == {"Sharpness": "ignored", "Shadows2012": "carried"}
    [reason] = [note.reason for note in found.notes if note.property == "Sharpness"]
    assert reason == Reason.not_yet.notice(operation="sharpening")


@pytest.mark.parametrize(
    ("properties", "edits", "noted"),
    [
        (
            {"IncrementalTemperature": "+12", "IncrementalTint": "-3"},
            {"temperature": 12, "tint": -3},
            "carried",
        ),
        (
            {"WhiteBalance": "Custom", "Temperature": "4800", "Tint": "+5"},
            {"white_balance": {"kelvin": 4800, "tint": 5}},
            "approximated",
        ),
        ({"Tint": "-20"}, {"white_balance": {"tint": -20}}, "approximated"),
        ({"Tint": "+400"}, {"white_balance": {"tint": 150}}, "approximated"),
        ({"WhiteBalance": "As Shot", "Temperature": "5500", "Tint": "+10"}, {}, None),
        ({"WhiteBalance": "Shade"}, {"white_balance": {"preset": "shade"}}, "approximated"),
        ({"WhiteBalance": "Candle"}, {}, "ignored"),
        ({"WhiteBalance": "Auto", "Temperature": "5500"}, {"auto_white_balance": True}, "carried"),
        ({"Temperature": "+100"}, {"temperature": 100}, "approximated"),
        ({"Temperature": "-300", "Tint": "+5"}, {}, "ignored"),
    ],
)
def test_white_balance_is_a_light_or_a_shift(
    properties: dict[str, Any], edits: dict[str, Any], noted: str | None
) -> None:
    found = import_preset(xmp(properties), "p.xmp")

    assert found.edits == edits
    assert set(outcomes(found).values()) == ({noted} if noted else set())


@pytest.mark.parametrize(
    ("light", "left_out"),
    [
        ({"Temperature": "5500", "Tint": "+3"}, {"Temperature", "Tint"}),
        ({"WhiteBalance": "Flash"}, {"WhiteBalance"}),
    ],
)
def test_of_a_light_and_a_shift_the_shift_counts(light: dict[str, Any], left_out: set[str]) -> None:
    found = import_preset(xmp({**light, "IncrementalTemperature": "7"}), "p.xmp")

    assert found.edits == {"temperature": 7}
    assert {name for name, outcome in outcomes(found).items() if outcome == "ignored"} == left_out


def test_sub_sliders_count_only_when_their_slider_is_on() -> None:
    assert edits_of({"SharpenDetail": "80"}) == {}
    assert edits_of({"GrayMixerRed": "+30"}) == {}
    assert edits_of({"Sharpness": "40", "SharpenDetail": "80"}) == {
        "sharpening": {"amount": 40, "detail": 80}
    }


def test_black_and_white_with_and_without_weights() -> None:
    grey = {"ConvertToGrayscale": "True"}

    assert edits_of(grey) == {"black_and_white": True}
    assert edits_of({**grey, "GrayMixerRed": "+30"}) == {"black_and_white": {"red": 30}}
    assert edits_of({"ConvertToGrayscale": "False"}) == {}


@pytest.mark.parametrize(
    "look",
    [
        '<crs:Look><rdf:Description crs:Name="Adobe Monochrome"/></crs:Look>',
        (
            '<crs:Look><rdf:Description crs:Name="Old"><crs:Parameters><rdf:Description '
            'crs:ConvertToGrayscale="true"/></crs:Parameters></rdf:Description></crs:Look>'
        ),
    ],
)
def test_a_grey_profile_makes_grey(look: str) -> None:
    found = import_preset(xmp({}, look), "p.xmp")

    assert found.edits == {"black_and_white": True}
    assert outcomes(found) == {"Look": "approximated"}


def test_nothing_inside_a_look_is_the_presets() -> None:
    look = '<crs:Look><rdf:Description crs:Name="Vivid" crs:Exposure2012="+2"/></crs:Look>'

    found = import_preset(xmp({}, look), "p.xmp")

    assert found.name == "Evening"
    assert found.edits == {}
    assert outcomes(found) == {"Look": "ignored"}


def test_corners_are_the_crop_only_when_there_is_one() -> None:
    corners = {"CropLeft": "0.1", "CropTop": "0.2", "CropRight": "0.9", "CropBottom": "0.7"}

    assert edits_of(corners) == {}
    assert edits_of({**corners, "HasCrop": "True"}) == {
        "crop": {"x": 0.1, "y": 0.2, "width": 0.8, "height": 0.5}
    }
    assert edits_of({**corners, "HasCrop": "True", "CropRight": "0.05"}) == {}


def test_a_turned_frame_turns_the_photo_the_other_way() -> None:
    assert edits_of({"HasCrop": "True", "CropAngle": "2.5"}) == {"straighten": -2.5}


def test_presets_of_split_toning_mix_their_colors_fully() -> None:
    toning = {"SplitToningShadowHue": "220", "SplitToningShadowSaturation": "20"}
    graded = {**toning, "ColorGradeBlending": "30"}

    assert edits_of(toning)["color_grading"]["blending"] == 100
    assert edits_of(graded)["color_grading"]["blending"] == 30


def test_settings_of_a_panel_that_is_off_are_left_out_and_told() -> None:
    sharp = {"Sharpness": "40", "Contrast2012": "5"}
    found = import_preset(xmp({**sharp, "EnableDetail": "False"}), "p.xmp")

    assert found.edits == {"contrast": 5}
    assert outcomes(found) == {"EnableDetail": "ignored", "Contrast2012": "carried"}
    assert "sharpening" in edits_of({**sharp, "EnableDetail": "True"})
    assert import_preset(xmp({"EnableDetail": "False"}), "p.xmp").notes == ()


def test_names_that_only_others_write_are_taken_for_lightrooms() -> None:
    shadows = {"ColorGradeShadowHue": "220", "ColorGradeShadowSat": "20"}
    found = import_preset(xmp(shadows), "p.xmp")

    assert found.edits == {"color_grading": {"shadows": {"hue": 220, "saturation": 20}}}
    assert set(outcomes(found).values()) == {"approximated"}


def test_of_two_names_of_one_slider_lightrooms_counts() -> None:
    found = import_preset(
        xmp({"SplitToningShadowSaturation": "10", "ColorGradeShadowSat": "90"}), "p.xmp"
    )

    assert found.edits["color_grading"]["shadows"] == {"saturation": 10}


def test_a_curve_is_its_points_and_a_straight_one_is_none() -> None:
    bent = curve("ToneCurvePV2012", "0, 0", "128, 150", "255, 255")
    straight = curve("ToneCurvePV2012Red", "0, 0", "255, 255")

    assert edits_of({}, bent + straight) == {
        "tone_curve": {"points": [[0, 0], [128, 150], [255, 255]]}
    }


def test_a_named_curve_without_points_is_looked_up() -> None:
    found = edits_of({"ToneCurveName2012": "Strong Contrast"})

    assert found["tone_curve"]["points"][1] == [32, 16]


@pytest.mark.parametrize("points", [("0, 0",), ("9, 0", "3, 9"), ("0, 0", "x, 9"), ("0", "1, 2")])
def test_a_damaged_curve_is_ignored(points: tuple[str] | tuple[str, str]) -> None:
    found = import_preset(xmp({}, curve("ToneCurvePV2012", *points)), "p.xmp")

    assert found.edits == {}
    assert outcomes(found) == {"ToneCurvePV2012": "ignored"}


def test_of_too_many_points_both_ends_stay() -> None:
    points = [f"{i * 5}, {255 - i * 5}" for i in range(40)]
    found = import_preset(xmp({}, curve("ToneCurvePV2012", *points)), "p.xmp")

    taken = found.edits["tone_curve"]["points"]
    assert (len(taken), taken[0], taken[-1]) == (16, [0, 255], [195, 60])
    assert outcomes(found) == {"ToneCurvePV2012": "approximated"}


@pytest.mark.parametrize(
    "properties",
    [
        {"LensProfileEnable": "0", "AutoLateralCA": "0", "VignetteAmount": "0"},
        {"PostCropVignetteStyle": "2", "PostCropVignetteAmount": "0"},
        {"ColorNoiseReductionDetail": "50", "PerspectiveScale": "100", "Treatment": "Color"},
        {"AutoTone": "False", "UUID": "A", "SupportsColor": "True"},
    ],
)
def test_what_does_nothing_in_lightroom_is_not_told(properties: dict[str, Any]) -> None:
    assert import_preset(xmp(properties), "p.xmp").notes == ()


@pytest.mark.parametrize(
    "name",
    ["RedHue", "LensProfileEnable", "PerspectiveVertical", "ParametricDarks", "VignetteAmount"],
)
def test_what_cannot_be_carried_over_is_told_with_its_reason(name: str) -> None:
    (note,) = import_preset(xmp({name: "1"}), "p.xmp").notes

    assert (note.property, note.outcome) == (name, "ignored")
    assert note.reason not in (None, Reason.not_known.notice())


@pytest.mark.parametrize("slider", SLIDERS, ids=lambda slider: slider.name)
def test_both_ends_of_every_slider_are_taken_by_its_operation(slider: Slider) -> None:
    switches = dict.fromkeys(slider.needs, "1")
    high = 359 if slider.high == 360 else slider.high  # a whole turn is none
    for value in {slider.low, high} - {slider.default}:
        found = import_preset(xmp({**switches, slider.name: str(value)}), "p.xmp")

        inner: Any = found.edits
        for part in slider.path:
            inner = inner[part]
        assert inner == value


def test_the_page_names_every_operation_of_the_table() -> None:
    page = ROOT / "docs/explanation/lightroom-presets.md"
    text = page.read_text(encoding="utf-8")

    assert {s.path[0] for s in SLIDERS} == {s.path[0] for s in SLIDERS if f"`{s.path[0]}`" in text}


def test_presets_of_several_makers_are_taken_over(presets: Path) -> None:
    found = {
        path.stem: import_preset(path.read_bytes(), path.name) for path in presets.glob("*.xmp")
    }

    assert len(found) >= 6
    for imported in found.values():
        assert canonical_edits(imported.edits) == imported.edits
    assert found["adobe-empty-template"].edits == {}
    assert found["Auto-BW"].edits == {"black_and_white": True}
    assert found["Fuji_Neopan_1600"].edits["black_and_white"]["blue"] == -25
    assert found["Brazilian_Amazon"].edits["temperature"] == 100
    assert found["Super_8_Home_Movie"].edits["white_balance"] == {"kelvin": 6500, "tint": 7}
    assert found["example"].edits["sharpening"] == {"amount": 40}
    assert [f.name for f in found.values() if not f.name] == []


@pytest.mark.parametrize(
    "properties",
    [
        {"Temperature": "warm"},
        {"Temperature": "5000", "Tint": "pink"},
        {"Temperature": "50", "Tint": "30", "IncrementalTemperature": "+10"},
        {"Temperature": "50", "Tint": "130"},
        {"WhiteBalance": "Neon", "Temperature": "5500", "Tint": "+10"},
        {"ToneCurveName2012": "Weird"},
        {"PostCropVignetteAmount": "-40", "PostCropVignetteHighlightContrast": "50"},
        {"HasCrop": "True", "CropAngle": "aslant"},
    ],
)
def test_nothing_goes_silently(properties: dict[str, Any]) -> None:
    told = outcomes(import_preset(xmp(properties), "p.xmp"))

    assert properties.keys() - told.keys() <= {"HasCrop"}


def test_a_light_that_is_not_known_leaves_its_numbers() -> None:
    neon = {"WhiteBalance": "Neon", "Temperature": "5500", "Tint": "+20"}

    assert edits_of(neon) == {"white_balance": {"kelvin": 5500, "tint": 20}}


def test_a_curve_of_before_2012_is_told_of_where_it_is_the_only_one() -> None:
    old, new = (
        curve(name, "0, 0", "99, 120", "255, 255") for name in ("ToneCurve", "ToneCurvePV2012")
    )
    straight = curve("ToneCurve", "0, 0", "255, 255")

    assert outcomes(import_preset(xmp({}, old), "p.xmp")) == {"ToneCurve": "ignored"}
    assert outcomes(import_preset(xmp({}, old + new), "p.xmp")) == {"ToneCurvePV2012": "carried"}
    assert not import_preset(xmp({}, straight), "p.xmp").notes


def test_weights_of_grey_count_where_only_the_profile_is_grey() -> None:
    look = '<crs:Look><rdf:Description crs:Name="Adobe Monochrome"/></crs:Look>'

    assert edits_of({"GrayMixerRed": "20"}, look) == {"black_and_white": {"red": 20}}
    assert edits_of({"GrayMixerRed": "20"}) == {}


def test_a_frame_without_corners_says_nothing_of_them() -> None:
    assert not import_preset(xmp({"HasCrop": "True"}), "p.xmp").notes
