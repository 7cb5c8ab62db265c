"""The API keeps to what its OpenAPI description says, whatever it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.support.web_server import WebServer

FEW = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with WebServer(tmp_path_factory.mktemp("web")) as web:
        yield web


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_call_answers_as_described(web: WebServer, mode: GenerationMode) -> None:
    load_all_checks()
    schema = schemathesis.openapi.from_url(f"{web.url}/openapi.json")
    schema.validate()
    found = [*schema.get_all_operations()]
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found)
    asked = [op for op in operations if op.path != "/v1/events"]  # which never ends
    if mode is GenerationMode.NEGATIVE:
        asked = [op for op in asked if op.definition.raw.keys() & {"parameters", "requestBody"}]
    assert len(asked) >= 15

    for operation in asked:

        @FEW
        @given(case=operation.as_strategy(mode))
        def answers_as_described(case: schemathesis.Case[Any]) -> None:
            # photos that do not exist and bodies that are no photo are rightly refused
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        answers_as_described()
