"""What is to be known of a photo that did not fail: on its tile, and in full beside it large."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.integration.page.conftest import BatchPage

from abzug.edits.automatic import told
from abzug.edits.notices import Told
from abzug.messages import Notice

GERMAN = {
    "In web, print wurde nur das erste von 12.000 Bildern verwendet.": (
        Told.first_of_frames_in.notice(frames=12_000, outputs=["web", "print"])
    ),
    "Wie aufgenommen: Weißabgleich 5300 K, Farbton +34.": (
        Told.as_shot.notice(kelvin=5300, tint=34)
    ),
    "Für diese Zeichen des Wasserzeichens gibt es hier keine Schrift: 字": (
        Told.missing_letters.notice(letters="字")
    ),
    "Automatische Belichtung: Belichtung +0,35, Kontrast −12.": (
        told("auto_tone", {"exposure": 0.35, "contrast": -12.0})
    ),
    "Automatischer Weißabgleich: nichts zu ändern.": told("auto_white_balance", {}),
    "What a later version tells.": Notice(code="later", text="What a later version tells."),
    "Of the first version.": Notice.model_validate("Of the first version."),
}


def test_a_tile_tells_them_and_the_large_photo_in_full(batch: BatchPage) -> None:
    batch.drop("noted.gif", "plain.jpg")
    batch.start()
    batch.wait_until_done()

    button = batch.page.get_by_role("button", name=re.compile("noted.gif, Done, .*, 2 notes"))
    expect(batch.tile("noted.gif")).to_contain_text("Only the first of 8 frames was used in web.")
    expect(batch.tile("plain.jpg").locator(".notices")).to_be_hidden()
    button.click()
    dialog = batch.page.get_by_role("dialog", name="noted.gif")
    expect(dialog).to_contain_text("Auto tone: exposure +0.35, contrast −12.")


def words(batch: BatchPage, language: str) -> list[str]:
    return batch.page.evaluate(
        """async ([language, notices]) => {
      (await import("/static/lib/i18n.js")).language.set(language);
      return notices.map((await import("/static/server/notices.js")).noticeWords);
    }""",
        [language, [notice.model_dump() for notice in GERMAN.values()]],
    )


def test_they_are_told_in_the_language_of_the_page(batch: BatchPage) -> None:
    assert words(batch, "de") == list(GERMAN)


def test_in_english_they_are_as_the_server_says_them(batch: BatchPage) -> None:
    texts = [notice.text.replace("12000", "12,000") for notice in GERMAN.values()]

    assert words(batch, "en") == texts
