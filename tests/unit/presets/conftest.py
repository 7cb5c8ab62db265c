"""Real presets, beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import PHOTOS, missing


@pytest.fixture(scope="session")
def presets() -> Path:
    folder = PHOTOS.parent / "presets"
    if not folder.is_dir():
        missing("the real presets (../shared/presets)")
    return folder
