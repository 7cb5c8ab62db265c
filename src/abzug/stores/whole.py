"""Whether what a store gives is what was stored: by size and digest, while it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable

from abzug.errors import ObjectDamaged, ObjectNotFound
from abzug.stores.base import Store


def whole(pieces: Iterable[bytes], size: int, sha256: str | None) -> Generator[bytes]:
    """The pieces; the last one only when all are right, so that nothing wrong ends well.

    sha256: in hex; None where it is not known. Raises ObjectDamaged.
    """
    digest, told, held = hashlib.sha256(), 0, b""
    for piece in pieces:
        digest.update(piece)
        told += len(piece)
        if held:
            yield held
        held = piece
    if told != size or (sha256 is not None and digest.hexdigest() != sha256):
        raise ObjectDamaged("The stored file is damaged, so it is not given out.")
    yield held


def is_whole(store: Store, key: str, size: int, sha256: str | None) -> bool:
    """Whether the object is there and right; reads all of it. Raises StoreError."""
    try:
        for _ in whole(store.stream(key), size, sha256):
            pass
    except (ObjectNotFound, ObjectDamaged):
        return False
    return True
