"""What only the embedded store promises: durability, and safety of the folder."""

import concurrent.futures
import contextlib
import errno
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Never
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abzug.errors import (
    ConfigError,
    InvalidRequest,
    ObjectExists,
    ObjectNotFound,
    StoreError,
    StoreFull,
)
from abzug.settings import Settings
from abzug.stores.base import ObjectInfo
from abzug.stores.file import LEFTOVER_AGE, FileStore, connect
from abzug.stores.signing import SECRET_BYTES, load_secret

SECRET = b"s" * SECRET_BYTES
WATCHED = ("write", "fdatasync", "fsync", "replace", "link", "mkdir")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "home" / "photos"


@pytest.fixture
def store(root: Path) -> FileStore:
    return FileStore(root, SECRET)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the os functions that change or sync files, as they are called."""
    made = []

    def watch(name: str) -> None:
        real = getattr(os, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            result = real(*args, **kwargs)
            made.append(name)
            return result

        monkeypatch.setattr(os, name, called)

    for name in WATCHED:
        watch(name)
    return made


def put(store: FileStore, key: str, data: bytes = b"photo", **options: Any) -> ObjectInfo:
    return store.put(key, data, media_type="image/jpeg", **options)


def temporary_files(root: Path) -> list[Path]:
    return list((root / ".tmp").iterdir())


def fail_with(number: int) -> Callable[..., Never]:
    def fail(*_args: object, **_kwargs: object) -> Never:
        raise OSError(number, os.strerror(number), "/home/alice/secret/path")

    return fail


def test_data_is_synced_then_named_then_the_folder_is_synced(
    store: FileStore, calls: list[str]
) -> None:
    put(store, "a/first")
    calls.clear()

    put(store, "a/second")
    put(store, "a/third", create_only=True)

    in_order = ["write", "fdatasync", "replace", "fsync"]
    in_order += ["write", "fdatasync", "link", "fsync"]
    # an existing folder is asked for again, in case it was removed by hand
    assert [name for name in calls if name != "mkdir"] == in_order


def test_a_new_folder_is_synced_into_its_parent_before_the_object_gets_its_name(
    store: FileStore, calls: list[str]
) -> None:
    put(store, "a/b/photo")

    assert calls == ["write", "fdatasync", "mkdir", "fsync", "mkdir", "fsync", "replace", "fsync"]


def test_a_folder_that_another_process_made_is_synced_as_well(
    root: Path, store: FileStore, calls: list[str]
) -> None:
    FileStore(root, SECRET)
    (root / "a").mkdir()  # by a writer that has not synced it yet
    calls.clear()

    put(store, "a/photo")

    assert calls == ["write", "fdatasync", "fsync", "replace", "fsync"]


def test_a_taken_key_is_durable_before_anybody_is_told(store: FileStore, calls: list[str]) -> None:
    put(store, "photo")
    calls.clear()

    with pytest.raises(ObjectExists):
        put(store, "photo", create_only=True)

    assert calls == ["write", "fdatasync", "fsync"]


def test_a_new_root_is_synced_into_its_parents(tmp_path: Path, calls: list[str]) -> None:
    FileStore(tmp_path / "new" / "home" / "photos", SECRET)

    assert calls.count("fsync") == 3


def test_an_unsynced_object_is_not_acknowledged(
    store: FileStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fdatasync", fail_with(errno.EIO))

    with pytest.raises(StoreError):
        put(store, "photo")

    monkeypatch.undo()
    assert list(store.list()) == []
    assert temporary_files(root) == []


WRITER = """
import sys
from pathlib import Path
from abzug.stores.file import FileStore
with FileStore(Path(sys.argv[1]), b"s" * 32).writer("a/photo", media_type="image/jpeg") as writer:
    writer.write(b"half a photo")
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_killed_writer_leaves_no_object_and_its_leftover_goes_after_a_day(
    root: Path, store: FileStore
) -> None:
    command = [sys.executable, "-c", WRITER, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == b"written\n"
        writer.send_signal(signal.SIGKILL)

    assert list(store.list()) == []
    (leftover,) = temporary_files(root)
    store.remove_leftovers()
    assert leftover.exists()  # it could be a slow upload
    yesterday = time.time() - LEFTOVER_AGE - 1
    os.utime(leftover, (yesterday, yesterday))
    connect(root.as_uri(), Settings(home=root.parent))
    assert temporary_files(root) == []


def test_nothing_temporary_is_left_behind(store: FileStore, root: Path) -> None:
    put(store, "photo")
    with pytest.raises(ObjectExists):
        put(store, "photo", create_only=True)
    put(store, "other", create_only=True)
    with store.writer("never", media_type="image/jpeg") as writer:
        writer.write(b"half")

    assert temporary_files(root) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_reported_as_full_and_leaves_nothing(
    store: FileStore, root: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    real = os.write
    with store.writer("photo", media_type="image/jpeg") as writer:
        monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:10]))  # the last bytes fit
        writer.write(b"0123456789")
        monkeypatch.setattr(os, "write", fail_with(number))
        with pytest.raises(StoreFull):
            writer.write(b"more")
        monkeypatch.undo()
        with pytest.raises(StoreError):
            writer.write(b"as if nothing had happened")
        with pytest.raises(StoreError):
            writer.commit()

    assert list(store.list()) == []
    assert temporary_files(root) == []


