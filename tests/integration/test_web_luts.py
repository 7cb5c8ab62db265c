"""LUTs over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.cubes import SWAP, sha256
from tests.web_server import WebServer

from abzug.edits.cube import MAX_BYTES


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with WebServer(tmp_path_factory.mktemp("web")) as web:
        yield web


def test_a_lut_is_stored_and_may_come_again(web: WebServer) -> None:
    for _ in range(2):
        answer = web.http.post("/v1/luts", content=SWAP)
        assert answer.status_code == 201
        assert answer.json() == {"id": sha256(SWAP), "title": "Red is blue", "size": 2}


def test_another_owner_cannot_name_it(web: WebServer) -> None:
    ann, bob = web.person(), web.person()
    ann.http.post("/v1/luts", content=SWAP).raise_for_status()
    edits = {"lut": {"id": sha256(SWAP)}}
    assert ann.order(edits=edits)["edits"] == edits

    answer = bob.http.post("/v1/jobs", json={"photos": [bob.upload()["id"]], "edits": edits})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/edits/lut/id", "detail": "no such LUT: store the .cube file first"}
    ]


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        (b"", 422, "Line 0"),
        (b"LUT_3D_SIZE 2\n0 0 nan", 422, "Line 2: 3 numbers are wanted"),
        (b"#" * (MAX_BYTES + 1), 413, "is not read"),
    ],
    ids=["nothing", "broken", "large"],
)
def test_what_is_no_lut_is_refused(web: WebServer, data: bytes, status: int, told: str) -> None:
    answer = web.http.post("/v1/luts", content=data)

    assert answer.status_code == status
    assert told in answer.json()["detail"]
