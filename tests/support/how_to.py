"""Follows a how-to of docs/how-to to the letter, in a copy of the repository.

A block of code below a line like "`src/abzug/queues/memory.py`:" is that file, or where there is
one, comes at its end; below "`FILE`, below `WORDS`:" it comes after the first line with these.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

_STEP = re.compile(
    r"^`(?P<path>[\w./-]+)`(?:, below `(?P<words>[^`\n]+)`)?:\n\n```\w+\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COPIED = ("src", "tests", "benchmarks", "tools", "trials", "docs", "pyproject.toml")


def follow(page: str, clone: Path) -> list[str]:
    """Make `clone` and do there what the page says; gives the files that were touched."""
    clone.mkdir()
    for name in _COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, clone / name)
    steps = list(_STEP.finditer((ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")))
    for step in steps:
        _do(clone / step["path"], step["code"], step["words"])
    return [step["path"] for step in steps]


def _do(file: Path, code: str, words: str | None) -> None:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if words:
        head, found, tail = text.partition(words)
        assert found, f"{file.name} has no line with {words}"
        rest_of_line, end, tail = tail.partition("\n")
        text = head + found + rest_of_line + end + code + tail
    else:
        text += "\n\n" * bool(text) + code
    file.write_text(text, encoding="utf-8")


def run_tests(clone: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", *arguments],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
