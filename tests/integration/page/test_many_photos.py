"""A thousand photos: the page stays small and quick, and all of them arrive."""

from __future__ import annotations

import base64

from playwright.sync_api import expect
from tests.integration.page.conftest import BatchPage, jpeg

MANY = 1000
MOST_TILES = 100

WATCH = """() => {
  window.mostTiles = 0;
  const look = () => {
    const tiles = document.querySelectorAll("li.tile").length;
    window.mostTiles = Math.max(window.mostTiles, tiles);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""
DROP_MANY = """([many, content]) => {
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  for (let index = 0; index < many; index += 1) {
    const name = `IMG_${String(index).padStart(4, "0")}.jpg`;
    transfer.items.add(new File([bytes], name, { lastModified: 1 }));
  }
  const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
  document.querySelector("main").dispatchEvent(new DragEvent("drop", options));
}"""


def test_a_thousand_photos_are_edited_while_the_page_stays_small(batch: BatchPage) -> None:
    page = batch.page
    page.evaluate(WATCH)

    page.evaluate(DROP_MANY, [MANY, base64.b64encode(jpeg()).decode()])
    batch.start()
    batch.wait_until_done()

    expect(batch.line("Editing")).to_contain_text("1,000 of 1,000")
    assert page.evaluate("window.mostTiles") <= MOST_TILES
    photos = [task["photo_id"] for tasks in batch.stub.tasks.values() for task in tasks]
    assert len(photos) == len(set(photos)) == batch.stub.uploads == MANY
    assert len(batch.stub.jobs) <= 6
    page.locator("main summary", has_text="Download ZIP").click()
    expect(page.get_by_role("link", name="Part 1:")).to_be_visible()
    expect(page.get_by_role("link", name="Part ")).to_have_count(len(batch.stub.jobs))

    page.keyboard.press("Escape")
    page.get_by_role("button", name="IMG_0000.jpg").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="IMG_0999.jpg")).to_be_focused()
    assert page.locator("li.tile").count() <= MOST_TILES


def test_a_window_made_taller_shows_more_photos_at_once(batch: BatchPage) -> None:
    page = batch.page
    page.set_viewport_size({"width": 1280, "height": 600})
    batch.drop(*[f"IMG_{index:02}.jpg" for index in range(40)])
    expect(batch.line("Upload")).to_contain_text("40 photos")
    assert page.locator("li.tile").count() < 40

    page.set_viewport_size({"width": 1280, "height": 4000})

    expect(page.locator("li.tile")).to_have_count(40)
