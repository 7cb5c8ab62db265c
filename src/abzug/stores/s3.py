"""The photo store in a bucket of S3, or of anything that speaks like it.

`s3://BUCKET/PREFIX?region=REGION&endpoint=URL&style=path|virtual`, all but the bucket optional.
The credentials are found as every AWS tool finds them (environment, profile, instance role).

Small objects are one PUT. Large ones go up in parts while they come in; a conditional one first
to a place of its own below `.incoming/` and from there, inside S3, to its key, as no other way
both streams and refuses a key that is taken. What a dead process leaves there, or as an
unfinished upload, a lifecycle rule of the bucket removes.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from abzug.errors import ObjectExists, ObjectNotFound
from abzug.stores.base import ObjectInfo, SignedUpload, check_key, check_range, is_key
from abzug.stores.disposition import attachment
from abzug.stores.s3_bucket import INCOMING, Bucket
from abzug.stores.s3_url import S3Url, find_credentials
from abzug.stores.s3_writer import S3Writer
from abzug.stores.sigv4 import Credentials, presign

if TYPE_CHECKING:
    from abzug.settings import Settings


def connect(url: str, settings: Settings) -> S3Store:  # noqa: ARG001
    """Raises ConfigError."""
    return S3Store(S3Url.parse(url))


class S3Store:
    """See stores.base.Store, and DirectStore: it has an endpoint of its own."""

    def __init__(self, where: S3Url) -> None:
        """Asks for credentials, and for nothing else. Raises ConfigError."""
        self._where = where
        self._credentials = find_credentials()
        self._bucket = Bucket(where, self._credentials)

    @property
    def origin(self) -> str:
        scheme, netloc, *_ = urlsplit(self._where.url_of_bucket)
        return f"{scheme}://{netloc}"

    def writer(self, key: str, *, media_type: str, create_only: bool = False) -> S3Writer:
        check_key(key)
        return S3Writer(self._bucket, key, media_type, create_only=create_only)

    def put(
        self, key: str, data: bytes | memoryview, *, media_type: str, create_only: bool = False
    ) -> ObjectInfo:
        check_key(key)
        return self._bucket.put(key, data, media_type=media_type, create_only=create_only)

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        check_key(key)
        check_range(start, length)
        return self._bucket.get(key, start=start, length=length)

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        check_key(key)
        check_range(start, length)
        return self._bucket.stream(key, start=start, length=length)

    def head(self, key: str) -> ObjectInfo:
        check_key(key)
        return self._bucket.head(key)

    def delete(self, key: str) -> None:
        check_key(key)
        self._bucket.remove(key)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        folder, slash, _ = prefix.rpartition("/")
        if slash:
            check_key(folder)
        return self._listed(folder, prefix)

    def _listed(self, folder: str, prefix: str) -> Iterator[ObjectInfo]:
        for info in self._bucket.list(folder):
            if info.key.startswith(prefix):
                if is_key(info.key):
                    yield info
            elif info.key > prefix:
                return  # they come in order

    def signed_url(
        self,
        key: str,
        *,
        expires_in: float,
        filename: str | None = None,
        sha256: str | None = None,  # noqa: ARG002  it guards its bytes itself
    ) -> str:
        check_key(key)
        query = {"response-content-disposition": attachment(filename)} if filename else {}
        return self._presigned("GET", key, expires_in, query=query)

    def signed_upload(self, key: str, *, size: int, sha256: str, expires_in: float) -> SignedUpload:
        check_key(key)
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        headers = {"content-length": str(size), "x-amz-checksum-sha256": checksum}
        url = self._presigned("PUT", f"{INCOMING}/{key}", expires_in, headers=headers)
        return SignedUpload(url, headers)

    def adopt_upload(self, key: str) -> ObjectInfo:
        check_key(key)
        incoming = f"{INCOMING}/{key}"
        # an earlier call may have got as far as this, and died
        with contextlib.suppress(ObjectNotFound, ObjectExists):
            self._bucket.copy_new(incoming, key)
        self._bucket.remove(incoming)
        return self.head(key)

    def _presigned(self, method: str, path: str, expires_in: float, **more: Any) -> str:
        found = self._credentials()
        return presign(
            method,
            f"{self._where.url_of_bucket}/{quote(self._where.prefix + path)}",
            Credentials(
                self._where.region,
                found["access_key_id"],
                found["secret_access_key"],
                found.get("token"),
            ),
            expires_in=expires_in,
            **more,
        )

    def close(self) -> None:
        """Connections end with the object."""
