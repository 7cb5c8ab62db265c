"""Abzug's engine beside others: CPU seconds and peak memory for a photo. `make bench-engine`

Job A: 12 megapixels → 1600 px, tone and sharpening, JPEG 80. B: ten color operations (others: what
they have) and sharpening at full size, JPEG 90. C: 24 megapixels → 2048, 1600, 800, 400, 200 px,
each as WebP and JPEG. Each engine runs in a process of its own, all in turn.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import photos

ROUNDS = 3
MEGAPIXELS = {"a": 12, "b": 12, "c": 24}
TARGETS = {
    ("a", "sharp_stock"): 2.2,
    ("a", "pillow"): 2.7,
    ("b", "sharp_stock"): 1.7,
    ("c", "sharp_stock"): 1.5,
    **{(job, "sharp_tuned"): 1 / 1.1 for job in MEGAPIXELS},
}
"""How many times the CPU seconds of Abzug they should take at least."""
HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "sharp"

Figure = tuple[str, float, float, str]


def figures() -> Iterator[Figure]:
    sharp = install_sharp()
    with tempfile.TemporaryDirectory(prefix="abzug-bench-") as folder:
        for job, megapixels in MEGAPIXELS.items():
            file = Path(folder) / f"{job}.jpg"
            file.write_bytes(photos.jpeg(photos.PHONE, megapixels))
            yield from of_job(job, file, sharp=sharp)


def of_job(job: str, file: Path, *, sharp: bool) -> Iterator[Figure]:
    """The ratios that have a target; all figures go to standard error."""
    python = [sys.executable, "-m", "benchmarks.rival"]
    commands = {name: [*python, name, job, str(file)] for name in ("abzug", "libvips", "pillow")}
    if sharp:
        for mode in ("stock", "tuned"):
            script = ["node", str(HERE / "sharp.mjs"), str(CACHE)]
            commands[f"sharp_{mode}"] = [*script, mode, job, str(file)]
    rounds = [{name: run(command) for name, command in commands.items()} for _ in range(ROUNDS)]
    ours = statistics.median(one["abzug"]["cpu"] for one in rounds)
    for name in commands:
        cpu = statistics.median(one[name]["cpu"] for one in rounds)
        mib = statistics.median(one[name]["mib"] for one in rounds)
        version = rounds[0][name]["version"]
        words = f"{name} {version}: {cpu:.3f} s, {mib:.0f} MiB, {cpu / ours:.2f} × ours"
        print(f"  job {job.upper()}  {words}", file=sys.stderr, flush=True)
        if target := TARGETS.get((job, name)):
            ratio = statistics.median(one[name]["cpu"] / one["abzug"]["cpu"] for one in rounds)
            yield f"engine_job_{job}_vs_{name}", ratio, target, "at_least"


def run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def install_sharp() -> bool:
    """Have npm put sharp into our cache; if there is no node, say so and go without."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        print(f"  without sharp: no {missing[0]} here", file=sys.stderr)
        return False
    if not (CACHE / "node_modules" / "sharp").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(CACHE), "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(["npm", "install", *options, "sharp"], stdout=sys.stderr).returncode:
            print("  without sharp: npm could not install it", file=sys.stderr)
            return False
    return True
