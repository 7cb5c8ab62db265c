"""Who may talk to a server that asks for no key: only programs and pages of this machine.

A page of another site can make the browser send requests to 127.0.0.1. Two checks stop it: the
Host must be a loopback name (DNS rebinding would bring another), and a request that changes
something must come from our own page or from no page at all.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For pages and their scripts: nothing from elsewhere, nothing inline."""


def with_images_from(origin: str) -> str:
    """The policy of a page whose photos come from a store with an endpoint of its own."""
    return PAGE_POLICY.replace("img-src 'self'", f"img-src 'self' {origin}")


DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For all else: if a browser shows it as a page, that page can do nothing."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


def is_foreign(headers: Headers) -> bool:
    """Whether a page of another site sent this. Programs send neither of the two headers."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
