"""Endpoints that stand in for the cloud's: started by the tests, on loopback, stopped by pid."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import struct
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any, Self

from tests.support.waiting import until

REGION = "us-east-1"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    # no credentials of this machine's owner, no look beyond loopback
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Ministack:
    """SQS, S3, CloudFormation and more at `url`, which stays the same after a restart.

    keep: what it holds outlives `crash`, else it begins empty. `log` is what it wrote.
    """

    def __init__(self, folder: Path, *, keep: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = folder / "ministack.log"
        self._clock = folder / "clock"
        self._moved_by = 0.0
        self.advance(0)
        state = {"PERSIST_STATE": "1", "S3_PERSIST": "1"} if keep else {}
        self._env = (
            os.environ
            | state
            | {
                "BIND_HOST": "127.0.0.1",
                "MINISTACK_HOST": "127.0.0.1",
                "GATEWAY_PORT": self.url.rpartition(":")[2],
                "STATE_DIR": str(folder / "state"),
                "S3_DATA_DIR": str(folder / "s3"),
                "TMPDIR": str(folder),
                "LOG_LEVEL": "WARNING",
                "IOT_MTLS_ENABLED": "0",  # it would listen on every address
                "CLOCK": str(self._clock),
            }
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("ministack_server.py")],
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until(self._answers)

    def crash(self) -> None:
        """End it at once, whatever it is doing; what it has answered for is kept."""
        self._process.send_signal(signal.SIGUSR1)
        self._process.wait(timeout=30)

    def empty_bucket(self, endpoint: str = "") -> str:
        """The URL of a store in a new bucket; endpoint: of a proxy before this one."""
        name = self.new_name()
        self.s3().create_bucket(Bucket=name)
        return f"s3://{name}/some/prefix?region={REGION}&endpoint={endpoint or self.url}"

    def s3(self) -> Any:
        """boto3's client."""
        import boto3

        return boto3.client("s3", endpoint_url=self.url)

    def advance(self, seconds: float) -> None:
        """Move the clock of its queues: what falls due by then falls due now."""
        self._moved_by += seconds
        if not self._clock.exists():
            self._clock.write_bytes(bytes(8))
        with self._clock.open("r+b") as file:  # in place: the server has it mapped
            file.write(struct.pack("d", self._moved_by))

    def new_name(self) -> str:
        """A name that no other test has, for queues and buckets."""
        return f"t{uuid.uuid4().hex[:12]}"

    def _answers(self) -> bool:
        assert self._process.poll() is None, f"MiniStack ended:\n{self.log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"{self.url}/_localstack/health", timeout=5):
                return True
        except urllib.error.URLError:
            return False
