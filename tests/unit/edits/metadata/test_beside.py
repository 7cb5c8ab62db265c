"""What stands beside the picture and is lost is told of."""

from __future__ import annotations

import struct

import pytest
from tests.support.engine_calls import edit
from tests.support.photo_metadata import packet, segment, with_chunks, with_segments, with_xmp

from abzug.edits.formats.containers import riff

ULTRA_HDR = '<hdrgm:Version xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/">1.0</hdrgm:Version>'
JUMBF = b"JP\0\1\0\0\0\1\0\0\0\x20jumb\0\0\0\x18jumdc2pa\0\x11\0\x10"
PLAIN = with_segments()


def webp(kind: bytes) -> bytes:
    [made] = edit(PLAIN, {}, {"format": "webp"}).results
    whole = bytes(made.data)
    return riff.riff(b"WEBP", whole[12:] + riff.chunk(kind, b"manifest"))


def tiff() -> bytes:
    """Of one pixel, with the tag of a manifest."""
    rows = [(256, 3, 1), (257, 3, 1), (258, 3, 8), (262, 3, 1), (273, 4, 8), (277, 3, 1)]
    rows += [(278, 3, 1), (279, 4, 1), (52545, 4, 0)]
    table = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in rows)
    return b"II*\0" + struct.pack("<I", 10) + b"\0\0" + struct.pack("<H", 9) + table + bytes(4)


APPLE = PLAIN + with_xmp(packet('<g:V xmlns:g="http://ns.apple.com/HDRGainMap/1.0/">1</g:V>'))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (with_xmp(packet(ULTRA_HDR)), ["gain_map"]),
        (with_segments(segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0")), ["gain_map"]),
        (APPLE[:2] + segment(0xE2, b"MPF\0II*\0\x08\0\0\0") + APPLE[2:], ["gain_map"]),
        (with_segments(segment(0xEB, JUMBF)), ["credentials"]),
        (with_chunks((b"caBX", JUMBF)), ["credentials"]),
        (webp(b"C2PA"), ["credentials"]),
        (tiff(), ["credentials"]),
        (PLAIN, []),
        (with_chunks(), []),
        (with_segments(segment(0xE2, b"MPF\0II*\0\x08\0\0\0")), []),
        (with_segments(segment(0xEB, JUMBF.replace(b"c2pa", b"jxyz"))), []),
    ],
    ids=list("abcdefghijk"),
)
def test_gain_maps_and_credentials_are_told_of(data: bytes, told: list[str]) -> None:
    notices = edit(data, {}, {"format": "jpeg"}).notices

    assert [notice.code for notice in notices] == told
