"""What may come out of a damaged file: a failure that says why, or the picture that is in it.

A failure is permanent, has a code that photos may fail with, and speaks to a person. A success is
as large as the file's header says, and is the picture that Pillow, which is another program around
other builds of the decoders, makes of the same bytes, or exactly the picture of the undamaged file.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image, ImageCms, ImageFile, PngImagePlugin
from PIL.TiffImagePlugin import TiffImageFile

from abzug.edits.formats.containers.jpeg import check_markers
from abzug.edits.formats.raw import raw_format
from abzug.edits.formats.sniff import HEAD, sniff
from abzug.edits.outputs import typed_outputs
from abzug.edits.plan import plan
from abzug.edits.sizes import Size
from abzug.errors import (
    EditImpossible,
    EditOutOfMemory,
    PhotoError,
    PhotoTooLarge,
    TruncatedPhoto,
    UnreadablePhoto,
    UnsupportedPhoto,
)
from abzug.messages import ReportError
from tests.support.fuzz import png
from tests.support.fuzz.cases import SMALL_SIDE, WHOLE, Case, Order
from tests.support.fuzz.worker import Outcome

CODES = {
    error.code
    for error in (
        UnreadablePhoto,
        TruncatedPhoto,
        UnsupportedPhoto,
        PhotoTooLarge,
        EditImpossible,
        EditOutOfMemory,
    )
}
"""Not time_limit: no file here is so large that it may take its time."""
_FOR_PROGRAMS = re.compile(
    r"/\w+/|\b0x|vips|lib[a-z]+:|Traceback|Error\b|Exception|[{}<>]", re.IGNORECASE
)
_LARGEST_REFERENCE = 4_000_000
_TURNS = dict(
    zip(
        range(2, 9),
        [
            Image.Transpose.FLIP_LEFT_RIGHT,
            Image.Transpose.ROTATE_180,
            Image.Transpose.FLIP_TOP_BOTTOM,
            Image.Transpose.TRANSPOSE,
            Image.Transpose.ROTATE_270,
            Image.Transpose.TRANSVERSE,
            Image.Transpose.ROTATE_90,
        ],
        strict=True,
    )
)
"""By EXIF orientation."""
_SIDEWAYS = {_TURNS[orientation] for orientation in range(5, 9)}
_ALL = slice(None), slice(None)
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 2**30  # its limits are not ours
Pixels = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Finding:
    """Something that must not be. `kind` sorts them, `what` tells."""

    case: Case
    kind: str
    what: str

    def __str__(self) -> str:
        case = self.case
        where = f"{case.source} ({case.order.name}) {case.change}"
        return f"finding {case.seed} {self.kind}: {self.what} | {where}"


class Judge:
    """Knows what comes of every source when nothing is done to it."""

    def __init__(self) -> None:
        self._undamaged: dict[tuple[str, str], dict[str, bytes]] = {}
        self._profiles: dict[str, bytes | None] = {}
        self.unverified = 0
        """Successes that could not be held against another decoder."""

    def learn(self, outcome: Outcome) -> None:
        """What an undamaged source gives; sources that give nothing are learnt as that."""
        case = outcome.case
        self._undamaged[case.source, case.order.name] = outcome.results or {}
        with contextlib.suppress(Unverifiable):
            self._profiles[case.source] = _opened(case.data).info.get("icc_profile")

    def findings(self, outcome: Outcome) -> list[Finding]:
        case = outcome.case
        problems = [_of_sniffing(case)]
        if outcome.results is not None:
            problems += self._of_success(case, outcome.results)
        elif outcome.error is not None:
            problems.append(_of_failure(outcome.error))
        else:
            problems.append(("silence", "the worker died or hangs over it or another"))
        return [Finding(case, *problem) for problem in problems if problem]

    def _of_success(self, case: Case, results: dict[str, bytes]) -> list[tuple[str, str] | None]:
        try:
            pictures = {name: _picture(file) for name, file in results.items()}
        except (OSError, SyntaxError, ValueError) as error:
            return [("torn", f"a result cannot be read: {error}")]
        whole = self._undamaged.get((case.source, case.order.name), {})
        if whole.keys() == results.keys() and all(
            whole[name] == file or _same(pictures[name], _picture(whole[name]))
            for name, file in results.items()
        ):
            return []
        if case.is_cut:
            return [("cut", "a file that ends too early gave another picture than the whole one")]
        if case.order.edits or raw_format(case.data):
            return []  # the engine's own tests know what edits, or developing, make of a picture
        [picture] = pictures.values()
        problems = [_of_size(case, picture)] if case.order is WHOLE else []
        try:
            problems.append(_of_pixels(case, picture, self._profiles.get(case.source)))
        except Unverifiable:
            self.unverified += 1
        return problems


def _of_sniffing(case: Case) -> tuple[str, str] | None:
    """The web's part: it says what the file is or refuses it, and nothing else."""
    try:
        sniff(case.data[:HEAD])
    except PhotoError as error:
        return _of_words(error.message)
    except Exception as error:
        return "sniff", f"{type(error).__name__}: {error}"
    return None


