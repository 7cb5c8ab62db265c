"""IPTC-IIM as XMP, for formats that have no place for it (MWG, Guidelines for Handling Image
Metadata 2.0, 5.3; IPTC Core 1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from abzug.edits.metadata import iptc
from abzug.edits.metadata.extended_xmp import merged
from abzug.edits.metadata.properties import DC, IPTC_CORE, PHOTOSHOP
from abzug.edits.metadata.rdf import RDF
from abzug.edits.metadata.text import decoded

_TEXT = {
    10: "photoshop:Urgency",
    15: "photoshop:Category",
    40: "photoshop:Instructions",
    85: "photoshop:AuthorsPosition",
    90: "photoshop:City",
    92: "Iptc4xmpCore:Location",
    95: "photoshop:State",
    100: "Iptc4xmpCore:CountryCode",
    101: "photoshop:Country",
    103: "photoshop:TransmissionReference",
    105: "photoshop:Headline",
    110: "photoshop:Credit",
    115: "photoshop:Source",
    122: "photoshop:CaptionWriter",
}
_LISTS = {20: ("photoshop:SupplementalCategories", "Bag"), 25: ("dc:subject", "Bag")}
_LISTS |= {12: ("Iptc4xmpCore:SubjectCode", "Bag"), 80: ("dc:creator", "Seq")}
_ALTERNATIVES = {5: "dc:title", 116: "dc:rights", 120: "dc:description"}
_DATE, _TIME = 55, 60
_UNWRITABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML has no way to write."""


def with_iptc(packet: bytes, sets: list[iptc.DataSet]) -> bytes:
    """The packet with what IPTC tells and it does not."""
    found = "".join(_properties(sets))
    if not found:
        return packet
    told = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" xmlns:dc="{DC}" xmlns:photoshop="{PHOTOSHOP}" '
        f'xmlns:Iptc4xmpCore="{IPTC_CORE}">{found}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    return merged(packet, told.encode())


def _properties(sets: list[iptc.DataSet]) -> Iterator[str]:
    for number, name in _TEXT.items():
        for text in _texts(sets, number)[:1]:
            yield f"<{name}>{text}</{name}>"
    for number, (name, kind) in _LISTS.items():
        items = "".join(f"<rdf:li>{text}</rdf:li>" for text in _texts(sets, number))
        if items:
            yield f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"
    for number, name in _ALTERNATIVES.items():
        for text in _texts(sets, number)[:1]:
            item = f'<rdf:li xml:lang="x-default">{text}</rdf:li>'
            yield f"<{name}><rdf:Alt>{item}</rdf:Alt></{name}>"
    if date := _date(sets):
        yield f"<photoshop:DateCreated>{date}</photoshop:DateCreated>"


def _texts(sets: list[iptc.DataSet], number: int) -> list[str]:
    every = [decoded(raw) for record, found, raw in sets if (record, found) == (2, number)]
    return [escape(_UNWRITABLE.sub("", text)) for text in every if text.strip()]


def _date(sets: list[iptc.DataSet]) -> str:
    """`20240501` and `060708+0200` as XMP writes them; empty if there is no such date."""
    day = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", iptc.value(sets, _DATE).decode("latin-1"))
    if day is None:
        return ""
    clock = iptc.value(sets, _TIME).decode("latin-1")
    time = re.fullmatch(r"(\d\d)(\d\d)(\d\d)(?:([+-]\d\d)(\d\d))?", clock)
    if time is None:
        return "-".join(day.groups())
    hour, minute, second, zone, zone_minute = time.groups()
    offset = f"{zone}:{zone_minute}" if zone else ""
    return "-".join(day.groups()) + f"T{hour}:{minute}:{second}{offset}"
