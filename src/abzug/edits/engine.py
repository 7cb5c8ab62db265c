"""One photo edited: bytes in, bytes out.

    header → decode → working color → upright → PASSES, each at its size → encode

PASSES, in plan.py, are all that is done to the pixels. A photo is decoded once for all its outputs,
no larger than the largest of them needs, and every smaller one is made from the next larger. So the
bytes of a result depend on the outputs asked for beside it; they are equal whenever the whole
request is.
"""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from abzug.edits.assets import load_assets
from abzug.edits.automatic import resolve_automatic, told
from abzug.edits.color.color_pass import changes_colors, color_pass
from abzug.edits.color.profiles import Space, guest_to_working, to_working, working_space
from abzug.edits.decoding.animation import Motion, refuse_too_long
from abzug.edits.decoding.decode import decode, each_frame
from abzug.edits.decoding.editing_process import prepare_process
from abzug.edits.decoding.failures import photo_errors
from abzug.edits.decoding.open import open_photo
from abzug.edits.decoding.photo import Photo
from abzug.edits.encoding.animate import encode_animation
from abzug.edits.encoding.encode import encode
from abzug.edits.formats.sniff import sniff
from abzug.edits.homography import Matrix, Placement, unmoved
from abzug.edits.memory import depth_for, refuse_too_heavy
from abzug.edits.notices import Told
from abzug.edits.on_disk import File
from abzug.edits.operation import (
    GeometryOperation,
    Measure,
    OverlayOperation,
    PixelOperation,
    ReshapingOperation,
    RetouchOperation,
    Stored,
)
from abzug.edits.outputs import Canonical, Output, canonical_outputs, media_type, typed_outputs
from abzug.edits.pixels.arrays import Pixels, in_bits, on_colors, resize, scale, size_of, to_image
from abzug.edits.pixels.buffer import copied
from abzug.edits.pixels.deadline import Deadline
from abzug.edits.plan import At, Edits, Outputs, Plan, of_kind, plan, plan_after_geometry, steps
from abzug.edits.recipe import operations, typed_edits
from abzug.edits.sizes import Size, turned
from abzug.errors import UnreadablePhoto
from abzug.messages import Notice

if TYPE_CHECKING:
    import pyvips

__all__ = ["Edited", "EditedOutput", "Limits", "edit", "header", "prepare_process", "warm_up"]


@dataclass(frozen=True, slots=True)
class Limits:
    max_pixels: int = 300_000_000
    """Of a photo: width × height × frames."""
    time_limit: float = 120.0
    """Seconds for one photo."""
    clock: Callable[[], float] = time.monotonic
    """That they are counted by."""
    raw_previews: bool = True
    """Whether the preview in a RAW that cannot be developed is taken for the photo, with a
    notice."""
    photo_memory: int = 0
    """Bytes that the process should have at most while it edits a photo of more than 8 bits a
    channel (memory.py); 0 is no limit."""
    memory: int = 0
    """Bytes of address space that the process may have, of any photo; 0 is no limit."""


@dataclass(frozen=True, slots=True)
class EditedOutput:
    name: str
    format: str
    media_type: str
    width: int
    height: int
    data: File
    """A mapped file, if it is large."""


@dataclass(frozen=True, slots=True)
class Edited:
    """Results in the order of the outputs asked for, and what the person should know of them."""

    results: list[EditedOutput]
    notices: list[Notice]


@dataclass(frozen=True, slots=True)
class _Job:
    """What every step needs to know."""

    photo: Photo
    edits: Edits
    space: Space
    bits: int
    deadline: Deadline
    measured: dict[str, Any] = field(default_factory=dict)
    """What operations have found, which holds for the frames that follow."""
    moves: dict[str, Matrix] = field(default_factory=dict)
    """Where operations have brought things, in the order of application; those of the size that was
    made last."""

    def placed(self, size: Size) -> Photo:
        """The photo, with metadata that know where things are in the result that was made last,
        which has that size."""
        photo = self.photo
        orientation = photo.orientation if photo.orientation > 1 else photo.metadata.turned
        stored = turned(*photo.size, orientation)
        moved = functools.reduce(lambda whole, one: one @ whole, self.moves.values(), unmoved())
        placement = Placement(moved, orientation, stored, size)
        return replace(photo, metadata=replace(photo.metadata, placement=placement))


