"""`Prefer: wait=N` (RFC 7240): the answer comes when the job is done, or N seconds are over."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Header

from abzug.jobs.records import FINISHED, Job
from abzug.service.service import Service
from abzug.web.dependencies import HubDep, ServiceDep
from abzug.web.hub import Hub

LONGEST_WAIT = 60
"""Most seconds of it."""


@dataclass(frozen=True)
class Wait:
    """seconds: None where the client does not ask for it."""

    service: Service
    hub: Hub
    seconds: int | None

    async def for_end_of(self, job: Job) -> Job:
        """The job when it is finished, or as it is when time is up or the server stops."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self.seconds or 0)
        with self.hub.subscribe(job.owner) as news:
            while True:
                job = await run_sync(self.service.jobs.job, job.owner, job.id)
                left = deadline - loop.time()
                if job.state in FINISHED or left <= 0 or self.hub.closing.is_set():
                    return job
                await news.wait(left)


async def _wait(
    service: ServiceDep,
    hub: HubDep,
    prefer: Annotated[
        str, Header(description=f"wait=N: answer when it is done, N ≤ {LONGEST_WAIT} seconds.")
    ] = "",
) -> Wait:
    match = re.search(
        r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,9})\"?\s*(?:$|[,;])", prefer, re.IGNORECASE
    )
    return Wait(service, hub, min(int(match[1]), LONGEST_WAIT) if match else None)


WaitDep = Annotated[Wait, Depends(_wait)]
