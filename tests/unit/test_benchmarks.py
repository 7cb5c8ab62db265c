"""What the benchmarks go by; their figures are no tests."""

from __future__ import annotations

import pytest
from benchmarks import dear

from abzug.edits.recipe import canonical_edits, operations


@pytest.mark.parametrize("name", operations())
def test_each_dear_setting_of_an_operation_is_measured_once_and_does_something(name: str) -> None:
    edits = [canonical_edits({name: value}) for value in dear.values(operations()[name])]

    assert all(edits)
    assert all(one not in edits[:at] for at, one in enumerate(edits))
