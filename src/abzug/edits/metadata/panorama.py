"""GPano, which tells what part of a sphere is seen (Google, Photo Sphere XMP Metadata)."""

from __future__ import annotations

from abzug.edits.homography import Placement
from abzug.edits.metadata import rdf
from abzug.edits.metadata.properties import PANORAMA

_WHOLE = "FullPanoWidthPixels", "FullPanoHeightPixels"
_PART = "CroppedAreaImageWidthPixels", "CroppedAreaImageHeightPixels"
_START = "CroppedAreaLeftPixels", "CroppedAreaTopPixels"


def move_panorama(root: rdf.Element, placement: Placement) -> None:
    """A cut one is a smaller part of the same sphere; turned, mirrored or in a frame it is none."""
    every = [one for element in rdf.every_element(root) for one in rdf.properties(element)]
    nodes = {node.localName or "": node for node in every if node.namespaceURI == PANORAMA}
    if not nodes or (placement.is_at_rest and placement.size == placement.stored):
        return
    for name in [name for name in nodes if name.startswith("LargestValidInterior")]:
        rdf.remove(nodes.pop(name))  # it is of the part that was
    numbers = _numbers(nodes, placement) if placement.is_cut else {}
    for name, node in nodes.items():
        if not numbers:
            rdf.remove(node)
        elif name in numbers:
            rdf.set_text(node, str(numbers[name]))


def _numbers(nodes: dict[str, rdf.Node], placement: Placement) -> dict[str, int]:
    """None if it does not tell enough."""
    moved: dict[str, int] = {}
    left, top, right, bottom = placement.part
    for side, (start, end) in enumerate(((left, right), (top, bottom))):
        names = _WHOLE[side], _PART[side], _START[side]
        whole, part, first = (rdf.number_of(nodes.get(name)) for name in names)
        if not whole or not part or first is None:
            return {}
        scale = placement.size[side] / ((end - start) * part)
        numbers = whole * scale, placement.size[side], (first + start * part) * scale
        moved |= dict(zip(names, map(round, numbers), strict=True))
    return moved
