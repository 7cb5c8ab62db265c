"""What is damaged: the small photos of a folder as they are, and small pictures of the others in
every format and kind that is read. A source more is a line more."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from abzug.edits.color.colorspace import to_linear
from tests.support.raw_containers import CONTAINERS, SENSOR
from tests.support.raws import dng

_AS_THEY_ARE = (
    "animated.gif",
    "animated.webp",
    "cmyk-adobe.jpg",
    "corrupt.png",
    "heic-truncated.heic",
    "p3-gainmap-iphone13.jpg",
    "raw-undevelopable-z9.dng",
    "rgb16.tiff",
    "truncated.jpg",
)
BROKEN = {"corrupt.png", "heic-truncated.heic", "raw-undevelopable-z9.dng", "truncated.jpg"}
"""Sources that no result comes of even as they are."""


@functools.cache
def sources(photos: Path) -> dict[str, bytes]:
    """By name; equal in every run."""
    found = {name: (photos / name).read_bytes() for name in _AS_THEY_ARE}
    return found | {name: make(photos) for name, make in _MADE.items()}


def _small(photos: Path, name: str, side: int = 120) -> Image.Image:
    """A photo made small, with its metadata."""
    import pillow_heif
    import pillow_jxl  # noqa: F401  registers itself with Pillow

    pillow_heif.register_heif_opener()
    with Image.open(photos / name) as photo:
        photo.draft(None, (side * 2, side * 2))
        photo.thumbnail((side, side))
        return photo.copy()


def _of(name: str, form: str, **options: Any) -> Callable[[Path], bytes]:
    """A maker: that photo, small, in that format, with Pillow's options."""
    mode = options.pop("mode", None)
    exif = options.pop("exif", True)

    def make(photos: Path) -> bytes:
        image = _small(photos, name)
        info = image.info
        kept = {"icc_profile": info["icc_profile"]} if info.get("icc_profile") else {}
        if exif and info.get("exif"):
            kept["exif"] = info["exif"]
        if mode:
            image = image.convert(mode)
            kept.pop("icc_profile", None)
        file = io.BytesIO()
        image.save(file, form, **kept, **options)
        return file.getvalue()

    return make


def _by_vips(name: str, saver: str, **options: Any) -> Callable[[Path], bytes]:
    """A maker: the same with libvips, for what Pillow does not write."""
    deep = options.pop("deep", False)

    def make(photos: Path) -> bytes:
        import numpy as np
        import pyvips

        pixels = np.asarray(_small(photos, name).convert("RGB"))
        image = pyvips.Image.new_from_array(pixels, interpretation="srgb")
        if deep:
            image = (image.cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
        file: bytes = getattr(image, saver)(**options)
        return file

    return make


def _sensor(photos: Path) -> bytes:
    """The same as a RAW that LibRaw develops."""
    import numpy as np

    pixels = np.asarray(_small(photos, _CANON, 64).convert("RGB")) / 255.0
    exif = {33434: (5, [0.01]), 36867: (2, b"2026:11:24 12:00:00\0")}
    return dng(to_linear(pixels), photo=exif, gps={1: (2, b"N\0"), 2: (5, [52.0, 30.0, 1.5])})


def _unknown(container: Callable[[bytes], bytes]) -> Callable[[Path], bytes]:
    """A maker: a RAW that LibRaw does not know, with a small photo for its preview."""

    def make(photos: Path) -> bytes:
        file = io.BytesIO()
        _small(photos, _SUNRISE, SENSOR[0] // 4).convert("RGB").save(file, "JPEG", quality=60)
        return container(file.getvalue())

    return make


def _animated_gif(photos: Path) -> bytes:
    frames = []
    with Image.open(photos / "animated.gif") as gif:
        for index in range(4):
            gif.seek(index)
            small = gif.convert("RGB").resize((60, 40))
            small.info.clear()  # a transparent color that the small one has not
            frames.append(small.quantize(32))
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    return file.getvalue()


_LANDSCAPE, _SUNRISE, _CANON = "orient-landscape-6.jpg", "gps-sunrise.jpg", "camera-canon-a720.jpg"
_MADE: dict[str, Callable[[Path], bytes]] = {
    "turned.jpg": _of(_LANDSCAPE, "JPEG", quality=80),
    "gps.jpg": _of(_SUNRISE, "JPEG", quality=80),
    "progressive.jpg": _of(_CANON, "JPEG", progressive=True),
    "restarts.jpg": _of(_CANON, "JPEG", restart_marker_rows=1, exif=False),
    "grey.jpg": _of(_SUNRISE, "JPEG", mode="L"),
    "prophoto.jpg": _of("prophoto.jpg", "JPEG", subsampling=0),
    "rgb.png": _of(_LANDSCAPE, "PNG"),
    "profile.png": _of("p3-gainmap-iphone13.jpg", "PNG"),
    "alpha.png": _of("redeye.png", "PNG", mode="RGBA"),
    "palette.png": _of(_CANON, "PNG", mode="P"),
    "grey.png": _of(_CANON, "PNG", mode="L", exif=False),
    "one-bit.png": _of(_SUNRISE, "PNG", mode="1", exif=False),
    "deep.png": _by_vips(_SUNRISE, "pngsave_buffer", deep=True),
    "interlaced.png": _by_vips(_SUNRISE, "pngsave_buffer", interlace=True),
    "raw.tif": _of(_SUNRISE, "TIFF", exif=False),
    "lzw.tif": _of(_CANON, "TIFF", compression="tiff_lzw", exif=False),
    "deflate.tif": _by_vips(
        _CANON, "tiffsave_buffer", compression="deflate", predictor="horizontal"
    ),
    "tiles.tif": _by_vips(_CANON, "tiffsave_buffer", tile=True, tile_width=32, tile_height=32),
    "jpeg.tif": _by_vips(_CANON, "tiffsave_buffer", compression="jpeg"),
    "deep.tif": _by_vips(_CANON, "tiffsave_buffer", deep=True, compression="lzw"),
    "big.tif": _by_vips(_CANON, "tiffsave_buffer", bigtiff=True),
    "packbits.tif": _of(_CANON, "TIFF", mode="L", compression="packbits", exif=False),
    "fax.tif": _of(_CANON, "TIFF", mode="1", compression="group4", exif=False),
    "lossy.webp": _of(_SUNRISE, "WEBP", quality=80),
    "lossless.webp": _of(_LANDSCAPE, "WEBP", lossless=True),
    "alpha.webp": _of("redeye.png", "WEBP", mode="RGBA"),
    "still.gif": _of(_CANON, "GIF", mode="P", exif=False),
    "animated-small.gif": _animated_gif,
    "sensor.dng": _sensor,
    **{f"preview.{make.__name__}": _unknown(make) for make in CONTAINERS.values()},
    "exif.avif": _of(_LANDSCAPE, "AVIF", speed=10),
    "alpha.avif": _of("redeye.png", "AVIF", mode="RGBA", speed=10),
    "photo.bmp": _of(_CANON, "BMP", exif=False),
    "palette.bmp": _of(_CANON, "BMP", mode="P", exif=False),
    "lossy.jxl": _of(_SUNRISE, "JXL", quality=80),
    "lossless.jxl": _of("redeye.png", "JXL", mode="RGBA", lossless=True),
    "p3.heic": _of("heic-iphone8-p3-arrow.heic", "HEIF", quality=60),
}
