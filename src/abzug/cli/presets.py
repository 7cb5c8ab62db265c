"""`abzug presets`: Lightroom presets to edits, and edits to a Lightroom preset."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from abzug.cli.options import DEFAULT_URL, Url

if TYPE_CHECKING:
    from abzug.presets import Note

presets = typer.Typer(help="Take Lightroom presets over, and make them.")


def register(app: typer.Typer) -> None:
    app.add_typer(presets, name="presets", no_args_is_help=True)


@presets.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="An .xmp, .lrtemplate or .cube file."),
    ],
    url: Url = DEFAULT_URL,
) -> None:
    """Print the edits of a Lightroom preset as JSON; what is not as there, on standard error.

    A LUT (.cube) is stored on the server, as its edits only name it.
    """
    from abzug.presets import import_preset

    if file.suffix.lower() == ".cube":
        _import_lut(file, url)
        return
    imported = import_preset(file.read_bytes(), file.name)
    print(json.dumps(imported.edits, indent=2, ensure_ascii=False))
    kept = sum(note.outcome != "ignored" for note in imported.notes)
    nearly = sum(note.outcome == "approximated" for note in imported.notes)
    about = f", {nearly} of them nearly" if nearly else ""
    print(
        f"{imported.name}: {kept} of {len(imported.notes)} settings carried over{about}",
        file=sys.stderr,
    )
    _tell(note for note in imported.notes if note.outcome != "carried")


def _import_lut(file: Path, url: str) -> None:
    from abzug.client import Client

    with Client(url) as client:
        lut = client.upload_lut(file)
    print(json.dumps({"lut": {"id": lut["id"]}}, indent=2))
    print(f"{lut['title'] or file.stem}: stored, {lut['size']} steps", file=sys.stderr)


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
        why = note.reason.text if note.reason else ""
        print(f"  {note.outcome} {note.property}: {why}", file=sys.stderr)
