"""White balance of a RAW: kelvin and tint of the light it was shot in, and of any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tests.support.colors import delta_e
from tests.support.engine_calls import edit, first
from tests.support.pictures import pixels
from tests.support.raw_containers import developable
from tests.support.raws import dng

from abzug.edits.color.adaptation import WHITE, Illuminant, illuminant_of, white_of
from abzug.edits.color.colorspace import to_linear
from abzug.edits.raw.camera import Sensor
from abzug.edits.raw.develop import open_raw

CAMERA = np.array([[0.65, -0.12, -0.09], [-0.38, 1.16, 0.25], [-0.04, 0.15, 0.6]])
"""From XYZ to what the sensor counts; like a real one's."""
WARM = CAMERA + np.array([[0.06, 0.02, -0.05], [0.02, 0.04, 0.02], [0.01, -0.02, 0.05]])
SUN, BULB = Illuminant(5500, 10), Illuminant(2850, 0)
SMALL = {"format": "png", "max_side": 32}


def raw(lit: Illuminant, shot: Illuminant, greys: tuple[float, ...] = (0.18, 0.4)) -> bytes:
    """Grey fields in one light, by a camera set for another; 1 is what it can hold of green."""
    counts = CAMERA @ white_of(lit)
    row = np.repeat(np.array(greys)[:, None] * counts / counts[1], 32, axis=0)
    return counted(np.broadcast_to(row, (32, *row.shape)), CAMERA @ white_of(shot))


def counted(
    counts: np.ndarray, neutral: np.ndarray, tags: Mapping[int, Any] | None = None
) -> bytes:
    known = {50721: (10, CAMERA.ravel()), 50728: (5, neutral / neutral.max())}
    return dng(counts, {**known, **(tags or {})}, sees=(1.0, 1.0, 1.0))


def as_shot(data: bytes) -> Illuminant:
    balance = open_raw(data, 10**8).balance
    assert balance
    return balance.as_shot


def fields(data: bytes, light: Illuminant | None = None, **edits: Any) -> np.ndarray:
    """What the middle of each field is developed to, linear."""
    if light:
        edits["white_balance"] = {"kelvin": light.kelvin, "tint": light.tint}
    picture = first(edit(data, edits))
    return np.array([to_linear(picture[8:24, x : x + 16] / 255).mean((0, 1)) for x in (8, 40)])


@pytest.mark.parametrize("kelvin", [2000, 2850, 4000, 5500, 6504, 10_000, 50_000])
@pytest.mark.parametrize("tint", [-100, 0, 40, 150])
def test_a_light_is_told_from_its_color(kelvin: float, tint: float) -> None:
    found = illuminant_of(white_of(Illuminant(kelvin, tint)))

    assert 1e6 / found.kelvin == pytest.approx(1e6 / kelvin, abs=0.5)
    assert found.tint == pytest.approx(tint, abs=0.5)


@pytest.mark.parametrize("shot", [SUN, BULB, Illuminant(7500, -20)])
def test_the_light_as_shot_is_found_and_asking_for_it_changes_nothing(shot: Illuminant) -> None:
    data = raw(SUN, shot)

    found = as_shot(data)

    assert found == pytest.approx(shot, rel=0.002, abs=0.2)
    plain = first(edit(data))
    for same in ({"kelvin": found.kelvin}, {"kelvin": found.kelvin, "tint": found.tint}):
        assert np.array_equal(first(edit(data, {"white_balance": same})), plain)


@pytest.mark.parametrize(("lit", "shot"), [(BULB, SUN), (SUN, BULB)])
def test_what_was_grey_in_the_light_that_is_told_comes_out_grey(
    lit: Illuminant, shot: Illuminant
) -> None:
    data = raw(lit, shot)

    plain, told = fields(data), fields(data, lit)

    assert np.ptp(plain[0]) / plain[0].mean() > 0.3, "it has a cast"
    assert np.ptp(told, axis=1) / told.mean(1) == pytest.approx(0, abs=0.02)
    assert told[0] / told[1] == pytest.approx(0.18 / 0.4, rel=0.03)


def test_a_preset_is_its_light() -> None:
    data = raw(BULB, SUN)

    by_name = first(edit(data, {"white_balance": {"preset": "tungsten"}}))

    assert np.array_equal(
        by_name, first(edit(data, {"white_balance": {"kelvin": 2850, "tint": 0}}))
    )


@pytest.mark.parametrize("kelvin", [3500, 8000])
def test_what_is_grey_as_shot_keeps_its_luminance(kelvin: float) -> None:
    data = raw(SUN, SUN, (0.1, 0.2))

    shifted, plain = fields(data, Illuminant(kelvin, 10)), fields(data)

    assert np.abs(shifted - plain).max() > 0.02
    assert shifted @ [0.2126, 0.7152, 0.0722] == pytest.approx(
        plain @ [0.2126, 0.7152, 0.0722], rel=0.02
    )


@pytest.mark.parametrize("kelvin", [2000, 4000, 9000, 50_000])
def test_what_is_full_is_white_in_any_light(kelvin: float) -> None:
    [_, white] = fields(raw(SUN, SUN, (0.3, 9.0)), Illuminant(kelvin, 10))

    assert white.min() > 0.97


def test_a_light_is_the_same_at_half_size() -> None:
    scene = to_linear(pixels(2, 128, 96) / 255) * 0.3
    data = counted(scene, CAMERA @ white_of(SUN))
    cold = {"white_balance": {"kelvin": 4000}}

    small = first(edit(data, cold, {"format": "png", "max_side": 64}))
    large = first(edit(data, cold, {"format": "png", "max_side": 65}))

    assert delta_e(small, large[:48, :64]).shape == (48, 64)
    assert np.abs(small.mean((0, 1)) - large.mean((0, 1))).max() < 2


