"""Where `make chaos ARGS=--cloud` runs: SQS and S3 that fail and die, and PostgreSQL."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.cloud import cloud_settings
from tests.support.endpoints import ENVIRONMENT, Ministack
from tests.support.fault_proxy import STORM, FaultProxy
from tests.support.postgres import postgres_server


@dataclass(frozen=True)
class Place:
    """What a service runs on; by default on itself."""

    settings: dict[str, Any] = field(default_factory=dict)
    endpoint: Ministack | None = None
    """Which may be killed, and started again."""
    proxy: FaultProxy | None = None


@contextmanager
def cloud(folder: Path, seed: int) -> Iterator[Place]:
    """A place of its own for one service, with its files in `folder`."""
    os.environ.update(ENVIRONMENT)
    with (
        tempfile.TemporaryDirectory(prefix="abzug-pg-") as data,
        postgres_server(Path(data)) as postgres,
        Ministack(folder / "endpoint", keep=True) as endpoint,
        FaultProxy(endpoint.url, faults=STORM, seed=seed) as proxy,
    ):
        # short polls: a service that stops waits for its last one
        settings = cloud_settings(
            endpoint, postgres, folder / "home", "&wait=2&linger=1", endpoint=proxy.url
        )
        yield Place(settings, endpoint, proxy)
