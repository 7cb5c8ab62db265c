"""Which files are presets, and how they are read."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.preset_files import CRS, HEAD, TAIL, TITLE, xmp

from abzug.errors import InvalidRequest, RequestError, TooLarge, UnsupportedMedia
from abzug.presets import import_preset
from abzug.presets.lua import read_lrtemplate
from abzug.presets.read import MAX_BYTES

DARKER = {"Exposure2012": "-1.00"}


def template(settings: str, kind: str = "Develop", title: str = "Old") -> bytes:
    return (
        f's = {{\n\tid = "1",\n\ttitle = "{title}",\n\ttype = "{kind}",\n\tvalue = {{\n'
        f"\t\tsettings = {{\n{settings}\n\t\t}},\n\t}},\n\tversion = 0,\n}}\n"
    ).encode()


def test_elements_are_read_like_attributes_over_several_descriptions() -> None:
    first = f'<rdf:Description {CRS} crs:PresetType="Normal" crs:Contrast2012="1">{TITLE}'
    second = f"<crs:Exposure2012>-1</crs:Exposure2012></rdf:Description><rdf:Description {CRS}"
    third = ' crs:Contrast2012="2"><crs:Shadows2012> +3 </crs:Shadows2012></rdf:Description>'

    found = import_preset((HEAD + first + second + third + TAIL).encode(), "p.xmp")

    assert found.edits == {"contrast": 1, "exposure": -1, "shadows": 3}


def test_a_prefix_means_nothing_only_its_namespace() -> None:
    data = xmp(DARKER).replace(b"crs:", b"cr:").replace(b"xmlns:cr:", b"xmlns:cr:")

    assert import_preset(data.replace(b"xmlns:crs=", b"xmlns:cr="), "").edits == {"exposure": -1}
    other = xmp(DARKER).replace(b"camera-raw-settings", b"camera-raw-saved-settings")
    with pytest.raises(UnsupportedMedia):
        import_preset(other, "p.xmp")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_unicode_is_read(encoding: str) -> None:
    data = xmp(DARKER).decode().replace("Evening", "Übersee").encode(encoding)

    assert import_preset(data, "p.xmp").name == "Übersee"


def test_the_default_text_of_a_name_is_taken() -> None:
    title = TITLE.replace(
        '<rdf:li xml:lang="x-d', '<rdf:li xml:lang="de">Abend</rdf:li><rdf:li xml:lang="x-d'
    )

    assert import_preset(xmp(DARKER, title), "p.xmp").name == "Evening"


def test_without_a_name_the_files_name_is_taken() -> None:
    data = xmp(DARKER).replace(b"Evening", b"")

    assert import_preset(data, "C:\\presets\\Warm light.xmp").name == "Warm light"
    assert import_preset(data, "").name == "Preset"


@pytest.mark.parametrize(
    ("data", "filename", "words"),
    [
        (xmp({"PresetType": "Look"}), "p.xmp", "camera profile"),
        (b"IIRC whatever", "Camera.dcp", "camera profile"),
        (xmp({"PresetType": None, "RawFileName": "a.nef"}), "a.xmp", "sidecar"),
        (xmp({"ProcessVersion": "5.7"}), "p.xmp", "before 2012"),
        (b"LUT_3D_SIZE 2", "look.cube", "LUT"),
        (b"\xff\xd8\xff\xe0", "photo.jpg", "not a Lightroom preset"),
        (b"", "p.xmp", "not a Lightroom preset"),
        (b"<html><body/></html>", "p.xmp", "not a Lightroom preset"),
        (template("", "Export"), "p.lrtemplate", "of the kind “Export”"),
        (b's = { title = "x" }', "p.lrtemplate", "no develop settings"),
    ],
)
def test_what_is_no_preset_is_refused_in_clear_words(
    data: bytes, filename: str, words: str
) -> None:
    with pytest.raises(UnsupportedMedia, match=words):
        import_preset(data, filename)


def test_a_file_that_tells_of_a_photo_is_a_sidecar() -> None:
    about = b'crs:Exposure2012="-1" xmlns:t="http://ns.adobe.com/tiff/1.0/" t:Make="Nikon"'
    data = xmp({"PresetType": None, **DARKER}).replace(b'crs:Exposure2012="-1.00"', about)

    with pytest.raises(UnsupportedMedia, match="sidecar"):
        import_preset(data, "p.xmp")


@pytest.mark.parametrize(
    "data",
    [
        xmp(DARKER)[:-20],
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a>" * 1000 + b"</a>" * 1000,
        b"<a>" + b"<b/>" * 60_000 + b"</a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + xmp(DARKER),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + xmp(DARKER),
        b"s = { value = { settings = { Exposure2012 = ",
        b"s = " + b"{" * 1000,
        b's = { title = "no end }',
        b"s = { a = os.execute() }",
        b"s = { 1 2 }",
        xmp({f"Extra{i}": "1" for i in range(3000)}),
    ],
)
def test_damaged_and_hostile_files_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest):
        import_preset(data, "p")


def test_too_large_a_file_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        import_preset(b" " * (MAX_BYTES + 1), "p.xmp")


def test_the_form_of_before_2018_is_read() -> None:
    data = template(
        "Exposure2012 = -0.7, ConvertToGrayscale = true, -- a remark\n"
        'ToneCurvePV2012 = { 0, 0, 17, 11, 255, 255, }, ["Contrast2012"] = 5; EnableDetail = true,',
        title='$$$/AgPresets/Old=Old \\"one\\"',
    )

    found = import_preset(data, "p.lrtemplate")

    assert found.name == 'Old "one"'
    assert found.edits == {
        "black_and_white": True,
        "contrast": 5,
        "exposure": -0.7,
        "tone_curve": {"points": [[0, 0], [17, 11], [255, 255]]},
    }
    assert {note.outcome for note in found.notes} == {"carried"}


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_whatever_is_in_a_file_it_is_read_or_refused(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([xmp(DARKER), template("Exposure2012 = 1,")]))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    torn = whole[:start] + data.draw(st.binary(max_size=8)) + whole[end:]

    with contextlib.suppress(RequestError):
        assert import_preset(torn, "p.xmp").name


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf\r\n", b"\r\n ", b""])
@pytest.mark.parametrize("behind", [b"\0\0\0", b"\r\n", b""])
def test_marks_blank_lines_and_zeros_around_a_preset_do_no_harm(
    before: bytes, behind: bytes
) -> None:
    file = before + xmp({"Exposure2012": "1"}) + behind

    assert import_preset(file, "p.xmp").edits == {"exposure": 1}


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ('ZSTR "$$$/AgDevelop/Preset/Warm=Warm"', "Warm"),
        ('LOC "$$$/AgDevelop/Preset/Warm=Warm"', "Warm"),
        ('"$$$/AgDevelop/Presets/BW/High=B&W = High"', "B&W = High"),
        ('ZSTR "Warm"', "Warm"),
        ('"1 = 2"', "1 = 2"),
        ('"$$$ cheap"', "$$$ cheap"),
    ],
)
def test_a_title_of_adobes_own_is_shown_in_english(title: str, shown: str) -> None:
    """As Lightroom's own presets have it, with the key by which it is translated."""
    settings = "value = { settings = { Exposure2012 = 0.5 } }"
    data = f's = {{ internalName = "X", title = {title}, type = "Develop", {settings} }}'.encode()

    preset = read_lrtemplate(data)
    assert preset.name == shown
    assert preset.properties["Exposure2012"] == "0.5"
