"""JPEG (ITU-T T.81)."""

from __future__ import annotations

from abzug.edits.formats.blocks import in_jpeg
from abzug.edits.formats.containers import jpeg
from abzug.edits.formats.containers.tiff import orientation_of
from abzug.edits.formats.format import UNKNOWN, Data, Dimensions, Format
from abzug.edits.formats.saver import USUAL_QUALITY, Saver
from abzug.edits.sizes import turned


def dimensions(head: bytes) -> Dimensions:
    frame = jpeg.frame(head)
    return (*turned(frame.width, frame.height, orientation(head)), 1) if frame else UNKNOWN


def orientation(data: Data) -> int:
    return orientation_of(jpeg.exif(data))


FORMAT = Format(
    name="jpeg",
    media_type="image/jpeg",
    extensions=("jpg", "jpeg", "jpe", "jfif"),
    place=10,
    signature=r"\xff\xd8\xff",
    dimensions=dimensions,
    orientation=orientation,
    loader="jpegload_source",
    decoder="jpeg",
    shrinks=True,
    saver=Saver(
        operation="jpegsave",
        quality=USUAL_QUALITY,
        fine_from=90,
        # libvips holds all coefficients of such a picture: 12 bytes a pixel from quality 90 on,
        # which is 1.2 GB for 100 megapixels
        progressive_up_to=25_000_000,
        has_alpha=False,
        longest_side=65_500,  # of libjpeg
        embed=in_jpeg,
        holds_iptc=True,
        longest_block=65_502,  # of a segment with XMP (XMP part 3, 1.1.3.1); EXIF has 25 more
        with_resolution=jpeg.with_resolution,
    ),
)
