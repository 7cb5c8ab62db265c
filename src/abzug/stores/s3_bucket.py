"""A bucket: its calls, with their errors in our words. A path here may be what no key is.

Small objects are one PUT, large ones go up in parts.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store as Client

from abzug.errors import ObjectExists, ObjectNotFound
from abzug.stores.base import CHUNK, ObjectInfo
from abzug.stores.s3_errors import store_errors
from abzug.stores.s3_url import S3Url

INCOMING = ".incoming"
"""Where no key leads: names begin with no dot."""
PART = 8 * 1024 * 1024
"""Bytes of a part of a large object; what has no more is one request."""
PARTS_AT_ONCE = 4
CONFLICTS = 6
"""Tries of a conditional put that S3 answers with "another is under way"."""


class Bucket:
    def __init__(self, where: S3Url, credentials: Callable[[], Any]) -> None:
        self._client = Client(
            where.bucket,
            prefix=where.prefix or None,
            endpoint=where.url_of_bucket if where.virtual else where.endpoint,
            region=where.region,
            virtual_hosted_style_request=where.virtual,
            credential_provider=credentials,
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

    # writing

    def open_parts(self, path: str, media_type: str) -> Parts:
        """An object that goes up in parts."""
        with store_errors():
            return Parts(
                obstore.open_writer(
                    self._client,
                    path,
                    attributes={"Content-Type": media_type},
                    buffer_size=PART,
                    max_concurrency=PARTS_AT_ONCE,
                )
            )

    def put(
        self, path: str, data: bytes | memoryview, *, media_type: str, create_only: bool
    ) -> ObjectInfo:
        """One request. With create_only a path that is taken raises ObjectExists."""
        digest = hashlib.sha256(data).hexdigest()
        attributes: Any = {"Content-Type": media_type}

        def send() -> None:
            obstore.put(
                self._client,
                path,
                data,
                attributes=attributes,
                mode="create" if create_only else "overwrite",
                use_multipart=False,
            )

        info = ObjectInfo(path, len(data), time.time(), digest)
        self._settle(path, send, info)
        return info

    def copy_new(self, source: str, path: str, info: ObjectInfo | None = None) -> None:
        """Copy inside S3. Raises ObjectExists if the path is taken; see _settle."""
        self._settle(path, lambda: obstore.copy(self._client, source, path, overwrite=False), info)

    def _settle(
        self, path: str, send: Callable[[], object], info: ObjectInfo | None = None
    ) -> None:
        """Do a conditional write. Raises ObjectExists if the path is taken.

        info: of what is written. A path that holds just that is not taken: our own write may have
        been done without an answer, and then is refused when it is sent again.
        """
        for tried in range(1, CONFLICTS + 1):
            refusal = _refusal_of(send)
            if refusal is None:
                return
            there = self._there(path)
            if there and info and self._is_same(there, info):
                return
            # also said of a path that somebody else is only about to write
            if there or tried == CONFLICTS:
                raise ObjectExists("That object exists already.") from refusal
            time.sleep(random.uniform(0, 0.05 * 2**tried))  # noqa: S311  no secret

    def _there(self, path: str) -> ObjectInfo | None:
        try:
            return self.head(path)
        except ObjectNotFound:
            return None

    def _is_same(self, there: ObjectInfo, info: ObjectInfo) -> bool:
        if there.size != info.size:
            return False
        digest = hashlib.sha256()
        for piece in self.stream(there.key):
            digest.update(piece)
        return digest.hexdigest() == info.sha256

    def remove(self, path: str) -> None:
        """One that is not there is no error."""
        with store_errors(), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._client, path)

    # reading

    def get(self, path: str, *, start: int = 0, length: int | None = None) -> bytes:
        with store_errors():
            found = self._found(path, start, length)
            # the copy costs 0.2 ms a MB, and gives what every decoder takes
            return b"" if found is None else bytes(found.bytes())

    def stream(self, path: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """In pieces of CHUNK bytes. Raises ObjectNotFound at the call, not in between."""
        with store_errors():
            found = self._found(path, start, length)
        return _pieces(found)

    def _found(self, path: str, start: int, length: int | None) -> Any:
        """What is answered, with its body still to be read; None where the range is empty."""
        if start == 0 and length is None:
            return obstore.get(self._client, path)
        if length == 0:
            self.head(path)
            return None
        wanted: Any = {"offset": start} if length is None else (start, start + length)
        try:
            return obstore.get(self._client, path, options={"range": wanted})
        except BaseError:
            # S3 refuses a range that begins behind the end
            if self.head(path).size > start:
                raise
            return None

    def head(self, path: str) -> ObjectInfo:
        with store_errors():
            return _info(obstore.head(self._client, path))

    def list(self, folder: str) -> Iterator[ObjectInfo]:
        """All that is in a folder ("" for the bucket) and below, in order of paths."""
        with store_errors():
            for page in obstore.list(self._client, prefix=folder or None):
                yield from map(_info, page)


class Parts:
    """An object on its way up."""

    def __init__(self, upload: Any) -> None:
        self._upload = upload

    def write(self, data: bytes | memoryview) -> None:
        with store_errors():
            self._upload.write(data)

    def commit(self) -> None:
        """Make the object of them."""
        with store_errors():
            self._upload.close()

    def abandon(self, error: BaseException) -> None:
        """Take them away again."""
        with store_errors():
            self._upload.__exit__(type(error), error, None)


def _refusal_of(send: Callable[[], object]) -> AlreadyExistsError | None:
    """What S3 said of a conditional write that it refused; None if it is done."""
    with store_errors():
        try:
            send()
        except AlreadyExistsError as error:
            return error
        return None


def _pieces(found: Any) -> Iterator[bytes]:
    """The body in pieces of CHUNK; S3 sends them as it likes."""
    if found is None:
        return
    with store_errors():
        for some in found.stream(min_chunk_size=CHUNK):
            view = memoryview(some)
            for start in range(0, len(view), CHUNK):
                yield bytes(view[start : start + CHUNK])


def _info(meta: Any) -> ObjectInfo:
    return ObjectInfo(meta["path"], meta["size"], meta["last_modified"].timestamp())
