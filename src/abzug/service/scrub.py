"""Everything that the database names, read and compared: disks forget without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from abzug.errors import Conflict
from abzug.jobs.records import Task
from abzug.service.service import Service
from abzug.stores.whole import is_whole


@dataclass
class Tally:
    """read: objects. wrong: those of them that are gone or damaged. mended: tasks of which the
    results are made again."""

    read: int = 0
    wrong: int = 0
    mended: int = 0


def scrub(service: Service, tell: Callable[[str], object]) -> Tally:
    """Read all originals and results of all owners; results that are not right are made again.

    tell: is given a line for each that is not. Raises BackendError.
    """
    tally = Tally()
    for photo in service.jobs.every_photo():
        tally.read += 1
        if not is_whole(service.store, photo.key, photo.bytes, photo.sha256):
            tally.wrong += 1
            tell(f"original gone or damaged: {photo.filename} ({photo.id}) of {photo.owner}")
    for task in service.jobs.every_success():
        wrong = sum(
            not is_whole(service.store, result.key, result.bytes, result.sha256)
            for result in task.results
        )
        tally.read += len(task.results)
        tally.wrong += wrong
        if wrong:
            tell(_mended(service, task, tally))
    return tally


def _mended(service: Service, task: Task, tally: Tally) -> str:
    what = f"results gone or damaged: {task.filename} ({task.id}) of {task.owner}"
    try:
        service.retry(task.owner, task.job_id, [task.id])
    except Conflict as error:
        return f"{what}: {error.message}"
    tally.mended += 1
    return f"{what}: they are made again"
