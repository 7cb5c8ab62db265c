"""An editing process's threads, in this one: what it fetches is what was stored, or is not used."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

import pytest
from tests.support.pictures import jpeg

from abzug.edits.outputs import canonical_outputs
from abzug.messages import EditRequest, PhotoRef
from abzug.settings import Settings
from abzug.stores.file import FileStore
from abzug.worker import protocol
from abzug.worker.editor import Editor, key_of
from abzug.worker.protocol import Drain, Edit, Failed, Note, Succeeded, Voice

PHOTO = jpeg(1, 64, 48)
KEY = "originals/ann/ph_1"
OUTPUTS = canonical_outputs([{"name": "small", "max_side": 32}, {"name": "web"}], max_outputs=2)


class Supervisor:
    """Gives one work at a time, and takes the answer."""

    def __init__(self, connection: Connection, store: FileStore) -> None:
        self.connection = connection
        self.store = store

    def answer(self, request: EditRequest) -> Note:
        protocol.send(self.connection, Edit(token=1, request=request))
        while True:
            note = protocol.read_answer(self.connection)
            if isinstance(note, Succeeded | Failed):
                return note


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    store = FileStore(tmp_path / "photos", b"secret")
    store.put(KEY, PHOTO, media_type="image/jpeg")
    ours, theirs = Pipe()
    orphaned = threading.Event()
    settings = Settings(home=tmp_path)
    voice = Voice(theirs)
    editor = Editor(theirs, voice, settings, store, clock=lambda: 0.0, on_orphaned=orphaned.set)
    thread = threading.Thread(target=editor.run)
    thread.start()
    yield Supervisor(ours, store)
    protocol.send(ours, Drain())
    thread.join()
    ours.close()
    assert orphaned.wait(60)


def request(**changes: object) -> EditRequest:
    photo = PhotoRef(
        id="ph_1",
        key=KEY,
        sha256=hashlib.sha256(PHOTO).hexdigest(),
        filename="a.jpg",
        media_type="image/jpeg",
        bytes=len(PHOTO),
    )
    first = EditRequest(
        task_id="tk", job_id="jb", owner="ann", photo=photo, edits={}, outputs=tuple(OUTPUTS)
    )
    return first.model_copy(update=changes)


def made(supervisor: Supervisor) -> tuple[Succeeded, EditRequest]:
    """What was made, and the request of an equal order."""
    note = supervisor.answer(request())
    assert isinstance(note, Succeeded)
    digests = {result.key: result.sha256 for result in note.results}
    return note, request(check_existing=True, digests=digests)


def test_results_tell_their_size_and_digest(supervisor: Supervisor) -> None:
    note, _ = made(supervisor)
    for result in note.results:
        data = supervisor.store.get(result.key)
        assert (result.bytes, result.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_an_original_with_a_flipped_byte_is_not_edited(supervisor: Supervisor) -> None:
    flipped = bytearray(PHOTO)
    flipped[len(PHOTO) // 2] ^= 1
    supervisor.store.put(KEY, bytes(flipped), media_type="image/jpeg")
    note = supervisor.answer(request())
    assert isinstance(note, Failed)
    assert (note.error.code, note.error.permanent) == ("unreadable", True)


def test_results_that_are_there_are_used_again(supervisor: Supervisor) -> None:
    first, again = made(supervisor)
    note = supervisor.answer(again)
    assert isinstance(note, Succeeded)
    assert note.reused
    assert note.results == first.results


@pytest.mark.parametrize("which", [0, 1])
def test_a_stored_result_that_is_damaged_is_made_again(supervisor: Supervisor, which: int) -> None:
    first, again = made(supervisor)
    key = key_of(again, OUTPUTS[which])
    right = supervisor.store.get(key)
    wrong = right[:-3] + bytes([right[-3] ^ 1]) + right[-2:]
    supervisor.store.put(key, wrong, media_type="image/jpeg")
    note = supervisor.answer(again)
    assert isinstance(note, Succeeded)
    assert not note.reused
    assert note.results == first.results
    assert supervisor.store.get(key) == right


@pytest.mark.parametrize("which", [0, 1])
def test_some_of_the_stored_results_are_not_all(supervisor: Supervisor, which: int) -> None:
    first, again = made(supervisor)
    supervisor.store.delete(key_of(again, OUTPUTS[which]))
    note = supervisor.answer(again)
    assert isinstance(note, Succeeded)
    assert not note.reused
    assert note.results == first.results


def test_stored_results_of_unknown_digest_are_made_again(supervisor: Supervisor) -> None:
    made(supervisor)
    note = supervisor.answer(request(check_existing=True))
    assert isinstance(note, Succeeded)
    assert not note.reused
