"""The recipe panel: made from the schema, worked by mouse and keys, kept in the browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import FilePayload, Locator, expect
from tests.integration.page.conftest import BatchPage, jpeg


def slider(batch: BatchPage, label: str) -> Locator:
    return batch.page.locator("az-slider", has=batch.page.get_by_label(label, exact=True))


def unfold_all(batch: BatchPage) -> None:
    every = batch.page.locator("az-recipe details")
    every.evaluate_all("all => all.forEach((one) => (one.open = true))")


def order(batch: BatchPage) -> dict[str, Any]:
    batch.drop("a.jpg")
    batch.start()
    batch.wait_until_done()
    return batch.only_job()


def test_a_slider_takes_arrows_typed_values_and_a_double_click(batch: BatchPage) -> None:
    exposure = slider(batch, "Exposure")
    track, typed = exposure.get_by_role("slider"), exposure.get_by_role("spinbutton")

    track.press("ArrowRight")
    expect(typed).to_have_value("0.05")
    expect(exposure).to_have_class("changed")
    typed.fill("9")
    typed.press("Enter")
    expect(track).to_have_value("5")
    ramp = exposure.evaluate("slider => getComputedStyle(slider).getPropertyValue('--ramp')")
    assert "50% 100%" in ramp, "the track is not filled from the default to the value"
    exposure.locator("label").dblclick()

    expect(typed).to_have_value("0.00")
    expect(exposure).not_to_have_class("changed")


def test_what_is_ordered_is_what_the_panel_shows(batch: BatchPage) -> None:
    unfold_all(batch)
    panel = batch.page.locator("az-recipe")
    slider(batch, "Exposure").get_by_role("spinbutton").fill("0.5")
    slider(batch, "Amount").get_by_role("spinbutton").fill("40")
    panel.get_by_role("switch", name="Red eye").check()
    panel.get_by_label("Rotate").select_option(label="90")
    panel.get_by_label("Aspect").fill("4:5")
    panel.get_by_label("Position").select_option(label="Center")
    panel.get_by_label("Text").fill("© me")
    panel.get_by_label("Text").blur()

    job = order(batch)

    assert job["edits"] == {
        "exposure": 0.5,
        "sharpening": {"amount": 40, "radius": 1},
        "red_eye": True,
        "rotate": 90,
        "crop": {"aspect": "4:5"},
        "watermark": [{"text": "© me", "position": "center", "opacity": 0.5}],
    }
    assert [output["name"] for output in job["outputs"]] == ["web", "preview"]


def test_a_group_that_is_not_complete_is_not_ordered(batch: BatchPage) -> None:
    unfold_all(batch)
    batch.page.locator("az-recipe").get_by_label("Position").select_option(label="Center")

    assert order(batch)["edits"] == {}


def test_a_watermark_is_a_text_or_a_picture_that_is_uploaded(batch: BatchPage) -> None:
    unfold_all(batch)
    mark = batch.page.locator("az-recipe details.folded", has_text="Watermark")
    mark.get_by_label("Text").fill("© me")

    mark.get_by_role("button", name="Image", exact=True).click()
    expect(mark.get_by_label("Text")).to_be_hidden()
    logo: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": jpeg("lime")}
    mark.get_by_label("Image", exact=True).set_input_files(logo)
    expect(mark.get_by_role("status")).to_have_text("✓ logo.png")
    expect(mark.get_by_label("Angle", exact=True)).to_be_hidden()
    mark.get_by_role("switch", name="Tile").check()
    mark.get_by_role("spinbutton", name="Angle").fill("30")
    mark.get_by_role("spinbutton", name="Angle").blur()

    [watermark] = order(batch)["edits"]["watermark"]
    assert batch.stub.photos[watermark.pop("image")]["filename"] == "logo.png"
    assert watermark == {"tile": True, "angle": 30}


def test_a_watermark_may_be_a_photo_of_the_batch(batch: BatchPage) -> None:
    batch.drop("a.jpg", "logo.png")
    batch.wait_for_state("logo.png", "ready")
    unfold_all(batch)
    mark = batch.page.locator("az-recipe details.folded", has_text="Watermark")
    mark.get_by_role("button", name="Image", exact=True).click()

    choice = mark.get_by_role("button", name="logo.png")
    choice.click()

    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(mark.get_by_role("status")).to_have_text("✓ logo.png")
    batch.start()
    batch.wait_until_done()
    [watermark] = batch.only_job()["edits"]["watermark"]
    assert batch.stub.photos[watermark["image"]]["filename"] == "logo.png"


def test_what_the_form_cannot_show_is_kept_until_it_is_removed(batch: BatchPage) -> None:
    mesh = {"mesh": [[0.5, 0.5]]}
    batch.page.evaluate(
        "(edits) => localStorage.setItem('abzug.recipe', JSON.stringify({edits}))", mesh
    )
    batch.page.reload()
    unfold_all(batch)
    remove = batch.page.get_by_role("button", name="Remove Mesh")
    expect(remove).to_be_visible()

    assert order(batch)["edits"] == mesh
    remove.click()
    expect(remove).to_be_hidden()
    expect(batch.page.get_by_role("button", name="Original")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_dropped_lightroom_preset_fills_the_form_and_can_be_undone(batch: BatchPage) -> None:
    exposure = slider(batch, "Exposure").get_by_role("spinbutton")
    contrast = slider(batch, "Contrast").get_by_role("spinbutton")
    contrast.fill("7")
    contrast.blur()

    batch.drop("Evening.xmp", content=b"<x:xmpmeta/>")

    expect(exposure).to_have_value("0.50")
    expect(contrast).to_have_value("7")
    expect(batch.page.get_by_role("button", name="Remove Mesh")).to_be_visible()
    told = batch.page.locator("az-import details")
    told.locator("summary").get_by_text("Evening: 2 of 3 settings taken over").click()
    expect(told.locator("li").first).to_have_text("Sparkle left out: Sparkle is new.")
    assert batch.stub.photos == {}
    batch.page.get_by_role("button", name="Undo").click()
    expect(exposure).to_have_value("0.00")
    expect(told).to_be_hidden()


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


def test_what_is_no_preset_is_told_and_changes_nothing(batch: BatchPage) -> None:
    with batch.page.expect_file_chooser() as chooser:
        batch.page.get_by_role("button", name="Import a Lightroom preset or LUT").click()
    file: FilePayload = {"name": "a.xmp", "mimeType": "text/xml", "buffer": b"broken"}
    chooser.value.set_files([file])

    toast = batch.page.locator("az-toasts .toast")
    expect(toast).to_contain_text("This is not a Lightroom preset.")
    expect(batch.page.get_by_role("button", name="Original")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_the_recipe_is_still_there_after_a_reload(batch: BatchPage) -> None:
    batch.page.locator("az-recipe").get_by_role("button", name="Clean").click()

    batch.page.reload()

    expect(batch.page.get_by_role("button", name="Clean")).to_have_attribute("aria-pressed", "true")
    expect(slider(batch, "Contrast").get_by_role("spinbutton")).to_have_value("12")


def test_a_reset_can_be_undone(batch: BatchPage) -> None:
    contrast = slider(batch, "Contrast").get_by_role("spinbutton")
    batch.page.locator("az-recipe").get_by_role("button", name="Clean").click()

    batch.page.get_by_role("button", name="Reset", exact=True).click()
    expect(contrast).to_have_value("0")
    batch.page.get_by_role("button", name="Undo").click()

    expect(contrast).to_have_value("12")


def test_an_output_has_what_its_format_has_and_a_size_in_megabytes(batch: BatchPage) -> None:
    batch.page.get_by_role("button", name="Change output web").click()
    dialog = batch.page.get_by_role("dialog", name="Output")
    form, lossless = dialog.get_by_label("Format"), dialog.get_by_label("Lossless")
    quality = dialog.get_by_label("Quality", exact=True)
    expect(lossless).to_be_hidden()
    form.select_option(label="WebP")
    lossless.check()
    expect(quality).to_be_hidden()
    form.select_option(label="JPEG")
    expect(lossless).to_be_hidden()
    expect(quality).to_be_visible()
    dialog.get_by_label("At most, MB").fill("0.25")
    dialog.get_by_role("button", name="Done").click()

    web, _preview = order(batch)["outputs"]
    assert "lossless" not in web
    assert web["max_bytes"] == 250_000


def test_a_quality_nobody_chose_is_that_of_the_format_and_a_row_tells_what_it_asks_for(
    batch: BatchPage,
) -> None:
    batch.page.get_by_role("button", name="Change output web").click()
    dialog = batch.page.get_by_role("dialog", name="Output")
    form, quality = dialog.get_by_label("Format"), dialog.get_by_label("Quality", exact=True)

    form.select_option(label="AVIF")
    expect(quality).to_have_value("60")
    dialog.get_by_role("spinbutton", name="Quality").fill("70")
    dialog.get_by_role("spinbutton", name="Quality").press("Enter")
    form.select_option(label="WebP")
    expect(quality).to_have_value("70")
    dialog.get_by_label("At most, MB").fill("0.25")
    dialog.get_by_label("Color space").select_option(label="Keep as it is")
    dialog.get_by_role("button", name="Done").click()

    row = batch.page.locator("li.output")
    expect(row).to_have_text("webWebP 70, 2048 px, at most 250 kB, the photo’s own colors")


def test_an_output_is_added_and_one_with_a_wrong_name_is_not(batch: BatchPage) -> None:
    batch.page.get_by_role("button", name="Add output").click()
    dialog = batch.page.get_by_role("dialog", name="Output")
    name = dialog.get_by_label("Name")
    expect(name).to_be_focused()
    name.fill("web")
    dialog.get_by_role("button", name="Done").click()
    expect(dialog.get_by_role("alert")).to_contain_text("another output named web")
    name.fill("print")
    dialog.get_by_label("Format").select_option(label="TIFF")
    expect(dialog.get_by_label("Quality", exact=True)).to_be_hidden()
    dialog.get_by_label("Longest side, px").fill("")
    dialog.get_by_role("button", name="Done").click()

    expect(batch.page.locator("li.output")).to_have_text(
        ["webJPEG 85, 2048 px, sRGB", "printTIFF, full size, sRGB"]
    )
    outputs = order(batch)["outputs"]
    assert [(one["name"], one["format"], one["max_side"]) for one in outputs] == [
        ("web", "jpeg", 2048),
        ("print", "tiff", None),
        ("preview", "webp", 512),
    ]
