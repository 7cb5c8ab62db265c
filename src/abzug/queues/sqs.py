"""Amazon SQS, and any service that speaks its protocol: standard queues.

What differs from the embedded queue, all of it harmless to whoever keeps to the protocol:

- Seconds are whole, rounded up.
- A batch of sends is not all or none: what is not taken is tried again, and if that does not
  help the call fails although some of it was sent. The caller sends all again; a message that
  comes twice does no harm.
- Amazon accepts a delete by a stale handle and then does not delete; it is not in the refused.
- Fairness is Amazon's (fair queues): by group, from 30 messages in flight on. The group "" takes
  no part in it.
- The age of the oldest message is in CloudWatch only.
- A message dies at the first receive after its last lease, by whoever asks the source queue.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from abzug.errors import QueueError
from abzug.queues import limits
from abzug.queues.base import DEAD, MAX_BATCH, Depth, Outgoing, Queue, Received
from abzug.queues.sqs_batching import Answer, BatchEntry, Batcher
from abzug.queues.sqs_polling import LongPolls
from abzug.queues.sqs_service import (
    Place,
    client,
    place_of,
    queue_errors,
    refusal,
    whole_seconds,
)
from abzug.queues.sqs_setup import create as create_queues
from abzug.settings import Settings

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

COST = "abzug.cost"
"""The attribute with the predicted CPU seconds; a caller's own have no dot in their names."""
MAX_BATCH_BYTES = 1024 * 1024
"""Most bytes of one call, all bodies and attributes together."""
STALE = {
    "AWS.SimpleQueueService.MessageNotInflight",
    "InvalidIdFormat",
    "InvalidParameterValue",
    "MessageNotInflight",
    "ReceiptHandleIsInvalid",
}
"""Codes for a handle that proves nothing any more."""
NO_SUCH_CALL = {"InvalidAction", "UnknownOperationException", "NotImplemented", "UnknownAction"}
"""Codes of services that lack StartMessageMoveTask."""
MOVE_LEASE = 60
"""Seconds a dead letter is hidden while it is sent back."""


def connect(url: str, name: str, settings: Settings) -> SqsQueue:  # noqa: ARG001  the protocol's
    """The queue `name` of `sqs://REGION/PREFIX?endpoint=URL`; see sqs_service.place_of.

    It must have been made (`create`); its redrive policy holds `max_receives`. Raises
    ConfigError for another URL.
    """
    return SqsQueue(place_of(url), name)


def create(url: str, names: Sequence[str], settings: Settings) -> list[str]:
    """Make the queues and their dead-letter queues, or bring them up to date.

    Gives a line for each. Raises QueueError, ConfigError.
    """
    return create_queues(place_of(url), names, settings)


