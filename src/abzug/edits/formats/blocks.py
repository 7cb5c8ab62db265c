"""Metadata as they go into a file, each kind as bytes; savers know where to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from abzug.edits.formats.containers import heif_items, jpeg, png, riff
from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.on_disk import File, joined

_XMP_IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_PHOTOSHOP, _PART = b"Photoshop 3.0\0", 65_000
_XMP_IN_PNG = b"XML:com.adobe.xmp\0\0\0\0\0"
_BEHIND_HEADER = len(png.SIGNATURE) + 25


@dataclass(frozen=True)
class Blocks:
    exif: bytes = b""
    """A TIFF structure, without prefix."""
    xmp: bytes = b""
    extended_xmp: tuple[bytes, ...] = ()
    """What did not fit into a JPEG's segment, in segments of their own (metadata/extended_xmp)."""
    iptc: bytes = b""
    text: Mapping[str, str] = field(default_factory=dict)


def in_jpeg(file: File, blocks: Blocks) -> File:
    """EXIF 2.32, 4.5.4: EXIF stands first of all; XMP part 3, 1.1.3; IPTC in Photoshop's."""
    segments = [
        (jpeg.APP1, EXIF_PREFIX + blocks.exif if blocks.exif else b""),
        (jpeg.APP1, _XMP_IN_JPEG + blocks.xmp if blocks.xmp else b""),
        *((jpeg.APP1, one) for one in blocks.extended_xmp),
        *((jpeg.APP13, one) for one in _in_parts(blocks.iptc)),
    ]
    added = b"".join(jpeg.segment(kind, body) for kind, body in segments if body)
    whole = memoryview(file)
    return joined([whole[:2], added, whole[2:]])


def _in_parts(block: bytes) -> Iterator[bytes]:
    """Each a segment, and all with the name of the first."""
    yield block[:_PART]
    for at in range(_PART, len(block), _PART):
        yield _PHOTOSHOP + block[at : at + _PART]


def in_png(file: File, blocks: Blocks) -> File:
    """PNG, third edition, 11.3: right behind the header."""
    chunks = [
        *([png.chunk(b"eXIf", blocks.exif)] if blocks.exif else []),
        *([png.chunk(b"iTXt", _XMP_IN_PNG + blocks.xmp)] if blocks.xmp else []),
        *(_international(word, value) for word, value in sorted(blocks.text.items())),
    ]
    whole = memoryview(file)  # its slices are no copies, and a PNG may be large
    return joined([whole[:_BEHIND_HEADER], *chunks, whole[_BEHIND_HEADER:]]) if chunks else file


def in_webp(file: File, blocks: Blocks) -> File:
    return riff.with_beside(bytes(file), exif=blocks.exif, xmp=blocks.xmp)


def in_avif(file: File, blocks: Blocks) -> File:
    exif = _exif_item(blocks.exif)
    items = [
        heif_items.Item(b"Exif", b"", exif),
        heif_items.Item(b"mime", b"application/rdf+xml", blocks.xmp),
    ]
    return heif_items.with_items(file, [item for item in items if item.content])


def _exif_item(exif: bytes) -> bytes:
    """As an item has it: how far behind the TIFF structure begins, and a prefix."""
    return len(EXIF_PREFIX).to_bytes(4) + EXIF_PREFIX + exif if exif else b""


def _international(word: str, value: str) -> bytes:
    return png.chunk(b"iTXt", word.encode("latin-1") + b"\0\0\0\0\0" + value.encode())
