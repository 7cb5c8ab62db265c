"""Where files tell their color space without a profile: PNG, AVIF and HEIC, EXIF."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from abzug.edits.color.cicp import ADOBE_GAMMA, ADOBE_RGB, Code, made_profile
from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.iso_boxes import boxes
from abzug.edits.formats.containers.tiff import EXIF_PREFIX

_COLOR_SPACE, _INTEROPERABILITY, _INDEX = 40961, 40965, 1
_SRGB, _ADOBE_RGB = 1, 2
_OF_TABLE = 100_000
"""What PNG multiplies its numbers with."""
_USUAL_GAMMA = 1 / 2.2
_SRGB_PRIMARIES = 0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290


def code_of(data: bytes | memoryview, media_type: str) -> Code | None:
    """The numbers of ITU-T H.273 in a PNG, AVIF or HEIC; they come before a profile in a PNG."""
    if media_type == "image/png":
        told = dict(_png_chunks(data)).get(b"cICP", b"")
        return Code(told[0], told[1]) if len(told) == 4 else None
    if media_type in {"image/avif", "image/heic"}:
        return _of_boxes(data)
    return None


def profile_without(data: bytes | memoryview, media_type: str, exif: bytes) -> bytes | None:
    """What else a photo says of its colors that has neither profile nor numbers of H.273."""
    if media_type == "image/png":
        return _of_png(dict(_png_chunks(data)))
    return made_profile(ADOBE_RGB, ADOBE_GAMMA) if _is_adobe_rgb(exif) else None


def _of_png(chunks: dict[bytes, bytes]) -> bytes | None:
    """Of gAMA and cHRM (PNG, third edition, 11.3.2)."""
    if b"sRGB" in chunks or not chunks.keys() & {b"gAMA", b"cHRM"}:
        return None
    told = chunks.get(b"gAMA", b"")
    gamma = int.from_bytes(told) / _OF_TABLE if len(told) == 4 else _USUAL_GAMMA
    if not 0.1 <= gamma <= 2:
        return None
    white = chunks.get(b"cHRM", b"")
    primaries = _SRGB_PRIMARIES
    if len(white) == 32:
        x, y, *colors = (number / _OF_TABLE for number in struct.unpack(">8I", white))
        primaries = *colors, x, y
    is_usual = abs(gamma - _USUAL_GAMMA) < 0.02
    # what says 1/2.2 means sRGB, as browsers read it too
    return made_profile(primaries, None if is_usual else 1 / gamma)


def _png_chunks(data: bytes | memoryview) -> Iterator[tuple[bytes, bytes]]:
    """The chunks before the pixels."""
    at = 8
    while at + 12 <= len(data) and (kind := bytes(data[at + 4 : at + 8])) != b"IDAT":
        length = int.from_bytes(data[at : at + 4])
        if length <= 32:
            yield kind, bytes(data[at + 8 : at + 8 + length])
        at += 12 + length


def _of_boxes(data: bytes | memoryview) -> Code | None:
    """The first `colr` box that holds numbers (ISO/IEC 23008-12, 6.5.5)."""
    try:
        meta = dict(boxes(memoryview(data)))[b"meta"][4:]
        properties = dict(boxes(dict(boxes(meta))[b"iprp"]))[b"ipco"]
        colors = [body for kind, body in boxes(properties) if kind == b"colr"]
        told = next(body for body in colors if bytes(body[:4]) == b"nclx")
        return Code(*struct.unpack_from(">HH", told, 4))
    except (LookupError, StopIteration, struct.error):
        return None


def _is_adobe_rgb(block: bytes) -> bool:
    """As cameras write it: not sRGB, and of the interoperability “R03” (DCF 2.0, 4.4.2)."""
    body = memoryview(block.removeprefix(EXIF_PREFIX))
    layout = tiff.layout(body)
    if layout is None:
        return False

    def below(directory: tiff.Directory, pointer: int) -> tiff.Directory:
        return layout.directory(body, directory.integer(pointer, len(body)))[0]

    photo = below(layout.directory(body, layout.first)[0], tiff.EXIF)
    space = photo.integer(_COLOR_SPACE, _SRGB)
    index = below(photo, _INTEROPERABILITY).raw(_INDEX)[:3]
    return space == _ADOBE_RGB or (space != _SRGB and index == b"R03")
