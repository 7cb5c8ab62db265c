"""The photo store: immutable objects under keys, as in S3.

A key is `/`-separated names of `[A-Za-z0-9._-]`, no name begins with a dot, at most 512
characters; anything else is refused, so no key can leave its root. An object appears whole or
not at all, and on return from `put` or `Writer.commit` it is durable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

CHUNK = 1024 * 1024
"""Bytes of a piece when an object is streamed."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """size: bytes. modified: Unix seconds. sha256: hex, where the store knows it without a read."""

    key: str
    size: int
    modified: float
    sha256: str | None = None


class Writer(Protocol):
    """An object being written. Leaving the `with` block without `commit` leaves nothing behind."""

    def write(self, data: bytes | memoryview) -> None: ...

    def commit(self) -> ObjectInfo:
        """Make the object appear, durable, with its sha256. Raises ObjectExists, StoreFull."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


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
        """The object's bytes, or a range of them. Raises ObjectNotFound."""
        ...

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The same in pieces of CHUNK bytes. Raises ObjectNotFound before the first piece."""
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

    def signed_url(self, key: str, *, expires_in: float, filename: str | None = None) -> str:
        """A URL that gives the object to anyone for `expires_in` seconds, named `filename`.

        Absolute for a store with an endpoint of its own, else a path on the web server.
        """
        ...

    def close(self) -> None: ...
