"""`abzug edit` as a person runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.animations import animated
from tests.support.cubes import SWAP
from tests.support.pictures import jpeg, pixels
from tests.support.waiting import until


def abzug(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "abzug", *map(str, arguments)]
    env = os.environ | environment
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_a_folder_is_edited_into_another_and_failures_are_named(tmp_path: Path) -> None:
    source, into = tmp_path / "in", tmp_path / "out"
    (source / "sub").mkdir(parents=True)
    (source / "one.jpg").write_bytes(jpeg(1))
    (source / "sub" / "one.jpg").write_bytes(jpeg(2))
    (source / "torn.jpg").write_bytes(jpeg(3)[:20_000])
    (source / "notes.txt").write_text("not a photo")
    into.mkdir()
    (into / "one.jpg").write_bytes(b"mine")
    before = {path: path.read_bytes() for path in source.rglob("*.*")}

    done = abzug("edit", source, "-o", into, "--exposure", ".5", "--output", "jpeg:85:320")

    assert done.returncode == 1
    assert "torn.jpg" in done.stderr
    assert "1 files in folders are no photos" in done.stderr
    assert "2 of 3 edited" in done.stderr
    assert sorted(path.name for path in into.iterdir()) == ["one (2).jpg", "one (3).jpg", "one.jpg"]
    assert (into / "one.jpg").read_bytes() == b"mine", "something was overwritten"
    assert {path: path.read_bytes() for path in source.rglob("*.*")} == before
    with Image.open(into / "one (2).jpg") as result:
        assert max(result.size) == 320


def test_a_lut_and_the_picture_of_a_watermark_are_given_by_their_files(tmp_path: Path) -> None:
    photo, lut, logo = tmp_path / "a.jpg", tmp_path / "swap.cube", tmp_path / "logo.png"
    photo.write_bytes(jpeg(1))
    lut.write_bytes(SWAP)
    Image.new("RGB", (50, 50), "lime").save(logo)

    done = abzug(
        "edit", photo, "-o", tmp_path / "out", "--lut", lut, "--output", "png",
        "--watermark", f"image={logo},opacity=100,margin=0,scale=10,position=top-left",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "out" / "a.png") as result, Image.open(photo) as before:
        swapped = np.asarray(before)[..., ::-1].astype(int)
        edited, mark = np.asarray(result), round(min(before.size) * 0.1)
        assert (edited[:mark, :mark] == (0, 255, 0)).all()
        assert np.abs(edited - swapped)[mark:].max() <= 1


def test_what_is_to_be_known_of_a_photo_is_told_on_one_line(tmp_path: Path) -> None:
    photo = tmp_path / "still.gif"
    photo.write_bytes(animated([pixels(seed, 40, 30) for seed in (1, 2, 3)], "gif", [100] * 3))

    done = abzug("edit", photo, "-o", tmp_path / "out", "--auto-tone", "true")

    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stderr.splitlines() if line.startswith(f"{photo}: ")]
    assert "Auto tone: " in line
    assert "Only the first of 3 frames was used." in line


def test_results_beside_the_originals_overwrite_none(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(1))
    done = abzug("edit", tmp_path / "a.jpg", "-o", tmp_path, "--output", "jpeg", "--output", "webp")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.jpg").read_bytes() == jpeg(1)
    assert len(list(tmp_path.iterdir())) == 3


def test_when_no_editing_process_can_be_started_it_says_so_and_ends(tmp_path: Path) -> None:
    photo, broken = tmp_path / "a.jpg", tmp_path / "broken"
    photo.write_bytes(jpeg(1))
    broken.mkdir()
    (broken / "pyvips.py").write_text("raise ImportError('planted: a wheel that does not load')")

    done = abzug("edit", photo, "-o", tmp_path / "out", "--editors", 1, PYTHONPATH=str(broken))

    assert done.returncode == 78
    assert "planted: a wheel that does not load" in done.stderr
    assert "abzug: No photo can be edited" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_when_it_is_stopped_no_copy_of_a_photo_is_left(tmp_path: Path, number: int) -> None:
    temporary, source = tmp_path / "tmp", tmp_path / "in"
    temporary.mkdir()
    source.mkdir()
    for n in range(8):
        (source / f"{n}.jpg").write_bytes(jpeg(n, 2000, 1500))
    command = [sys.executable, "-m", "abzug", "edit", str(source), "-o", str(tmp_path / "out")]
    env = os.environ | {"TMPDIR": str(temporary)}
    running = subprocess.Popen(
        [*command, "--clarity", "50"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env
    )
    until(lambda: list(temporary.rglob("originals/*/*")))
    running.send_signal(number)
    running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert list(temporary.iterdir()) == []
