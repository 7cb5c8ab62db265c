"""What every photo store promises."""

import concurrent.futures
import hashlib
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.store_backends import BACKENDS

from abzug.errors import InvalidRequest, ObjectExists, ObjectNotFound
from abzug.stores.base import CHUNK, MAX_KEY, ObjectInfo, Store, check_key, is_key

HOSTILE_KEYS = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../secret",
    "a/../../secret",
    "a//b",
    "a/",
    ".tmp/x",
    "a/.hidden",
    "a\\b",
    "a b",
    "a\n",
    "a\0b",
    "ä",
    "a/" + "n" * 256,
    "a/" * (MAX_KEY // 2) + "b",
]


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store = BACKENDS[request.param](tmp_path / "home", request)
    yield store
    store.close()


def put(store: Store, key: str, data: bytes = b"photo") -> ObjectInfo:
    return store.put(key, data, media_type="image/jpeg")


def test_what_was_put_is_what_is_got(store: Store) -> None:
    data = os.urandom(3000)

    put(store, "originals/alice/ph_1", data)

    assert store.get("originals/alice/ph_1") == data


def test_an_empty_object_is_an_object(store: Store) -> None:
    put(store, "empty", b"")

    assert store.get("empty") == b""
    assert list(store.stream("empty")) == []
    assert store.head("empty").size == 0


def test_put_tells_size_time_and_digest(store: Store) -> None:
    before = time.time()

    info = put(store, "k", b"photo")

    assert info.key == "k"
    assert info.size == 5
    assert info.sha256 == hashlib.sha256(b"photo").hexdigest()
    assert before - 2 < info.modified < time.time() + 2


def test_head_agrees_with_put(store: Store) -> None:
    stored = put(store, "a/b", b"photo")

    seen = store.head("a/b")

    assert (seen.key, seen.size) == (stored.key, stored.size)
    assert seen.sha256 in {None, stored.sha256}
    assert abs(seen.modified - stored.modified) < 2


def test_a_writer_joins_its_pieces(store: Store) -> None:
    pieces: list[Any] = [b"one", bytearray(b"two"), memoryview(b"three"), b""]

    with store.writer("joined", media_type="image/png") as writer:
        for piece in pieces:
            writer.write(piece)
        info = writer.commit()

    assert store.get("joined") == b"onetwothree"
    assert info.sha256 == hashlib.sha256(b"onetwothree").hexdigest()
    assert info.size == 11


def test_nothing_appears_before_commit(store: Store) -> None:
    with store.writer("late", media_type="image/png") as writer:
        writer.write(b"x" * 100_000)
        with pytest.raises(ObjectNotFound):
            store.head("late")
        writer.commit()
    assert store.head("late").size == 100_000


def test_leaving_without_commit_leaves_nothing(store: Store) -> None:
    with store.writer("never", media_type="image/png") as writer:
        writer.write(b"half")

    assert list(store.list()) == []


def test_an_error_on_the_way_leaves_nothing(store: Store) -> None:
    def stop_halfway() -> Never:
        with store.writer("never", media_type="image/png") as writer:
            writer.write(b"half")
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        stop_halfway()

    assert list(store.list()) == []


def test_an_abandoned_overwrite_keeps_the_old_object(store: Store) -> None:
    put(store, "kept", b"old")

    with store.writer("kept", media_type="image/png") as writer:
        writer.write(b"new")

    assert store.get("kept") == b"old"


def test_a_second_put_replaces_the_first(store: Store) -> None:
    put(store, "k", b"a long first photo")
    put(store, "k", b"second")

    assert store.get("k") == b"second"


def test_create_only_refuses_a_taken_key_and_keeps_what_is_there(store: Store) -> None:
    put(store, "taken", b"first")

    with pytest.raises(ObjectExists):
        store.put("taken", b"second", media_type="image/jpeg", create_only=True)

    assert store.get("taken") == b"first"


def test_create_only_takes_a_free_key(store: Store) -> None:
    store.put("free", b"first", media_type="image/jpeg", create_only=True)

    assert store.get("free") == b"first"


def test_of_many_creating_at_once_exactly_one_succeeds(store: Store) -> None:
    together = threading.Barrier(8)

    def create(number: int) -> int | None:
        together.wait()
        try:
            store.put("raced", b"%d" % number, media_type="image/jpeg", create_only=True)
        except ObjectExists:
            return None
        return number

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        winners = [n for n in threads.map(create, range(8)) if n is not None]

    assert len(winners) == 1
    assert store.get("raced") == b"%d" % winners[0]


def test_of_many_replacing_at_once_one_is_whole(store: Store) -> None:
    bodies = [bytes([n]) * 200_000 for n in range(6)]

    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda body: put(store, "raced", body), bodies))

    assert store.get("raced") in bodies


