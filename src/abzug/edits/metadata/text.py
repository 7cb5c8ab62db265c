"""Text of which nobody says how it is encoded."""

from __future__ import annotations


def decoded(raw: bytes) -> str:
    """UTF-8 where it is valid, which no other text is by chance; else Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
