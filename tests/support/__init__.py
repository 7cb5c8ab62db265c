"""What tests, trials and benchmarks are made of: services to start, files to make, conditions to
wait for. No test stands here, and nothing here may import one."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""
SHARED_PHOTOS = ROOT.parent / "shared" / "photos"
SHARED_PRESETS = ROOT.parent / "shared" / "presets"
"""Real photos and presets, which are not a part of it: without them computed ones do."""
