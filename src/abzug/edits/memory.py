"""What editing a photo takes of memory, foretold before any of it is decoded.

It follows the plan that the engine works by, with shares that `python -m benchmarks.memory`
measures: `PixelOperation.holds`, and the constants here.
"""

from __future__ import annotations

from dataclasses import dataclass

from abzug.edits.decoding.photo import Photo
from abzug.edits.notices import Told
from abzug.edits.on_disk import is_mapped
from abzug.edits.operation import Stage
from abzug.edits.pixels.vips_fields import field
from abzug.edits.plan import At, Edits, Outputs, Plan, Steps, of_stages, plan, steps
from abzug.edits.sizes import Size
from abzug.errors import EditOutOfMemory
from abzug.messages import Notice

MIB = 2**20
PROCESS = 105 * MIB
"""Resident of an editing process without a photo."""
ADDRESSES = 800 * MIB
"""Bytes of address space of the same: most of it are libraries that are never looked at."""
ROWS = 1200
"""Rows of the photo that decoding and the work in strips hold, all together."""
DEVELOPING, DEVELOPING_HALF = 16.0, 5.5
"""Bytes a pixel of the sensor that LibRaw holds: what was counted, four colors, and the picture."""
DEVELOPED = 6
"""Bytes a pixel of the picture that is left of that, and that the frame is read from."""
MORE_TO_DEVELOP = 1.5
"""Times the budget that LibRaw may take, for the moment: else the RAW of 45 megapixels of an
ordinary camera would be refused."""
_SHOWING = (Stage.denoise, Stage.automatic, Stage.light, Stage.color, Stage.detail)
"""What may spread colors so far that one sees the steps of 8 bits."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How many bits a channel a photo is edited in, and what the person should know of that."""

    bits: int
    notice: Notice | None = None


def depth_for(photo: Photo, edits: Edits, outputs: Outputs, budget: int) -> Depth:
    """16 bits for a photo that has them, where a result could show them and they fit in `budget`
    bytes (0: any number); else 8.

    Raises EditOutOfMemory where a result is to have 16 bits that do not fit, and for a RAW that
    cannot be developed in that memory. What has 8 bits is never refused here.
    """
    if photo.image.format != "ushort" and photo.raw is None:
        return Depth(8)
    if photo.raw and budget and _developing(photo, edits, outputs) > MORE_TO_DEVELOP * budget:
        raise _undevelopable(photo, _developing(photo, edits, outputs), budget)
    deep = [output.name for output in outputs if output.keeps_16_bits]
    if not deep and not of_stages(edits, _SHOWING):
        return Depth(8)
    needed = resident(photo, edits, outputs, 16)
    if not budget or needed <= budget:
        return Depth(16)
    if not deep:
        return Depth(8, Told.in_8_bits.notice(megapixels=round(_megapixels(photo))))
    raise EditOutOfMemory(
        f"{_size(photo)} in 16 bits, for {', '.join(deep)}, take {_gib(needed)} of memory so, at "
        f"most {_gib(budget)}.",
        advice="Ask for JPEG or for bit_depth 8, set a smaller max_side, or leave out edits that "
        "turn or frame the photo.",
    )


def refuse_too_heavy(
    photo: Photo, edits: Edits, outputs: Outputs, bits: int, *, limit: int
) -> None:
    """Raise EditOutOfMemory for what needs more than `limit` bytes of address space (0: no
    limit)."""
    file = len(photo.data) if is_mapped(photo.data) else 0
    needed = ADDRESSES - PROCESS + file + resident(photo, edits, outputs, bits)
    if photo.raw:
        needed = max(needed, ADDRESSES - PROCESS + file + _developing(photo, edits, outputs))
    if limit and needed > limit:
        raise EditOutOfMemory(
            f"{_size(photo)} of {bits} bits need at least {_gib(needed)} of memory so, at most "
            f"{_gib(limit)}."
        )


def resident(photo: Photo, edits: Edits, outputs: Outputs, bits: int) -> int:
    """The most memory that the process has at a time while it edits the photo in that depth, once
    a RAW is developed."""
    planned = plan(photo.size, edits, outputs)
    pixel = (4 if photo.image.hasalpha() else 3) * bits // 8
    return round(PROCESS + _source(photo, planned) + pixel * _most_pixels(photo, edits, planned))


def _source(photo: Photo, planned: Plan) -> float:
    """Bytes of what the photo is decoded from."""
    width, height = photo.size
    if photo.raw:
        return DEVELOPED * _area(photo.size) / (4 if planned.shrink > 1 else 1)
    stored = photo.image.bands * (2 if photo.image.format == "ushort" else 1)
    whole = photo.format.is_decoded_whole or field(photo.image, "interlaced", 0)
    file = 0 if is_mapped(photo.data) else len(photo.data)
    return file + stored * width * (height if whole else min(height, ROWS))


def _developing(photo: Photo, edits: Edits, outputs: Outputs) -> int:
    """The most memory of the process while LibRaw develops the photo."""
    is_half = plan(photo.size, edits, outputs).shrink > 1
    each = DEVELOPING_HALF if is_half else DEVELOPING
    return round(PROCESS + len(photo.data) + each * _area(photo.size))


def _most_pixels(photo: Photo, edits: Edits, planned: Plan) -> float:
    """The most pixels that are held at a time."""
    moves = steps(edits, At.photo)
    shrink = photo.reduction(planned.shrink)
    decoded = (photo.size[0] // shrink, photo.size[1] // shrink)
    moved, size = _worked(moves, decoded if moves else planned.largest)
    resized = 0 if size == planned.largest else _area(planned.largest)
    at_largest, _ = _worked(steps(edits, At.largest), planned.largest)
    peaks = [moved, _area(size) + resized, at_largest]
    last = steps(edits, At.each)
    sizes = sorted(set(planned.sizes))
    for size, smaller in zip(sizes[::-1], [*sizes[-2::-1], None], strict=True):
        finished, _ = _worked(last, size)
        # a smaller output is made of a copy without the last steps
        copy = _area(size) if last and smaller else 0
        peaks += [copy + finished, _area(size) + (_area(smaller) if smaller else 0)]
    return max(peaks)


def _worked(all_steps: Steps, size: Size) -> tuple[float, Size]:
    """The most pixels held while the steps are done one after another, and the size after them."""
    most: float = _area(size)
    for operation, value in all_steps:
        after = operation.size_after(size, value)
        small, large = sorted([_area(size), _area(after)])
        most, size = max(most, large + operation.holds * small), after
    return most, size


def _undevelopable(photo: Photo, needed: int, budget: int) -> EditOutOfMemory:
    return EditOutOfMemory(
        f"{_size(photo)} of a RAW take {_gib(needed)} of memory to be developed in full, at most "
        f"{_gib(MORE_TO_DEVELOP * budget)}.",
        advice=f"Set max_side to {max(photo.size) // 2:,} or less: then it is developed at half "
        "its size.",
    )


def _size(photo: Photo) -> str:
    return f"{_megapixels(photo):,.0f} megapixels"


def _megapixels(photo: Photo) -> float:
    return _area(photo.size) / 1e6


def _gib(amount: float) -> str:
    return f"{amount / 2**30:.1f} GiB"


def _area(size: Size) -> int:
    return size[0] * size[1]
