"""Regions of the picture that XMP tells of, such as faces: they go where the pixels go.

All are relative to the stored picture (MWG, Guidelines for Handling Image Metadata 2.0, 5.9), which
in a result is the upright one. One whose middle is not seen any more is left out, and so is what
nobody could tell where it is now.
"""

from __future__ import annotations

from collections.abc import Callable

from abzug.edits.homography import Placement, Rectangle
from abzug.edits.metadata import rdf
from abzug.edits.metadata.properties import ACDSEE_REGIONS, EXIF, IPTC_EXT, MWG_REGIONS
from abzug.edits.metadata.subject_area import placed_area

_AREA = "http://ns.adobe.com/xmp/sType/Area#"
_DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
_MICROSOFT_REGIONS = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
_MICROSOFT_REGION = "http://ns.microsoft.com/photo/1.2/t/Region#"
_FACE_INFO = "http://ns.apple.com/faceinfo/1.0/"


def move_regions(root: rdf.Element, placement: Placement) -> None:
    """Bring them where they are in a result, in the packet itself."""
    _move_mwg(root, placement)
    _move_listed(root, (_MICROSOFT_REGIONS, "Regions"), placement, _move_microsoft)
    _move_listed(root, (IPTC_EXT, "ImageRegion"), placement, _move_iptc)
    for name in ("SubjectArea", "SubjectLocation"):
        _move_subject(root, name, placement)
    if not placement.is_at_rest:
        _forget(root, lambda space, _: space == ACDSEE_REGIONS)
    if not placement.is_cut:
        _forget(root, _tells_an_angle)


def _tells_an_angle(space: str, name: str) -> bool:
    """How a face is turned, within its region."""
    of_face = space == _FACE_INFO and name.startswith("Angle")
    return of_face or (space, name) == (MWG_REGIONS, "Rotation")


def _forget(root: rdf.Element, is_unwanted: Callable[[str, str], bool]) -> None:
    for element in rdf.every_element(root):
        for node in list(rdf.properties(element)):
            if is_unwanted(node.namespaceURI or "", node.localName or ""):
                rdf.remove(node)


def _move_listed(
    root: rdf.Element,
    name: tuple[str, str],
    placement: Placement,
    move: Callable[[rdf.Element, Placement], bool],
) -> None:
    """Move each of a list; without one that could not be, and without a list that is empty then."""
    for every in rdf.named(root, *name):
        for region in rdf.items(every):
            if not move(region, placement):
                rdf.remove(region)
        if not rdf.items(every):
            _remove_with_what_held_it(every)


def _remove_with_what_held_it(element: rdf.Element) -> None:
    holder = element.parentNode
    rdf.remove(element)
    if isinstance(holder, rdf.Element) and not list(rdf.properties(holder)):
        rdf.remove(holder)


def _move_mwg(root: rdf.Element, placement: Placement) -> None:
    for regions in rdf.named(root, MWG_REGIONS, "Regions"):
        found = rdf.fields(regions)
        listed = found.get((MWG_REGIONS, "RegionList"))
        placed = _placement_of(found.get((MWG_REGIONS, "AppliedToDimensions")), placement)
        if not isinstance(listed, rdf.Element) or placed is None:
            rdf.remove(regions)
            continue
        for region in rdf.items(listed):
            if not _move_mwg_region(region, placed):
                rdf.remove(region)
        if not rdf.items(listed):
            rdf.remove(regions)


def _placement_of(dimensions: rdf.Node | None, placement: Placement) -> Placement | None:
    """For regions of a picture of these dimensions, which become those of the result; None if they
    cannot be of this one."""
    if not isinstance(dimensions, rdf.Element):
        return placement
    found = rdf.fields(dimensions)
    sides = [found.get((_DIMENSIONS, name)) for name in ("w", "h")]
    width, height = (rdf.number_of(side) or 0.0 for side in sides)
    placed = placement.of_size((round(width), round(height)))
    for side, length in zip(sides, placement.size, strict=True):
        if side is not None:
            rdf.set_text(side, str(length))
    unit = found.get((_DIMENSIONS, "unit"))
    return placed if rdf.text_of(unit) in {"", "pixel"} else None


