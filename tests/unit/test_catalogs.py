"""What can be told has a code each, and each is told somewhere."""

from __future__ import annotations

import re

import pytest
from tests.support import ROOT

from abzug.edits.notices import Told
from abzug.messages import Catalog
from abzug.presets.reasons import Reason

SOURCE = ROOT / "src" / "abzug"


@pytest.mark.parametrize("catalog", [Reason, Told])
def test_every_code_is_told_somewhere(catalog: type[Catalog]) -> None:
    code = "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))

    told = set(re.findall(rf"\b{catalog.__name__}\.(\w+)", code))

    assert set(catalog.__members__) - told == set()


@pytest.mark.parametrize("catalog", [Reason, Told])
def test_no_two_codes_say_the_same(catalog: type[Catalog]) -> None:
    assert list(catalog.__members__) == [told.name for told in catalog]


def test_numbers_are_written_as_people_do() -> None:
    notice = Reason.out_of_range.notice(value=-0.25, used=100.0)

    assert notice.text == "−0.25 is out of range, 100 is used."
    assert notice.values == {"value": -0.25, "used": 100}


def test_a_template_may_ask_for_the_sign_of_a_number() -> None:
    signed = [Told.as_shot.notice(kelvin=5300, tint=tint).text for tint in (4, -4, 0)]

    assert [text.rpartition(" ")[2] for text in signed] == ["+4.", "−4.", "+0."]


def test_names_stay_as_they_are() -> None:
    assert (
        Reason.curve_not_known.notice(curve="a-{b}").text == "The curve “a-{b}” is not known here."
    )
