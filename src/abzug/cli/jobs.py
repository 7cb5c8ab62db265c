"""`abzug jobs`: what became of the jobs of a running server."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Annotated, Any

import typer

from abzug.cli.options import DEFAULT_URL, Url

jobs = typer.Typer(help="List jobs, look into one, fetch results, retry, cancel.")


def register(app: typer.Typer) -> None:
    app.add_typer(jobs, name="jobs", no_args_is_help=True)


JobId = Annotated[str, typer.Argument(metavar="JOB", help="Id of the job.")]


@jobs.command("list")
def list_jobs(
    url: Url = DEFAULT_URL,
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 20,
) -> None:
    """The newest jobs, one a line: id, state, photos done of all, name."""
    from abzug.client import Client

    with Client(url) as client:
        for job in itertools.islice(client.jobs(), limit):
            print(_line(job))


@jobs.command()
def show(job: JobId, url: Url = DEFAULT_URL) -> None:
    """One job and its photos; failures with their reason, the others with their notices."""
    from abzug.client import Client

    with Client(url) as client:
        print(_line(client.job(job)))
        for task in client.tasks(job):
            error = task["error"]
            reason = f"  {error['message']} {error['advice']}".rstrip() if error else ""
            told = "".join(f"  {notice['text']}" for notice in task["notices"])
            print(f"  {task['state']:<10} {task['filename']}{reason}{told}")


@jobs.command()
def fetch(
    job: JobId,
    into: Annotated[Path, typer.Option("--into", "-o", metavar="FILE", help="The ZIP to write.")],
    url: Url = DEFAULT_URL,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """All results so far as a ZIP file."""
    from abzug.client import Client
    from abzug.errors import Conflict

    if into.exists() and not force:
        raise Conflict(f"{into} is there already.", advice="Name another file, or add --force.")
    with Client(url) as client:
        print(client.results_zip(job, into))


@jobs.command()
def retry(job: JobId, url: Url = DEFAULT_URL) -> None:
    """Edit again the photos of a job that failed or were cancelled."""
    from abzug.client import Client

    with Client(url) as client:
        print(_line(client.retry(job)))


@jobs.command()
def cancel(job: JobId, url: Url = DEFAULT_URL) -> None:
    """End a job early; what is finished stays."""
    from abzug.client import Client

    with Client(url) as client:
        print(_line(client.cancel(job)))


def _line(job: Any) -> str:
    counts = job["counts"]
    return (
        f"{job['id']}  {job['state']:<9}  {counts['succeeded']}/{counts['total']}  {job['name']}"
    ).rstrip()
