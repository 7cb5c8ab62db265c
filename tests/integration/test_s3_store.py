"""What only a bucket can do wrong: parts, other places, signatures, and answers that are errors."""

import datetime as dt
import hashlib
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from obstore.exceptions import GenericError
from tests.support import endpoints
from tests.support.endpoints import Ministack
from tests.support.pictures import jpeg
from tests.support.web_server import WebServer

from abzug.client import Client
from abzug.errors import (
    ConfigError,
    Conflict,
    ObjectExists,
    ObjectNotFound,
    StoreError,
    StoreFull,
    TooLarge,
    UnsupportedPhoto,
)
from abzug.stores.base import ObjectInfo
from abzug.stores.s3 import S3Store
from abzug.stores.s3_bucket import PART
from abzug.stores.s3_errors import store_errors
from abzug.stores.s3_url import S3Url
from abzug.stores.sigv4 import Credentials, presign

BIG = os.urandom(2 * PART + 5)


@pytest.fixture
def store(bucket: str) -> S3Store:
    return S3Store(S3Url.parse(bucket))


def keys_in(ministack: Ministack, bucket: str) -> tuple[list[str], int]:
    """All that the bucket holds, and whether uploads are unfinished."""
    name = S3Url.parse(bucket).bucket
    client = ministack.s3()
    found = client.list_objects_v2(Bucket=name).get("Contents", [])
    unfinished = client.list_multipart_uploads(Bucket=name).get("Uploads", [])
    client.close()
    return [each["Key"] for each in found], len(unfinished)


def write(store: S3Store, data: bytes, **more: Any) -> ObjectInfo:
    with store.writer("big", media_type="image/tiff", **more) as writer:
        for start in range(0, len(data), 2**20):
            writer.write(data[start : start + 2**20])
        return writer.commit()


@pytest.mark.parametrize("create_only", [False, True])
def test_a_large_object_goes_up_in_parts_and_is_whole(
    store: S3Store, ministack: endpoints.Ministack, bucket: str, create_only: bool
) -> None:
    info = write(store, BIG, create_only=create_only)

    assert store.get("big") == BIG
    assert info.size == len(BIG)
    assert info.sha256 == hashlib.sha256(BIG).hexdigest()
    assert keys_in(ministack, bucket) == (["some/prefix/big"], 0)


def test_a_large_object_does_not_take_a_key_that_is_taken(
    store: S3Store, ministack: endpoints.Ministack, bucket: str
) -> None:
    store.put("big", b"first", media_type="image/jpeg")

    with pytest.raises(ObjectExists):
        write(store, BIG, create_only=True)

    assert store.get("big") == b"first"
    assert keys_in(ministack, bucket) == (["some/prefix/big"], 0)


@pytest.mark.parametrize("create_only", [False, True])
def test_parts_that_are_abandoned_are_taken_away(
    store: S3Store, ministack: endpoints.Ministack, bucket: str, create_only: bool
) -> None:
    with store.writer("big", media_type="image/tiff", create_only=create_only) as writer:
        writer.write(BIG)
        assert keys_in(ministack, bucket) == ([], 1)

    assert keys_in(ministack, bucket) == ([], 0)


def test_a_signed_url_is_the_one_that_botocore_makes() -> None:
    query = {"response-content-disposition": "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.jpg"}
    at = dt.datetime(2026, 5, 9, 7, 35, 25, tzinfo=dt.UTC)
    url = "https://photos.s3.eu-central-1.amazonaws.com/some/prefix/results/a.jpg"
    request = AWSRequest("PUT", url, headers={"x-amz-checksum-sha256": "abc="}, params=query)
    with mock.patch("botocore.auth.get_current_datetime", return_value=at):
        S3SigV4QueryAuth(
            BotoCredentials("AKID", "secret", "to/ken+"), "s3", "eu-central-1", expires=600
        ).add_auth(request)

    ours = presign(
        "PUT",
        url,
        Credentials("eu-central-1", "AKID", "secret", "to/ken+"),
        expires_in=600,
        query=query,
        headers={"x-amz-checksum-sha256": "abc="},
        at=at.timestamp(),
    )

    assert httpx.URL(ours).params.multi_items().sort() == (
        httpx.URL(request.prepare().url).params.multi_items().sort()
    )
    assert (
        httpx.URL(ours).params["X-Amz-Signature"]
        == (httpx.URL(request.prepare().url).params["X-Amz-Signature"])
    )


