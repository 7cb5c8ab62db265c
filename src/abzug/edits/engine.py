"""One photo edited: bytes in, bytes out.

    header → decode → working color → upright → retouch → geometry → denoise
           → automatic → light and color
           → for each size, the largest first: resize → detail → overlay → encode

A photo is decoded once for all its outputs, no larger than the largest of them needs, and every
smaller one is made from the next larger. So the bytes of a result depend on the outputs asked for
beside it; they are equal whenever the whole request is.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abzug.edits.assets import load_assets
from abzug.edits.automatic import settled
from abzug.edits.base import Operation, Size, Stage, Stored, typed_edits
from abzug.edits.color import color_pass
from abzug.edits.decode import Photo, decode, open_photo
from abzug.edits.encode import encode
from abzug.edits.failures import photo_errors
from abzug.edits.headers import turned
from abzug.edits.outputs import canonical_outputs, media_type
from abzug.edits.pixels import (
    Deadline,
    Pixels,
    on_colors,
    resize,
    scale,
    size_of,
    to_image,
)
from abzug.edits.plan import Edits, Outputs, Plan, of_stage, plan, rest
from abzug.edits.process import prepare_process
from abzug.edits.profiles import Space, guest_to_working, to_working, working_space
from abzug.edits.sniff import sniff
from abzug.errors import UnreadablePhoto

if TYPE_CHECKING:
    import pyvips

__all__ = ["Edited", "EditedOutput", "Limits", "edit", "header", "prepare_process", "warm_up"]


@dataclass(frozen=True, slots=True)
class Limits:
    """max_pixels: of a photo, width × height × frames. time_limit: seconds for one photo.
    raw_previews: whether the preview in a RAW that cannot be developed is taken for the photo, with
    a notice."""

    max_pixels: int = 300_000_000
    time_limit: float = 120.0
    raw_previews: bool = True


@dataclass(frozen=True, slots=True)
class EditedOutput:
    name: str
    format: str
    media_type: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Edited:
    """Results in the order of the outputs asked for, and what the person should know of them."""

    results: list[EditedOutput]
    notices: list[str]


@dataclass(frozen=True, slots=True)
class _Job:
    """What every step needs to know."""

    photo: Photo
    edits: Edits
    space: Space
    deadline: Deadline


def edit(
    data: bytes | memoryview,
    edits: Edits,
    outputs: Outputs,
    *,
    assets: Stored | None = None,
    limits: Limits | None = None,
) -> Edited:
    """Edit a photo. `edits` and `outputs`, at least one, are canonical (canonical_edits,
    canonical_outputs); `assets` holds all that the edits need beside the photo (assets_of).

    Raises PhotoError: the photo cannot be edited so, and never will be. Anything else is a bug.
    """
    limits = limits or Limits()
    deadline = Deadline(limits.time_limit)
    with photo_errors(deadline):
        photo = open_photo(data, max_pixels=limits.max_pixels, previews=limits.raw_previews)
        space = working_space(photo.profile, outputs)
        to_photo = functools.partial(guest_to_working, space=space, host=photo.profile)
        loaded = load_assets(typed_edits(edits), assets or {}, to_photo, deadline)
        job = _Job(photo, loaded, space, deadline)
        planned = plan(photo.size, job.edits, outputs)
        pixels = _move(job, planned)
        if not planned.is_sure:
            planned = rest(size_of(pixels), job.edits, outputs)
        pixels = resize(pixels, planned.largest, deadline)
        pixels = _develop(job, pixels)
        made: dict[str, EditedOutput] = {}
        for size, group in _by_size(outputs, planned.sizes):
            pixels = resize(pixels, size, deadline)
            finished = _finish(job, pixels, is_last=size == min(planned.sizes))
            for output in group:
                deadline.check()
                made[output["name"]] = _result(job, finished, output)
    return Edited([made[output["name"]] for output in outputs], photo.notices)


def header(data: bytes) -> Size:
    """Width and height of a result, from all of it: a TIFF tells them at its end."""
    found = sniff(data)
    if found.width is None or found.height is None:
        raise UnreadablePhoto("The result has no size.")
    return found.width, found.height


def warm_up() -> None:
    """Load all that editing needs, so that a process's first photo is as fast as the others."""
    picture = to_image(np.full((16, 16, 3), 128, np.uint8)).jpegsave_buffer()
    [output] = canonical_outputs(None, max_outputs=1)
    edit(picture, {"exposure": 0.1, "contrast": 1, "sharpening": {"amount": 1}}, [output])


def _move(job: _Job, planned: Plan) -> Pixels:
    """The photo decoded, upright, retouched, with its geometry."""
    photo, deadline = job.photo, job.deadline
    moves = of_stage(job.edits, Stage.retouch, Stage.geometry)

    def prepare(image: pyvips.Image) -> pyvips.Image:
        if not moves:  # then it need not be in memory as a whole before it has its size
            image = scale(image, turned(*planned.largest, photo.orientation))
        return to_working(image, photo.profile, job.space)

    pixels = decode(photo, planned.shrink, prepare, deadline)
    for operation, value in moves:
        seen = operation.measure(pixels, value) if operation.measure else value
        pixels = _run(operation, seen, pixels)
        deadline.check()
    return pixels


def _develop(job: _Job, pixels: Pixels) -> Pixels:
    """Noise, light and color, in the largest size wanted."""
    for operation, value in of_stage(job.edits, Stage.denoise):
        pixels = _run(operation, value, pixels)
        job.deadline.check()

    def light_and_color(colors: Pixels) -> Pixels:
        edits, found = settled(colors, job.edits)
        job.photo.notices.extend(found)
        return color_pass(colors, edits)

    return on_colors(pixels, light_and_color)


def _finish(job: _Job, pixels: Pixels, *, is_last: bool) -> Pixels:
    """Detail and overlay; on a copy, unless no smaller output is to be made from the pixels."""
    last_steps = of_stage(job.edits, Stage.detail, Stage.overlay)
    if last_steps and not is_last:
        pixels = pixels.copy()
    for operation, value in last_steps:
        pixels = _run(operation, value, pixels)
        job.deadline.check()
    return pixels


def _run(operation: Operation, value: Any, pixels: Pixels) -> Pixels:
    if operation.takes_alpha or operation.stage in {Stage.geometry, Stage.overlay}:
        moved: Pixels = operation.run(pixels, value)
        return moved
    return on_colors(pixels, lambda colors: operation.run(colors, value))


def _by_size(outputs: Outputs, sizes: list[Size]) -> Iterator[tuple[Size, list[Mapping[str, Any]]]]:
    """The outputs of each size, the largest size first."""
    for size in sorted(set(sizes), reverse=True):
        yield size, [out for out, its in zip(outputs, sizes, strict=True) if its == size]


def _result(job: _Job, pixels: Pixels, output: Mapping[str, Any]) -> EditedOutput:
    form = output["format"]
    file = encode(pixels, output, job.photo, job.space, job.deadline)
    return EditedOutput(output["name"], form, media_type(form), *size_of(pixels), file)
