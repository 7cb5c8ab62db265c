"""The composition root: settings → parts, and what can be done with them.

Whatever takes an order (web, command line, tests) calls this. A worker uses the queue and the
store only, and never the jobs database.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal, Self

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from abzug import direct
from abzug.backends import connect_queue, connect_store
from abzug.direct import DirectUpload
from abzug.edits.base import Asset, Size, assets_of, canonical_edits, field_errors
from abzug.edits.bounds import MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS
from abzug.edits.cost import predicted_seconds
from abzug.edits.cube import Cube, read_cube
from abzug.edits.outputs import canonical_outputs
from abzug.errors import BackendError, Conflict, FieldError, InvalidRequest, ObjectNotFound
from abzug.jobs import database
from abzug.jobs.database import Jobs
from abzug.jobs.records import Job, JobState, NewJob, NewTask, Page, Photo, Task
from abzug.jobs.submit import fingerprint
from abzug.keys import asset_key, cancel_key, digest_of, lut_key, result_key
from abzug.messages import EditRequest
from abzug.queues.base import MAX_BATCH, Outgoing, Queue
from abzug.settings import Settings
from abzug.stores.base import ObjectInfo, Store
from abzug.upload import Upload

PROXY_OUTPUT = {"name": "proxy", "format": "jpeg", "max_side": 2048, "metadata": "strip"}
log = structlog.get_logger()
SENDERS = 8
"""Threads that send the requests of one big job: what a send waits for is a disk or a network."""
PACE_AGE = 30.0
"""Seconds for which the workers' pace is believed."""


