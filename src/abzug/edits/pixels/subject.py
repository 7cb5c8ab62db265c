"""What a photo is about, so that a cut leaves it in."""

from __future__ import annotations

from abzug.edits.pixels.arrays import Pixels, in_8_bits, size_of, to_image
from abzug.edits.pixels.faces import find_faces
from abzug.edits.pixels.proxy import small_copy
from abzug.edits.sizes import Size, scaled

_PROXY = 512
"""Longest side of the small copy that is looked at: what draws the eye is no fine detail."""

Corner = tuple[int, int]
"""Left and top of a cut, in pixels."""


def around_attention(pixels: Pixels, cut: Size) -> Corner:
    """Where a cut of that size holds what draws the eye, as libvips guesses it: edges, skin and
    strong colors (`vips_smartcrop`, attention)."""
    photo = size_of(pixels)
    small, factor = small_copy(pixels, _PROXY)
    kept = to_image(in_8_bits(small)).smartcrop(*scaled(cut, factor), interesting="attention")
    return (
        _within(round(-kept.xoffset / factor), photo[0], cut[0]),
        _within(round(-kept.yoffset / factor), photo[1], cut[1]),
    )


def around_faces(pixels: Pixels, cut: Size) -> Corner:
    """Where a cut of that size has the faces in its middle: all, or the largest that fit together.

    Without a face, what draws the eye else.
    """
    faces = find_faces(pixels)
    if not faces:
        return around_attention(pixels, cut)
    left, top, right, bottom = _corners(faces[0])
    for face in map(_corners, faces[1:]):
        wider = min(left, face[0]), min(top, face[1]), max(right, face[2]), max(bottom, face[3])
        if wider[2] - wider[0] <= cut[0] and wider[3] - wider[1] <= cut[1]:
            left, top, right, bottom = wider
    width, height = size_of(pixels)
    return (
        _within((left + right - cut[0]) // 2, width, cut[0]),
        _within((top + bottom - cut[1]) // 2, height, cut[1]),
    )


def _corners(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    left, top, width, height = box
    return left, top, left + width, top + height


def _within(start: int, photo: int, cut: int) -> int:
    return min(max(0, start), photo - cut)