def test_a_signed_url_gives_the_object_to_anyone(store: S3Store) -> None:
    store.put("results/a.jpg", b"photo", media_type="image/jpeg")

    answer = httpx.get(store.signed_url("results/a.jpg", expires_in=60))

    assert (answer.status_code, answer.content) == (200, b"photo")
    assert answer.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    "url",
    [
        "s3:///prefix",
        "s3://photos?style=other",
        "s3://photos?regoin=x",
        "s3://photos/.hidden",
        "s3://photos?endpoint=localhost:9000",
        "s3://photos--use1-az4--x-s3",
    ],
)
def test_a_url_that_cannot_work_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigError):
        S3Url.parse(url)


def test_style_and_endpoint_follow_from_each_other() -> None:
    aws = S3Url.parse("s3://photos/a/b?region=eu-west-1")
    own = S3Url.parse("s3://photos?endpoint=http://127.0.0.1:9000/")
    forced = S3Url.parse("s3://photos?endpoint=http://minio:9000&style=virtual")

    assert aws.url_of_bucket == "https://photos.s3.eu-west-1.amazonaws.com"
    assert aws.prefix == "a/b/"
    assert own.url_of_bucket == "http://127.0.0.1:9000/photos"
    assert forced.url_of_bucket == "http://photos.minio:9000"


def test_a_bucket_that_is_not_there_is_not_a_photo_that_is_gone(bucket: str) -> None:
    where = S3Url.parse(bucket.replace("s3://", "s3://not-"))
    store = S3Store(where)

    for call in (lambda: store.get("k"), lambda: store.put("k", b"x", media_type="image/png")):
        with pytest.raises(StoreError) as raised:
            call()
        assert not isinstance(raised.value, ObjectNotFound)


def test_a_store_that_is_full_says_so() -> None:
    with pytest.raises(StoreFull), store_errors():
        raise GenericError("status code: 507 Insufficient Storage")


