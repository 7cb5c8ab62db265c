"""Results come whole, or not at all."""

from pathlib import Path
from typing import cast

import httpx
import pytest
from tests.support.client_server import FakeServer, breaking, problem

from abzug.client import Client, Result
from abzug.client.connection import ATTEMPTS
from abzug.errors import (
    BackendError,
)


def result(url: str, size: int) -> Result:
    return cast("Result", {"name": "web", "format": "jpeg", "bytes": size, "url": url})


def test_a_result_is_downloaded_whole(client: Client, server: FakeServer, tmp_path: Path) -> None:
    server.files["v1/objects/results/a.jpg"] = b"edited"
    found = result("http://127.0.0.1:8000/v1/objects/results/a.jpg?expires=1&signature=2", 6)

    path = client.download(found, tmp_path / "a.jpg")

    assert path.read_bytes() == b"edited"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jpg"]


def test_a_download_that_breaks_begins_anew(
    client: Client, server: FakeServer, tmp_path: Path
) -> None:
    server.files["v1/objects/a"] = b"edited"
    server.plan["/v1/objects/a"] = [
        httpx.Response(200, content=breaking(b"half of what is longer"))
    ]

    client.download(result("/v1/objects/a", 6), tmp_path / "a.jpg")

    assert (tmp_path / "a.jpg").read_bytes() == b"edited"


@pytest.mark.parametrize(
    "answers",
    [
        [httpx.Response(200, content=breaking(b"half")) for _ in range(ATTEMPTS)],
        [httpx.Response(200, content=b"too short")],
        [problem(404, "object_not_found", "Gone.")],
    ],
)
def test_a_failed_download_leaves_what_was_there(
    client: Client, server: FakeServer, tmp_path: Path, answers: list[httpx.Response]
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"old")
    server.plan["/v1/objects/a"] = [*answers]

    with pytest.raises(BackendError):
        client.download(result("/v1/objects/a", 99), tmp_path / "a.jpg")

    assert (tmp_path / "a.jpg").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jpg"]


def test_another_server_is_not_told_the_owner(server: FakeServer, tmp_path: Path) -> None:
    server.files["bucket/a.jpg"] = b"edited"
    client = Client(owner="alice", transport=httpx.MockTransport(server))

    client.download(result("https://s3.example/bucket/a.jpg?signature=1", 6), tmp_path / "a.jpg")

    assert "Abzug-Owner" not in server.seen[0].headers


def test_results_come_as_a_zip_of_the_outputs_chosen(
    client: Client, server: FakeServer, tmp_path: Path
) -> None:
    server.files["v1/jobs/jb_1/results.zip"] = b"PK"

    client.results_zip("jb_1", tmp_path / "all.zip")
    client.results_zip("jb_1", tmp_path / "some.zip", outputs=["web", "print"])

    assert (tmp_path / "some.zip").read_bytes() == b"PK"
    assert [request.url.params.get("outputs") for request in server.seen] == [None, "web,print"]
