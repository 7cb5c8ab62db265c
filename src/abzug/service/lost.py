"""Results that are no longer what was stored, or gone: they can be made again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from abzug.errors import ObjectNotFound
from abzug.jobs.records import Task
from abzug.messages import ResultRef
from abzug.stores.base import Store
from abzug.stores.whole import is_whole

LOOKS_AT_ONCE = 16
READ = 2 * 2**30
"""Most bytes that are read to see whether results are whole; of more only the sizes are seen."""


def missing(store: Store, results: Sequence[ResultRef]) -> list[ResultRef]:
    """Those that are gone, or of another size than was stored. One look each, and no read."""
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as threads:
        there = threads.map(lambda result: _is_there(store, result), results)
        return [result for result, found in zip(results, there, strict=True) if not found]


def lost(store: Store, tasks: Iterable[Task]) -> set[str]:
    """Ids of the tasks of which a result is gone or damaged; see READ."""
    tasks = list(tasks)
    gone = {result.key for result in missing(store, [r for task in tasks for r in task.results])}
    left = READ
    for result in (r for task in tasks for r in task.results if r.key not in gone):
        left -= result.bytes
        if left < 0:
            break
        if not is_whole(store, result.key, result.bytes, result.sha256):
            gone.add(result.key)
    return {task.id for task in tasks if any(result.key in gone for result in task.results)}


def _is_there(store: Store, result: ResultRef) -> bool:
    try:
        return store.head(result.key).size == result.bytes
    except ObjectNotFound:
        return False
