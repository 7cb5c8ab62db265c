"""The page on the whole system: what the pretended server promises, the real one does."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.integration.page.conftest import BatchPage, jpeg
from tests.support.cubes import SWAP, sha256
from tests.support.service import RunningService


def test_the_page_edits_photos_on_the_real_system(page: Page, service: RunningService) -> None:
    batch = BatchPage(page, service.url)
    batch.open()
    batch.drop("a.jpg", "b.jpg")
    batch.drop("broken.jpg", content=jpeg()[:300])
    page.locator("az-recipe").get_by_role("button", name="Silver").click()
    batch.start()
    batch.wait_until_done()

    batch.wait_for_state("broken.jpg", "failed")
    expect(batch.page.locator("az-failures li")).to_contain_text("Copy it from the card again")
    page.reload()
    page.get_by_role("button", name=re.compile("a.jpg, Done")).click()
    dialog = page.get_by_role("dialog", name="a.jpg")
    expect(dialog.get_by_alt_text("a.jpg, Before")).to_have_js_property("naturalWidth", 60)
    expect(dialog.get_by_alt_text("a.jpg, After")).to_have_js_property("naturalWidth", 60)
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download ZIP").click()
    with zipfile.ZipFile(Path(download.value.path())) as archive:
        assert sorted(archive.namelist()) == ["a.jpg", "b.jpg"]
    assert batch.complaints == []


def test_a_long_group_opens_when_it_is_wanted(page: Page, service: RunningService) -> None:
    batch = BatchPage(page, service.url)
    batch.open()
    page.locator("details.section").evaluate_all("all => all.forEach((d) => (d.open = true))")
    mixer = page.locator("az-recipe details.folded", has_text="HSL")
    expect(mixer.get_by_label("Hue").first).to_be_hidden()

    mixer.locator("> summary").click()

    hue = mixer.get_by_role("spinbutton").first
    hue.fill("30")
    hue.press("Enter")
    expect(mixer.get_by_role("slider")).to_have_count(24)
    expect(mixer).to_have_class(re.compile("changed"))
    assert batch.complaints == []


def test_a_lut_is_stored_when_its_file_is_chosen_and_may_be_deleted(
    page: Page, service: RunningService
) -> None:
    batch = BatchPage(page, service.url)
    batch.open()
    page.locator("details.section").evaluate_all("all => all.forEach((d) => (d.open = true))")
    look = page.locator("az-recipe fieldset", has_text="LUT")
    file = look.locator("input[type=file]")

    file.set_input_files({"name": "bad.cube", "mimeType": "text/plain", "buffer": b"nonsense"})
    expect(look.get_by_role("status")).to_contain_text("Line 1: nonsense is not known here.")
    file.set_input_files({"name": "swap.cube", "mimeType": "text/plain", "buffer": SWAP})
    expect(look.get_by_role("status")).to_contain_text("✓")

    batch.drop("a.jpg")
    batch.start()
    batch.wait_until_done()
    batch.wait_for_state("a.jpg", "done")
    [job] = page.request.get(f"{service.url}/v1/jobs?limit=1").json()["items"]
    edits = page.request.get(f"{service.url}{job['links']['self']}").json()["edits"]
    assert edits == {"lut": {"id": sha256(SWAP)}}

    look.locator("summary", has_text="Stored LUTs").click()
    stored = look.get_by_role("button", name="Red is blue", exact=True)
    expect(stored).to_have_attribute("aria-pressed", "true")
    look.get_by_role("button", name="Delete Red is blue").click()
    page.get_by_role("button", name="Delete the LUT").click()
    expect(stored).to_have_count(0)
    expect(look.get_by_role("status")).to_have_text("")
    assert page.request.get(f"{service.url}/v1/luts").json()["items"] == []
    assert batch.complaints == []
