"""`abzug presets`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.preset_files import xmp
from typer.testing import CliRunner, Result

from abzug.cli import make_app
from abzug.errors import Conflict, InvalidRequest
from abzug.presets import import_preset

APP = make_app(["presets", "db"])


def presets(*args: str, given: str = "") -> Result:
    return CliRunner().invoke(APP, ["presets", *args], input=given)


def test_import_prints_edits_and_says_what_is_not_as_there(tmp_path: Path) -> None:
    file = tmp_path / "p.xmp"
    file.write_bytes(xmp({"Exposure2012": "+9", "Contrast2012": "+5", "RedHue": "+3"}))

    done = presets("import", str(file))

    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"contrast": 5, "exposure": 5}
    assert "Evening: 2 of 3 settings carried over, 1 of them nearly" in done.stderr
    assert "approximated Exposure2012: 9 is out of range, 5 is used." in done.stderr
    assert "ignored RedHue" in done.stderr


def test_export_writes_what_import_reads_and_overwrites_nothing(tmp_path: Path) -> None:
    file = tmp_path / "Warm light.xmp"
    edits = {"temperature": 20, "watermark": [{"text": "me"}]}

    done = presets("export", str(file), given=json.dumps(edits))

    assert done.exit_code == 0
    assert "ignored watermark" in done.stderr
    imported = import_preset(file.read_bytes(), "")
    assert (imported.name, imported.edits) == ("Warm light", {"temperature": 20})
    before = file.read_bytes()
    assert isinstance(presets("export", str(file), given="{}").exception, Conflict)
    assert file.read_bytes() == before


@pytest.mark.parametrize("given", ["", "{", '{"sparkle": 1}', "[]"])
def test_export_of_what_are_no_edits_writes_nothing(tmp_path: Path, given: str) -> None:
    file = tmp_path / "p.xmp"

    assert isinstance(presets("export", str(file), given=given).exception, InvalidRequest)
    assert not file.exists()
