"""The API keeps to what its OpenAPI description says, whatever it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from tests.web_server import WebServer


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with WebServer(tmp_path_factory.mktemp("web")) as web:
        yield web


@pytest.fixture(scope="module")
def api(web: WebServer) -> Any:
    schema = schemathesis.openapi.from_url(f"{web.url}/openapi.json")
    return schema.exclude(path="/v1/events")  # it never ends


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_call_answers_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate()
