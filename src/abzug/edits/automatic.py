"""What the photo itself decides: automatic operations put sliders in their place.

Apart from what uses the sliders, so that all outputs of a photo, and all frames of an animation,
get the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from abzug.edits.color.colorspace import Array
from abzug.edits.notices import Told
from abzug.edits.operation import AutomaticOperation
from abzug.edits.pixels.arrays import white
from abzug.edits.pixels.proxy import small_copy
from abzug.edits.recipe import operations, operations_of
from abzug.messages import Notice

Edits = Mapping[str, Any]

PROXY = 256
"""Longest side of the copy that is looked at: what it tells has no fine detail."""


def resolve_automatic(
    pixels: npt.NDArray[np.unsignedinteger[Any]], edits: Edits
) -> tuple[Edits, list[Notice]]:
    """Typed edits without automatic ones, but with what they find in the photo; and notices of
    that.

    pixels: (H, W, 3 or 4), as they come to the stages of light and color; they are left so.
    """
    found, notices = dict(edits), []
    photo = None
    for name, operation in operations_of(AutomaticOperation).items():
        if not found.pop(name, False):
            continue
        photo = _small(pixels) if photo is None else photo
        sliders = operation.run(photo, found)
        found |= sliders
        notices.append(told(name, sliders))
    return {name: found[name] for name in operations() if name in found}, notices


def told(operation: str, sliders: Edits) -> Notice:
    """What an operation has found."""
    known = operations()
    label = known[operation].label
    if not sliders:
        return Told.nothing_to_change.notice({"operation": label}, operation=operation)
    words = [
        f"{known[name].label.lower()} {value:+g}".replace("-", "−")
        for name, value in sliders.items()
    ]
    english = {"operation": label, "sliders": ", ".join(words)}
    return Told.found.notice(english, operation=operation, sliders=dict(sliders))


def _small(pixels: npt.NDArray[np.unsignedinteger[Any]]) -> Array:
    small, _ = small_copy(pixels, PROXY)
    return np.asarray(small[..., :3] / white(pixels), float)