def edit(
    data: bytes | memoryview,
    edits: Edits,
    outputs: Canonical,
    *,
    assets: Stored | None = None,
    limits: Limits | None = None,
) -> Edited:
    """Edit a photo. `edits` and `outputs`, at least one, are canonical (canonical_edits,
    canonical_outputs); `assets` holds all that the edits need beside the photo (assets_of).

    Raises PhotoError: the photo cannot be edited so, and never will be. Anything else is a bug.
    """
    limits = limits or Limits()
    deadline = Deadline(limits.time_limit, limits.clock)
    with photo_errors(deadline):
        photo = open_photo(data, max_pixels=limits.max_pixels, previews=limits.raw_previews)
        if "redact" in edits:
            metadata, told = photo.metadata.of_redacted()
            photo = replace(photo, metadata=metadata, notices=[*photo.notices, *told])
        typed, wanted = typed_edits(edits), typed_outputs(outputs)
        depth = depth_for(photo, typed, wanted, limits.photo_memory)
        refuse_too_heavy(photo, typed, wanted, depth.bits, limit=limits.memory)
        if depth.notice:
            photo.notices.append(depth.notice)
        space = working_space(photo.profile, wanted)
        to_photo = functools.partial(guest_to_working, space=space, host=photo.profile)
        loaded = load_assets(typed, assets or {}, to_photo, deadline)
        photo.notices.extend(_shortcomings(loaded))
        job = _balanced(_Job(photo, loaded, space, depth.bits, deadline))
        moving = [output for output in wanted if photo.motion and output.can_move]
        still = [output for output in wanted if output not in moving]
        made = _pictures(job, still) if still else {}
        if photo.motion and moving:
            made |= _animations(job, photo.motion, moving, limits.max_pixels)
        if photo.motion and still:
            photo.notices.append(_first_only(photo.motion, still if moving else []))
    # results that move and others are told alike
    notices = {notice.text: notice for notice in photo.notices}
    return Edited([made[output.name] for output in wanted], [*notices.values()])


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


def _balanced(job: _Job) -> _Job:
    """A RAW is developed for the light that is asked for: then it is balanced as shot."""
    raw, white_balance = job.photo.raw, job.edits.get("white_balance")
    if raw is None or raw.balance is None or white_balance is None:
        return job
    kelvin, tint = as_shot = raw.balance.as_shot
    job.photo.notices.append(Told.as_shot.notice(kelvin=10 * round(kelvin / 10), tint=round(tint)))
    raw = replace(raw, illuminant=white_balance.illuminant(as_shot))
    done = {"white_balance": operations()["white_balance"].neutral}
    return replace(job, photo=replace(job.photo, raw=raw), edits={**job.edits, **done})


def _pictures(job: _Job, outputs: Outputs) -> dict[str, EditedOutput]:
    """The outputs of an ordinary photo, or of an animation's first frame, by name."""
    pixels, planned = _at_photo_size(job, outputs)
    pixels, _ = _at_largest_size(job, pixels)
    sizes = _in_sizes(job, pixels, planned.sizes)
    del pixels  # so that the largest is let go when a smaller one has been made of it
    made = {}
    for size, finished in sizes:
        placed = job.placed(size_of(finished))
        for output in _of_size(size, outputs, planned.sizes):
            job.deadline.check()
            file = encode(finished, output, placed, job.space, job.deadline)
            made[output.name] = _result(output, size_of(finished), file)
    return made


def _animations(
    job: _Job, motion: Motion, outputs: Outputs, max_pixels: int
) -> dict[str, EditedOutput]:
    """The outputs of all frames: each is decoded, edited and let go before the next, and what was
    seen in the first holds for all."""
    photo, planned = job.photo, plan(job.photo.size, job.edits, outputs)
    refuse_too_long(motion, set(planned.sizes), max_pixels)
    frames: dict[Size, list[Pixels]] = defaultdict(list)
    placed: dict[Size, Photo] = {}
    job = replace(job, measured={})  # in full size, which an ordinary photo need not have been
    for frame in each_frame(photo, job.deadline):
        pixels, planned = _at_photo_size(replace(job, photo=frame), outputs, in_full=True)
        pixels, edits = _at_largest_size(job, pixels)
        job = replace(job, edits=edits)
        for size, finished in _in_sizes(job, pixels, planned.sizes):
            frames[size].append(finished)
            placed[size] = job.placed(size_of(finished))
    made = {}
    for output, size in zip(outputs, planned.sizes, strict=True):
        job.deadline.check()
        file = encode_animation(
            frames[size], motion, output, placed[size], space=job.space, deadline=job.deadline
        )
        made[output.name] = _result(output, size_of(frames[size][0]), file)
    return made


