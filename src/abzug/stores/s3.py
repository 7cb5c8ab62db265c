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
import hashlib
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store as Bucket

from abzug.errors import ObjectExists, ObjectNotFound
from abzug.stores.base import CHUNK, ObjectInfo, SignedUpload, check_key, check_range, is_key
from abzug.stores.disposition import attachment
from abzug.stores.s3_errors import translated
from abzug.stores.s3_url import S3Url, find_credentials
from abzug.stores.s3_writer import S3Writer
from abzug.stores.sigv4 import Credentials, presign

if TYPE_CHECKING:
    from abzug.settings import Settings

INCOMING = ".incoming"
"""Where no key leads: names begin with no dot."""
PART = 8 * 1024 * 1024
"""Bytes of a part of a large object."""
PARTS_AT_ONCE = 4
CONFLICTS = 6
"""Tries of a conditional put that S3 answers with "another is under way"."""


def connect(url: str, settings: Settings) -> S3Store:  # noqa: ARG001
    """Raises ConfigError."""
    return S3Store(S3Url.parse(url))


class S3Store:
    """See stores.base.Store, and DirectStore: it has an endpoint of its own."""

    def __init__(self, where: S3Url) -> None:
        """Asks for credentials, and for nothing else. Raises ConfigError."""
        self._where = where
        self._credentials = find_credentials()
        self._bucket = Bucket(
            where.bucket,
            prefix=where.prefix or None,
            endpoint=where.url_of_bucket if where.virtual else where.endpoint,
            region=where.region,
            virtual_hosted_style_request=where.virtual,
            credential_provider=self._credentials,
            # one DELETE each: not every S3 knows the bulk form, and it needs no Content-MD5
            disable_bulk_delete=True,
            copy_if_not_exists="multipart",
            client_options={
                "allow_http": True,  # said by the endpoint's own scheme
                "connect_timeout": timedelta(seconds=5),
                "read_timeout": timedelta(seconds=30),
                # of the whole answer: somebody may stream a big one over a slow line
                "timeout": timedelta(hours=1),
            },
            # 5xx, 429 and broken connections, each pause random below a growing bound
            retry_config={
                "max_retries": 8,
                "retry_timeout": timedelta(seconds=60),
                "backoff": {
                    "init_backoff": timedelta(seconds=0.05),
                    "max_backoff": timedelta(seconds=5),
                    "base": 2,
                },
            },
        )

    @property
    def origin(self) -> str:
        scheme, netloc, *_ = urlsplit(self._where.url_of_bucket)
        return f"{scheme}://{netloc}"

    def writer(self, key: str, *, media_type: str, create_only: bool = False) -> S3Writer:
        check_key(key)
        return S3Writer(self, key, media_type, create_only=create_only)

    def open_parts(self, path: str, media_type: str) -> Any:
        """An object that goes up in parts; leaving it with an error takes them away again."""
        with translated():
            return obstore.open_writer(
                self._bucket,
                path,
                attributes={"Content-Type": media_type},
                buffer_size=PART,
                max_concurrency=PARTS_AT_ONCE,
            )

    def put(
        self, key: str, data: bytes | memoryview, *, media_type: str, create_only: bool = False
    ) -> ObjectInfo:
        check_key(key)
        digest = hashlib.sha256(data).hexdigest()
        attributes: Any = {"Content-Type": media_type}

        def send() -> None:
            obstore.put(
                self._bucket,
                key,
                data,
                attributes=attributes,
                mode="create" if create_only else "overwrite",
                use_multipart=False,
            )

        info = ObjectInfo(key, len(data), time.time(), digest)
        self._settle(key, send, info)
        return info

    def _settle(self, key: str, send: Callable[[], object], info: ObjectInfo | None = None) -> None:
        """Do a conditional write. Raises ObjectExists if the key is taken.

        info: of what is written. A key that holds just that is not taken: our own write may have
        been done without an answer, and then is refused when it is sent again.
        """
        for tried in range(1, CONFLICTS + 1):
            with translated():
                try:
                    send()
                except AlreadyExistsError as error:
                    there = self._there(key)
                    if there and info and self._is_same(there, info):
                        return
                    # also said of a key that somebody else is only about to write
                    if there or tried == CONFLICTS:
                        msg = "That object exists already."
                        raise ObjectExists(msg) from error
                else:
                    return
            time.sleep(random.uniform(0, 0.05 * 2**tried))  # noqa: S311  no secret

    def _there(self, key: str) -> ObjectInfo | None:
        try:
            return self.head(key)
        except ObjectNotFound:
            return None

    def _is_same(self, there: ObjectInfo, info: ObjectInfo) -> bool:
        if there.size != info.size:
            return False
        digest = hashlib.sha256()
        for piece in self.stream(there.key):
            digest.update(piece)
        return digest.hexdigest() == info.sha256

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        check_key(key)
        check_range(start, length)
        with translated():
            found = self._found(key, start, length)
            # the copy costs 0.2 ms a MB, and gives what every decoder takes
            return b"" if found is None else bytes(found.bytes())

    def stream(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        check_key(key)
        check_range(start, length)
        with translated():
            found = self._found(key, start, length)
        return _pieces(found)

    def _found(self, key: str, start: int, length: int | None) -> Any:
        """What is answered, with its body still to be read; None where the range is empty."""
        if start == 0 and length is None:
            return obstore.get(self._bucket, key)
        if length == 0:
            self.head(key)
            return None
        wanted: Any = {"offset": start} if length is None else (start, start + length)
        try:
            return obstore.get(self._bucket, key, options={"range": wanted})
        except BaseError:
            # S3 refuses a range that begins behind the end
            if self.head(key).size > start:
                raise
            return None

    def head(self, key: str) -> ObjectInfo:
        check_key(key)
        with translated():
            return _info(obstore.head(self._bucket, key))

    def delete(self, key: str) -> None:
        check_key(key)
        self.remove(key)

    def remove(self, path: str) -> None:
        """Like delete, of any path."""
        with translated(), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._bucket, path)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        folder, slash, _ = prefix.rpartition("/")
        if slash:
            check_key(folder)
        return self._listed(folder, prefix)

    def _listed(self, folder: str, prefix: str) -> Iterator[ObjectInfo]:
        with translated():
            for page in obstore.list(self._bucket, prefix=folder or None):
                for meta in page:
                    info = _info(meta)
                    if info.key.startswith(prefix) and is_key(info.key):
                        yield info
                    elif info.key > prefix and not info.key.startswith(prefix):
                        return  # they come in order

    def signed_url(self, key: str, *, expires_in: float, filename: str | None = None) -> str:
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
            self.copy_new(incoming, key)
        self.remove(incoming)
        return self.head(key)

    def copy_new(self, path: str, key: str, info: ObjectInfo | None = None) -> None:
        """Copy inside S3. Raises ObjectExists if the key is taken; see _settle."""
        self._settle(key, lambda: obstore.copy(self._bucket, path, key, overwrite=False), info)

    def _presigned(self, method: str, path: str, expires_in: float, **more: Any) -> str:
        found = self._credentials()
        return presign(
            method,
            f"{self._where.url_of_bucket}/{quote(self._where.prefix + path)}",
            region=self._where.region,
            credentials=Credentials(
                found["access_key_id"], found["secret_access_key"], found.get("token")
            ),
            expires_in=expires_in,
            **more,
        )

    def close(self) -> None:
        """Connections end with the object."""


def _pieces(found: Any) -> Iterator[bytes]:
    """The body in pieces of CHUNK; S3 sends them as it likes."""
    if found is None:
        return
    with translated():
        for some in found.stream(min_chunk_size=CHUNK):
            view = memoryview(some)
            for start in range(0, len(view), CHUNK):
                yield bytes(view[start : start + CHUNK])


def _info(meta: Any) -> ObjectInfo:
    return ObjectInfo(meta["path"], meta["size"], meta["last_modified"].timestamp())
