"""Real presets, beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import missing
from tests.support import SHARED_PHOTOS


@pytest.fixture(scope="session")
def presets() -> Path:
    folder = SHARED_PHOTOS.parent / "presets"
    if not folder.is_dir():
        missing("the real presets (../shared/presets)")
    return folder
