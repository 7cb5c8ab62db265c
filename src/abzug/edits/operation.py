"""What an operation is, and the stages in which operations are applied.

An operation is one file in `operations/`: it sets OPERATION there, and that is all. The name of
the file is the operation's name in the API, on the command line and in the docs.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from abzug.edits.sizes import Size

Group = Literal[
    "Automatic", "Light", "Color", "Detail", "Effects", "Geometry", "Retouch", "Overlay"
]
"""The sections of a form, in the order in which people work; `place` is that within one."""


class Stage(enum.IntEnum):
    """The passes, in their fixed order; within one pass operations go by their `order`.

    Where nothing else is said, an operation's `run(pixels, value)` takes pixels of shape
    (height, width, 3), C-contiguous and in the working color space (sRGB or Display P3, which
    share their curve), changes them in place where it can, and returns those to go on with. They
    are uint8, or uint16 of a photo with more bits (pixels.py): `level` and `in_8_bits` help.
    """

    retouch = 1
    """On the whole upright photo, before anything moves: red eye, redact."""
    geometry = 2
    """Crop, straighten, rotate, flip, resize. `run` takes 3 or 4 channels, the fourth being alpha,
    and may return a view; `size` foretells what comes out of it."""
    denoise = 3
    """At the size of the largest output, before light would raise the noise that is measured."""
    automatic = 4
    """Looks at the photo and sets sliders of the stages after it. `run(photo, edits)` takes a small
    copy as float64 (height, width, 3), 0..1, and all typed edits, and gives those to be set; it is
    automatic.py's business."""
    light = 5
    """Local light: one gain map for all of them. `run` is color_pass's business (color.py)."""
    color = 6
    """Pixel by pixel; all of them baked into one 3-D LUT, by color_pass as well."""
    detail = 7
    """At the size of each output: sharpening, texture, grain."""
    overlay = 8
    """On top of the finished picture, or around it: watermark, border. `run` takes 3 or 4 channels,
    and `size` foretells what comes out of it."""


class Parameters(BaseModel):
    """Base of an operation's parameter object: unknown names are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def at_rest_without_amount(value: Any) -> Any:
    """For a value that does nothing where its `amount` is 0: then it is the neutral one, whatever
    else it says. Equal edits have one form."""
    return value if value.amount else type(value)()


@dataclass(frozen=True, slots=True)
class Asset:
    """Something stored that an edit needs beside the photo; it is of the photo's owner too.

    id: a photo's, or the SHA-256 of a LUT in hex.
    """

    kind: Literal["photo", "lut"]
    id: str


Stored = Mapping[Asset, bytes]
"""The bytes of assets, as they lie in the store."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be done to a photo.

    value: what the API takes, as a type that pydantic understands: an `Annotated` number, a
    Parameters model, a list of one. neutral: the value that changes nothing, and the default.
    run: what it does; its signature is that of its stage. light: what an operation of a later stage
    adds to the local light, with the signature of a `run` of Stage.light. label, group, unit, step,
    place (lower comes first): how a form shows it. examples: values that show what it does, where
    the ends of a slider do not; pictures in the docs and contact sheets are made of them. Geometry
    that changes the size says how, so that a photo is decoded no larger than need be: `size` is
    what `run` makes of a picture of that size; `needs`, of an operation that counts in pixels, is
    the size that a picture must have at least to be given to `run`. measure: of retouch and
    geometry that depend on what is seen: it looks at the pixels, and what it gives is given to
    `run` in place of the value, for all frames of an animation, unless it `is_of_frame`; of
    geometry with no `size` beside it, the photo is decoded in full, and planned anew when its size
    is known. told: what was measured, as sliders that would do the same, for a notice. remark: what
    else the person should know of it, in words. takes_alpha: `run` wants alpha as a fourth channel
    even in a stage that keeps it away from the others. holds: how much memory `run` takes beside
    the larger of what it is given and what it gives, in times of the smaller: 1 for a new picture,
    0 for what is changed in place, a few rows at a time. An operation that needs more than the
    photo says so: `assets` gives what a value asks for, each by the JSON pointer below the value
    that names it, and `load` turns the value into what `run` takes, with the assets made ready: a
    photo as RGBA pixels in the working color space, a LUT as its bytes. notices: what, of a value
    that `run` takes, cannot be done as asked on this machine, for the person to know.
    """

    name: str
    label: str
    group: Group
    stage: Stage
    order: int
    value: Any
    neutral: Any
    run: Callable[..., Any]
    doc: str
    unit: str = ""
    step: float | None = None
    place: int = 100
    examples: Sequence[Any] = ()
    light: Callable[..., Any] | None = None
    size: Callable[[Size, Any], Size] | None = None
    needs: Callable[[Size, Any], Size] | None = None
    measure: Callable[..., Any] | None = None
    told: Callable[[Any], Mapping[str, Any]] | None = None
    remark: Callable[[Any], str | None] | None = None
    is_of_frame: bool = False
    takes_alpha: bool = False
    holds: float = 1.0
    assets: Callable[[Any], Mapping[str, Asset]] | None = None
    load: Callable[[Any, Mapping[Asset, Any]], Any] | None = None
    notices: Callable[[Any], Sequence[str]] | None = None
