from __future__ import annotations

import numpy as np
import pytest
from tests.support.cubes import IDENTITY, SWAP, cube_file

from abzug.edits.color import cube
from abzug.edits.color.cube import head_of, read_cube
from abzug.errors import InvalidRequest, TooLarge

COLORS = np.random.default_rng(7).random((500, 3))
TWO = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n"


def curved(rgb: np.ndarray) -> np.ndarray:
    return np.stack([rgb[..., 0] ** 2, rgb[..., 1] * rgb[..., 2], 0.5 + rgb[..., 0] / 4], axis=-1)


def test_a_cube_is_exact_at_its_colors() -> None:
    axis = np.linspace(0, 1, 9)
    nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)

    assert np.abs(read_cube(cube_file(curved, 9))(nodes) - curved(nodes)).max() < 1e-6


def test_red_changes_fastest_in_the_file() -> None:
    assert np.allclose(read_cube(SWAP)(COLORS), COLORS[:, ::-1])


def test_between_its_colors_a_cube_is_tetrahedral() -> None:
    values = np.random.default_rng(3).random((2, 2, 2, 3))
    loaded = read_cube(cube_file(lambda rgb: values[tuple(rgb.astype(int).T)].swapaxes(0, 2), 2))
    corners = loaded.colors
    assert corners is not None

    for red, green, blue in COLORS:
        # the definition: over the corners passed on the way, by how far each axis goes
        steps = sorted(
            zip((red, green, blue), np.eye(3, dtype=int), strict=True), key=lambda s: -s[0]
        )
        place, expected = np.zeros(3, int), (1 - steps[0][0]) * corners[0, 0, 0]
        for (share, axis), (following, _) in zip(steps, [*steps[1:], (0.0, None)], strict=True):
            place = place + axis
            expected = expected + (share - following) * corners[tuple(place)]
        assert loaded(np.array([red, green, blue])) == pytest.approx(expected)


def test_grey_stays_grey_if_the_cube_keeps_it_so() -> None:
    grey = np.repeat(np.linspace(0, 1, 101)[:, None], 3, 1)
    found = read_cube(cube_file(lambda rgb: rgb**2.2, 5))(grey)

    assert np.allclose(found, found[:, :1])


def test_a_curve_is_looked_up_in_each_channel() -> None:
    loaded = read_cube(b"LUT_1D_SIZE 3\n0 0 1\n0.25 0.5 0.5\n1 1 0\n")

    assert np.allclose(loaded(np.array([0.25, 0.3, 0.75])), [0.125, 0.3, 0.25])
    assert loaded.size == 3


def test_a_curve_may_stand_before_a_cube() -> None:
    text = (
        "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 2\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0.0 1.0\n"
        f"0 0 0\n1 1 1\n{TWO}"
    )

    assert np.allclose(read_cube(text.encode())(COLORS), COLORS / 2)


