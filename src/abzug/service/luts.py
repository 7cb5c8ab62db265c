"""LUTs that an owner keeps: `.cube` files by the digest of their bytes."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass

from abzug.edits.color.cube import Cube, head_of, read_cube
from abzug.errors import NotFound, ObjectNotFound
from abzug.jobs.records import Page
from abzug.keys import lut_key
from abzug.stores.base import Store

_HEAD = 64 * 1024
"""Bytes of a LUT's file that are read to list it."""


@dataclass(frozen=True, slots=True)
class StoredLut:
    """size: colors along an edge of the cube, or rows of a curve."""

    id: str
    title: str
    size: int


def store_lut(store: Store, owner: str, data: bytes) -> tuple[str, Cube]:
    """Keep a .cube file; gives its id, which is made of its bytes, and what is in it.

    Raises TooLarge, and InvalidRequest with the line that is wrong.
    """
    cube = read_cube(data)
    id_ = hashlib.sha256(data).hexdigest()
    store.put(lut_key(owner, id_), data, media_type="text/plain")
    return id_, cube


def list_luts(store: Store, owner: str, *, limit: int, cursor: str | None) -> Page[StoredLut]:
    """The stored LUTs in order of their ids, each told from the beginning of its file."""
    prefix = lut_key(owner, "")
    found = (info.key for info in store.list(prefix))
    after = (key for key in found if cursor is None or key > prefix + cursor)
    keys = list(itertools.islice(after, limit + 1))
    luts = [
        StoredLut(key.removeprefix(prefix), *head_of(store.get(key, length=_HEAD)))
        for key in keys[:limit]
    ]
    return Page(luts, luts[-1].id if len(keys) > limit else None)


def delete_lut(store: Store, owner: str, id_: str) -> None:
    """Remove a LUT; what is ordered with it and not edited yet will fail. Raises NotFound."""
    try:
        store.head(lut_key(owner, id_))
    except ObjectNotFound:
        raise NotFound("There is no such LUT.") from None
    store.delete(lut_key(owner, id_))
