"""Opaque cursors of lists: the sort value of a page's last item, as base64url."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from abzug.errors import InvalidRequest
from abzug.jobs.ids import ID
from abzug.jobs.records import Page
from abzug.jobs.rows import AnyRow

T = TypeVar("T")

FIRST = "zz"
"""Sorts after every id in every collation, so the newest come first."""


def id_after(cursor: str | None) -> str:
    """The id below which the page begins. Raises InvalidRequest."""
    if cursor is None:
        return FIRST
    value = _decoded(cursor)
    if not ID.fullmatch(value):
        raise _invalid()
    return value


def position_after(cursor: str | None) -> int:
    """The position after which the page begins. Raises InvalidRequest."""
    if cursor is None:
        return -1
    value = _decoded(cursor)
    if not value.isascii() or not value.isdecimal() or len(value) > 9:
        raise _invalid()
    return int(value)


def page_of(
    rows: Sequence[AnyRow], limit: int, column: str, record: Callable[[AnyRow], T]
) -> Page[T]:
    """The page of `limit` records out of up to `limit` + 1 rows, sorted by `column`."""
    kept = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=[record(row) for row in kept],
        next_cursor=_encoded(str(getattr(kept[-1], column))) if more else None,
    )


def _encoded(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> str:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return raw.decode()
    except (binascii.Error, ValueError):  # which UnicodeError is one of
        raise _invalid() from None


def _invalid() -> InvalidRequest:
    return InvalidRequest("This cursor is not one that a list has given.")
