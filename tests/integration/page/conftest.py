"""Chromium, the pretended server, and a driver that speaks the words of the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright
from tests.conftest import missing
from tests.support.page_stub import Stub, serve

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 20_000
"""Milliseconds until a condition that should come counts as never coming."""

DROP = """files => {
  const transfer = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { lastModified: 1_700_000_000_000 }));
  }
  const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
  document.querySelector("main").dispatchEvent(new DragEvent("drop", options));
}"""


def jpeg(color: str = "orange") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(out, "jpeg")
    return out.getvalue()


class BatchPage:
    """The batch page as people see it."""

    def __init__(self, page: Page, url: str, stub: Stub | None = None) -> None:
        self.page = page
        self.url = url
        self.stub = stub or Stub()
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        # Chromium intercepts choosers while anybody listens; the first listener could come too late
        page.on("filechooser", lambda _chooser: None)

    def _listen(self, message: ConsoleMessage) -> None:
        # a refusal that a test asks for is logged by the browser itself
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self) -> None:
        self.page.goto(self.url)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        expect(self.page.locator("az-slider").first).to_be_attached()

    def drop(self, *names: str, content: bytes | None = None) -> None:
        """Drop files of these names: photos, unless `content` says otherwise."""
        encoded = base64.b64encode(jpeg() if content is None else content).decode()
        self.page.evaluate(DROP, [[name, encoded] for name in names])

    def start(self) -> None:
        self.page.get_by_role("button", name="Start editing").click()

    def tile(self, name: str) -> Locator:
        return self.page.locator("li.tile", has_text=name)

    def wait_for_state(self, name: str, state: str) -> None:
        expect(self.tile(name)).to_have_attribute("data-state", state)

    def wait_until_done(self) -> None:
        again = self.page.get_by_role("button", name="Edit again with this recipe")
        expect(again).to_be_enabled(timeout=60_000)

    def line(self, name: str) -> Locator:
        """The progress line "Upload" or "Editing"."""
        return self.page.locator(".line", has=self.page.locator("b", has_text=name))

    def only_job(self) -> dict[str, Any]:
        (job,) = self.stub.jobs.values()
        return job


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing(f"Chromium ({CHROMIUM})")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Without motion: what moves for ever would be painted for ever, by the processor."""
    with browser.new_context(reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Stub, str]]:
    stub = Stub()
    with serve(stub) as url:
        yield stub, url


@pytest.fixture
def batch(page: Page, server: tuple[Stub, str]) -> Iterator[BatchPage]:
    """A fresh page on a fresh server; afterwards the page must not have complained."""
    stub, url = server
    stub.reset()
    driver = BatchPage(page, url, stub)
    driver.open()
    yield driver
    assert driver.complaints == []
