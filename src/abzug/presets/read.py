"""Which kind of file it is, and reading it as that."""

from __future__ import annotations

import re
from pathlib import PurePath

from abzug.errors import InvalidRequest, TooLarge, UnsupportedMedia
from abzug.presets.lua import read_lrtemplate
from abzug.presets.records import Preset
from abzug.presets.xmp import read_xmp

MAX_BYTES = 4 * 1024 * 1024
"""Of a preset file; real ones have 3 to 250 KB."""
MAX_PROPERTIES = 2000
"""Of a preset; Lightroom knows some 400."""
_UTF_16 = b"\xff\xfe", b"\xfe\xff"
_XML = b"<", b"\xff\xfe<", b"\xfe\xff\0<"
_LUA = re.compile(rb"s\s*=\s*\{")
_OTHERS = {
    ".dcp": "This is a camera profile, not a preset; profiles are not supported.",
    ".lcp": "This is a lens profile, not a preset.",
    ".cube": "This is a LUT, not a Lightroom preset; the edit `lut` takes it.",
    ".dng": "This is a photo; presets inside of DNG files are not read.",
}
_FORMS = "Presets are read in the forms .xmp and .lrtemplate."


def read_preset(data: bytes, filename: str) -> Preset:
    """The preset in a file, by its content; the name of the file stands in for a missing name.

    Raises TooLarge, UnsupportedMedia if it is something else, InvalidRequest if it is damaged.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"A preset of more than {MAX_BYTES} bytes is not read.")
    path = PurePath(filename.replace("\\", "/"))
    if path.suffix.lower() in _OTHERS:
        raise UnsupportedMedia(_OTHERS[path.suffix.lower()], advice=_FORMS)
    data = _trimmed(data)
    if data.startswith(_XML):
        preset = read_xmp(data)
    elif _LUA.match(data):
        preset = read_lrtemplate(data)
    else:
        raise UnsupportedMedia("This is not a Lightroom preset.", advice=_FORMS)
    if len(preset.properties) > MAX_PROPERTIES:
        raise InvalidRequest(f"A preset of more than {MAX_PROPERTIES} settings is not read.")
    return Preset(_plain(preset.name) or path.stem or "Preset", preset.properties)


def _trimmed(data: bytes) -> bytes:
    """Without what stands around it in files of some programs: marks, blank lines, zeros."""
    if data.startswith(_UTF_16) or b"\0" in data[:4]:
        return data
    return data.removeprefix(b"\xef\xbb\xbf").strip(b"\0 \t\r\n")


def _plain(name: str) -> str:
    """Names of Adobe's own may be keys of a translation: $$$/Key=Text."""
    if name.startswith("$$$/"):
        name = name.partition("=")[2]
    return name.strip()
