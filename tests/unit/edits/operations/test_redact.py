from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageSequence
from tests.support.engine_calls import edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.notices import Told
from abzug.edits.operations.redact import redact
from abzug.edits.recipe import canonical_edits, edits_schema, typed_edits
from abzug.errors import InvalidRequest

STYLES = ["blur", "pixelate", "fill"]
PLATE = {"x": 0.25, "y": 0.4, "width": 0.5, "height": 0.2}
INSIDE = (slice(160, 240), slice(150, 450))


def redacted(picture: np.ndarray, **value: Any) -> np.ndarray:
    return redact(picture.copy(), typed_edits(canonical_edits({"redact": value}))["redact"])


def plate(text: str) -> np.ndarray:
    """600 wide, 400 high: the text stands where PLATE is."""
    picture = np.full((400, 600, 3), 235, np.uint8)
    cv2.putText(picture, text, (165, 220), cv2.FONT_HERSHEY_DUPLEX, 2, (20, 30, 40), 4)
    return picture


def apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other).max())


def levels(area: np.ndarray) -> int:
    return len(np.unique(area.reshape(-1, area.shape[2]), axis=0))


@pytest.mark.parametrize("style", STYLES)
def test_only_the_region_changes(style: str) -> None:
    picture = pixels(1, 600, 400)

    result = redacted(picture, regions=[PLATE], style=style)

    assert apart(result[INSIDE], picture[INSIDE]) > 60
    result[INSIDE] = picture[INSIDE]
    assert np.array_equal(result, picture)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("strength", [0, 50, 100])
def test_two_texts_of_equal_weight_look_alike(style: str, strength: float) -> None:
    """What differs between two plates is what could be read: only a rounding step is left of it."""
    one, other = plate("AB 6809"), plate("HN 3056")

    results = [
        redacted(each, regions=[PLATE], style=style, strength=strength) for each in (one, other)
    ]

    assert apart(one, other) > 190
    assert apart(*results) <= 32


@pytest.mark.parametrize("strength", [0, 50, 100])
def test_a_mosaic_has_few_tiles_however_large_the_region(strength: float) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (1600, 2400, 3), np.uint8)

    result = redacted(noise, regions=[PLATE], style="pixelate", strength=strength)

    assert levels(result[640:960, 600:1800]) <= 6 * 2


def test_small_regions_side_by_side_make_no_fine_mosaic() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (1000, 1000, 3), np.uint8)
    strip = [{"x": n / 200, "y": 0.5, "width": 0.005, "height": 0.005} for n in range(100)]

    result = redacted(noise, regions=strip, style="pixelate", strength=0)

    assert all(levels(result[500:505, at : at + 5]) == 1 for at in range(0, 500, 5))


@pytest.mark.parametrize("style", STYLES)
def test_a_higher_strength_leaves_no_more_of_the_photo(style: str) -> None:
    picture = pixels(1, 600, 400)

    detail = [
        float(redacted(picture, regions=[PLATE], style=style, strength=strength)[INSIDE].std())
        for strength in (0, 100)
    ]

    assert detail[1] <= detail[0] < picture[INSIDE].std()


@pytest.mark.parametrize("style", STYLES)
def test_a_text_that_only_alpha_draws_is_gone_too(style: str) -> None:
    letters = 255 - plate("SECRET")[..., :1]
    picture = np.concatenate([np.zeros((400, 600, 3), np.uint8), letters], axis=2)

    result = first(edit(saved(picture), {"redact": {"regions": [PLATE], "style": style}}))

    assert np.ptp(picture[INSIDE][..., 3]) > 190
    assert (result[INSIDE][..., 3] == 255).all()
    assert np.array_equal(result[:160], picture[:160])


def test_a_pixel_that_a_region_only_touches_is_redacted() -> None:
    white = np.full((100, 100, 3), 255, np.uint8)
    region = {"x": 0.105, "y": 0.105, "width": 0.09, "height": 0.09}

    result = redacted(white, regions=[region], style="fill")

    assert (result[10:20, 10:20] == 0).all()
    assert (result == 0).all(axis=2).sum() == 100