def test_short_writes_are_continued(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))

    put(store, "photo", b"x" * 100)

    assert store.get("photo") == b"x" * 100


@pytest.mark.parametrize("name", ["write", "fdatasync", "fsync", "replace", "open", "mkdir"])
def test_errors_name_no_path(store: FileStore, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(os, name, fail_with(errno.EIO))

    with pytest.raises(StoreError) as caught:
        put(store, "a/photo")

    assert "/" not in caught.value.message
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.EIO


def test_a_vanished_folder_is_a_failure_to_write_not_a_missing_object(
    store: FileStore, root: Path
) -> None:
    (root / ".tmp").rmdir()

    with pytest.raises(StoreError) as caught:
        put(store, "photo")

    assert not isinstance(caught.value, ObjectNotFound)
    assert not caught.value.permanent


def test_a_folder_removed_by_hand_is_made_again_durably(
    store: FileStore, root: Path, calls: list[str]
) -> None:
    put(store, "results/local/photo")
    (root / "results/local/photo").unlink()
    (root / "results/local").rmdir()
    calls.clear()

    put(store, "results/local/photo")

    assert store.get("results/local/photo") == b"photo"
    assert calls == ["write", "fdatasync", "mkdir", "fsync", "replace", "fsync"]


def test_only_the_owner_of_the_process_can_read_the_photos(store: FileStore, root: Path) -> None:
    put(store, "a/photo")

    assert stat.S_IMODE((root / "a/photo").stat().st_mode) == 0o600
    assert stat.S_IMODE((root / "a").stat().st_mode) == 0o700
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


@given(
    key=st.text("./a~\\\0\n", max_size=12)
    | st.lists(st.sampled_from(["..", ".", "", "a", "outside", ".tmp"]), max_size=6).map("/".join)
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_key_leaves_the_root(store: FileStore, root: Path, key: str) -> None:
    outside = root.parent / "outside"
    outside.write_text("private")

    refused = (InvalidRequest, StoreError)
    with contextlib.suppress(*refused):
        put(store, key, b"overwritten")
    with contextlib.suppress(*refused):
        assert store.get(key) == b"overwritten"
    with contextlib.suppress(*refused):
        assert all(info.key.startswith(key) for info in store.list(key))
    with contextlib.suppress(*refused):
        store.delete(key)

    assert outside.read_text() == "private"
    assert {path.name for path in root.parent.iterdir()} == {"photos", "outside"}


def test_links_are_not_followed_out_of_the_root(store: FileStore, root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "photo").write_bytes(b"private")
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "photo")

    for key in ("folder/photo", "file"):
        with pytest.raises(ObjectNotFound):
            store.get(key)
        with pytest.raises(ObjectNotFound):
            store.head(key)
    store.delete("folder/photo")
    with pytest.raises(StoreError):
        put(store, "folder/new")
    put(store, "file", b"mine")

    assert [info.key for info in store.list()] == ["file"]
    assert store.get("file") == b"mine"
    assert [(path.name, path.read_bytes()) for path in outside.iterdir()] == [("photo", b"private")]


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "photos").symlink_to(tmp_path / "disk")

    put(FileStore(tmp_path / "photos", SECRET), "photo")

    assert (tmp_path / "disk" / "photo").read_bytes() == b"photo"


