"""What an EC2 instance can ask about itself (IMDSv2): who it is, and whether it has to go."""

from __future__ import annotations

import enum
import threading

import httpx

from abzug.errors import FleetError
from abzug.fleets.ec2_service import DRAIN_TAG

TOKEN_TTL = 21600
"""Seconds that a session token lives; the longest."""
TIMEOUT = 2.0


class Ending(enum.StrEnum):
    """Why an instance has to go."""

    terminating = "terminating"
    """The group takes it away, and waits for the lifecycle hook to be completed."""
    interrupted = "interrupted"
    """A Spot instance that Amazon takes back within two minutes."""
    draining = "draining"
    """The autoscaler marked it; it ends itself when it has finished."""


class Metadata:
    """The metadata service at `url`. Methods raise FleetError while it does not answer."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT, trust_env=False)
        self._token = ""
        self._lock = threading.Lock()

    def instance_id(self) -> str:
        found = self._get("instance-id")
        if not found:
            raise FleetError("This is no EC2 instance.")
        return found

    def ending(self) -> Ending | None:
        """The first that holds, the most urgent first."""
        if self._get("spot/instance-action"):
            return Ending.interrupted
        if self._get("autoscaling/target-lifecycle-state") == "Terminated":
            return Ending.terminating
        if self._get(f"tags/instance/{DRAIN_TAG}"):
            return Ending.draining
        return None

    def _get(self, path: str) -> str:
        """The text, or "" for what is not there."""
        with self._lock:
            answer = self._ask(path)
            if answer.status_code == httpx.codes.UNAUTHORIZED:  # the token has run out
                self._token = ""
                answer = self._ask(path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ""
        if not answer.is_success:
            raise FleetError(f"Instance metadata: status {answer.status_code}.")
        return answer.text.strip()

    def _ask(self, path: str) -> httpx.Response:
        try:
            if not self._token:
                headers = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_TTL)}
                given = self._client.put("/latest/api/token", headers=headers)
                self._token = given.raise_for_status().text
            headers = {"X-aws-ec2-metadata-token": self._token}
            return self._client.get(f"/latest/meta-data/{path}", headers=headers)
        except httpx.HTTPError as error:
            raise FleetError("Instance metadata do not answer.") from error
