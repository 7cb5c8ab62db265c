"""Cameras' RAW files, and how they are told from photos.

Most RAW files are TIFF files inside, whose first picture is a small preview: a TIFF reader opens
that without a word. So a RAW is known by what only a RAW has, and never by its name.
"""

from __future__ import annotations

from collections.abc import Callable

from abzug.edits.formats.containers import cr3, raf, tiff
from abzug.edits.formats.format import UNKNOWN, Data, Dimensions, Format, no_dimensions
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
_UNKNOWN = "RAW"


def _end_of_all_pixels(data: Data) -> int:
    return tiff.end_of_pixels(tiff.directories(data))


def _dng_dimensions(data: bytes) -> Dimensions:
    """As it will be developed: its DefaultCropSize, where that lies within what the sensor saw. Of
    other RAW files only LibRaw knows it."""
    directories = list(tiff.directories(data))
    found = [one for one in directories if _is_of_a_sensor(one) and _CROP_SIZE in one.entries]
    if len(found) != 1:
        return UNKNOWN
    [sensor] = found
    scale = sensor.raw(_SCALE)  # two fractions
    if scale[:4] != scale[4:8] or scale[8:12] != scale[12:]:
        return UNKNOWN
    size, origin = sensor.integers(_CROP_SIZE), sensor.integers(_CROP_ORIGIN)
    if len(size) != 2 or len(origin) != 2 or not all(size):
        return UNKNOWN
    area = sensor.integers(_ACTIVE_AREA)
    whole = sensor.integer(_WIDTH), sensor.integer(_HEIGHT)
    top, left, bottom, right = area if len(area) == 4 else (0, 0, whole[1], whole[0])
    if origin[0] + size[0] > right - left or origin[1] + size[1] > bottom - top:
        return UNKNOWN
    return *turned(*size, directories[0].integer(_ORIENTATION, 1)), None


def _raw(
    kind: str,
    maker: str = "",
    signature: str = "",
    *,
    also: tuple[str, ...] = (),
    declared_end: Callable[[Data], int] = _end_of_all_pixels,
    dimensions: Callable[[bytes], Dimensions] = no_dimensions,
) -> Format:
    """A kind of RAW by the media type by which it is widely known; none is registered."""
    suffix = kind.lower()
    return Format(
        name=kind,
        media_type=f"image/x-{maker}-{suffix}" if maker else f"image/x-{suffix}",
        extensions=(suffix, *also),
        place=200,
        signature=signature,
        dimensions=dimensions,
        declared_end=declared_end,
    )


RAW_FORMATS = {
    one.name: one
    for one in (
        _raw("DNG", "adobe", dimensions=_dng_dimensions),
        _raw("NEF", "nikon", also=("nrw",)),
        _raw("CR2", "canon", r".{8}CR\x02"),
        _raw("CR3", "canon", r".{4}ftypcrx ", declared_end=cr3.declared_end),
        _raw("CRW", "canon", r".{6}HEAPCCDR"),
        _raw("ARW", "sony"),
        _raw("ORF", "olympus", r"(IIR[OS]|MMOR)"),
        _raw("RW2", "panasonic", r"IIU\0"),
        _raw("RWL", "leica"),
        _raw("RAF", "fuji", r"FUJIFILMCCD-RAW", declared_end=raf.declared_end),
        _raw("PEF", "pentax"),
        _raw("SRW", "samsung"),
        _raw("3FR", "hasselblad"),
        _raw("IIQ", "phaseone", r".{8}IIII"),
        _raw("X3F", "sigma", r"FOVb"),
        _raw("MRW", "minolta", r"\0MRM"),
        _raw("ERF", "epson"),
        _raw("DCR", "kodak"),
        _raw("MEF", "mamiya"),
        _raw(_UNKNOWN),
    )
}
"""By what they are called. Those without a signature are TIFF files inside."""


def raw_format(data: Data) -> Format | None:
    """Which RAW a file is; None if `data` does not begin one.

    `data` may be the file's beginning only; what lies beyond it cannot be told, so the whole
    file has to be looked at again before its pixels are read.
    """
    head = bytes(data[:32])
    if found := next((one for one in RAW_FORMATS.values() if one.has_signature(head)), None):
        return found
    directories = list(tiff.directories(data))
    if not directories:
        return None
    first = directories[0]
    if any(_DNG_VERSION in one.entries for one in directories):
        return RAW_FORMATS["DNG"]
    if any(map(_is_of_a_sensor, directories)) or _is_a_preview(first, directories[1:]):
        make = first.text(_MAKE).lower()
        kind = next((kind for name, kind in _BY_MAKE.items() if name in make), _UNKNOWN)
        return RAW_FORMATS[kind]
    return None


def _is_of_a_sensor(directory: tiff.Directory) -> bool:
    return (
        directory.integer(_PHOTOMETRIC) in _SENSOR_PHOTOMETRICS
        or directory.integer(_COMPRESSION) in _SENSOR_COMPRESSIONS
        or not _SENSOR_TAGS.isdisjoint(directory.entries)
    )


def _is_a_preview(first: tiff.Directory, others: list[tiff.Directory]) -> bool:
    """The file, of a camera, calls its first picture a reduced copy, and a larger one is in it. A
    file without a camera is a TIFF, of which the larger one is read."""
    is_reduced = bool(first.integer(_SUBFILE) & 1) and bool(first.text(_MAKE))
    return is_reduced and any(_pixels(other) > _pixels(first) for other in others)


def _pixels(directory: tiff.Directory) -> int:
    return directory.integer(_WIDTH) * directory.integer(_HEIGHT)
