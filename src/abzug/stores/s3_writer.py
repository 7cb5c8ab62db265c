"""An object on its way into S3, of which no more than a few parts are in memory."""

from __future__ import annotations

import hashlib
import time
from typing import Self
from uuid import uuid4

from abzug.errors import StoreError
from abzug.stores.base import ObjectInfo
from abzug.stores.s3_bucket import INCOMING, PART, Bucket, Parts


class S3Writer:
    """See stores.base.Writer. After an error it is closed, so half an object never appears."""

    def __init__(self, bucket: Bucket, key: str, media_type: str, *, create_only: bool) -> None:
        self._bucket = bucket
        self._key = key
        self._media_type = media_type
        self._create_only = create_only
        self._path = f"{INCOMING}/{uuid4().hex}" if create_only else key
        self._digest = hashlib.sha256()
        self._size = 0
        self._small = bytearray()
        self._parts: Parts | None = None
        self._open = True

    def write(self, data: bytes | memoryview) -> None:
        self._check_open()
        self._digest.update(data)
        self._size += memoryview(data).nbytes
        if self._parts is None:
            self._small += data
            if len(self._small) <= PART:
                return
            self._parts = self._bucket.open_parts(self._path, self._media_type)
            data, self._small = bytes(self._small), bytearray()
        try:
            self._parts.write(data)
        except BaseException as error:
            self._abandon(error)
            raise

    def commit(self) -> ObjectInfo:
        self._check_open()
        if self._parts is None:
            self._open = False
            return self._bucket.put(
                self._key,
                bytes(self._small),
                media_type=self._media_type,
                create_only=self._create_only,
            )
        self._parts.commit()
        self._open = False
        info = ObjectInfo(self._key, self._size, time.time(), self._digest.hexdigest())
        if self._create_only:
            try:
                self._bucket.copy_new(self._path, self._key, info)
            finally:
                self._bucket.remove(self._path)
        return info

    def _check_open(self) -> None:
        if not self._open:
            raise StoreError("The object was not stored.")

    def _abandon(self, error: BaseException) -> None:
        self._open = False
        if self._parts is not None:
            self._parts.abandon(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        if self._open:
            self._abandon(error or StoreError("The object was not stored."))
