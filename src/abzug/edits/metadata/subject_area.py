"""EXIF's SubjectArea and SubjectLocation (2.32, 4.6.5): where the subject is, in pixels of the
stored picture: a point, a circle by its middle and diameter, or a rectangle by its middle."""

from __future__ import annotations

from collections.abc import Sequence

from abzug.edits.homography import Placement


def placed_area(area: Sequence[float], placement: Placement) -> list[int] | None:
    """The same in a result; None if it is not in it, or is no area."""
    if not 2 <= len(area) <= 4:
        return None
    width, height = placement.stored
    x, y, *extent = area
    across, down = (extent * 2)[:2] if extent else (0, 0)
    place = placement.rectangle(
        (
            (x - across / 2) / width,
            (y - down / 2) / height,
            (x + across / 2) / width,
            (y + down / 2) / height,
        )
    )
    if place is None:
        return None
    left, top, right, bottom = (
        number * side for number, side in zip(place, placement.size * 2, strict=True)
    )
    middle = [(left + right) / 2, (top + bottom) / 2]
    extent = [max(right - left, bottom - top)] if len(area) == 3 else [right - left, bottom - top]
    return [round(number) for number in (middle + extent)[: len(area)]]
