"""The way of a batch through the page: in, edited, compared, taken home."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from playwright.sync_api import expect
from tests.integration.page.conftest import BatchPage
from tests.support.engine_calls import saved
from tests.support.jxl_files import jxl
from tests.support.pictures import pixels

FORMATS = ["jpeg", "png", "webp", "tiff", "gif", "avif", "bmp"]


def test_dropped_photos_are_edited_and_taken_home(batch: BatchPage) -> None:
    batch.stub.hold = True
    batch.drop("a.jpg", "b.jpg", "c.jpg")
    expect(batch.line("Upload")).to_contain_text("Complete")
    batch.start()
    batch.wait_for_state("b.jpg", "waiting")
    expect(batch.line("Editing")).to_contain_text("0 of 3")

    batch.stub.hold = False
    batch.wait_until_done()

    expect(batch.line("Editing")).to_contain_text("3 of 3")
    batch.wait_for_state("b.jpg", "done")
    with batch.page.expect_download() as download:
        batch.page.get_by_role("link", name="Download ZIP").click()
    assert download.value.url.endswith("results.zip?outputs=web")
    with zipfile.ZipFile(Path(download.value.path())) as archive:
        assert sorted(archive.namelist()) == ["a.jpg", "b.jpg", "c.jpg"]


def test_what_is_not_a_photo_is_listed_with_its_reason(batch: BatchPage) -> None:
    batch.drop("notes.txt")
    batch.drop("scan.jpg", content=b"%PDF-1.7 and so on")
    batch.drop("refused.jpg", "good.jpg", ".DS_Store")

    rejected = batch.page.locator("az-rejected li")
    expect(rejected).to_have_count(3)
    expect(rejected.filter(has_text="notes.txt")).to_contain_text("this is a text file")
    expect(rejected.filter(has_text="scan.jpg")).to_contain_text("this is a PDF document")
    refused = rejected.filter(has_text="refused.jpg")
    expect(refused).to_contain_text("The server refuses this format. Save it as JPEG first.")
    batch.wait_for_state("good.jpg", "ready")
    expect(batch.page.locator("li.tile")).to_have_count(1)


def test_no_photo_that_the_server_takes_is_refused_by_the_page(batch: BatchPage) -> None:
    files = {form: saved(pixels(1, 48, 32), form) for form in FORMATS}
    files |= {"jxl": jxl(pixels(1, 48, 32)), "packed": jxl(pixels(1, 48, 32), use_container=True)}
    heads = {form: list(file[:64]) for form, file in files.items()} | {"text": list(b"BMW cars")}

    refusals = batch.page.evaluate(
        """async (heads) => {
      const { refusalByContent } = await import("/static/files/sniff.js");
      const answers = {};
      for (const [name, bytes] of Object.entries(heads))
        answers[name] = await refusalByContent(new File([new Uint8Array(bytes)], name));
      return answers;
    }""",
        heads,
    )

    assert refusals == dict.fromkeys(files) | {"text": "kind.unknown"}


def test_what_a_browser_cannot_show_is_shown_as_soon_as_a_worker_made_a_picture(
    batch: BatchPage,
) -> None:
    batch.drop("a.dng", content=b"II*\0 a RAW that no browser reads")

    tile = batch.tile("a.dng")
    expect(tile.locator(".placeholder")).to_have_text("dng")
    expect(tile.locator("img")).to_be_visible()
    expect(tile.locator("img")).to_have_js_property("complete", value=True)
    assert len(batch.stub.proxies) == 1


def test_a_folder_is_walked_to_its_last_photo(batch: BatchPage) -> None:
    found = batch.page.evaluate("""async () => {
      const { filesOfDrop } = await import("/static/files/drop.js");
      const file = (name) => ({ isFile: true, name, file: (done) => done(new File(["x"], name)) });
      const folder = (name, ...children) => ({
        isDirectory: true,
        name,
        createReader: () => ({ readEntries: (done) => done(children.splice(0, 2)) }),
      });
      const root = folder("Iceland", file("1.jpg"), folder("day 2", file("2.jpg")), file("3.jpg"));
      const item = { kind: "file", webkitGetAsEntry: () => root };
      const dropped = await filesOfDrop({ items: [item] });
      return [dropped.folder, dropped.files.map(({ name }) => name)];
    }""")

    assert found == ["Iceland", ["1.jpg", "2.jpg", "3.jpg"]]


def test_a_folder_that_is_chosen_names_the_batch(batch: BatchPage, tmp_path: Path) -> None:
    folder = tmp_path / "Iceland"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(b"\xff\xd8\xff and so on")

    with batch.page.expect_file_chooser() as chooser:
        batch.page.get_by_role("button", name="Choose folder").click()
    chooser.value.set_files(folder)

    expect(batch.page.get_by_role("heading", level=1)).to_have_text("Iceland")
    expect(batch.page.locator("li.tile")).to_have_count(2)


def test_before_and_after_are_compared(batch: BatchPage) -> None:
    batch.drop("a.jpg", "b.jpg")
    batch.start()
    batch.wait_until_done()

    batch.page.get_by_role("button", name="a.jpg, Done").click()

    dialog = batch.page.get_by_role("dialog", name="a.jpg")
    divider = dialog.get_by_role("slider", name="Divider between before and after")
    expect(divider).to_be_focused()
    expect(dialog.get_by_alt_text("a.jpg, Before")).to_have_js_property("naturalWidth", 60)
    expect(dialog.get_by_alt_text("a.jpg, After")).to_have_js_property("naturalWidth", 60)
    divider.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "52")
    divider.press("End")
    expect(divider).to_have_attribute("aria-valuenow", "100")
    dialog.get_by_role("button", name="Next photo").click()
    expect(batch.page.get_by_role("dialog", name="b.jpg")).to_be_visible()
    download = batch.page.get_by_role("link", name="Download web")
    expect(download).to_have_attribute("href", re.compile("output=web"))


def test_a_failure_says_why_and_only_what_can_help_is_offered(batch: BatchPage) -> None:
    batch.drop("broken.jpg", "flaky.jpg", "good.jpg")
    batch.start()
    batch.wait_until_done()

    failures = batch.page.locator("az-failures")
    broken = failures.locator("li", has_text="broken.jpg")
    expect(broken).to_contain_text("The file ends too early")
    expect(broken).to_contain_text("Copy it from the card again.")
    expect(broken.get_by_role("button")).to_have_count(0)
    retry = failures.get_by_role("button", name="Retry failed")
    expect(retry).to_contain_text("1")
    retry.click()

    batch.wait_for_state("flaky.jpg", "done")
    batch.wait_for_state("broken.jpg", "failed")
    expect(failures.get_by_role("heading")).to_contain_text("1 failed")
    expect(retry).to_be_hidden()


def test_cancelling_asks_first_and_keeps_what_is_done(batch: BatchPage) -> None:
    batch.stub.hold = True
    batch.drop("a.jpg", "b.jpg")
    batch.start()
    batch.wait_for_state("a.jpg", "waiting")

    batch.page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = batch.page.get_by_role("dialog", name="Cancel this batch?")
    expect(dialog).to_contain_text("2 photos are not edited yet and will not be.")
    dialog.get_by_role("button", name="Keep going").click()
    batch.wait_for_state("a.jpg", "waiting")
    batch.page.get_by_role("button", name="Cancel", exact=True).click()
    dialog.get_by_role("button", name="Cancel the batch").click()

    batch.wait_for_state("a.jpg", "cancelled")
    expect(batch.line("Editing")).to_contain_text("Cancelled")


def test_editing_again_uploads_nothing_again(batch: BatchPage) -> None:
    batch.drop("a.jpg", "b.jpg")
    batch.start()
    batch.wait_until_done()
    first = batch.page.url

    batch.page.get_by_role("button", name="Silver").last.click()
    batch.page.get_by_role("button", name="Edit again with this recipe").click()
    expect(batch.page).not_to_have_url(first)
    batch.wait_until_done()

    before, after = batch.stub.jobs.values()
    assert batch.stub.uploads == 2
    assert before["edits"] == {}
    assert after["edits"] == {"saturation": -100, "contrast": 26}
    batch.page.go_back()
    expect(batch.page).to_have_url(first)
    batch.wait_for_state("a.jpg", "done")


def test_a_photo_is_taken_out_before_editing(batch: BatchPage) -> None:
    batch.drop("a.jpg", "b.jpg")
    batch.wait_for_state("a.jpg", "ready")

    batch.page.get_by_role("button", name="a.jpg, Uploaded").click()
    batch.page.get_by_role("button", name="Remove from batch").click()
    expect(batch.page.locator("li.tile")).to_have_count(1)
    batch.start()
    batch.wait_until_done()

    assert [task["filename"] for task in batch.stub.tasks[batch.only_job()["id"]]] == ["b.jpg"]


def test_the_same_file_is_not_taken_twice(batch: BatchPage) -> None:
    batch.drop("a.jpg")
    batch.drop("a.jpg", "b.jpg")

    expect(batch.page.get_by_text("1 photo is in the batch already.")).to_be_visible()
    expect(batch.page.locator("li.tile")).to_have_count(2)
