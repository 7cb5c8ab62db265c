"""Ten in one call: entries that threads hand in together, and what is answered in part."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Never

import pytest
from tests.support.waiting import until

from abzug.errors import QueueError
from abzug.queues.sqs_batching import ATTEMPTS, Batcher, confirmed


class Service:
    """Takes every entry; each call waits until it is let through."""

    def __init__(self, *, ready: bool = True) -> None:
        self.calls: list[list[str]] = []
        self.gate = threading.Event()
        if ready:
            self.gate.set()

    def __call__(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.calls.append([entry["body"] for entry in entries])
        assert self.gate.wait(30)
        return {"Successful": [{"Id": e["Id"], "MessageId": f"id of {e['body']}"} for e in entries]}


def entries(*bodies: object) -> list[dict[str, Any]]:
    return [{"body": str(body)} for body in bodies]


def test_a_lone_caller_waits_for_nobody() -> None:
    service = Service()

    answers = Batcher(service)(entries("a"))

    assert [answer.id for answer in answers] == ["id of a"]
    assert service.calls == [["a"]]


def test_those_who_come_while_a_call_is_under_way_share_the_next() -> None:
    service = Service(ready=False)
    batcher = Batcher(service)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(batcher, entries("first"))
        until(lambda: service.calls)
        others = [pool.submit(batcher, entries(number)) for number in range(6)]
        until(lambda: len(batcher._waiting) == 6)
        service.gate.set()

        assert [answer.id for answer in first.result()] == ["id of first"]
        for number, other in enumerate(others):
            assert [answer.id for answer in other.result()] == [f"id of {number}"]
    assert [sorted(call) for call in service.calls] == [["first"], list("012345")]


def test_ten_that_wait_do_not_wait_for_a_call_under_way() -> None:
    service = Service(ready=False)
    batcher = Batcher(service)
    with ThreadPoolExecutor(2) as pool:
        pool.submit(batcher, entries("slow"))
        until(lambda: service.calls)
        pool.submit(batcher, entries(*range(10)))
        until(lambda: len(service.calls) == 2)
        service.gate.set()


def test_a_call_has_no_more_bytes_than_the_service_takes() -> None:
    service = Service()

    Batcher(service, size=lambda _: 4, most_bytes=10)(entries(1, 2, 3, 4, 5))

    assert service.calls == [["1", "2"], ["3", "4"], ["5"]]


def test_a_call_that_fails_fails_for_each_who_shares_it_and_not_for_the_next() -> None:
    answers = iter([QueueError("The queue does not answer."), None])
    service = Service()

    def call(given: list[dict[str, Any]]) -> dict[str, Any]:
        error = next(answers)
        if error:
            raise error
        return service(given)

    batcher = Batcher(call)
    with pytest.raises(QueueError, match="does not answer"):
        batcher(entries("a"))
    assert [answer.id for answer in batcher(entries("b"))] == ["id of b"]


def test_an_interrupted_call_leaves_nobody_waiting() -> None:
    def interrupted(_entries: list[dict[str, Any]]) -> Never:
        raise KeyboardInterrupt

    batcher = Batcher(interrupted)
    with pytest.raises(KeyboardInterrupt):
        batcher(entries("a"))

    assert batcher._under_way == 0
    assert not batcher._waiting


# what is answered in part


def failed(entry: dict[str, Any], code: str, *, sender_fault: bool) -> dict[str, Any]:
    return {"Id": entry["Id"], "Code": code, "SenderFault": sender_fault}


def test_what_the_service_could_not_take_is_tried_again_alone() -> None:
    calls: list[list[str]] = []
    naps: list[float] = []

    def call(given: list[dict[str, Any]]) -> dict[str, Any]:
        calls.append([entry["body"] for entry in given])
        if len(calls) == 1:
            good, bad, throttled = given
            return {
                "Successful": [{"Id": good["Id"], "MessageId": "1"}],
                "Failed": [
                    failed(bad, "InternalError", sender_fault=False),
                    failed(throttled, "RequestThrottled", sender_fault=True),
                ],
            }
        return {"Successful": [{"Id": e["Id"], "MessageId": e["body"]} for e in given]}

    answers = confirmed(call, entries("a", "b", "c"), naps.append)

    assert calls == [["a", "b", "c"], ["b", "c"]]
    assert [(answer.id, answer.code) for answer in answers] == [("1", ""), ("b", ""), ("c", "")]
    assert len(naps) == 1


def test_what_is_the_callers_fault_is_not_tried_again() -> None:
    calls = []
    naps: list[float] = []

    def call(given: list[dict[str, Any]]) -> dict[str, Any]:
        calls.append(given)
        return {"Failed": [failed(given[0], "ReceiptHandleIsInvalid", sender_fault=True)]}

    (answer,) = confirmed(call, entries("a"), naps.append)

    assert answer.code == "ReceiptHandleIsInvalid"
    assert len(calls) == 1
    assert naps == []


def test_an_entry_that_is_never_answered_counts_as_failed() -> None:
    naps: list[float] = []

    (answer,) = confirmed(lambda _: {}, entries("a"), naps.append)

    assert answer.code == "InternalError"
    assert len(naps) == ATTEMPTS - 1
