"""Ten in one call: what several threads hand in together goes out together.

A call goes out when none is under way, or when ten entries are waiting. So a lone caller waits
for nobody, and under load calls fill up by themselves: who comes while one is under way shares
the next. No thread and no timer is needed; a caller whose turn it is makes the call for all.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from abzug.errors import QueueError
from abzug.queues.base import MAX_BATCH

ATTEMPTS = 6
"""Calls made for an entry that the service, by its own fault, does not take."""
LONGEST_BACKOFF = 5.0
BUSY = {
    "InternalError",
    "InternalFailure",
    "RequestThrottled",
    "ServiceUnavailable",
    "ThrottlingException",
}
"""Codes to try again whatever the answer says of whose fault it is."""
BatchEntry = dict[str, Any]
BatchCall = Callable[[list[BatchEntry]], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one entry: code is "" if it was taken; id: the new message's, of a send."""

    id: str = ""
    code: str = ""


@dataclass(eq=False, slots=True)
class _Slot:
    entry: BatchEntry
    size: int
    answer: Answer | None = None
    error: QueueError | None = None

    @property
    def done(self) -> bool:
        return self.answer is not None or self.error is not None


class Batcher:
    """call: takes up to ten entries as SQS wants them, each with its Id, and gives SQS's answer.

    size: bytes of an entry; a call has at most `most_bytes`.
    """

    def __init__(
        self,
        call: BatchCall,
        *,
        size: Callable[[BatchEntry], int] = lambda _: 0,
        most_bytes: int = 1,
    ) -> None:
        self._call = call
        self._size = size
        self._most_bytes = most_bytes
        self._waiting: deque[_Slot] = deque()
        self._under_way = 0
        self._changed = threading.Condition()

    def __call__(self, entries: Sequence[BatchEntry]) -> list[Answer]:
        """The answers, in order. Raises QueueError if a call with one of the entries failed."""
        slots = [_Slot(entry, self._size(entry)) for entry in entries]
        with self._changed:
            self._waiting.extend(slots)
            while not all(slot.done for slot in slots):
                if self._waiting and (not self._under_way or len(self._waiting) >= MAX_BATCH):
                    self._send_for_all()
                else:
                    self._changed.wait()
        failed = next((slot.error for slot in slots if slot.error), None)
        if failed:
            raise QueueError(failed.message, advice=failed.advice) from failed
        return [slot.answer for slot in slots if slot.answer is not None]

    def _send_for_all(self) -> None:
        """Make one call with what has waited longest; the lock is held before and after."""
        batch = self._next_batch()
        self._under_way += 1
        self._changed.release()
        error: QueueError | None = QueueError("The call was interrupted.")
        answers: list[Answer] = []
        try:
            answers = confirmed(self._call, [slot.entry for slot in batch])
            error = None
        except QueueError as caught:
            error = caught
        finally:  # whatever ended the call, those who wait for it must hear
            self._changed.acquire()
            self._under_way -= 1
            for i, slot in enumerate(batch):
                slot.answer, slot.error = (None, error) if error else (answers[i], None)
            self._changed.notify_all()

    def _next_batch(self) -> list[_Slot]:
        batch = [self._waiting.popleft()]
        size = batch[0].size
        while self._waiting and len(batch) < MAX_BATCH:
            size += self._waiting[0].size
            if size > self._most_bytes:
                break
            batch.append(self._waiting.popleft())
        return batch


def confirmed(
    call: BatchCall, entries: Sequence[BatchEntry], nap: Callable[[float], None] = time.sleep
) -> list[Answer]:
    """Each entry's own answer: a batch may be taken in part, and the rest is tried again.

    What the service could not take by its own fault is called again, with full jitter; a code
    of the caller's fault is the answer.
    """
    left = {str(i): {"Id": str(i), **entry} for i, entry in enumerate(entries)}
    answers: dict[str, Answer] = {}
    for attempt in range(ATTEMPTS):
        if attempt:
            nap(random.uniform(0, min(LONGEST_BACKOFF, 0.1 * 2**attempt)))  # noqa: S311  no secret
        result = call(list(left.values()))
        for taken in result.get("Successful", []):
            answers[taken["Id"]] = Answer(id=taken.get("MessageId", ""))
        for refused in result.get("Failed", []):
            answers[refused["Id"]] = Answer(code=refused["Code"])
            if refused["Code"] not in BUSY and refused.get("SenderFault", True):
                left.pop(refused["Id"], None)
        left = {i: entry for i, entry in left.items() if i not in answers or answers[i].code}
        if not left:
            break
    return [answers.get(str(i), Answer(code="InternalError")) for i in range(len(entries))]
