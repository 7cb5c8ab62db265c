"""Where SQS is, and how it is called: the URL, the clients, and its errors in our words."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlsplit

import boto3.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
)

from abzug.errors import ConfigError, QueueError
from abzug.queues import limits
from abzug.queues.base import DEAD, MAX_WAIT

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

CONNECTIONS = 50
"""Connections kept of one queue: as many threads call at once in a web server."""
N = TypeVar("N", int, float)
NO_SUCH_QUEUE = {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"}
FORM = "sqs://REGION/PREFIX?endpoint=URL"


@dataclass(frozen=True, slots=True)
class Place:
    """One set of queues: region "" is the environment's, endpoint "" is Amazon's.

    wait: seconds of the longest long poll. linger: seconds worth waiting for fuller calls.
    """

    region: str = ""
    prefix: str = "abzug"
    endpoint: str = ""
    wait: int = int(MAX_WAIT)
    linger: float = 3.0

    def full_name(self, name: str) -> str:
        return f"{self.prefix}-{name}"


def place_of(url: str) -> Place:
    """What `sqs://REGION/PREFIX?endpoint=URL&wait=SECONDS&linger=SECONDS` says; all optional.

    Raises ConfigError for another URL.
    """
    parts = urlsplit(url)
    try:
        options = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
        place = Place(
            region=parts.netloc,
            prefix=parts.path.strip("/") or "abzug",
            endpoint=options.pop("endpoint", ""),
            wait=_between(1, int(options.pop("wait", 20)), MAX_WAIT),
            linger=_between(0.0, float(options.pop("linger", 3.0)), 10.0),
        )
        limits.check_name(place.full_name("requests" + DEAD))
    except ValueError as error:
        raise ConfigError(f"The queues' URL is {FORM}, not {url}: {error}.") from None
    if options:
        raise ConfigError(f"The queues' URL has no option {min(options)!r}.")
    return place


def _between(least: N, value: N, most: float) -> N:
    if not least <= value <= most:
        raise ValueError(f"{value} is not {least:g} to {most:g}")
    return value


@functools.cache
def _session() -> boto3.session.Session:
    """One a process: it holds the service's description, which takes 70 ms to read."""
    return boto3.session.Session()


def client(place: Place, *, attempts: int, timeout: float) -> SQSClient:
    """attempts: of one call, with full jitter between them (botocore's mode `standard`): after
    throttling, a 5xx, a broken connection. timeout: seconds without an answer that end one.

    Raises ConfigError if nothing tells the region.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        connect_timeout=5,
        read_timeout=timeout,
        tcp_keepalive=True,
    )
    try:
        return _session().client(
            "sqs",
            region_name=place.region or None,
            endpoint_url=place.endpoint or None,
            config=config,
        )
    except NoRegionError:
        raise ConfigError(f"No region is given: set AWS_DEFAULT_REGION, or {FORM}.") from None
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(f"The queues' URL cannot work: {error}") from None


@contextlib.contextmanager
def queue_errors() -> Iterator[None]:
    """botocore's errors as QueueError; the messages name no address and no account."""
    try:
        yield
    except ClientError as error:
        raise refusal(error.response["Error"].get("Code", "")) from error
    except NoCredentialsError as error:
        advice = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the server a role."
        raise QueueError("There are no credentials for the queue.", advice=advice) from error
    except (ConnectionError, HTTPClientError) as error:
        raise QueueError("The queue does not answer.") from error
    except BotoCoreError as error:
        raise QueueError(f"The queue cannot be used ({type(error).__name__}).") from error


def refusal(code: str) -> QueueError:
    """The error for a code of SQS."""
    if code in NO_SUCH_QUEUE:
        return QueueError("The queue does not exist.", advice="Run `abzug queues create`.")
    return QueueError(f"The queue refused a call ({code or 'no code'}).")


def whole_seconds(seconds: float) -> int:
    """SQS counts in whole seconds; rounded up, so that no lease ends early."""
    return math.ceil(seconds)
