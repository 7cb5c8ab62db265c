"""Lightroom presets over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.cubes import IDENTITY, sha256
from tests.support.preset_files import xmp
from tests.support.web_server import WebServer

from abzug.client import Client
from abzug.presets.read import MAX_BYTES

CALL = "/v1/presets/import"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with WebServer(tmp_path_factory.mktemp("web")) as web:
        yield web


def test_a_preset_becomes_edits_and_notes(web: WebServer) -> None:
    data = xmp({"Exposure2012": "+0.50", "RedHue": "+3", "Contrast2012": "+120"})

    answer = web.http.post(CALL, params={"filename": "p.xmp"}, content=data)

    assert answer.status_code == 200
    assert answer.json() == {
        "name": "Evening",
        "edits": {"exposure": 0.5, "contrast": 100},
        "notes": [
            {
                "property": "Exposure2012",
                "outcome": "carried",
                "reason": "",
                "code": "",
                "values": {},
            },
            {
                "property": "Contrast2012",
                "outcome": "approximated",
                "reason": "120 is out of range, 100 is used.",
                "code": "out_of_range",
                "values": {"value": 120, "used": 100},
            },
            {
                "property": "RedHue",
                "outcome": "ignored",
                "reason": "Camera calibration is not supported.",
                "code": "calibration",
                "values": {},
            },
        ],
    }


def test_its_edits_can_be_ordered_at_once(web: WebServer) -> None:
    data = xmp({"Exposure2012": "+0.50", "Sharpness": "40"})
    edits = web.http.post(CALL, content=data).json()["edits"]

    assert web.person().order(edits=edits)["edits"] == edits


def test_the_client_gives_a_file_and_gets_its_edits(web: WebServer, tmp_path: Path) -> None:
    file = tmp_path / "p.xmp"
    file.write_bytes(xmp({"Exposure2012": "+0.50", "RedHue": "+3"}))

    with Client(web.url) as client:
        imported = client.import_preset(file)

    assert (imported["name"], imported["edits"]) == ("Evening", {"exposure": 0.5})
    assert [note["outcome"] for note in imported["notes"]] == ["carried", "ignored"]


def test_a_lut_is_stored_and_its_edits_can_be_ordered_at_once(web: WebServer) -> None:
    person = web.person()

    answer = person.http.post(CALL, params={"filename": "Warm.CUBE"}, content=IDENTITY).json()

    assert answer == {"name": "Warm", "edits": {"lut": {"id": sha256(IDENTITY)}}, "notes": []}
    assert person.order(edits=answer["edits"])["edits"] == answer["edits"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 415, "unsupported_media"),
        (xmp({"PresetType": "Look"}), 415, "unsupported_media"),
        (xmp({})[:-5], 422, "invalid_request"),
        (b" " * (MAX_BYTES + 1), 413, "too_large"),
    ],
    ids=["nothing", "profile", "torn", "large"],
)
def test_what_is_no_preset_is_refused(web: WebServer, data: bytes, status: int, code: str) -> None:
    answer = web.http.post(CALL, content=data)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
