"""The small parts of the web server: hosts, foreign pages, names, forms, package files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from abzug.errors import ConfigError, InvalidRequest, NotFound
from abzug.stores.disposition import attachment
from abzug.web.files import give_file
from abzug.web.loopback import address_to_bind, is_loopback_host
from abzug.web.multipart import FileStart, FormFile
from abzug.web.security import is_foreign
from abzug.web.views import rfc3339


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:1", "127.1.2.3", "[::1]:80", "a.localhost"]
)
def test_a_loopback_host_is_ours(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[::2]",
        "127.0.0.1@evil.example",
        "localhost:80:80",
        "localhost/",
        "[::1",
    ],
)
def test_any_other_host_is_not(host: str) -> None:
    assert not is_loopback_host(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::", "192.0.2.1", "no such host"])
def test_what_others_can_reach_is_not_bound(host: str) -> None:
    with pytest.raises(ConfigError):
        address_to_bind(host)


def test_what_others_can_reach_is_bound_where_that_is_wanted() -> None:
    assert address_to_bind("0.0.0.0", is_open=True)[1] == "0.0.0.0"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_bound(host: str) -> None:
    address_to_bind(host)


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": "http://localhost:8000"}, False),
        ({"origin": "http://localhost:9000"}, True),
        ({"origin": "null"}, True),
    ],
)
def test_a_page_of_another_site_is_known_by_its_headers(
    headers: dict[str, str], foreign: bool
) -> None:
    assert is_foreign(Headers({"host": "localhost:8000"} | headers)) is foreign


def test_a_filename_travels_in_ascii_and_in_full() -> None:
    assert attachment("a b.jpg") == 'attachment; filename="a b.jpg"'
    assert (
        attachment('Möwe"\r\n.jpg')
        == "attachment; filename=\"M_we___.jpg\"; filename*=UTF-8''M%C3%B6we%22%0D%0A.jpg"
    )


def test_times_are_utc_with_milliseconds() -> None:
    assert rfc3339(1_700_000_000.0) == "2023-11-14T22:13:20.000Z"
    assert rfc3339(1_700_000_000.9994) == "2023-11-14T22:13:20.999Z"


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="M\xc3\xb6we.jpg"\r\n'
    b"Content-Type: image/jpeg\r\n\r\nJPEG\r\n--not the end\r\nBYTES\r\n--b--\r\n"
)


def read_form(
    body: bytes, size: int, content_type: str = "multipart/form-data; boundary=b"
) -> list[FileStart | bytes]:
    async def chunks() -> AsyncIterator[bytes]:
        for i in range(0, len(body), size):
            yield body[i : i + size]

    async def read() -> list[FileStart | bytes]:
        return [item async for item in FormFile(content_type).read(chunks())]

    # in a thread of its own: in this one a browser test may have left an event loop running
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, read()).result()


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_form_gives_its_file_however_it_is_cut(size: int) -> None:
    first, *data = read_form(FORM, size)

    assert first == FileStart("Möwe.jpg")
    assert (
        b"".join(piece for piece in data if isinstance(piece, bytes))
        == b"JPEG\r\n--not the end\r\nBYTES"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        FORM[:-20],
        FORM.replace(b'"file"', b'"photo"'),
        FORM.replace(b'"note"', b'"file"'),
    ],
    ids=["empty", "no form", "broken off", "no file", "two files"],
)
def test_a_form_that_is_not_right_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_form(body, 16)


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidRequest):
        read_form(FORM, 16, content_type)


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": raw})


def test_a_file_is_revalidated_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("one")
    first = give_file(request(), tmp_path, "a.js")
    again = give_file(request(if_none_match=first.headers["etag"]), tmp_path, "a.js")
    (tmp_path / "a.js").write_text("other")
    changed = give_file(request(if_none_match=first.headers["etag"]), tmp_path, "a.js")

    assert (first.status_code, first.body) == (200, b"one")
    assert (again.status_code, again.body) == (304, b"")
    assert (changed.status_code, changed.body) == (200, b"other")


@pytest.mark.parametrize("name", ["../b.js", "", ".", "folder", "a.py", "a.js\0", "none.js"])
def test_nothing_else_is_given(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "a.py").touch()
    (root / "a.js").touch()
    (tmp_path / "b.js").touch()
    with pytest.raises(NotFound):
        give_file(request(), root, name)
