"""What every queue promises: the semantics of Amazon SQS standard queues."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.contract.queue_backends import BACKENDS, MAX_RECEIVES, Backend
from tests.support.waiting import until

from abzug.queues.base import MAX_BATCH, MAX_BODY, Outgoing, Queue, Received


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with BACKENDS[request.param](tmp_path, request) as backend:
        yield backend


@pytest.fixture
def queue(backend: Backend) -> Queue:
    return backend.open("requests")


@pytest.fixture
def dead(backend: Backend) -> Queue:
    return backend.open("requests-dead")


def bodies(messages: list[Received]) -> list[str]:
    return [message.body for message in messages]


def exhaust(backend: Backend, queue: Queue) -> list[Received]:
    """Receive all there is MAX_RECEIVES times and let the leases run out; gives the last."""
    for _ in range(MAX_RECEIVES):
        messages = queue.receive(visibility_timeout=1)
        assert messages
        backend.advance(2)
    return messages


def bury(backend: Backend, queue: Queue) -> list[Received]:
    """Exhaust all there is and look once more: it is on the dead-letter queue then."""
    messages = exhaust(backend, queue)
    assert queue.receive() == []
    return messages


# sending and receiving


def test_a_message_arrives_as_it_was_sent(queue: Queue) -> None:
    attributes = {"traceparent": "00-ab-cd-01", "tracestate": "vendor=ü"}

    sent = queue.send("héllo", group="ann", cost=2.5, attributes=attributes)
    (message,) = queue.receive()

    assert message.id == sent
    assert message.body == "héllo"
    assert message.group == "ann"
    assert message.attributes == attributes
    assert message.receive_count == 1


def test_an_empty_queue_gives_nothing(queue: Queue) -> None:
    assert queue.receive() == []


def test_a_batch_arrives_whole_and_gives_an_id_for_each(queue: Queue) -> None:
    ids = queue.send_batch([Outgoing(str(number)) for number in range(MAX_BATCH)])
    messages = queue.receive()

    assert len(set(ids)) == MAX_BATCH
    assert {message.id: message.body for message in messages} == {
        name: str(number) for number, name in enumerate(ids)
    }


def test_an_id_is_not_used_again_after_its_message_is_gone(backend: Backend, queue: Queue) -> None:
    ids = set()
    for _ in range(3):
        ids.add(queue.send("x"))
        (message,) = queue.receive()
        queue.delete_batch([message.receipt_handle])
        backend.advance(1)

    assert len(ids) == 3


def test_a_batch_with_one_bad_message_sends_none(queue: Queue) -> None:
    with pytest.raises(ValueError, match="body"):
        queue.send_batch([Outgoing("good"), Outgoing("")])

    assert queue.receive() == []


def test_no_more_is_received_than_was_asked_for(queue: Queue) -> None:
    queue.send_batch([Outgoing(str(number)) for number in range(5)])

    assert len(queue.receive(2)) == 2
    assert len(queue.receive(10)) == 3


def test_a_body_of_the_longest_size_arrives(queue: Queue) -> None:
    queue.send("x" * MAX_BODY)

    assert bodies(queue.receive()) == ["x" * MAX_BODY]


def test_two_queues_do_not_mix(backend: Backend, queue: Queue) -> None:
    status = backend.open("status")
    queue.send("request")
    status.send("report")

    assert bodies(status.receive()) == ["report"]
    assert bodies(queue.receive()) == ["request"]


def test_what_was_sent_is_there_when_the_queue_is_opened_again(backend: Backend) -> None:
    with backend.open("requests") as queue:
        queue.send("x")

    assert bodies(backend.open("requests").receive()) == ["x"]


@pytest.mark.parametrize(
    ("message", "what"),
    [
        (Outgoing(""), "body"),
        (Outgoing("x" * (MAX_BODY + 1)), "bytes"),
        (Outgoing("ü" * (MAX_BODY // 2 + 1)), "bytes"),
        (Outgoing("x" * MAX_BODY, attributes={"a": "b"}), "bytes"),
        (Outgoing("null \0"), "character"),
        (Outgoing("no character \uffff"), "character"),
        (Outgoing("x", attributes={"a": "\x1b"}), "character"),
        (Outgoing("x", attributes={"a": ""}), "attribute"),
        (Outgoing("x", attributes={"é": "ü"}), "attribute"),
        (Outgoing("x", attributes={f"a{number}": "b" for number in range(10)}), "attributes"),
        (Outgoing("x", group="two words"), "group"),
        (Outgoing("x", group="x" * 129), "group"),
        (Outgoing("x", cost=0), "cost"),
        (Outgoing("x", cost=-1), "cost"),
        (Outgoing("x", cost=float("nan")), "cost"),
        (Outgoing("x", cost=float("inf")), "cost"),
        (Outgoing("x", delay=-1), "delay"),
        (Outgoing("x", delay=901), "delay"),
    ],
)
def test_a_message_over_a_limit_is_refused(queue: Queue, message: Outgoing, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        queue.send_batch([message])


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_messages": 0},
        {"max_messages": MAX_BATCH + 1},
        {"wait": -0.1},
        {"wait": 21},
        {"visibility_timeout": -1},
        {"visibility_timeout": 43201},
        {"visibility_timeout": float("nan")},
    ],
)
def test_a_receive_over_a_limit_is_refused(queue: Queue, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not"):
        queue.receive(**arguments)


def test_a_batch_over_ten_is_refused_in_every_call(queue: Queue) -> None:
    calls: list[tuple[Callable[[Any], object], object]] = [
        (queue.send_batch, Outgoing("x")),
        (queue.delete_batch, "1.1"),
        (queue.change_visibility_batch, ("1.1", 1.0)),
    ]
    for call, entry in calls:
        with pytest.raises(ValueError, match="at most 10"):
            call([entry] * 11)


def test_a_lease_over_twelve_hours_is_refused(queue: Queue) -> None:
    queue.send("x")
    (message,) = queue.receive()

    with pytest.raises(ValueError, match="visibility"):
        queue.change_visibility_batch([(message.receipt_handle, 43201)])


# leases


def test_a_received_message_is_hidden_until_its_lease_runs_out(
    backend: Backend, queue: Queue
) -> None:
    queue.send("x")
    queue.receive(visibility_timeout=10)

    backend.advance(9)
    assert queue.receive() == []
    backend.advance(2)
    (again,) = queue.receive()

    assert again.receive_count == 2


def test_a_deleted_message_never_comes_back(backend: Backend, queue: Queue) -> None:
    queue.send("x")
    (message,) = queue.receive(visibility_timeout=10)

    assert queue.delete_batch([message.receipt_handle]) == []
    backend.advance(11)

    assert queue.receive() == []


def test_a_stale_handle_is_refused_once_the_message_was_received_again(
    backend: Backend, queue: Queue
) -> None:
    queue.send("x")
    (first,) = queue.receive(visibility_timeout=1)
    backend.advance(2)
    (second,) = queue.receive(visibility_timeout=10)

    assert queue.delete_batch([first.receipt_handle]) == [first.receipt_handle]
    assert queue.change_visibility_batch([(first.receipt_handle, 0)]) == [first.receipt_handle]
    assert queue.receive() == []
    assert queue.delete_batch([second.receipt_handle]) == []


def test_only_the_stale_handles_of_a_batch_are_refused(backend: Backend, queue: Queue) -> None:
    queue.send("slow")
    (slow,) = queue.receive(visibility_timeout=1)
    backend.advance(2)
    queue.receive(visibility_timeout=30)
    queue.send("quick")
    (quick,) = queue.receive(visibility_timeout=30)

    stale, good = slow.receipt_handle, quick.receipt_handle
    assert queue.change_visibility_batch([(stale, 5), (good, 5)]) == [stale]
    assert queue.delete_batch([stale, good]) == [stale]


@pytest.mark.parametrize("handle", ["", ".", "1", "nonsense", "1.x", "9" * 40 + ".1", "1.1; --"])
def test_a_handle_that_never_was_is_refused(queue: Queue, handle: str) -> None:
    queue.send("x")
    queue.receive()

    assert queue.delete_batch([handle]) == [handle]
    assert queue.change_visibility_batch([(handle, 5)]) == [handle]


def test_a_handle_of_another_queue_is_refused(backend: Backend, queue: Queue) -> None:
    queue.send("x")
    (message,) = queue.receive()
    status = backend.open("status")

    assert status.delete_batch([message.receipt_handle]) == [message.receipt_handle]


def test_a_late_delete_counts_while_nobody_else_has_the_message(
    backend: Backend, queue: Queue
) -> None:
    queue.send("x")
    (message,) = queue.receive(visibility_timeout=1)
    backend.advance(2)
    assert queue.depth().visible == 1

    assert queue.delete_batch([message.receipt_handle]) == []
    assert queue.receive() == []


def test_a_lease_that_ran_out_is_renewed_in_full_or_not_at_all(
    backend: Backend, queue: Queue
) -> None:
    queue.send("x")
    (message,) = queue.receive(visibility_timeout=1)
    backend.advance(2)

    handle = message.receipt_handle
    refused = queue.change_visibility_batch([(handle, 30)])
    again = bodies(queue.receive())

    assert (refused, again) == (([], []) if backend.renews_expired else ([handle], ["x"]))


def test_a_renewed_lease_lasts_from_now_on(backend: Backend, queue: Queue) -> None:
    queue.send("x")
    (message,) = queue.receive(visibility_timeout=10)
    backend.advance(8)

    assert queue.change_visibility_batch([(message.receipt_handle, 10)]) == []
    backend.advance(8)

    assert queue.receive() == []
    assert queue.delete_batch([message.receipt_handle]) == []


def test_a_message_given_back_is_there_at_once(queue: Queue) -> None:
    queue.send("x")
    (message,) = queue.receive()

    assert queue.change_visibility_batch([(message.receipt_handle, 0)]) == []
    (again,) = queue.receive()

    assert again.receive_count == 2


def test_a_delayed_message_comes_after_its_delay(backend: Backend, queue: Queue) -> None:
    queue.send("late", delay=10)

    backend.advance(9)
    assert queue.receive() == []
    backend.advance(2)
    (message,) = queue.receive()

    assert message.receive_count == 1


# counts


def test_the_depth_counts_each_message_once(backend: Backend, queue: Queue) -> None:
    queue.send("delayed", delay=600)
    queue.send("leased")
    queue.receive()
    queue.send("visible")
    backend.advance(5)

    depth = queue.depth()

    assert (depth.visible, depth.in_flight, depth.delayed) == (1, 1, 1)
    assert depth.oldest_age == (pytest.approx(5, abs=2) if backend.knows_ages else None)


def test_the_depth_of_an_empty_queue_is_zero(backend: Backend, queue: Queue) -> None:
    depth = queue.depth()

    assert (depth.visible, depth.in_flight, depth.delayed) == (0, 0, 0)
    assert depth.oldest_age == (0 if backend.knows_ages else None)


def test_what_fell_due_counts_as_visible(backend: Backend, queue: Queue) -> None:
    queue.send("delayed", delay=1)
    queue.send("leased")
    queue.receive(visibility_timeout=1)
    backend.advance(2)

    assert queue.depth().visible == 2


# dead letters


def test_a_message_goes_to_the_dead_letter_queue_after_its_last_delivery(
    backend: Backend, queue: Queue, dead: Queue
) -> None:
    sent = queue.send("poison", group="ann", attributes={"a": "b"})
    exhaust(backend, queue)

    assert queue.receive() == []
    (letter,) = dead.receive()

    assert (letter.id, letter.body, letter.group) == (sent, "poison", "ann")
    assert letter.attributes == {"a": "b"}


def test_the_last_delivery_may_still_succeed(backend: Backend, queue: Queue, dead: Queue) -> None:
    queue.send("x")
    for _ in range(MAX_RECEIVES):
        (message,) = queue.receive(visibility_timeout=1)
        backend.advance(0.5)
        if message.receive_count < MAX_RECEIVES:
            backend.advance(1)

    assert queue.delete_batch([message.receipt_handle]) == []
    backend.advance(5)
    assert dead.receive() == []


@pytest.mark.parametrize("look", ["receive", "depth"])
@pytest.mark.parametrize("at", ["requests", "requests-dead"])
def test_whoever_looks_first_moves_the_dead_letter(
    backend: Backend, queue: Queue, look: str, at: str
) -> None:
    queue.send("poison")
    exhaust(backend, queue)

    getattr(backend.open(at), look)()

    moved = backend.any_look_buries or (look, at) == ("receive", "requests")
    assert queue.depth().visible == (0 if moved else 1)
    dead = backend.open("requests-dead").depth()
    assert dead.visible + dead.in_flight == (1 if moved else 0)


def test_a_message_given_back_too_often_is_dead_too(queue: Queue, dead: Queue) -> None:
    queue.send("poison")
    for _ in range(MAX_RECEIVES):
        (message,) = queue.receive()
        queue.change_visibility_batch([(message.receipt_handle, 0)])

    assert queue.receive() == []
    assert bodies(dead.receive()) == ["poison"]


def test_a_handle_from_before_it_died_is_refused(
    backend: Backend, queue: Queue, dead: Queue
) -> None:
    queue.send("poison")
    (last,) = bury(backend, queue)

    assert queue.delete_batch([last.receipt_handle]) == [last.receipt_handle]
    assert dead.delete_batch([last.receipt_handle]) == [last.receipt_handle]


def test_a_dead_letter_is_received_any_number_of_times(
    backend: Backend, queue: Queue, dead: Queue
) -> None:
    queue.send("poison")
    bury(backend, queue)
    for _ in range(MAX_RECEIVES + 2):
        (letter,) = dead.receive(visibility_timeout=1)
        backend.advance(2)

    assert dead.depth().visible == 1
    (letter,) = dead.receive()
    assert dead.delete_batch([letter.receipt_handle]) == []
    assert dead.depth().in_flight == 0


def test_a_redriven_message_begins_anew(backend: Backend, queue: Queue, dead: Queue) -> None:
    sent = queue.send("poison", group="ann", attributes={"traceparent": "00-ab-cd-01"})
    bury(backend, queue)

    assert dead.redrive() == 1
    (message,) = queue.receive()

    assert (message.body, message.group, message.receive_count) == ("poison", "ann", 1)
    assert message.attributes == {"traceparent": "00-ab-cd-01"}
    assert (message.id == sent) == backend.keeps_ids
    assert dead.receive() == []


def test_a_leased_dead_letter_is_redriven_and_its_lease_ends_or_it_stays(
    backend: Backend, queue: Queue, dead: Queue
) -> None:
    queue.send("poison")
    bury(backend, queue)
    (letter,) = dead.receive()
    handle = letter.receipt_handle

    assert dead.redrive() == (1 if backend.redrives_leased else 0)
    assert queue.delete_batch([handle]) == [handle]
    if backend.redrives_leased:
        assert bodies(queue.receive()) == ["poison"]
        assert dead.delete_batch([handle]) == [handle]
    else:
        assert queue.receive() == []
        assert dead.delete_batch([handle]) == []


def test_no_more_is_redriven_than_was_asked_for(
    backend: Backend, queue: Queue, dead: Queue
) -> None:
    queue.send_batch([Outgoing(str(number)) for number in range(5)])
    bury(backend, queue)

    assert dead.redrive(2) == 2
    assert dead.redrive(0) == 0
    assert (queue.depth().visible, dead.depth().visible) == (2, 3)
    assert dead.redrive() == 3


def test_only_a_dead_letter_queue_can_be_redriven(queue: Queue) -> None:
    with pytest.raises(ValueError, match="dead-letter"):
        queue.redrive()


# long polls


def test_a_long_poll_without_a_message_ends_empty(queue: Queue) -> None:
    assert queue.receive(wait=0.05) == []


def test_a_long_poll_ends_when_a_message_comes(queue: Queue) -> None:
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(queue.receive, wait=20)
        queue.send("x")

        assert bodies(poll.result(timeout=15)) == ["x"]


def test_several_long_polls_at_once_each_get_a_message(queue: Queue) -> None:
    with ThreadPoolExecutor(4) as pool:
        polls = [pool.submit(queue.receive, 1, wait=20) for _ in range(4)]
        queue.send_batch([Outgoing(str(number)) for number in range(4)])
        received = [poll.result(timeout=15) for poll in polls]

    assert sorted(message.body for (message,) in received) == ["0", "1", "2", "3"]


def test_waking_ends_every_long_poll_under_way(queue: Queue) -> None:
    with ThreadPoolExecutor(3) as pool:
        polls = [pool.submit(queue.receive, wait=20) for _ in range(3)]
        queue.wake()

        assert [poll.result(timeout=15) for poll in polls] == [[], [], []]
    queue.send_batch([Outgoing("later")] * 3)
    until(lambda: queue.depth().visible == 3)  # none is left with a poll that nobody reads


# threads


def test_many_threads_lose_nothing_and_get_nothing_twice(queue: Queue) -> None:
    total, received, lock = 400, list[str](), threading.Lock()

    def send(start: int) -> None:
        for number in range(start, total, 4):
            queue.send(str(number), group=str(number % 3))

    def work() -> None:
        while len(received) < total:
            messages = queue.receive(wait=0.1)
            with lock:
                received.extend(bodies(messages))
            assert queue.delete_batch([message.receipt_handle for message in messages]) == []

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(send, start) for start in range(4)]
        jobs += [pool.submit(work) for _ in range(4)]
        for job in jobs:
            job.result()

    assert sorted(received, key=int) == [str(number) for number in range(total)]
