"""Signed URLs of S3: AWS Signature Version 4 in the query, which obstore makes without names.

After "Authenticating Requests: Using Query Parameters" of the Amazon S3 API reference. The body
is not signed, as nobody has it yet; headers that are signed must be sent as they are here.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
LONGEST = 7 * 24 * 3600
"""Seconds that S3 lets a signed URL live."""


@dataclass(frozen=True)
class Credentials:
    """Of one region. token: of temporary ones; a URL ends with them, whatever it says itself."""

    region: str
    access_key: str
    secret_key: str
    token: str | None = None


def presign(
    method: str,
    url: str,
    credentials: Credentials,
    *,
    expires_in: float,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    at: float | None = None,
) -> str:
    """The URL (without a query of its own, percent-encoded) with its signature.

    headers: others than Host that the request will have, in lower case. at: Unix seconds, now
    unless given. expires_in: seconds, 1 to LONGEST.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    scope = f"{stamp[:8]}/{credentials.region}/s3/aws4_request"
    parts = urlsplit(url)
    signed = {"host": parts.netloc, **(headers or {})}
    names = ";".join(sorted(signed))
    asked = {
        **(query or {}),
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{credentials.access_key}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(max(1, min(LONGEST, round(expires_in)))),
        "X-Amz-SignedHeaders": names,
    }
    if credentials.token:
        asked["X-Amz-Security-Token"] = credentials.token
    text = "&".join(sorted(f"{_encoded(name)}={_encoded(value)}" for name, value in asked.items()))
    lines = [f"{name}:{signed[name].strip()}\n" for name in sorted(signed)]
    canonical = "\n".join([method, parts.path, text, "".join(lines), names, "UNSIGNED-PAYLOAD"])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    return f"{url}?{text}&X-Amz-Signature={_mac(key, to_sign).hex()}"


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
