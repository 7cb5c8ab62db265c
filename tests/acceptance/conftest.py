"""The whole system for the acceptance tests, on the backends that ABZUG_TEST_BACKENDS names.

`embedded`, the default, or `cloud`: SQS, S3 and PostgreSQL, all of them stand-ins on loopback.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.cloud import cloud_settings
from tests.service import Service


@pytest.fixture(scope="module")
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("service") / "home"
    settings: dict[str, str] = {}
    if os.environ.get("ABZUG_TEST_BACKENDS") == "cloud":
        ministack, postgres = (request.getfixturevalue(name) for name in ("ministack", "postgres"))
        settings = cloud_settings(ministack, postgres, home)
    with Service(home, visibility_timeout=5, **settings) as running:
        yield running
