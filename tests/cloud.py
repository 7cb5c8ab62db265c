"""The three services of a cloud, as settings: SQS and S3 on MiniStack, and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from abzug.backends import create_queues
from abzug.settings import Settings
from tests.endpoints import REGION, Ministack
from tests.postgres import Postgres


def cloud_settings(
    ministack: Ministack, postgres: Postgres, home: Path, options: str = ""
) -> dict[str, str]:
    """Fresh queues, a fresh bucket and a fresh database. options: of the queues' URL."""
    settings = {
        "queue_url": f"sqs://{REGION}/{ministack.new_name()}?endpoint={ministack.url}{options}",
        "store_url": ministack.empty_bucket(),
        "database_url": postgres.make(upgraded=True),
    }
    create_queues(Settings(home=home, **settings), ["requests", "status"])
    return settings
