"""What is set on the picture itself: corners, regions, a frame; by mouse and by keys."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.page.conftest import BatchPage
from tests.support.service import RunningService


def shown(page: Page, name: str) -> Locator:
    """The dialog of a photo, whose picture is there."""
    page.get_by_role("button", name=f"{name}, ").first.click()
    dialog = page.get_by_role("dialog", name=name)
    expect(dialog.get_by_alt_text(f"{name}, Before")).to_have_js_property("naturalWidth", 60)
    return dialog


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a fraction of the picture is, which is 3:2."""
    box = page.locator("az-overlay > svg").bounding_box()
    assert box
    width = min(box["width"], box["height"] * 1.5)
    left, top = box["x"] + (box["width"] - width) / 2, box["y"] + (box["height"] - width / 1.5) / 2
    return left + x * width, top + y * width / 1.5


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*place(page, *start))
    page.mouse.down()
    page.mouse.move(*place(page, *end))
    page.mouse.up()


def recipe(batch: BatchPage) -> dict[str, Any]:
    return batch.page.evaluate("JSON.parse(localStorage['abzug.recipe']).edits")


def near(*numbers: float) -> list[Any]:
    return [pytest.approx(number, abs=0.01) for number in numbers]


def test_corners_that_are_dragged_are_one_photos_own(batch: BatchPage) -> None:
    page = batch.page
    batch.drop("a.jpg", "b.jpg")
    batch.wait_for_state("b.jpg", "ready")
    dialog = shown(page, "a.jpg")
    dialog.get_by_role("button", name="Perspective").click()
    drag(page, (0, 0), (0.2, 0.1))
    drag(page, (1, 1), (0, 0))  # a dent: it stays where it was before
    expect(page.get_by_role("slider", name="Corner 1 of 4")).to_have_attribute(
        "aria-valuetext", "20 % from the left, 10 % from the top"
    )

    dialog.get_by_role("button", name="Done", exact=True).click()

    expect(dialog.get_by_alt_text("a.jpg, After")).to_have_js_property("naturalWidth", 60)
    expect(dialog.get_by_role("status")).to_have_text("Uploaded. Of its own: Perspective.")
    page.keyboard.press("Escape")
    batch.start()
    batch.wait_until_done()
    preview, job = batch.stub.jobs.values()
    own = [near(0.2, 0.1), [1, 0], [1, 1], [0, 1]]
    assert preview["edits"] == {"perspective": {"corners": own}}
    [photo] = [photo["id"] for photo in batch.stub.photos.values() if photo["filename"] == "a.jpg"]
    assert job["edits"] == {}
    assert job["overrides"] == {photo: {"perspective": {"corners": own}}}


def test_regions_are_set_for_all_photos_from_the_recipe(batch: BatchPage) -> None:
    page = batch.page
    batch.drop("a.jpg")
    batch.wait_for_state("a.jpg", "ready")
    page.locator("az-recipe details").evaluate_all("all => all.forEach((d) => (d.open = true))")
    redact = page.locator("az-recipe .group", has_text="Redact")
    redact.get_by_label("Style").select_option(label="Pixelate")

    redact.get_by_role("button", name="On the photo…").click()
    expect(page.get_by_role("switch", name="For all photos")).to_be_checked()
    drag(page, (0.1, 0.2), (0.4, 0.6))
    drag(page, (0.4, 0.6), (0.5, 0.7))
    drag(page, (0.2, 0.3), (0.3, 0.3))
    [region] = recipe(batch)["redact"]["regions"]
    assert list(region.values()) == near(0.2, 0.2, 0.4, 0.5)
    page.mouse.click(*place(page, 0.8, 0.3))
    regions = page.get_by_role("slider", name="Region")
    expect(regions).to_have_count(2)
    expect(regions.nth(1)).to_be_focused()
    page.keyboard.press("Delete")
    expect(regions).to_have_count(1)
    page.get_by_role("button", name="Done", exact=True).click()
    page.keyboard.press("Escape")

    expect(redact.get_by_role("status")).to_have_text("1 place")
    assert recipe(batch)["redact"] == {"regions": [region], "style": "pixelate"}
    redact.get_by_role("button", name="Remove Redact").click()
    assert recipe(batch)["redact"] == {"regions": [], "style": "pixelate"}


