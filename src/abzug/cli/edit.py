"""`abzug edit`: edit files, without a server, through the same queue and workers."""

from __future__ import annotations

import functools
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abzug.cli.files import stand_in, with_files
from abzug.cli.recipe import (
    Outputs,
    Photos,
    claim_name,
    find_photos,
    read_outputs,
    with_edit_options,
)

if TYPE_CHECKING:
    from rich.progress import Progress

    from abzug.fleets.process import ProcessFleet
    from abzug.jobs.records import Task
    from abzug.service.service import Service

OWNER = "local"


def register(app: typer.Typer) -> None:
    app.command()(with_edit_options(edit))


def edit(
    photos: Photos,
    edits: dict[str, Any],
    *,
    into: Annotated[
        Path, typer.Option("--into", "-o", metavar="DIR", help="Folder for the results.")
    ],
    output: Outputs = None,
    editors: Annotated[int, typer.Option(min=0, help="Editing processes; 0 is one a core.")] = 0,
) -> None:
    """Edit photos into a folder. Originals are never changed, nothing is overwritten.

    Exit code 1 if a photo failed; each is named with the reason. What you should know of a photo
    that did not is told too, such as what its automatic edits found.
    """
    from rich.console import Console

    from abzug.edits.outputs import canonical_outputs
    from abzug.edits.recipe import canonical_edits
    from abzug.settings import Settings
    from abzug.system import logs

    logs.set_up("error")
    console = Console(stderr=True)
    outputs = read_outputs(output or [])
    canonical_edits(with_files(edits, stand_in))  # a wrong option is told before any work
    canonical_outputs(outputs, max_outputs=16)
    files = find_photos(photos)
    into.mkdir(parents=True, exist_ok=True)
    _tidy_up_when_stopped()
    with (
        tempfile.TemporaryDirectory(prefix="abzug-") as home,
        _running_service(Settings(home=Path(home), editors=editors)) as (service, fleet),
        _progress(console) as progress,
    ):
        failed = _run(service, fleet, files, edits, outputs, into=into, progress=progress)
    for path, reason in failed:
        console.print(f"[red]failed[/red] {path}: {reason}", highlight=False, soft_wrap=True)
    done = len(files) - len(failed)
    console.print(f"{done} of {len(files)} edited into {into}", highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def _tidy_up_when_stopped() -> None:
    """A signal that ended this process at once would leave copies of all photos behind."""

    def end(number: int, _frame: object) -> None:
        for again in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(again, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


@contextmanager
def _running_service(settings: Any) -> Iterator[tuple[Service, ProcessFleet]]:
    """Queue, store and database in a temporary home, a tracker, and a fleet of one worker."""
    from abzug.fleets.process import connect
    from abzug.service.service import Service
    from abzug.tracker import Tracker

    stop = threading.Event()
    with Service.open(settings) as service:
        tracker = threading.Thread(target=Tracker(service).run, args=[stop], name="tracker")
        fleet = connect("process:", settings)
        tracker.start()
        fleet.set_desired(1)
        try:
            yield service, fleet
        finally:
            fleet.close()
            stop.set()
            tracker.join()


def _progress(console: Any) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def _run(
    service: Service,
    fleet: ProcessFleet,
    files: list[Path],
    edits: dict[str, Any],
    outputs: list[dict[str, Any]],
    *,
    into: Path,
    progress: Progress,
) -> list[tuple[Path, str]]:
    """Upload, submit, collect the results as they come; gives what failed, and why."""
    from abzug.errors import AbzugError
    from abzug.service.orders import JobRequest

    bar = progress.add_task("Reading", total=len(files))
    of_photo: dict[str, Path] = {}
    failed: list[tuple[Path, str]] = []
    for path in files:
        try:
            of_photo[_upload(service, path)] = path
        except (AbzugError, OSError) as error:
            failed.append((path, str(error)))
        progress.advance(bar)
    if not of_photo:
        return failed
    progress.reset(bar, total=len(of_photo), description="Editing")
    edits = with_files(edits, functools.partial(_store, service))
    job, _ = service.submit(
        OWNER, JobRequest(photos=tuple(of_photo), edits=edits, outputs=tuple(outputs))
    )
    for task in _finished_tasks(service, fleet, job.id):
        path = of_photo[task.photo_id]
        if task.error is not None:
            failed.append((path, f"{task.error.message} {task.error.advice}".strip()))
        else:
            try:
                _save(service, task, path, into, several=len(outputs) > 1)
            except OSError as error:  # the others may yet be written
                failed.append((path, f"The result cannot be written: {error.strerror}."))
        if task.notices:
            told = f"{path}: {' '.join(notice.text for notice in task.notices)}"
            progress.console.print(told, highlight=False, markup=False, soft_wrap=True)
        progress.advance(bar)
    return failed


def _store(service: Service, edit: str, file: Path) -> str:
    """A file that an edit needs; gives its id."""
    from abzug.service.luts import store_lut

    if edit != "lut":
        return _upload(service, file)
    return store_lut(service.store, OWNER, file.read_bytes())[0]


def _upload(service: Service, path: Path) -> str:
    with path.open("rb") as file, service.upload(OWNER, path.name) as upload:
        while chunk := file.read(1 << 20):
            upload.write(chunk)
        return upload.finish().id


def _finished_tasks(service: Service, fleet: ProcessFleet, job_id: str) -> Iterator[Task]:
    """Each task once, as soon as it has ended; returns when all have.

    Raises ConfigError when the others never will.
    """
    from abzug.errors import ConfigError
    from abzug.jobs.records import TERMINAL, TaskSummary

    last, left = 0, service.jobs.job(OWNER, job_id).counts.total
    while left:
        for event in service.jobs.events(OWNER, after=last, limit=1000):
            last = event.id
            task = event.shown
            if isinstance(task, TaskSummary) and task.state in TERMINAL:
                left -= 1
                yield service.jobs.task(OWNER, task.id)
        if left and fleet.cannot_work:
            raise ConfigError("No photo can be edited: no editing process can be started.")
        if left:
            service.jobs.wait(1.0)


def _save(service: Service, task: Task, original: Path, into: Path, *, several: bool) -> None:
    """Results under the photo's name; a name that is taken gets a number."""
    from abzug.edits.outputs import extension

    for result in task.results:
        stem = f"{original.stem}-{result.name}" if several else original.stem
        with tempfile.NamedTemporaryFile(dir=into, prefix=".abzug-", delete=False) as file:
            file.writelines(service.store.stream(result.key))
        Path(file.name).chmod(0o644)
        Path(file.name).replace(claim_name(into, stem, extension(result.format)))
