"""The composition root and the tracker on real embedded backends, without workers."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Never

import pytest
from tests.support.cubes import SWAP, sha256
from tests.support.pictures import jpeg
from tests.support.waiting import until

from abzug.edits.cost import predicted_seconds
from abzug.edits.outputs import canonical_outputs
from abzug.errors import (
    ConfigError,
    Conflict,
    DatabaseDamaged,
    DatabaseError,
    InvalidIdempotencyKey,
    InvalidRequest,
    NotFound,
    ObjectNotFound,
    PhotoTooLarge,
    QueueError,
    StoreError,
    TooLarge,
    UnreadablePhoto,
    UnsupportedPhoto,
)
from abzug.jobs.records import Photo, Task
from abzug.keys import cancel_key, result_key
from abzug.messages import EditRequest, ReportKind, ResultRef, StatusReport, StatusReports
from abzug.queues.base import Outgoing
from abzug.service import luts
from abzug.service.orders import JobRequest, new_tasks
from abzug.service.proxies import proxy_of
from abzug.service.scrub import Tally, scrub
from abzug.service.service import Service
from abzug.settings import Settings
from abzug.tracker import Tracker

OUTPUT = canonical_outputs([{"name": "web"}], max_outputs=1)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    settings = Settings(home=tmp_path / "home", max_receives=1, visibility_timeout=1)
    with Service.open(settings) as service:
        yield service


def upload(service: Service, data: bytes | None = None, name: str = "photo.jpg") -> Photo:
    with service.upload("local", name) as upload:
        upload.write(jpeg(1, 60, 40) if data is None else data)
        return upload.finish()


def requests_of(service: Service) -> list[EditRequest]:
    return [EditRequest.model_validate_json(m.body) for m in service.requests.receive()]


def only_task(service: Service, job_id: str) -> Task:
    (task,) = service.jobs.tasks("local", job_id, limit=10).items
    return task


# uploads


def test_an_uploaded_photo_is_stored_with_its_size_and_digest(service: Service) -> None:
    photo = upload(service, name="/home/anna/IMG 1.jpg")
    assert (photo.filename, photo.width, photo.height) == ("IMG 1.jpg", 60, 40)
    assert service.store.get(photo.key) == jpeg(1, 60, 40)
    assert service.jobs.photo("local", photo.id) == photo


def test_an_upload_that_is_not_finished_leaves_nothing(service: Service) -> None:
    with service.upload("local", "photo.jpg") as upload:
        upload.write(jpeg(1, 60, 40))
        upload.write(bytes(300_000))
    assert list(service.store.list()) == []
    assert service.jobs.list_photos("local", limit=10).items == []


def test_what_is_not_a_photo_is_refused(service: Service) -> None:
    with pytest.raises(UnsupportedPhoto, match="PDF"):
        upload(service, b"%PDF-1.7 " + bytes(1000))
    with pytest.raises(UnreadablePhoto, match="empty"):
        upload(service, b"")
    assert list(service.store.list()) == []


def test_a_file_over_the_limit_is_refused_while_it_comes(tmp_path: Path) -> None:
    with Service.open(Settings(home=tmp_path, max_upload_bytes=1 << 20)) as service:
        with service.upload("local", "photo.jpg") as upload:
            upload.write(jpeg(1) + bytes(900_000))
            with pytest.raises(TooLarge, match="1 MiB"):
                upload.write(bytes(300_000))
        assert list(service.store.list()) == []


def test_a_photo_of_too_many_pixels_is_refused_by_its_header(tmp_path: Path) -> None:
    with (
        Service.open(Settings(home=tmp_path, max_pixels=2000)) as service,
        pytest.raises(PhotoTooLarge, match="at most"),
    ):
        upload(service)


# orders


def test_an_order_becomes_a_job_and_one_request_a_photo(service: Service) -> None:
    photos = [upload(service, jpeg(n, 60, 40)) for n in range(23)]
    order = JobRequest(photos=tuple(p.id for p in photos), edits={"exposure": 0.5, "contrast": 0})
    job, created = service.submit("local", order)
    assert created
    assert job.counts.queued == 23
    requests = requests_of(service) + requests_of(service) + requests_of(service)
    assert {r.photo.id for r in requests} == {p.id for p in photos}
    assert all(r.edits == {"exposure": 0.5} for r in requests), "neutral settings are dropped"
    assert service.jobs.unsent(older_than=0, limit=100) == []


def test_a_request_costs_what_is_foretold_at_the_pace_of_the_workers(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.jobs, "pace", lambda: 3.0)
    photo = upload(service)
    assert photo.width
    assert photo.height
    foretold = predicted_seconds("image/jpeg", (photo.width, photo.height), {}, OUTPUT)

    service.submit("local", JobRequest(photos=(photo.id,), outputs=({"name": "web"},)))

    assert [r.cost for r in requests_of(service)] == [pytest.approx(3 * foretold)]


def test_a_photo_of_unknown_size_has_a_cost_by_its_bytes(service: Service) -> None:
    photos = [replace(upload(service), width=None, height=None, bytes=n) for n in (10**5, 10**7)]

    small, large = new_tasks(service.jobs, "local", photos, {p.id: {} for p in photos}, OUTPUT)

    assert 0 < small.cost < large.cost


def test_overrides_replace_the_edits_of_single_photos_one_by_one(service: Service) -> None:
    one, two = upload(service, jpeg(1)), upload(service, jpeg(2))
    order = JobRequest(
        photos=(one.id, two.id),
        edits={"exposure": 0.5, "contrast": 10},
        overrides={two.id: {"exposure": -1}},
    )
    service.submit("local", order)
    edits = {r.photo.id: r.edits for r in requests_of(service)}
    assert edits[one.id] == {"contrast": 10, "exposure": 0.5}
    assert edits[two.id] == {"contrast": 10, "exposure": -1}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"edits": {"exposure": 9}}, "/edits/exposure"),
        ({"edits": {"glow": 1}}, "/edits/glow"),
        ({"outputs": [{"name": "a", "quality": 0}]}, "/outputs/0/quality"),
    ],
)
def test_a_wrong_order_is_refused_with_a_pointer(
    service: Service, change: dict[str, Any], pointer: str
) -> None:
    raw = {"photos": [upload(service).id]} | change
    with pytest.raises(InvalidRequest) as caught:
        service.submit("local", JobRequest.model_validate(raw))
    assert pointer in {error.pointer for error in caught.value.errors}


def test_photos_that_are_not_there_twice_or_anothers_are_refused(service: Service) -> None:
    photo = upload(service)
    order = {"photos": [photo.id, "ph_nothing", photo.id], "overrides": {"ph_other": {}}}
    with pytest.raises(InvalidRequest) as caught:
        service.submit("local", JobRequest.model_validate(order))
    pointers = [error.pointer for error in caught.value.errors]
    assert pointers == ["/photos/1", "/photos/2", "/overrides/ph_other"]
    with pytest.raises(InvalidRequest):
        service.submit("someone", JobRequest(photos=(photo.id,)))


# what edits need beside the photos


def test_a_lut_is_named_by_its_bytes_and_may_be_stored_twice(service: Service) -> None:
    first, cube = luts.store_lut(service.store, "local", SWAP)
    again, _ = luts.store_lut(service.store, "local", SWAP)

    assert first == again == sha256(SWAP)
    assert (cube.title, cube.size) == ("Red is blue", 2)
    assert service.store.get(f"luts/local/{first}") == SWAP


def test_a_lut_that_cannot_be_read_is_not_stored(service: Service) -> None:
    with pytest.raises(InvalidRequest, match="Line 1"):
        luts.store_lut(service.store, "local", b"no lut")
    assert list(service.store.list()) == []


@pytest.mark.parametrize("where", ["edits", "overrides"])
def test_a_lut_has_to_be_the_owners_own(service: Service, where: str) -> None:
    luts.store_lut(service.store, "bob", SWAP)
    photo = upload(service)
    edits = {"lut": {"id": sha256(SWAP)}}
    given = {"edits": edits} if where == "edits" else {"overrides": {photo.id: edits}}
    order = JobRequest(photos=(photo.id,), **given)

    with pytest.raises(InvalidRequest) as refused:
        service.submit("local", order)
    pointer = "/edits/lut/id" if where == "edits" else f"/overrides/{photo.id}/lut/id"
    assert [error.pointer for error in refused.value.errors] == [pointer]

    luts.store_lut(service.store, "local", SWAP)
    service.submit("local", order)


def test_the_picture_of_a_watermark_has_to_be_the_owners_own(service: Service) -> None:
    photo = upload(service)
    with service.upload("bob", "logo.png") as theirs:
        theirs.write(jpeg(2, 60, 40))
        logo = theirs.finish()
    edits = {"watermark": [{"text": "me"}, {"image": logo.id}]}

    with pytest.raises(InvalidRequest) as refused:
        service.submit("local", JobRequest(photos=(photo.id,), edits=edits))
    assert [(e.pointer, e.detail) for e in refused.value.errors] == [
        ("/edits/watermark/1/image", "no such photo")
    ]


def test_the_picture_of_a_watermark_is_kept_until_the_job_is_finished(service: Service) -> None:
    photo, logo = upload(service), upload(service, jpeg(2, 60, 40))
    edits = {"watermark": [{"image": logo.id}]}
    job, _ = service.submit("local", JobRequest(photos=(photo.id,), edits=edits))

    with pytest.raises(Conflict):
        service.delete_photo("local", logo.id)

    service.cancel("local", job.id)
    service.delete_photo("local", logo.id)


def test_a_picture_that_is_too_large_for_a_watermark_is_refused_at_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("abzug.service.orders.MAX_PICTURE_PIXELS", 2000)
    photo = upload(service)
    edits = {"watermark": [{"image": photo.id}]}

    with pytest.raises(InvalidRequest) as refused:
        service.submit("local", JobRequest(photos=(photo.id,), edits=edits))
    assert "too large" in refused.value.errors[0].detail


def test_the_same_key_gives_the_same_job_and_sends_nothing_again(service: Service) -> None:
    order = JobRequest(photos=(upload(service).id,))
    first, _ = service.submit("local", order, idempotency_key="k")
    again, created = service.submit("local", order, idempotency_key="k")
    assert (again.id, created) == (first.id, False)
    assert len(requests_of(service)) == 1
    other = JobRequest(photos=order.photos, edits={"exposure": 1})
    with pytest.raises(InvalidIdempotencyKey):
        service.submit("local", other, idempotency_key="k")


def test_a_request_whose_send_failed_stays_in_the_outbox(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_messages: Sequence[Outgoing]) -> Never:
        raise QueueError("The queue does not answer.")

    monkeypatch.setattr(service.requests, "send_batch", refuse)
    order = JobRequest(photos=(upload(service).id,))
    job, _ = service.submit("local", order, idempotency_key="k")
    waiting = service.jobs.unsent(older_than=0, limit=10)
    assert [r.job_id for r in waiting] == [job.id], "an acknowledged order must not depend on it"


def test_the_proxy_is_ordered_once_and_found_when_it_is_there(service: Service) -> None:
    photo = upload(service)
    assert proxy_of(service, "local", photo.id) is None
    assert proxy_of(service, "local", photo.id) is None
    (request,) = requests_of(service)
    assert request.outputs[0]["max_side"] == 2048
    assert service.jobs.list_jobs("local", limit=10).items == []
    with pytest.raises(NotFound):
        proxy_of(service, "someone", photo.id)


def fail_proxy(service: Service, request: EditRequest, *, permanent: bool, at: float) -> None:
    report = StatusReport(
        kind=ReportKind.failed, task_id=request.task_id, job_id=request.job_id, owner="local",
        receive_count=1, worker="w", at=at,
        error={"code": "some", "message": "Broken.", "permanent": permanent},
    )  # fmt: skip
    service.jobs.apply([report])


def test_a_proxy_that_cannot_be_made_is_refused_with_the_reason(service: Service) -> None:
    photo = upload(service)
    proxy_of(service, "local", photo.id)
    (request,) = requests_of(service)
    fail_proxy(service, request, permanent=True, at=1.0)

    with pytest.raises(Conflict, match="Broken"):
        proxy_of(service, "local", photo.id)


def test_a_proxy_that_failed_by_no_fault_of_the_photo_is_tried_again_after_a_while(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = upload(service)
    proxy_of(service, "local", photo.id)
    (request,) = requests_of(service)
    fail_proxy(service, request, permanent=False, at=time.time())
    with pytest.raises(Conflict, match="Broken"):
        proxy_of(service, "local", photo.id)

    monkeypatch.setattr("abzug.service.proxies.PAUSE", 0)

    assert proxy_of(service, "local", photo.id) is None
    (again,) = requests_of(service)
    assert (again.task_id, again.generation) == (request.task_id, request.generation + 1)


def test_cancelling_leaves_a_mark_for_the_workers_and_retrying_removes_it(service: Service) -> None:
    job, _ = service.submit("local", JobRequest(photos=(upload(service).id,)))
    service.cancel("local", job.id)
    key = cancel_key("local", job.id)
    assert service.store.head(key).size == 0
    service.retry("local", job.id)
    with pytest.raises(ObjectNotFound):
        service.store.head(key)


# the tracker


@pytest.fixture
def tracker(service: Service) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Tracker(service).run, args=[stop])
    thread.start()
    yield
    stop.set()
    thread.join()


def wait_for(service: Service, job_id: str, state: str) -> None:
    service.jobs.wait(0)
    for _ in range(100):
        if service.jobs.job("local", job_id).state == state:
            return
        service.jobs.wait(1.0)
    pytest.fail(f"the job is {service.jobs.job('local', job_id).state}, not {state}")


def test_the_tracker_applies_reports_and_deletes_them(service: Service, tracker: None) -> None:
    job, _ = service.submit("local", JobRequest(photos=(upload(service).id,)))
    (request,) = requests_of(service)
    report = StatusReport(
        kind=ReportKind.succeeded, task_id=request.task_id, job_id=job.id, owner="local",
        receive_count=1, worker="w", at=1.0,
    )  # fmt: skip
    service.status.send(StatusReports(reports=(report,)).to_json())
    wait_for(service, job.id, "succeeded")


def test_a_message_that_cannot_be_read_does_not_stop_the_tracker(
    service: Service, tracker: None
) -> None:
    service.status.send("nonsense")
    job, _ = service.submit("local", JobRequest(photos=(upload(service).id,)))
    (request,) = requests_of(service)
    report = StatusReport(
        kind=ReportKind.failed, task_id=request.task_id, job_id=job.id, owner="local",
        receive_count=1, worker="w", at=1.0,
        error={"code": "unreadable", "message": "Broken.", "permanent": True},
    )  # fmt: skip
    service.status.send(StatusReports(reports=(report,)).to_json())
    wait_for(service, job.id, "failed")


def test_a_report_that_no_older_tracker_could_read_is_applied_by_one_that_can(
    service: Service, tracker: None
) -> None:
    job, _ = service.submit("local", JobRequest(photos=(upload(service).id,)))
    (request,) = requests_of(service)
    report = StatusReport(
        kind=ReportKind.succeeded, task_id=request.task_id, job_id=job.id, owner="local",
        receive_count=1, worker="w", at=1.0,
    )  # fmt: skip
    # as if it had been received as often as it may be
    service.status_dead.send(StatusReports(reports=(report,)).to_json())
    wait_for(service, job.id, "succeeded")
    until(lambda: service.status_dead.depth().in_flight == 0)  # and deleted


def test_no_more_reports_are_received_while_the_database_is_down(
    service: Service, tracker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = iter(range(3))
    apply = service.jobs.apply
    receipts = []
    another = StatusReports(reports=()).to_json()

    def ping() -> None:
        if next(outage, None) is not None:
            raise DatabaseError("The database is down.")
        monkeypatch.setattr(service.jobs, "apply", apply)

    def refuse(_reports: Sequence[StatusReport]) -> None:
        receipts.append(threading.current_thread().name)
        service.status.send(another)
        raise DatabaseError("The database is down.")

    monkeypatch.setattr(service.jobs, "ping", ping)
    monkeypatch.setattr(service.jobs, "apply", refuse)
    service.status.send(another)
    until(lambda: service.jobs.apply is apply)
    assert receipts.count("reports") == 1


def test_a_request_that_nobody_finishes_is_dead_lettered_listed_and_sent_again(
    service: Service, tracker: None
) -> None:
    job, _ = service.submit("local", JobRequest(photos=(upload(service).id,)))
    assert service.requests.receive(visibility_timeout=0), "received once, and never heard of again"
    assert service.requests.receive() == [], "that was its only delivery"
    wait_for(service, job.id, "failed")
    task = only_task(service, job.id)
    assert task.error is not None
    assert task.error.code == "dead_lettered"
    assert [t.id for t in service.dead_letters(limit=10).items] == [task.id]
    assert service.redrive() == 1
    (request,) = requests_of(service)
    assert (request.task_id, request.generation) == (task.id, 2)
    assert service.dead_letters(limit=10).items == []


def test_what_a_worker_said_before_its_request_died_counts_first(service: Service) -> None:
    job, _ = service.submit("local", JobRequest(photos=(upload(service).id,)))
    (letter,) = service.requests.receive()
    request = EditRequest.model_validate_json(letter.body)
    report = StatusReport(
        kind=ReportKind.succeeded,
        task_id=request.task_id,
        job_id=job.id,
        owner="local",
        receive_count=1,
        worker="w",
        at=time.time(),
    )
    service.status.send(StatusReports(reports=(report,)).to_json())
    Tracker(service)._bury([letter])
    assert service.jobs.job("local", job.id).state == "succeeded"


def test_a_discarded_dead_letter_is_gone_and_its_task_stays_failed(
    service: Service, tracker: None
) -> None:
    job, _ = service.submit("local", JobRequest(photos=(upload(service).id,)))
    service.requests.receive(visibility_timeout=0)
    service.requests.receive()
    wait_for(service, job.id, "failed")
    assert service.discard([only_task(service, job.id).id]) == 1
    assert service.dead_letters(limit=10).items == []
    assert only_task(service, job.id).state == "failed"


def test_a_scrub_finds_what_is_gone_or_damaged_and_has_results_made_again(
    service: Service,
) -> None:
    kept, damaged = upload(service, name="kept.jpg"), upload(service, name="damaged.jpg")
    job, _ = service.submit("local", JobRequest(photos=(kept.id, damaged.id)))
    results = {}
    for request in requests_of(service):
        key = f"results/local/{request.photo.id}.jpg"
        service.store.put(key, b"result", media_type="image/jpeg")
        results[request.photo.id] = key
        ref = ResultRef(
            name="edited", format="jpeg", media_type="image/jpeg", key=key,
            width=6, height=4, bytes=6, sha256=hashlib.sha256(b"result").hexdigest(),
        )  # fmt: skip
        report = StatusReport(
            kind=ReportKind.succeeded, task_id=request.task_id, job_id=job.id, owner="local",
            receive_count=1, worker="w", at=1.0, results=(ref,),
        )  # fmt: skip
        service.jobs.apply([report])
    lines: list[str] = []
    assert scrub(service, lines.append) == Tally(read=4, wrong=0, mended=0)
    assert lines == []

    service.store.put(damaged.key, b"other bytes", media_type="image/jpeg")
    service.store.put(results[kept.id], b"resulT", media_type="image/jpeg")
    service.store.delete(results[damaged.id])
    assert scrub(service, lines.append) == Tally(read=4, wrong=3, mended=2)

    assert sorted(line.split(" (")[0] for line in lines) == [
        "original gone or damaged: damaged.jpg",
        "results gone or damaged: damaged.jpg",
        "results gone or damaged: kept.jpg",
    ]
    assert service.jobs.job("local", job.id).counts.queued == 2
    assert len(requests_of(service)) == 2


def test_a_proxy_that_is_gone_is_made_again(service: Service) -> None:
    photo = upload(service)
    assert proxy_of(service, "local", photo.id) is None
    (request,) = requests_of(service)
    key = result_key("local", photo.sha256, {}, request.outputs, request.outputs[0])
    ref = ResultRef(
        name="proxy", format="jpeg", media_type="image/jpeg", key=key,
        width=6, height=4, bytes=5, sha256=hashlib.sha256(b"proxy").hexdigest(),
    )  # fmt: skip
    report = StatusReport(
        kind=ReportKind.succeeded, task_id=request.task_id, job_id=request.job_id,
        owner="local", receive_count=1, worker="w", at=1.0, results=(ref,),
    )  # fmt: skip
    service.store.put(key, b"proxy", media_type="image/jpeg")
    service.jobs.apply([report])
    found = proxy_of(service, "local", photo.id)
    assert found is not None
    assert found.sha256 == ref.sha256

    service.store.delete(key)
    assert proxy_of(service, "local", photo.id) is None
    assert [again.generation for again in requests_of(service)] == [2]


def test_an_upload_whose_row_cannot_be_written_leaves_no_original(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Never:
        raise DatabaseError("The jobs database did not answer.")

    monkeypatch.setattr(service.jobs, "add_photo", refuse)
    monkeypatch.setattr(service.jobs, "photos_by_id", refuse)
    with pytest.raises(DatabaseError):
        upload(service)
    assert list(service.store.list("originals/")) == []


def test_an_upload_whose_row_is_written_without_an_answer_is_a_photo(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_photo = service.jobs.add_photo

    def add_silently(photo: Photo) -> Never:
        add_photo(photo)
        raise DatabaseError("The jobs database did not answer.")

    monkeypatch.setattr(service.jobs, "add_photo", add_silently)
    photo = upload(service)
    assert service.jobs.photo("local", photo.id) == photo
    assert service.store.head(photo.key).size == photo.bytes


def test_an_original_that_could_not_be_removed_goes_when_that_is_asked_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = upload(service)

    def refuse(_key: str) -> Never:
        raise StoreError("The photo store failed.")

    with monkeypatch.context() as broken:
        broken.setattr(service.store, "delete", refuse)
        with pytest.raises(StoreError):
            service.delete_photo("local", photo.id)
    with pytest.raises(NotFound):
        service.delete_photo("local", photo.id)
    assert list(service.store.list("originals/")) == []


@pytest.fixture
def left(tmp_path: Path) -> Settings:
    """The settings of a home where a photo was uploaded."""
    settings = Settings(home=tmp_path / "left")
    with Service.open(settings) as service:
        for _ in range(50):
            upload(service)
    return settings


def test_a_damaged_database_is_named_and_refused(left: Settings) -> None:
    file = left.home / "jobs.db"
    data = bytearray(file.read_bytes())
    data[4096 : len(data)] = b"?" * (len(data) - 4096)
    file.write_bytes(data)
    with pytest.raises(DatabaseDamaged) as raised:
        Service.open(left)
    assert "Retrying" not in raised.value.advice


def meet_damage(service: Service) -> None:
    with service.jobs._database.read():
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def test_a_database_that_is_damaged_while_it_is_used_is_no_longer_ready(left: Settings) -> None:
    with Service.open(left) as service:
        service.jobs.ping()
        with pytest.raises(DatabaseDamaged):
            meet_damage(service)
        with pytest.raises(DatabaseDamaged):
            service.jobs.ping()


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_database_that_is_lost_beside_a_full_store_is_made_anew_only_when_told_so(
    left: Settings, how: str
) -> None:
    for file in left.home.glob("jobs.db*"):
        file.unlink()
    if how == "empty":
        (left.home / "jobs.db").touch()
    with pytest.raises(ConfigError) as raised:
        Service.open(left)
    assert "ABZUG_NEW_DATABASE" in raised.value.advice
    with Service.open(left.model_copy(update={"new_database": True})) as service:
        assert service.jobs.list_photos("local", limit=1).items == []


def test_of_several_trackers_one_sends_what_waits_in_the_outbox(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.submit("local", JobRequest(photos=(upload(service).id,)))
    waiting = requests_of(service)
    sent: list[list[EditRequest]] = []
    monkeypatch.setattr(service.jobs, "unsent", lambda **_: waiting)
    monkeypatch.setattr(service, "send", sent.append)
    one, other = Tracker(service), Tracker(service)
    for _ in range(2):
        one._send_outbox()
        other._send_outbox()
    assert sent == [waiting, waiting], "the other sent it, too"
