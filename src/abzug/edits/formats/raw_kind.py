"""Telling a camera's RAW file from a photo.

Most RAW files are TIFF files inside, whose first picture is a small preview: a TIFF reader opens
that without a word. So a RAW is known by what only a RAW has, and never by its name.
"""

from __future__ import annotations

from abzug.edits.formats.containers import tiff
from abzug.edits.sizes import turned

_SUBFILE, _WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC, _MAKE = 254, 256, 257, 259, 262, 271
_DNG_VERSION = 50706
_ORIENTATION, _SCALE, _CROP_ORIGIN, _CROP_SIZE, _ACTIVE_AREA = 274, 50718, 50719, 50720, 50829
_SENSOR_PHOTOMETRICS = {32803, 34892}  # color filter array, linear raw (TIFF/EP; DNG 1.7)
_SENSOR_TAGS = {33421, 33422}  # CFARepeatPatternDim, CFAPattern
_SENSOR_COMPRESSIONS = {262, 32767, 32770, 32867, 34316, 34713, 65000, 65535}
"""Of Kodak, Sony, Samsung, Kodak, Panasonic, Nikon, Kodak and Pentax."""
_BY_MAKE = {
    "canon": "CR2",
    "nikon": "NEF",
    "sony": "ARW",
    "olympus": "ORF",
    "om digital": "ORF",
    "panasonic": "RW2",
    "leica": "RWL",
    "pentax": "PEF",
    "ricoh": "PEF",
    "samsung": "SRW",
    "fujifilm": "RAF",
    "hasselblad": "3FR",
    "phase one": "IIQ",
    "epson": "ERF",
    "kodak": "DCR",
    "mamiya": "MEF",
}
_MAKERS = {
    "DNG": "adobe",
    "NEF": "nikon",
    "CR2": "canon",
    "CR3": "canon",
    "CRW": "canon",
    "ARW": "sony",
    "ORF": "olympus",
    "RW2": "panasonic",
    "RWL": "leica",
    "RAF": "fuji",
    "PEF": "pentax",
    "SRW": "samsung",
    "3FR": "hasselblad",
    "IIQ": "phaseone",
    "X3F": "sigma",
    "MRW": "minolta",
    "ERF": "epson",
    "DCR": "kodak",
    "MEF": "mamiya",
}
"""As media types name them."""
_SIGNATURES = (
    (0, b"FUJIFILMCCD-RAW", "RAF"),
    (0, b"IIRO", "ORF"),
    (0, b"IIRS", "ORF"),
    (0, b"MMOR", "ORF"),
    (0, b"IIU\0", "RW2"),
    (0, b"FOVb", "X3F"),
    (0, b"\0MRM", "MRW"),
    (6, b"HEAPCCDR", "CRW"),
    (4, b"ftypcrx ", "CR3"),
    (8, b"IIII", "IIQ"),
    (8, b"CR\x02", "CR2"),
)


def raw_kind(data: bytes | memoryview) -> str | None:
    """What a RAW file is called ("NEF", "DNG", …); None if `data` does not begin one.

    `data` may be the file's beginning only; what lies beyond it cannot be told, so the whole
    file has to be looked at again before its pixels are read.
    """
    head = bytes(data[:32])
    for at, signature, kind in _SIGNATURES:
        if head.startswith(signature, at):
            return kind
    directories = list(tiff.directories(data))
    if not directories:
        return None
    first = directories[0]
    if any(_DNG_VERSION in one.entries for one in directories):
        return "DNG"
    if any(map(_is_of_a_sensor, directories)) or _is_a_preview(first, directories[1:]):
        make = first.text(_MAKE).lower()
        return next((kind for name, kind in _BY_MAKE.items() if name in make), "RAW")
    return None


def dng_size(data: bytes | memoryview) -> tuple[int, int] | None:
    """Width and height of a DNG, upright, as it will be developed: its DefaultCropSize, where that
    lies within what the sensor saw. None: not to be told from `data`, the file's beginning."""
    directories = list(tiff.directories(data))
    found = [one for one in directories if _is_of_a_sensor(one) and _CROP_SIZE in one.entries]
    if len(found) != 1:
        return None
    [sensor] = found
    scale = sensor.raw(_SCALE)  # two fractions
    if scale[:4] != scale[4:8] or scale[8:12] != scale[12:]:
        return None
    size, origin = sensor.integers(_CROP_SIZE), sensor.integers(_CROP_ORIGIN)
    if len(size) != 2 or len(origin) != 2 or not all(size):
        return None
    area = sensor.integers(_ACTIVE_AREA)
    whole = sensor.integer(_WIDTH), sensor.integer(_HEIGHT)
    top, left, bottom, right = area if len(area) == 4 else (0, 0, whole[1], whole[0])
    if origin[0] + size[0] > right - left or origin[1] + size[1] > bottom - top:
        return None
    return turned(*size, directories[0].integer(_ORIENTATION, 1))


def media_type_of_raw(kind: str) -> str:
    """The media type by which a kind of RAW is widely known; none is registered."""
    return f"image/x-{_MAKERS[kind]}-{kind.lower()}" if kind in _MAKERS else "image/x-raw"


def _is_of_a_sensor(directory: tiff.Directory) -> bool:
    return (
        directory.integer(_PHOTOMETRIC) in _SENSOR_PHOTOMETRICS
        or directory.integer(_COMPRESSION) in _SENSOR_COMPRESSIONS
        or not _SENSOR_TAGS.isdisjoint(directory.entries)
    )


def _is_a_preview(first: tiff.Directory, others: list[tiff.Directory]) -> bool:
    """The file itself calls its first picture a reduced copy, and a larger one is in it."""
    return bool(first.integer(_SUBFILE) & 1) and any(
        _pixels(other) > _pixels(first) for other in others
    )


def _pixels(directory: tiff.Directory) -> int:
    return directory.integer(_WIDTH) * directory.integer(_HEIGHT)
