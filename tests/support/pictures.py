"""Small photos that look like photos, made from a number: equal numbers give equal bytes."""

from __future__ import annotations

import functools

import numpy as np


@functools.cache
def _waves(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x / width, y / height


def pixels(seed: int, width: int = 640, height: int = 426) -> np.ndarray:
    """uint8 (height, width, 3) sRGB: a sky, hills, some grain."""
    rng = np.random.default_rng(seed)
    x, y = _waves(width, height)
    a, b, c = rng.uniform(0.5, 4, 3)
    hill = 0.45 + 0.12 * np.sin(6 * a * x) + 0.06 * np.sin(17 * b * x)
    sky = np.stack([0.45 + 0.3 * y, 0.6 + 0.2 * y, 0.9 - 0.2 * y], -1)
    land = np.stack([0.3 + 0.2 * np.sin(9 * c * y), 0.35 + 0.1 * x, 0.15 + 0 * x], -1)
    picture = np.where((y > hill)[..., None], land, sky)
    picture += rng.normal(0, 0.015, picture.shape)
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)


def jpeg(seed: int, width: int = 640, height: int = 426, comment: str = "") -> bytes:
    """The same as a JPEG file of quality 88."""
    import io

    from PIL import Image

    file = io.BytesIO()
    image = Image.fromarray(pixels(seed, width, height))
    image.save(file, "JPEG", quality=88, comment=comment.encode() or None)
    return file.getvalue()
