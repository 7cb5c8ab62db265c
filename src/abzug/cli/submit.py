"""`abzug submit`: photos to a running server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from abzug.cli.files import with_files
from abzug.cli.options import DEFAULT_URL, Url
from abzug.cli.recipe import Outputs, Photos, find_photos, read_outputs, with_edit_options


def register(app: typer.Typer) -> None:
    app.command()(with_edit_options(submit))


def submit(
    photos: Photos,
    edits: dict[str, Any],
    *,
    output: Outputs = None,
    name: Annotated[str, typer.Option(help="Name of the job.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is finished.")] = False,
    url: Url = DEFAULT_URL,
) -> None:
    """Upload photos to a server, order a job, print its id. With --wait: exit code 1 if a photo
    failed."""
    from rich.console import Console
    from rich.progress import track

    from abzug.client import Client
    from abzug.errors import PhotoError, RequestError

    console = Console(stderr=True)
    files = find_photos(photos)
    with Client(url) as client:
        ids = []
        for path in track(files, "Uploading", console=console):
            try:
                ids.append(client.upload(path)["id"])
            except (RequestError, PhotoError) as error:
                console.print(f"[red]refused[/red] {path}: {error.message}", highlight=False)
        if not ids:
            raise typer.Exit(1)

        def store(edit: str, file: Path) -> str:
            return (client.upload_lut(file) if edit == "lut" else client.upload(file))["id"]

        edits = with_files(edits, store)
        job = client.submit(ids, edits=edits, outputs=read_outputs(output or []), name=name)
        print(job["id"], flush=True)
        if wait:
            job = client.wait(job["id"])
            console.print(f"{job['state']}: {job['counts']['succeeded']} of {len(ids)} edited")
    if len(ids) < len(files) or (wait and job["state"] != "succeeded"):
        raise typer.Exit(1)
