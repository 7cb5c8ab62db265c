from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any, get_args

import pytest

from abzug.edits.operation import Group, Stage
from abzug.edits.recipe import canonical_edits, edits_schema, operations, typed_edits
from abzug.errors import InvalidRequest


def pointers(raw: Any) -> list[str]:
    with pytest.raises(InvalidRequest) as refused:
        canonical_edits(raw)
    return [error.pointer for error in refused.value.errors]


def test_operations_are_found_in_the_order_of_their_passes() -> None:
    found = list(operations().values())

    assert [op.name for op in found][:4] == ["red_eye", "redact", "trim", "perspective"]
    assert [op.stage for op in found] == sorted(op.stage for op in found)


def test_every_operation_is_named_after_its_file() -> None:
    from importlib import resources

    files = {entry.name for entry in resources.files("abzug.edits.operations").iterdir()}

    assert {f"{name}.py" for name in operations()} == {
        name for name in files if name.endswith(".py") and name != "__init__.py"
    }


@pytest.mark.parametrize(
    "neutral",
    [
        {"exposure": 0},
        {"crop": {}},
        {"crop": {"x": 0, "width": 1.0}},
        {"sharpening": {"amount": 0}},
        {"resize": {"fit": "inside"}},
        {"watermark": []},
        {"red_eye": False, "rotate": 0, "flip": "none", "straighten": 0.0},
    ],
)
def test_what_changes_nothing_is_left_out(neutral: dict[str, Any]) -> None:
    assert canonical_edits(neutral) == {}


def test_equal_edits_have_one_form() -> None:
    one = canonical_edits({"straighten": 2, "crop": {"aspect": "4:5", "x": 0.0}})
    other = canonical_edits({"crop": {"aspect": "4:5"}, "straighten": 2.0, "exposure": 0})

    assert one == other
    assert list(one) == sorted(one)
    assert canonical_edits(one) == one


def test_typed_edits_come_in_the_order_of_application() -> None:
    typed = typed_edits(
        canonical_edits({"watermark": [{"text": "me"}], "contrast": 5, "flip": "both"})
    )

    assert list(typed) == ["flip", "contrast", "watermark"]
    assert typed["watermark"][0].position == "bottom-right"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"sepia/": 1}, {"/edits/sepia~1"}),
        ({"exposure": 9}, {"/edits/exposure"}),
        ({"straighten": "2"}, {"/edits/straighten"}),
        ({"straighten": True}, {"/edits/straighten"}),
        ({"straighten": float("nan")}, {"/edits/straighten"}),
        ({"rotate": 45}, {"/edits/rotate"}),
        ({"crop": {"x": 0.5, "width": 0.6}}, {"/edits/crop"}),
        ({"crop": {"aspect": "4x5"}}, {"/edits/crop/aspect"}),
        ({"crop": {"zoom": 1}}, {"/edits/crop/zoom"}),
        ({"resize": {"enlarge": "yes"}}, {"/edits/resize/enlarge"}),
        ({"red_eye": 3}, {"/edits/red_eye"}),
        ({"red_eye": {"points": [{"x": 0.1}]}}, {"/edits/red_eye", "/edits/red_eye/points/0/y"}),
        ({"watermark": [{"text": "a"}, {}]}, {"/edits/watermark/1/text"}),
        ({"watermark": [{"text": " \n"}]}, {"/edits/watermark/0/text"}),
        ({"watermark": [{"text": "a\0"}]}, {"/edits/watermark/0/text"}),
        ([], {"/edits"}),
    ],
)
def test_what_is_wrong_is_pointed_at(raw: Any, expected: set[str]) -> None:
    assert expected <= set(pointers(raw))
    assert all(pointer.startswith("/edits") for pointer in pointers(raw))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ([], "an object is wanted"),
        ({"crop": 5}, "an object is wanted"),
        ({"watermark": {"text": "a"}}, "a list is wanted"),
        ({"exposure": 9}, "at most 5"),
        ({"exposure": "much"}, "a number is wanted"),
        ({"exposur": 1}, "there is no such field; did you mean exposure?"),
        ({"crop": {"aspct": "4:5"}}, "there is no such field; did you mean aspect?"),
        (
            {"watermark": [{"text": "a", "colour": "#ffffff"}]},
            "there is no such field; did you mean color?",
        ),
        ({"rotate": 45}, "one of these is wanted: 0, 90, 180 or 270"),
        ({"watermark": [{"text": ""}]}, "at least 1 characters"),
        ({"watermark": [{"text": "a"}] * 11}, "a list of at most 10, not of 11"),
        ({"tone_curve": {"red": [[1, 2, 3], [2, 3]]}}, "a list of at most 2, not of 3"),
    ],
)
def test_what_is_wrong_is_told_in_our_words(raw: Any, said: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        canonical_edits(raw)
    assert [error.detail for error in caught.value.errors] == [said]


def test_the_schema_describes_every_operation() -> None:
    schema = edits_schema()

    assert set(schema["properties"]) == set(operations())
    names = list(schema["properties"])
    assert names[:4] == ["auto_tone", "auto_white_balance", "auto_straighten", "exposure"]
    sections = [
        section for section, _ in itertools.groupby(names, lambda name: operations()[name].group)
    ]
    assert sections == list(get_args(Group)), "a section's operations stand together"
    for name, prop in schema["properties"].items():
        assert prop["title"], name
        assert prop["description"].endswith("."), name
        assert prop["x-stage"] in Stage.__members__, name
    assert schema["properties"]["straighten"]["minimum"] == -45
    assert schema["additionalProperties"] is False


def test_the_schema_is_there_without_the_libraries_that_edit() -> None:
    """The web process needs it, and would pay for them with 100 MB and half a second."""
    code = (
        "import sys; from abzug.edits import outputs, recipe; recipe.edits_schema();"
        "from abzug.edits.formats import sniff;"
        "outputs.output_schema(); sniff.sniff(b'GIF89a' + bytes(9));"
        "print(*{'pyvips', 'cv2', 'PIL', 'PyOpenColorIO', 'pillow_heif'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    "rest", [{"grain": {"size": 50}}, {"vignette": {"feather": 9}}, {"sharpening": {"radius": 2}}]
)
def test_what_does_nothing_without_an_amount_is_no_edit(rest: dict[str, Any]) -> None:
    assert canonical_edits(rest) == {}
