"""`abzug presets`: Lightroom presets to edits, and edits to a Lightroom preset."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from abzug.presets import Note

presets = typer.Typer(help="Take Lightroom presets over, and make them.")


def register(app: typer.Typer) -> None:
    app.add_typer(presets, name="presets", no_args_is_help=True)


@presets.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="An .xmp or .lrtemplate file.")
    ],
) -> None:
    """Print the edits of a Lightroom preset as JSON; what is not as there, on standard error."""
    from abzug.presets import import_preset

    imported = import_preset(file.read_bytes(), file.name)
    print(json.dumps(imported.edits, indent=2, ensure_ascii=False))
    kept = sum(note.outcome == "carried" for note in imported.notes)
    print(
        f"{imported.name}: {kept} of {len(imported.notes)} settings carried over", file=sys.stderr
    )
    _tell(note for note in imported.notes if note.outcome != "carried")


@presets.command()
def export(
    file: Annotated[Path, typer.Argument(help="The .xmp file to write; it must not exist yet.")],
) -> None:
    """Write the edits that come as JSON on standard input as a Lightroom preset."""
    from abzug.errors import Conflict, InvalidRequest
    from abzug.presets import export_preset

    try:
        edits = json.load(sys.stdin)
    except ValueError:
        raise InvalidRequest("Standard input is not JSON.") from None
    exported = export_preset(edits, file.stem)
    try:
        with file.open("xb") as target:
            target.write(exported.data)
    except FileExistsError:
        raise Conflict(f"{file.name} is there already, and nothing is overwritten.") from None
    _tell(exported.notes)


def _tell(notes: Iterable[Note]) -> None:
    for note in notes:
        print(f"  {note.outcome} {note.property}: {note.reason}", file=sys.stderr)
