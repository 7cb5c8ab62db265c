"""Files of every format that lack what they declare: what a decoder leaves unwritten of them is
memory as it was."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pillow_heif
import pyvips
from PIL import Image

from abzug.edits.formats.containers import tiff
from abzug.edits.formats.containers.iso_boxes import boxes
from tests.support.heif_files import grid
from tests.support.jxl_files import jxl
from tests.support.pictures import pixels
from tests.support.raw_containers import developable
from tests.support.raws import dng, lossless, unpacked

_SIDE = 128
_SHARES = 0.0, 0.3, 0.9
_TIFF_LENGTHS = 279, 325


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """Name and file."""
    yield from _tiffs()
    yield from _raws()
    yield from _heifs()
    yield from _others()


def _tiffs() -> Iterator[tuple[str, bytes]]:
    """Strips and tiles of length 0, or that begin beyond the file."""
    image = pyvips.Image.new_from_array(pixels(1, _SIDE, _SIDE)).copy(interpretation="srgb")
    for compression in ("none", "lzw", "deflate", "jpeg"):
        for tile in (True, False):
            options: dict[str, Any] = {"tile": tile, "tile_width": 32, "tile_height": 32}
            if not tile:
                options = {}
            data = bytearray(image.tiffsave_buffer(compression=compression, **options))
            [first] = list(tiff.directories(bytes(data)))[:1]
            for tag in _TIFF_LENGTHS:
                if entry := first.entries.get(tag):
                    each = (entry.end - entry.start) // entry.count
                    middle = entry.start + entry.count // 2 * each
                    data[middle : entry.end] = bytes(entry.end - middle)
            yield f"{compression} {'tiles' if tile else 'strips'} of no length.tif", bytes(data)


def _raws() -> Iterator[tuple[str, bytes]]:
    light = np.full((_SIDE, _SIDE, 3), 0.2)
    for share in _SHARES:
        for pattern in (((0, 1), (1, 2)), None):

            def pack(counts: np.ndarray, share: float = share) -> bytes:
                whole = unpacked(counts)
                return whole[: int(len(whole) * share)]

            yield f"{share} of {pattern}.dng", dng(light, pattern=pattern, pack=pack)

        def few_lines(counts: np.ndarray, share: float = share) -> bytes:
            return bytes(lossless(1)(counts[: max(1, int(len(counts) * share))]))

        yield f"lines of {share}.dng", dng(light, {259: (3, [7])}, pack=few_lines)
        counts = np.full((1200, 1600), 2000)
        for make, model in ((b"NIKON CORPORATION", b"NIKON D70"), (b"SONY", b"DSLR-A100")):
            whole = developable(make, model, counts)
            yield f"{share} of {model.decode()}", whole[: max(2000, int(len(whole) * share))]


def _heifs() -> Iterator[tuple[str, bytes]]:
    pillow_heif.register_heif_opener()
    for form in ("HEIF", "AVIF"):
        files = []
        for seed in range(4):
            file = io.BytesIO()
            Image.fromarray(pixels(seed, _SIDE, _SIDE)).save(file, form)
            files.append(file.getvalue())
        data: list[bytes | None] = [bytes(dict(boxes(one))[b"mdat"]) for one in files]
        whole = data[2] or b""
        for name, tile in (("no", None), ("empty", b""), ("half a", whole[: len(whole) // 2])):
            yield f"{name} tile.{form}", grid(files, 2, given=[*data[:2], tile, data[3]])


def _others() -> Iterator[tuple[str, bytes]]:
    picture = pixels(1, _SIDE, _SIDE)
    plain = Image.fromarray(picture)
    made: dict[str, bytes] = {"jxl": jxl(picture), "jxl in one": jxl(picture, lossless=True)}
    for form in ("JPEG", "PNG", "WEBP", "GIF", "BMP"):
        file = io.BytesIO()
        plain.save(file, form)
        made[form] = file.getvalue()
    for form, whole in made.items():
        for share in _SHARES[1:]:
            yield f"{share} of {form}", whole[: int(len(whole) * share)]
            middle = int(len(whole) * share)
            yield f"a hole at {share} of {form}", whole[:middle] + bytes(64) + whole[middle + 64 :]
