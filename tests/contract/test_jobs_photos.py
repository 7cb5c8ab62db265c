"""Photos in the jobs database."""

import pytest
from tests.support.orders import add_photos, all_tasks, order, report, submitted

from abzug.errors import Conflict, InvalidRequest, NotFound
from abzug.jobs.database import Jobs


def test_a_photo_is_given_back_as_it_was_added(jobs: Jobs) -> None:
    (photo,) = add_photos(jobs)

    assert jobs.photo("ann", photo.id) == photo
    assert jobs.photos_by_id("ann", [photo.id, "ph_unknown"]) == {photo.id: photo}


def test_another_owner_never_sees_a_photo(jobs: Jobs) -> None:
    (photo,) = add_photos(jobs)

    with pytest.raises(NotFound):
        jobs.photo("bob", photo.id)
    with pytest.raises(NotFound):
        jobs.delete_photo("bob", photo.id)
    assert jobs.photos_by_id("bob", [photo.id]) == {}
    assert jobs.list_photos("bob", limit=10).items == []
    assert jobs.photo("ann", photo.id) == photo


def test_photos_are_listed_newest_first_in_pages(jobs: Jobs) -> None:
    photos = add_photos(jobs, 5)

    first = jobs.list_photos("ann", limit=2)
    add_photos(jobs)  # a newer one does not move the pages that follow
    second = jobs.list_photos("ann", limit=2, cursor=first.next_cursor)
    third = jobs.list_photos("ann", limit=2, cursor=second.next_cursor)

    assert [*first.items, *second.items, *third.items] == photos[::-1]
    assert third.next_cursor is None


def test_a_page_that_is_just_full_is_the_last(jobs: Jobs) -> None:
    add_photos(jobs, 2)

    assert jobs.list_photos("ann", limit=2).next_cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "%", "cGhfMQ", "ü", "MTI", "LTE", "4oKs"])
def test_a_cursor_that_no_list_gave_is_refused(jobs: Jobs, cursor: str) -> None:
    job, _ = submitted(jobs)

    with pytest.raises(InvalidRequest):
        jobs.list_photos("ann", limit=2, cursor=cursor)
    with pytest.raises(InvalidRequest):
        jobs.list_jobs("ann", limit=2, cursor=cursor)
    if cursor != "MTI":  # which is position 12
        with pytest.raises(InvalidRequest):
            jobs.tasks("ann", job.id, limit=2, cursor=cursor)


def test_a_deleted_photo_is_gone(jobs: Jobs) -> None:
    (photo,) = add_photos(jobs)

    assert jobs.delete_photo("ann", photo.id) == photo

    with pytest.raises(NotFound):
        jobs.photo("ann", photo.id)
    with pytest.raises(NotFound):
        jobs.delete_photo("ann", photo.id)


def test_a_photo_that_a_job_needs_is_not_deleted(jobs: Jobs) -> None:
    _, (request,) = submitted(jobs)
    jobs.apply([report(request, "started")])

    with pytest.raises(Conflict):
        jobs.delete_photo("ann", request.photo.id)

    assert jobs.photo("ann", request.photo.id).id == request.photo.id


@pytest.mark.parametrize("own", [False, True])
def test_a_photo_that_the_edits_of_a_job_need_is_not_deleted(jobs: Jobs, own: bool) -> None:
    edited, logo, other = add_photos(jobs, 3)
    edits = {"watermark": [{"image": logo.id}]}
    given = {"own_edits": {edited.id: edits}} if own else {"edits": edits}
    _, (request,), _ = jobs.create_job(order([edited], also_needs=(logo.id,), **given))

    with pytest.raises(Conflict):
        jobs.delete_photo("ann", logo.id)
    jobs.delete_photo("ann", other.id)

    jobs.apply([report(request, "succeeded")])
    jobs.delete_photo("ann", logo.id)


def test_no_job_begins_whose_edits_need_a_photo_that_is_gone(jobs: Jobs) -> None:
    (edited,) = add_photos(jobs)

    with pytest.raises(NotFound):
        jobs.create_job(order([edited], also_needs=("ph_gone",)))


def test_finished_tasks_outlive_their_deleted_photo(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    jobs.apply([report(request, "failed")])

    jobs.delete_photo("ann", request.photo.id)

    assert jobs.photos_by_id("ann", [request.photo.id]) == {}
    assert jobs.list_photos("ann", limit=10).items == []
    assert [task.filename for task in all_tasks(jobs, job)] == [request.photo.filename]
    with pytest.raises(Conflict):
        jobs.retry("ann", job.id)


def test_a_retry_leaves_out_tasks_whose_photo_was_deleted(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 2)
    jobs.apply([report(request, "failed") for request in requests])
    jobs.delete_photo("ann", requests[0].photo.id)

    job, retried = jobs.retry("ann", job.id)

    assert [request.task_id for request in retried] == [requests[1].task_id]
    assert (job.counts.queued, job.counts.failed) == (1, 1)
