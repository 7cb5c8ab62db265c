"""One engine, one job, in a process of its own: `python -m benchmarks.rival ENGINE JOB FILE`.

Prints JSON: cpu (seconds a photo, the median of three after one to warm up), mib (the process's
peak), version. What each engine does for a job is told in docs/reference/benchmarks.md.
"""

from __future__ import annotations

import io
import json
import statistics
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.engine import bare_a, bare_b, loaded
from benchmarks.measure import cpu, peak_mib

SIDES = 2048, 1600, 800, 400, 200
TONE = {"exposure": 0.2, "contrast": 10, "saturation": 15, "temperature": 5}
TEN = TONE | {
    "tint": -5,
    "whites": 15,
    "blacks": -10,
    "vibrance": 15,
    "hsl": {"blue": {"saturation": 20, "luminance": -10}},
    "tone_curve": {"points": [[0, 0], [64, 60], [192, 200], [255, 255]]},
}
"""Ten color operations."""
SHARPENING = {"sharpening": {"amount": 40}}


def abzug(job: str, data: bytes) -> Callable[[], object]:
    from abzug.edits import engine
    from abzug.edits.outputs import canonical_outputs
    from abzug.edits.recipe import canonical_edits

    both = [
        {"name": f"{form}-{side}", "format": form, "max_side": side, "quality": 80}
        for side in SIDES
        for form in ("webp", "jpeg")
    ]
    edits, outputs = {
        "a": (TONE | SHARPENING, [{"max_side": 1600, "quality": 80, "metadata": "strip"}]),
        "b": (TEN | SHARPENING, [{"quality": 90, "metadata": "strip"}]),
        "c": ({}, [one | {"metadata": "strip"} for one in both]),
    }[job]
    engine.prepare_process(0)
    asked, wanted = canonical_edits(edits), canonical_outputs(outputs, max_outputs=10)
    return lambda: engine.edit(data, asked, wanted)


def libvips(job: str, data: bytes) -> Callable[[], object]:
    """Driven bare by pyvips, one thread, no cache."""
    from abzug.edits.engine import prepare_process

    prepare_process(0)
    work = {"a": bare_a, "b": bare_b, "c": _bare_c}[job]
    return lambda: work(data)


def _bare_c(data: bytes) -> None:
    """Decoded once, each size from the next larger."""
    image = loaded(data)
    shrink = 2 if max(image.width, image.height) >= 2 * SIDES[0] else 1
    image = loaded(data, shrink)
    for side in SIDES:
        image = image.resize(side / max(image.width, image.height)).copy_memory()
        image.webpsave_buffer(Q=80, effort=2, keep="none")
        image.jpegsave_buffer(Q=80, keep="none")


def pillow(job: str, data: bytes) -> Callable[[], object]:
    """As its pages tell: `thumbnail` lets JPEGs be decoded smaller, `ImageEnhance` is its tone."""
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps

    def opened(side: int | None = None) -> Image.Image:
        image: Image.Image = Image.open(io.BytesIO(data))
        if side:
            image.thumbnail((side, side), Image.Resampling.LANCZOS)
        return ImageOps.exif_transpose(image)

    def saved(image: Image.Image, form: str, quality: int) -> None:
        image.save(io.BytesIO(), form, quality=quality)

    def toned(image: Image.Image) -> Image.Image:
        image = ImageEnhance.Brightness(image).enhance(1.12)
        image = ImageEnhance.Contrast(image).enhance(1.1)
        image = ImageEnhance.Color(image).enhance(1.15)
        return image.filter(ImageFilter.SHARPEN)

    def every() -> None:
        image = opened(SIDES[0])
        for side in SIDES:
            image = image.copy()
            image.thumbnail((side, side), Image.Resampling.LANCZOS)
            saved(image, "webp", 80)
            saved(image, "jpeg", 80)

    return {
        "a": lambda: saved(toned(opened(1600)), "jpeg", 80),
        "b": lambda: saved(toned(opened()), "jpeg", 90),
        "c": every,
    }[job]


ENGINES: dict[str, tuple[Callable[[str, bytes], Callable[[], object]], str]] = {
    "abzug": (abzug, "abzug"),
    "libvips": (libvips, "pyvips-binary"),
    "pillow": (pillow, "pillow"),
}


def main() -> None:
    name, job, file = sys.argv[1:]
    start, package = ENGINES[name]
    work = start(job, Path(file).read_bytes())
    work()
    taken = statistics.median(cpu(work) for _ in range(3))
    told: dict[str, Any] = {"cpu": taken, "mib": peak_mib(), "version": version(package)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
