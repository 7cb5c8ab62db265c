"""What exiftool reads in results is what docs/reference/metadata.md says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import missing
from tests.support.engine_calls import edit
from tests.support.photo_metadata import bag, packet, segment, with_segments
from tests.unit.edits.metadata.test_every_place import note_like_canons, text
from tests.unit.edits.metadata.test_regions import SPHERE, boundary, iptc_region, microsoft, mwg

from abzug.edits.metadata import exif, iptc
from abzug.edits.metadata.exif_block import exif_block

DOCS = Path(__file__).parents[4] / "docs" / "reference" / "metadata.md"
FORMATS = ["jpeg", "png", "webp", "avif", "tiff"]
POLICIES = ["keep", "no-location", "copyright", "strip"]
HALF = {"crop": {"x": 0.5, "y": 0, "width": 0.5, "height": 1}}
Tags = dict[str, Any]


@pytest.fixture(scope="session")
def exiftool() -> Callable[..., list[Tags]]:
    program = shutil.which("exiftool")
    if program is None:
        missing("exiftool (Debian's libimage-exiftool-perl)")

    def read(*files: Path) -> list[Tags]:
        done = subprocess.run(
            [str(program), "-json", "-n", "-a", "-G1", *files],
            capture_output=True,
            text=True,
            check=True,
        )
        found: list[Tags] = json.loads(done.stdout)
        return found

    return read


def rational(*numbers: int) -> exif.Value:
    raw = b"".join(number.to_bytes(4, "little") + b"\1\0\0\0" for number in numbers)
    return exif.Value(exif.RATIONAL, len(numbers), raw)


def shorts(*numbers: int) -> exif.Value:
    raw = b"".join(number.to_bytes(2, "little") for number in numbers)
    return exif.Value(exif.SHORT, len(numbers), raw)


def photo() -> bytes:
    """A JPEG with all that the table tells of."""
    note = note_like_canons(400)
    block = exif_block(
        exif.Exif(
            "<",
            {271: text("Canon"), exif.ARTIST: text("Ann"), exif.COPYRIGHT: text("(c) Ann")},
            {
                36867: text("2024:05:01 06:07:08"),
                37500: exif.Value(exif.UNDEFINED, len(note), note),
                37396: shorts(120, 60, 20, 30),
            },
            {0: exif.Value(1, 4, b"\2\3\0\0"), 1: text("N"), 2: rational(55, 40, 7)},
            note_at=400,
        )
    )
    rights = '<rdf:Alt><rdf:li xml:lang="x-default">(c) Ann</rdf:li></rdf:Alt>'
    properties = (
        mwg(0.7, 0.3, 0.1, 0.2)
        + microsoft(0.65, 0.2, 0.1, 0.2)
        + iptc_region(
            boundary(rbShape="rectangle", rbUnit="relative", rbX=0.65, rbY=0.2, rbW=0.1, rbH=0.2)
        )
        + f"<dc:subject>{bag('dawn')}</dc:subject><dc:rights>{rights}</dc:rights>"
        + "<photoshop:City>Oslo</photoshop:City>"
        + "<crs:Exposure2012>+1.00</crs:Exposure2012>"
        + SPHERE
    )
    sets = [(2, 80, b"Ann"), (2, 110, b"Byline Inc"), (2, 120, b"Sunrise"), (2, 90, b"Oslo")]
    return with_segments(
        segment(0xE1, b"Exif\0\0" + block),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(properties)),
        segment(0xED, iptc.write_iptc(sets)),
    )


def state(tags: Tags, before: dict[str, object], after: dict[str, object] | None = None) -> str:
    """Whether these tags are there as they were, or as they are to be now, or not at all."""
    told = {name: tags.get(name) for name in before}
    if all(value is None for value in told.values()):
        return "left out"
    if after is not None and told == pytest.approx(after):
        return "moved"
    return "kept" if told == before else f"something else: {told}"


def either(tags: Tags, in_iptc: str, in_xmp: str, value: str) -> str:
    found = [tags[name] for name in (f"IPTC:{in_iptc}", f"XMP-{in_xmp}") if name in tags]
    return "left out" if not found else "kept" if value in found else f"something else: {found}"


def regions(tags: Tags) -> str:
    told = {
        "XMP-mwg-rs:RegionAreaX": 0.4,
        "XMP-mwg-rs:RegionAreaW": 0.2,
        "XMP-MP:RegionRectangle": "0.3, 0.2, 0.2, 0.2",
        "XMP-iptcExt:ImageRegionBoundaryX": 0.3,
    }
    found = {name: tags.get(name) for name in told}
    if not any(found.values()):
        return "left out"
    return "moved" if found == pytest.approx(told) else f"something else: {found}"


READ: dict[str, Callable[[Tags], str]] = {
    "camera, lens, exposure, date (EXIF)": lambda tags: state(
        tags, {"IFD0:Make": "Canon", "ExifIFD:DateTimeOriginal": "2024:05:01 06:07:08"}
    ),
    "artist and copyright (EXIF)": lambda tags: state(
        tags, {"IFD0:Artist": "Ann", "IFD0:Copyright": "(c) Ann"}
    ),
    "GPS (EXIF)": lambda tags: state(tags, {"GPS:GPSLatitudeRef": "N"}),
    "the maker's note (EXIF)": lambda tags: state(
        tags, {"Canon:CanonImageType": "IMG:PowerShot A1 JPEG"}
    ),
    "subject area and location (EXIF)": lambda tags: state(
        tags, {"ExifIFD:SubjectArea": "120 60 20 30"}, {"ExifIFD:SubjectArea": "40 60 20 30"}
    ),
    "title, caption, keywords, rating (XMP)": lambda tags: state(
        tags, {"XMP-dc:Subject": "dawn", "XMP-xmp:Rating": 4}
    ),
    "creator, rights, credit, license (XMP)": lambda tags: state(
        tags, {"XMP-dc:Rights": "(c) Ann"}
    ),
    "city, country and other places (XMP)": lambda tags: state(
        tags, {"XMP-photoshop:City": "Oslo"}
    ),
    "regions of MWG, Microsoft and IPTC (XMP)": regions,
    "panorama (GPano)": lambda tags: state(
        tags, {"XMP-GPano:CroppedAreaLeftPixels": 0}, {"XMP-GPano:CroppedAreaLeftPixels": 80}
    ),
    "settings of raw developers (crs and others)": lambda tags: state(
        tags, {"XMP-crs:Exposure2012": 1}
    ),
    "by-line and credit (IPTC)": lambda tags: either(
        tags, "Credit", "photoshop:Credit", "Byline Inc"
    ),
    "caption and keywords (IPTC)": lambda tags: either(
        tags, "Caption-Abstract", "dc:Description", "Sunrise"
    ),
    "city and other places (IPTC)": lambda tags: either(tags, "City", "photoshop:City", "Oslo"),
    "thumbnails, previews, depth": lambda tags: state(tags, {"IFD1:ThumbnailLength": 1}),
}


def documented() -> dict[str, dict[str, str]]:
    table = DOCS.read_text(encoding="utf-8").partition("| what |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")[2:]]
    return {what: dict(zip(POLICIES, cells, strict=True)) for what, *cells in rows}


@pytest.mark.parametrize("source", FORMATS)
def test_exiftool_reads_what_the_table_says(
    source: str, exiftool: Callable[..., list[Tags]], tmp_path: Path
) -> None:
    outputs = [
        {"name": f"{form}-{policy}", "format": form, "metadata": policy}
        for form in FORMATS
        for policy in POLICIES
    ]
    data = photo()
    if source != "jpeg":
        [made] = edit(data, {}, {"format": source, "metadata": "keep"}).results
        data = bytes(made.data)
    files = []
    for half in (outputs[:10], outputs[10:]):
        for result in edit(data, HALF, *half).results:
            files.append(tmp_path / f"{result.name}.{result.format}")
            files[-1].write_bytes(bytes(result.data))

    found = {Path(tags["SourceFile"]).stem: tags for tags in exiftool(*files)}

    expected = documented()
    assert expected.keys() == READ.keys()
    for output in outputs:
        tags = found[output["name"]]
        assert not [name for name in tags if name.endswith((":Warning", ":Error"))], output
        seen = {what: read(tags) for what, read in READ.items()}
        wanted = {what: cells[output["metadata"]] for what, cells in expected.items()}
        assert seen == wanted, f"{source} to {output['name']}"


@pytest.mark.parametrize("form", FORMATS)
def test_the_makers_note_of_a_real_camera_is_as_readable_as_it_was(
    form: str, real_photos: Path, exiftool: Callable[..., list[Tags]], tmp_path: Path
) -> None:
    original = real_photos / "camera-canon-a720.jpg"
    [made] = edit(original.read_bytes(), {}, {"format": form, "metadata": "keep"}).results
    file = tmp_path / f"result.{form}"
    file.write_bytes(bytes(made.data))

    before, after = (
        {name: value for name, value in tags.items() if name.startswith("Canon:")}
        for tags in exiftool(original, file)
    )

    assert len(before) > 80
    assert after == before
