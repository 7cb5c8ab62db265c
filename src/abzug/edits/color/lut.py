"""Any number of color operations baked into one 3-D look-up table, applied by OpenColorIO.

One pass then costs the same whatever is set. The table is exact at its nodes and tetrahedral
between them: for usual edits a mean of 0.1 and in 99 % of values less than 1.5 levels of 255, for
strong ones at most 0.4 and 4. It has as many nodes as that takes: see `placement`. A single
operation that is a table keeps its own nodes.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from abzug.edits.color.colorspace import Array, planes
from abzug.edits.color.lut_nodes import in_16_bits, placed
from abzug.edits.color.pixelwise import ColorOperation, chain
from abzug.edits.pixels.arrays import Pixels
from abzug.edits.recipe import operations_of

GRIDS = 49, 65, 97, 129
"""Nodes along an edge, the first for usual edits; OpenColorIO takes no more than 129."""
BLOCK = 16_384
"""Colors a step of baking: their planes stay in the processor's cache."""

Settings = tuple[tuple[str, Any], ...]


class Lut:
    """A baked color change. May be shared between threads; `apply` holds no lock of Python's."""

    def __init__(self, nodes: npt.NDArray[np.uint16] | Array, shaper: Array | None):
        """nodes: (N, N, N, 3) by red, green, blue, of 65,535 or, of floats, of 1. shaper: the curve
        before them, or one for each channel (M, 3), or None."""
        self.nodes = nodes
        self.shaper = shaper
        self._processors: dict[tuple[Any, Any], Any] = {}

    def apply(self, pixels: Pixels) -> None:
        """Change pixels of shape (H, W, 3), C-contiguous, in place."""
        self._from(pixels, pixels).apply(_packed(pixels))

    def apply_to(self, light: Array, pixels: Pixels) -> None:
        """Read `light`, float32 (H, W, 3), 0..1, C-contiguous; write `pixels` of the same shape."""
        self._from(light, pixels).apply(_packed(light), _packed(pixels))

    def _from(self, source: npt.NDArray[Any], target: Pixels) -> Any:
        """OpenColorIO's processor between these kinds of numbers, made once."""
        kinds = source.dtype, target.dtype
        if kinds not in self._processors:
            self._processors[kinds] = self._processor(_depth(source), _depth(target))
        return self._processors[kinds]

    def _processor(self, source: Any, target: Any) -> Any:
        ocio = _ocio()
        table = ocio.Lut3DTransform(len(self.nodes))
        table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
        one = 65535 if self.nodes.dtype == np.uint16 else 1
        table.setData(self.nodes.ravel().astype(np.float32) / np.float32(one))
        both = ocio.GroupTransform()
        if self.shaper is not None:
            curve = ocio.Lut1DTransform(len(self.shaper), inputHalfDomain=False)
            each = np.broadcast_to(self.shaper.T, (3, len(self.shaper))).T
            curve.setData(each.astype(np.float32).ravel())
            both.appendTransform(curve)
        both.appendTransform(table)
        # A configuration of its own: a shared one would keep every table it has ever seen.
        processor = ocio.Config.CreateRaw().getProcessor(both)
        return processor.getOptimizedCPUProcessor(source, target, ocio.OPTIMIZATION_DEFAULT)


def bake(edits: Mapping[str, Any], grids: Sequence[int] = GRIDS) -> Lut | None:
    """The color operations among typed edits as one table; None if they change nothing.

    grids: how many nodes it may have along an edge, from few to many. The values of the edits have
    to be hashable: equal ones are baked once, as a job's photos share them.
    """
    settings = color_settings(edits)
    return _bake(settings, tuple(grids)) if settings else None


def color_settings(edits: Mapping[str, Any]) -> Settings:
    """The color operations that do something, with their values, in the order of application."""
    return tuple(
        (name, edits[name])
        for name, op in operations_of(ColorOperation).items()
        if edits.get(name, op.neutral) != op.neutral
    )


def exact(rgb: Array, settings: Settings) -> Array:
    """What the table stands for: the operations themselves on encoded RGB (..., 3), 0..1."""
    known = operations_of(ColorOperation)
    return chain(rgb, [(known[name].run, value) for name, value in settings])


@functools.lru_cache(maxsize=4)  # of 1 MB, for the strongest edits 50: several owners' jobs in turn
def _bake(settings: Settings, grids: tuple[int, ...]) -> Lut:
    if len(settings) == 1:
        [(name, value)] = settings
        if own := operations_of(ColorOperation)[name].own_table(value):
            return Lut(own.nodes, own.shaper)
    change = functools.partial(exact, settings=settings)
    placement = placed(change, grids)
    axis, shape = placement.nodes(), (placement.grid,) * 3
    table = np.empty((placement.grid**3, 3), np.uint16)
    for start in range(0, len(table), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(table)))
        table[block] = in_16_bits(change(planes([axis[i] for i in np.unravel_index(block, shape)])))
    return Lut(table.reshape(*shape, 3), placement.curve)


def _packed(pixels: npt.NDArray[Any]) -> Any:
    """The pixels as OpenColorIO wants them.

    It looks at nothing but the address: it would write past the end of a view with gaps, and into
    memory that others believe constant.
    """
    good = pixels.flags.c_contiguous and pixels.flags.writeable
    if not good or pixels.ndim != 3 or pixels.shape[2] != 3:
        msg = "pixels must be (H, W, 3), C-contiguous and writable"
        raise ValueError(msg)
    size, (height, width, channels) = pixels.itemsize, pixels.shape
    strides = size, size * channels, size * channels * width
    depth = _depth(pixels)
    return _ocio().PackedImageDesc(pixels, width, height, channels, depth, *strides)


def _depth(pixels: npt.NDArray[Any]) -> Any:
    """What OpenColorIO calls this kind of numbers."""
    ocio = _ocio()
    names = {"uint8": "UINT8", "uint16": "UINT16", "float32": "F32"}
    if pixels.dtype.name not in names:
        msg = f"pixels must be uint8, uint16 or float32, not {pixels.dtype.name}"
        raise ValueError(msg)
    return getattr(ocio, f"BIT_DEPTH_{names[pixels.dtype.name]}")


def _ocio() -> Any:
    """OpenColorIO, late: the web process knows the operations and never applies one."""
    import PyOpenColorIO

    return PyOpenColorIO
