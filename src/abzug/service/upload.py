"""A photo coming in: bytes to the store, checked on the way, acknowledged when all is durable."""

from __future__ import annotations

import re
import time
import unicodedata
from contextlib import ExitStack, suppress
from typing import Self

import structlog

from abzug.edits.formats.sniff import HEAD, Sniffed, sniff
from abzug.errors import DatabaseError, PhotoTooLarge, StoreError, TooLarge, UnreadablePhoto
from abzug.jobs.ids import PHOTO, new_id
from abzug.jobs.records import Photo
from abzug.keys import original_key
from abzug.service.names import is_writable
from abzug.service.parts import Parts
from abzug.settings import Settings
from abzug.stores.base import ObjectInfo, Writer

log = structlog.get_logger()


class Upload:
    """Write pieces, then `finish`. Closed before that, it leaves nothing behind."""

    def __init__(self, parts: Parts, owner: str, filename: str) -> None:
        self._parts = parts
        self._owner = owner
        self._filename = filename
        self._id = new_id(PHOTO)
        self._head = bytearray()
        self._size = 0
        self._sniffed: Sniffed | None = None
        self._writer: Writer | None = None
        self._open = ExitStack()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises TooLarge, UnsupportedPhoto and PhotoTooLarge as soon as it can be told, and
        StoreFull.
        """
        self._size += len(chunk)
        check_size(self._size, self._parts.settings)
        if self._writer is not None:
            self._writer.write(chunk)
            return
        self._head += chunk
        if len(self._head) >= HEAD:  # nothing is stored before
            self._begin()

    def finish(self) -> Photo:
        """Make it a photo: its bytes and its row are durable on return."""
        if not self._size:
            raise UnreadablePhoto("The file is empty.")
        writer = self._writer or self._begin()
        try:
            stored = writer.commit()
        except StoreError:
            # it may be there all the same, without an answer
            _remove(self._parts, original_key(self._owner, self._id))
            raise
        if self._sniffed is None:
            raise AssertionError("what is written was looked at before")
        photo = photo_of(
            stored, self._sniffed, id_=self._id, owner=self._owner, filename=self._filename
        )
        add_or_remove(self._parts, photo)
        return photo

    def _begin(self) -> Writer:
        head = bytes(self._head)
        self._sniffed = sniffed = examined(head, self._parts.settings)
        key = original_key(self._owner, self._id)
        writer = self._open.enter_context(
            self._parts.store.writer(key, media_type=sniffed.media_type, create_only=True)
        )
        writer.write(head)
        self._head.clear()
        self._writer = writer
        return writer

    def close(self) -> None:
        """Without `finish` before it nothing is left behind."""
        self._head.clear()
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check_size(size: int, settings: Settings) -> None:
    """Raises TooLarge."""
    if size > settings.max_upload_bytes:
        limit = settings.max_upload_bytes // 2**20
        raise TooLarge(f"The file is larger than the limit of {limit} MiB.")


def examined(head: bytes, settings: Settings) -> Sniffed:
    """What the first bytes say. Raises UnsupportedPhoto, UnreadablePhoto and PhotoTooLarge."""
    sniffed = sniff(head[:HEAD])
    pixels = (sniffed.width or 0) * (sniffed.height or 0) * (sniffed.frames or 1)
    if pixels > settings.max_pixels:
        raise PhotoTooLarge(
            f"{pixels / 1e6:.0f} megapixels, at most {settings.max_pixels / 1e6:.0f}."
        )
    return sniffed


def photo_of(stored: ObjectInfo, sniffed: Sniffed, *, id_: str, owner: str, filename: str) -> Photo:
    """The record of an original that is stored, with its digest."""
    if stored.sha256 is None:
        raise AssertionError("a photo is known by its digest")
    return Photo(
        id=id_,
        owner=owner,
        filename=clean_filename(filename),
        media_type=sniffed.media_type,
        bytes=stored.size,
        width=sniffed.width,
        height=sniffed.height,
        frames=sniffed.frames_in_all(stored.size),
        sha256=stored.sha256,
        key=stored.key,
        created_at=time.time(),
    )


def add_or_remove(parts: Parts, photo: Photo) -> None:
    """Write a stored original down. Raises DatabaseError; then none is left that no row names."""
    try:
        parts.jobs.add_photo(photo)
    except DatabaseError:
        if not _is_known(parts, photo):
            _remove(parts, photo.key)
            raise


def _is_known(parts: Parts, photo: Photo) -> bool:
    """A commit may be done although its answer was lost."""
    with suppress(DatabaseError):
        return photo.id in parts.jobs.photos_by_id(photo.owner, [photo.id])
    return False


def _remove(parts: Parts, key: str) -> None:
    try:
        parts.store.delete(key)
    except StoreError as error:
        log.warning("an original is left that no row names", key=key, error=error.message)


def clean_filename(name: str) -> str:
    """The last part of a path as a name that is safe to show and to save under, ≤ 200 letters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if is_writable(c)).strip().strip(".")
    if len(shown) > 200:
        stem, dot, suffix = shown.rpartition(".")
        shown = (
            shown[:200] if not dot or len(suffix) > 10 else stem[: 199 - len(suffix)] + dot + suffix
        )
    return shown or "photo"
