"""The editor of curves: points put, moved and taken away by mouse and keys, drawn as the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect
from tests.integration.page.conftest import BatchPage

from abzug.edits.color.curves import monotone_cubic


@pytest.fixture
def editor(batch: BatchPage) -> Locator:
    batch.page.locator("az-recipe summary", has_text="Tone curve").click()
    square = batch.page.locator("az-curves > svg")
    square.scroll_into_view_if_needed()
    return batch.page.locator("az-curves")


def place(editor: Locator, before: float, after: float) -> tuple[float, float]:
    """Where a tone is on the screen."""
    box = editor.locator("> svg").bounding_box()
    assert box
    return box["x"] + before / 255 * box["width"], box["y"] + (1 - after / 255) * box["height"]


def curves(batch: BatchPage) -> dict[str, list[Any]]:
    """What the recipe has of them."""
    return batch.page.evaluate("JSON.parse(localStorage['abzug.recipe']).edits.tone_curve ?? {}")


def test_a_click_adds_a_point_and_it_is_dragged(batch: BatchPage, editor: Locator) -> None:
    mouse = batch.page.mouse
    mouse.move(*place(editor, 64, 64))
    mouse.down()
    mouse.move(*place(editor, 70, 40))
    mouse.up()
    [(before, after)] = curves(batch)["points"][1:-1]
    assert (before, after) == (pytest.approx(70, abs=1), pytest.approx(40, abs=1))

    mouse.move(*place(editor, 255, 255))
    mouse.down()
    mouse.move(*place(editor, 300, 200))
    mouse.up()

    end = curves(batch)["points"][-1]
    assert end == [255, pytest.approx(200, abs=1)], "an end is dragged along the edge"
    expect(editor.get_by_label("Input")).to_have_value("255")


def test_a_double_click_takes_a_point_away(batch: BatchPage, editor: Locator) -> None:
    at = place(editor, 128, 180)
    batch.page.mouse.click(*at)
    handles = editor.get_by_role("slider")
    expect(handles).to_have_count(3)

    batch.page.mouse.dblclick(*at)

    expect(handles).to_have_count(2)
    assert curves(batch) == {}


def test_a_curve_is_made_by_keyboard_alone(batch: BatchPage, editor: Locator) -> None:
    press = batch.page.keyboard.press
    editor.get_by_role("button", name="Red").press("Enter")
    editor.get_by_role("button", name="Add point").press("Enter")
    expect(editor.get_by_role("slider", name="Point 2 of 3")).to_be_focused()
    press("Shift+ArrowUp")
    press("ArrowLeft")
    point = editor.get_by_role("slider", name="Point 2 of 3")
    expect(point).to_have_attribute("aria-valuetext", "input 127, output 138")
    editor.get_by_label("Output").fill("160")
    editor.get_by_label("Output").press("Enter")
    assert curves(batch) == {"points": [], "red": [[0, 0], [127, 160], [255, 255]]}

    point.press("Delete")

    assert curves(batch) == {}


def test_the_line_is_the_engines_curve(batch: BatchPage) -> None:
    points = [[0, 30], [50, 20], [90, 200], [170, 200], [240, 255]]
    at = np.linspace(0, 255, 52)

    drawn = batch.page.evaluate(
        """async ([points, at]) => {
          const { monotoneCubic } = await import("/static/recipe/curve.js");
          return at.map(monotoneCubic(points));
        }""",
        [points, at.tolist()],
    )

    np.testing.assert_allclose(drawn, monotone_cubic(*np.transpose(points))(at), atol=1e-9)