def test_what_lies_beyond_the_domain_is_held_to_it() -> None:
    text = f"DOMAIN_MIN 0.2 0 0\nDOMAIN_MAX 0.6 1 2\nLUT_3D_SIZE 2\n{TWO}"
    loaded = read_cube(text.encode())

    assert np.allclose(loaded(np.array([[0.1, 0.5, 1.0], [0.4, 0, 0], [0.9, 1, 1]])), [
        [0, 0.5, 0.5],
        [0.5, 0, 0],
        [1, 1, 0.5],
    ])  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f'\ufeffTITLE "a # b"\nLUT_3D_SIZE 2\n{TWO}',
        f'# made by hand\n\nTITLE "a # b"\r\nLUT_3D_SIZE 2\r\n{TWO}'.replace(
            "\n1 1 0", "\n# !\n1 1 0"
        ),
        f"LUT_3D_SIZE\t2\n  TITLE  a # b\n{TWO}".replace("1 1 1", "1e0 +1.0\t1. # white"),
    ],
)
def test_files_of_all_kinds_of_writers_are_read(text: str) -> None:
    loaded = read_cube(text.encode())

    assert (loaded.title, loaded.size) == ("a # b", 2)
    assert np.allclose(loaded(COLORS), COLORS)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Line 0: neither LUT_1D_SIZE nor LUT_3D_SIZE"),
        ("\n\n1 2 3", "Line 3: neither LUT_1D_SIZE nor LUT_3D_SIZE"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "Line 2: 8 rows of numbers are wanted, 1 are there"),
        (f"LUT_3D_SIZE 2\n{TWO}\n0 0 0", "Line 11: more than the 8 rows of numbers"),
        (f"LUT_3D_SIZE 2\n{TWO}TITLE x", "Line 10: more than the 8 rows of numbers"),
        ("LUT_3D_SIZE 2\n0 0 0\n0 0", "Line 3: 3 numbers are wanted"),
        ("LUT_3D_SIZE 2\n0 0 0\n0 x 0", "Line 3: 3 numbers are wanted"),
        ("LUT_3D_SIZE 2\n0 nan 0", "Line 2: 3 numbers are wanted"),
        ("LUT_3D_SIZE 2\n0 1e999 0", "Line 2: 3 numbers are wanted"),
        ("LUT_3D_SIZE 2\n0 0 1e9", "Line 2: 3 numbers are wanted"),
        ("LUT_3D_SIZE 1", "Line 1: LUT_3D_SIZE is a whole number from 2 to 65"),
        ("LUT_3D_SIZE 66", "Line 1: LUT_3D_SIZE is a whole number from 2 to 65"),
        ("LUT_3D_SIZE -3", "Line 1: LUT_3D_SIZE is a whole number from 2 to 65"),
        ("LUT_3D_SIZE 9999999999", "Line 1: LUT_3D_SIZE is a whole number from 2 to 65"),
        ("LUT_1D_SIZE 65537", "Line 1: LUT_1D_SIZE is a whole number from 2 to 65536"),
        ("DOMAIN_MIN 0 0", "Line 1: 3 numbers are wanted"),
        (f"DOMAIN_MIN 0 1 0\nLUT_3D_SIZE 2\n{TWO}", "the domain's end is not above its beginning"),
        (f"DOMAIN_MAX 1 1e-320 1\nLUT_3D_SIZE 2\n{TWO}", "the domain's end is not above"),
        ("GIF89a\x00\x01", "Line 1: GIF89a"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, why: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_cube(text.encode())

    assert why in refused.value.message


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(TooLarge):
        read_cube(b"x" * (cube.MAX_BYTES + 1))


def test_a_title_is_made_safe_to_show() -> None:
    text = f'TITLE "\x1b[31m{"long " * 100}"\nLUT_3D_SIZE 2\n{TWO}'

    title = read_cube(text.encode()).title
    assert title.startswith("[31mlong long")
    assert len(title) <= 200


PLAIN = IDENTITY.decode()


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.lower().encode(),
        PLAIN.replace("LUT_3D_SIZE", "Lut_3d_Size").encode(),
        ('title "lower"\ndomain_min 0 0 0\ndomain_max 1 1 1\n' + PLAIN).encode(),
        (PLAIN + "\0").encode(),
        (PLAIN + "\x1a").encode(),
        (PLAIN + "\x1a\0\0\0\r\n").encode(),
        PLAIN.rstrip("\n").encode() + b"\0\0",
        b"\xef\xbb\xbf" + PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").lower().encode() + b"\x1a",
        PLAIN.encode("utf-16"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    ],
)
def test_how_a_program_writes_the_same_is_no_matter(data: bytes) -> None:
    found, wanted = read_cube(data).colors, read_cube(IDENTITY).colors
    assert found is not None
    assert wanted is not None
    assert np.array_equal(found, wanted)
    assert head_of(data)[1] == 17
