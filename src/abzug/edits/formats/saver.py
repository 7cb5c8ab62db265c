"""How results are written in a format: what its files hold, and how libvips is to make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from abzug.edits.formats.blocks import Blocks
from abzug.edits.on_disk import File

USUAL_QUALITY = 85


@dataclass(frozen=True, eq=False)
class Saver:
    operation: str
    """libvips's, such as `pngsave`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the operation, for every result; Q is set where there is a quality."""

    quality: int | None = None
    """Of a result for which none is asked, 1 to 100; None: there is none to choose."""
    fine_from: int = 101
    """The quality from which the colors of every pixel are kept and not of every four: such files
    are dearer to make."""
    is_lossless: bool = False
    """Whether nothing is ever lost."""
    lossless: Mapping[str, Any] | None = None
    """Options where a person asks that nothing be lost; None: it cannot be asked for."""
    progressive_up_to: int = 0
    """Pixels of a picture that may show as a whole while it loads; 0: none may."""

    bits: int = 8
    """The most that a channel may have, 8 or 16."""
    has_alpha: bool = True
    longest_side: int | None = None
    """Pixels; None: longer than any photo's."""
    moves: bool = False
    """Whether it holds animations."""
    is_filmstrip: bool = False
    """Whether libvips takes the frames one below the other; else each becomes a file of its own,
    and these are put together (encoding/animated_webp.py)."""
    is_as_large_as_its_pixels: bool = False
    """Whether a file may be: then it is written as they come, onto the disk if it is large."""

    holds_metadata: bool = True
    """Whether EXIF, XMP, a color profile and a resolution may go along."""
    embed: Callable[[File, Blocks], File] | None = None
    """A file with metadata, which libvips would rewrite, garble or leave out. None: they are put
    into it as into a TIFF, of which EXIF is a part, or there are none."""
    holds_iptc: bool = False
    """Whether IPTC may go along as it is; else it goes into XMP."""
    longest_block: int = 16_000_000
    """Bytes of EXIF, and of XMP in one piece: more are left out, or stand elsewhere."""
    resolution_in_exif: bool = False
    """Whether it has no other place for it."""
    with_resolution: Callable[[bytes, float, float], bytes] | None = None
    """A file that has no EXIF, with a resolution across and down in pixels per inch, where libvips
    leaves that out."""
