"""What an operation is, and the stages in which operations are applied.

An operation is one file in `operations/`: it sets OPERATION there, and that is all. The name of
the file is the operation's name in the API, on the command line and in the docs. Its class says in
which stage it is applied and what its `run` is given.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from abzug.edits.homography import Matrix
from abzug.edits.sizes import Size
from abzug.messages import Notice

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from abzug.edits.pixels.arrays import Pixels

Group = Literal[
    "Automatic", "Light", "Color", "Detail", "Effects", "Geometry", "Retouch", "Overlay"
]
"""The sections of a form, in the order in which people work; `place` is that within one."""


class Stage(enum.IntEnum):
    """The stages in their fixed order; within one, operations go by their `order`.

    Each has its class of operations below, or beside what it works with: LightOperation in
    color/local_light.py, ColorOperation in color/pixelwise.py. PASSES in plan.py has how large the
    photo then is.
    """

    retouch = 1
    geometry = 2
    denoise = 3
    automatic = 4
    light = 5
    color = 6
    detail = 7
    overlay = 8


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
    """Something stored that an edit needs beside the photo; it is of the photo's owner too."""

    kind: Literal["photo", "lut"]
    id: str
    """A photo's, or the SHA-256 of a LUT in hex."""


Stored = Mapping[Asset, bytes]
"""The bytes of assets, as they lie in the store."""


@dataclass(frozen=True)
class FromStore:
    """How an operation gets at what it needs beside the photo."""

    assets: Callable[[Any], Mapping[str, Asset]]
    """What a value asks for, each by the JSON pointer below the value that names it."""
    load: Callable[[Any, Mapping[Asset, Any]], Any]
    """The value as `run` takes it, with the assets made ready: a photo as RGBA pixels in the
    working color space, a LUT as its bytes."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that can be done to a photo: what operations of all stages have."""

    stage: ClassVar[Stage]

    name: str
    label: str
    """As a form shows it."""
    group: Group
    order: int
    """Within the stage, lower comes first; beside it stands why."""
    value: Any
    """What the API takes, as a type that pydantic understands: an `Annotated` number, a Parameters
    model, a list of one."""
    neutral: Any
    """The value that changes nothing, and the default."""
    doc: str
    unit: str = ""
    step: float | None = None
    """Of a slider."""
    place: int = 100
    """In a form, lower comes first."""
    examples: Sequence[Any] = ()
    """Values that show what it does, where the ends of a slider do not; pictures in the docs and
    contact sheets are made of them."""
    from_store: FromStore | None = None


@dataclass(frozen=True, kw_only=True)
class PixelOperation(Operation):
    """An operation that is given pixels, and works by itself.

    They are of shape (height, width, 3), C-contiguous and in the working color space (sRGB or
    Display P3, which share their curve). They are uint8, or uint16 of a photo with more bits:
    `level` and `in_8_bits` help (pixels/arrays.py).
    """

    run: Callable[[Pixels, Any], Pixels]
    """Changes the pixels in place where it can, and returns those to go on with."""
    takes_alpha: bool = False
    """`run` is given alpha as a fourth channel, where there is any; else it is kept from it."""
    holds: float = 1.0
    """How much memory `run` takes beside the larger of what it is given and what it gives, in times
    of the smaller: 1 for a new picture, 0 for what is changed in place, a few rows at a time."""

    def size_after(self, before: Size, value: Any) -> Size:  # noqa: ARG002  some need both
        """What `run` makes of a picture of that size."""
        return before


@dataclass(frozen=True, kw_only=True)
class ReshapingOperation(PixelOperation):
    """An operation that may change the size, or what is transparent."""

    takes_alpha: bool = field(default=True, init=False)
    size: Callable[[Size, Any], Size] | None = None
    """What `run` makes of a picture of that size, if it is not the same."""
    moves: Callable[[Size, Any], Matrix] | None = None
    """Where `run` brings the parts of a picture of that size (homography.py), if not where they
    were: what a file says of them goes the same way."""

    def size_after(self, before: Size, value: Any) -> Size:
        return self.size(before, value) if self.size else before


@dataclass(frozen=True)
class Measure:
    """What has to be seen before an operation knows what to do."""

    find: Callable[[Pixels, Any], Any]
    """Looks at the pixels, by the value; what it finds is given to `run` in place of the value."""
    is_of_frame: bool = False
    """Each frame of an animation is looked at; else the first, for all."""
    told: Callable[[Any], Mapping[str, Any]] | None = None
    """What was found, as sliders that would do the same, for a notice."""
    remarks: Callable[[Any], Iterable[Notice]] | None = None
    """What else the person should know of it."""


@dataclass(frozen=True, kw_only=True)
class RetouchOperation(PixelOperation):
    """On the whole upright photo, where faces and points are as the person saw them."""

    stage = Stage.retouch

    measure: Measure | None = None


@dataclass(frozen=True, kw_only=True)
class GeometryOperation(ReshapingOperation):
    """What is cut away or made smaller costs nothing from here on. `run` may return a view."""

    stage = Stage.geometry

    measure: Measure | None = None
    """With no `size` beside it, the photo is decoded in full, and planned anew when its size is
    known."""
    needs: Callable[[Size, Any], Size] | None = None
    """Of one that counts in pixels, the size that a picture must have at least to be given to
    `run`: a photo is decoded no larger than need be."""


@dataclass(frozen=True, kw_only=True)
class DenoiseOperation(PixelOperation):
    """Before light would raise the noise, which then could not be told from drawing."""

    stage = Stage.denoise


@dataclass(frozen=True, kw_only=True)
class AutomaticOperation(Operation):
    """Looks at the photo and sets sliders of light and color: those are applied (automatic.py)."""

    stage = Stage.automatic

    run: Callable[[npt.NDArray[np.floating[Any]], Mapping[str, Any]], Mapping[str, float]]
    """Takes a small copy as float64 (height, width, 3), 0..1, and all typed edits, and gives those
    to be set."""


@dataclass(frozen=True, kw_only=True)
class DetailOperation(PixelOperation):
    """As fine as each output can show: what is crisp in a large one is lost in a small one."""

    stage = Stage.detail


@dataclass(frozen=True, kw_only=True)
class OverlayOperation(ReshapingOperation):
    """On top of the finished picture, or around it, so that no edit touches its colors."""

    stage = Stage.overlay

    notices: Callable[[Any], Sequence[Notice]] | None = None
    """What, of a value that `run` takes, cannot be done as asked on this machine, for the person to
    know."""
