"""What is to be known of a photo that did not fail: on its tile, and in full beside it large."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.integration.page.conftest import BatchPage

from abzug.edits import engine
from abzug.edits.decoding import decode
from abzug.edits.operations import redact

SERVER_WORDS = {
    "Only the first of 8 frames was used.": "Nur das erste von 8 Bildern wurde verwendet.",
    "Only the first of 8 frames was used in web, print.": (
        "In web, print wurde nur das erste von 8 Bildern verwendet."
    ),
    "Only the first frame of this animation was used.": (
        "Nur das erste Bild dieser Animation wurde verwendet."
    ),
    decode._HDR: "Dieses Foto ist HDR. Was darin heller als Weiß ist, wurde abgeschnitten.",
    "Edited in 8 bits: 16 bits of 102 megapixels do not fit in memory.": (
        "In 8 Bit bearbeitet: 16 Bit von 102 Megapixeln passen nicht in den Speicher."
    ),
    redact.NO_FACE: (
        "Unkenntlich machen: kein Gesicht gefunden. Sieh das Ergebnis an, bevor du dich darauf "
        "verlässt."
    ),
    "No font here has these letters of the watermark: 字": (
        "Für diese Zeichen des Wasserzeichens gibt es hier keine Schrift: 字"
    ),
    "Only the first of 2 pages was used.": "Nur die erste von 2 Seiten wurde verwendet.",
    decode._PREVIEW_USED.format(1620, 1080): (
        "Diese RAW-Datei lässt sich hier nicht entwickeln: statt ihrer wurde das Vorschaubild der "
        "Kamera verwendet, 1620 × 1080."
    ),
    engine._AS_SHOT.format(5300, 34): "Wie aufgenommen: Weißabgleich 5300 K, Farbton +34.",
    "Auto tone: exposure +0.35, contrast −12.": (
        "Automatische Belichtung: Belichtung +0,35, Kontrast −12."
    ),
    "Auto straighten: straighten −1.3.": "Automatisch gerade richten: Gerade richten −1,3.",
    "Auto white balance: nothing to change.": "Automatischer Weißabgleich: nichts zu ändern.",
    "Something that a later version tells.": "Something that a later version tells.",
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


@pytest.mark.parametrize("code", ["en", "de"])
def test_they_are_told_in_the_language_of_the_page(batch: BatchPage, code: str) -> None:
    told = batch.page.evaluate(
        """async ([code, notices]) => {
      (await import("/static/lib/i18n.js")).language.set(code);
      return notices.map((await import("/static/server/notices.js")).noticeWords);
    }""",
        [code, list(SERVER_WORDS)],
    )

    preview = decode._PREVIEW_USED.format(1620, 1080)
    if code == "de":
        assert told == list(SERVER_WORDS.values())
    else:
        assert [words for words in told if "RAW" not in words] == [
            words for words in SERVER_WORDS if words != preview
        ]