def _of_failure(error: ReportError) -> tuple[str, str] | None:
    if error.code not in CODES:
        return error.code, error.message
    if not error.permanent:
        return "transient", f"{error.code} would be tried again"
    return _of_words(error.message)


def _of_words(message: str) -> tuple[str, str] | None:
    if not message.endswith(".") or len(message) < 15 or _FOR_PROGRAMS.search(message):
        return "words", f"not for people: {message}"
    return None


def _of_size(case: Case, picture: Pixels) -> tuple[str, str] | None:
    """What the person was told when it was uploaded is what came out."""
    told = sniff(case.data[:HEAD])
    height, width = picture.shape[:2]
    if told.width is not None and (told.width, told.height) != (width, height):
        return "size", f"told {told.width} × {told.height}, gave {width} × {height}"
    return None


def _of_pixels(case: Case, picture: Pixels, profile: bytes | None) -> tuple[str, str] | None:
    """`profile`: of the undamaged file; whoever reads more of a damaged one may use it. Raises
    Unverifiable where Pillow does not know the kind of file at all."""
    data = case.data
    # in a PNG it may stumble over what is no part of the picture
    files = [data]
    if data.startswith(png.START):
        files += [png.only_pixels(data, b"eXIf"), png.only_pixels(data)]
    elif data.startswith(b"\xff\xd8"):
        # it wants the end mark, which whole pictures may lack, and nothing strange before it
        files.append(data[: check_markers(data)] + b"\xff\xd9")
    problem = None
    for file in files:
        try:
            return _compared(picture, _references(file, profile, case.order))
        except Unverifiable:
            raise
        except Exception as error:  # whatever another program says of a damaged file
            problem = "partial", f"Pillow cannot decode it: {type(error).__name__} {error}"
    return problem


def _compared(picture: Pixels, references: list[Reference]) -> tuple[str, str] | None:
    least = min(_difference(picture, reference) for reference in references)
    if least > 1:
        return "pixels", f"other than Pillow's, by {least:.1f} of what is allowed"
    return None


class Unverifiable(Exception):
    """Pillow cannot even tell what it is (of TIFF it knows fewer kinds than libtiff), or the file
    leaves open what the picture is."""


@dataclass(frozen=True)
class Reference:
    """A picture as Pillow sees it. tolerance: how much more than usual ours may differ. seen: the
    part that is defined; of a GIF, what its first frame covers. size: of the whole picture."""

    pixels: Pixels
    tolerance: float
    seen: tuple[slice, slice]
    size: Size


