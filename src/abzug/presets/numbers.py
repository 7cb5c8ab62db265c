"""Numbers and switches as they stand in a preset."""

from __future__ import annotations

import math

from abzug.presets.records import Properties, Value


def parsed(value: Value | None) -> float | None:
    """The number that a text says, with or without a sign; None if it is none, or not finite."""
    try:
        found = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def is_on(properties: Properties, name: str) -> bool:
    """Whether a switch is on, or a number other than zero."""
    value = properties.get(name)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return parsed(value) not in (None, 0)
