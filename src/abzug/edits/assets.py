"""What edits need beside the photo, made ready for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abzug.edits.base import Asset, operations

MAX_PICTURE_PIXELS, MAX_PICTURE_BYTES = 16_000_000, 32 * 2**20
"""Of a photo that is to be put on others."""
Stored = Mapping[Asset, bytes]
"""The bytes of each, as they lie in the store."""


def load_assets(edits: Mapping[str, Any], stored: Stored) -> dict[str, Any]:
    """Typed edits, those that need more than the photo with it in their values."""
    return {name: _loaded(name, value, stored) for name, value in edits.items()}


def _loaded(name: str, value: Any, stored: Stored) -> Any:
    operation = operations()[name]
    if operation.assets is None or operation.load is None:
        return value
    needed = set(operation.assets(value).values())
    return operation.load(value, {asset: stored[asset] for asset in needed})
