"""Photos over HTTP: what is acknowledged is there, byte for byte, and nothing else is."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator

import httpx
import pytest
from tests.support.pictures import jpeg
from tests.support.waiting import until
from tests.support.web_server import SMALL, WebServer

from abzug.edits.outputs import canonical_outputs
from abzug.keys import result_key
from abzug.service import proxies

LIMIT = 3 * 2**20


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    home = tmp_path_factory.mktemp("web")
    with WebServer(home, max_upload_bytes=LIMIT, max_pixels=10_000_000) as web:
        yield web


def stored(web: WebServer, owner: str) -> list[str]:
    return [info.key for info in web.service.store.list(f"originals/{owner}/")]


def test_an_uploaded_photo_is_the_bytes_that_were_sent(web: WebServer) -> None:
    me = web.person()
    data = jpeg(2, 800, 600) + bytes(1_500_000)

    made = me.http.post("/v1/photos", params={"filename": "dir/Möwe.jpg"}, content=data)

    photo = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/photos/{photo['id']}"
    assert photo["filename"] == "Möwe.jpg"
    assert photo["media_type"] == "image/jpeg"
    assert (photo["width"], photo["height"], photo["bytes"]) == (800, 600, len(data))
    assert photo["sha256"] == hashlib.sha256(data).hexdigest()
    assert me.http.get(made.headers["location"]).json() == photo
    assert me.http.get(f"/v1/photos/{photo['id']}/original").content == data


def test_a_form_is_taken_too(web: WebServer) -> None:
    me = web.person()

    made = me.http.post("/v1/photos", files={"file": ("boat.jpg", SMALL, "image/jpeg")})

    assert made.status_code == 201, made.text
    assert made.json()["filename"] == "boat.jpg"
    original = me.http.get(f"/v1/photos/{made.json()['id']}/original")
    assert original.content == SMALL


def test_a_form_without_the_file_is_refused_with_a_pointer(web: WebServer) -> None:
    me = web.person()

    answer = me.http.post("/v1/photos", files={"photo": ("boat.jpg", SMALL)})

    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/file"]
    assert not stored(web, me.owner)


def test_a_body_without_a_length_is_streamed(web: WebServer) -> None:
    me = web.person()

    made = me.http.post("/v1/photos", content=(SMALL[i : i + 100] for i in range(0, 9999, 100)))

    assert made.status_code == 201
    assert made.json()["sha256"] == hashlib.sha256(SMALL[:9999]).hexdigest()


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "unreadable"),
        (b"just some text, and no photo at all", 415, "unsupported_format"),
        (SMALL + bytes(LIMIT), 413, "too_large"),
        (jpeg(1, 4000, 2600), 413, "too_many_pixels"),
    ],
    ids=["empty", "text", "too many bytes", "too many pixels"],
)
def test_what_cannot_be_edited_is_refused_and_leaves_nothing(
    web: WebServer, data: bytes, status: int, code: str
) -> None:
    me = web.person()

    answer = me.http.post("/v1/photos", content=data)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert not stored(web, me.owner)
    assert me.http.get("/v1/photos").json()["items"] == []


def test_a_length_over_the_limit_is_refused_before_the_body_is_read(web: WebServer) -> None:
    host, port = httpx.URL(web.url).host, httpx.URL(web.url).port
    with socket.create_connection((host, port)) as connection:
        connection.sendall(
            b"POST /v1/photos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n"
        )
        assert b" 413 " in connection.recv(4096)


def test_a_client_that_goes_away_leaves_nothing_behind(web: WebServer) -> None:
    me = web.person()
    temporary = web.service.settings.home / "photos" / ".tmp"
    host, port = httpx.URL(web.url).host, httpx.URL(web.url).port
    with socket.create_connection((host, port)) as connection:
        connection.sendall(
            b"POST /v1/photos HTTP/1.1\r\nHost: localhost\r\n"
            + f"Abzug-Owner: {me.owner}\r\nContent-Length: 2900000\r\n\r\n".encode()
            + SMALL
            + bytes(2_500_000)
        )
        until(lambda: any(temporary.iterdir()))
    until(lambda: not any(temporary.iterdir()))
    assert not stored(web, me.owner)


def test_the_original_is_given_in_ranges(web: WebServer) -> None:
    me = web.person()
    data = jpeg(3, 1200, 900) + bytes(range(256)) * 6000
    path = f"/v1/photos/{me.upload(data, 'a.jpg')['id']}/original"

    def get(wanted: str, **headers: str) -> httpx.Response:
        return me.http.get(path, headers={"Range": wanted} | headers)

    part = get("bytes=10-1999999")
    assert part.status_code == 206
    assert part.content == data[10:]
    assert part.headers["content-range"] == f"bytes 10-{len(data) - 1}/{len(data)}"
    assert get("bytes=0-0").content == data[:1]
    assert get("bytes=-5").content == data[-5:]
    assert get(f"bytes={len(data) - 3}-").content == data[-3:]
    assert get("bytes=5-2").content == data
    assert get("bytes=0-1,4-5").content == data
    assert get("bytes=0-1", **{"If-Range": '"other"'}).content == data
    beyond = get(f"bytes={len(data)}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(data)}"
    assert beyond.json()["code"] == "range_not_satisfiable"


def test_the_original_has_a_validator_a_safe_name_and_no_power(web: WebServer) -> None:
    me = web.person()
    photo = me.upload(filename='sn"ow\u00e9.jpg')
    path = f"/v1/photos/{photo['id']}/original"

    full = me.http.get(path)
    again = me.http.get(path, headers={"If-None-Match": full.headers["etag"]})
    head = me.http.head(path)

    assert full.headers["etag"] == f'"{photo["sha256"]}"'
    assert full.headers["content-type"] == "image/jpeg"
    assert full.headers["content-disposition"].endswith("filename*=UTF-8''sn%22ow%C3%A9.jpg")
    assert full.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in full.headers["content-security-policy"]
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(SMALL))


def test_photos_are_listed_page_by_page(web: WebServer) -> None:
    me = web.person()
    ids = [me.upload(filename=f"{i}.jpg")["id"] for i in range(5)]

    found, url = [], "/v1/photos?limit=2"
    while url:
        answer = me.http.get(url)
        page = answer.json()
        found += [photo["id"] for photo in page["items"]]
        url = page["next"]
        assert answer.links.get("next", {}).get("url") == url

    assert found == ids[::-1]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=nonsense"])
def test_a_page_that_cannot_be_is_refused(web: WebServer, query: str) -> None:
    answer = web.person().http.get(f"/v1/photos?{query}")

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


def test_a_deleted_photo_is_gone(web: WebServer) -> None:
    me = web.person()
    path = f"/v1/photos/{me.upload()['id']}"

    assert me.http.delete(path).status_code == 204
    assert me.http.get(path).status_code == 404
    assert me.http.delete(path).status_code == 404
    assert not stored(web, me.owner)


def test_a_photo_that_a_job_needs_stays(web: WebServer) -> None:
    me = web.person()
    job = me.order()
    photo_id = me.tasks(job)[0].photo_id

    answer = me.http.delete(f"/v1/photos/{photo_id}")

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert me.http.get(f"/v1/photos/{photo_id}/original").content == SMALL


def test_a_proxy_is_made_once_and_then_given(web: WebServer) -> None:
    me = web.person()
    photo = me.upload()
    path = f"/v1/photos/{photo['id']}/proxy"

    first, second = me.http.get(path), me.http.get(path)
    (output,) = canonical_outputs([proxies.OUTPUT], max_outputs=1)
    key = result_key(me.owner, photo["sha256"], {}, [output], output)
    web.service.store.put(key, b"the proxy", media_type="image/jpeg")
    made = me.http.get(path)

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.headers["retry-after"] == "1"
    assert web.service.requests.depth().visible >= 1
    assert (made.status_code, made.content) == (200, b"the proxy")
    assert made.headers["content-type"] == "image/jpeg"
    assert me.http.get("/v1/jobs").json()["items"] == []


@pytest.mark.parametrize("size", [0, 2 * 2**20])
def test_an_original_with_a_flipped_byte_is_never_given_to_its_end(
    web: WebServer, size: int
) -> None:
    me = web.person()
    photo = me.upload(SMALL + bytes(size))
    path = f"/v1/photos/{photo['id']}/original"
    (key,) = stored(web, me.owner)
    data = bytearray(SMALL + bytes(size))
    data[-1] ^= 1
    web.service.store.put(key, bytes(data), media_type="image/jpeg")

    answer = me.http.get(path, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.json()["code"]) == (500, "object_damaged")
    if size:
        with pytest.raises(httpx.RemoteProtocolError):
            me.http.get(path)
    else:
        assert me.http.get(path).json()["code"] == "object_damaged"


def test_a_photo_sent_as_a_form_without_files_is_refused_with_the_right_way(web: WebServer) -> None:
    answer = web.http.post(
        "/v1/photos",
        content=SMALL,
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")
    assert "--data-binary" in answer.json()["advice"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("14.30\u202fUhr.jpg", "14.30\u202fUhr.jpg"),
        ("می\u200cخواهم.jpg", "می\u200cخواهم.jpg"),
        ("👩\u200d👧.jpg", "👩\u200d👧.jpg"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("a\u2066b\u2069\x85c\u2028d.jpg", "abcd.jpg"),
    ],
)
def test_names_keep_what_scripts_need_and_lose_what_deceives(
    web: WebServer, name: str, kept: str
) -> None:
    assert web.person().upload(filename=name)["filename"] == kept
