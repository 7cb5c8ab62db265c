"""The three services of a cloud, as settings: SQS and S3 on MiniStack, and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from abzug.backends import create_queues
from abzug.settings import Settings
from tests.support.endpoints import REGION, Ministack
from tests.support.postgres import Postgres


def cloud_settings(
    ministack: Ministack,
    postgres: Postgres,
    home: Path,
    options: str = "",
    *,
    endpoint: str = "",
) -> dict[str, Any]:
    """Fresh queues, a fresh bucket and a fresh database; as `amazon`."""
    return amazon(ministack, home, options, endpoint=endpoint) | {
        "database_url": postgres.make(upgraded=True)
    }


def amazon(
    ministack: Ministack, home: Path, options: str = "", *, endpoint: str = ""
) -> dict[str, Any]:
    """Fresh queues and a fresh bucket.

    options: of the queues' URL. endpoint: the URL of a proxy before MiniStack.
    """
    queues = f"sqs://{REGION}/{ministack.new_name()}?endpoint="
    create_queues(Settings(home=home, queue_url=queues + ministack.url), ["requests", "status"])
    return {
        "queue_url": f"{queues}{endpoint or ministack.url}{options}",
        "store_url": ministack.empty_bucket(endpoint),
    }
