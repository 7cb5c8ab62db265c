"""PNG (third edition)."""

from __future__ import annotations

import struct

from abzug.edits.formats.blocks import in_png
from abzug.edits.formats.containers import png
from abzug.edits.formats.containers.tiff import orientation_of
from abzug.edits.formats.format import Calibration, ColorCode, Data, Dimensions, Format
from abzug.edits.formats.saver import Saver
from abzug.edits.sizes import turned

_UNIT = 100_000
"""What numbers of colors are multiplied with, to be whole."""


def dimensions(head: bytes) -> Dimensions:
    width, height = struct.unpack_from(">II", head, 16)
    return *turned(width, height, orientation(head)), 1


def orientation(data: Data) -> int:
    every = (chunk.content for chunk in png.before_pixels(data) if chunk.kind == b"eXIf")
    return orientation_of(next(every, b""))


def is_animated(data: Data) -> bool:
    return any(chunk.kind == b"acTL" for chunk in png.before_pixels(data))


def color_code(data: Data) -> ColorCode | None:
    """Of cICP (11.3.2.6); of several the last one counts."""
    told = [chunk for chunk in png.before_pixels(data) if chunk.kind == b"cICP"]
    return (told[-1].content[0], told[-1].content[1]) if told and told[-1].length == 4 else None


def calibration(data: Data) -> Calibration | None:
    """Of gAMA and cHRM (11.3.2), unless it is sRGB."""
    chunks = {one.kind: bytes(one.content[:32]) for one in png.before_pixels(data)}
    if b"sRGB" in chunks or not chunks.keys() & {b"gAMA", b"cHRM"}:
        return None
    gamma, chromaticities = chunks.get(b"gAMA", b""), chunks.get(b"cHRM", b"")
    primaries = None
    if len(chromaticities) == 32:
        x, y, *colors = (number / _UNIT for number in struct.unpack(">8I", chromaticities))
        primaries = (*colors, x, y)
    return Calibration(int.from_bytes(gamma) / _UNIT if len(gamma) == 4 else None, primaries)


def has_damaged_profile(data: Data) -> bool:
    return png.is_damaged(data, b"iCCP")


FORMAT = Format(
    name="png",
    media_type="image/png",
    extensions=("png",),
    place=30,
    signature=r"\x89PNG\r\n\x1a\n",
    dimensions=dimensions,
    orientation=orientation,
    is_sequence=is_animated,
    declared_end=png.declared_end,
    color_code=color_code,
    code_before_profile=True,
    calibration=calibration,
    has_damaged_profile=has_damaged_profile,
    loader="pngload_source",
    has_text_chunks=True,
    saver=Saver(
        operation="pngsave",
        options={"compression": 6},
        is_lossless=True,
        bits=16,
        is_as_large_as_its_pixels=True,
        embed=in_png,
    ),
)
