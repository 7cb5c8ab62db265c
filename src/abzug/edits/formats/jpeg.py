"""JPEG (ITU-T T.81)."""

from __future__ import annotations

from abzug.edits.formats.by_imagesize import by_imagesize
from abzug.edits.formats.format import Format

FORMAT = Format(
    name="jpeg",
    media_type="image/jpeg",
    extensions=("jpg", "jpeg", "jpe", "jfif"),
    place=10,
    signature=r"\xff\xd8\xff",
    dimensions=by_imagesize,
    loader="jpegload_source",
    decoder="jpeg",
    shrinks=True,
)
