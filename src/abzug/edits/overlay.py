"""A patch laid over a picture: at one place, or again and again all over it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from abzug.edits.pixels import Pixels, level, size_of

BLOCK = 128, 1024
"""Rows and columns at a time of a tiling: what is worked on stays in the processor's cache."""

Patch = Pixels
"""RGBA, the colors not weighed by alpha."""


def compose(below: Pixels, patch: Patch, opacity: float) -> None:
    """`patch` over `below` (Porter and Duff, 1984), in place. opacity: 0..1.

    Both have the same height and width; `below` has 3 or 4 channels.
    """
    most, most_of_patch = _most(below), _most(patch)
    cover = patch[..., 3:].astype(np.float32) / most_of_patch * opacity
    if below.shape[2] == 4:
        under = below[..., 3:].astype(np.float32) / most * (1 - cover)
        alpha = cover + under
        share = np.divide(cover, alpha, out=np.zeros_like(cover), where=alpha > 0)
        below[..., 3:] = np.rint(alpha * most)
        cover = share
    shown = patch[..., :3] * np.float32(most / most_of_patch)
    colors = below[..., :3] + (shown - below[..., :3].astype(np.float32)) * cover
    below[..., :3] = np.rint(colors)


def tile(pixels: Pixels, patch: Patch, *, gap: int, angle: float, opacity: float) -> None:
    """`patch` all over the picture, in place, in rows of which every other is shifted by half.

    gap: pixels between two. angle: degrees by which the whole pattern is turned, clockwise.
    opacity: 0..1. The pattern is one cell, looked up again and again beyond its edges: it costs the
    same however small it is.
    """
    import cv2

    patch = patch.copy()
    patch[..., 3] = np.rint(patch[..., 3] * opacity)
    cell = _cell(_weighed(patch, pixels.dtype), gap)
    cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    turn = np.array([[cosine, sine], [-sine, cosine]])
    how = (cv2.INTER_LINEAR if angle else cv2.INTER_NEAREST) | cv2.WARP_INVERSE_MAP
    width, height = size_of(pixels)
    middle = np.array([width // 2, height // 2])
    for block, left, top in _blocks(pixels):
        start = turn @ (np.array([left, top]) - middle) + np.array(size_of(patch)) // 2
        start %= size_of(cell)  # OpenCV counts in 16 bits
        part = cv2.warpAffine(
            cell,
            np.column_stack([turn, start]),
            size_of(block),
            flags=how,
            borderMode=cv2.BORDER_WRAP,
        )
        _lay(block, np.asarray(part, pixels.dtype))


def _blocks(pixels: Pixels) -> Iterator[tuple[Pixels, int, int]]:
    """Views that make up the picture, with their left and top."""
    width, height = size_of(pixels)
    rows, columns = BLOCK
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield pixels[top : top + rows, left : left + columns], left, top


def _cell(patch: Patch, gap: int) -> Patch:
    """What the pattern repeats: two rows, the second shifted by half."""
    width, height = size_of(patch)
    cell = np.zeros((2 * (height + gap), width + gap, 4), patch.dtype)
    cell[:height, :width] = patch
    cell[height + gap :][:height] = np.roll(cell[:height], (width + gap) // 2, axis=1)
    return cell


def _weighed(patch: Patch, dtype: npt.DTypeLike) -> Patch:
    """The patch in the range of `dtype`, its colors weighed by alpha: then they can be blended."""
    weighed: Patch = np.empty(patch.shape, dtype)
    most, most_of_patch = _most(weighed), _most(patch)
    cover = patch[..., 3] / np.float32(most_of_patch)
    for channel in range(3):  # one by one, as their floats take four times the room
        shown = patch[..., channel] * np.float32(most / most_of_patch)
        weighed[..., channel] = np.rint(shown * cover)
    weighed[..., 3] = np.rint(cover * most)
    return weighed


def _lay(below: Pixels, patch: Patch) -> None:
    """A weighed patch over `below`, in place."""
    import cv2

    most = _most(below)
    if below.shape[2] == 4 and below[..., 3].min() < most:
        # straight colors are weighed by their alpha, and what comes out is made straight again
        cover, under = (np.float32(one[..., 3:]) / most for one in (patch, below))
        under *= 1 - cover
        alpha = cover + under
        mixed = patch[..., :3] + below[..., :3] * under
        straight = mixed / np.maximum(alpha, np.finfo(np.float32).tiny)
        below[..., :3] = np.rint(np.minimum(straight, most))
        below[..., 3:] = np.rint(alpha * most)
    else:  # in whole numbers, which is fast
        through = cv2.merge([most - patch[..., 3]] * 3)
        dimmed = cv2.multiply(np.ascontiguousarray(below[..., :3]), through, scale=1 / most)
        below[..., :3] = cv2.add(dimmed, np.ascontiguousarray(patch[..., :3]))


def _most(pixels: Pixels) -> int:
    return 255 * level(pixels)
