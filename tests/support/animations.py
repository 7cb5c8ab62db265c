"""Animations for tests, made and taken apart by other roads than ours."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pyvips
from PIL import Image


def animated(
    frames: Sequence[np.ndarray],
    form: str,
    delays: Sequence[int] = (),
    loop: int = 0,
    fields: dict[str, bytes] | None = None,
    orientation: int = 1,
) -> bytes:
    """By libvips; GIF keeps frames that are equal. `frames` are all of one shape."""
    roll = pyvips.Image.new_from_array(np.concatenate(list(frames))).copy(interpretation="srgb")
    roll.set_type(pyvips.GValue.gint_type, "page-height", len(frames[0]))
    delay = [*delays, *[100] * len(frames)][: len(frames)]
    roll.set_type(pyvips.GValue.array_int_type, "delay", delay)
    roll.set_type(pyvips.GValue.gint_type, "loop", loop)
    roll.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    for name, value in (fields or {}).items():
        roll.set_type(pyvips.GValue.blob_type, name, value)  # type: ignore[arg-type]  # takes bytes
    options = {"keep_duplicate_frames": True} if form == "gif" else {"lossless": True}
    file: bytes = getattr(roll, f"{form}save_buffer")(**options)
    return file


def taken_apart(file: bytes | memoryview) -> tuple[list[np.ndarray], list[int], int]:
    """By Pillow: frames as RGBA, delays in milliseconds, and how often it is shown."""
    with Image.open(io.BytesIO(file)) as image:
        frames, delays = [], []
        for at in range(getattr(image, "n_frames", 1)):
            image.seek(at)
            frames.append(np.asarray(image.convert("RGBA")))
            delays.append(int(image.info["duration"]))
        loop = image.info.get("loop", 1)
        again = image.format == "GIF" and loop and "loop" in image.info  # a GIF counts repetitions
    return frames, delays, loop + 1 if again else loop
