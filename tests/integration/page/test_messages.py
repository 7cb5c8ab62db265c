"""What the server tells in codes, the page tells in each of its languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.integration.page.conftest import BatchPage

from abzug.messages import Catalog
from abzug.presets.reasons import Reason

CATALOGS = {"reason": Reason}


def messages(batch: BatchPage, language: str) -> dict[str, Any]:
    return batch.page.evaluate(
        f"import('/static/messages/{language}.js').then((m) => m.{language})"
    )


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("kind", CATALOGS)
def test_the_page_says_in_english_what_the_server_says(batch: BatchPage, kind: str) -> None:
    of_page = {
        key: text for key, text in messages(batch, "en").items() if key.startswith(f"{kind}.")
    }

    assert of_page == {f"{kind}.{told.name}": told.value for told in CATALOGS[kind]}


@pytest.mark.parametrize("kind", CATALOGS)
def test_the_page_has_german_for_all_that_the_server_says(batch: BatchPage, kind: str) -> None:
    german = messages(batch, "de")
    catalog: type[Catalog] = CATALOGS[kind]

    found = {told: german.get(f"{kind}.{told.name}", "") for told in catalog}

    assert [told.name for told, text in found.items() if text in ("", told.value)] == []
    assert {told.name: placeholders(text) for told, text in found.items()} == {
        told.name: placeholders(told.value) for told in catalog
    }


def test_what_became_of_a_preset_is_told_in_the_language_of_the_page(batch: BatchPage) -> None:
    batch.page.get_by_role("button", name="Deutsch").click()
    batch.drop("Evening.xmp", content=b"<x:xmpmeta/>")

    told = batch.page.locator("az-import li")
    expect(told).to_have_text(
        [
            "Sparkle weggelassen: Sparkle is new.",
            "Contrast2012 angenähert: 0,5 liegt außerhalb des Bereichs, 1 wird verwendet.",
            "Exposure2012 übernommen",
        ]
    )
