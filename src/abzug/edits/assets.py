"""What edits need beside the photo, made ready for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from abzug.edits.decoding.decode import decode
from abzug.edits.decoding.failures import photo_errors
from abzug.edits.decoding.open import open_photo
from abzug.edits.formats.bounds import MAX_PICTURE_PIXELS
from abzug.edits.operation import Asset, Stored
from abzug.edits.pixels.arrays import Pixels, white
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.recipe import operations
from abzug.errors import (
    EditImpossible,
    PhotoTooLarge,
    TruncatedPhoto,
    UnreadablePhoto,
    UnsupportedPhoto,
)

if TYPE_CHECKING:
    import pyvips

ToPhoto = Callable[["pyvips.Image", bytes | None], "pyvips.Image"]
"""Brings an image, whose profile is given, into the working color space."""


def load_assets(
    edits: Mapping[str, Any], stored: Stored, to_photo: ToPhoto, deadline: Deadline
) -> dict[str, Any]:
    """Typed edits, those that need more than the photo with it in their values.

    Raises EditImpossible for a picture that cannot be used.
    """

    def ready(asset: Asset) -> bytes | Pixels:
        data = stored[asset]
        return _picture(data, to_photo, deadline) if asset.kind == "photo" else data

    def loaded(name: str, value: Any) -> Any:
        store = operations()[name].from_store
        if store is None:
            return value
        needed = set(store.assets(value).values())
        return store.load(value, {asset: ready(asset) for asset in needed})

    return {name: loaded(name, value) for name, value in edits.items()}


def _picture(data: bytes, to_photo: ToPhoto, deadline: Deadline) -> Pixels:
    """RGBA pixels of a photo that is to be put on another."""
    try:
        with photo_errors(deadline):
            photo = open_photo(data, max_pixels=MAX_PICTURE_PIXELS)
            pixels = decode(photo, 1, lambda image: to_photo(image, photo.profile), deadline)
    except (PhotoTooLarge, TruncatedPhoto, UnreadablePhoto, UnsupportedPhoto) as error:
        raise EditImpossible(
            f"The picture of the watermark cannot be used. {error.message}"
        ) from error
    if pixels.shape[2] == 4:
        return pixels
    opaque = np.full_like(pixels[..., :1], white(pixels))
    return np.concatenate([pixels, opaque], axis=-1)
