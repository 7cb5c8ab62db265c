"""The page where photos lie in a bucket: pictures and files come from another origin than it."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect
from tests.integration.page.conftest import BatchPage
from tests.support.endpoints import Ministack
from tests.support.service import RunningService


def test_pictures_and_files_come_from_the_bucket(
    page: Page, bucket: str, ministack: Ministack, tmp_path: Path
) -> None:
    with RunningService(tmp_path / "home", store_url=bucket) as service:
        batch = BatchPage(page, service.url)
        batch.open()
        batch.drop("a.jpg")
        batch.start()
        batch.wait_until_done()
        page.reload()  # the page has no file of its own any more

        picture = batch.tile("a.jpg").locator("img")
        expect(picture).to_have_attribute("src", re.compile(re.escape(ministack.url)))
        expect(picture).to_have_js_property("naturalWidth", 60)
        page.get_by_role("button", name=re.compile("a.jpg, Done")).click()
        dialog = page.get_by_role("dialog", name="a.jpg")
        expect(dialog.get_by_alt_text("a.jpg, Before")).to_have_js_property("naturalWidth", 60)
        expect(dialog.get_by_alt_text("a.jpg, After")).to_have_js_property("naturalWidth", 60)
        with page.expect_download() as download:
            dialog.get_by_role("link", name="Download web").click()
        assert download.value.suggested_filename == "a-web.jpg"
        with Image.open(download.value.path()) as result:
            assert result.size == (60, 40)
        assert page.url.startswith(service.url)
    assert batch.complaints == []
