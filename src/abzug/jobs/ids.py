"""Ids of photos, jobs and tasks: a prefix and 26 characters that sort by time of creation.

The 26 characters are a ULID in the "extended hex" alphabet of RFC 4648, which keeps the order
of the bytes: 48 bits of milliseconds, then 80 random bits.
"""

from __future__ import annotations

import base64
import os
import re
import time

PHOTO = "ph"
JOB = "jb"
TASK = "tk"

ID = re.compile(r"(?:ph|jb|tk)_[0-9a-v]{26}")
"""Matches every id, whole (use `fullmatch`)."""


def new_id(prefix: str, at: float | None = None) -> str:
    """A new id; `at` is its time in Unix seconds, now if it is not given."""
    milliseconds = int((time.time() if at is None else at) * 1000)
    raw = milliseconds.to_bytes(6, "big") + os.urandom(10)
    return f"{prefix}_{base64.b32hexencode(raw)[:26].decode().lower()}"
