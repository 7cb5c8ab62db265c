"""WebP (RFC 9649)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from abzug.edits.formats.blocks import in_webp
from abzug.edits.formats.containers import riff
from abzug.edits.formats.containers.tiff import orientation_of
from abzug.edits.formats.format import UNKNOWN, Data, Dimensions, Format
from abzug.edits.formats.saver import USUAL_QUALITY, Saver
from abzug.edits.sizes import turned


def dimensions(head: bytes) -> Dimensions:
    chunks = _chunks(head)
    extended = chunks.get(b"VP8X")
    if extended is not None and next(iter(chunks)) == b"VP8X":
        width = int.from_bytes(extended[4:7], "little") + 1
        height = int.from_bytes(extended[7:10], "little") + 1
        animated, has_exif = extended[0] & 2, extended[0] & 8
        if has_exif and b"EXIF" not in chunks:
            return UNKNOWN  # which side is up stands behind the pixels, beyond this head
        width, height = turned(width, height, _orientation(chunks))
        return width, height, None if animated else 1
    if (lossless := chunks.get(b"VP8L")) is not None:
        bits = int.from_bytes(lossless[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 1
    width, height = struct.unpack_from("<HH", chunks[b"VP8 "], 6)
    return width & 0x3FFF, height & 0x3FFF, 1


def orientation(data: Data) -> int:
    return _orientation(_chunks(bytes(data)))


def _orientation(chunks: Mapping[bytes, bytes]) -> int:
    """Of the EXIF that the head knows of."""
    extended = chunks.get(b"VP8X", b"")
    is_known = next(iter(chunks), b"") == b"VP8X" and bool(extended) and extended[0] & 8
    return orientation_of(chunks.get(b"EXIF", b"")) if is_known else 1


def _chunks(file: bytes) -> dict[bytes, bytes]:
    """By kind; of several the first one counts."""
    found: dict[bytes, bytes] = {}
    for one in riff.read_chunks(file):
        found.setdefault(one.kind, one.content)
    return found


def picture_ends(head: bytes) -> Iterator[int]:
    return (chunk.end for chunk in riff.read_chunks(head) if chunk.kind == b"ANMF")


FORMAT = Format(
    name="webp",
    media_type="image/webp",
    extensions=("webp",),
    place=20,
    signature=r".{8}WEBP",
    dimensions=dimensions,
    orientation=orientation,
    picture_ends=picture_ends,
    declared_end=riff.declared_end,
    loader="webpload_source",
    decoder="webp",
    moves=True,
    shrinks=True,
    saver=Saver(
        operation="webpsave",
        options={"effort": 2},  # half of effort 4's time
        quality=USUAL_QUALITY,
        # exact: colors under full transparency too. Q is how hard it tries: 75, the usual, takes
        # half again to twice as long for a thousandth of the size.
        lossless={"lossless": True, "exact": True, "Q": 50},
        longest_side=16_383,
        moves=True,
        resolution_in_exif=True,
        embed=in_webp,
    ),
)
