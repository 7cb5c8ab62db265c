"""The examples of docs/how-to/add-a-format.md: one file each, and every part knows the format."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import ROOT

PAGE = ROOT / "docs" / "how-to" / "add-a-format.md"
PROGRAM = """
import io, json, sys
import abzug.edits.formats as package
package.__path__.append(sys.argv[1])
from PIL import Image
from abzug.edits import engine
from abzug.edits.cost import predicted_seconds
from abzug.edits.formats.sniff import sniff
from abzug.edits.outputs import canonical_outputs, media_type_of_extension, output_schema
from abzug.errors import PhotoError
engine.prepare_process(0)
ppm = b"P6 30 20 255\\n" + bytes(range(200)) * 9
outputs = canonical_outputs([{"name": "a", "format": "png"}, {"name": "b", "format": "png8"}],
                            max_outputs=2)
edited = engine.edit(ppm, {}, outputs)
try:
    engine.edit(ppm[:-1], {}, outputs)
    cut = "taken"
except PhotoError as error:
    cut = error.code
found = sniff(ppm)
print(json.dumps({
    "sniffed": [found.media_type, found.width, found.height],
    "is_right": Image.open(io.BytesIO(edited.results[0].data)).tobytes() == ppm[-1800:],
    "modes": [Image.open(io.BytesIO(result.data)).mode for result in edited.results],
    "cut": cut,
    "costs": predicted_seconds(found.media_type, (30, 20), {}, outputs) > 0,
    "formats": output_schema()["properties"]["format"]["enum"][-1:],
    "has_quality": "png8" in output_schema()["properties"]["quality"]["x-formats"],
    "media_type": media_type_of_extension("png"),
}))
"""


def test_the_examples_work_as_the_page_says(tmp_path: Path) -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for name, code in zip(("ppm", "png8"), examples, strict=True):
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    told: dict[str, Any] = json.loads(done.stdout)
    assert told == {
        "sniffed": ["image/x-portable-pixmap", 30, 20],
        "is_right": True,
        "modes": ["RGB", "P"],
        "cut": "truncated",
        "costs": True,
        "formats": ["png8"],
        "has_quality": False,
        "media_type": "image/png",
    }
