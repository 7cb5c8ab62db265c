"""The queue protocol: the semantics and the words of Amazon SQS standard queues.

At least once, no order promised. A received message is invisible to the others until its
visibility timeout runs out or it is deleted. What is received `max_receives` times and comes
back once more goes to the dead-letter queue instead. Between groups the queue is fair: each
group waiting gets the same share of predicted cost, whatever its backlog.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

DEAD = "-dead"
"""Suffix of a dead-letter queue's name."""
MAX_BATCH = 10
"""Most messages of one batch call, as in SQS."""
MAX_BODY = 256 * 1024
"""Most bytes of one body."""
MAX_VISIBILITY = 12 * 3600.0
"""Longest visibility timeout and lease, in seconds."""
MAX_WAIT = 20.0
"""Longest long poll, in seconds."""
MAX_DELAY = 900.0
"""Longest delay of a send, in seconds."""
MAX_ATTRIBUTES = 9
"""Most attributes of one message: SQS takes ten, and the cost is one."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send.

    group: fairness is between groups ("" is one too); up to 128 printable ASCII characters.
    cost: predicted CPU seconds, > 0. delay: seconds until it can be received, 0 to 900.
    attributes: small strings that travel with the message (trace context), up to 9.
    """

    body: str
    group: str = ""
    cost: float = 1.0
    delay: float = 0.0
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """A message that is leased to the receiver.

    receipt_handle: proves the lease; a stale one is refused once the message was received
    again. receive_count: this delivery included, so 1 at the first. sent_at: Unix seconds.
    """

    id: str
    receipt_handle: str
    body: str
    group: str
    receive_count: int
    sent_at: float
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Depth:
    """Approximate counts of messages.

    oldest_age: seconds that the oldest visible one has waited; None where that is not known.
    """

    visible: int
    in_flight: int
    delayed: int
    oldest_age: float | None


class Queue(Protocol):
    """One named queue. Methods block, may be called from several threads, and raise QueueError.

    A backend's class derives from it, for what follows from the rest (`send`, the `with` block).

    linger: seconds worth waiting for a call to carry more, while there is more to come; 0 where
    calls cost next to nothing.
    """

    name: str
    linger: float

    def send(
        self,
        body: str,
        *,
        group: str = "",
        cost: float = 1.0,
        delay: float = 0.0,
        attributes: dict[str, str] | None = None,
    ) -> str:
        """Send one message, durable on return; gives its id."""
        return self.send_batch([Outgoing(body, group, cost, delay, attributes or {})])[0]

    def send_batch(self, messages: Sequence[Outgoing]) -> list[str]:
        """Send up to 10, durable on return; gives their ids.

        A message over a limit is a ValueError, and none is sent. After a QueueError some may have
        been: all are sent again, as one that comes twice does no harm.
        """
        ...

    def receive(
        self,
        max_messages: int = MAX_BATCH,
        *,
        visibility_timeout: float = 30.0,
        wait: float = 0.0,
    ) -> list[Received]:
        """Lease up to 10 messages; waits up to `wait` seconds (at most 20) for the first."""
        ...

    def delete_batch(self, receipt_handles: Sequence[str]) -> list[str]:
        """Delete up to 10 messages; gives the handles that were refused as stale."""
        ...

    def change_visibility_batch(self, changes: Sequence[tuple[str, float]]) -> list[str]:
        """Set up to 10 leases to end in so many seconds from now; 0 gives the message back.

        Gives the handles that were refused as stale.
        """
        ...

    def depth(self) -> Depth: ...

    def redrive(self, max_messages: int | None = None) -> int:
        """On a dead-letter queue: move its messages back to the queue they came from.

        Their receive counts begin anew. Gives how many were moved, or will be.
        """
        ...

    def wake(self) -> None:
        """End the long polls under way in this process early (they give what there is)."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
