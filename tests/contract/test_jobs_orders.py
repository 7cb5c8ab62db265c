"""Taking orders: creation, idempotency, outbox, cancelling, retrying."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.contract.conftest import Clock
from tests.support.orders import (
    EDITS,
    OUTPUTS,
    add_photos,
    all_tasks,
    order,
    report,
    submitted,
    summary_of,
)

from abzug.errors import Conflict, InvalidIdempotencyKey, InvalidRequest, NotFound
from abzug.jobs.database import Jobs
from abzug.jobs.records import Counts, TaskState
from abzug.jobs.submit import fingerprint


def test_an_order_becomes_a_job_with_a_task_a_photo(jobs: Jobs, clock: Clock) -> None:
    photos = add_photos(jobs, 3)

    job, _, created = jobs.create_job(order(photos))

    assert created
    assert jobs.job("ann", job.id) == job
    assert (job.state, job.counts) == ("queued", Counts(queued=3))
    assert (job.edits, job.outputs, job.created_at) == (EDITS, OUTPUTS, clock.now)
    tasks = all_tasks(jobs, job)
    assert [task.photo_id for task in tasks] == [photo.id for photo in photos]
    assert [task.position for task in tasks] == [0, 1, 2]
    assert {task.state for task in tasks} == {TaskState.queued}
    assert jobs.task("ann", tasks[0].id) == tasks[0]


def test_requests_carry_the_photo_and_its_own_edits(jobs: Jobs) -> None:
    photos = add_photos(jobs, 2)
    own = {photos[1].id: {"contrast": 20}}

    _, requests, _ = jobs.create_job(order(photos, own_edits=own, check_existing=True))

    assert [request.edits for request in requests] == [EDITS, {"contrast": 20}]
    assert [request.photo.key for request in requests] == [photo.key for photo in photos]
    assert requests[0].photo.sha256 == photos[0].sha256
    assert requests[0].outputs == OUTPUTS
    assert requests[0].cost == 1.5
    assert requests[0].check_existing


def test_a_photo_may_have_no_edits_where_the_order_has_some(jobs: Jobs) -> None:
    photos = add_photos(jobs, 1)

    jobs.create_job(order(photos, own_edits={photos[0].id: {}}))

    (request,) = jobs.unsent(older_than=0, limit=10)
    assert request.edits == {}


def test_creation_writes_one_event_however_many_tasks(jobs: Jobs) -> None:
    job, _ = submitted(jobs, 3)

    (event,) = jobs.events("ann", after=0, limit=10)
    assert event.shown == summary_of(job)


@pytest.mark.parametrize("owner", ["ann", "bob"])
def test_an_order_of_a_photo_that_is_not_there_leaves_nothing(jobs: Jobs, owner: str) -> None:
    photos = add_photos(jobs, 2)
    if owner == "ann":
        jobs.delete_photo("ann", photos[1].id)

    with pytest.raises(NotFound):
        jobs.create_job(order(photos, owner=owner, idempotency_key="k", body_hash="h"))

    assert jobs.list_jobs(owner, limit=10).items == []
    assert jobs.unsent(older_than=0, limit=10) == []
    mine = add_photos(jobs, owner=owner)
    assert jobs.create_job(order(mine, owner=owner, idempotency_key="k", body_hash="x"))[2]


def test_an_order_without_photos_is_refused(jobs: Jobs) -> None:
    with pytest.raises(InvalidRequest):
        jobs.create_job(order([]))


def test_the_same_key_and_body_give_the_first_job_again(jobs: Jobs) -> None:
    new = order(add_photos(jobs), idempotency_key="k", body_hash="h")

    first, _, _ = jobs.create_job(new)
    again, requests, created = jobs.create_job(new)

    assert (again, requests, created) == (first, [], False)
    assert len(jobs.list_jobs("ann", limit=10).items) == 1


def test_a_used_key_with_another_body_is_refused(jobs: Jobs) -> None:
    photos = add_photos(jobs)
    jobs.create_job(order(photos, idempotency_key="k", body_hash="h"))

    with pytest.raises(InvalidIdempotencyKey):
        jobs.create_job(order(photos, idempotency_key="k", body_hash="other"))


def test_each_owner_has_keys_of_their_own(jobs: Jobs) -> None:
    submitted(jobs, idempotency_key="k", body_hash="h")

    bobs = order(add_photos(jobs, owner="bob"), owner="bob", idempotency_key="k", body_hash="x")
    assert jobs.create_job(bobs)[2]


def test_a_pruned_key_can_be_used_again(jobs: Jobs, clock: Clock) -> None:
    new = order(add_photos(jobs), idempotency_key="k", body_hash="h")
    first, _, _ = jobs.create_job(new)
    clock.now += 100

    jobs.prune(events_older_than=200, idempotency_older_than=200)
    assert not jobs.create_job(new)[2]
    jobs.prune(events_older_than=200, idempotency_older_than=50)

    second, _, created = jobs.create_job(new)
    assert created
    assert second.id != first.id


def test_of_simultaneous_orders_with_one_key_one_wins(jobs: Jobs) -> None:
    new = order(add_photos(jobs, 20), idempotency_key="k", body_hash="h")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: jobs.create_job(new), range(8)))

    assert len({job.id for job, _, _ in answers}) == 1
    assert sum(created for _, _, created in answers) == 1
    assert len(jobs.unsent(older_than=0, limit=1000)) == 20


def test_jobs_are_listed_newest_first_in_pages_without_proxies(jobs: Jobs, clock: Clock) -> None:
    ids = []
    for kind in ("job", "proxy", "job", "job"):
        clock.now += 1
        job, _ = submitted(jobs, kind=kind)
        ids.append(job.id)

    first = jobs.list_jobs("ann", limit=2)
    second = jobs.list_jobs("ann", limit=2, cursor=first.next_cursor)

    assert [job.id for job in first.items + second.items] == [ids[3], ids[2], ids[0]]
    assert second.next_cursor is None
    assert jobs.job("ann", ids[1]).kind == "proxy"


def test_tasks_are_listed_in_order_in_pages_and_by_state(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 5)
    jobs.apply([report(requests[i], "succeeded") for i in (0, 3, 4)])

    first = jobs.tasks("ann", job.id, limit=2, state=TaskState.succeeded)
    second = jobs.tasks("ann", job.id, limit=2, state=TaskState.succeeded, cursor=first.next_cursor)

    assert [task.position for task in first.items + second.items] == [0, 3, 4]
    assert second.next_cursor is None
    assert len(jobs.tasks("ann", job.id, limit=1000).items) == 5


def test_another_owner_never_sees_a_job_or_its_tasks(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)

    for look in (
        lambda: jobs.job("bob", job.id),
        lambda: jobs.tasks("bob", job.id, limit=10),
        lambda: jobs.task("bob", request.task_id),
        lambda: jobs.cancel("bob", job.id),
        lambda: jobs.retry("bob", job.id),
    ):
        with pytest.raises(NotFound):
            look()
    assert jobs.list_jobs("bob", limit=10).items == []
    assert jobs.events("bob", after=0, limit=10) == []
    assert jobs.job("ann", job.id) == job
    assert jobs.task("ann", request.task_id).owner == "ann"


# the outbox


def test_requests_stay_in_the_outbox_until_they_are_said_to_be_sent(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 3)

    assert jobs.unsent(older_than=0, limit=10) == requests
    assert jobs.unsent(older_than=0, limit=2) == requests[:2]
    jobs.mark_sent([request.task_id for request in requests[:2]])
    assert jobs.unsent(older_than=0, limit=10) == requests[2:]


def test_the_outbox_gives_only_what_has_waited_long_enough(jobs: Jobs, clock: Clock) -> None:
    _, old = submitted(jobs)
    clock.now += 10
    submitted(jobs)

    assert jobs.unsent(older_than=5, limit=10) == old


def test_a_report_confirms_the_sending(jobs: Jobs) -> None:
    _, requests = submitted(jobs, 2)

    jobs.apply([report(requests[0], "started")])

    assert jobs.unsent(older_than=0, limit=10) == requests[1:]


def test_a_cancelled_job_is_not_sent(jobs: Jobs) -> None:
    job, _ = submitted(jobs, 2)

    jobs.cancel("ann", job.id)

    assert jobs.unsent(older_than=0, limit=10) == []


# cancel


def test_cancelling_ends_what_is_not_finished(jobs: Jobs, clock: Clock) -> None:
    job, requests = submitted(jobs, 3)
    jobs.apply([report(requests[0], "succeeded"), report(requests[1], "started")])
    clock.now += 60

    cancelled = jobs.cancel("ann", job.id)

    assert cancelled == jobs.job("ann", job.id)
    assert cancelled.counts == Counts(succeeded=1, cancelled=2)
    assert (cancelled.state, cancelled.finished_at) == ("cancelled", clock.now)
    tasks = all_tasks(jobs, job)
    assert [task.state for task in tasks] == ["succeeded", "cancelled", "cancelled"]
    assert tasks[1].finished_at == clock.now
    assert jobs.events("ann", after=0, limit=100)[-1].shown == summary_of(cancelled)


def test_cancelling_again_changes_nothing(jobs: Jobs) -> None:
    job, _ = submitted(jobs)
    cancelled = jobs.cancel("ann", job.id)
    last = jobs.last_event_id()

    assert jobs.cancel("ann", job.id) == cancelled
    assert jobs.last_event_id() == last


def test_a_finished_job_cannot_be_cancelled(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    jobs.apply([report(request, "succeeded")])

    with pytest.raises(Conflict):
        jobs.cancel("ann", job.id)


def test_late_news_do_not_bring_a_cancelled_job_back(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    cancelled = jobs.cancel("ann", job.id)

    jobs.apply([report(request, "succeeded")])

    assert jobs.job("ann", job.id) == cancelled
    assert jobs.task("ann", request.task_id).state == "cancelled"
    assert jobs.task("ann", request.task_id).attempts[0].outcome == "succeeded"


# retry


def test_a_retry_queues_what_failed_and_nothing_else(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 3)
    jobs.apply([report(requests[0], "failed"), report(requests[1], "succeeded")])
    jobs.apply([report(requests[2], "failed")])
    assert jobs.job("ann", job.id).state == "partial"

    job, retried = jobs.retry("ann", job.id)

    assert job == jobs.job("ann", job.id)
    assert (job.state, job.finished_at) == ("running", None)
    assert job.counts == Counts(queued=2, succeeded=1)
    assert [r.task_id for r in retried] == [requests[0].task_id, requests[2].task_id]
    assert {r.generation for r in retried} == {2}
    assert jobs.unsent(older_than=0, limit=10) == retried
    jobs.apply([report(request, "succeeded") for request in retried])
    assert jobs.job("ann", job.id).state == "succeeded"


def test_a_retry_can_name_its_tasks(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 3)
    jobs.apply([report(request, "failed") for request in requests[:2]])

    job, retried = jobs.retry("ann", job.id, [requests[1].task_id, requests[2].task_id])

    assert [r.task_id for r in retried] == [requests[1].task_id]
    assert job.counts == Counts(queued=2, failed=1)


def test_a_retry_of_a_task_of_another_job_is_refused(jobs: Jobs) -> None:
    job, (request,) = submitted(jobs)
    _, (other,) = submitted(jobs)
    jobs.apply([report(request, "failed"), report(other, "failed")])

    with pytest.raises(NotFound):
        jobs.retry("ann", job.id, [request.task_id, other.task_id])

    assert jobs.job("ann", job.id).state == "failed"


def test_what_was_cancelled_can_be_retried(jobs: Jobs) -> None:
    job, requests = submitted(jobs, 2)
    jobs.apply([report(requests[0], "succeeded")])
    jobs.cancel("ann", job.id)

    job, retried = jobs.retry("ann", job.id)

    assert [(r.task_id, r.generation) for r in retried] == [(requests[1].task_id, 2)]
    assert (job.state, job.finished_at) == ("running", None)
    assert job.counts == Counts(queued=1, succeeded=1)
    jobs.apply([report(request, "succeeded") for request in retried])
    assert jobs.job("ann", job.id).state == "succeeded"


def test_a_retry_sends_what_is_silent_for_too_long_in_its_generation(
    jobs: Jobs, clock: Clock
) -> None:
    job, requests = submitted(jobs, 3)
    jobs.mark_sent([request.task_id for request in requests])
    clock.now += 300
    jobs.apply([report(requests[0], "started"), report(requests[1], "succeeded")])

    _, retried = jobs.retry("ann", job.id, silent_for=210)

    assert retried == requests[2:]
    assert jobs.unsent(older_than=0, limit=10) == retried


@pytest.mark.parametrize(
    ("news", "reason"),
    [(None, "being edited already"), ("started", "being edited already"), ("succeeded", "All of")],
)
def test_a_retry_of_nothing_is_refused_with_the_reason(
    jobs: Jobs, news: str | None, reason: str
) -> None:
    job, (request,) = submitted(jobs)
    if news:
        jobs.apply([report(request, news)])

    with pytest.raises(Conflict, match=reason):
        jobs.retry("ann", job.id, silent_for=210)

    assert len(jobs.unsent(older_than=0, limit=10)) == (news is None)


# equal work


def test_what_has_succeeded_is_known_by_its_fingerprint_to_its_owner(jobs: Jobs) -> None:
    photos = add_photos(jobs, 2)
    own = {photos[1].id: {"contrast": 20}}
    _, requests, _ = jobs.create_job(order(photos, own_edits=own))
    common = fingerprint(photos[0].sha256, EDITS, OUTPUTS)
    other = fingerprint(photos[1].sha256, own[photos[1].id], OUTPUTS)
    assert jobs.succeeded_before("ann", [common, other]) == {}

    jobs.apply([report(requests[1], "succeeded"), report(requests[0], "failed")])

    assert jobs.succeeded_before("ann", [common, other]).keys() == {other}
    assert jobs.succeeded_before("bob", [common, other]) == {}


def test_fingerprints_differ_by_bytes_edits_and_outputs() -> None:
    prints = {
        fingerprint("aa", {"a": 1}, OUTPUTS),
        fingerprint("ab", {"a": 1}, OUTPUTS),
        fingerprint("aa", {"a": 2}, OUTPUTS),
        fingerprint("aa", {"a": 1}, [{"name": "print"}]),
    }

    assert len(prints) == 4
    assert fingerprint("aa", {"a": 1, "b": 2}, []) == fingerprint("aa", {"b": 2, "a": 1}, [])