def _shortcomings(edits: Edits) -> Iterator[Notice]:
    for operation, value in of_kind(edits, OverlayOperation):
        if operation.notices:
            yield from operation.notices(value)


def _first_only(motion: Motion, outputs: Outputs) -> Notice:
    if not outputs:
        return Told.first_of_frames.notice(frames=motion.frames)
    names = [output.name for output in outputs]
    return Told.first_of_frames_in.notice(frames=motion.frames, outputs=names)


def _at_photo_size(job: _Job, outputs: Outputs, *, in_full: bool = False) -> tuple[Pixels, Plan]:
    """The photo decoded, upright, with what is done in its own size, in the largest size wanted;
    and what sizes there are."""
    photo, deadline = job.photo, job.deadline
    planned = plan(photo.size, job.edits, outputs)
    is_whole = bool(steps(job.edits, At.photo))

    def prepare(image: pyvips.Image) -> pyvips.Image:
        if not is_whole:  # then it need not be in memory as a whole before it has its size
            image = scale(image, turned(*planned.largest, photo.orientation))
        return in_bits(job.bits, to_working(image, photo.profile, job.space))

    shrink = 1 if in_full else planned.shrink
    # kept here under no name, so that each operation's picture is let go when the next one is made
    pixels = _worked(job, At.photo, decode(photo, shrink, prepare, deadline))
    if not planned.is_sure:
        planned = plan_after_geometry(size_of(pixels), job.edits, outputs)
    return resize(pixels, planned.largest, deadline), planned


def _worked(job: _Job, at: At, pixels: Pixels) -> Pixels:
    """What is done in that size by one operation after another."""
    for operation, value in steps(job.edits, at):
        seen = _seen(job, operation, value, pixels)
        if isinstance(operation, ReshapingOperation) and operation.moves:
            job.moves[operation.name] = operation.moves(size_of(pixels), seen)
        pixels = _run(operation, seen, pixels)
        job.deadline.check()
    return pixels


def _seen(job: _Job, operation: PixelOperation, value: Any, pixels: Pixels) -> Any:
    """What is given to `run`: what was found in the photo, of an operation that measures it."""
    if not isinstance(operation, RetouchOperation | GeometryOperation) or not operation.measure:
        return value
    measure, found = operation.measure, job.measured
    if measure.is_of_frame or operation.name not in found:
        found[operation.name] = measure.find(pixels, value)
        job.photo.notices.extend(_told(operation.name, measure, found[operation.name]))
    return found[operation.name]


def _told(operation: str, measure: Measure, found: Any) -> Iterator[Notice]:
    if measure.told:
        yield told(operation, measure.told(found))
    if measure.remarks:
        yield from measure.remarks(found)


def _at_largest_size(job: _Job, pixels: Pixels) -> tuple[Pixels, Edits]:
    """What is done in that size; and the edits, with sliders in place of automatic ones."""
    pixels = _worked(job, At.largest, pixels)
    edits, notices = resolve_automatic(pixels, job.edits)
    job.photo.notices.extend(notices)
    if changes_colors(edits):  # else alpha need not be set apart
        pixels = on_colors(pixels, lambda colors: color_pass(colors, edits))
    return pixels, edits


def _in_sizes(job: _Job, pixels: Pixels, sizes: list[Size]) -> Iterator[tuple[Size, Pixels]]:
    """The finished pixels of each size, the largest first, which the smaller ones are made of."""
    changes = bool(steps(job.edits, At.each))
    for size in sorted(set(sizes), reverse=True):
        pixels = resize(pixels, size, job.deadline)
        is_needed = changes and size != min(sizes)  # a smaller one is to be made from it
        yield size, _worked(job, At.each, copied(pixels) if is_needed else pixels)


def _of_size(size: Size, outputs: Outputs, sizes: list[Size]) -> Outputs:
    return [output for output, its in zip(outputs, sizes, strict=True) if its == size]


def _run(operation: PixelOperation, value: Any, pixels: Pixels) -> Pixels:
    if operation.takes_alpha:
        return operation.run(pixels, value)
    return on_colors(pixels, lambda colors: operation.run(colors, value))


def _result(output: Output, size: Size, file: File) -> EditedOutput:
    return EditedOutput(output.name, output.format, media_type(output.format), *size, file)
