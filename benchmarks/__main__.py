"""`make bench`: every figure of the design against its target, one line each.

`make bench ARGS="queue color"` runs only those parts. A module of this folder that has `figures`
is a part; it yields (name, value, target) or (name, value, target, "at_least" | "at_most").
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator

PARTS = ("queue", "color", "engine", "tracker", "system", "hostile", "cloud")
ENGINE_PARTS = ("rivals", "operations", "cost", "accuracy")
"""`make bench-engine`; not in `make bench`, for they take minutes and want node."""


def lines(part: str) -> Iterator[tuple[str, bool]]:
    """The figure lines of a part, and whether each reaches its target."""
    for name, value, target, *sense in importlib.import_module(f"benchmarks.{part}").figures():
        most = sense == ["at_most"]
        good = value <= target if most else value >= target
        bound = "<=" if most else ">="
        yield f"figure {name} {value:.3g} {bound}{target:g} {'ok' if good else 'short'}", good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS + ENGINE_PARTS))
    collected = []
    for part in parser.parse_args().parts or PARTS:
        print(f"{part} …", file=sys.stderr, flush=True)
        for line, _ in lines(part):
            print(f"  {line}", file=sys.stderr, flush=True)
            collected.append(line)
    print("\n".join(collected))
    return 0


if __name__ == "__main__":
    sys.exit(main())
