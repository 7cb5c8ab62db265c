"""The example of docs/how-to/add-an-operation.md: one file, and every part knows the operation."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

PAGE = ROOT / "docs" / "how-to" / "add-an-operation.md"
PROGRAM = """
import json, sys
import numpy as np
import abzug.edits.operations as package
package.__path__.append(sys.argv[1])
from abzug.cli import recipe
from abzug.edits.color.color_pass import color_pass
from abzug.edits.recipe import canonical_edits, edits_schema, typed_edits
from tests.support import ROOT
pixels = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
faded = color_pass(pixels.copy(), typed_edits(canonical_edits({"fade": 50})))
neutral = color_pass(pixels.copy(), typed_edits(canonical_edits({"fade": 0})))
schema = edits_schema()["properties"]["fade"]
print(json.dumps({
    "faded": faded.tolist(), "is_unchanged": bool((neutral == pixels).all()),
    "title": schema["title"], "group": schema["x-group"],
}))
"""


def example() -> str:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return code


def test_the_example_is_one_file_of_at_most_15_lines_of_code() -> None:
    _, _, code = example().partition("\n")  # what comes before is the docstring
    lines = [line for line in code.splitlines() if line.strip()]

    assert len(lines) <= 15


def test_the_example_works_as_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "fade.py").write_text(example(), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "faded": [[[51, 51, 51], [255, 255, 255]]],
        "is_unchanged": True,
        "title": "Fade",
        "group": "Effects",
    }
