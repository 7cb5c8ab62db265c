"""Where the Auto Scaling group is, and how Amazon is called: URL, clients, errors in our words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from abzug.errors import ConfigError, FleetError

DRAIN_TAG = "abzug-drain"
"""Marks an instance that has to go. Instance metadata allow no slash in a tag's name."""
FORM = "ec2://REGION/GROUP?endpoint=URL"


@dataclass(frozen=True, slots=True)
class Place:
    """endpoint "" is Amazon's. metadata: where an instance asks about itself."""

    region: str
    group: str
    endpoint: str = ""
    metadata: str = "http://169.254.169.254"


def place_of(url: str) -> Place:
    """What `ec2://REGION/GROUP?endpoint=URL&metadata=URL` says. Raises ConfigError."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    group = parts.path.strip("/")
    if parts.scheme != "ec2" or not group or options.keys() - {"endpoint", "metadata"}:
        raise ConfigError(f"The fleet's URL is {FORM}, not {url!r}.")
    return Place(parts.netloc, group, **options)


def client(place: Place, service: Any) -> Any:
    """A client for "autoscaling" or "ec2"; throttling and 5xx are tried again with full jitter."""
    try:
        return boto3.session.Session().client(
            service,
            region_name=place.region or None,
            endpoint_url=place.endpoint or None,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 5},
                connect_timeout=5,
                read_timeout=20,
            ),
        )
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(f"The fleet's URL cannot work: {error}") from None


@contextlib.contextmanager
def fleet_errors() -> Iterator[None]:
    """botocore's errors as FleetError; the messages name no address and no account."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "no code")
        raise FleetError(f"Auto Scaling refused a call ({code}).") from error
    except BotoCoreError as error:
        raise FleetError(f"Auto Scaling cannot be reached ({type(error).__name__}).") from error