class ScriptedServer(http.server.ThreadingHTTPServer):
    """A bucket that answers each request with the next status of its `script`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Scripted)
        self.url = f"s3://bucket?endpoint=http://127.0.0.1:{self.server_port}"
        self.asked: list[str] = []
        self.script: list[int] = []


class Scripted(http.server.BaseHTTPRequestHandler):
    server: ScriptedServer
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append(self.command)
        status = self.server.script.pop(0)
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.send_header("Last-Modified", "Sat, 09 May 2026 07:35:25 GMT")
        self.end_headers()

    do_HEAD = do_PUT  # noqa: N815  http.server calls it so

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


def test_an_answer_that_asks_for_patience_is_tried_again(scripted: ScriptedServer) -> None:
    scripted.script = [503, 500, 200]

    S3Store(S3Url.parse(scripted.url)).put("k", b"photo", media_type="image/jpeg")

    assert scripted.asked == ["PUT", "PUT", "PUT"]


def test_another_write_under_way_is_not_yet_a_key_that_is_taken(scripted: ScriptedServer) -> None:
    scripted.script = [409, 404, 200]

    store = S3Store(S3Url.parse(scripted.url))
    store.put("k", b"photo", media_type="image/jpeg", create_only=True)

    assert scripted.asked == ["PUT", "HEAD", "PUT"]


# past the web server


@pytest.fixture
def web(bucket: str, tmp_path: Path) -> Iterator[WebServer]:
    with WebServer(tmp_path / "home", store_url=bucket, max_upload_bytes=2**20) as web:
        yield web


def test_a_photo_can_go_straight_into_the_store(
    web: WebServer, ministack: endpoints.Ministack, bucket: str, tmp_path: Path
) -> None:
    data = jpeg(3, 800, 600)
    (tmp_path / "beach.jpg").write_bytes(data)
    with Client(web.url, owner="ann") as client:
        photo = client.upload_direct(tmp_path / "beach.jpg")
        assert client.upload(data)["sha256"] == photo["sha256"]

    assert photo["filename"] == "beach.jpg"
    assert (photo["width"], photo["height"], photo["bytes"]) == (800, 600, len(data))
    assert photo["sha256"] == hashlib.sha256(data).hexdigest()
    original = httpx.get(f"{web.url}/v1/photos/{photo['id']}/original", headers=OWNER)
    assert original.status_code == 307
    assert original.headers["location"].startswith(ministack.url)
    assert web.service.store.get(f"originals/ann/{photo['id']}") == data
    assert not [key for key in keys_in(ministack, bucket)[0] if "incoming" in key]


OWNER = {"Abzug-Owner": "ann"}


def begin(web: WebServer, data: bytes, **other: Any) -> dict[str, Any]:
    order = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), **other}
    answer = httpx.post(f"{web.url}/v1/uploads/direct", json=order, headers=OWNER)
    assert answer.status_code == 200, answer.text
    return answer.json()


def complete(web: WebServer, upload: dict[str, Any]) -> httpx.Response:
    url = f"{web.url}/v1/uploads/direct/{upload['id']}/complete"
    return httpx.post(url, json={"filename": "a.jpg"}, headers=OWNER)


def test_the_store_takes_no_other_bytes_than_were_announced(web: WebServer) -> None:
    data = jpeg(4, 80, 60)
    upload = begin(web, data)

    other = httpx.put(upload["url"], content=data[::-1], headers=upload["headers"])

    assert other.status_code == 400
    assert complete(web, upload).json()["code"] == "not_found"


def test_who_still_has_the_url_cannot_change_the_photo(web: WebServer) -> None:
    data = jpeg(5, 80, 60)
    upload = begin(web, data)
    httpx.put(upload["url"], content=data, headers=upload["headers"])
    photo = complete(web, upload).json()

    httpx.put(upload["url"], content=data, headers=upload["headers"])
    again = complete(web, upload)

    assert (again.status_code, again.json()) == (201, photo)
    assert web.service.store.get(f"originals/ann/{photo['id']}") == data


def test_what_is_no_photo_is_refused_and_gone(
    web: WebServer, ministack: endpoints.Ministack, bucket: str
) -> None:
    upload = begin(web, b"no photo" * 100)
    httpx.put(upload["url"], content=b"no photo" * 100, headers=upload["headers"])

    assert complete(web, upload).json()["code"] == UnsupportedPhoto.code
    assert keys_in(ministack, bucket) == ([], 0)


def test_a_photo_that_is_too_large_is_refused_before_it_is_sent(web: WebServer) -> None:
    with Client(web.url) as client, pytest.raises(TooLarge):
        client.upload_direct(bytes(2**20 + 1))


@pytest.mark.parametrize("photo_id", ["ph_0", "jb_" + "0" * 26, "ph_" + "0" * 26, "..%2Fx"])
def test_an_id_that_nothing_was_uploaded_for_is_not_found(web: WebServer, photo_id: str) -> None:
    assert complete(web, {"id": photo_id}).status_code == 404


def test_the_page_may_show_photos_of_the_store(
    web: WebServer, ministack: endpoints.Ministack
) -> None:
    policy = httpx.get(web.url).headers["content-security-policy"]

    assert f"img-src 'self' {ministack.url} " in policy


def test_a_store_without_an_endpoint_sends_people_to_the_ordinary_upload(tmp_path: Path) -> None:
    with WebServer(tmp_path / "home") as web, Client(web.url) as client:
        with pytest.raises(Conflict) as raised:
            client.upload_direct(b"photo")
        assert "POST /v1/photos" in raised.value.advice
        with pytest.raises(Conflict):
            client._server.call("POST", "/v1/uploads/direct/x/complete", json={})