class SqsQueue(Queue):
    """One named queue; see queues.base.Queue for what each method promises."""

    def __init__(self, place: Place, name: str) -> None:
        limits.check_name(name)
        limits.check_name(place.full_name(name))
        self.name = name
        self.linger = place.linger
        self._place = place
        self._client = client(place, attempts=5, timeout=10)
        # a broken poll is its caller's to begin again: tried here, it would hold up close()
        self._poller = client(place, attempts=1, timeout=place.wait + 10)
        self._polls = LongPolls(self._give_back)
        self._closed = False
        self._send = Batcher(self._send_call, size=_size, most_bytes=MAX_BATCH_BYTES)
        self._delete = Batcher(self._delete_call)
        self._change = Batcher(self._change_call)

    @functools.cached_property
    def _url(self) -> str:
        return self._client.get_queue_url(QueueName=self._place.full_name(self.name))["QueueUrl"]

    @contextlib.contextmanager
    def _calls(self) -> Iterator[None]:
        """Around every call of the service, and around the first use of the URL, one as well."""
        if self._closed:
            raise QueueError("The queue is closed.")
        with queue_errors():
            yield

    # sending

    def send_batch(self, messages: Sequence[Outgoing]) -> list[str]:
        limits.check_batch(messages)
        for message in messages:
            limits.check_outgoing(message)
        answers = self._send([_entry(message) for message in messages])
        _raise_refusal(answers)
        return [answer.id for answer in answers]

    def _send_call(self, entries: list[Any]) -> Any:
        with self._calls():
            return self._client.send_message_batch(QueueUrl=self._url, Entries=entries)

    # receiving

    def receive(
        self,
        max_messages: int = MAX_BATCH,
        *,
        visibility_timeout: float = 30.0,
        wait: float = 0.0,
    ) -> list[Received]:
        limits.check_receive(max_messages, visibility_timeout, wait)
        seconds = min(whole_seconds(wait), self._place.wait)

        def fetch() -> list[Received]:
            messages = self._fetch(max_messages, whole_seconds(visibility_timeout), seconds)
            return [_received(message) for message in messages]

        return self._polls.poll(fetch) if seconds else fetch()

    def _fetch(self, most: int, visibility: int, seconds: int) -> list[MessageTypeDef]:
        caller = self._poller if seconds else self._client
        with self._calls():
            answer = caller.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=most,
                VisibilityTimeout=visibility,
                WaitTimeSeconds=seconds,
                MessageSystemAttributeNames=[
                    "ApproximateReceiveCount",
                    "SentTimestamp",
                    "MessageGroupId",
                ],
                MessageAttributeNames=["All"],
            )
        return answer.get("Messages", [])

    def _give_back(self, messages: list[Received]) -> None:
        self.change_visibility_batch([(message.receipt_handle, 0) for message in messages])

    def wake(self) -> None:
        self._polls.wake()

    # leases

    def delete_batch(self, receipt_handles: Sequence[str]) -> list[str]:
        limits.check_batch(receipt_handles)
        answers = self._delete([{"ReceiptHandle": handle} for handle in receipt_handles])
        return _refused(receipt_handles, answers)

    def _delete_call(self, entries: list[Any]) -> Any:
        with self._calls():
            return self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def change_visibility_batch(self, changes: Sequence[tuple[str, float]]) -> list[str]:
        limits.check_batch(changes)
        for _, seconds in changes:
            limits.check_visibility(seconds)
        answers = self._change(
            [
                {"ReceiptHandle": handle, "VisibilityTimeout": whole_seconds(seconds)}
                for handle, seconds in changes
            ]
        )
        return _refused([handle for handle, _ in changes], answers)

    def _change_call(self, entries: list[Any]) -> Any:
        with self._calls():
            return self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)

    # counts and dead letters

    def depth(self) -> Depth:
        with self._calls():
            counts = self._client.get_queue_attributes(
                QueueUrl=self._url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )["Attributes"]
        return Depth(
            visible=int(counts["ApproximateNumberOfMessages"]),
            in_flight=int(counts["ApproximateNumberOfMessagesNotVisible"]),
            delayed=int(counts["ApproximateNumberOfMessagesDelayed"]),
            oldest_age=None,
        )

    def redrive(self, max_messages: int | None = None) -> int:
        """All of them: the service moves them by itself, and the number is what it began with.

        Where it cannot, or a number is given, they are received, sent and deleted one batch
        after another; whatever ends that half-way, none is lost. Those leased stay.
        """
        source = self.name.removesuffix(DEAD)
        if source == self.name:
            raise ValueError(f"{self.name} is not a dead-letter queue")
        moved = self._start_move() if max_messages is None else None
        if moved is not None:
            return moved
        with SqsQueue(self._place, source) as target:
            return self._move(target, max_messages)

    def _start_move(self) -> int | None:
        """None where the service lacks the call."""
        count = self.depth().visible
        with self._calls():
            arn = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["QueueArn"]
            )["Attributes"]["QueueArn"]
            try:
                self._client.start_message_move_task(SourceArn=arn)
            except ClientError as error:
                if error.response["Error"].get("Code") in NO_SUCH_CALL:
                    return None
                raise
        return count

    def _move(self, target: SqsQueue, most: int | None) -> int:
        moved = 0
        while most is None or moved < most:
            room = MAX_BATCH if most is None else min(MAX_BATCH, most - moved)
            # a long poll asks all of the service's servers, a short one only some
            letters = self._fetch(room, MOVE_LEASE, seconds=1)
            if not letters:
                break
            _raise_refusal(target._send([_same_again(letter) for letter in letters]))
            self.delete_batch([letter["ReceiptHandle"] for letter in letters])
            moved += len(letters)
        return moved

    def close(self) -> None:
        """Waits for the long polls that were left, `Place.wait` seconds at most: a message
        given to one that nobody reads would be hidden until its lease runs out.
        """
        self._polls.close()
        self._closed = True
        self._client.close()
        self._poller.close()


def _entry(message: Outgoing) -> BatchEntry:
    attributes = {COST: {"DataType": "Number", "StringValue": f"{message.cost:.6f}"}}
    for name, value in message.attributes.items():
        attributes[name] = {"DataType": "String", "StringValue": value}
    entry: BatchEntry = {"MessageBody": message.body, "MessageAttributes": attributes}
    if message.delay:
        entry["DelaySeconds"] = whole_seconds(message.delay)
    if message.group:
        entry["MessageGroupId"] = message.group
    return entry


def _same_again(letter: MessageTypeDef) -> BatchEntry:
    entry: BatchEntry = {"MessageBody": letter["Body"]}
    if attributes := letter.get("MessageAttributes"):
        entry["MessageAttributes"] = attributes
    if group := letter.get("Attributes", {}).get("MessageGroupId"):
        entry["MessageGroupId"] = group
    return entry


def _size(entry: BatchEntry) -> int:
    attributes: dict[str, dict[str, str]] = entry.get("MessageAttributes", {})
    texts = [entry["MessageBody"], *attributes]
    for attribute in attributes.values():
        texts += attribute.values()
    return sum(len(text.encode()) for text in texts)


def _received(message: MessageTypeDef) -> Received:
    facts = message["Attributes"]
    return Received(
        id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        body=message["Body"],
        group=facts.get("MessageGroupId", ""),
        receive_count=int(facts["ApproximateReceiveCount"]),
        sent_at=int(facts["SentTimestamp"]) / 1000,
        attributes={
            name: value["StringValue"]
            for name, value in message.get("MessageAttributes", {}).items()
            if name != COST
        },
    )


def _refused(handles: Sequence[str], answers: Sequence[Answer]) -> list[str]:
    """The handles that are stale. Raises QueueError for another refusal."""
    _raise_refusal([answer for answer in answers if answer.code not in STALE])
    return [h for h, answer in zip(handles, answers, strict=True) if answer.code]


def _raise_refusal(answers: Sequence[Answer]) -> None:
    for answer in answers:
        if answer.code:
            raise refusal(answer.code)
