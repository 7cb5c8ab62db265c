"""The photo stores that the contract is held against: a new one is one more entry in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from abzug.backends import connect_store
from abzug.settings import Settings
from abzug.stores.base import Store


def file(home: Path, _request: pytest.FixtureRequest) -> Store:
    found: Store = connect_store(Settings(home=home))
    return found


def s3(home: Path, request: pytest.FixtureRequest) -> Store:
    url: str = request.getfixturevalue("bucket")
    found: Store = connect_store(Settings(home=home, store_url=url))
    return found


BACKENDS: dict[str, Callable[[Path, pytest.FixtureRequest], Store]] = {"file": file, "s3": s3}
"""Each opens an empty store, for which there is a home folder."""
