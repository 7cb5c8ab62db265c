"""Build the illustrated reference of all edits: a section for each, with pictures of what it does.

usage: .venv/bin/python -m tools.make_reference FOLDER [PHOTO]     (`make docs` writes build/docs)

What stands there comes from the operations themselves; the pictures are made by the engine from
PHOTO, or else from two photos beside the project, or computed ones. Nothing of it is committed.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pyvips
from tests.support.computed_photos import photo_folder
from tools import draw_passes, make_edits_table
from tools.showcase import edited, reduced

from abzug.edits.operation import Operation
from abzug.edits.recipe import edits_schema, operations

TILE = 420
WITH_FACES = "redeye.png"
LANDSCAPE = "orient-landscape-1.jpg"
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Abzug: edits</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ max-width: 72rem; margin: 0 auto; padding: 1rem; }}
nav {{ columns: 12rem; }}
section {{ border-top: 1px solid #8886; margin-top: 2rem; }}
.pictures {{ display: grid; gap: .75rem; }}
.pictures {{ grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); }}
figure {{ margin: 0; }}
figure img {{ width: 100%; height: auto; border-radius: 4px; }}
figcaption {{ overflow-wrap: anywhere; font-size: .85rem; }}
.table {{ overflow-x: auto; }}
td, th {{ padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }}
.passes {{ width: 100%; }}
</style>
<h1>Edits</h1>
<p>Each edit at most once, in any order: the engine fixes theirs.</p>
{passes}
<nav>{links}</nav>
{sections}
</html>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("photo", type=Path, nargs="?")
    asked = parser.parse_args()
    build(asked.folder, asked.photo)
    sys.stdout.write(f"{asked.folder / 'index.html'} is written.\n")


def build(folder: Path, photo: Path | None) -> None:
    """Write index.html and its pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    faces, landscape = (photo or photo_folder() / name for name in (WITH_FACES, LANDSCAPE))
    files = {path: reduced(path) for path in {faces, landscape}}
    known = operations()
    sections = []
    for name in edits_schema()["properties"]:
        file = files[faces if is_about_faces(known[name]) else landscape]
        sections.append(section(known[name], pictures(known[name], file, folder)))
        sys.stderr.write(f"{name}\n")
    links = "\n".join(
        f'<a href="#{name}">{escape(known[name].label)}</a><br>'
        for name in edits_schema()["properties"]
    )
    page = PAGE.format(passes=draw_passes.picture(), links=links, sections="\n".join(sections))
    (folder / "index.html").write_text(page, encoding="utf-8")


def is_about_faces(op: Operation) -> bool:
    return op.group == "Retouch"


def pictures(op: Operation, photo: bytes, folder: Path) -> Iterator[tuple[Any, str]]:
    """Each value and the name of its picture's file; None is the photo before."""
    for number, (value, png) in enumerate(edited(photo, op)):
        name = f"{op.name}-{number}.webp"
        small = pyvips.Image.thumbnail_buffer(png, TILE, height=TILE, size="down")
        small.webpsave(str(folder / name), Q=82)
        yield value, name


def section(op: Operation, shown: Iterator[tuple[Any, str]]) -> str:
    """What an operation is for, what it takes and what becomes of a photo."""
    figures = "\n".join(figure(op.name, value, file) for value, file in shown)
    return f"""<section id="{op.name}">
<h2>{escape(op.label)}</h2>
<p>{escape(op.doc)}</p>
<div class="pictures">{figures}</div>
<div class="table"><table>{"".join(table(op.name))}</table></div>
</section>"""


def figure(name: str, value: Any, file: str) -> str:
    told = (
        "before"
        if value is None
        else f"<code>{escape(make_edits_table.plain({name: value}))}</code>"
    )
    words = f"{name}: {'before' if value is None else json.dumps(value)}"
    return (
        f'<figure><img src="{file}" alt="{escape(words)}" loading="lazy">'
        f"<figcaption>{told}</figcaption></figure>"
    )


def table(name: str) -> Iterator[str]:
    """The rows that docs/reference/edits.md has, as HTML."""
    schema = edits_schema()
    yield from row(make_edits_table.HEAD.splitlines()[0], "th")
    for line in make_edits_table.rows(name, schema["properties"][name], schema["$defs"]):
        yield from row(line, "td")


def row(line: str, tag: str) -> Iterator[str]:
    cells = re.split(r"(?<!\\)\|", line)[1:-1]
    yield "<tr>"
    for cell in cells:
        text = escape(cell.replace("\\|", "|").strip())
        marked = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
        yield f"<{tag}>{marked}</{tag}>"
    yield "</tr>"


if __name__ == "__main__":
    main()
