"""Pictures that are computed and look enough like photos: a face that a detector finds, a sky,
leaves, letters, lamps at night, a color chart. Equal in every run."""

from __future__ import annotations

import numpy as np

from tests.support.drawing import Drawing, Plane, letters, plane

EYES = (160, 194), (432, 193)
"""The middles of the pupils of a portrait."""
PATCHES = {
    "blue": (710, (0.05, 0.09, 0.45)),
    "green": (812, (0.08, 0.4, 0.08)),
    "red": (920, (0.5, 0.06, 0.05)),
    "yellow": (1030, (0.7, 0.5, 0.04)),
}
"""How far right each patch of a chart is, and its light."""
PATCH_ROW = 816


def portrait(pupil: tuple[float, float, float]) -> Drawing:
    """A face that fills the frame, from the forehead to the lips; 576 × 433."""
    face = Drawing(576, 433, (0.76, 0.56, 0.46), across=576)
    face.shade(1.12, face.blob(290, 60, 230, 120, soft=0.9))
    for side, (x, y) in zip((-1, 1), EYES, strict=True):
        face.shade(0.56, face.blob(x - 4 * side, y - 12, 92, 62, soft=0.7))
        face.mix((0.30, 0.21, 0.17), face.blob(x, y - 85, 92, 15, soft=0.6))  # brow
        face.mix((0.16, 0.10, 0.09), face.blob(x, y - 4, 66, 40, soft=0.25))  # lid
        face.mix((0.82, 0.80, 0.79), face.blob(x, y, 58, 30, soft=0.2))
        face.mix((0.25, 0.33, 0.36), face.blob(x, y, 31, 31, soft=0.1))
        face.mix(pupil, face.blob(x, y, 16, 16, soft=0.06))
        face.mix((0.84, 0.52, 0.46), 0.4 * face.blob(x - 20 * side, 350, 110, 70, soft=1))  # cheek
        face.shade(0.72, face.blob(x - 106 * side, 290, 26, 100, soft=1))  # beside the nose
        face.shade(0.3, face.blob(290 + 42 * side, 352, 20, 11, soft=0.6))  # nostril
        face.shade(0.45, face.blob(288 + 330 * side, 240, 105, 330, soft=0.8))
    face.shade(1.18, face.blob(290, 240, 26, 120, soft=1))  # nose
    face.mix((0.62, 0.37, 0.35), face.blob(290, 440, 110, 22, soft=0.5))  # lips
    face.grain(0.006)
    return face


def landscape(width: int, height: int) -> Drawing:
    """A cloudy sky over the sea, a pier, a grey rock, leaves in front."""
    scene = Drawing(width, height, (0.36, 0.56, 0.84))
    scene.mix((0.80, 0.86, 0.90), np.clip(scene.down * 2, 0, 1))
    scene.mix((0.93, 0.93, 0.93), np.clip(scene.waves(1, 2.5, 40, seed=2) * 1.6, 0, 1))
    sea = Drawing(width, height, (0.42, 0.52, 0.56))
    sea.mix((0.16, 0.28, 0.36), np.clip(3 * (sea.down - 0.45), 0, 1))
    sea.shade(1 + 0.12 * sea.waves(3, 14, 20, seed=3))
    scene.mix(sea, scene.down > 0.45)
    scene.mix((0.30, 0.22, 0.16), _pier(scene, 0.56))
    stone = Drawing(width, height, (0.66, 0.64, 0.61))
    stone.shade(1 + 0.35 * stone.waves(4, 4, 60, seed=5))
    outline = 0.48 + 3 * (scene.x - 0.85) ** 2 + 0.09 * scene.waves(1, 1, 60, seed=4)
    scene.mix(stone, scene.down > outline)
    scene.mix(foliage(width, height), scene.down > 0.8 + 0.05 * scene.waves(4, 0, 30, seed=6))
    scene.grain(0.012)
    return scene


def _pier(scene: Drawing, down: float) -> Plane:
    """A level line over half of the picture, which tells how it hangs."""
    return plane((np.abs(scene.down - down) < 0.012) & (scene.x < 0.55))


def foliage(width: int, height: int) -> Drawing:
    """Leaves, each of a green of its own, with dark between them."""
    leaves = Drawing(width, height, (0.25, 0.62, 0.16))
    leaves.mix((0.62, 0.70, 0.14), leaves.speckle(9, seed=14))
    light = 0.35 + 0.25 * leaves.waves(3, 3, 30, seed=7)
    for cell in (24, 9, 4, 2):
        light += 0.22 * (leaves.speckle(cell, seed=cell) - 0.5)
    leaves.shade(1.5 * np.clip(light, 0.02, 1))
    return leaves


