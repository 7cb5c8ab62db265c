"""Values, outputs and names on the command line, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import pytest
from tests.support.pictures import jpeg
from typer.testing import CliRunner

from abzug import cli
from abzug.cli.jobs import fetch
from abzug.cli.recipe import OUTPUT, claim_name, find_photos, read_output, read_outputs, read_value
from abzug.edits.recipe import operations
from abzug.errors import Conflict, InvalidRequest


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("exposure", ".5", 0.5),
        ("exposure", "-1", -1),
        ("contrast", "+20", 20),
        ("black_and_white", "true", True),
        ("flip", "horizontal", "horizontal"),
        ("crop", "aspect=4:5", {"aspect": "4:5"}),
        ("crop", '{"aspect": "1:1"}', {"aspect": "1:1"}),
        ("sharpening", "amount=40,radius=.8", {"amount": 40, "radius": 0.8}),
        ("watermark", "text=© me,opacity=50", [{"text": "© me", "opacity": 50}]),
        ("watermark", "text=2026", [{"text": "2026"}]),
        ("watermark", "text=Hi, a=b, you, size=5", [{"text": "Hi", "a": "b, you", "size": 5}]),
        ("watermark", "text=Hello, World,size=5", [{"text": "Hello, World", "size": 5}]),
        ("tone_curve", "points=[[0,0],[9,3]],red=[]", {"points": [[0, 0], [9, 3]], "red": []}),
        ("hsl", 'blue={"hue":5,"saturation":-9}', {"blue": {"hue": 5, "saturation": -9}}),
    ],
)
def test_a_value_is_read_as_people_write_it(name: str, text: str, value: object) -> None:
    assert read_value(name, text) == value


@pytest.mark.parametrize("text", ["{aspect", "aspect=[4"])
def test_bad_json_is_told_with_the_option(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_value("crop", text)
    assert caught.value.errors[0].pointer == "/crop"


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("jpeg", {"name": "edited", "format": "jpeg"}),
        ("webp:80", {"name": "edited", "format": "webp", "quality": 80}),
        (
            "print=jpeg:95:4000",
            {"name": "print", "format": "jpeg", "quality": 95, "max_side": 4000},
        ),
        ("png::800", {"name": "edited", "format": "png", "max_side": 800}),
        (
            "small=avif,lossless=true,max_bytes=500000,metadata=strip",
            {"name": "small", "format": "avif", "lossless": True}
            | {"max_bytes": 500000, "metadata": "strip"},
        ),
        (
            "tiff::800,bit_depth=8",
            {"name": "edited", "format": "tiff", "max_side": 800, "bit_depth": "8"},
        ),
    ],
)
def test_an_output_is_read(text: str, output: dict[str, Any]) -> None:
    assert read_output(text) == output


@pytest.mark.parametrize("text", ["jpeg:85:2048:4", "jpeg,progressive"])
def test_an_output_that_cannot_be_read_is_told_with_how_it_is_written(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_output(text)
    assert caught.value.errors[0].detail == OUTPUT


def test_several_outputs_have_names_of_their_own() -> None:
    names = [output["name"] for output in read_outputs(["jpeg", "webp", "print=png"])]
    assert len(set(names)) == 3


def test_folders_give_their_photos_in_order_and_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.jpg", "a.jpg", "sub/c.jpg", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    found = find_photos([tmp_path, tmp_path / "a.jpg"])
    assert [path.name for path in found] == ["a.jpg", "b.jpg", "c.jpg"]
    with pytest.raises(InvalidRequest):
        find_photos([tmp_path / "nothing.jpg"])


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "a (2).jpg").touch()
    claimed = [claim_name(tmp_path, "a", "jpg").name for _ in range(3)]
    assert claimed == ["a.jpg", "a (3).jpg", "a (4).jpg"]


def test_a_zip_replaces_a_file_only_when_told_so(tmp_path: Path) -> None:
    mine = tmp_path / "mine.zip"
    mine.write_bytes(b"mine")
    with pytest.raises(Conflict, match="is there already"):
        fetch("jb_1", mine, url="http://127.0.0.1:9")
    assert mine.read_bytes() == b"mine"


def test_every_operation_is_an_option_of_edit_and_of_submit() -> None:
    for command in ("edit", "submit"):
        text = (
            CliRunner().invoke(cli.make_app(), [command, "--help"], env={"COLUMNS": "200"}).output
        )
        for name in operations():
            assert f"--{name.replace('_', '-')}" in text
        assert "--rotate 0|90|180|270" in text
        assert "--auto-tone true" in text


def test_every_command_says_what_it_does() -> None:
    text = CliRunner().invoke(cli.make_app(), ["--help"]).output
    for command in cli.COMMANDS:
        assert command in text


def test_an_error_is_one_line_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    arguments = ["abzug", "edit", str(tmp_path), "-o", str(tmp_path), "--exposure", "99"]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert "exposure" in lines[0]


def test_the_embedded_queues_need_no_making(tmp_path: Path) -> None:
    made = CliRunner().invoke(cli.make_app(["queues"]), ["queues", "create", f"--home={tmp_path}"])
    assert made.exit_code == 0, made.output
    assert "Nothing to do" in made.output


class OneJob:
    """A client of a server that has one job, of one photo."""

    def __init__(self, _url: str) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def job(self, job: str) -> dict[str, Any]:
        counts = {"succeeded": 1, "total": 1}
        return {"id": job, "state": "succeeded", "counts": counts, "name": "Iceland"}

    def tasks(self, _job: str) -> list[dict[str, Any]]:
        texts = ("Auto tone: exposure +0.35.", "Only the first of 3 frames was used.")
        notices = [{"code": "some", "values": {}, "text": text} for text in texts]
        task = {"state": "succeeded", "filename": "a.gif", "error": None}
        return [task | {"notices": notices}]


def test_a_job_is_shown_with_what_is_to_be_known_of_its_photos(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("abzug.client.Client", OneJob)

    shown = CliRunner().invoke(cli.make_app(["jobs"]), ["jobs", "show", "jb_1"])

    assert shown.output.splitlines() == [
        "jb_1  succeeded  1/1  Iceland",
        "  succeeded  a.gif  Auto tone: exposure +0.35.  Only the first of 3 frames was used.",
    ]


@pytest.mark.parametrize(
    ("edit", "text", "value"),
    [
        ("crop", "16:9", {"aspect": "16:9"}),
        ("vignette", "-40", {"amount": -40}),
        ("sharpening", "40", {"amount": 40}),
        ("exposure", "0.5", 0.5),
        ("red_eye", "true", True),
        ("lut", "warm.cube", "warm.cube"),
    ],
)
def test_a_value_alone_is_that_of_the_first_part_it_fits(edit: str, text: str, value: Any) -> None:
    assert read_value(edit, text) == value


@pytest.mark.parametrize(("text", "form"), [("jpg", "jpeg"), ("JPG:85", "jpeg"), ("tif", "tiff")])
def test_an_output_may_be_called_by_its_extension(text: str, form: str) -> None:
    assert read_output(text)["format"] == form


def test_what_is_no_photo_in_a_folder_is_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.jpg", "IMG_1.AAE", "a.xmp", "IMG_1.MOV", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"no picture")
    (tmp_path / "without extension").write_bytes(jpeg(1, 8, 8))

    found = find_photos([tmp_path])

    assert [path.name for path in found] == ["a.jpg", "without extension"]
    assert "4 files" in capsys.readouterr().err


def test_a_folder_without_photos_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no photo"):
        find_photos([tmp_path])


@pytest.mark.parametrize("into", ["file", "file/below", "/proc/abzug"])
def test_a_folder_that_cannot_be_written_is_told_in_one_line(
    into: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "a.jpg").write_bytes(jpeg(1, 8, 8))
    target = tmp_path / into
    monkeypatch.setattr("sys.argv", ["abzug", "edit", str(tmp_path / "a.jpg"), "-o", str(target)])

    with pytest.raises(SystemExit) as caught:
        cli.main()

    assert caught.value.code == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert str(target) in line
