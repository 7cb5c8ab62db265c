"""What edits need beside the photo, from the store: a batch of a thousand gets its logo once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from abzug.edits.operation import Asset, Stored
from abzug.edits.recipe import assets_of
from abzug.errors import AssetMissing, ObjectNotFound
from abzug.keys import asset_key
from abzug.stores.base import Store

ROOM = 64 * 2**20
"""Bytes that are kept; what is larger than that is kept alone, until another comes."""


class AssetCache:
    """Gets them, and keeps those used last. For one thread."""

    def __init__(self, store: Store, room: int = ROOM) -> None:
        self._store = store
        self._room = room
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def of(self, owner: str, edits: Mapping[str, Any]) -> Stored:
        """All that canonical edits need, from what `owner` has stored. Raises AssetMissing."""
        return {asset: self._get(owner, asset) for asset in set(assets_of(edits).values())}

    def _get(self, owner: str, asset: Asset) -> bytes:
        key = asset_key(owner, asset)
        if key not in self._kept:
            self._kept[key] = self._read(key, asset)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > self._room:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _read(self, key: str, asset: Asset) -> bytes:
        what = "LUT" if asset.kind == "lut" else "picture of the watermark"
        try:
            data = self._store.get(key)
        except ObjectNotFound:
            raise AssetMissing(f"The {what} is no longer stored.") from None
        if asset.kind == "lut" and hashlib.sha256(data).hexdigest() != asset.id:
            raise AssetMissing(f"The {what} is damaged where it is stored.")
        return data
