"""Photos with metadata of every kind, made here, for tests."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from abzug.edits.formats.containers import png
from tests.support.pictures import pixels

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "apple-fi": "http://ns.apple.com/faceinfo/1.0/",
    "acdsee-rs": "http://ns.acdsee.com/regions/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "drone-dji": "http://www.dji.com/drone-dji/1.0/",
}


def packet(properties: str, attributes: str = "") -> bytes:
    """An XMP packet with these elements and attributes."""
    spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" {spaces} {attributes}>{properties}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def bag(*items: str) -> str:
    every = "".join(f"<rdf:li>{item}</rdf:li>" for item in items)
    return f"<rdf:Bag>{every}</rdf:Bag>"


def segment(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def with_segments(*segments: bytes, size: tuple[int, int] = (160, 120)) -> bytes:
    """A JPEG with these."""
    file = io.BytesIO()
    Image.fromarray(pixels(1, *size)).save(file, "JPEG", quality=90)
    data = file.getvalue()
    return data[:2] + b"".join(segments) + data[2:]


def with_xmp(xmp: bytes, size: tuple[int, int] = (160, 120), orientation: int = 1) -> bytes:
    """A JPEG with that, and an orientation."""
    tags = struct.pack("<2sHIHHHIIxxxx", b"II", 42, 8, 1, 274, 3, 1, orientation)
    return with_segments(
        segment(0xE1, b"Exif\0\0" + tags),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp),
        size=size,
    )


def with_chunks(*chunks: tuple[bytes, bytes], at_the_end: bool = False) -> bytes:
    """A PNG with these, behind its header or behind its pixels."""
    file = io.BytesIO()
    Image.fromarray(pixels(1, 40, 30)).save(file, "PNG")
    data, added = file.getvalue(), b"".join(png.chunk(*one) for one in chunks)
    at = len(data) - 12 if at_the_end else 33
    return data[:at] + added + data[at:]


def raw_profile(name: str, body: bytes) -> bytes:
    """As ImageMagick writes it."""
    digits = body.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return f"\n{name}\n{len(body):8}\n{lines}\n".encode()


def packed(text: bytes) -> bytes:
    return b"\0" + zlib.compress(text)
