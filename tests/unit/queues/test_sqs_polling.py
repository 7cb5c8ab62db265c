"""Long polls that are left: what they bring home is given back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Never

import pytest
from tests.support.waiting import until

from abzug.errors import QueueError
from abzug.queues.base import Received
from abzug.queues.sqs_polling import LongPolls

MESSAGE = Received("id", "handle", "body", "", 1, 0.0)


class Service:
    """A poll is at home when the test says so."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answer = threading.Event()
        self.error: Exception | None = None

    def __call__(self) -> list[Received]:
        self.asked.set()
        assert self.answer.wait(30)
        if self.error:
            raise self.error
        return [MESSAGE]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def given_back() -> list[Received]:
    return []


@pytest.fixture
def polls(given_back: list[Received]) -> LongPolls:
    return LongPolls(given_back.extend)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_a_poll_gives_what_it_brings(
    polls: LongPolls, service: Service, given_back: list[Received]
) -> None:
    service.answer.set()

    assert polls.poll(service) == [MESSAGE]
    polls.close()
    assert given_back == []


def test_who_is_woken_gets_nothing_and_what_comes_later_is_given_back(
    polls: LongPolls, service: Service, given_back: list[Received], pool: ThreadPoolExecutor
) -> None:
    poll = pool.submit(polls.poll, service)
    assert service.asked.wait(30)
    polls.wake()

    assert poll.result(timeout=30) == []
    assert given_back == []
    service.answer.set()
    until(lambda: given_back == [MESSAGE])


def test_closing_waits_until_the_polls_that_were_left_are_home(
    polls: LongPolls, service: Service, given_back: list[Received], pool: ThreadPoolExecutor
) -> None:
    poll = pool.submit(polls.poll, service)
    assert service.asked.wait(30)
    closing = pool.submit(polls.close)
    assert poll.result(timeout=30) == []
    with pytest.raises(QueueError, match="closed"):
        polls.poll(service)

    assert not closing.done()
    service.answer.set()
    closing.result(timeout=30)
    assert given_back == [MESSAGE]


@pytest.mark.parametrize("error", [QueueError("The queue does not answer."), ValueError("a bug")])
def test_an_error_of_a_poll_is_its_callers(
    polls: LongPolls, service: Service, error: QueueError | ValueError
) -> None:
    service.error = error
    service.answer.set()

    with pytest.raises(type(error), match=str(error)):
        polls.poll(service)
    polls.close()


def test_an_error_of_a_poll_that_was_left_harms_nobody(
    polls: LongPolls, service: Service, given_back: list[Received], pool: ThreadPoolExecutor
) -> None:
    poll = pool.submit(polls.poll, service)
    assert service.asked.wait(30)
    polls.wake()
    assert poll.result(timeout=30) == []
    service.error = QueueError("The queue does not answer.")
    service.answer.set()

    polls.close()
    assert given_back == []


def test_a_message_that_cannot_be_given_back_is_left_to_its_lease(
    service: Service, pool: ThreadPoolExecutor
) -> None:
    def refuse(_messages: list[Received]) -> Never:
        raise QueueError("The queue does not answer.")

    polls = LongPolls(refuse)
    poll = pool.submit(polls.poll, service)
    assert service.asked.wait(30)
    polls.wake()
    assert poll.result(timeout=30) == []
    service.answer.set()

    polls.close()
