"""How benchmarks measure: CPU seconds, in turn, and a process's peak of memory."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turn(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """CPU seconds of each, the median of several rounds in which each has its turn.

    So that a busy machine, which makes everything slower for a while, does so to all of them.
    """
    for work in works.values():
        work()
    taken = [{name: cpu(work) for name, work in works.items()} for _ in range(rounds)]
    return {name: statistics.median(one[name] for one in taken) for name in works}


def peak_mib() -> float:
    """The most memory that this process ever had.

    Linux hands the peak of `getrusage` down from the process that started it; VmHWM is our own.
    """
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