def sunrise(width: int, height: int) -> Drawing:
    """A low sun above the sea, and a pier."""
    scene = Drawing(width, height, (0.30, 0.34, 0.52))
    middle = 0.5 * height / width
    scene.mix((0.98, 0.62, 0.30), np.clip(scene.down * 1.7, 0, 1) ** 1.5)
    scene.mix((0.55, 0.36, 0.40), np.clip(scene.waves(1, 5, 30, seed=20), 0, 1))
    scene.mix((1.0, 0.86, 0.55), scene.blob(0.4, middle, 0.35, 0.3, soft=1))
    scene.mix((1.0, 0.97, 0.85), scene.blob(0.4, middle, 0.05, 0.05, soft=0.3))
    sea = Drawing(width, height, (0.26, 0.20, 0.22))
    sea.shade(1 + 0.3 * sea.waves(3, 25, 20, seed=21))
    glitter = np.clip(sea.waves(6, 40, 20, seed=22) + 0.4, 0, 1)
    sea.mix((0.95, 0.66, 0.38), glitter * np.clip(1 - np.abs(sea.x - 0.4) / 0.09, 0, 1))
    scene.mix(sea, scene.down > 0.6)
    scene.mix((0.09, 0.07, 0.08), _pier(scene, 0.68))
    scene.grain(0.01)
    return scene


BALLS = (0.75, 0.15, 0.12), (0.15, 0.3, 0.62), (0.85, 0.7, 0.12), (0.2, 0.45, 0.22), (0.1, 0.1, 0.1)


def room(width: int, height: int) -> Drawing:
    """A wall with a sign that can be read, a window, colored balls on a wooden board."""
    scene = Drawing(width, height, (0.68, 0.64, 0.56))
    scene.shade(1.1 - 0.7 * np.hypot(scene.x - 0.8, scene.y - 0.2))
    scene.shade(1 + 0.05 * scene.waves(6, 6, 80, seed=30))
    scene.mix((0.97, 0.98, 0.99), (np.abs(scene.x - 0.82) < 0.11) & (np.abs(scene.y - 0.25) < 0.17))
    sign = scene.colors[height // 8 : height // 4, width // 10 : width * 6 // 10]
    sign[:] = 0.90, 0.88, 0.80
    line = sign[height // 40 : -height // 40, width // 20 : -width // 20]
    line[letters("ABZUG", line.shape[1], line.shape[0]) > 0] = 0.12, 0.12, 0.16
    low = height / width
    for number, color in enumerate(BALLS):
        ball = Drawing(width, height, color)
        ball.shade(np.clip(1.4 - 4 * (ball.y - 0.68 * low), 0.3, 2))
        scene.mix(ball, ball.blob(0.14 + 0.17 * number, 0.77 * low, 0.075, 0.075, soft=0.05))
    wood = Drawing(width, height, (0.36, 0.24, 0.15))
    wood.shade(1 + 0.3 * wood.waves(2, 30, 40, seed=31))
    scene.mix(wood, scene.down > 0.89)
    scene.grain(0.015)
    return scene


LAMPS = (1.0, 0.45, 0.10), (0.95, 0.15, 0.12), (0.15, 0.75, 0.35)


def night(width: int, height: int) -> Drawing:
    """Lamps that are too bright for the sensor, and the dark about them."""
    scene = Drawing(width, height, (0.10, 0.07, 0.16))
    scene.shade(1.4 - scene.down)
    rng = np.random.default_rng(40)
    for number, (x, y, size) in enumerate(rng.uniform((0, 0, 0.01), (1, 1.3, 0.04), (30, 3))):
        color = LAMPS[number % 3]
        scene.mix(color, 0.5 * scene.blob(x, y, 8 * size, 8 * size, soft=1))
        scene.mix(color, scene.blob(x, y, 2 * size, 2 * size, soft=0.8))
        scene.mix((1.0, 1.0, 0.97), scene.blob(x, y, size, size, soft=0.3))
    scene.grain(0.012)
    return scene


def chart() -> Drawing:
    """Of light, not encoded: grey steps, and patches of clean colors; 1734 × 1156."""
    scene = Drawing(1734, 1156, (0.18, 0.18, 0.18))
    for number, light in enumerate(np.geomspace(0.02, 0.9, 8)):
        scene.colors[200:500, 120 + 190 * number : 280 + 190 * number] = light
    for x, color in PATCHES.values():
        scene.colors[PATCH_ROW - 44 : PATCH_ROW + 44, x - 44 : x + 44] = color
    scene.grain(0.003)
    return scene


def arrow(width: int, height: int) -> Drawing:
    """An arrow that points up, before leaves."""
    scene = foliage(width, height)
    away = np.abs(scene.x - 0.5)
    scene.mix((0.9, 0.2, 0.1), (away < 0.07) & (np.abs(scene.down - 0.55) < 0.3))
    scene.mix((0.9, 0.2, 0.1), (away < 0.8 * (scene.down - 0.15)) & (scene.down < 0.4))
    return scene