def _move_mwg_region(region: rdf.Element, placement: Placement) -> bool:
    """Points, rectangles and circles, by their middles."""
    area = rdf.fields(region).get((MWG_REGIONS, "Area"))
    if not isinstance(area, rdf.Element):
        return False
    nodes = {name: node for (space, name), node in rdf.fields(area).items() if space == _AREA}
    if rdf.text_of(nodes.get("unit")) not in {"", "normalized"}:
        return False
    found = {name: rdf.number_of(nodes.get(name)) for name in "xywhd"}
    x, y, w, h, d = (found[name] for name in "xywhd")
    if x is None or y is None:
        return False
    if d is not None:  # of the shorter side
        w, h = (d * min(placement.stored) / side for side in placement.stored)
    w, h = w or 0.0, h or 0.0
    place = placement.rectangle((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    if place is None:
        return False
    left, top, right, bottom = place
    w, h = right - left, bottom - top
    d = max(w * placement.size[0], h * placement.size[1]) / min(placement.size)
    numbers = {"x": (left + right) / 2, "y": (top + bottom) / 2, "w": w, "h": h, "d": d}
    _write(nodes, numbers)
    return True


def _move_microsoft(region: rdf.Element, placement: Placement) -> bool:
    """People Tags: left, top, width and height; one without a rectangle only tells a name."""
    node = rdf.fields(region).get((_MICROSOFT_REGION, "Rectangle"))
    if node is None:
        return True
    numbers = [rdf.number_in(text) for text in rdf.text_of(node).split(",")]
    told = [number for number in numbers if number is not None]
    if len(told) != 4 or len(numbers) != 4:
        return False
    x, y, w, h = told
    place = placement.rectangle((x, y, x + w, y + h))
    if place is None:
        return False
    left, top, right, bottom = place
    rdf.set_text(node, ", ".join(map(rdf.number, (left, top, right - left, bottom - top))))
    return True


def _move_iptc(region: rdf.Element, placement: Placement) -> bool:
    """IPTC Photo Metadata Standard 2019.1, Image Region: a rectangle by its corner, a circle by its
    middle and a radius of the width, a polygon by its corners; in fractions or in pixels."""
    boundary = rdf.fields(region).get((IPTC_EXT, "RegionBoundary"))
    if not isinstance(boundary, rdf.Element):
        return True  # of the whole picture
    nodes = {name: node for (space, name), node in rdf.fields(boundary).items()}
    before, after = _scales(rdf.text_of(nodes.get("rbUnit")), placement)
    vertices = nodes.get("rbVertices")
    if isinstance(vertices, rdf.Element):
        return _move_polygon(vertices, placement, before, after)
    found = {name: rdf.number_of(nodes.get(name)) for name in ("rbX", "rbY", "rbW", "rbH", "rbRx")}
    x, y, w, h, radius = found.values()
    if x is None or y is None:
        return False
    if radius is not None:
        around = radius / before[0], radius / before[0] * placement.stored[0] / placement.stored[1]
        one = _around(x / before[0], y / before[1], *around)
    else:
        one = _from_corner(x / before[0], y / before[1], (w or 0) / before[0], (h or 0) / before[1])
    place = placement.rectangle(one)
    if place is None:
        return False
    left, top, right, bottom = place
    numbers = {
        "rbX": (left if radius is None else (left + right) / 2) * after[0],
        "rbY": (top if radius is None else (top + bottom) / 2) * after[1],
        "rbW": (right - left) * after[0],
        "rbH": (bottom - top) * after[1],
        "rbRx": max(right - left, (bottom - top) * placement.size[1] / placement.size[0])
        / 2
        * after[0],
    }
    _write(nodes, numbers)
    return True


def _scales(unit: str, placement: Placement) -> tuple[tuple[float, float], tuple[float, float]]:
    """What one whole picture counts, across and down, before and after."""
    if unit != "pixel":
        return (1, 1), (1, 1)
    (width, height), (across, down) = placement.stored, placement.size
    return (width, height), (across, down)


def _move_polygon(
    vertices: rdf.Element,
    placement: Placement,
    before: tuple[float, float],
    after: tuple[float, float],
) -> bool:
    """All corners, or else none: what is cut off of a polygon has others."""
    for vertex in rdf.items(vertices):
        nodes = {name: node for (_, name), node in rdf.fields(vertex).items()}
        x, y = (rdf.number_of(nodes.get(name)) for name in ("rbX", "rbY"))
        place = None
        if x is not None and y is not None:
            place = placement.point(x / before[0], y / before[1])
        if place is None:
            return False
        _write(nodes, {"rbX": place[0] * after[0], "rbY": place[1] * after[1]})
    return True


def _move_subject(root: rdf.Element, name: str, placement: Placement) -> None:
    for subject in rdf.named(root, EXIF, name):
        every = rdf.items(subject)
        numbers = [rdf.number_of(item) for item in every]
        whole = [number for number in numbers if number is not None]
        moved = placed_area(whole, placement) if len(whole) == len(numbers) else None
        if moved is None:
            rdf.remove(subject)
            continue
        for item, number in zip(every, moved, strict=True):
            rdf.set_text(item, str(number))


def _around(x: float, y: float, across: float, down: float) -> Rectangle:
    return x - across, y - down, x + across, y + down


def _from_corner(x: float, y: float, width: float, height: float) -> Rectangle:
    return x, y, x + width, y + height


def _write(nodes: dict[str, rdf.Node], numbers: dict[str, float]) -> None:
    """Those that stood there."""
    for name in nodes.keys() & numbers.keys():
        rdf.set_text(nodes[name], rdf.number(numbers[name]))
