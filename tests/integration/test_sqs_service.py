"""Where SQS is, its errors in our words, and the calls that the test endpoint lacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.support import endpoints
from tests.support.endpoints import REGION, Ministack, free_port

from abzug.backends import load
from abzug.errors import ConfigError, QueueError
from abzug.queues.sqs import SqsQueue
from abzug.queues.sqs_service import Place, client, place_of
from abzug.settings import Settings

NOWHERE = Place(REGION, "test", endpoint="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqs://", Place()),
        ("sqs://eu-central-1", Place("eu-central-1")),
        ("sqs://eu-central-1/photos", Place("eu-central-1", "photos")),
        (
            "sqs:///photos?endpoint=http://127.0.0.1:9324&wait=2&linger=0",
            Place("", "photos", "http://127.0.0.1:9324", wait=2, linger=0),
        ),
    ],
)
def test_a_url_says_region_prefix_and_endpoint(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "sqs://eu-central-1/a/b",
        "sqs://eu-central-1/" + "x" * 80,
        "sqs://eu-central-1/a?wait=21",
        "sqs://eu-central-1/a?wait=0",
        "sqs://eu-central-1/a?wait=soon",
        "sqs://eu-central-1/a?linger=nan",
        "sqs://eu-central-1/a?colour=red",
        "sqs://eu-central-1/a?nonsense",
    ],
)
def test_a_url_that_cannot_work_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ConfigError, match="URL"):
        place_of(url)


def test_without_a_region_the_settings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")

    with pytest.raises(ConfigError, match="region"):
        client(Place(), attempts=1, timeout=1)


def test_an_endpoint_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigError, match="URL"):
        client(Place(REGION, endpoint="nonsense"), attempts=1, timeout=1)


def test_an_endpoint_that_does_not_answer_is_a_queue_error() -> None:
    place = Place(REGION, endpoint=f"http://127.0.0.1:{free_port()}", wait=1)

    with SqsQueue(place, "requests") as queue:
        queue._url = f"{place.endpoint}/1/test-requests"  # to ask for it would be tried five times
        with pytest.raises(QueueError, match="does not answer"):
            queue.receive(wait=1)


def test_a_queue_that_was_not_made_says_how_to_make_it(ministack: endpoints.Ministack) -> None:
    place = Place(REGION, ministack.new_name(), ministack.url)

    with SqsQueue(place, "requests") as queue, pytest.raises(QueueError) as caught:
        queue.send("x")

    assert "abzug queues create" in caught.value.advice


def test_what_was_sent_outlives_a_crash_of_the_service(tmp_path: Path) -> None:
    with Ministack(tmp_path, keep=True) as service:
        url = f"sqs://{REGION}/crash?endpoint={service.url}&wait=1"
        load("queues", url).create(url, ["requests"], Settings())
        with load("queues", url).connect(url, "requests", Settings()) as queue:
            queue.send("x")
            service.crash()
            with pytest.raises(QueueError, match="does not answer"):
                queue.receive(wait=1)
            service.start()

            assert [message.body for message in queue.receive(wait=1)] == ["x"]


def test_a_closed_queue_is_a_queue_error(ministack: endpoints.Ministack) -> None:
    queue = SqsQueue(Place(REGION, ministack.new_name(), ministack.url), "requests")
    queue.close()

    with pytest.raises(QueueError, match="closed"):
        queue.depth()


@pytest.fixture
def stubbed() -> Iterator[tuple[SqsQueue, Stubber]]:
    """A dead-letter queue whose service answers what the test says."""
    with SqsQueue(NOWHERE, "requests-dead") as queue, Stubber(queue._client) as service:
        service.add_response("get_queue_url", {"QueueUrl": "http://127.0.0.1:1/1/dead"})
        yield queue, service
        service.assert_no_pending_responses()


def test_refusals_name_the_code_and_nothing_else(stubbed: tuple[SqsQueue, Stubber]) -> None:
    queue, service = stubbed
    service.add_client_error("get_queue_attributes", "AccessDenied", "arn:aws:iam::1:role/secret")

    with pytest.raises(QueueError) as caught:
        queue.depth()

    assert caught.value.message == "The queue refused a call (AccessDenied)."


def about_to_move(service: Stubber) -> None:
    counts = dict.fromkeys(
        ["", "NotVisible", "Delayed"],
        "7",
    )
    service.add_response(
        "get_queue_attributes",
        {"Attributes": {f"ApproximateNumberOfMessages{k}": v for k, v in counts.items()}},
    )
    service.add_response("get_queue_attributes", {"Attributes": {"QueueArn": "arn:dead"}})


def test_a_redrive_of_all_is_left_to_the_service(stubbed: tuple[SqsQueue, Stubber]) -> None:
    queue, service = stubbed
    about_to_move(service)
    service.add_response(
        "start_message_move_task", {"TaskHandle": "task"}, {"SourceArn": "arn:dead"}
    )

    assert queue.redrive() == 7


def test_a_redrive_that_is_under_way_is_not_begun_again(stubbed: tuple[SqsQueue, Stubber]) -> None:
    queue, service = stubbed
    about_to_move(service)
    service.add_client_error("start_message_move_task", "InvalidParameterValue")

    with pytest.raises(QueueError, match="InvalidParameterValue"):
        queue.redrive()


# making the queues


@pytest.fixture
def made(
    ministack: endpoints.Ministack, tmp_path: Path
) -> Callable[..., tuple[list[str], dict[str, dict[str, Any]]]]:
    """Makes the queues with some settings; gives the lines, and each queue's attributes."""
    url = f"sqs://{REGION}/{ministack.new_name()}?endpoint={ministack.url}"
    place = place_of(url)

    def make(**settings: Any) -> tuple[list[str], dict[str, dict[str, Any]]]:
        lines = load("queues", url).create(url, ["requests", "status"], Settings(**settings))
        sqs = client(place, attempts=1, timeout=10)
        attributes: dict[str, dict[str, Any]] = {}
        for name in ("requests", "requests-dead", "status", "status-dead"):
            address = sqs.get_queue_url(QueueName=place.full_name(name))["QueueUrl"]
            answer = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["All"])
            attributes[name] = dict(answer["Attributes"].items())
        sqs.close()
        return lines, attributes

    return make


