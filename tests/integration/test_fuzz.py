"""Damaged photos through a real worker; and proof that this would see what it looks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support import ROOT
from tests.support.engine_calls import saved
from tests.support.fuzz.campaign import Campaign
from tests.support.fuzz.cases import WHOLE, Case
from tests.support.fuzz.oracles import Judge
from tests.support.fuzz.worker import FuzzedWorker, Outcome
from tests.support.pictures import jpeg, pixels

from abzug.messages import ReportError

CASES = 2000
POISON = ROOT / "tests" / "support" / "poison"


def test_damaged_photos_come_out_right_or_fail_with_a_reason(photos: Path, tmp_path: Path) -> None:
    campaign = Campaign(photos, tmp_path / "home")

    findings = list(campaign.run(f"suite:{number}" for number in range(CASES)))

    assert not findings, "\n".join(map(str, findings))
    assert campaign.outcomes.total() == CASES
    assert campaign.outcomes["succeeded"] > CASES // 10, "nothing is left to look at"
    assert campaign.unverified < campaign.outcomes["succeeded"] // 50


def test_a_file_that_kills_its_editor_or_breaks_the_engine_is_found_and_the_supervisor_lives(
    tmp_path: Path,
) -> None:
    words = "", "POISON", "BREAKS", "LEAVES"
    files = [jpeg(seed, 64, 48, comment=word) for seed, word in enumerate(words)]
    cases = [Case(f"t:{n}", "a.jpg", "", False, data, WHOLE) for n, data in enumerate(files)]

    with FuzzedWorker(tmp_path / "home", PYTHONPATH=str(POISON)) as worker:
        outcomes = list(worker.run(cases))
        assert worker.is_alive

    found = [finding for outcome in outcomes for finding in Judge().findings(outcome)]
    assert {(finding.case.seed, finding.kind) for finding in found} == {
        ("t:1", "worker_crashed"),
        ("t:2", "internal_error"),
        ("t:3", "worker_crashed"),
    }
    log = worker.log.read_text()
    assert "RuntimeError: planted" in log
    assert "BREAKS" not in log, "a person's photo got into the log"


SOURCE = saved(pixels(1, 96, 64))
GRAY = pixels(1, 96, 64).copy()
GRAY[48:, :] = 128
TORN = saved(Image.fromarray(pixels(1, 96, 64)))[:-500]


def outcome(result: bytes | ReportError | None, *, is_cut: bool = False) -> Outcome:
    case = Case("t:0", "a.png", "damaged", is_cut, SOURCE, WHOLE)
    if isinstance(result, bytes):
        return Outcome(case, {"result": result}, None)
    return Outcome(case, None, result)


def error(
    code: str = "unreadable", message: str = "The file is damaged.", *, permanent: bool = True
) -> ReportError:
    return ReportError(code=code, message=message, permanent=permanent)


@pytest.mark.parametrize(
    ("result", "kinds"),
    [
        (saved(pixels(1, 96, 64)), []),
        (saved(GRAY), ["pixels"]),
        (saved(pixels(1, 96, 48)), ["size", "pixels"]),
        (TORN, ["torn"]),
        (None, ["silence"]),
        (error(), []),
        (error("internal_error"), ["internal_error"]),
        (error("time_limit"), ["time_limit"]),
        (error(permanent=False), ["transient"]),
        (error(message="VipsJpeg: premature end."), ["words"]),
        (error(message="Traceback at /usr/lib/x."), ["words"]),
    ],
    ids=lambda value: "-".join(value) or "none" if isinstance(value, list) else "",
)
def test_what_must_not_be_is_found(result: bytes | ReportError | None, kinds: list[str]) -> None:
    assert [finding.kind for finding in Judge().findings(outcome(result))] == kinds


def test_a_cut_file_may_give_nothing_but_the_whole_picture() -> None:
    judge = Judge()
    judge.learn(outcome(saved(pixels(1, 96, 64))))
    almost = np.where(np.arange(96)[None, :, None] < 95, pixels(1, 96, 64), 0).astype(np.uint8)

    assert not judge.findings(outcome(saved(pixels(1, 96, 64)), is_cut=True))
    [finding] = judge.findings(outcome(saved(almost), is_cut=True))
    assert finding.kind == "cut"
