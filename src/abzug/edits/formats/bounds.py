"""How large a photo may be: held against its header, before anything of it is decoded."""

from __future__ import annotations

import math

from abzug.errors import PhotoTooLarge

_MEGA = 1_000_000


def refuse_too_large(width: int, height: int, max_pixels: int, frames: int = 1) -> None:
    """Raise PhotoTooLarge for more than `max_pixels` in all frames together."""
    pixels = width * height * frames
    if pixels > max_pixels:
        each = f" in {frames} frames" if frames > 1 else ""
        raise PhotoTooLarge(
            f"{_megapixels(pixels)} megapixels{each}, at most {_megapixels(max_pixels)}."
        )


def _megapixels(pixels: int) -> str:
    mega = pixels / _MEGA
    return f"{math.ceil(mega)}" if mega >= 10 else f"{mega:.3g}"


MAX_PICTURE_PIXELS, MAX_PICTURE_BYTES = 16_000_000, 32 * 2**20
"""Of a photo that is to be put on others."""
