"""The whole system for the acceptance tests, on the backends that ABZUG_TEST_BACKENDS names.

`embedded`, the default, or `cloud`: SQS, S3 and PostgreSQL, all of them stand-ins on loopback.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.cloud import cloud_settings
from tests.support.service import RunningService


@pytest.fixture(scope="module")
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    home = tmp_path_factory.mktemp("service") / "home"
    settings: dict[str, Any] = {}
    if os.environ.get("ABZUG_TEST_BACKENDS") == "cloud":
        ministack, postgres = (request.getfixturevalue(name) for name in ("ministack", "postgres"))
        settings = cloud_settings(ministack, postgres, home)
    with RunningService(home, visibility_timeout=5, **settings) as running:
        yield running
