"""The passes are said once: what the engine, cost and memory walk is all that there is to do."""

from __future__ import annotations

from abzug.edits.operation import PixelOperation, Stage
from abzug.edits.plan import PASSES, At, steps
from abzug.edits.recipe import operations


def test_each_stage_has_its_pass_and_they_are_in_their_order() -> None:
    assert [stage for one in PASSES for stage in one.stages] == list(Stage)


def test_what_has_pixels_to_itself_is_a_pass_of_its_own() -> None:
    shared = {stage for one in PASSES if one.is_one for stage in one.stages}

    for operation in operations().values():
        assert (operation.stage in shared) is not isinstance(operation, PixelOperation)


def test_each_operation_is_done_in_one_size() -> None:
    edits = {name: operation.neutral for name, operation in operations().items()}

    done = [operation.name for at in At for operation, _ in steps(edits, at)]

    assert done == [name for name, op in operations().items() if isinstance(op, PixelOperation)]