def _references(data: bytes, undamaged: bytes | None, order: Order) -> list[Reference]:
    """The picture upright, with and without regard to a profile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _opened(data) as image:
            if image.width * image.height > _LARGEST_REFERENCE:
                raise Unverifiable
            seen = _ALL
            shown = image.tile[0].extents if image.format == "GIF" else None
            if shown and shown != (0, 0, *image.size):
                left, top, right, bottom = shown
                seen = slice(top, bottom), slice(left, right)
            if isinstance(image, TiffImageFile) and _contradicts_itself(image.tag_v2):
                raise Unverifiable
            # in a PNG it has to stand before the pixels
            knows_its_side = image.format != "PNG" or "exif" in image.info
            size, stored = image.size, _reduced(image, order)
            both = image.info.get("icc_profile"), undamaged
            profiles = {one for one in both if one is not None}
            turn = _turn(image) if knows_its_side else None
    upright = stored if turn is None else stored.transpose(turn)
    size = size[::-1] if turn in _SIDEWAYS else size
    plain = _pixels(upright)
    found = [_converted(upright, profile) for profile in profiles]
    managed = [np.dstack([one[..., :3], plain[..., 3:]]) for one in found if one is not None]
    tolerance = 3.0 if image.mode == "CMYK" else 1.0
    return [Reference(picture, tolerance, seen, size) for picture in (plain, *managed)]


def _reduced(image: Image.Image, order: Order) -> Image.Image:
    """Decoded as the engine plans to: a JPEG that will be made smaller is decoded to a half, a
    quarter or an eighth. libjpeg leaves out of damaged blocks what else would have made their
    pixels too bright to hold, and libvips leaves out the last pixels where they are no whole ones.
    """
    shrink = plan(image.size, {}, typed_outputs(order.outputs)).shrink
    width, height = image.width // shrink, image.height // shrink
    if image.format == "JPEG" and shrink > 1 and image.draft(None, (width, height)):
        return image.crop((0, 0, width, height))
    image.load()
    return image


def _contradicts_itself(tags: Mapping[int, Any]) -> bool:
    """A TIFF of strips and of tiles, or of more or fewer tiles than cover it: each program makes
    something else of it."""
    width, height, across, down = (tags.get(tag, 1) for tag in (256, 257, 322, 323))
    tiles = -(-width // across) * -(-height // down) if across and down else 0
    return 324 in tags and (273 in tags or len(tags[324]) != tiles)


def _converted(image: Image.Image, profile: bytes) -> Pixels | None:
    """To sRGB; None if the profile is damaged or of another kind of picture."""
    colors = image if image.mode in {"L", "CMYK"} else image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        made = ImageCms.profileToProfile(colors, source, target, outputMode="RGB")
        return None if made is None else _pixels(made)
    except Exception:  # ImageCms has as many as there are damages
        return None


def _opened(data: bytes) -> ImageFile.ImageFile:
    pillow_heif.register_heif_opener()
    try:
        return Image.open(io.BytesIO(data))
    except Exception as error:
        if data.startswith(png.START):
            raise  # Pillow knows all of them
        raise Unverifiable from error


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(0x0112, 1))
    except Exception:
        return None


def _picture(file: bytes) -> Pixels:
    with Image.open(io.BytesIO(file)) as image:
        return _pixels(image)


def _pixels(image: Image.Image) -> Pixels:
    """RGBA of 8 bits; 16 bits lose their lower 8, as the engine's do."""
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    return np.asarray(image.convert("RGBA")).astype(np.int16)


def _same(one: Pixels, other: Pixels) -> bool:
    return one.shape == other.shape and bool((one == other).all())


def _difference(picture: Pixels, reference: Reference) -> float:
    """How far two pictures are apart over white, in blocks of 8 × 8 pixels: 1 is what two builds
    of one decoder may differ by; a grey block is far beyond."""
    whole = reference.pixels
    if picture.shape != whole.shape:
        return _shrunk_difference(picture, reference)
    ours, theirs = _blocks(picture[reference.seen]), _blocks(whole[reference.seen])
    apart = np.abs(ours - theirs)
    return float(max(apart.max() / 16, apart.mean() / 4) / reference.tolerance)


def _shrunk_difference(picture: Pixels, reference: Reference) -> float:
    """The same for a picture that was asked for smaller; whoever shrinks it does so differently."""
    size = picture.shape[1], picture.shape[0]
    if reference.seen != _ALL:
        raise Unverifiable
    image = Image.fromarray(reference.pixels.astype(np.uint8), "RGBA")
    if max(size) != SMALL_SIDE or _fitted(reference.size) != size:
        return float("inf")
    small = _pixels(image.resize(size, Image.Resampling.LANCZOS))
    return _difference(picture, replace(reference, pixels=small, tolerance=2 * reference.tolerance))


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    width, height = (max(1, round(side * SMALL_SIDE / max(size))) for side in size)
    return width, height


def _blocks(pixels: Pixels) -> npt.NDArray[np.float32]:
    alpha = pixels[..., 3:].astype(np.float32) / 255
    seen = pixels[..., :3] * alpha + 255 * (1 - alpha)
    height, width = -(-seen.shape[0] // 8) * 8, -(-seen.shape[1] // 8) * 8
    edges = ((0, height - seen.shape[0]), (0, width - seen.shape[1]), (0, 0))
    padded = np.pad(seen, edges, mode="edge")
    means = padded.reshape(height // 8, 8, width // 8, 8, 3).mean((1, 3))
    return np.asarray(means, np.float32)
