"""Reading the `.xmp` form of a preset: RDF, of which everything may be an attribute or an element.

Adobe writes numbers as attributes, other programs as elements; both are read, mixed, over several
descriptions, and the first value of a name counts. A prefix means nothing, only its URI.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from abzug.errors import InvalidRequest, UnsupportedMedia
from abzug.presets.records import Preset, Value

CRS = "http://ns.adobe.com/camera-raw-settings/1.0/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_OF_A_PHOTO = ("http://ns.adobe.com/tiff/1.0/", "http://ns.adobe.com/exif/1.0/")
_MAX_DEPTH, _MAX_ELEMENTS = 64, 50_000
_NO_PRESET = "This XML file is not a Lightroom preset."
_SIDECAR = "This is the sidecar file of a single photo, not a preset."
_PROFILE = "This is a camera profile (a “look”), not a preset; profiles are not supported."


class _Guarded(TreeBuilder):
    """Refuses a DTD, and with it every entity, before it is read; bounds depth and number."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def doctype(self, *_: Any) -> None:
        raise InvalidRequest("A preset with a document type (DTD) is not read.")

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise InvalidRequest("This file is nested too deeply, or has too many elements.")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_xmp(data: bytes) -> Preset:
    """The preset in an .xmp file.

    Raises InvalidRequest if it is not sound XML, UnsupportedMedia if it is something else.
    """
    descriptions = [
        description
        for rdf in _parse(data).iter(f"{{{RDF}}}RDF")
        for description in rdf.findall(f"{{{RDF}}}Description")
    ]
    properties: dict[str, Value] = {}
    for description in descriptions:
        for name, value in _fields(description).items():
            properties.setdefault(name, value)
    if not properties:
        raise UnsupportedMedia(_NO_PRESET)
    _refuse_other_kinds(properties, is_of_a_photo=any(map(_tells_of_a_photo, descriptions)))
    title = properties.get("Name")
    return Preset(title if isinstance(title, str) else "", properties)


def _parse(data: bytes) -> Element:
    parser = XMLParser(target=_Guarded())  # noqa: S314  _Guarded refuses what makes it unsafe
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):  # the latter two: of unknown encodings
        raise InvalidRequest("This file is not sound XML.") from None
    return root


def _refuse_other_kinds(properties: dict[str, Value], *, is_of_a_photo: bool) -> None:
    kind = properties.get("PresetType")
    if kind == "Look" or (kind is None and properties.keys() & {"RGBTable", "LookTable"}):
        raise UnsupportedMedia(_PROFILE, advice="A preset that uses it can be imported without it.")
    if kind is None:
        is_named = properties.keys() & {"Name", "Group", "UUID"}
        if is_of_a_photo or "RawFileName" in properties or not is_named:
            advice = "Save the settings as a preset in Lightroom, and take that file."
            raise UnsupportedMedia(_SIDECAR, advice=advice)


def _tells_of_a_photo(description: Element) -> bool:
    names = [*description.keys(), *(child.tag for child in description)]
    return any(name.startswith(f"{{{space}}}") for name in names for space in _OF_A_PHOTO)


def _fields(element: Element) -> dict[str, Value]:
    """The properties of a description or structure, by their local names."""
    prefix = f"{{{CRS}}}"
    found: dict[str, Value] = {
        name.removeprefix(prefix): value.strip()
        for name, value in element.items()
        if name.startswith(prefix)
    }
    for child in element:
        if child.tag.startswith(prefix):
            found.setdefault(child.tag.removeprefix(prefix), _value(child))
    return found


def _value(element: Element) -> Value:
    inner = next(iter(element), None)
    if inner is None:
        # <crs:Look crs:Name=""/> is a structure without a description of its own
        return _fields(element) or (element.text or "").strip()
    if inner.tag == f"{{{RDF}}}Alt":
        return _preferred_text(inner)
    if inner.tag in (f"{{{RDF}}}Seq", f"{{{RDF}}}Bag"):
        return [(item.text or "").strip() for item in inner]
    if inner.tag == f"{{{RDF}}}Description":
        return _fields(inner)
    return _fields(element)


def _preferred_text(alternatives: Element) -> str:
    """The text of x-default, else the first."""
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    items = sorted(alternatives, key=lambda item: item.get(lang) != "x-default")
    return (items[0].text or "").strip() if items else ""
