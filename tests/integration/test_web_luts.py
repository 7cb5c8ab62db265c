"""LUTs over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.cubes import SWAP, cube_file, sha256
from tests.support.web_server import WebServer

from abzug.client import Client
from abzug.edits.color.cube import MAX_BYTES
from abzug.errors import NotFound


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


def test_stored_luts_are_listed_page_by_page_and_deleted(web: WebServer) -> None:
    ann, bob = web.person(), web.person()
    titles = {}
    for n in range(3):
        data = cube_file(lambda rgb: rgb, 2, "#" + " long" * 20_000 * (n == 2), f'TITLE "Look {n}"')
        titles[ann.http.post("/v1/luts", content=data).json()["id"]] = f"Look {n}" if n < 2 else ""

    listed, url = [], "/v1/luts?limit=2"
    while url:
        page = ann.http.get(url).json()
        listed += page["items"]
        url = page["next"]
    assert [(lut["id"], lut["title"]) for lut in listed] == sorted(titles.items())
    assert bob.http.get("/v1/luts").json() == {"items": [], "next": None}

    path = f"/v1/luts/{listed[0]['id']}"
    assert bob.http.delete(path).status_code == 404
    assert ann.http.delete(path).status_code == 204
    assert ann.http.delete(path).status_code == 404
    assert ann.http.get("/v1/luts").json()["items"] == listed[1:]


def test_the_client_lists_and_deletes_luts(web: WebServer) -> None:
    with Client(web.url, owner="client") as client:
        lut = client.upload_lut(SWAP)
        assert list(client.luts()) == [lut]

        client.delete_lut(lut["id"])

        assert list(client.luts()) == []
        with pytest.raises(NotFound):
            client.delete_lut(lut["id"])


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        (b"", 422, "Line 0"),
        (b"LUT_3D_SIZE 2\n0 0 nan", 422, "Line 2: 3 numbers are wanted"),
        (b"#" * (MAX_BYTES + 1), 413, "larger than the limit"),
    ],
    ids=["nothing", "broken", "large"],
)
def test_what_is_no_lut_is_refused(web: WebServer, data: bytes, status: int, told: str) -> None:
    answer = web.http.post("/v1/luts", content=data)

    assert answer.status_code == status
    assert told in answer.json()["detail"]
