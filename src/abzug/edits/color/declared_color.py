"""Color spaces that files tell without a profile, as profiles."""

from __future__ import annotations

from abzug.edits.color.cicp import ADOBE_GAMMA, ADOBE_RGB, SRGB, Code, made_profile
from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.tiff import EXIF_PREFIX
from abzug.edits.formats.format import Calibration, Data, Format

_COLOR_SPACE, _INTEROPERABILITY, _INDEX = 40961, 40965, 1
_SRGB, _ADOBE_RGB = 1, 2
GAMMAS = 0.05, 10.0
"""That are followed; beyond them a photo would be but black and white, and it is sRGB."""
_USUAL_GAMMA = 1 / 2.2


def code_of(data: Data, form: Format) -> Code | None:
    """The numbers of ITU-T H.273 in a file."""
    told = form.color_code(data)
    return Code(*told) if told else None


def profile_without(
    data: Data, form: Format, exif: bytes, *, is_gray: bool = False
) -> bytes | None:
    """What else a photo says of its colors that has neither profile nor numbers of H.273."""
    if form.calibration is not None:
        found = form.calibration(data)
        return _calibrated(found, is_gray=is_gray) if found else None
    is_adobe_rgb = not is_gray and _is_adobe_rgb(exif)
    return made_profile(ADOBE_RGB, ADOBE_GAMMA) if is_adobe_rgb else None


def _calibrated(found: Calibration, *, is_gray: bool) -> bytes | None:
    low, high = GAMMAS
    gamma = _USUAL_GAMMA if found.gamma is None else found.gamma
    if not low <= gamma <= high:
        return None
    is_usual = abs(gamma - _USUAL_GAMMA) < 0.02
    # what says 1/2.2 means sRGB, as browsers read it too
    primaries = SRGB if is_gray or not found.primaries else found.primaries
    return made_profile(primaries, None if is_usual else 1 / gamma)


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
