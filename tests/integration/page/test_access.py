"""For everybody: by keyboard alone, in both languages, in both themes, on every width."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.integration.page.conftest import BatchPage, jpeg

MOST_TABS = 80


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control whose name matches has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate("""() => {
          const { ariaLabel, textContent, labels } = document.activeElement;
          return ariaLabel || labels?.[0]?.textContent || textContent.trim();
        }""")
        if re.fullmatch(name, focused):
            return
    pytest.fail(f"{MOST_TABS} times Tab, and no focus on {name!r}")


def test_a_batch_is_done_by_keyboard_alone(batch: BatchPage, tmp_path: Path) -> None:
    page, press = batch.page, batch.page.keyboard.press
    files = [tmp_path / name for name in ("a.jpg", "b.jpg")]
    for file in files:
        file.write_bytes(jpeg())

    tab_to(page, "Choose photos")
    with page.expect_file_chooser() as chooser:
        press("Enter")
    chooser.value.set_files(files)
    batch.wait_for_state("b.jpg", "ready")
    tab_to(page, "Contrast")
    press("ArrowRight")
    tab_to(page, "Start editing")
    press("Enter")
    batch.wait_until_done()
    tab_to(page, "Skip to content")
    press("Enter")
    tab_to(page, "a.jpg, .*")
    press("ArrowRight")
    expect(page.get_by_role("button", name="b.jpg")).to_be_focused()
    press("Enter")
    expect(page.get_by_role("dialog", name="b.jpg")).to_be_visible()
    press("Home")
    expect(page.get_by_role("slider", name="Divider")).to_have_attribute("aria-valuenow", "0")
    press("Escape")

    expect(page.get_by_role("button", name="b.jpg")).to_be_focused()
    assert batch.only_job()["edits"] == {"contrast": 1}


def test_the_keys_are_listed_on_a_question_mark(batch: BatchPage) -> None:
    batch.page.keyboard.press("?")

    expect(batch.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_the_language_is_switched_and_nothing_is_lost(batch: BatchPage) -> None:
    batch.drop("a.jpg")
    batch.wait_for_state("a.jpg", "ready")

    batch.page.get_by_role("button", name="Deutsch").click()

    expect(batch.page.get_by_role("button", name="Bearbeiten")).to_be_enabled()
    expect(batch.page.get_by_label("Belichtung", exact=True)).to_be_visible()
    expect(batch.page.get_by_role("button", name="a.jpg, Hochgeladen. Zeigen")).to_be_visible()
    assert batch.page.evaluate("document.documentElement.lang") == "de"


def test_the_theme_goes_round_and_is_remembered(batch: BatchPage) -> None:
    root = batch.page.locator("html")
    for theme in ("light", "dark"):
        batch.page.get_by_role("button", name="Theme").click()
        expect(root).to_have_attribute("data-theme", theme)

    batch.page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    batch.page.get_by_role("button", name="Theme").click()
    expect(root).not_to_have_attribute("data-theme", re.compile(".*"))


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(batch: BatchPage, width: int, theme: str) -> None:
    page = batch.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    batch.open()  # Chromium mixes the colors of both themes for a while after a switch
    looked = []

    def look(state: str) -> None:
        found = Axe().run(page).response
        looked.append((state, [_words(violation) for violation in found["violations"]]))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state

    page.locator("az-recipe details").evaluate_all("all => all.forEach((d) => (d.open = true))")
    look("empty")
    batch.drop("Evening.xmp", content=b"<x:xmpmeta/>")
    expect(page.locator("az-import details")).to_be_attached()
    batch.stub.hold = True
    batch.drop("a-noted.jpg", "broken.jpg", "notes.txt")
    page.locator("az-recipe button:visible, az-actions button:visible").get_by_text(
        "Start editing"
    ).first.click()
    batch.wait_for_state("a-noted.jpg", "waiting")
    look("running")
    batch.stub.hold = False
    batch.wait_for_state("a-noted.jpg", "done")
    batch.wait_for_state("broken.jpg", "failed")
    page.get_by_role("button", name="List").click()
    look("done")
    page.get_by_role("button", name="a-noted.jpg, Done").click()
    look("compare")
    page.get_by_role("dialog").get_by_role("button", name="Perspective").click()
    expect(page.get_by_role("slider", name="Corner 4 of 4")).to_be_visible()
    look("marks")

    assert looked == [(state, []) for state in ("empty", "running", "done", "compare", "marks")]


def test_what_closes_a_photo_stands_before_its_many_downloads(batch: BatchPage) -> None:
    page = batch.page
    outputs = [{"name": f"a-long-name-{n}", "format": "jpeg"} for n in range(8)]
    recipe = {"edits": {}, "outputs": outputs}
    page.evaluate("r => localStorage.setItem('abzug.recipe', JSON.stringify(r))", recipe)
    batch.open()
    batch.drop("a.jpg")
    batch.start()
    batch.wait_until_done()
    page.get_by_role("button", name="a.jpg, Done").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Download a-long-name-7")).to_be_visible()
    top = dialog.get_by_role("link", name="Download a-long-name-0").bounding_box()
    close = dialog.get_by_role("button", name="Close").bounding_box()
    assert top
    assert close
    assert close["y"] + close["height"] <= top["y"]


def test_a_long_name_to_go_back_to_fits_a_phone(batch: BatchPage) -> None:
    page = batch.page
    page.set_viewport_size({"width": 390, "height": 800})
    last = {"version": 1, "id": "b", "created": 1, "chunks": [], "rows": []}
    last["name"] = "Three weeks in Norway, the second half of them"
    page.evaluate("last => localStorage.setItem('abzug.batch.b', JSON.stringify(last))", last)
    page.reload()

    expect(page.get_by_role("link", name="Back to")).to_be_visible()
    cut_off = page.locator(".drop > :not(.lamp)").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().right > innerWidth - 16)"
        ".map(one => one.textContent)"
    )
    assert cut_off == []


def _words(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {[node['html'][:120] for node in violation['nodes']]}"


def test_the_recipe_is_a_sheet_on_a_phone(batch: BatchPage) -> None:
    page = batch.page
    page.set_viewport_size({"width": 390, "height": 800})
    sheet = page.locator("az-recipe")
    expect(sheet).to_be_hidden()

    page.get_by_role("button", name="Recipe").click()
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")

    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="Recipe")).to_be_focused()
