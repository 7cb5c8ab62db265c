"""What every queue refuses before it touches anything: the limits of Amazon SQS.

Each function raises ValueError: such a call is a mistake of the caller, and trying it again
cannot help. Kept in one place so that what works embedded works on SQS too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from abzug.queues.base import (
    MAX_ATTRIBUTES,
    MAX_BATCH,
    MAX_BODY,
    MAX_DELAY,
    MAX_VISIBILITY,
    MAX_WAIT,
    Outgoing,
)

MAX_COST = 1_000_000.0
"""Most predicted CPU seconds of one message: far above any photo, far below an overflow."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_GROUP = re.compile(r"[!-~]{0,128}")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_NONCHARACTERS = "\ufffe\uffff"


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"a queue's name is 1 to 80 of A-Z a-z 0-9 _ -, not {name!r}")


def check_batch(entries: Sequence[Any]) -> None:
    if len(entries) > MAX_BATCH:
        raise ValueError(f"a batch has at most {MAX_BATCH} entries, not {len(entries)}")


def check_outgoing(message: Outgoing) -> None:
    if not message.body:
        raise ValueError("a message needs a body")
    for text in (message.body, *message.attributes.values()):
        _check_characters(text)
    if not _GROUP.fullmatch(message.group):
        raise ValueError(f"a group is up to 128 printable ASCII characters, not {message.group!r}")
    if len(message.attributes) > MAX_ATTRIBUTES:
        raise ValueError(f"at most {MAX_ATTRIBUTES} attributes, not {len(message.attributes)}")
    for name, value in message.attributes.items():
        if not _NAME.fullmatch(name) or not value:
            raise ValueError(
                f"an attribute has a name of A-Z a-z 0-9 _ - and a value, not {name!r}"
            )
    size = len(message.body.encode()) + sum(
        len(name.encode()) + len(value.encode()) for name, value in message.attributes.items()
    )
    if size > MAX_BODY:
        raise ValueError(f"body and attributes have at most {MAX_BODY} bytes, not {size}")
    if not 0 < message.cost <= MAX_COST:
        raise ValueError(f"the cost is above 0 and at most {MAX_COST:g}, not {message.cost}")
    _check_seconds("delay", message.delay, MAX_DELAY)


def _check_characters(text: str) -> None:
    """XML has no way to write some characters, and SQS refuses them; lone surrogates too."""
    raw = text.encode()
    if len(raw.translate(None, _CONTROLS)) < len(raw) or any(c in text for c in _NONCHARACTERS):
        raise ValueError(
            "a text has a character that cannot be sent: a control, or U+FFFE or U+FFFF"
        )


def check_receive(max_messages: int, visibility_timeout: float, wait: float) -> None:
    if not 1 <= max_messages <= MAX_BATCH:
        raise ValueError(f"receive 1 to {MAX_BATCH} messages, not {max_messages}")
    check_visibility(visibility_timeout)
    _check_seconds("wait", wait, MAX_WAIT)


def check_visibility(seconds: float) -> None:
    _check_seconds("visibility timeout", seconds, MAX_VISIBILITY)


def _check_seconds(what: str, seconds: float, most: float) -> None:
    if not 0 <= seconds <= most:  # refuses NaN too
        raise ValueError(f"the {what} is 0 to {most:g} seconds, not {seconds}")