def test_queues_are_made_with_all_that_keeps_messages_safe(
    made: Callable[..., tuple[list[str], dict[str, dict[str, Any]]]],
) -> None:
    lines, queues = made(max_receives=4, visibility_timeout=12.5)

    assert len([line for line in lines if line.endswith(": made")]) == 4
    for attributes in queues.values():
        assert attributes["MessageRetentionPeriod"] == str(14 * 86400)
        assert attributes["SqsManagedSseEnabled"] == "true"
        assert attributes["ReceiveMessageWaitTimeSeconds"] == "20"
        assert attributes["VisibilityTimeout"] == "13"
    for name in ("requests", "status"):
        source, dead = queues[name], queues[f"{name}-dead"]
        policy = {"deadLetterTargetArn": dead["QueueArn"], "maxReceiveCount": 4}
        assert json.loads(source["RedrivePolicy"]) == policy
        allowed = {"redrivePermission": "byQueue", "sourceQueueArns": [source["QueueArn"]]}
        assert json.loads(dead["RedriveAllowPolicy"]) == allowed
        assert "RedrivePolicy" not in dead


def test_making_them_again_brings_them_up_to_date(
    made: Callable[..., tuple[list[str], dict[str, dict[str, Any]]]],
) -> None:
    made(max_receives=4)

    lines, queues = made(max_receives=7)

    assert all("up to date" in line for line in lines)
    assert json.loads(queues["requests"]["RedrivePolicy"])["maxReceiveCount"] == 7
