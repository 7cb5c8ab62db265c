"""`make heap`: whether a result shows what was in memory before; exits 1 if one does.

Damaged photos of every format are edited twice in one process, whose memory is filled with another
pattern before each time. Whatever a decoder leaves unwritten shows as a difference.

`python -m trials.heap --count 20000 --seed 7` tries other damage.
"""

from __future__ import annotations

import argparse
import ctypes
import sys
from collections import Counter
from collections.abc import Iterator

from tests.support.computed_photos import photo_folder
from tests.support.fuzz.cases import make_case
from tests.support.fuzz.sources import sources
from tests.support.hostile import hostile_files

from abzug.edits import engine
from abzug.edits.outputs import canonical_outputs
from abzug.errors import PhotoError

PATTERNS = 0x35, 0xCA
_BLOCKS, _SIZE = (2**24, 2**20, 2**17, 2**14), 16 * 2**20
"""Bytes that are filled, of each size of blocks: more than all that a case's decoder takes."""
_MMAP_THRESHOLD, _TRIM_THRESHOLD, _ARENA_MAX = -3, -1, -8
"""Of mallopt(3)."""
_LIMITS = engine.Limits(max_pixels=2_000_000, time_limit=20)


def cases(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Name and file: those that lack what they declare, and `count` that are damaged at random."""
    yield from hostile_files()
    files = sources(photo_folder())
    for number in range(count):
        case = make_case(f"{seed}:{number}", files)
        yield f"{case.seed} {case.source}: {case.change}", case.data


def keep_memory() -> None:
    """What is given back stays with the process, and is handed out again, large pieces too."""
    libc = ctypes.CDLL(None)
    for option, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, 2**30), (_TRIM_THRESHOLD, 2**30)):
        libc.mallopt(option, value)


def fill_memory(pattern: int) -> None:
    """Blocks large and small: a decoder's come from whichever of them is free."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    sizes = [size for size in _BLOCKS for _ in range(_SIZE // size)]
    blocks = [libc.malloc(ctypes.c_size_t(size)) for size in sizes]
    for block, size in zip(blocks, sizes, strict=True):
        libc.memset(block, pattern, size)
    for block in blocks:
        libc.free(block)


def outcome(data: bytes) -> bytes | str:
    """The pixels as a PNG has them; or what was wrong."""
    try:
        edited = engine.edit(data, {}, _OUTPUTS, limits=_LIMITS)
    except PhotoError as error:
        return error.code
    return bytes(edited.results[0].data)


_OUTPUTS = canonical_outputs([{"format": "png", "metadata": "strip"}], max_outputs=1)


def leaks(data: bytes) -> tuple[bool, bytes | str]:
    """Whether the result depends on what was in memory; and what it was."""
    found = []
    for pattern in PATTERNS:
        fill_memory(pattern)
        found.append(outcome(data))
    return found[0] != found[1], found[0]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=3000, help="cases (3000)")
    parser.add_argument("--seed", type=int, default=1, help="other seeds, other cases (1)")
    given = parser.parse_args()
    keep_memory()
    engine.prepare_process(0)
    found, outcomes = 0, Counter[str]()
    for name, data in cases(given.count, given.seed):
        is_leak, result = leaks(data)
        outcomes[result if isinstance(result, str) else "edited"] += 1
        if is_leak:
            found += 1
            print(f"leak: {name}", flush=True)
    print(f"{outcomes.total()} cases: {dict(outcomes)}; {found} show what was in memory")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
