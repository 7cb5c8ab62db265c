"""`make heap` in short: no result shows what was in memory, and it would be seen if one did."""

from __future__ import annotations

import subprocess
import sys

import pytest

UNGUARDED = """
import contextlib
from abzug.edits.raw import develop
develop.filled_heap = lambda _: contextlib.nullcontext()
develop._lacks_samples = lambda _: False
develop.lossy_pieces = lambda _: ()
"""
RUN = """
import sys
from trials import heap
sys.argv[1:] = {arguments}
sys.exit(heap.main())
"""


def heap(*arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """In a process of its own, whose memory it fills."""
    code = before + RUN.format(arguments=list(arguments))
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )


def test_no_result_shows_what_was_in_memory() -> None:
    done = heap("--count", "150")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("; 0 show what was in memory\n")


@pytest.mark.skipif(sys.platform != "linux", reason="malloc is not glibc's")
def test_it_is_seen_where_a_decoder_is_not_guarded() -> None:
    done = heap("--count", "0", before=UNGUARDED)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "leak: lines of 0.3.dng" in done.stdout
