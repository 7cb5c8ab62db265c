"""What a photo has beside its picture that no result has, and the person is told of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from abzug.edits.formats.containers import jpeg, png, riff
from abzug.edits.formats.containers.iso_boxes import boxes
from abzug.edits.formats.containers.tiff import directories
from abzug.edits.formats.format import Data, Format
from abzug.edits.notices import Told
from abzug.messages import Notice

_GAIN_MAPS = (
    b"http://ns.adobe.com/hdr-gain-map/1.0/",  # Ultra HDR
    b"http://ns.apple.com/HDRGainMap/1.0/",
    b"urn:com:apple:photo:2020:aux:hdrgainmap",
    b"urn:iso:std:iso:ts:21496:-1",
)
_ANY_GAIN_MAP = re.compile(b"|".join(map(re.escape, _GAIN_MAPS)))
_SEVERAL_PICTURES = b"MPF\0"
"""One JPEG behind the other (CIPA DC-007): the gain map may be told of in its own."""
_GAIN_MAP_BOXES = {b"jhgm"}
"""Of JPEG XL."""
_TONE_MAP = b"tmap"
"""A kind of item: a picture with its gain map (ISO 21496-1, in a HEIF file)."""
_PICTURES = {b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"mdat", b"jxlc", b"jxlp", b"jbrd"}
_MANIFEST = 52545
"""The tag of a TIFF."""
_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""Of a box in an ISO media file (C2PA, Technical Specification 2.1, appendix A)."""


def lost_beside(data: Data, form: Format) -> Iterator[Notice]:
    """Notices of a gain map, and of content credentials."""
    parts = list(_parts(data, form))
    if any(kind in _GAIN_MAP_BOXES or _is_gain_map(body) for kind, body in parts):
        yield Told.gain_map.notice()
    if any(_is_manifest(kind, body) for kind, body in parts):
        yield Told.credentials.notice()


def _is_gain_map(body: bytes) -> bool:
    is_tone_map = b"infe" in body and _TONE_MAP in body
    return is_tone_map or any(name in body for name in _GAIN_MAPS)


def _is_manifest(kind: bytes, body: bytes) -> bool:
    in_jumbf = kind == b"jumb" and b"c2pa" in body
    return in_jumbf or kind in {b"caBX", b"C2PA"} or body.startswith(_UUID)


def _parts(data: Data, form: Format) -> Iterator[tuple[bytes, bytes]]:
    """What stands in a file beside its pixels, by kind."""
    head = bytes(data[:12])
    if head.startswith(b"\xff\xd8\xff"):
        segments = list(jpeg.headers(data))
        yield from ((b"jumb" if marker == jpeg.APP11 else b"", body) for marker, body in segments)
        if any(body.startswith(_SEVERAL_PICTURES) for _, body in segments):
            yield from ((b"", found[0]) for found in islice(_ANY_GAIN_MAP.finditer(data), 1))
    elif head.startswith(png.SIGNATURE):
        for chunk in png.before_pixels(data):
            yield chunk.kind, bytes(chunk.content)
    elif head[:4] == b"RIFF":
        for one in riff.read_chunks(bytes(data)):
            yield one.kind, b"" if one.kind in _PICTURES else one.content
    elif form.is_exif:
        every = directories(data)
        yield from ((b"C2PA", b"") for one in every if _MANIFEST in one.entries)
    else:
        for kind, body in boxes(memoryview(data)):
            yield kind, b"" if kind in _PICTURES else bytes(body)
