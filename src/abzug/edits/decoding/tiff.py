"""TIFF, by libtiff in libvips: what of it can be read, and which of its channels are what.

libvips takes numbers of any kind for levels of 0 to 255, and whatever comes behind the colors for
opacity: such photos would come out wrong without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abzug.edits.decoding.loader import Loader
from abzug.edits.formats.containers import tiff
from abzug.edits.formats.format import Data
from abzug.edits.notices import Told
from abzug.errors import UnsupportedPhoto
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

_BITS, _COMPRESSION, _PHOTOMETRIC, _EXTRA, _SAMPLE_FORMAT = 258, 259, 262, 338, 339
_WHOLE, _SIGNED, _FLOATING = 1, 2, 3
_YCBCR, _LAB = 6, 8
_JPEG = {6, 7}
"""Compressions that take care of YCbCr themselves."""
_COLORS = {0: 1, 1: 1, 2: 3, 5: 4, _YCBCR: 3, _LAB: 3}
"""Channels of gray, RGB, CMYK, YCbCr, Lab (TIFF 6.0, PhotometricInterpretation)."""
_NUMBERS = {_WHOLE: {1, 2, 4, 8, 16}, _FLOATING: {16, 32}, 4: {1, 2, 4, 8, 16}}
"""Bits a channel that are read, by the kind of number; 4 is a kind that is not told."""
_OPACITY = {1, 2}
"""Kinds of extra channels; 0 may be anything, as a selection that Photoshop has saved."""
_ADVICE = "Save it as RGB or gray, with 8 or 16 bits a channel, and without alpha channels."


class TiffLoader(Loader):
    heeds_notes = True

    def open(self, data: Data, max_pixels: int, notices: list[Notice]) -> pyvips.Image | bytes:
        photo = tiff.photo_of(data)
        if photo is None:
            return self.load(data)
        refuse_unreadable(photo.directory)
        pages = sum(one.below < 0 and not one.is_reduced for one in tiff.pages(data))
        if pages > 1:
            notices.append(Told.first_of_pages.notice(pages=pages))
        image = self.load(data, page=photo.number, subifd=photo.below)
        return as_usual(image, photo.directory)


def refuse_unreadable(first: tiff.Directory) -> None:
    """Raise UnsupportedPhoto for pixels that nobody here would read right; `first` is the photo."""
    form, bits = first.integer(_SAMPLE_FORMAT, _WHOLE), first.integer(_BITS, 1)
    kind = first.integer(_PHOTOMETRIC, 1)
    if kind == _LAB and bits == 16 and form in {_WHOLE, _SIGNED}:
        return
    if kind == _LAB or (kind == _YCBCR and first.integer(_COMPRESSION, 1) not in _JPEG):
        name = "Lab with 8 bits" if kind == _LAB else "YCbCr that is not a JPEG"
        raise UnsupportedPhoto(f"A TIFF in {name} is not supported.", advice=_ADVICE)
    if bits not in _NUMBERS.get(form, ()):
        numbers = {_SIGNED: "signed", _FLOATING: "floating-point"}.get(form, "unsigned")
        raise UnsupportedPhoto(
            f"A TIFF of {numbers} numbers of {bits} bits is not supported.", advice=_ADVICE
        )


def as_usual(image: pyvips.Image, first: tiff.Directory) -> pyvips.Image:
    """Colors and opacity, if there is one, in whole numbers."""
    image = _without_extras(image, first)
    return _in_16_bits(image) if image.format == "float" else image


def _without_extras(image: pyvips.Image, first: tiff.Directory) -> pyvips.Image:
    colors = _COLORS.get(first.integer(_PHOTOMETRIC, 1), image.bands)
    extras = first.integers(_EXTRA)
    if image.bands <= colors or (image.bands == colors + 1 and (not extras or extras[0])):
        return image
    opacity = next((at for at, kind in enumerate(extras, colors) if kind in _OPACITY), image.bands)
    seen = image.extract_band(0, n=colors)
    return seen.bandjoin(image[opacity]) if opacity < image.bands else seen


def _in_16_bits(image: pyvips.Image) -> pyvips.Image:
    """Of floating-point numbers: 0 is black, 1 white. They are what the profile says, or else
    linear light, as programs write them; what is brighter than white is cut off."""
    opacity = image[image.bands - 1] if image.bands in {2, 4} else None
    colors = image.extract_band(0, n=image.bands - 1) if opacity is not None else image
    if not image.get_typeof("icc-profile-data"):
        curved = colors ** (1 / 2.4) * 1.055 - 0.055
        colors = (colors <= 0.0031308).ifthenelse(colors * 12.92, curved)
    whole = colors.bandjoin(opacity) if opacity is not None else colors
    usual = "rgb16" if colors.bands == 3 else "grey16"
    return (whole * 65535).rint().cast("ushort").copy(interpretation=usual)


LOADER = TiffLoader
