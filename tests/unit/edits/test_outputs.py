from __future__ import annotations

from typing import Any

import pytest

from abzug.edits.outputs import (
    canonical_outputs,
    extension,
    media_type,
    output_schema,
    typed_outputs,
)
from abzug.errors import InvalidRequest


def pointers(raw: Any, max_outputs: int = 4) -> list[str]:
    with pytest.raises(InvalidRequest) as refused:
        canonical_outputs(raw, max_outputs=max_outputs)
    return [error.pointer for error in refused.value.errors]


def test_every_field_is_spelled_out() -> None:
    assert canonical_outputs([{"name": "web", "max_side": 2048}], max_outputs=4) == [
        {
            "name": "web",
            "format": "jpeg",
            "quality": 85,
            "max_side": 2048,
            "metadata": "no-location",
            "icc": "srgb",
        }
    ]


def test_what_asks_for_nothing_more_is_left_out() -> None:
    neutral = {"lossless": False, "progressive": False, "max_bytes": None, "dpi": None}

    assert canonical_outputs([neutral], max_outputs=4) == canonical_outputs([{}], max_outputs=4)


@pytest.mark.parametrize(
    "asked",
    [
        {"format": "webp", "lossless": True},
        {"format": "avif", "lossless": True},
        {"format": "png", "lossless": True},
        {"progressive": True},
        {"max_bytes": 200_000},
        {"format": "tiff", "dpi": 300},
    ],
)
def test_what_is_asked_for_stays(asked: dict[str, Any]) -> None:
    [output] = canonical_outputs([asked], max_outputs=4)

    assert output.items() >= asked.items()
    assert canonical_outputs([output], max_outputs=4) == [output]


@pytest.mark.parametrize("raw", [None, []])
def test_nothing_asked_for_is_one_jpeg_of_full_size(raw: Any) -> None:
    [output] = canonical_outputs(raw, max_outputs=4)

    assert (output["format"], output["max_side"]) == ("jpeg", None)


def test_typed_outputs_say_the_same_as_canonical_ones() -> None:
    asked = [{"name": "a", "format": "avif"}, {"name": "b", "format": "png", "bit_depth": "8"}]
    canonical = canonical_outputs(asked, max_outputs=4)

    assert [output.canonical() for output in typed_outputs(canonical)] == canonical


@pytest.mark.parametrize(
    ("asked", "is_lossy", "keeps_16_bits", "can_move"),
    [
        ({}, True, False, False),
        ({"format": "webp"}, True, False, True),
        ({"format": "webp", "lossless": True}, False, False, True),
        ({"format": "avif", "lossless": True}, False, False, False),
        ({"format": "png"}, False, True, False),
        ({"format": "tiff", "bit_depth": "8"}, False, False, False),
        ({"format": "gif"}, False, False, True),
    ],
)
def test_an_output_knows_what_its_format_can_hold(
    asked: dict[str, Any], is_lossy: bool, keeps_16_bits: bool, can_move: bool
) -> None:
    [output] = typed_outputs(canonical_outputs([asked], max_outputs=1))

    found = output.is_lossy, output.keeps_16_bits, output.can_move
    assert found == (is_lossy, keeps_16_bits, can_move)


def test_canonical_outputs_are_canonical_already() -> None:
    once = canonical_outputs([{"name": "a", "format": "avif"}, {"name": "b"}], max_outputs=4)

    assert canonical_outputs(once, max_outputs=4) == once


def test_avif_has_a_quality_of_its_own_where_none_is_named() -> None:
    unnamed, named = canonical_outputs(
        [{"name": "a", "format": "avif"}, {"name": "b", "format": "avif", "quality": 85}],
        max_outputs=4,
    )

    assert (unnamed["quality"], named["quality"]) == (60, 85)


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ([{"quality": 0}], "/outputs/0/quality"),
        ([{"quality": 101}], "/outputs/0/quality"),
        ([{"quality": True}], "/outputs/0/quality"),
        ([{"name": "a"}, {"name": "Web"}], "/outputs/1/name"),
        ([{"name": "a/../b"}], "/outputs/0/name"),
        ([{"name": "a\n"}], "/outputs/0/name"),
        ([{"name": ""}], "/outputs/0/name"),
        ([{"format": "bmp"}], "/outputs/0/format"),
        ([{"max_side": 0}], "/outputs/0/max_side"),
        ([{"max_side": 16385}], "/outputs/0/max_side"),
        ([{"metadata": "some"}], "/outputs/0/metadata"),
        ([{"icc": "adobe"}], "/outputs/0/icc"),
        ([{"lossless": True}], "/outputs/0/lossless"),
        ([{"format": "webp", "lossless": 1}], "/outputs/0/lossless"),
        ([{"format": "png", "progressive": True}], "/outputs/0/progressive"),
        ([{"format": "gif", "lossless": True}], "/outputs/0/lossless"),
        ([{"format": "gif", "icc": "p3"}], "/outputs/0/icc"),
        ([{"max_bytes": 999}], "/outputs/0/max_bytes"),
        ([{"max_bytes": 1e5}], "/outputs/0/max_bytes"),
        ([{"dpi": 0}], "/outputs/0/dpi"),
        ([{"dpi": 9601}], "/outputs/0/dpi"),
        ([{"dpi": 72.5}], "/outputs/0/dpi"),
        ([{"width": 5}], "/outputs/0/width"),
        (["jpeg"], "/outputs/0"),
        ({"format": "jpeg"}, "/outputs"),
    ],
)
def test_what_is_wrong_is_pointed_at(raw: Any, pointer: str) -> None:
    assert pointers(raw) == [pointer]


def test_names_are_unique() -> None:
    assert pointers([{"name": "a"}, {"name": "b"}, {"name": "a"}]) == ["/outputs/2/name"]


def test_there_is_a_limit_to_their_number() -> None:
    assert pointers([{"name": str(n)} for n in range(5)]) == ["/outputs"]


def test_the_schema_names_ranges_and_defaults() -> None:
    quality = output_schema()["properties"]["quality"]

    assert (quality["minimum"], quality["maximum"], quality["default"]) == (1, 100, 85)
    assert quality["x-defaults"] == {"avif": 60}


def test_the_schema_says_which_formats_a_field_is_for() -> None:
    fields = output_schema()["properties"]
    every_but_gif = ["jpeg", "webp", "png", "avif", "tiff"]

    assert {name: field["x-formats"] for name, field in fields.items() if "x-formats" in field} == {
        "quality": ["jpeg", "webp", "avif"],
        "lossless": ["webp", "avif"],
        "progressive": ["jpeg"],
        "bit_depth": ["png", "tiff"],
        "dpi": every_but_gif,
        "metadata": every_but_gif,
        "icc": every_but_gif,
    }


def test_every_format_has_an_extension_and_a_media_type() -> None:
    formats = output_schema()["properties"]["format"]["enum"]

    assert {name: (extension(name), media_type(name)) for name in formats} == {
        "jpeg": ("jpg", "image/jpeg"),
        "webp": ("webp", "image/webp"),
        "png": ("png", "image/png"),
        "avif": ("avif", "image/avif"),
        "tiff": ("tif", "image/tiff"),
        "gif": ("gif", "image/gif"),
    }
