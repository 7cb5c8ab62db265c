"""What can be asked of the parts together.

Whatever takes an order (web, command line, tests) calls this. A worker uses the queue and the
store only, and never the jobs database.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from abzug.errors import Conflict, NotFound
from abzug.jobs.database import Jobs
from abzug.jobs.ids import ID
from abzug.jobs.records import Job, Page, Photo, Task
from abzug.keys import cancel_key, original_key
from abzug.messages import EditRequest
from abzug.service import direct_upload
from abzug.service.direct_upload import DirectUpload
from abzug.service.lost import lost
from abzug.service.orders import JobRequest, checked
from abzug.service.parts import Parts
from abzug.service.reconciler import Silence
from abzug.service.sender import Sender
from abzug.service.upload import Upload
from abzug.settings import Settings


class Service(Parts):
    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        super().__init__(settings, jobs)
        self._sender = Sender(jobs, lambda: self.requests)

    def close(self) -> None:
        self._sender.close()
        super().close()

    # photos

    def upload(self, owner: str, filename: str) -> Upload:
        """A photo coming in; see Upload."""
        return Upload(self, owner, filename)

    def begin_direct_upload(self, owner: str, size: int, sha256: str) -> DirectUpload:
        """Permit a client to upload past this server; see direct_upload."""
        return direct_upload.begin(self, owner, size, sha256)

    def complete_direct_upload(self, owner: str, photo_id: str, filename: str) -> Photo:
        """What was uploaded so, as a photo; durable on return."""
        return direct_upload.complete(self, owner, photo_id, filename)

    def delete_photo(self, owner: str, photo_id: str) -> Photo:
        """Remove a photo and its original. Raises NotFound, and Conflict while a job needs it."""
        try:
            photo = self.jobs.delete_photo(owner, photo_id)
        except NotFound:
            # an earlier call may have got as far as that, and failed at the store
            if ID.fullmatch(photo_id):
                self.store.delete(original_key(owner, photo_id))
            raise
        self.store.delete(photo.key)
        return photo

    # jobs

    def submit(
        self, owner: str, order: JobRequest, *, idempotency_key: str | None = None
    ) -> tuple[Job, bool]:
        """Take an order; gives the job and whether it is new. On return it is durable.

        Raises InvalidRequest with a pointer to each field that is wrong, and
        InvalidIdempotencyKey if the key was used for another order.
        """
        new = checked(self, owner, order, idempotency_key)
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
        """Send again what failed, was cancelled, waits longer than can be explained, or has lost
        its results; all of it, or those that are named.

        Raises NotFound, and Conflict if there is nothing to be done.
        """
        self.jobs.job(owner, job_id)  # what is no id of a job makes no key either
        # first: with it, workers would drop what they are sent
        self.store.delete(cancel_key(owner, job_id))
        succeeded = self.jobs.succeeded(owner, job_id)
        wanted = None if task_ids is None else frozenset(task_ids)
        found = lost(self.store, (t for t in succeeded if wanted is None or t.id in wanted))
        silent_for = Silence.of(self.settings).explained
        job, requests = self.jobs.retry(owner, job_id, task_ids, lost=found, silent_for=silent_for)
        self.send(requests)
        return job

    def send(self, requests: Sequence[EditRequest]) -> None:
        """Put requests that are in the outbox on the queue; see Sender."""
        self._sender.send(requests)

    def send_again(self, requests: Sequence[EditRequest]) -> None:
        """The same for what waits there for long. It is wanted, whatever the store says: a cancel
        and a retry at once may have left the mark of the cancel. Raises StoreError."""
        for owner, job_id in {(request.owner, request.job_id) for request in requests}:
            self.store.delete(cancel_key(owner, job_id))
        self.send(requests)

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
        sent = 0
        for (owner, job_id), ids in by_job.items():
            with contextlib.suppress(Conflict):  # the photos were deleted, or another was first
                self.retry(owner, job_id, ids)
                sent += len(ids)
        return sent

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
