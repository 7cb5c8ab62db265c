"""A photo that comes in past the web server, straight into a store with an endpoint of its own.

The client is given a signed URL, valid for exactly its bytes; when it has sent them it says so.
Only then the object becomes an original, where that URL leads no more; it is read once, as what
a photo's record says of its bytes is never taken on trust; and then it is acknowledged.
Nothing is kept in between, so any web server may do the second half.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace

from abzug.edits.formats.sniff import HEAD
from abzug.errors import AbzugError, Conflict, NotFound, ObjectNotFound, PhotoError, TooLarge
from abzug.jobs.ids import ID, PHOTO, new_id
from abzug.jobs.records import Photo
from abzug.keys import original_key
from abzug.service.parts import Parts
from abzug.service.upload import add_or_remove, check_size, examined, photo_of
from abzug.stores.base import DirectStore, SignedUpload, Store

LIFETIME = 3600.0
"""Seconds that a client has to send the bytes."""


@dataclass(frozen=True)
class DirectUpload:
    """id: of the photo that it will be. expires_at: Unix seconds."""

    id: str
    target: SignedUpload
    expires_at: float


def begin(parts: Parts, owner: str, size: int, sha256: str) -> DirectUpload:
    """Permit an upload of `size` bytes with this digest, hex. Raises TooLarge and Conflict."""
    check_size(size, parts.settings)
    photo_id = new_id(PHOTO)
    expires_at = time.time() + LIFETIME
    target = _direct(parts.store).signed_upload(
        original_key(owner, photo_id), size=size, sha256=sha256, expires_in=LIFETIME
    )
    return DirectUpload(photo_id, target, expires_at)


def complete(parts: Parts, owner: str, photo_id: str, filename: str) -> Photo:
    """Make what was uploaded a photo; again gives the same. It is durable on return.

    Raises NotFound if nothing was, and what Upload raises for what is no photo; then it is gone.
    """
    direct = _direct(parts.store)
    if not ID.fullmatch(photo_id) or not photo_id.startswith(PHOTO):
        raise _nothing()
    known = parts.jobs.photos_by_id(owner, [photo_id])
    if known:
        return known[photo_id]
    key = original_key(owner, photo_id)
    try:
        stored = direct.adopt_upload(key)
    except ObjectNotFound:
        raise _nothing() from None
    try:
        check_size(stored.size, parts.settings)
        sniffed = examined(parts.store.get(key, length=HEAD), parts.settings)
    except (TooLarge, PhotoError):
        parts.store.delete(key)
        raise
    digest = hashlib.sha256()
    for piece in parts.store.stream(key):
        digest.update(piece)
    stored = replace(stored, sha256=digest.hexdigest())
    photo = photo_of(stored, sniffed, id_=photo_id, owner=owner, filename=filename)
    add_or_remove(parts, photo)
    return photo


def _direct(store: Store) -> DirectStore:
    if not isinstance(store, DirectStore):
        msg = "This server's photo store takes no uploads of its own."
        raise Conflict(msg, advice="Upload the photo with POST /v1/photos.")
    return store


def _nothing() -> AbzugError:
    return NotFound("Nothing was uploaded there, or not to the end.")
