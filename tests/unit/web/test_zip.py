"""The ZIP that is written while it is sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from abzug.web.zipstream import PIECE, Names, ZipEntry, safe_name, zip_stream

AT = 1_700_000_001.0


def archive(*entries: ZipEntry) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(entries))))


def test_entries_come_out_as_they_went_in() -> None:
    made = archive(ZipEntry("a.jpg", 5, AT, [b"he", b"llo"]), ZipEntry("Möwe.jpg", 2, AT, [b"ab"]))

    assert made.testzip() is None
    assert {name: made.read(name) for name in made.namelist()} == {
        "a.jpg": b"hello",
        "Möwe.jpg": b"ab",
    }
    assert made.infolist()[0].date_time == (2023, 11, 14, 22, 13, 21 - 1)  # of even seconds


def test_the_time_of_an_entry_is_told_in_utc_too() -> None:
    """The DOS date has no zone; the extended timestamp (0x5455) of Info-ZIP is in Unix seconds."""
    (info,) = archive(ZipEntry("a.jpg", 2, AT, [b"ab"])).infolist()

    assert info.extra == b"UT\x05\x00\x01" + int(AT).to_bytes(4, "little")


def test_a_large_entry_is_never_whole_in_memory() -> None:
    given = 0

    def pieces() -> Iterator[bytes]:
        nonlocal given
        for _ in range(64):
            given += PIECE
            yield bytes(PIECE)

    taken = 0
    for piece in zip_stream([ZipEntry("a", 64 * PIECE, AT, pieces())]):
        taken += len(piece)
        assert given - taken <= PIECE


def test_an_entry_past_4_gib_is_told_as_zip64() -> None:
    made = b"".join(zip_stream([ZipEntry("a", 5 * 2**30, AT, [b"x"])]))

    with zipfile.ZipFile(io.BytesIO(made)) as read:
        assert read.testzip() is None
    assert made[4:6] == (45).to_bytes(2, "little")  # version needed: 4.5


def test_equal_names_are_numbered_whatever_their_case() -> None:
    names = Names()

    assert [names.unique(n) for n in ("a.jpg", "A.jpg", "a (2).jpg", "a.jpg", "b.jpg")] == [
        "a.jpg",
        "A (2).jpg",
        "a (2) (2).jpg",
        "a (3).jpg",
        "b.jpg",
    ]


def test_ten_thousand_equal_names_are_numbered_quickly() -> None:
    names = Names()

    made = {names.unique("a.jpg") for _ in range(10_000)}

    assert len(made) == 10_000
    assert "a (10000).jpg" in made


@pytest.mark.parametrize(
    ("wished", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x.jpg", "C__x.jpg"),
        ("a\x00b\n.jpg", "a_b_.jpg"),
        ("con.jpg", "_con.jpg"),
        ("...", "photo"),
        (" beach .jpg ", "beach .jpg"),
    ],
)
def test_a_name_can_be_unpacked_anywhere_and_leaves_no_folder(wished: str, safe: str) -> None:
    assert safe_name(wished) == safe
