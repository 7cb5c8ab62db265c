"""What edits need beside the photo is got once, from its owner's things, and not all is kept."""

from __future__ import annotations

from collections import Counter
from typing import cast

import pytest
from tests.support.cubes import INVERSION, SWAP, sha256

from abzug.edits.operation import Asset
from abzug.errors import AssetMissing, ObjectNotFound
from abzug.stores.base import Store
from abzug.worker.asset_cache import AssetCache


class Shelf:
    """Stands for a store: remembers how often each object was asked for."""

    def __init__(self, **objects: bytes) -> None:
        self.objects = objects
        self.asked: Counter[str] = Counter()

    def get(self, key: str) -> bytes:
        self.asked[key] += 1
        try:
            return self.objects[key]
        except KeyError:
            raise ObjectNotFound("It is not there.") from None


def stored(*files: bytes) -> Shelf:
    return Shelf(**{f"luts/ann/{sha256(file)}": file for file in files})


def edits(file: bytes) -> dict[str, object]:
    return {"lut": {"id": sha256(file)}}


def test_it_is_got_once_for_many_photos() -> None:
    shelf = stored(SWAP)
    assets = AssetCache(cast("Store", shelf))

    for _ in range(3):
        assert assets.of("ann", edits(SWAP)) == {Asset("lut", sha256(SWAP)): SWAP}
    assert shelf.asked.total() == 1


def test_edits_that_need_nothing_ask_for_nothing() -> None:
    shelf = Shelf()

    assert AssetCache(cast("Store", shelf)).of("ann", {"exposure": 1.0}) == {}
    assert shelf.asked.total() == 0


def test_another_owner_finds_nothing() -> None:
    assets = AssetCache(cast("Store", stored(SWAP)))
    assets.of("ann", edits(SWAP))

    with pytest.raises(AssetMissing):
        assets.of("bob", edits(SWAP))


def test_what_was_not_used_for_longest_makes_room() -> None:
    shelf = stored(SWAP, INVERSION)
    assets = AssetCache(cast("Store", shelf), room=len(SWAP))

    for file in (SWAP, INVERSION, INVERSION, SWAP):
        assets.of("ann", edits(file))
    assert shelf.asked == {f"luts/ann/{sha256(SWAP)}": 2, f"luts/ann/{sha256(INVERSION)}": 1}


def test_a_lut_that_is_not_what_its_name_says_is_not_used() -> None:
    shelf = Shelf(**{f"luts/ann/{sha256(SWAP)}": INVERSION})

    with pytest.raises(AssetMissing, match="damaged"):
        AssetCache(cast("Store", shelf)).of("ann", edits(SWAP))
