"""What tests, trials and benchmarks are made of: services to start, files to make, conditions to
wait for. No test stands here, and nothing here may import one."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""
SHARED_PHOTOS = ROOT.parent / "shared" / "photos"
"""Real photos, which are not a part of it."""
