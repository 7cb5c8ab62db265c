"""The Python client: everything a program needs of an Abzug server, over HTTP.

    from abzug.client import Client

    with Client() as client:
        photo = client.upload("holiday.jpg")
        job = client.submit([photo], edits={"exposure": 0.5})
        client.wait(job["id"])
        for task in client.tasks(job["id"]):
            for result in task["results"]:
                client.download(result, f"{result['name']}-{task['filename']}")

Answers are dicts as the server sends them, typed in `types`. Refusals are raised as the errors
of abzug.errors; a server that cannot be reached is a BackendError.
"""

from abzug.client.client import Client
from abzug.client.types import (
    Counts,
    DeadLetter,
    ImportedPreset,
    Job,
    JobSummary,
    Lut,
    Photo,
    Result,
    Task,
)

__all__ = [
    "Client",
    "Counts",
    "DeadLetter",
    "ImportedPreset",
    "Job",
    "JobSummary",
    "Lut",
    "Photo",
    "Result",
    "Task",
]
