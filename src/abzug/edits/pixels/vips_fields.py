"""The named fields of a libvips image: what is in a file beside its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyvips

FINEST_RESOLUTION = 1e6
"""Pixels a millimeter; a file may claim more, and libvips knows no more."""


def field(image: pyvips.Image, name: str, default: Any = None) -> Any:
    return image.get(name) if image.get_typeof(name) else default


def blob(image: pyvips.Image, name: str) -> bytes:
    """A field of bytes; empty if there is none."""
    return bytes(field(image, name, b""))


def set_blob(image: pyvips.Image, name: str, value: bytes | None) -> None:
    """Set a field of bytes of an image that nobody else has; no bytes: none is set.

    libvips takes an EXIF block apart when it is set, orientation and resolution too.
    """
    import pyvips

    if value:
        image.set_type(pyvips.GValue.blob_type, name, value)  # type: ignore[arg-type]  # takes bytes
