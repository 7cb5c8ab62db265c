"""How many pictures an animation has, by its beginning."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.support.animations import animated

from abzug.edits.formats.animation_frames import first_frames
from abzug.edits.formats.registry import format_of
from abzug.edits.formats.sniff import sniff

NOISE = np.random.default_rng(3)
FRAMES = [NOISE.integers(0, 256, (20, 30, 3), np.uint8) for _ in range(9)]
FILES = {f"image/{form}": animated(FRAMES, form) for form in ("gif", "webp")}
KINDS = sorted(FILES)


@pytest.mark.parametrize("kind", KINDS)
def test_all_frames_of_a_file_that_is_at_hand_are_counted(kind: str) -> None:
    file = FILES[kind]

    assert sniff(file).frames_in_all(len(file)) == 9
    assert getattr(Image.open(io.BytesIO(file)), "n_frames", 1) == 9


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_longer_file_as_many_are_expected_as_its_beginning_has(kind: str) -> None:
    file = FILES[kind]

    assert sniff(file[: len(file) // 2]).frames_in_all(len(file)) in {8, 9, 10}


@pytest.mark.parametrize("kind", KINDS)
def test_a_beginning_without_a_picture_tells_of_none(kind: str) -> None:
    assert first_frames(FILES[kind][:40], format_of(kind)) is None


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
def test_a_still_has_one_frame(form: str) -> None:
    target = io.BytesIO()
    Image.fromarray(FRAMES[0]).save(target, form)

    assert sniff(target.getvalue()).frames_in_all(10**6) == 1


@given(kind=st.sampled_from(KINDS), noise=st.binary(max_size=60), share=st.floats(0, 1))
def test_damage_raises_nothing(kind: str, noise: bytes, share: float) -> None:
    file = FILES[kind]
    at = round(share * len(file))
    for head in (noise, file[:at] + noise + file[at + len(noise) :], file[:at]):
        found = first_frames(head, format_of(kind))
        assert found is None or found.count > 0
