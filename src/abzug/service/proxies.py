"""A photo as a browser shows it: a smaller JPEG that a worker makes on first demand."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace

from abzug.edits.outputs import canonical_outputs
from abzug.errors import Conflict, ObjectNotFound
from abzug.jobs.records import FINISHED, JobState, NewJob, Task
from abzug.jobs.submit import fingerprint
from abzug.keys import result_key
from abzug.service.orders import new_tasks
from abzug.service.service import Service
from abzug.stores.base import ObjectInfo

OUTPUT = {"name": "proxy", "format": "jpeg", "max_side": 2048, "metadata": "strip"}
PAUSE = 60.0
"""Seconds after which a proxy that failed is tried again: a page that asks on and on must not keep
a photo that kills its processes running."""


def proxy_of(service: Service, owner: str, photo_id: str) -> ObjectInfo | None:
    """The photo at 2048 px as a JPEG; None while a worker makes it.

    Raises NotFound for the photo, and Conflict with the reason if it cannot be made. Where
    that was not the photo's fault it is tried again, when it is asked for a minute later.
    """
    photo = service.jobs.photo(owner, photo_id)
    (output,) = canonical_outputs([OUTPUT], max_outputs=1)
    key = result_key(owner, photo.sha256, {}, [output], output)
    try:
        info = service.store.head(key)
    except ObjectNotFound:
        order_proxy(service, owner, photo_id)
        return None
    equal = fingerprint(photo.sha256, {}, [output])
    known = service.jobs.succeeded_before(owner, [equal]).get(equal, ())
    digests = {result.key: result.sha256 for result in known}
    return replace(info, sha256=digests.get(key))


def order_proxy(service: Service, owner: str, photo_id: str) -> None:
    """Have a worker make it, or make it again where it is gone or damaged. Raises as proxy_of."""
    photo = service.jobs.photo(owner, photo_id)
    outputs = canonical_outputs([OUTPUT], max_outputs=1)
    # the key makes it one job a photo, however often it is asked for
    new = NewJob(
        owner=owner,
        name="",
        kind="proxy",
        edits={},
        outputs=tuple(outputs),
        tasks=new_tasks(service.jobs, owner, [photo], {photo.id: {}}, outputs),
        idempotency_key=f"proxy {photo.id}",
    )
    job, requests, _ = service.jobs.create_job(new)
    if job.state is JobState.failed:
        [task] = service.jobs.tasks(owner, job.id, limit=1, cursor=None).items
        if not _may_be_tried_again(task, time.time()):
            reason = task.error.message if task.error else ""
            raise Conflict(f"This photo cannot be shown. {reason}".strip())
    if job.state in FINISHED:
        with contextlib.suppress(Conflict):  # another call was first
            service.retry(owner, job.id)
    service.send(requests)


def _may_be_tried_again(task: Task, now: float) -> bool:
    failed_for_good = task.error is not None and task.error.permanent
    return not failed_for_good and now - (task.finished_at or 0) >= PAUSE
