"""`abzug dead-letters`: requests that were delivered too often and given up."""

from __future__ import annotations

from typing import Annotated

import typer

from abzug.cli.options import DEFAULT_URL, Url

dead_letters = typer.Typer(help="List dead letters, and send them again.")


def register(app: typer.Typer) -> None:
    app.add_typer(dead_letters, name="dead-letters", no_args_is_help=True)


@dead_letters.command("list")
def list_letters(url: Url = DEFAULT_URL) -> None:
    """Dead letters of all owners, one a line: task, owner, attempts, photo, last error."""
    from abzug.client import Client

    with Client(url) as client:
        for task in client.dead_letters():
            errors = [a["error"]["message"] for a in task["attempts"] if a["error"]]
            last = errors[-1] if errors else ""
            attempts = len(task["attempts"])
            print(f"{task['id']}  {task['owner']}  {attempts}  {task['filename']}  {last}")


@dead_letters.command()
def redrive(
    tasks: Annotated[
        list[str] | None, typer.Argument(metavar="[TASK]…", help="Those to send; none: all.")
    ] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Send dead letters again, with their receive counts at zero."""
    from abzug.client import Client

    with Client(url) as client:
        print(f"{client.redrive(tasks or None)} sent again")
