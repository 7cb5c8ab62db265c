"""Text of strangers in the web process: ours is every error, whatever is sent."""

from __future__ import annotations

import contextlib
import json
import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.cubes import cube_file
from tests.support.fuzz import bytewise
from tests.support.preset_files import xmp

from abzug.edits.color.cube import read_cube
from abzug.edits.outputs import Output, canonical_outputs
from abzug.edits.recipe import canonical_edits, operations
from abzug.errors import InvalidRequest, RequestError
from abzug.presets import import_preset

_LUA = b"""s = { title = "Evening", type = "Develop", -- a comment
  value = { settings = { Exposure2012 = 0.5, ToneCurvePV2012 = { 0, 0, 255, 255 },
    Look = { Name = "A \\"look\\"", Amount = 1e-3 }, ["Clarity2012"] = -20,
    ConvertToGrayscale = true }, uuid = "1-2-3", }, version = 0, }"""
_CURVE = (
    "<rdf:Seq><rdf:li>0, 0</rdf:li><rdf:li>128, 140</rdf:li><rdf:li>255, 255</rdf:li></rdf:Seq>"
)
_XMP = xmp(
    {"Exposure2012": "+0.50", "Temperature": "5500", "Texture": "12", "CropTop": "0.1"},
    f"<crs:ToneCurvePV2012>{_CURVE}</crs:ToneCurvePV2012>",
)
_WORDS = (
    b"{",
    b"}",
    b'"',
    b"<",
    b">",
    b"&#0;",
    b"<!DOCTYPE a [",
    b"1e999",
    b"NaN",
    b"\xff\xfe",
    b"-",
)


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32), form=st.sampled_from([(_XMP, "a.xmp"), (_LUA, "a.lrtemplate")]))
def test_a_damaged_preset_is_read_or_refused(seed: int, form: tuple[bytes, str]) -> None:
    rng = random.Random(seed)
    data, name = form
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.3:
            at = rng.randrange(len(data))
            data = data[:at] + rng.choice(_WORDS) + data[at:]
        else:
            _, data = rng.choice([bytewise.cut, *bytewise.ANYWHERE])(rng, data)
        data = data or b"<"

    with contextlib.suppress(RequestError):
        imported = import_preset(data, name)
        assert canonical_edits(imported.edits) == imported.edits


@settings(max_examples=150, deadline=None)
@given(value=st.text(max_size=40), name=st.sampled_from(["Exposure2012", "Tint", "ProcessVersion"]))
def test_whatever_a_setting_of_a_preset_says_is_read_or_refused(name: str, value: str) -> None:
    with contextlib.suppress(RequestError):
        imported = import_preset(xmp({name: value}), "a.xmp")
        assert canonical_edits(imported.edits) == imported.edits


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<a>" * 500_000, "deep.xmp"),
        (b"<a " + b'b="1" ' * 300_000 + b"/>", "wide.xmp"),
        (b"<!DOCTYPE a [" + b'<!ENTITY b "c">' * 9 + b"]><a>&b;</a>", "entities.xmp"),
        (xmp({"Exposure2012": "9" * 1_000_000}), "number.xmp"),
        (b"s = " + b"{" * 1_000_000, "deep.lrtemplate"),
        (b"s = {" + b"--\n" * 1_000_000, "comments.lrtemplate"),
        (b's = {a = "' + b"\\" * 2_000_000, "escapes.lrtemplate"),
        (b"s = { x = " + b"1" * 3_000_000 + b"}", "digits.lrtemplate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_preset_costs_no_more_than_its_size(data: bytes, name: str) -> None:
    with contextlib.suppress(RequestError):
        import_preset(data, name)


_CUBES = (
    cube_file(lambda rgb: rgb, 3, 'TITLE "a # b"', "# why", "DOMAIN_MIN 0 0 0", "DOMAIN_MAX 1 1 1"),
    b"LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 1\n0 0 0\n.5 .4 .3\n1 1 1\n",
    b"LUT_1D_SIZE 2\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE -1 2\n" + b"0 .1 1\n" * 10,
)
_NUMBERS = b"nan", b"-inf", b"1e-320", b"1e308", b"1_0", b"0x1", b"65504", b"\xd9\xa3", b"\n", b"#"


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.sampled_from(_CUBES))
def test_a_damaged_cube_gives_colors_or_is_refused(seed: int, data: bytes) -> None:
    rng = random.Random(seed)
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.5:
            words = re.split(rb"([ \n])", data)
            words[rng.randrange(len(words))] = rng.choice(_NUMBERS)
            data = b"".join(words)
        else:
            _, data = rng.choice([bytewise.cut, *bytewise.ANYWHERE])(rng, data)
        data = data or b"0"

    with contextlib.suppress(RequestError):
        found = read_cube(data)(np.array([[0.0, 0.5, 1.0], [0.999, 1.0, 1e-9]]))
        assert np.isfinite(found).all()


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_NAMES = st.sampled_from(
    ["amount", "points", "regions", "hue", "blue", "aspect", "x", "text", "at"]
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(_NAMES | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def refusal(call: Callable[..., Any], *args: Any, **kwargs: Any) -> InvalidRequest | None:
    try:
        call(*args, **kwargs)
    except InvalidRequest as error:
        return error
    return None


def points_into(root: str, error: InvalidRequest) -> bool:
    return bool(error.errors) and all(
        one.pointer.startswith(root) and one.detail for one in error.errors
    )


@settings(max_examples=300, deadline=None)
@given(raw=_JSON | st.dictionaries(st.sampled_from(sorted(operations())), _JSON, max_size=4))
def test_any_edits_are_canonical_or_refused_with_pointers(raw: Any) -> None:
    if error := refusal(canonical_edits, raw):
        assert points_into("/edits", error)
        return
    edits = canonical_edits(raw)
    assert canonical_edits(edits) == edits
    assert json.loads(json.dumps(edits, allow_nan=False)) == edits


_OUTPUT = st.dictionaries(st.sampled_from(sorted(Output.model_fields)), _SCALARS, max_size=4)


@settings(max_examples=300, deadline=None)
@given(raw=_JSON | st.lists(_OUTPUT, max_size=6))
def test_any_outputs_are_canonical_or_refused_with_pointers(raw: Any) -> None:
    if error := refusal(canonical_outputs, raw, max_outputs=4):
        assert points_into("/outputs", error)
        return
    outputs = canonical_outputs(raw, max_outputs=4)
    assert canonical_outputs(outputs, max_outputs=4) == outputs
