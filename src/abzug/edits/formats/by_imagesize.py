"""Sizes that the package imagesize reads."""

from __future__ import annotations

import io

import imagesize

from abzug.edits.formats.format import Dimensions


def by_imagesize(head: bytes) -> Dimensions:
    """Of a JPEG or a TIFF; EXIF's orientation is counted in."""
    width, height = imagesize.get(io.BytesIO(head))
    return width, height, 1
