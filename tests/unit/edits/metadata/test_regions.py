"""Regions of the picture: where they are told to be in results."""

from __future__ import annotations

import re
import struct
from typing import Any
from xml.dom import minidom

import pillow_heif
import pytest
from PIL import Image
from tests.support.engine_calls import edit, saved
from tests.support.photo_metadata import SPACES, bag, packet, segment, with_segments, with_xmp
from tests.support.pictures import pixels

from abzug.edits.formats.containers import jpeg
from abzug.edits.metadata import exif, rdf
from abzug.edits.metadata.exif_block import exif_block

SIZE = (160, 120)


def mwg(
    x: float, y: float, w: float, h: float, *, size: tuple[int, int] = SIZE, more: str = ""
) -> str:
    """MWG 2.0, 5.9, as most programs write it: by the middle."""
    return (
        '<mwg-rs:Regions rdf:parseType="Resource">'
        f'<mwg-rs:AppliedToDimensions stDim:w="{size[0]}" stDim:h="{size[1]}" stDim:unit="pixel"/>'
        '<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Ann" '
        f'mwg-rs:Type="Face" {more}><mwg-rs:Area stArea:x="{x}" stArea:y="{y}" stArea:w="{w}" '
        f'stArea:h="{h}" stArea:unit="normalized"/></rdf:Description></rdf:li></rdf:Bag>'
        "</mwg-rs:RegionList></mwg-rs:Regions>"
    )


def microsoft(x: float, y: float, w: float, h: float) -> str:
    return (
        '<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions>'
        + bag(
            f'<rdf:Description MPReg:Rectangle="{x}, {y}, {w}, {h}" MPReg:PersonDisplayName="Ann"/>'
        )
        + "</MPRI:Regions></MP:RegionInfo>"
    )


def iptc_region(boundary: str) -> str:
    region = (
        f'<Iptc4xmpExt:RegionBoundary rdf:parseType="Resource">{boundary}'
        "</Iptc4xmpExt:RegionBoundary><Iptc4xmpExt:rId>one</Iptc4xmpExt:rId>"
    )
    return (
        "<Iptc4xmpExt:ImageRegion><rdf:Bag>"
        f'<rdf:li rdf:parseType="Resource">{region}</rdf:li>'
        "</rdf:Bag></Iptc4xmpExt:ImageRegion>"
    )


def boundary(**numbers: object) -> str:
    return "".join(f"<Iptc4xmpExt:{k}>{v}</Iptc4xmpExt:{k}>" for k, v in numbers.items())


def result(
    data: bytes, edits: dict[str, Any], **output: Any
) -> tuple[str, exif.Exif, tuple[int, int]]:
    """The XMP and the EXIF of a JPEG made of it, and its size."""
    [made] = edit(data, edits, {"format": "jpeg", **output}).results
    bodies = [body for _, body in jpeg.headers(bytes(made.data))]
    xmp = next((b for b in bodies if b.startswith(b"http://ns.adobe.com/xap/1.0/")), b"\0")
    block = next((b for b in bodies if b.startswith(b"Exif")), b"")
    return xmp.partition(b"\0")[2].decode(), exif.read_exif(block), (made.width, made.height)


def numbers(xmp: str, space: str, *names: str) -> list[float]:
    """Those of the first properties of these names, wherever they stand."""
    root = minidom.parseString(xmp).documentElement
    assert root is not None
    found = {
        node.localName: rdf.text_of(node)
        for element in rdf.every_element(root)
        for node in rdf.properties(element)
        if node.namespaceURI == SPACES[space]
    }
    return [float(found[name]) for name in names]


HALF = {"crop": {"x": 0.5, "y": 0, "width": 0.5, "height": 1}}
CASES: list[tuple[dict[str, Any], tuple[float, float, float, float]]] = [
    ({}, (0.7, 0.3, 0.1, 0.2)),
    ({"resize": {"width": 80}}, (0.7, 0.3, 0.1, 0.2)),
    (HALF, (0.4, 0.3, 0.2, 0.2)),
    ({"rotate": 90}, (0.7, 0.7, 0.2, 0.1)),
    ({"rotate": 180}, (0.3, 0.7, 0.1, 0.2)),
    ({"rotate": 270}, (0.3, 0.3, 0.2, 0.1)),
    ({"flip": "horizontal"}, (0.3, 0.3, 0.1, 0.2)),
    ({"flip": "vertical"}, (0.7, 0.7, 0.1, 0.2)),
    ({**HALF, "rotate": 90}, (0.7, 0.4, 0.2, 0.2)),
    ({"padding": {"aspect": "2:1"}}, (0.63333, 0.3, 0.066667, 0.2)),
    ({"border": {"width": 10}}, (0.7 * 160 / 184 + 12 / 184, 48 / 144, 16 / 184, 24 / 144)),
    ({"resize": {"width": 120, "height": 120, "fit": "cover"}}, (0.766667, 0.3, 0.133333, 0.2)),
    (
        {"perspective": {"corners": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]}},
        (0.4, 0.3, 0.2, 0.2),
    ),
]
"""What is done, and where the middle of a face is then, and how large it is."""


