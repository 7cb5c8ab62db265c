"""Photos for tests and benchmarks that are computed, of the names and kinds of the real ones.

The real photos are not a part of the repository; where they are not beside it, these stand in for
them, and the tests take both. What they show comes from `scenes.py`; equal in every run.
"""

from __future__ import annotations

import functools
import hashlib
import io
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from abzug.edits.color.colorspace import to_linear
from abzug.edits.pixels.vips_fields import set_blob
from tests.support import ROOT, SHARED_PHOTOS, drawing, icc, raws, scenes
from tests.support.animations import animated
from tests.support.drawing import Drawing, Pixels, letters

ARTIST = "Ada Abzug"
PLACE = "Benalmádena, Andalucía"
XMP = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 exif:GPSLatitude="36,35.9N" exif:GPSLongitude="4,31.0W" photoshop:City="{PLACE}"
 photoshop:Headline="Sunrise"/></rdf:RDF></x:xmpmeta>""".encode()
DAYLIGHT = 1.0, 0.963, 0.668
"""What the sensor of the chart sees of a grey."""
SRGB = icc.profile("sRGB", icc.SRGB, *icc.SRGB_CURVE)
P3 = icc.profile("Display P3", icc.P3, *icc.SRGB_CURVE)
PROPHOTO = icc.profile("ProPhoto RGB", icc.PROPHOTO, 1.8)
LINEAR = icc.profile("Linear Rec2020", icc.REC2020, 1.0)
README = "These photos are computed by tests/support/computed_photos.py: it says what they are.\n"


@functools.cache
def computed_photos() -> Path:
    """The folder of them, made when it is first asked for and kept in .cache."""
    modules = (drawing, icc, raws, scenes)
    sources = [Path(__file__), *(Path(str(module.__file__)) for module in modules)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    folder = ROOT / ".cache" / f"photos-{digest[:12]}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as half_made:
            write(Path(half_made) / "photos")
            _settle(Path(half_made) / "photos", folder)
    return folder


@functools.cache
def photo_folder() -> Path:
    """The real photos where they are, else computed ones; says once which."""
    is_real = SHARED_PHOTOS.is_dir()
    sys.stderr.write(
        f"photos: {'the real ones' if is_real else 'computed, for want of real ones'}\n"
    )
    return SHARED_PHOTOS if is_real else computed_photos()


def _settle(made: Path, folder: Path) -> None:
    """Another process may have been faster; what it made is the same."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def write(folder: Path) -> None:
    folder.mkdir()
    for name, data in _files():
        (folder / name).write_bytes(data)


def _files() -> Iterator[tuple[str, bytes]]:
    yield "README.md", README.encode()
    for make in (_landscapes, _cameras, _located, _eyes, _wide, _printed, _deep, _moving):
        yield from make()
    yield from _raws()
    yield from _broken()


