"""Animations: every frame edited alike, and shown as long as it was."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.support.animations import animated, taken_apart
from tests.support.engine_calls import decoded, edit, first, saved
from tests.support.pictures import pixels

from abzug.edits.color.profiles import profile_of
from abzug.edits.engine import header
from abzug.edits.notices import Told
from abzug.errors import (
    EditImpossible,
    EditTimeout,
    PhotoError,
    TruncatedPhoto,
    UnreadablePhoto,
)

WIDTH, HEIGHT = 61, 43
DELAYS = [50, 120, 30, 1000]
EXACT = {"format": "webp", "lossless": True}


def scene(at: int) -> np.ndarray:
    """A photo in few colors, so that a GIF holds it, with a square that moves over it."""
    picture = pixels(1, WIDTH, HEIGHT) // 64 * 64
    picture[5 + 7 * at : 14 + 7 * at, 9 + 11 * at : 20 + 11 * at] = (255, 192, 0)
    return picture


FRAMES = [scene(0), scene(1), scene(1), scene(3)]


@pytest.mark.parametrize("loop", [0, 1, 4])
@pytest.mark.parametrize("form", ["gif", "webp"])
def test_frames_delays_and_loop_are_kept(form: str, loop: int) -> None:
    file = animated(FRAMES, "gif", DELAYS, loop)

    [result] = edit(file, {"exposure": 0.5}, {"format": form}).results

    frames, delays, shown = taken_apart(result.data)
    assert (len(frames), delays, shown) == (4, DELAYS, loop)
    assert (result.width, result.height) == header(bytes(result.data)) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_every_frame_is_edited_like_a_photo(form: str) -> None:
    edits = {"exposure": 0.7, "clarity": 40, "rotate": 90, "sharpening": {"amount": 50}}
    frames = [FRAMES[0], FRAMES[1], FRAMES[3]]  # libwebp would leave out the one that is repeated

    [result] = edit(animated(frames, form), edits, EXACT).results

    alone = [first(edit(saved(frame), edits)) for frame in frames]
    together, _, _ = taken_apart(result.data)
    assert all(np.array_equal(a[..., :3], b) for a, b in zip(together, alone, strict=True))


def test_a_gif_shows_each_frame_in_its_own_colors() -> None:
    edits = {"exposure": 0.5, "vignette": {"amount": -30}, "saturation": -40}
    file = animated(FRAMES, "gif")

    gif, webp = edit(file, edits, {"name": "g", "format": "gif"}, EXACT).results

    pairs = zip(taken_apart(gif.data)[0], taken_apart(webp.data)[0], strict=True)
    assert max(np.abs(a.astype(int) - b).mean() for a, b in pairs) < 1


def test_frames_that_are_parts_are_put_together_first() -> None:
    """A GIF's frame may be a patch on the one before, which may be taken away again."""
    images = [Image.fromarray(frame) for frame in FRAMES]
    file = saved(
        images[0],
        "gif",
        save_all=True,
        append_images=images[1:],
        duration=50,
        disposal=[1, 2, 3, 0],
    )

    [result] = edit(file, {}, EXACT).results

    ours, theirs = taken_apart(result.data)[0], taken_apart(file)[0]
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_transparency_is_kept_and_moves() -> None:
    frames = [np.dstack([frame, np.full(frame.shape[:2], 255, np.uint8)]) for frame in FRAMES]
    for at, frame in enumerate(frames):
        frame[10 * at : 10 * at + 8] = 0

    webp, gif = edit(animated(frames, "gif"), {}, EXACT, {"name": "gif", "format": "gif"}).results

    for file in (webp.data, gif.data):
        alphas = [frame[..., 3] for frame in taken_apart(file)[0]]
        assert all(np.array_equal(a, b[..., 3]) for a, b in zip(alphas, frames, strict=True))


def test_an_animation_on_its_side_stands_upright() -> None:
    file = animated([FRAMES[0], FRAMES[1]], "webp", orientation=6)

    [result] = edit(file, {}, EXACT).results

    frames, _, _ = taken_apart(result.data)
    assert np.array_equal(frames[1][..., :3], np.rot90(FRAMES[1], -1))


def test_a_cut_that_follows_the_eye_is_found_once_and_stands_still() -> None:
    wide = [np.full((60, 200, 3), 90, np.uint8) for _ in range(2)]
    wide[0][20:40, 10:30] = wide[1][20:40, 170:190] = (255, 40, 0)  # it runs from left to right

    [result] = edit(
        animated(wide, "webp"), {"crop": {"aspect": "1:1", "gravity": "attention"}}, EXACT
    ).results

    start, end = (frame[..., :3] for frame in taken_apart(result.data)[0])
    assert start.shape == (60, 60, 3)
    assert (start == (255, 40, 0)).all(axis=-1).any()
    assert (end == 90).all()


def test_a_border_is_looked_for_once_so_that_all_frames_have_one_size() -> None:
    frames = [np.full((50, 80, 3), 255, np.uint8) for _ in range(2)]
    frames[0][10:40, 20:60] = frames[1][5:45, 5:75] = FRAMES[0][:1, :1]

    [result] = edit(animated(frames, "webp"), {"trim": True}, EXACT).results

    assert [frame.shape for frame in taken_apart(result.data)[0]] == [(30, 40, 4)] * 2
    assert (result.width, result.height) == (40, 30)


