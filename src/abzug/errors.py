"""Every error Abzug raises on purpose.

AbzugError
├── RequestError              what was asked for cannot be done; the caller can mend it
│   ├── InvalidRequest        422  names the fields, each with a JSON pointer
│   ├── InvalidIdempotencyKey 422  the key was used for another body
│   ├── NotFound              404
│   ├── Conflict              409
│   ├── TooLarge              413
│   ├── TooMany               429
│   └── UnsupportedMedia      415
├── PhotoError                this photo can never be edited so; never retried
│   ├── UnreadablePhoto            damaged, or not what it says it is
│   ├── TruncatedPhoto             the file ends too early
│   ├── UnsupportedPhoto           a format, or a part of one, that is not supported
│   ├── PhotoTooLarge              more pixels than the limit
│   ├── EditImpossible             the edits do not fit this photo
│   ├── AssetMissing               a picture or a LUT that the edits need is gone
│   ├── EditTimeout                took longer than the time limit
│   └── EditOutOfMemory            needed more memory than the limit
├── BackendError              queue, store, database or fleet failed; trying again may help
│   ├── QueueError
│   ├── StoreError
│   │   ├── ObjectNotFound         permanent
│   │   ├── ObjectDamaged          permanent: not the bytes that were stored
│   │   ├── ObjectExists           permanent: a conditional put found the key taken
│   │   └── StoreFull
│   ├── DatabaseError
│   │   └── DatabaseDamaged        permanent
│   └── FleetError
├── WorkerCrash               an editing process died; permanent once the queue gives up
└── ConfigError               the settings cannot work; says which and why

A message is public: people read it on the page, so it names no path, host or secret, and says
what happened in a photographer's words. `advice` says what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar


class AbzugError(Exception):
    """Root of the tree.

    code: stable, in snake_case, for programs. status: the HTTP status that it maps to.
    permanent: trying the same again cannot help. advice: what the person can do, or ""; a kind of
    error has its own, which a single one may replace.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    permanent: ClassVar[bool] = False
    advice: str = ""

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if advice is not None:
            self.advice = advice


class RequestError(AbzugError):
    code = "bad_request"
    status = 400
    permanent = True


@dataclass(frozen=True)
class FieldError:
    """One field that is wrong: `pointer` is a JSON pointer into the request's body."""

    pointer: str
    detail: str


def json_pointer(path: Iterable[object]) -> str:
    """The way to a field as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


MAX_FIELD_ERRORS = 100
"""Most fields that one error tells of; nobody reads more, and a hostile body has many."""


class InvalidRequest(RequestError):
    """errors: the first MAX_FIELD_ERRORS fields that are wrong. more_errors: how many others are,
    `count` being that of all where not all of them were made out."""

    code = "invalid_request"
    status = 422

    def __init__(
        self, message: str, errors: Sequence[FieldError] = (), *, count: int | None = None
    ) -> None:
        super().__init__(message)
        self.errors = tuple(errors[:MAX_FIELD_ERRORS])
        self.more_errors = (len(errors) if count is None else count) - len(self.errors)


class InvalidIdempotencyKey(RequestError):
    code = "idempotency_key_reused"
    status = 422


class NotFound(RequestError):
    code = "not_found"
    status = 404


class Conflict(RequestError):
    code = "conflict"
    status = 409


class TooLarge(RequestError):
    code = "too_large"
    status = 413


class TooMany(RequestError):
    code = "too_many"
    status = 429
    permanent = False
    advice = "Try again in a few seconds."


class UnsupportedMedia(RequestError):
    code = "unsupported_media"
    status = 415


class PhotoError(AbzugError):
    code = "photo_error"
    status = 422
    permanent = True


class UnreadablePhoto(PhotoError):
    code = "unreadable"
    advice = "Copy it from the card again, or export it anew."


class TruncatedPhoto(PhotoError):
    code = "truncated"
    advice = "Copy it from the card again."


class UnsupportedPhoto(PhotoError):
    code = "unsupported_format"
    status = 415
    advice = "Save it as JPEG, PNG, TIFF, WebP, AVIF or HEIC first."


class PhotoTooLarge(PhotoError):
    code = "too_many_pixels"
    status = 413
    advice = "Make it smaller first."


class EditImpossible(PhotoError):
    code = "edit_impossible"


class AssetMissing(PhotoError):
    code = "asset_missing"
    advice = "Choose another one, or leave the edit out."


class EditTimeout(PhotoError):
    code = "time_limit"
    advice = "Make it smaller, or ask for fewer edits."


class EditOutOfMemory(PhotoError):
    code = "memory_limit"
    advice = "Make it smaller, or ask for fewer edits."


class BackendError(AbzugError):
    code = "unavailable"
    status = 503
    advice = "Retrying is safe."


class QueueError(BackendError):
    code = "queue_unavailable"


class StoreError(BackendError):
    code = "store_unavailable"


class ObjectNotFound(StoreError):
    code = "object_not_found"
    status = 404
    permanent = True
    advice = ""


class ObjectDamaged(StoreError):
    code = "object_damaged"
    status = 500
    permanent = True
    advice = "A result can be made again: retry its job. An original has to be uploaded again."


class ObjectExists(StoreError):
    code = "object_exists"
    status = 409
    permanent = True
    advice = ""


class StoreFull(StoreError):
    code = "store_full"
    status = 507
    advice = "Free some space, then try again."


class DatabaseError(BackendError):
    code = "database_unavailable"


class DatabaseDamaged(DatabaseError):
    code = "database_damaged"
    permanent = True
    advice = "Stop Abzug and restore the jobs database from a backup."


class FleetError(BackendError):
    code = "fleet_unavailable"


class WorkerCrash(AbzugError):
    code = "worker_crashed"
    advice = "Retrying is safe; if it fails again, this photo is the cause."


CANNOT_WORK = 78
"""Exit code of a process that will never do its work, however often it is started (EX_CONFIG)."""


class ConfigError(AbzugError):
    code = "bad_configuration"
    permanent = True
