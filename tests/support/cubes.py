"""`.cube` files for tests, written by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np


def cube_file(change: Callable[[np.ndarray], np.ndarray], size: int = 17, *head: str) -> bytes:
    """A cube of what `change` makes of colors (..., 3), 0..1, red changing fastest."""
    axis = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colors = change(np.stack([red, green, blue], axis=-1)).reshape(-1, 3)
    lines = [*head, f"LUT_3D_SIZE {size}", *(f"{r:.7f} {g:.7f} {b:.7f}" for r, g, b in colors)]
    return "\n".join([*lines, ""]).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


IDENTITY = cube_file(lambda rgb: rgb)
"""Changes nothing."""
INVERSION = cube_file(lambda rgb: 1 - rgb, 2)
SWAP = cube_file(lambda rgb: rgb[..., ::-1], 2, 'TITLE "Red is blue"')
"""Red becomes blue, and blue red: what mixes up the order of the axes is found out."""
