"""Server-Sent Events, as the HTML standard defines the stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """kind: "" for a block without one: a sign of life, not an event."""

    kind: str
    data: str


def parse(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The blocks of a stream as they come; one that is cut off at the end is left out."""
    kind = ""
    data: list[str] = []
    for line in _lines(chunks):
        name, _, value = line.partition(":")
        if not line:
            yield Event(kind, "\n".join(data))
            kind, data = "", []
        elif name == "event":
            kind = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    # not httpx's iter_lines: it ends lines at U+2028 as well, which JSON strings may contain
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode(errors="replace")