def test_what_was_for_all_becomes_one_photos_own_and_survives_a_reload(batch: BatchPage) -> None:
    page, press = batch.page, batch.page.keyboard.press
    batch.drop("a.jpg")
    batch.wait_for_state("a.jpg", "ready")
    dialog = shown(page, "a.jpg")
    dialog.get_by_role("button", name="Redact").press("Enter")
    expect(dialog.get_by_role("button", name="Add")).to_be_focused()
    press("Enter")
    press("ArrowRight")
    press("Shift+ArrowDown")
    for_all = dialog.get_by_role("switch", name="For all photos")
    for_all.check()
    region = {"x": 0.425, "y": 0.42, "width": 0.16, "height": 0.165}
    assert recipe(batch)["redact"]["regions"] == [region]

    for_all.uncheck()
    press("Escape")
    expect(dialog.get_by_role("status")).to_contain_text("Of its own: Redact.")
    press("Escape")
    expect(batch.tile("a.jpg")).to_contain_text("edits of its own")
    page.reload()
    expect(batch.tile("a.jpg")).to_contain_text("edits of its own")
    batch.start()
    batch.wait_until_done()

    assert recipe(batch) == {}
    *_, job = batch.stub.jobs.values()
    assert [*job["overrides"].values()] == [{"redact": {"regions": [region]}}]


def test_a_frame_is_drawn_on_what_comes_before_it(page: Page, service: RunningService) -> None:
    batch = BatchPage(page, service.url)
    batch.open()
    batch.drop("a.jpg")
    batch.wait_for_state("a.jpg", "ready")
    dialog = shown(page, "a.jpg")
    dialog.get_by_role("button", name="Perspective").click()
    drag(page, (1, 1), (1, 0.75))
    drag(page, (0, 1), (0, 0.5))
    dialog.get_by_role("button", name="Done", exact=True).click()
    after = dialog.get_by_alt_text("a.jpg, After")
    expect(after).to_have_js_property("naturalHeight", 30)

    dialog.get_by_role("button", name="Crop").click()
    before = dialog.get_by_alt_text("a.jpg, Before")
    expect(before).to_have_js_property("naturalHeight", 30)
    frame = dialog.get_by_role("slider", name="Frame")
    expect(frame).to_be_focused()
    for _ in range(100):
        frame.press("Shift+ArrowLeft")
    expect(frame).to_have_attribute(
        "aria-valuetext", "0 % from the left, 0 % from the top, 50 % wide, 100 % high"
    )
    page.keyboard.press("Escape")

    expect(after).to_have_js_property("naturalWidth", 30)
    expect(after).to_have_js_property("naturalHeight", 30)
    assert batch.complaints == []


def test_a_frame_keeps_to_the_aspect_of_the_recipe(page: Page, service: RunningService) -> None:
    batch = BatchPage(page, service.url)
    batch.open()
    page.locator("az-recipe details").evaluate_all("all => all.forEach((d) => (d.open = true))")
    crop = page.locator("az-recipe .group", has_text="Crop").first
    crop.get_by_label("Aspect").fill("1:1")
    batch.drop("a.jpg")
    batch.wait_for_state("a.jpg", "ready")
    dialog = shown(page, "a.jpg")
    dialog.get_by_role("button", name="Crop").click()
    frame = dialog.get_by_role("slider", name="Frame")
    expect(frame).to_have_attribute(
        "aria-valuetext", "17 % from the left, 0 % from the top, 67 % wide, 100 % high"
    )

    drag(page, (5 / 6, 1), (0.5, 0.5))

    expect(frame).to_have_attribute(
        "aria-valuetext", "17 % from the left, 0 % from the top, 33 % wide, 50 % high"
    )
    dialog.get_by_role("button", name="Done", exact=True).click()
    after = dialog.get_by_alt_text("a.jpg, After")
    expect(after).to_have_js_property("naturalWidth", 20)
    expect(after).to_have_js_property("naturalHeight", 20)
    assert batch.complaints == []


def test_every_edit_has_an_editor(page: Page, service: RunningService) -> None:
    BatchPage(page, service.url).open()

    fields = page.evaluate("""async () => {
      const { fieldsOf } = await import("/static/recipe/schema.js");
      const schema = await fetch("/v1/edits").then((response) => response.json());
      return fieldsOf(schema.edits).map(({ name, kind, mark }) => ({ name, kind, mark }));
    }""")

    assert [field["name"] for field in fields if field["kind"] == "opaque"] == []
    assert {field["name"]: field["mark"]["kind"] for field in fields if field["mark"]} == {
        "crop": "frame",
        "perspective": "corners",
        "red_eye": "spots",
        "redact": "boxes",
    }