def test_what_is_automatic_is_found_once() -> None:
    """The second frame alone would be made brighter."""
    frames = [FRAMES[0], FRAMES[0] // 4]

    done = edit(animated(frames, "webp"), {"auto_tone": True}, EXACT)

    together, _, _ = taken_apart(done.results[0].data)
    alone = first(edit(saved(frames[1]), {"auto_tone": True}))
    assert len(done.notices) == 1
    assert together[1][..., :3].mean() < alone.mean() - 5


def test_several_sizes_and_formats_come_of_one_order() -> None:
    outputs: list[dict[str, Any]] = [
        EXACT | {"name": "full"},
        EXACT | {"name": "small", "max_side": 30},
        {"name": "still", "format": "png"},
        {"name": "gif", "format": "gif", "max_side": 30},
    ]

    done = edit(animated(FRAMES, "gif", DELAYS), {"saturation": -100}, *outputs)

    full, small, still, gif = done.results
    for moving, size in ((full, (61, 43)), (small, (30, 21)), (gif, (30, 21))):
        frames, delays, _ = taken_apart(moving.data)
        assert (moving.width, moving.height) == size
        assert delays == DELAYS
        assert all(np.ptp(frame[..., :3].astype(int), axis=-1).max() == 0 for frame in frames)
    assert np.array_equal(decoded(still.data), taken_apart(full.data)[0][0])
    assert done.notices == [Told.first_of_frames_in.notice(frames=4, outputs=["still"])]


def test_a_single_frame_is_an_ordinary_photo() -> None:
    done = edit(animated(FRAMES[:1], "gif"), {}, {"format": "png"})

    assert np.array_equal(first(done)[..., :3], FRAMES[0])
    assert done.notices == []


def test_the_quality_is_lowered_for_all_frames_until_they_fit() -> None:
    noisy = [pixels(seed, 120, 90) for seed in range(5)]
    file = animated(noisy, "webp", DELAYS)
    [large] = edit(file, {}, {"format": "webp"}).results
    most = len(large.data) // 2

    [small] = edit(file, {}, {"format": "webp", "max_bytes": most}).results

    assert 0.8 * most < len(small.data) <= most
    assert len(taken_apart(small.data)[0]) == 5
    with pytest.raises(EditImpossible, match="GIF has more than"):
        edit(file, {}, {"format": "gif", "max_bytes": 2000})


def test_metadata_and_color_profile_follow_the_output() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Ada"
    exif.get_ifd(0x8825)[1] = "N"
    fields = {
        "exif-data": exif.tobytes(),
        "icc-profile-data": profile_of("p3"),
        "xmp-data": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf="
        b"'http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></x:xmpmeta>",
    }
    file = animated(FRAMES, "webp", fields=fields)

    kept, bare = edit(
        file,
        {},
        EXACT | {"name": "kept", "metadata": "no-location", "icc": "keep"},
        EXACT | {"name": "bare", "metadata": "strip"},
    ).results

    image = Image.open(io.BytesIO(kept.data))
    assert image.getexif()[0x013B] == "Ada"
    assert not image.getexif().get_ifd(0x8825)
    assert image.info["icc_profile"] == profile_of("p3")
    assert np.array_equal(taken_apart(kept.data)[0][0][..., :3], FRAMES[0])
    stripped = Image.open(io.BytesIO(bare.data))
    assert 0x013B not in stripped.getexif()
    assert "xmp" not in stripped.info
    assert stripped.info["icc_profile"] == profile_of("srgb")


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_equal_requests_give_equal_bytes(form: str) -> None:
    file = animated(FRAMES, "gif")

    assert edit(file, {"exposure": 1}, {"format": form}) == edit(
        file, {"exposure": 1}, {"format": form}
    )


def test_too_many_frames_are_refused_but_the_first_can_be_had() -> None:
    file = animated([np.full((2, 2, 3), at % 250, np.uint8) for at in range(1001)], "gif")

    with pytest.raises(EditImpossible, match="1,001 frames, at most 1,000"):
        edit(file, {}, {"format": "webp"})
    assert edit(file, {}, {"format": "png"}).results


def test_results_of_too_many_pixels_are_refused_before_the_work() -> None:
    file = animated(FRAMES, "gif")
    enlarged = {"resize": {"width": 600, "enlarge": True}}

    with pytest.raises(EditImpossible, match="in 4 frames, at most 1"):
        edit(file, enlarged, {"format": "webp"}, max_pixels=1_000_000)
    assert edit(file, enlarged, {"format": "png"}, max_pixels=1_000_000).results


def test_the_time_limit_holds() -> None:
    with pytest.raises(EditTimeout):
        edit(animated(FRAMES, "gif"), {}, {"format": "webp"}, time_limit=0)


@pytest.mark.parametrize("form", ["gif", "webp"])
@pytest.mark.parametrize("share", [0.4, 0.8, 0.97])
def test_an_animation_that_ends_too_early_is_never_a_success(form: str, share: float) -> None:
    whole = animated([pixels(seed, WIDTH, HEIGHT) for seed in range(4)], form)

    with pytest.raises((TruncatedPhoto, UnreadablePhoto)):
        edit(whole[: int(len(whole) * share)], {}, {"format": "webp"})


FILES = {form: animated(FRAMES, form, DELAYS) for form in ("gif", "webp")}


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["gif", "webp"]),
    st.sampled_from(["gif", "webp"]),
    st.floats(0, 1),
    st.binary(min_size=1, max_size=8),
)
def test_damaged_files_raise_nothing_but_photo_errors(
    form: str, wanted: str, where: float, noise: bytes
) -> None:
    whole = FILES[form]
    at = int(where * len(whole))

    with contextlib.suppress(PhotoError):
        damaged = whole[:at] + noise + whole[at + len(noise) :]
        done = edit(damaged, {}, {"format": wanted}, max_pixels=1_000_000)
        assert done.results[0].data
