"""Signed paths: whoever has one may read that one object until it expires, without a key.

HMAC-SHA256 over key, expiry and file name, with a secret that all web servers of one home share.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from abzug.errors import ConfigError

SECRET_BYTES = 32
_SHA256 = re.compile("[0-9a-f]{64}")
OBJECTS = "/v1/objects/"
"""The web server's route of signed paths."""


def load_secret(home: Path) -> bytes:
    """The secret of `home/secret`, made at the first call; processes that race get the same one.

    Raises ConfigError for a file that is not a whole secret: with a short one anybody could sign.
    """
    path = home / "secret"
    with contextlib.suppress(FileNotFoundError):
        return _checked(path.read_bytes())
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd, fresh = tempfile.mkstemp(prefix=".secret-", dir=home)  # mode 0600
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(fd)
        with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
            os.link(fresh, path)
    finally:
        Path(fresh).unlink()
    return _checked(path.read_bytes())


def _checked(secret: bytes) -> bytes:
    if len(secret) < SECRET_BYTES:
        msg = "the file `secret` in the home folder is damaged: remove it, and a new one is made"
        raise ConfigError(msg)
    return secret


def sign(
    secret: bytes, key: str, expires: int, filename: str | None, sha256: str | None = None
) -> str:
    """The signature, 64 hex digits. `expires` is in Unix seconds."""
    what = f"abzug object {sha256}" if sha256 else "abzug object"
    # the name comes last: it is the only part that could hold a line break
    text = f"{what}\n{key}\n{expires}\n{filename or ''}"
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def signed_path(
    secret: bytes, key: str, expires: int, filename: str | None, sha256: str | None = None
) -> str:
    """`/v1/objects/KEY?expires=…&signature=…[&filename=…][&sha256=…]`."""
    query = {"expires": str(expires), "signature": sign(secret, key, expires, filename, sha256)}
    if filename:
        query["filename"] = filename
    if sha256:
        query["sha256"] = sha256
    return f"{OBJECTS}{key}?{urlencode(query)}"


def verify_signature(
    secret: bytes,
    key: str,
    *,
    expires: str,
    signature: str,
    filename: str | None,
    sha256: str | None = None,
) -> bool:
    """Whether `signed_path` gave this, and it has not expired. All are as the query has them."""
    if not expires.isdecimal() or len(expires) > 12:
        return False
    if sha256 and not _SHA256.fullmatch(sha256):
        return False
    expected = sign(secret, key, int(expires), filename, sha256)
    # bytes: compare_digest refuses a str that is not ASCII
    genuine = hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
    return genuine and time.time() < int(expires)