def test_a_region_may_reach_beyond_the_photo() -> None:
    white = np.full((10, 10, 3), 255, np.uint8)
    corner = {"x": 1.0, "y": 0.5, "width": 1.0, "height": 1.0}

    result = redacted(white, regions=[corner], style="fill")

    assert (result[5:, 9] == 0).all()
    assert (result[:5] == 255).all()


def test_regions_are_of_the_upright_photo_before_it_is_cut() -> None:
    picture = pixels(1, 600, 400)
    edits = {"redact": {"regions": [PLATE], "style": "fill"}, "crop": {"x": 0.5, "width": 0.5}}

    result = first(edit(saved(picture), edits))

    assert (result[160:240, :150] == 0).all()
    assert np.array_equal(result[:160], picture[:160, 300:])


def test_every_size_is_redacted_alike() -> None:
    """Also where the photo is decoded at half its size."""
    data = saved(plate("AB 6809"), "jpeg", quality=95)
    edits = {"redact": {"regions": [PLATE], "style": "fill"}}

    small = first(edit(data, edits, {"format": "png", "max_side": 300}))

    assert (small[81:119, 76:224] == 0).all()


@pytest.mark.parametrize("style", STYLES)
def test_faces_are_found_and_made_unrecognizable(photos: Path, style: str) -> None:
    from abzug.edits.pixels.faces import find_faces

    data = (photos / "redeye.png").read_bytes()
    picture = first(edit(data))[..., :3].copy()
    faces = find_faces(picture)

    result = first(edit(data, {"redact": {"faces": True, "style": style}}))[..., :3].copy()

    assert len(faces) >= 1
    assert find_faces(result) == []


def test_without_faces_nothing_changes_and_that_is_told() -> None:
    picture = pixels(1)

    result = edit(saved(picture), {"redact": {"faces": True}})

    assert np.array_equal(first(result), picture)
    assert result.notices == [Told.no_face.notice()]


def test_a_face_that_moves_is_redacted_in_every_frame(photos: Path) -> None:
    from abzug.edits.pixels.faces import find_faces

    with Image.open(photos / "redeye.png") as image:
        face = image.convert("RGB").resize((200, 150))
    frames = [Image.new("RGB", (600, 200), (90, 120, 90)) for _ in range(2)]
    for frame, left in zip(frames, (20, 380), strict=True):
        frame.paste(face, (left, 25))
    roll = saved(frames[0], "gif", save_all=True, append_images=frames[1:])

    result = edit(roll, {"redact": {"faces": True, "style": "fill"}}, {"format": "gif"})

    with Image.open(io.BytesIO(result.results[0].data)) as made:
        seen = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(made)]
    assert [find_faces(np.asarray(frame)) != [] for frame in frames] == [True, True]
    assert [find_faces(frame.copy()) for frame in seen] == [[], []]
    assert result.notices == []


def test_nothing_to_redact_is_no_edit() -> None:
    assert canonical_edits({"redact": {"regions": [], "faces": False, "strength": 50}}) == {}


def test_the_region_that_a_form_begins_with_is_taken() -> None:
    properties = edits_schema()["$defs"]["Region"]["properties"]
    begun = {name: field.get("default", field.get("minimum")) for name, field in properties.items()}

    assert canonical_edits({"redact": {"regions": [begun]}})["redact"]["regions"] == [begun]


@pytest.mark.parametrize(
    "wrong",
    [
        {"regions": [{"x": 0.1, "y": 0.1, "width": 0, "height": 0.1}]},
        {"regions": [{"x": -0.1, "y": 0.1, "width": 0.1, "height": 0.1}]},
        {"regions": [{"x": 0.1, "y": 0.1}]},
        {"strength": 101},
        {"style": "smear"},
        {"faces": 1},
    ],
)
def test_what_is_no_redaction_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        canonical_edits({"redact": wrong})
