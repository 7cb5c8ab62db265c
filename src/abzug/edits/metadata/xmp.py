"""XMP handed on: properties taken out of a packet, regions moved, the rest left as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from abzug.edits.homography import Placement
from abzug.edits.metadata import rdf
from abzug.edits.metadata.panorama import move_panorama
from abzug.edits.metadata.properties import About, about
from abzug.edits.metadata.regions import move_regions
from abzug.edits.metadata.words import is_place_tag, tells_coordinates, words_of

_PACKED = re.compile(r"(?:[A-Za-z0-9+/=_-]{40,}\s*){4}")
"""Bytes as text, as no language has it (base64, hex): mostly a picture of the photo as it was."""
_NAMES = {"Name", "PersonDisplayName", "PersonName", "PersonInImage", "People", "people"}


def without(packet: bytes, unwanted: About, placement: Placement | None = None) -> bytes:
    """Without what is about any of these, at whatever depth, nor pictures packed into text; with
    regions where they are in a result. Empty if it cannot be read, or has nothing left."""
    root = rdf.root_of(packet)
    if root is None:
        return b""
    _clean(root, lambda node: bool(_about(node) & unwanted))
    if About.place in unwanted:
        forget_words(root, place_words(root))
        _clean(root, lambda node: tells_coordinates(rdf.text_of(node)))
    if placement is not None:
        move_regions(root, placement)
        move_panorama(root, placement)
    return rdf.written(root)


def rights_only(packet: bytes) -> bytes:
    root = rdf.root_of(packet)
    if root is None:
        return b""
    for description in rdf.descriptions(root):
        for node in list(rdf.properties(description)):
            if About.rights not in _about(node):
                rdf.remove(node)
    _clean(root, lambda _: False)
    return rdf.written(root)


class Forgotten(NamedTuple):
    packet: bytes
    names: set[str]
    """That stood in it, of people."""
    is_changed: bool


def without_people(packet: bytes) -> Forgotten:
    """Without regions and names of people, and without keywords that are such a name."""
    root = rdf.root_of(packet)
    if root is None:
        return Forgotten(b"", set(), is_changed=False)
    every = [node for node in _nodes(root) if About.people in _about(node)]
    names = {name for node in every for name in _names(node)}
    for node in every:
        rdf.remove(node)
    forget_words(root, names)
    return Forgotten(rdf.written(root), names, is_changed=bool(every))


def place_words(root: rdf.Element) -> set[str]:
    """Keywords of a tree of places, whole and by the word."""
    tags = [text for text in map(rdf.text_of, _members(root)) if is_place_tag(text)]
    return {*tags, *(word for tag in tags for word in words_of(tag))}


def forget_words(root: rdf.Element, words: Collection[str]) -> None:
    """Without keywords that are one of these, or end with one of them in a tree."""
    for item in _members(root):
        text = rdf.text_of(item)
        if not {text, *words_of(text)[-1:]}.isdisjoint(words):
            rdf.remove(item)


def _members(root: rdf.Element) -> list[rdf.Element]:
    return rdf.named(root, rdf.RDF, "li")


def _nodes(root: rdf.Element) -> Iterator[rdf.Node]:
    for element in rdf.every_element(root):
        yield from rdf.properties(element)


def _about(node: rdf.Node) -> About:
    space = node.namespaceURI or ""
    return About.nothing if space == rdf.RDF else about(space, node.localName or "")


def _names(node: rdf.Node) -> Iterator[str]:
    """Of people, in a property that is about them."""
    if not isinstance(node, rdf.Element):
        yield rdf.text_of(node)
        return
    for element in rdf.every_element(node):
        nodes: list[rdf.Node] = [element, *rdf.attributes(element)]
        for one in nodes:
            is_item = one.localName == "li" and node.localName in _NAMES
            if (one.localName in _NAMES or is_item) and rdf.text_of(one):
                yield rdf.text_of(one)


def _clean(element: rdf.Element, is_unwanted: Callable[[rdf.Node], bool]) -> None:
    for node in list(rdf.properties(element)):
        text = node.value if not isinstance(node, rdf.Element) else rdf.own_text(node)
        if _PACKED.search(text) or is_unwanted(node):
            rdf.remove(node)
        elif isinstance(node, rdf.Element):
            _clean(node, is_unwanted)
