"""What is read from a preset, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from abzug.messages import Notice
from abzug.presets.reasons import Reason

Value = str | list[str] | dict[str, Any]
"""A property as it stands in the file: a text, a list of texts, or a structure."""
Properties = Mapping[str, Value]
Outcome = Literal["carried", "approximated", "ignored"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset file: its name, "" if it has none, and the properties it sets, by Adobe's names."""

    name: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class Note:
    """What became of one property: `reason` says why not, or how, if there is anything to say.

    For an export, `property` is the operation's name.
    """

    property: str
    outcome: Outcome
    reason: Notice | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A note on a property, and the edit it asks for: `path` is the operation's name and the
    names of the fields below it, empty if it asks for none."""

    note: Note
    path: tuple[str, ...] = ()
    value: Any = None


@dataclass(frozen=True, slots=True)
class Imported:
    """Canonical edits, and a note on every property that does something in Lightroom."""

    name: str
    edits: dict[str, Any]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """An .xmp file in UTF-8, and a note on every operation that it cannot hold."""

    data: bytes
    notes: tuple[Note, ...]


def carried(
    property_: str, path: tuple[str, ...], value: Any, change: Notice | None = None
) -> Finding:
    """An edit; with a `change`, which says what is not as in Lightroom, an approximated one."""
    return Finding(Note(property_, "approximated" if change else "carried", change), path, value)


def ignored(property_: str, why: Reason, **values: str | float) -> Finding:
    """No edit; `values` are those in the reason's sentence."""
    return Finding(Note(property_, "ignored", why.notice(**values)))