@pytest.mark.parametrize(
    ("start", "length"), [(0, None), (0, 4), (3, 4), (3, None), (8, 100), (10, 1), (99, None)]
)
def test_a_range_is_a_slice(store: Store, start: int, length: int | None) -> None:
    data = b"0123456789"
    put(store, "k", data)
    wanted = data[start:] if length is None else data[start : start + length]

    assert store.get("k", start=start, length=length) == wanted
    assert b"".join(store.stream("k", start=start, length=length)) == wanted


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, -1)])
def test_a_negative_range_is_refused(store: Store, start: int, length: int | None) -> None:
    put(store, "k")

    with pytest.raises(ValueError, match="range"):
        store.get("k", start=start, length=length)
    with pytest.raises(ValueError, match="range"):
        store.stream("k", start=start, length=length)


def test_a_stream_comes_in_pieces_of_a_chunk(store: Store) -> None:
    data = os.urandom(2 * CHUNK + 5)
    put(store, "big", data)

    pieces = list(store.stream("big", start=1))

    assert b"".join(pieces) == data[1:]
    assert max(map(len, pieces)) <= CHUNK
    assert len(pieces) == 3


def test_a_missing_object_is_not_found(store: Store) -> None:
    put(store, "there/a")

    for key in ("missing", "there", "there/b", "there/a/below"):
        with pytest.raises(ObjectNotFound):
            store.get(key)
        with pytest.raises(ObjectNotFound):
            store.head(key)
        with pytest.raises(ObjectNotFound):
            store.stream(key)


def test_deleting_twice_is_no_error(store: Store) -> None:
    put(store, "a/gone")
    put(store, "a/kept")

    store.delete("a/gone")
    store.delete("a/gone")
    store.delete("a")
    store.delete("never/was")

    assert [info.key for info in store.list()] == ["a/kept"]


def test_a_stream_outlives_the_deletion_of_its_object(store: Store) -> None:
    data = os.urandom(CHUNK + 5)
    put(store, "k", data)

    pieces = store.stream("k")
    store.delete("k")

    assert b"".join(pieces) == data


def test_a_list_is_in_order_of_keys(store: Store) -> None:
    keys = ["b", "a/z", "a-b", "a.b", "a/a/c", "a/a-c", "a0", "A", "_", "results/local/x.jpg"]
    for key in keys:
        put(store, key, key.encode())

    found = list(store.list())

    assert [info.key for info in found] == sorted(keys)
    assert [info.size for info in found] == [len(key) for key in sorted(keys)]


@pytest.mark.parametrize(
    "prefix", ["", "a", "a/", "a/b", "a/b/", "a/bc", "ab", "x", "x/y/", "a/b/1"]
)
def test_a_prefix_is_of_the_key_not_of_a_folder(store: Store, prefix: str) -> None:
    keys = ["a/b/1", "a/b/2", "a/bc", "a/c", "ab", "b"]
    for key in keys:
        put(store, key)

    assert [info.key for info in store.list(prefix)] == [k for k in keys if k.startswith(prefix)]


@pytest.mark.parametrize("key", HOSTILE_KEYS)
def test_no_method_takes_a_key_that_breaks_the_rules(store: Store, key: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: put(store, key),
        lambda: store.writer(key, media_type="image/png"),
        lambda: store.get(key),
        lambda: store.stream(key),
        lambda: store.head(key),
        lambda: store.delete(key),
        lambda: store.signed_url(key, expires_in=60),
    ]
    for call in calls:
        with pytest.raises(InvalidRequest):
            call()
    assert list(store.list()) == []


def test_the_longest_key_is_taken(store: Store) -> None:
    key = "/".join(["n" * 255, "m" * 253, "xx"])
    assert len(key) == MAX_KEY

    put(store, key, b"far")

    assert store.get(key) == b"far"


@settings(deadline=None)
@given(st.text(max_size=20) | st.text("./a-\\\0 ", max_size=12))
def test_a_key_is_exactly_what_the_words_say(text: str) -> None:
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    fits = all(
        name and set(name) <= allowed and not name.startswith(".") for name in text.split("/")
    )

    assert is_key(text) == fits
    if not fits:
        with pytest.raises(InvalidRequest):
            check_key(text)


def test_signed_urls_name_their_object(store: Store) -> None:
    put(store, "results/local/abc.jpg")

    urls = [
        store.signed_url("results/local/abc.jpg", expires_in=60, filename=name)
        for name in (None, "my holiday & more.jpg", "Grüße.jpg")
    ]

    assert all("results/local/abc.jpg" in url for url in urls)
    assert all(a != b for a, b in itertools.combinations(urls, 2))
    assert all(url.isascii() and " " not in url for url in urls)
