"""Nothing is lost: reloads, second tabs, a server that is away."""

from __future__ import annotations

from playwright.sync_api import Route, expect
from tests.integration.page.conftest import BatchPage


def test_a_reload_in_the_middle_finds_the_job_again(batch: BatchPage) -> None:
    batch.stub.hold = True
    batch.drop("a.jpg", "flaky.jpg", "c.jpg")
    batch.start()
    batch.wait_for_state("c.jpg", "waiting")

    batch.page.reload()
    batch.wait_for_state("c.jpg", "waiting")
    batch.stub.hold = False
    batch.wait_until_done()

    batch.wait_for_state("c.jpg", "done")
    batch.wait_for_state("flaky.jpg", "failed")
    image = batch.tile("a.jpg").locator("img")
    expect(image).to_have_js_property("complete", value=True)
    expect(image).not_to_have_js_property("naturalWidth", 0)
    assert batch.only_job()["counts"]["succeeded"] == 2


def test_the_address_alone_finds_a_finished_batch(batch: BatchPage) -> None:
    batch.drop("a.jpg")
    batch.start()
    batch.wait_until_done()

    batch.page.evaluate("localStorage.clear()")
    batch.page.reload()

    batch.wait_for_state("a.jpg", "done")
    batch.wait_until_done()
    expect(batch.page.get_by_role("link", name="Download ZIP")).to_be_visible()


def test_photos_that_a_reload_cut_off_are_asked_for_and_none_is_sent_twice(
    batch: BatchPage,
) -> None:
    everything = ("a.jpg", "b.jpg", "late-1.jpg", "late-2.jpg")
    batch.stub.hold_uploads = "late"
    batch.drop(*everything)
    batch.start()
    expect(batch.line("Upload")).to_contain_text("2 of 4")

    batch.page.reload()
    note = batch.page.get_by_role("heading", name="2 photos were not uploaded")
    expect(note).to_be_visible()
    batch.stub.hold_uploads = ""
    batch.drop(*everything)
    expect(note).to_be_hidden()
    batch.wait_until_done()

    tasks = [task for tasks in batch.stub.tasks.values() for task in tasks]
    assert sorted(task["filename"] for task in tasks) == sorted(everything)
    assert batch.stub.uploads == 4


def test_uploads_go_on_by_themselves_when_the_server_is_back(batch: BatchPage) -> None:
    batch.stub.away = True
    batch.drop("a.jpg", "b.jpg")
    bar = batch.page.locator("az-offline")
    expect(bar).to_contain_text("Nothing is lost")
    expect(batch.page.get_by_text("Offline")).to_be_visible()
    expect(batch.line("Upload")).to_contain_text("Held")

    batch.stub.away = False

    batch.wait_for_state("a.jpg", "ready")
    batch.wait_for_state("b.jpg", "ready")
    expect(bar).to_be_hidden()
    assert batch.stub.uploads == 2


def test_an_order_that_the_server_did_not_hear_is_sent_again_and_made_once(
    batch: BatchPage,
) -> None:
    batch.drop("a.jpg")
    batch.wait_for_state("a.jpg", "ready")
    # the first order arrives, and its answer is lost on the way
    answers = iter(["lost"])

    def lose_once(route: Route) -> None:
        if next(answers, None):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    batch.page.route("**/v1/jobs", lose_once)
    batch.start()
    batch.wait_until_done()

    assert batch.only_job()["counts"]["succeeded"] == 1


def test_a_second_tab_shows_the_batch_and_orders_nothing(batch: BatchPage) -> None:
    batch.stub.hold = True
    batch.stub.hold_uploads = "late"
    batch.drop("a.jpg", "late.jpg")
    batch.start()
    expect(batch.line("Upload")).to_contain_text("1 of 2")

    other = batch.page.context.new_page()
    other.goto(batch.page.url)
    expect(other.locator("li.tile", has_text="a.jpg")).to_be_visible()
    batch.stub.hold_uploads = ""
    batch.stub.hold = False
    batch.page.bring_to_front()
    batch.wait_until_done()

    assert len(batch.stub.tasks[batch.only_job()["id"]]) == 2


def test_leaving_a_batch_that_is_still_uploading_asks_first(batch: BatchPage) -> None:
    batch.stub.hold_uploads = "a"
    batch.drop("a.jpg")

    batch.page.get_by_role("button", name="New batch").click()
    dialog = batch.page.get_by_role("dialog", name="Leave this batch?")
    dialog.get_by_role("button", name="Stay").click()
    expect(batch.tile("a.jpg")).to_be_visible()
    batch.page.get_by_role("button", name="New batch").click()
    dialog.get_by_role("button", name="Leave the batch").click()

    expect(batch.page.get_by_role("heading", name="Drop your photos here")).to_be_visible()
    expect(batch.page.get_by_role("link", name="Back to")).to_be_visible()


def test_a_page_that_cannot_load_says_so_and_loads_when_the_server_is_back(
    batch: BatchPage,
) -> None:
    batch.stub.away = True
    batch.page.reload()
    expect(batch.page.get_by_role("heading", name="could not be loaded")).to_be_visible()
    expect(batch.page.get_by_text("503 database_unavailable request 7f3a91c2")).to_be_visible()

    batch.stub.away = False

    expect(batch.page.get_by_role("heading", name="Drop your photos here")).to_be_visible()