@pytest.mark.parametrize(("edits", "place"), CASES)
@pytest.mark.parametrize("policy", ["keep", "no-location"])
def test_faces_go_where_the_pixels_go(
    edits: dict[str, Any], place: tuple[float, float, float, float], policy: str
) -> None:
    data = with_xmp(packet(mwg(0.7, 0.3, 0.1, 0.2) + microsoft(0.65, 0.2, 0.1, 0.2)))

    xmp, _, size = result(data, edits, metadata=policy)

    assert numbers(xmp, "stArea", "x", "y", "w", "h") == pytest.approx(place, abs=1e-4)
    assert numbers(xmp, "stDim", "w", "h") == list(size)
    x, y, w, h = place
    [told] = minidom.parseString(xmp).getElementsByTagName("rdf:Description")[-1:]
    rectangle = told.getAttribute("MPReg:Rectangle").split(",")
    corner = (x - w / 2, y - h / 2, w, h)
    assert [float(one) for one in rectangle] == pytest.approx(corner, abs=1e-4)


def test_a_limit_of_size_moves_nothing() -> None:
    xmp, _, size = result(with_xmp(packet(mwg(0.7, 0.3, 0.1, 0.2))), {}, max_side=80)

    assert numbers(xmp, "stArea", "x", "y", "w", "h") == pytest.approx([0.7, 0.3, 0.1, 0.2])
    assert numbers(xmp, "stDim", "w", "h") == list(size) == [80, 60]


@pytest.mark.parametrize(
    ("orientation", "place"), [(6, (0.7, 0.7)), (3, (0.3, 0.7)), (8, (0.3, 0.3))]
)
def test_regions_are_of_the_stored_picture_until_it_is_upright(
    orientation: int, place: tuple[float, float]
) -> None:
    data = with_xmp(packet(mwg(0.7, 0.3, 0.1, 0.2)), orientation=orientation)

    xmp, _, _ = result(data, {})

    assert numbers(xmp, "stArea", "x", "y") == pytest.approx(place, abs=1e-6)


def test_regions_of_the_upright_picture_are_known_by_their_dimensions() -> None:
    data = with_xmp(packet(mwg(0.7, 0.3, 0.1, 0.2, size=(120, 160))), orientation=6)

    xmp, _, _ = result(data, {})

    assert numbers(xmp, "stArea", "x", "y", "w", "h") == pytest.approx([0.7, 0.3, 0.1, 0.2])


def test_a_straightened_face_is_in_the_box_around_it() -> None:
    xmp, _, (width, height) = result(
        with_xmp(packet(mwg(0.5, 0.5, 0.1, 0.2, more='mwg-rs:Rotation="0.1"'))), {"straighten": 10}
    )

    x, y, w, h = numbers(xmp, "stArea", "x", "y", "w", "h")
    assert (x, y) == pytest.approx((0.5, 0.5))
    assert w * width == pytest.approx(16 * 0.98481 + 24 * 0.17365, abs=0.01)
    assert h * height == pytest.approx(24 * 0.98481 + 16 * 0.17365, abs=0.01)
    assert "Rotation" not in xmp


ACDSEE = (
    '<acdsee-rs:Regions rdf:parseType="Resource"><acdsee-rs:Name>Ann</acdsee-rs:Name>'
    "</acdsee-rs:Regions>"
)


@pytest.mark.parametrize(
    "gone",
    [
        mwg(0.2, 0.3, 0.1, 0.2),
        microsoft(0.2, 0.3, 0.1, 0.2),
        iptc_region(
            boundary(rbShape="rectangle", rbUnit="relative", rbX=0.1, rbY=0.1, rbW=0.2, rbH=0.2)
        ),
        mwg(0.7, 0.3, 0.1, 0.2, size=(1000, 300)),
        mwg(0.7, 0.3, 0.1, 0.2).replace('unit="normalized"', 'unit="inch"'),
        ACDSEE,
    ],
)
def test_what_is_cut_off_or_cannot_be_told_is_left_out(gone: str) -> None:
    xmp, _, _ = result(with_xmp(packet(gone + "<xmp:Rating>4</xmp:Rating>")), HALF)

    assert "Ann" not in xmp
    assert not re.search("<(MP|mwg-rs|Iptc4xmpExt|acdsee-rs):", xmp)
    assert "4</xmp:Rating>" in xmp


