"""RAW files that cannot be developed, in every maker's container: their preview, or a clear no."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels
from tests.support.raw_containers import CONTAINERS, SENSOR, box, cr3, raf, rw2

from abzug.edits.formats.containers.iso_boxes import boxes
from abzug.edits.formats.containers.jpeg import picture_size
from abzug.edits.formats.sniff import HEAD, sniff
from abzug.edits.notices import Told
from abzug.edits.raw.embedded_preview import largest_preview
from abzug.errors import PhotoError, TruncatedPhoto, UnsupportedPhoto

Make = Callable[..., bytes]
every_container = pytest.mark.parametrize("make", CONTAINERS.values(), ids=lambda f: f.__name__)


def jpeg(width: int = 400, height: int = 300) -> bytes:
    return saved(pixels(4, width, height), "jpeg", quality=90)


@pytest.mark.parametrize(("media_type", "make"), CONTAINERS.items())
def test_a_container_is_known_by_its_bytes(media_type: str, make: Make) -> None:
    assert sniff(make(jpeg())[:HEAD]).media_type == media_type


@every_container
@pytest.mark.parametrize("orientation", [1, 6])
def test_its_preview_is_taken_upright_and_the_result_says_so(make: Make, orientation: int) -> None:
    shown = jpeg()

    edited = edit(make(shown, orientation))

    turns = {1: 0, 6: -1}[orientation]
    assert np.array_equal(first(edited), np.rot90(first(edit(shown)), turns))
    [notice] = edited.notices
    assert notice.code == Told.raw_preview.name


@every_container
def test_it_fails_where_previews_are_not_wanted_and_where_there_is_a_thumbnail_only(
    make: Make,
) -> None:
    assert SENSOR[0] > 4 * 396
    for data, previews in ((make(jpeg()), False), (make(jpeg(396, 300)), True)):
        with pytest.raises(UnsupportedPhoto, match="This RAW cannot be developed here"):
            edit(data, raw_previews=previews)


@every_container
def test_cut_off_it_is_never_a_success(make: Make) -> None:
    whole = make(jpeg())

    for share in (0.02, 0.3, 0.6, 0.99):
        with pytest.raises(PhotoError):
            edit(whole[: int(len(whole) * share)])


@every_container
def test_damaged_it_raises_nothing_but_photo_errors(make: Make) -> None:
    whole = make(jpeg())
    tables = [at for at in range(len(whole)) if not 900 < at < len(whole) - 300]
    rng = random.Random(make.__name__)
    outcomes: set[type[PhotoError] | None] = set()
    for _ in range(12):
        data = bytearray(whole)
        for at in rng.sample(tables, 6):
            data[at] = rng.choice([0, 1, 127, 255, rng.randrange(256)])
        try:
            edit(bytes(data), {}, {"max_side": 16}, max_pixels=10_000_000)
        except PhotoError as error:
            outcomes.add(type(error))
        else:
            outcomes.add(None)
    assert outcomes


def test_of_a_cr3_the_larger_of_preview_and_track_is_taken() -> None:
    small, large = jpeg(), jpeg(800, 600)

    edited = edit(cr3(small, track=large))

    assert first(edited).shape == (600, 800, 3)
    assert first(edit(cr3(large, track=small))).shape == (600, 800, 3)


def test_a_track_that_leads_beyond_the_end_is_none() -> None:
    data = cr3(jpeg(), track=jpeg(800, 600))
    at = data.index(b"co64") + 12

    for place in (len(data), len(data) + 10**6, 2**63):
        beyond = data[:at] + struct.pack(">Q", place) + data[at + 8 :]
        found = largest_preview(beyond, "CR3")
        assert found is not None
        assert picture_size(found) == (400, 300)


def test_of_boxes_without_end_only_the_first_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def counted(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
        for one in boxes(data):
            seen.append(one)
            yield one

    monkeypatch.setattr("abzug.edits.formats.containers.iso_tracks.boxes", counted)
    endless = box(b"moov", *[box(b"trak")] * 3) * 1000

    for data in (endless, b"\0\0\0\0moov" + endless, b"\0\0\0\1moov" + b"\0" * 8 + endless):
        assert largest_preview(data, "CR3") is None
    assert 0 < len(seen) < 1000


def test_a_rw2_whose_strip_begins_elsewhere_is_not_taken_for_cut_off() -> None:
    whole = rw2(jpeg())

    assert edit(whole).notices
    with pytest.raises(TruncatedPhoto):
        edit(whole[:-9])


def test_a_raf_that_tells_no_size_has_a_usual_sensor() -> None:
    def blank(data: bytes) -> bytes:
        at = data.index(struct.pack(">HHHH", 0x100, 4, *SENSOR[::-1]))
        return data[:at] + b"\x09\x99" + data[at + 2 :]

    assert first(edit(blank(raf(jpeg(1100, 800))))).shape == (800, 1100, 3)
    with pytest.raises(UnsupportedPhoto):
        edit(blank(raf(jpeg(1000, 800))))


def test_what_a_sensor_counted_is_no_picture_though_it_is_a_jpeg() -> None:
    lossless = b"\xff\xd8\xff\xc3\0\x0b\x0e" + struct.pack(">HHBBBB", 1200, 1600, 1, 1, 0x11, 0)
    deep = b"\xff\xd8\xff\xc1\0\x0b\x0c" + struct.pack(">HHBBBB", 1200, 1600, 1, 1, 0x11, 0)

    assert picture_size(jpeg(40, 30)) == (40, 30)
    assert picture_size(saved(pixels(4, 40, 30), "jpeg", progressive=True)) == (40, 30)
    for other in (lossless, deep, b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" * 9999, b"\x89PNG"):
        assert picture_size(other) is None
