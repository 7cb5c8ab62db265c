"""The photo store: immutable objects under keys, as in S3.

A key is `/`-separated names of `[A-Za-z0-9._-]`, no name begins with a dot or is longer than
255, at most 512 characters in all; anything else is refused with InvalidRequest, so no key can
leave its root. An object appears whole or not at all, and on return from `put` or
`Writer.commit` it is durable. No key goes on below another (`a/b` beside `a`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from abzug.errors import InvalidRequest

CHUNK = 128 * 1024
"""Bytes of a piece when an object is streamed."""
MAX_KEY = 512
"""Most characters of a key."""
_NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}"
_KEY = re.compile(f"{_NAME}(?:/{_NAME})*")


def is_key(text: str) -> bool:
    return len(text) <= MAX_KEY and _KEY.fullmatch(text) is not None


def check_key(key: str) -> None:
    """Raises InvalidRequest for what is no key. Every method of a store begins with it."""
    if not is_key(key):
        msg = "That is not a valid object key."
        raise InvalidRequest(msg)


def check_range(start: int, length: int | None) -> None:
    """Raises ValueError for a range that begins before the object or has a negative length."""
    if start < 0 or (length is not None and length < 0):
        msg = f"no range: start {start}, length {length}"
        raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """size: bytes. modified: Unix seconds. sha256: hex, where the store knows it without a read."""

    key: str
    size: int
    modified: float
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """Where one object can be PUT by anyone who has this, with these headers and no others."""

    url: str
    headers: dict[str, str]


class Writer(Protocol):
    """An object being written. Leaving the `with` block without `commit` leaves nothing behind."""

    def write(self, data: bytes | memoryview) -> None: ...

    def commit(self) -> ObjectInfo:
        """Make the object appear, durable, with its sha256. Raises ObjectExists, StoreFull."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Store(Protocol):
    """Methods block, may be called from several threads, and raise StoreError."""

    def writer(self, key: str, *, media_type: str, create_only: bool = False) -> Writer:
        """Stream an object in. With create_only an existing key raises ObjectExists."""
        ...

    def put(
        self, key: str, data: bytes | memoryview, *, media_type: str, create_only: bool = False
    ) -> ObjectInfo:
        """Store one object from memory."""
        ...

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """The object's bytes, or a range of them, as far as there are any.

        Raises ObjectNotFound; ValueError for a negative range.
        """
        ...

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The same in pieces of CHUNK bytes. Raises ObjectNotFound at the call, not in between."""
        ...

    def head(self, key: str) -> ObjectInfo:
        """Raises ObjectNotFound."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Every object whose key begins with `prefix`, in order of keys."""
        ...

    def signed_url(
        self,
        key: str,
        *,
        expires_in: float,
        filename: str | None = None,
        sha256: str | None = None,
    ) -> str:
        """A URL that gives the object to anyone for `expires_in` seconds, named `filename`.

        sha256: of the object, in hex; a store without an endpoint of its own gives nothing else.

        Absolute for a store with an endpoint of its own, else a path on the web server.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class DirectStore(Protocol):
    """A store with an endpoint of its own, which clients can use without a web server between."""

    @property
    def origin(self) -> str:
        """What its signed URLs begin with: scheme, host and port."""
        ...

    def signed_url(
        self,
        key: str,
        *,
        expires_in: float,
        filename: str | None = None,
        sha256: str | None = None,
    ) -> str:
        """As in Store."""
        ...

    def signed_upload(self, key: str, *, size: int, sha256: str, expires_in: float) -> SignedUpload:
        """Permit one upload of exactly these bytes; `adopt_upload` makes it the object `key`."""
        ...

    def adopt_upload(self, key: str) -> ObjectInfo:
        """Make the object of what was uploaded; again is no error.

        Nobody who still holds the signed URL can change it from then on. Raises ObjectNotFound.
        """
        ...