def test_what_was_put_there_by_hand_is_no_object(store: FileStore, root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "with space").touch()
    (root / "folder").mkdir()

    assert list(store.list()) == []
    for key in ("pipe", "folder"):
        with pytest.raises(ObjectNotFound):
            store.get(key)
        with pytest.raises(ObjectNotFound):
            store.head(key)


def test_an_open_file_can_be_read_and_sent(store: FileStore) -> None:
    put(store, "photo", b"0123456789")

    with store.open_file("photo") as file:
        assert os.fstat(file.fileno()).st_size == 10
        file.seek(4)
        assert file.read() == b"456789"


def signed(url: str) -> tuple[str, dict[str, str]]:
    """Key and query of a signed URL, as the web server sees them."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts.path.removeprefix("/v1/objects/"), query


@pytest.mark.parametrize("filename", [None, "photo.jpg", "a&b=c?\n ü.jpg"])
def test_a_signed_url_is_good_for_its_object(store: FileStore, filename: str | None) -> None:
    key, query = signed(store.signed_url("a/photo", expires_in=60, filename=filename))

    assert key == "a/photo"
    assert query.get("filename") == filename
    assert store.verify_signature(key, **query)


def test_a_signed_url_is_a_path_in_the_promised_form(store: FileStore) -> None:
    url = store.signed_url("a/photo", expires_in=60, filename="b.jpg")

    assert re.fullmatch(
        r"/v1/objects/a/photo\?expires=\d{10}&signature=[0-9a-f]{64}&filename=b\.jpg", url
    )


def test_an_expired_signature_is_refused(store: FileStore) -> None:
    key, query = signed(store.signed_url("a/photo", expires_in=-1))

    assert not store.verify_signature(key, **query)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "a/other"},
        {"expires": "9999999999"},
        {"filename": "other.html"},
        {"filename": None},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "ü"},
        {"expires": ""},
        {"expires": "-1"},
        {"expires": "1e99"},
        {"expires": "²"},
        {"expires": "9" * 5000},
    ],
)
def test_a_tampered_url_is_refused(store: FileStore, change: dict[str, Any]) -> None:
    key, query = signed(store.signed_url("a/photo", expires_in=60, filename="mine.jpg"))
    genuine = {"key": key, **query}

    assert store.verify_signature(**genuine)
    assert not store.verify_signature(**(genuine | change))


def test_another_secret_refuses_the_signature(store: FileStore, root: Path) -> None:
    key, query = signed(store.signed_url("a/photo", expires_in=60))

    assert not FileStore(root, b"t" * SECRET_BYTES).verify_signature(key, **query)


def test_all_who_make_the_secret_at_once_get_the_same(tmp_path: Path) -> None:
    together = threading.Barrier(12)

    def load(_number: int) -> bytes:
        together.wait()
        return load_secret(tmp_path / "home")

    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        secrets = set(threads.map(load, range(12)))

    assert len(secrets) == 1
    assert len(secrets.pop()) == SECRET_BYTES
    assert stat.S_IMODE((tmp_path / "home" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret"]


def test_two_homes_have_two_secrets(tmp_path: Path) -> None:
    assert load_secret(tmp_path / "a") != load_secret(tmp_path / "b")


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"")

    with pytest.raises(ConfigError, match="damaged"):
        load_secret(tmp_path)


def test_a_home_may_have_any_name(tmp_path: Path) -> None:
    home = tmp_path / "my photos #1? 100%20"
    setup = Settings(home=home)

    put(connect(setup.url_of_store(), setup), "photo")

    assert (home / "photos" / "photo").read_bytes() == b"photo"


@pytest.mark.parametrize(
    "url", ["file:photos", "file://host/photos", "file:///photos?x=1", "file:///photos#x", "file:"]
)
def test_a_url_that_is_no_folder_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError):
        connect(url, Settings(home=tmp_path))


def test_a_root_that_cannot_be_made_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="folder cannot be used"):
        connect((tmp_path / "file" / "photos").as_uri(), Settings(home=tmp_path))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE, errno.EMFILE])
@pytest.mark.parametrize("call", ["get", "stream", "head"])
def test_what_cannot_be_read_is_not_taken_for_deleted(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    put(store, "photo")
    monkeypatch.setattr(os, "stat" if call == "head" else "open", fail_with(number))
    with pytest.raises(StoreError) as caught:
        getattr(store, call)("photo")
    assert not isinstance(caught.value, ObjectNotFound)
    assert not caught.value.permanent