class JobRequest(BaseModel):
    """An order: photos × edits × outputs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    photos: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of photos, each at most once."""
    edits: dict[str, Any] = Field(default_factory=dict)
    outputs: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)] = ({"name": "edited"},)
    # PostgreSQL stores no NUL in a text
    name: Annotated[
        str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$")
    ] = ""
    overrides: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Edits of single photos, by photo id; they replace those of the job one by one."""


class App:
    """The parts, connected once and shared by all threads."""

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        self.settings = settings
        self.jobs = jobs
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")
        self._last_pace, self._next_pace = 1.0, 0.0

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Connect; the embedded database is made or brought up to date on the way."""
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        url = settings.url_of_database()
        if url.startswith("sqlite"):
            database.upgrade(url)
        return cls(settings, database.connect(url, settings.home))

    @functools.cached_property
    def store(self) -> Store:
        store: Store = connect_store(self.settings)
        return store

    @functools.cached_property
    def requests(self) -> Queue:
        return self._queue("requests")

    @functools.cached_property
    def requests_dead(self) -> Queue:
        return self._queue("requests-dead")

    @functools.cached_property
    def status(self) -> Queue:
        return self._queue("status")

    @functools.cached_property
    def status_dead(self) -> Queue:
        return self._queue("status-dead")

    def _queue(self, name: str) -> Queue:
        queue: Queue = connect_queue(self.settings, name)
        return queue

    def close(self) -> None:
        self._senders.shutdown()
        for name in ("requests", "requests_dead", "status", "status_dead", "store"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.jobs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # photos

    def upload(self, owner: str, filename: str) -> Upload:
        """A photo coming in; see Upload."""
        return Upload(self.settings, self.store, self.jobs, owner, filename)

    def begin_direct_upload(self, owner: str, size: int, sha256: str) -> DirectUpload:
        """Permit a client to upload past this server; see direct."""
        return direct.begin(self.settings, self.store, owner, size, sha256)

    def complete_direct_upload(self, owner: str, photo_id: str, filename: str) -> Photo:
        """What was uploaded so, as a photo; durable on return."""
        return direct.complete(
            self.settings,
            self.store,
            self.jobs,
            owner=owner,
            photo_id=photo_id,
            filename=filename,
        )

    def delete_photo(self, owner: str, photo_id: str) -> Photo:
        """Remove a photo and its original. Raises NotFound, and Conflict while a job needs it."""
        photo = self.jobs.delete_photo(owner, photo_id)
        self.store.delete(photo.key)
        return photo

    def proxy(self, owner: str, photo_id: str) -> ObjectInfo | None:
        """The photo at 2048 px as a JPEG; None while a worker makes it.

        Raises NotFound for the photo, and Conflict with the reason if it cannot be made.
        """
        photo = self.jobs.photo(owner, photo_id)
        (output,) = canonical_outputs([PROXY_OUTPUT], max_outputs=1)
        try:
            return self.store.head(result_key(owner, photo.sha256, {}, [output], output))
        except ObjectNotFound:
            pass
        # the key makes it one job a photo, however often it is asked for
        new = self._new_job(
            owner, [photo], {}, [output], kind="proxy", idempotency_key=f"proxy {photo.id}"
        )
        job, requests, _ = self.jobs.create_job(new)
        if job.state is JobState.failed:
            [task] = self.jobs.tasks(owner, job.id, limit=1, cursor=None).items
            reason = task.error.message if task.error else ""
            raise Conflict(f"This photo cannot be shown. {reason}".strip())
        self.send(requests)
        return None

    def store_lut(self, owner: str, data: bytes) -> tuple[str, Cube]:
        """Keep a .cube file; gives its id, which is made of its bytes, and what is in it.

        Raises TooLarge, and InvalidRequest with the line that is wrong.
        """
        cube = read_cube(data)
        id_ = hashlib.sha256(data).hexdigest()
        self.store.put(lut_key(owner, id_), data, media_type="text/plain")
        return id_, cube

    # jobs

    def submit(
        self, owner: str, order: JobRequest, *, idempotency_key: str | None = None
    ) -> tuple[Job, bool]:
        """Take an order; gives the job and whether it is new. On return it is durable.

        Raises InvalidRequest with a pointer to each field that is wrong, and
        InvalidIdempotencyKey if the key was used for another order.
        """
        edits = canonical_edits(order.edits)
        outputs = canonical_outputs(list(order.outputs), max_outputs=self.settings.max_outputs)
        photos = self._photos(owner, order)
        overrides = {
            photo_id: _canonical_override(photo_id, edits | override)
            for photo_id, override in order.overrides.items()
        }
        needed = self._assets(owner, edits, overrides)
        new = self._new_job(
            owner,
            photos,
            edits,
            outputs,
            overrides=overrides,
            also_needs=tuple(sorted(asset.id for asset in needed if asset.kind == "photo")),
            name=order.name,
            idempotency_key=idempotency_key,
            body_hash=digest_of(order.model_dump(mode="json")),
        )
        job, requests, created = self.jobs.create_job(new)
        self.send(requests)
        return job, created

    def cancel(self, owner: str, job_id: str) -> Job:
        """End a job early; what is finished stays. Raises NotFound, Conflict if it has ended."""
        job = self.jobs.cancel(owner, job_id)
        # workers do not see the database: this tells them to drop the job's requests unedited
        self.store.put(cancel_key(owner, job_id), b"", media_type="text/plain")
        return job

    def retry(self, owner: str, job_id: str, task_ids: Sequence[str] | None = None) -> Job:
        """Send the failed tasks again, or those of them that are named. Raises NotFound."""
        self.store.delete(cancel_key(owner, job_id))
        job, requests = self.jobs.retry(owner, job_id, task_ids)
        self.send(requests)
        return job

    def send(self, requests: Sequence[EditRequest]) -> None:
        """Put requests that are in the outbox on the queue, and take them out of the outbox.

        Never fails: what cannot be sent now stays in the outbox, and the tracker sends it later.
        """
        if not requests:
            return
        batches = [requests[i : i + MAX_BATCH] for i in range(0, len(requests), MAX_BATCH)]
        several = len(batches) > 2
        send = self._senders.map if several else map
        try:
            paces = itertools.repeat(self._pace())
            for ids in send(self._send_batch, batches, paces):
                self.jobs.mark_sent(ids)
        except BackendError as error:
            log.warning("requests wait in the outbox", error=error.message)

    def _send_batch(self, requests: Sequence[EditRequest], pace: float) -> list[str]:
        """A task's cost is in seconds of the machine that the table of costs was measured on; a
        message's is in seconds of the workers."""
        paced = [r.model_copy(update={"cost": r.cost * pace}) for r in requests]
        self.requests.send_batch([Outgoing(r.to_json(), group=r.owner, cost=r.cost) for r in paced])
        return [r.task_id for r in requests]

    def _pace(self) -> float:
        """Asked for now and then only: a single photo must not wait for sums over a thousand."""
        if time.monotonic() >= self._next_pace:
            self._last_pace = self.jobs.pace()
            self._next_pace = time.monotonic() + PACE_AGE
        return self._last_pace

    def _photos(self, owner: str, order: JobRequest) -> list[Photo]:
        if len(order.photos) > self.settings.max_photos_per_job:
            limit = self.settings.max_photos_per_job
            raise InvalidRequest(
                "Too many photos for one job.",
                (FieldError("/photos", f"at most {limit} photos"),),
            )
        found = self.jobs.photos_by_id(owner, order.photos)
        wrong = [
            FieldError(f"/photos/{i}", "no such photo")
            for i, photo_id in enumerate(order.photos)
            if photo_id not in found
        ]
        seen: set[str] = set()
        for i, photo_id in enumerate(order.photos):
            if photo_id in seen:
                wrong.append(FieldError(f"/photos/{i}", "named twice"))
            seen.add(photo_id)
        wrong += [
            FieldError(f"/overrides/{photo_id}", "not one of the job's photos")
            for photo_id in order.overrides
            if photo_id not in seen
        ]
        if wrong:
            raise InvalidRequest("Some photos are not right.", tuple(wrong))
        return [found[photo_id] for photo_id in order.photos]

    def _assets(
        self, owner: str, edits: dict[str, Any], overrides: dict[str, dict[str, Any]]
    ) -> Collection[Asset]:
        """All that the edits need beside their photos; InvalidRequest unless it is there."""
        roots = {"/edits": edits} | {f"/overrides/{id_}": own for id_, own in overrides.items()}
        named: dict[Asset, str] = {}
        for root, of_root in roots.items():
            for pointer, asset in assets_of(of_root).items():
                named.setdefault(asset, root + pointer)
        if not named:
            return ()
        known = self.jobs.photos_by_id(owner, [a.id for a in named if a.kind == "photo"])
        wrong = [
            FieldError(pointer, problem)
            for asset, pointer in named.items()
            if (problem := self._problem(owner, asset, known))
        ]
        if wrong:
            raise InvalidRequest("Something that the edits need is not right.", tuple(wrong))
        return named

    def _problem(self, owner: str, asset: Asset, photos: dict[str, Photo]) -> str:
        if asset.kind == "photo":
            photo = photos.get(asset.id)
            return "no such photo" if photo is None else _unfit(photo)
        try:
            self.store.head(asset_key(owner, asset))
        except ObjectNotFound:
            return "no such LUT: store the .cube file first"
        return ""

    def _new_job(
        self,
        owner: str,
        photos: Sequence[Photo],
        edits: dict[str, Any],
        outputs: list[dict[str, Any]],
        *,
        overrides: dict[str, dict[str, Any]] | None = None,
        kind: Literal["job", "proxy"] = "job",
        also_needs: tuple[str, ...] = (),
        name: str = "",
        idempotency_key: str | None = None,
        body_hash: str | None = None,
    ) -> NewJob:
        of_photo = {photo.id: (overrides or {}).get(photo.id, edits) for photo in photos}
        prints = {p.id: fingerprint(p.sha256, of_photo[p.id], outputs) for p in photos}
        known = self.jobs.succeeded_before(owner, list(prints.values()))
        return NewJob(
            owner=owner,
            name=name,
            kind=kind,
            edits=edits,
            outputs=tuple(outputs),
            tasks=tuple(
                NewTask(
                    photo=photo,
                    edits=of_photo[photo.id],
                    cost=predicted_seconds(
                        photo.media_type,
                        _size_of(photo),
                        of_photo[photo.id],
                        outputs,
                        frames=photo.frames or 1,
                    ),
                    check_existing=prints[photo.id] in known,
                )
                for photo in photos
            ),
            also_needs=also_needs,
            idempotency_key=idempotency_key,
            body_hash=body_hash,
        )

    # operators

    def dead_letters(self, *, limit: int, cursor: str | None = None) -> Page[Task]:
        """Tasks whose request was delivered too often and given up, of all owners."""
        return self.jobs.dead_tasks(limit=limit, cursor=cursor)

    def redrive(self, task_ids: Sequence[str] | None = None) -> int:
        """Send dead letters again, all or those named, with their counts at zero; gives how many.

        A fresh request is sent for each; the old one in the dead-letter queue is stale from then
        on, and the tracker deletes it. So nothing depends on finding it there.
        """
        wanted = None if task_ids is None else set(task_ids)
        by_job: dict[tuple[str, str], list[str]] = {}
        for task in self._all_dead():
            if wanted is None or task.id in wanted:
                by_job.setdefault((task.owner, task.job_id), []).append(task.id)
        for (owner, job_id), ids in by_job.items():
            self.retry(owner, job_id, ids)
        return sum(map(len, by_job.values()))

    def _all_dead(self) -> list[Task]:
        tasks: list[Task] = []
        cursor: str | None = None
        while True:
            page = self.jobs.dead_tasks(limit=1000, cursor=cursor)
            tasks += page.items
            cursor = page.next_cursor
            if cursor is None:
                return tasks

    def discard(self, task_ids: Sequence[str]) -> int:
        """Take dead letters off the list for good; their tasks stay failed. Gives how many."""
        return self.jobs.discard_dead(task_ids)

    def stats(self) -> dict[str, Any]:
        """Depths of the queues and what the jobs database counts."""
        names = ("requests", "status", "requests_dead", "status_dead")
        depths = {name: getattr(self, name).depth() for name in names}
        return {"queues": depths, "jobs": self.jobs.stats()}


def parse_order(raw: object) -> JobRequest:
    """An order from JSON. Raises InvalidRequest with pointers."""
    try:
        return JobRequest.model_validate(raw)
    except ValidationError as error:
        raise InvalidRequest("The order is not right.", field_errors(error, "")) from None


def _canonical_override(photo_id: str, edits: dict[str, Any]) -> dict[str, Any]:
    try:
        return canonical_edits(edits)
    except InvalidRequest as error:
        moved = tuple(
            FieldError(e.pointer.replace("/edits", f"/overrides/{photo_id}", 1), e.detail)
            for e in error.errors
        )
        raise InvalidRequest(error.message, moved) from None


def _unfit(picture: Photo) -> str:
    """Why a photo cannot be put on another; "" if it can."""
    pixels = (picture.width or 0) * (picture.height or 0)
    if pixels <= MAX_PICTURE_PIXELS and picture.bytes <= MAX_PICTURE_BYTES:
        return ""
    mega, mebi = MAX_PICTURE_PIXELS // 10**6, MAX_PICTURE_BYTES // 2**20
    return f"too large: at most {mega} megapixels and {mebi} MiB"


def _size_of(photo: Photo) -> Size:
    """Where the header did not tell it, 2 bytes a pixel of all frames are a guess that errs on the
    dear side."""
    if photo.width and photo.height:
        return photo.width, photo.height
    side = max(1, round((photo.bytes / 2 / (photo.frames or 1)) ** 0.5))
    return side, side