@pytest.mark.parametrize(
    ("before", "names", "after"),
    [
        ({"rbShape": "rectangle", "rbUnit": "relative",
          "rbX": 0.6, "rbY": 0.2, "rbW": 0.2, "rbH": 0.4},
         ("rbX", "rbY", "rbW", "rbH"), (0.2, 0.2, 0.4, 0.4)),
        ({"rbShape": "rectangle", "rbUnit": "pixel", "rbX": 96, "rbY": 24, "rbW": 32, "rbH": 48},
         ("rbX", "rbY", "rbW", "rbH"), (16, 24, 32, 48)),
        ({"rbShape": "circle", "rbUnit": "relative", "rbX": 0.7, "rbY": 0.5, "rbRx": 0.1},
         ("rbX", "rbY", "rbRx"), (0.4, 0.5, 0.2)),
    ],
)  # fmt: skip
def test_iptc_regions_of_each_shape(
    before: dict[str, object], names: tuple[str, ...], after: tuple[float, ...]
) -> None:
    xmp, _, _ = result(with_xmp(packet(iptc_region(boundary(**before)))), HALF)

    assert numbers(xmp, "Iptc4xmpExt", *names) == pytest.approx(after, abs=1e-4)


def test_a_polygon_goes_by_its_corners() -> None:
    corners = "".join(
        f'<rdf:li rdf:parseType="Resource">{boundary(rbX=x, rbY=y)}</rdf:li>'
        for x, y in ((0.6, 0.2), (0.8, 0.2), (0.7, 0.4))
    )
    polygon = boundary(rbShape="polygon", rbUnit="relative")
    polygon += f"<Iptc4xmpExt:rbVertices><rdf:Seq>{corners}</rdf:Seq></Iptc4xmpExt:rbVertices>"

    xmp, _, _ = result(with_xmp(packet(iptc_region(polygon))), HALF)
    cut, _, _ = result(
        with_xmp(packet(iptc_region(polygon) + "<xmp:Rating>4</xmp:Rating>")),
        {"crop": {"x": 0.7, "width": 0.3}},
    )

    assert numbers(xmp, "Iptc4xmpExt", "rbX", "rbY") == pytest.approx([0.4, 0.4])
    assert "ImageRegion" not in cut


@pytest.mark.parametrize(
    ("area", "moved"),
    [((120, 60), (40, 60)), ((120, 60, 20), (40, 60, 20)), ((120, 60, 20, 30), (40, 60, 20, 30)),
     ((20, 60, 20, 30), None)],
)  # fmt: skip
def test_the_subject_of_exif_goes_along(
    area: tuple[int, ...], moved: tuple[int, ...] | None
) -> None:
    """EXIF 2.32, 4.6.5: a point, a circle, a rectangle, in pixels."""
    raw = b"".join(number.to_bytes(2, "little") for number in area)
    block = exif_block(exif.Exif(photo={37396: exif.Value(exif.SHORT, len(area), raw)}))
    data = with_segments(segment(0xE1, b"Exif\0\0" + block))

    _, found, _ = result(data, HALF)

    value = found.photo.get(37396)
    shorts = value and tuple(
        int.from_bytes(value.raw[at : at + 2], "little") for at in range(0, len(value.raw), 2)
    )
    assert shorts == moved


SPHERE = (
    "<GPano:ProjectionType>equirectangular</GPano:ProjectionType>"
    "<GPano:FullPanoWidthPixels>160</GPano:FullPanoWidthPixels>"
    "<GPano:FullPanoHeightPixels>120</GPano:FullPanoHeightPixels>"
    "<GPano:CroppedAreaImageWidthPixels>160</GPano:CroppedAreaImageWidthPixels>"
    "<GPano:CroppedAreaImageHeightPixels>120</GPano:CroppedAreaImageHeightPixels>"
    "<GPano:CroppedAreaLeftPixels>0</GPano:CroppedAreaLeftPixels>"
    "<GPano:CroppedAreaTopPixels>0</GPano:CroppedAreaTopPixels><xmp:Rating>4</xmp:Rating>"
)
PANORAMA = (
    "FullPanoWidthPixels",
    "FullPanoHeightPixels",
    "CroppedAreaImageWidthPixels",
    "CroppedAreaImageHeightPixels",
    "CroppedAreaLeftPixels",
    "CroppedAreaTopPixels",
)


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ({}, (160, 120, 160, 120, 0, 0)),
        ({"resize": {"width": 80}}, (80, 60, 80, 60, 0, 0)),
        (HALF, (160, 120, 80, 120, 80, 0)),
        ({**HALF, "resize": {"width": 40}}, (80, 60, 40, 60, 40, 0)),
    ],
)
def test_a_part_of_a_sphere_is_told_as_one(edits: dict[str, Any], told: tuple[int, ...]) -> None:
    xmp, _, _ = result(with_xmp(packet(SPHERE)), edits)

    assert tuple(numbers(xmp, "GPano", *PANORAMA)) == told


