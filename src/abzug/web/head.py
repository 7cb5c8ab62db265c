"""HEAD is answered wherever GET is: routes see a GET, and the server leaves the body out."""

from __future__ import annotations

from starlette.types import Scope

_HEAD = "abzug.head"


def as_get(scope: Scope) -> Scope:
    """The scope of the same call as a GET. The server keeps its own, and so knows what to send."""
    return {**scope, "method": "GET", _HEAD: True} if scope["method"] == "HEAD" else scope


def is_head(scope: Scope) -> bool:
    """Whether a body would be made for nothing."""
    return _HEAD in scope
