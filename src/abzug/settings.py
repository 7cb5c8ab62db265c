"""Every setting, validated, in one object that is passed in. `ABZUG_PORT=8123` sets `port`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


def default_home() -> Path:
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "abzug"


class Settings(BaseSettings):
    """The embedded backends are the defaults: all state lies under `home`, no service needed."""

    model_config = SettingsConfigDict(env_prefix="ABZUG_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home)
    """Folder of the embedded queue, store and database, and of the secret that signs URLs."""
    queue_url: str = ""
    """Where the queues are; empty: `sqlite:///HOME/queue.db`. `sqs://REGION/PREFIX`: on SQS."""
    store_url: str = ""
    """Where the photos are; empty: `file:///HOME/photos`."""
    database_url: str = ""
    """Where the jobs database is; empty: `sqlite:///HOME/jobs.db`. Or `postgresql://…`."""
    new_database: bool = False
    """Begin with an empty jobs database although the photo store has photos: it knows of none."""
    fleet_url: str = "process:"
    """What runs the workers: `process:` is child processes of `abzug up`."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """0 takes a free port."""
    public_url: str = ""
    """What result URLs begin with, where it is not what the client asked for."""
    without_keys: bool = False
    """Serve more than this machine although no key is asked for yet: whoever reaches the port may
    do everything. For behind a load balancer that lets in only whom you trust, at `public_url`."""
    workers: Annotated[int, Field(ge=0, le=1024)] = 1
    """Workers of the process fleet; each edits on `editors` processes."""
    editors: Annotated[int, Field(ge=0, le=1024)] = 0
    """Editing processes of one worker; 0: one a core."""

    max_upload_bytes: Annotated[int, Field(ge=1)] = 512 * MIB
    max_pixels: Annotated[int, Field(ge=1)] = 300_000_000
    """Largest photo, width × height × frames."""
    undevelopable_raw: Literal["preview", "fail"] = "preview"
    """What becomes of a RAW that LibRaw cannot develop: the preview in it, if that is no thumbnail,
    is edited, and a notice says so; or the photo fails."""
    max_photos_per_job: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    max_outputs: Annotated[int, Field(ge=1)] = 16

    visibility_timeout: Annotated[float, Field(ge=1, le=43200)] = 30.0
    """Seconds a worker's lease lasts; it is renewed at a third of that while it works."""
    max_receives: Annotated[int, Field(ge=1, le=1000)] = 5
    """Deliveries of a request before it goes to the dead-letter queue."""
    time_limit: Annotated[float, Field(gt=0)] = 120.0
    """Seconds for one photo; then its pixel loop is stopped and the task fails."""
    time_limit_grace: Annotated[float, Field(gt=0)] = 15.0
    """Seconds after `time_limit` until the editing process is killed."""
    photo_memory: Annotated[int, Field(ge=0)] = 900 * MIB
    """Bytes that one editing process should have at most while it edits a photo of more than 8 bits
    a channel; what would take more is edited in 8, or refused. 0: no limit."""
    memory_limit: Annotated[int, Field(ge=0)] = 4096 * MIB
    """Bytes of address space of one editing process; 0: no limit."""
    recycle_after: Annotated[int, Field(ge=1)] = 1000
    """Photos after which an editing process is replaced, so that leaked memory returns."""
    drain_timeout: Annotated[float, Field(gt=0)] = 60.0
    """Seconds a part may take to finish what it has when it is told to stop."""
    result_url_ttl: Annotated[float, Field(gt=0)] = 3600.0
    """Seconds a result's signed URL works."""
    log_level: str = "info"

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    def url_of_queues(self) -> str:
        return self.queue_url or f"sqlite:///{self.home / 'queue.db'}"

    def url_of_store(self) -> str:
        return self.store_url or (self.home / "photos").as_uri()

    def url_of_database(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'jobs.db'}"


def environment(settings: Settings) -> dict[str, str]:
    """The same settings as environment variables, for child processes."""
    values = settings.model_dump(mode="json")
    return {f"ABZUG_{name.upper()}": str(value) for name, value in values.items()}