def _saved(pixels: Pixels | Image.Image, form: str, **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def _exif(**more: Any) -> Image.Exif:
    exif = Image.Exif()
    exif[271], exif[272], exif[306] = "Abzug", "Test camera", "2026:11:24 12:00:00"
    exif[274] = more.get("orientation", 1)
    return exif


_STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: np.rot90,
    7: lambda upright: np.rot90(upright, 2).swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How a camera that is held so stores a picture (EXIF 3.0, Orientation)."""


def _landscapes() -> Iterator[tuple[str, bytes]]:
    upright = scenes.landscape(1800, 1200).in_8_bits()
    for orientation, stored in _STORED.items():
        pixels = np.ascontiguousarray(stored(upright))
        exif = _exif(orientation=orientation)
        yield f"orient-landscape-{orientation}.jpg", _saved(pixels, "JPEG", quality=85, exif=exif)


def _cameras() -> Iterator[tuple[str, bytes]]:
    pixels = scenes.room(2048, 1536).in_8_bits()
    yield "camera-canon-a720.jpg", _saved(pixels, "JPEG", quality=92, exif=_exif(), dpi=(180, 180))


def _located() -> Iterator[tuple[str, bytes]]:
    """With the place in EXIF and XMP, and a name that is to be kept."""
    pixels = scenes.sunrise(1024, 640).in_8_bits()
    exif = _exif()
    exif[315] = exif[33432] = ARTIST
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 35.0, 54.0), 3: "W", 4: (4.0, 31.0, 0.0)})
    kept = {"exif": exif, "xmp": XMP, "icc_profile": SRGB}
    yield "gps-sunrise.jpg", _saved(pixels, "JPEG", quality=85, **kept)
    yield "gps-sunrise.webp", _saved(pixels, "WEBP", quality=85, **{**kept, "exif": exif.tobytes()})


def _eyes() -> Iterator[tuple[str, bytes]]:
    flash, plain = (0.95, 0.03, 0.06), (0.07, 0.05, 0.05)
    yield "redeye.png", _saved(scenes.portrait(flash).in_8_bits(), "PNG")
    yield "redeye-reference.png", _saved(scenes.portrait(plain).in_8_bits(), "PNG")


def _wide() -> Iterator[tuple[str, bytes]]:
    """In the colors of wider profiles."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    leaves = scenes.foliage(1680, 1050).in_8_bits()
    lamps = scenes.night(384, 512).in_8_bits()
    arrow = scenes.arrow(756, 1008).in_8_bits()
    exif = _exif(orientation=6)
    yield "prophoto.jpg", _saved(leaves, "JPEG", quality=85, icc_profile=PROPHOTO)
    yield "p3-gainmap-iphone13.jpg", _saved(lamps, "JPEG", quality=90, icc_profile=P3, exif=_exif())
    yield "p3-logo-red.png", _saved(_logo(), "PNG", icc_profile=P3)
    heic = _saved(arrow, "HEIF", quality=80, icc_profile=P3, exif=exif)
    yield "heic-iphone8-p3-arrow.heic", heic
    yield "heic-truncated.heic", heic[: len(heic) // 3]


def _logo() -> Pixels:
    """P3's red on sRGB's, which are one color in sRGB; transparent in its corners."""
    pixels = np.full((1000, 1000, 4), (234, 51, 35, 255), np.uint8)
    word = letters("ABZUG", 800, 400) > 0
    pixels[300:700, 100:900][word] = 255, 0, 0, 255
    pixels[:100, :100, 3] = pixels[-100:, -100:, 3] = 0
    return pixels


def _printed() -> Iterator[tuple[str, bytes]]:
    import pyvips
    from PIL import ImageCms

    faded = scenes.room(100, 100)
    faded.mix((0.9, 0.9, 0.9), np.full_like(faded.x, 0.6))  # all converters agree on pale colors
    pixels = faded.in_8_bits()
    ink = io.BytesIO(pyvips.Operation.call("profile_load", "cmyk"))
    cmyk = ImageCms.profileToProfile(
        Image.fromarray(pixels), ImageCms.createProfile("sRGB"), ink, outputMode="CMYK"
    )
    assert cmyk
    yield "cmyk-adobe.jpg", _saved(cmyk, "JPEG", quality=95)
    yield "cmyk-adobe-rgb-reference.jpg", _saved(pixels, "JPEG", quality=95)


def _deep() -> Iterator[tuple[str, bytes]]:
    """Of 16 bits, with what they come to in 8."""
    rng = np.random.default_rng(50)
    fine = rng.integers(0, 256, (40, 100, 3)) + 256 * scenes.room(100, 40).in_8_bits().astype(int)
    yield "rgb16.tiff", _by_vips(fine, "tiffsave_buffer", compression="deflate")
    yield "rgb16-reference.png", _saved((fine >> 8).astype(np.uint8), "PNG")
    scene = scenes.sunrise(64, 64)
    linear = to_linear(np.clip(scene.colors, 0, 1).astype(float))
    wide = np.linalg.solve(np.array(icc.REC2020).T, np.array(icc.SRGB).T)
    light = np.rint(np.clip(linear @ wide.T, 0, 1) * 65535)
    name = "rec2020-linear-16bit"
    yield f"{name}.png", _by_vips(light, "pngsave_buffer", profile=LINEAR)
    yield f"{name}-srgb-reference.png", _saved(scene.in_8_bits(), "PNG")


def _by_vips(
    pixels: npt.NDArray[Any], saver: str, *, profile: bytes = b"", **options: Any
) -> bytes:
    import pyvips

    image = pyvips.Image.new_from_array(pixels.astype(np.uint16), interpretation="rgb16").copy()
    set_blob(image, "icc-profile-data", profile)
    file: bytes = getattr(image, saver)(**options)
    return file


def _moving() -> Iterator[tuple[str, bytes]]:
    """A ball that rolls, on a ground whose corner is transparent."""
    for form, count in (("gif", 30), ("webp", 9)):
        frames = [_frame(10 + 60 * number / count) for number in range(count)]
        delays = [30 + 10 * (number % 3) for number in range(count)]
        yield f"animated.{form}", animated(frames, form, delays)


def _frame(left: float) -> Pixels:
    scene = Drawing(80, 80, (0.3, 0.5, 0.4), across=80)
    scene.mix((0.7, 0.25, 0.2), scene.blob(left, 48, 10, 10, soft=0.1))
    opaque = np.where(scene.x + scene.y > 24, 255, 0).astype(np.uint8)
    return np.dstack([scene.in_8_bits(), opaque])


def _raws() -> Iterator[tuple[str, bytes]]:
    neutral = {50728: (5, DAYLIGHT)}
    yield (
        "raw-colorchart.dng",
        raws.dng(np.clip(scenes.chart().colors, 0, 1), main=neutral, sees=DAYLIGHT),
    )
    thumbnail = _saved(scenes.landscape(256, 171).in_8_bits(), "JPEG")
    yield "raw-undevelopable-z9.dng", raws.undevelopable(thumbnail, (8256, 5504))


def _broken() -> Iterator[tuple[str, bytes]]:
    whole = _saved(scenes.landscape(400, 300).in_8_bits(), "JPEG")
    yield "truncated.jpg", whole[: len(whole) // 4]
    png = _saved(scenes.landscape(100, 75).in_8_bits(), "PNG")
    half = len(png) // 2
    yield "corrupt.png", png[:half] + bytes(200) + png[half + 200 :]
    yield "bomb-16384x16384.png", _png(16_384, b"")
    text = b"Comment\0\0" + zlib.compress(b"A" * 6_000_000, 9)
    yield "bomb-png-text-chunk.png", _png(1, text)


def _png(side: int, text: bytes) -> bytes:
    """A black square of 1 bit a pixel, with a compressed text if there is any (PNG, 11.3.3.3)."""
    rows = bytes(side * (1 + -(-side // 8)))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))]
    chunks += [(b"zTXt", text)] if text else []
    chunks += [(b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
