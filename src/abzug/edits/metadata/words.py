"""Words that tell where a photo was taken, or who is in it, where they stand in other text."""

from __future__ import annotations

import re

_COORDINATES = re.compile(
    r"""
    (?<![\d.])[-+−]?\d{1,3}[.,]\d{3,20}\s?°?\s?[NSns]?(?:\s?[,;/|]\s{0,2}|\s{1,2})
        [-+−]?\d{1,3}[.,]\d{3,20}(?!\d|\.\d)
    | \d{1,3}\s?(?:°|deg)\s?\d{1,2}(?:[.,]\d{1,9})?\s?['′’]?.{0,12}?[NSEWO]
    | [NS]\s?\d{1,2}(?:°|[.,]\d{3,20}).{1,20}?[EWO]\s?\d{1,3}(?:°|[.,]\d{3,20})
    | \bgeo:[-+]?\d
    """,
    re.VERBOSE,
)
"""Two numbers of degrees with three decimals at least (some hundred meters), or degrees and minutes
with a quarter of the sky. Every part is bounded, so that no text takes long to look through."""
_PLACE_ROOTS = (
    "place|places|location|locations|geo|country|countries|city|cities|"
    "ort|orte|länder|land|lieu|lieux|lugar|lugares|luogo|luoghi|plats|platser"
)
_PLACE_TAG = re.compile(rf"\s*(?:{_PLACE_ROOTS})\s*[/|\\:]", re.IGNORECASE)
_SPLIT = re.compile(r"[/|\\]")


def tells_coordinates(text: str | bytes) -> bool:
    """Whether a caption, a comment or a keyword holds the coordinates of a place."""
    if isinstance(text, bytes):
        text = text.replace(b"\0", b"").decode("utf-8", "replace")
    return bool(_COORDINATES.search(text))


def is_place_tag(text: str) -> bool:
    """Whether a keyword stands in a tree of places, as digiKam and Lightroom have them
    (`Places/Norway/Oslo`)."""
    return bool(_PLACE_TAG.match(text))


def words_of(tag: str) -> list[str]:
    """Those of a keyword in a tree; what it is to be found by alone."""
    return [word.strip() for word in _SPLIT.split(tag)[1:] if word.strip()]
