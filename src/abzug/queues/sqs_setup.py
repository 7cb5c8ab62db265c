"""Makes the queues on SQS: with their dead-letter queues, encryption and redrive policies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from abzug.queues.base import DEAD, MAX_WAIT
from abzug.queues.sqs_service import NO_SUCH_QUEUE, Place, client, queue_errors, whole_seconds
from abzug.settings import Settings

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType

    Attributes = dict[QueueAttributeNameType, str]

RETENTION = 14 * 24 * 3600
"""Seconds a message is kept, the longest there is. A dead letter's count from its first send."""


def create(place: Place, names: Sequence[str], settings: Settings) -> list[str]:
    """Make `NAME` and `NAME-dead` for each name, or bring them up to date; safe to repeat.

    Gives a line for each queue. Raises QueueError, ConfigError.
    """
    sqs = client(place, attempts=5, timeout=10)
    common: Attributes = {
        "MessageRetentionPeriod": str(RETENTION),
        "VisibilityTimeout": str(whole_seconds(settings.visibility_timeout)),
        "ReceiveMessageWaitTimeSeconds": str(int(MAX_WAIT)),
        "SqsManagedSseEnabled": "true",
    }
    lines = []
    try:
        with queue_errors():
            for name in names:
                dead, source = place.full_name(name + DEAD), place.full_name(name)
                lines.append(_make(sqs, dead, common))
                policy = {
                    "deadLetterTargetArn": _arn(sqs, dead),
                    "maxReceiveCount": settings.max_receives,
                }
                lines.append(_make(sqs, source, common | {"RedrivePolicy": json.dumps(policy)}))
                allowed = {
                    "redrivePermission": "byQueue",
                    "sourceQueueArns": [_arn(sqs, source)],
                }
                _set(sqs, dead, {"RedriveAllowPolicy": json.dumps(allowed)})
    finally:
        sqs.close()
    return lines


def _make(sqs: SQSClient, name: str, attributes: Attributes) -> str:
    try:
        _url(sqs, name)
    except ClientError as error:
        if error.response["Error"].get("Code") not in NO_SUCH_QUEUE:
            raise
        sqs.create_queue(QueueName=name, Attributes=attributes)
        return f"{name}: made"
    # apart from the making: making one that is there with other attributes is an error
    _set(sqs, name, attributes)
    return f"{name}: was there, is up to date"


def _set(sqs: SQSClient, name: str, attributes: Attributes) -> None:
    sqs.set_queue_attributes(QueueUrl=_url(sqs, name), Attributes=attributes)


def _url(sqs: SQSClient, name: str) -> str:
    return sqs.get_queue_url(QueueName=name)["QueueUrl"]


def _arn(sqs: SQSClient, name: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=_url(sqs, name), AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]
