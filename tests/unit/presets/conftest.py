"""Presets of several makers, and those that stand in for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import SHARED_PRESETS
from tests.support.preset_files import COMPUTED, xmp


@pytest.fixture(
    scope="session", params=["computed", "real"] if SHARED_PRESETS.is_dir() else ["computed"]
)
def presets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of presets: computed ones, and also the real ones where they are."""
    if request.param == "real":
        return SHARED_PRESETS
    folder = tmp_path_factory.mktemp("presets")
    for name, properties in COMPUTED.items():
        (folder / f"{name}.xmp").write_bytes(xmp(properties))
    return folder