def test_shifts_and_automatics_start_from_the_light_that_is_told() -> None:
    data = raw(BULB, SUN)
    right = first(edit(data, {"white_balance": {"preset": "tungsten"}}))

    warmer = fields(data, BULB, temperature=30)
    edited = edit(
        data, {"white_balance": {"preset": "tungsten"}, "auto_white_balance": True}, SMALL
    )

    assert warmer[0][0] > warmer[0][2] * 1.2
    assert [notice.text for notice in edited.notices] == [
        "As shot, white balance is 5500 K with a tint of +10.",
        "Auto white balance: nothing to change.",
    ]
    assert np.abs(first(edited).mean((0, 1)) - right.mean((0, 1))).max() < 2


def test_between_the_lights_of_two_matrices_both_count() -> None:
    between = Sensor(((1e6 / 2850, WARM), (1e6 / 6500, CAMERA)))
    shot = Illuminant(4200, 5)
    data = counted(
        np.full((32, 32, 3), 0.2),
        between.response(shot),
        {
            50721: (10, WARM.ravel()),
            50778: (3, [17]),
            50722: (10, CAMERA.ravel()),
            50779: (3, [21]),
        },
    )

    assert as_shot(data) == pytest.approx(shot, rel=0.003, abs=0.3)
    by_one_alone = Sensor(((153.8, CAMERA),)).illuminant(between.response(shot))
    assert abs(by_one_alone.kelvin - shot.kelvin) > 40


def test_a_dng_may_tell_the_light_itself() -> None:
    """AsShotWhiteXY in place of AsShotNeutral."""
    x, y, _ = white_of(BULB) / white_of(BULB).sum()
    data = counted(
        np.full((32, 64, 3), 0.3) * (CAMERA @ white_of(BULB)),
        np.ones(3),
        {50728: (5, []), 50729: (5, [x, y])},
    )

    assert as_shot(data) == pytest.approx(BULB, rel=0.002, abs=0.5)
    [grey, _] = fields(data)
    assert np.ptp(grey) / grey.mean() < 0.02


@pytest.mark.parametrize(
    "matrix",
    [(10, []), (10, np.zeros(9)), (10, -CAMERA.ravel()), (1, b"\0" * 72)],
)
def test_without_a_sound_matrix_kelvin_count_from_daylight(matrix: Any) -> None:
    data = counted(np.full((32, 64, 3), 0.2), np.ones(3), {50721: matrix})
    plain = first(edit(data))

    same = first(edit(data, {"white_balance": {"preset": "daylight"}}))
    warmer = first(edit(data, {"white_balance": {"kelvin": 8000}}))

    assert open_raw(data, 10**8).balance is None
    assert np.array_equal(same, plain)
    assert warmer[16, 16, 0] > plain[16, 16, 0] + 5


def test_kelvin_are_those_that_a_camera_itself_goes_by() -> None:
    """Multipliers of a Canon EOS 7D set to its own lights, as photographers have measured them
    (darktable's table of presets), and the kelvin that its manual names."""
    file = developable(b"Canon", b"Canon EOS 7D", np.full((480, 640), 3000))
    balance = open_raw(file, 10**8).balance
    assert balance

    for multipliers, kelvin in (
        ((1.4482, 1, 2.3486), 3200),
        ((1.8252, 1, 2.1924), 4000),
        ((2.2266, 1, 1.418), 6000),
    ):
        assert balance.sensor.illuminant(1 / np.array(multipliers)).kelvin == pytest.approx(
            kelvin, rel=0.03
        )


def test_a_camera_that_libraw_knows_is_balanced_by_its_matrix() -> None:
    def file(counts: np.ndarray) -> bytes:
        cells = np.tile([[0, 1], [1, 2]], (240, 320))
        return developable(b"SONY", b"ILCE-7M3", np.asarray(counts)[cells] * 4000)

    balance = open_raw(file(np.ones(3)), 10**8).balance
    assert balance
    assert balance.as_shot == pytest.approx((6504, 10), rel=0.001, abs=0.3), (
        "it is taken for daylight"
    )
    lit = Illuminant(4000, 10)
    response = balance.sensor.response(lit)

    grey = first(
        edit(file(response / response.max()), {"white_balance": {"kelvin": 4000, "tint": 10}})
    )

    middle = grey[100:300, 100:300].mean((0, 1))
    assert middle[0] > 90
    assert np.ptp(middle) < 2


def test_no_light_takes_all_of_a_color_away() -> None:
    sensor = Sensor(((153.8, CAMERA),))

    for kelvin in (2000, 50_000):
        for tint in (-150, 150):
            response = sensor.response(Illuminant(kelvin, tint))
            assert response.min() > 0
    assert sensor.response(Illuminant(6504, 10)) == pytest.approx(CAMERA @ WHITE, rel=0.01)


def test_the_chart_of_the_folder_was_shot_in_daylight(photos: Any) -> None:
    data = (photos / "raw-colorchart.dng").read_bytes()

    found = as_shot(data)

    assert 5000 < found.kelvin < 5600
    assert 20 < found.tint < 50
    plain = first(edit(data, {}, SMALL)).mean((0, 1))
    warm = first(edit(data, {"white_balance": {"kelvin": 7500}}, SMALL)).mean((0, 1))
    assert warm[0] > plain[0] + 3
    assert warm[2] < plain[2] - 5