@pytest.mark.parametrize(
    "edits",
    [{"rotate": 90}, {"flip": "horizontal"}, {"straighten": 5}, {"border": {"width": 5}}],
)
def test_what_is_no_part_of_a_sphere_any_more_is_not_told_as_one(edits: dict[str, Any]) -> None:
    xmp, _, _ = result(with_xmp(packet(SPHERE)), edits)

    assert "GPano:" not in xmp.replace("xmlns:GPano", "")
    assert "4</xmp:Rating>" in xmp


def test_what_other_programs_were_to_do_stays_behind() -> None:
    """Lightroom would crop and lighten a result once more."""
    crs = 'crs:HasCrop="True" crs:CropLeft="0.25" crs:Exposure2012="+1.00" dc:format="image/png"'

    xmp, _, _ = result(with_xmp(packet("<xmp:Rating>4</xmp:Rating>", crs)), {}, metadata="keep")

    assert "4</xmp:Rating>" in xmp
    assert not any(word in xmp for word in ("CropLeft", "Exposure2012", "image/png"))


@pytest.mark.parametrize("edits", [{"redact": {"faces": True}}, {"redact": {"regions": [
    {"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}]}}])  # fmt: skip
def test_redact_takes_out_who_is_seen_and_where_and_says_so(edits: dict[str, Any]) -> None:
    people = (
        mwg(0.7, 0.3, 0.1, 0.2)
        + microsoft(0.6, 0.2, 0.1, 0.1).replace("Ann", "Ben")
        + f"<Iptc4xmpExt:PersonInImage>{bag('Cleo')}</Iptc4xmpExt:PersonInImage>"
        + f"<dc:subject>{bag('dawn', 'Ann', 'Cleo')}</dc:subject>"
        + f"<digiKam:TagsList>{bag('People/Ann', 'People/Ben', 'Nature/Sea')}</digiKam:TagsList>"
    )
    data = with_xmp(packet(people))

    xmp, _, _ = result(data, edits, metadata="keep")
    told = edit(data, edits, {"format": "jpeg"}).notices

    assert not any(name in xmp for name in ("Ann", "Ben", "Cleo", "stArea:x"))
    assert "dawn" in xmp
    assert "Nature/Sea" in xmp
    assert "no_people" in [notice.code for notice in told]


def test_a_photo_of_nobody_tells_nothing_of_people() -> None:
    data = with_xmp(packet("<xmp:Rating>4</xmp:Rating>"))
    edits = {"redact": {"regions": [{"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}]}}

    assert edit(data, edits, {"format": "jpeg"}).notices == []


@pytest.mark.parametrize("bad", ["nan", "inf", "-inf", "1e999", "", "x", "1,5"])
def test_numbers_that_are_none_are_no_region(bad: str) -> None:
    sides = {"rbShape": "rectangle", "rbUnit": "relative", "rbX": bad, "rbY": bad, "rbW": bad}
    region = mwg(0.7, 0.3, 0.1, 0.2).replace("0.7", bad)
    people = region + microsoft(0.5, 0.5, 0.1, 0.1).replace("0.5", bad)
    people += iptc_region(boundary(**sides)) + SPHERE.replace(">160<", f">{bad}<")
    subject = f"<exif:SubjectArea>{bag(bad, bad)}</exif:SubjectArea>"

    xmp, _, _ = result(with_xmp(packet(people + subject)), HALF)

    assert not re.search("<(MP|mwg-rs|Iptc4xmpExt|GPano|exif):", xmp)
    assert "4</xmp:Rating>" in xmp


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
@pytest.mark.parametrize(
    ("orientation", "place"),
    [
        (6, (84, 112)),
        (3, (48, 84)),
        (8, (36, 48)),
        (2, (48, 36)),
        (4, (112, 84)),
        (5, (36, 112)),
        (7, (84, 48)),
    ],
)
def test_where_the_decoder_turns_the_picture_the_subject_is_turned_too(
    form: str, orientation: int, place: tuple[int, int]
) -> None:
    """As a telephone's HEIC has it: `irot` and `imir` in the file, EXIF of the stored picture."""
    pillow_heif.register_heif_opener()
    area = exif.Value(exif.SHORT, 2, struct.pack("<2H", 112, 36))
    told = exif.Value(exif.SHORT, 1, struct.pack("<H", orientation))
    block = exif_block(exif.Exif(main={274: told}, photo={37396: area}))
    data = saved(Image.fromarray(pixels(1, *SIZE)), form, exif=b"Exif\0\0" + block)

    _, found, _ = result(data, {})

    assert struct.unpack("<2H", found.photo[37396].raw) == place
