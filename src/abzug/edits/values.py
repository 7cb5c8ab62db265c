"""Kinds of values that several operations take."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

HexColor = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
"""#rrggbb in sRGB; in small letters, as equal edits must have one form."""


Aspect = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}:[1-9][0-9]{0,4}$")]
"""Width by height, such as "4:5"."""


def sides(aspect: str) -> tuple[int, int]:
    """The two numbers of an Aspect."""
    across, down = map(int, aspect.split(":"))
    return across, down
