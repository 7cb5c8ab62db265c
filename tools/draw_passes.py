"""docs/images/passes.svg, the way of a photo through the engine, from the operations."""

import itertools
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from abzug.edits.operation import Stage
from abzug.edits.plan import PASSES, At
from abzug.edits.recipe import operations

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "passes.svg"
WORDS = {
    Stage.retouch: "on the whole upright photo, before anything moves",
    Stage.geometry: "what is cut away costs nothing from here on",
    Stage.denoise: "before light would raise the noise",
    Stage.automatic: "looks at a small copy, and sets sliders of what follows",
    Stage.light: "ONE gain map for all of them, from a small copy",
    Stage.color: "ONE 3-D table for all of them, in the same strips",
    Stage.detail: "at the size of each output",
    Stage.overlay: "on top of the finished picture, or around it",
}
DECODE = "bounds checked first; no larger than the largest output needs"
DECODED = ["header", "pixels", "working color", "upright"]
ENCODE = "as each output of this size asks for"
ENCODED = ["format", "quality or max_bytes", "icc", "metadata", "dpi"]
WIDTH, LEFT, TEXT, LINE, GAP = 860, 130, 22, 26, 14
LETTER = 8.0
"""Pixels of a letter of the chips, so that they fill their line and no more."""
STYLE = """
  svg { font: 14px system-ui, sans-serif; }
  .box { fill: #f6f4f0; stroke: #c9c2b6; }
  .chip { fill: #ffffff; stroke: #c9c2b6; }
  text { fill: #23201b; }
  .words, .side { fill: #6b6459; font-size: 13px; }
  .name { font-weight: 650; }
  .arrow { stroke: #a8502c; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    .box { fill: #262421; stroke: #4a463f; }
    .chip { fill: #33302b; stroke: #56514a; }
    text { fill: #eeeae3; }
    .words, .side { fill: #aaa396; }
  }
"""


def picture() -> str:
    """The SVG: a box for each pass, its operations in their order, an arrow to the next."""
    top, lines, marks = GAP, list[str](), dict[str, int]()
    for name, words, chips, side in passes():
        box, height = one_box(top, name, words, chips)
        lines += box
        marks.setdefault(side, top)
        top += height + GAP
        lines.append(arrow(top - GAP, top))
    lines.pop()  # nothing comes after the last
    lines += [
        f'<text class="side" x="8" y="{at + TEXT}">{escape(line)}</text>'
        for side, first in marks.items()
        for line, at in zip(side.split("\n"), itertools.count(first, 18), strict=False)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img">',
            "<title>The passes of the edit engine, in their order</title>",
            f"<style>{STYLE}</style>",
            *lines,
            "</svg>\n",
        ]
    )


def passes() -> Iterator[tuple[str, str, list[str], str]]:
    """Name, words, what is in it, and what is said beside it."""
    once, each_size = "once a photo", "for each size,\nlargest first"
    yield "decode", DECODE, DECODED, once
    for stage, at in [(stage, one.at) for one in PASSES for stage in one.stages]:
        names = [op.name for op in operations().values() if op.stage is stage]
        yield stage.name, WORDS[stage], names, each_size if at is At.each else once
    yield "encode", ENCODE, ENCODED, each_size


def one_box(top: int, name: str, words: str, chips: Sequence[str]) -> tuple[list[str], int]:
    """The box of a pass that begins `top` pixels below the edge, and its height."""
    placed, rows = [], 0
    x = limit = WIDTH
    for chip in chips:
        wide = round(len(chip) * LETTER) + 18
        if x + wide > limit - 12:
            x, rows = LEFT + 12, rows + 1
        y = top + 12 + TEXT + (rows - 1) * (LINE + 4)
        placed += [
            f'<rect class="chip" x="{x}" y="{y}" width="{wide}" height="{LINE}" rx="13"/>',
            f'<text x="{x + wide // 2}" y="{y + 18}" text-anchor="middle">{escape(chip)}</text>',
        ]
        x += wide + 6
    height = 12 + TEXT + rows * (LINE + 4) + 6
    wide = WIDTH - LEFT - 1
    box = f'<rect class="box" x="{LEFT}" y="{top}" width="{wide}" height="{height}" rx="8"/>'
    title = f'<text class="name" x="{LEFT + 14}" y="{top + TEXT}">{escape(name)}</text>'
    said = f'<text class="words" x="{LEFT + 110}" y="{top + TEXT}">{escape(words)}</text>'
    return [box, title, said, *placed], height


def arrow(start: int, end: int) -> str:
    x = LEFT + 40
    line = f"M{x} {start} V{end - 1} M{x - 4} {end - 5} L{x} {end - 1} L{x + 4} {end - 5}"
    return f'<path class="arrow" fill="none" d="{line}"/>'
