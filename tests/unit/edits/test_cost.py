"""The predicted cost: of the right order, never absurd, and complete."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import measure_costs
from tools.showcase import shown_values

from abzug.edits import cost
from abzug.edits.cost import Piece, cost_table, predicted_seconds
from abzug.edits.outputs import FormatName, canonical_outputs, typed_outputs
from abzug.edits.recipe import canonical_edits, operations

PLAIN = {"format": "jpeg"}
SHOWN = [(op.name, value) for op in operations().values() for value in shown_values(op)]
# the web process predicts and must stay small: it loads what it needs of numpy and nothing else
LOADED = """
import sys
from abzug.edits.cost import predicted_seconds
from abzug.edits.outputs import FormatName, canonical_outputs
predicted_seconds("image/jpeg", (40, 30), {"redact": {"faces": True}, "crop": {"aspect": "1:1"}},
                  canonical_outputs(None, max_outputs=1))
print(*sorted({"pyvips", "cv2", "PIL", "PyOpenColorIO", "pillow_heif", "rawpy"} & set(sys.modules)))
"""


def predicted(
    size: tuple[int, int] = (4000, 3000),
    edits: dict[str, Any] | None = None,
    *outputs: dict[str, Any],
    media_type: str = "image/jpeg",
) -> float:
    named = [{"name": f"o{n}", **output} for n, output in enumerate(outputs or [PLAIN])]
    wanted = canonical_outputs(named, max_outputs=16)
    return predicted_seconds(media_type, size, canonical_edits(edits or {}), wanted)


def test_every_operation_that_can_be_shown_was_measured() -> None:
    missing = measure_costs.shown().keys() - cost_table().operations.keys()

    assert not missing, f"make generated (it measures {missing})"


def test_nothing_was_measured_that_is_gone() -> None:
    gone = cost_table().operations.keys() - operations().keys()

    assert not gone, f"make generated (it drops {gone})"


def test_what_is_gone_is_dropped_and_only_what_is_new_is_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    raw = json.loads(measure_costs.FILE.read_bytes())
    whole = measure_costs.text(raw)
    gamma = raw["operations"].pop("gamma")
    raw["operations"]["what_was"] = [1.0, 1.0]
    file = tmp_path / "table.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    monkeypatch.setattr(measure_costs, "FILE", file)
    monkeypatch.setattr(measure_costs, "prepare", lambda: None)
    monkeypatch.setattr(measure_costs, "yardstick", lambda: raw["yardstick"])
    monkeypatch.setattr(measure_costs, "typical", lambda *_: gamma)

    assert measure_costs.complete() == whole


def test_an_operation_that_was_not_measured_costs_what_those_of_its_stage_cost() -> None:
    pieces = {"exposure": Piece(0.0, 1.0), "contrast": Piece(2.0, 3.0), "blur": Piece(7.0, 7.0)}
    table = replace(cost_table(), operations=pieces)

    assert table.operation(operations()["gamma"]) == Piece(1.0, 2.0)


def test_without_any_of_its_stage_it_costs_what_all_cost() -> None:
    table = replace(cost_table(), operations={"exposure": Piece(1, 1), "blur": Piece(3, 5)})

    assert table.operation(operations()["crop"]) == Piece(2, 3)


@pytest.mark.parametrize(("name", "value"), SHOWN)
def test_an_edit_is_never_free_and_never_costs_minutes(name: str, value: Any) -> None:
    assert 0 < predicted((4000, 3000), {name: value}) < 5


@given(
    width=st.integers(1, 20_000),
    height=st.integers(1, 20_000),
    more=st.integers(0, 20_000),
    shown=st.sampled_from([shown for shown in SHOWN if shown[0] != "resize"]),
)
def test_more_pixels_never_cost_less(
    width: int, height: int, more: int, shown: tuple[str, Any]
) -> None:
    edits = dict([shown])

    assert predicted((width, height + more), edits) >= predicted((width, height), edits) - 1e-3


@given(st.lists(st.sampled_from([400, 800, 2048, None]), min_size=1, max_size=5))
def test_more_outputs_cost_more(sides: list[int]) -> None:
    outputs = [{"format": "webp", "max_side": side} for side in sides]

    fewer = predicted((4000, 3000), {"exposure": 1}, *outputs)
    more = predicted((4000, 3000), {"exposure": 1}, *outputs, {"format": "webp", "max_side": 400})

    assert more > fewer


def test_twenty_colors_are_one_pass_but_two_details_are_two() -> None:
    color = {"exposure": 1, "contrast": 20, "vibrance": 30, "saturation": 10}
    one, many = predicted(edits={"exposure": 1}), predicted(edits=color)
    texture, sharp = (
        predicted(edits={"texture": 50}),
        predicted(edits={"sharpening": {"amount": 9}}),
    )
    both = predicted(edits={"texture": 50, "sharpening": {"amount": 9}})

    assert many < 1.5 * one
    assert both == pytest.approx(texture + sharp - predicted(), abs=1e-3)


def test_an_animation_costs_as_many_pictures_as_it_has_where_the_result_moves_else_one() -> None:
    edits = canonical_edits({"sharpening": {"amount": 40}})

    def costs(frames: int, *forms: str) -> float:
        wanted = [{"name": form, "format": form} for form in forms]
        outputs = canonical_outputs(wanted, max_outputs=4)
        return predicted_seconds("image/gif", (800, 600), edits, outputs, frames=frames)

    assert costs(20, "gif") == pytest.approx(20 * costs(1, "gif"), rel=0.02)
    assert costs(20, "jpeg") == costs(1, "jpeg")
    assert costs(20, "gif", "jpeg") == pytest.approx(costs(20, "gif") + costs(1, "jpeg"), rel=0.02)


def test_a_small_result_of_a_jpeg_is_cheaper_than_of_a_png() -> None:
    small = {"format": "jpeg", "max_side": 400}

    assert predicted((4000, 3000), {}, small) < predicted(
        (4000, 3000), {}, small, media_type="image/png"
    )


def test_what_is_cut_away_costs_nothing_more() -> None:
    crop = {"crop": {"x": 0.4, "y": 0.4, "width": 0.1, "height": 0.1}}

    assert predicted(edits=crop | {"noise_reduction": 50}) < predicted(
        edits={"noise_reduction": 50}
    )


def test_a_file_within_a_limit_is_encoded_several_times_unless_it_loses_nothing() -> None:
    limit = {"max_bytes": 100_000}

    assert predicted((4000, 3000), {}, {"format": "avif"} | limit) > 2 * predicted(
        (4000, 3000), {}, {"format": "avif"}
    )
    assert predicted((4000, 3000), {}, {"format": "png"} | limit) == predicted(
        (4000, 3000), {}, {"format": "png"}
    )


@pytest.mark.parametrize("form", get_args(FormatName))
@pytest.mark.parametrize("quality", [50, 95])
@pytest.mark.parametrize("option", [{}, {"lossless": True}, {"progressive": True}])
def test_every_encoding_was_measured(form: str, quality: int, option: dict[str, Any]) -> None:
    possible = not (form in {"jpeg", "gif"} and "lossless" in option) and (
        form == "jpeg" or "progressive" not in option
    )
    output = {"format": form, "quality": quality} | (option if possible else {})
    [wanted] = typed_outputs([output])

    assert cost_table().encode[cost.encoding(wanted)] > 0


@pytest.mark.parametrize("media_type", ["image/what-comes-next", ""])
def test_an_unknown_format_is_held_for_the_dearest(media_type: str) -> None:
    known = [predicted(media_type=known) for known in cost_table().decode]

    assert predicted(media_type=media_type) == pytest.approx(max(known))


@pytest.mark.parametrize("size", [(1, 1), (10**6, 10**6), (1, 10**9)])
def test_the_cost_is_bounded_whatever_the_size(size: tuple[int, int]) -> None:
    seconds = predicted(size, {"noise_reduction": 100, "texture": 100}, PLAIN, PLAIN)

    assert cost.LEAST <= seconds <= cost.MOST
    assert math.isfinite(seconds)


def test_predicting_loads_no_library_that_decodes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""


def test_the_table_is_what_the_command_writes() -> None:
    raw = json.loads((resources.files("abzug.edits") / cost.TABLE).read_text("utf-8"))

    assert measure_costs.FILE.read_text(encoding="utf-8") == measure_costs.text(raw), (
        "make generated"
    )
    assert raw.keys() == set(cost.Table.__dataclass_fields__)
    assert raw["yardstick"] > 0
