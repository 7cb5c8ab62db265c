"""SQS and S3 that answer late, wrongly, half, or not at all: what that must not change.

`tests.support.fault_proxy` breaks the calls; `make chaos ARGS=--cloud` is the long and random form
of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.cloud import amazon
from tests.support.endpoints import Ministack
from tests.support.fault_proxy import Fault, FaultProxy

from abzug.backends import connect_queue, connect_store
from abzug.errors import StoreError
from abzug.settings import Settings
from abzug.stores.s3_bucket import PART

KINDS = (
    Fault("error 500", 1, refuse=500),
    Fault("throttled", 1, refuse=503),
    Fault("unheard", 1, cut="unheard"),
    Fault("unanswered", 1, cut="unanswered"),
    Fault("torn", 1, cut="torn"),
)


@pytest.fixture
def proxy(ministack: Ministack) -> Iterator[FaultProxy]:
    with FaultProxy(ministack.url) as proxy:
        yield proxy


@pytest.fixture
def settings(ministack: Ministack, proxy: FaultProxy, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, **amazon(ministack, tmp_path, endpoint=proxy.url))


@pytest.fixture(params=KINDS, ids=lambda fault: fault.name)
def fault(request: pytest.FixtureRequest) -> Fault:
    kind: Fault = request.param
    return kind


def test_an_upload_is_stored_once_whatever_befalls_its_call(
    proxy: FaultProxy, settings: Settings, fault: Fault
) -> None:
    store = connect_store(settings)
    proxy.once(fault)
    info = store.put("new", b"photo", media_type="image/jpeg", create_only=True)
    assert proxy.befallen == {fault.name: 1}
    assert store.get("new") == b"photo"
    assert store.head("new").size == info.size


def test_an_object_comes_whole_or_not_at_all(
    proxy: FaultProxy, settings: Settings, fault: Fault
) -> None:
    store = connect_store(settings)
    store.put("there", bytes(PART), media_type="image/jpeg")
    proxy.once(fault)
    try:
        found = store.get("there")
    except StoreError:
        found = store.get("there")
    assert proxy.befallen == {fault.name: 1}
    assert found == bytes(PART)


def test_a_message_sent_is_received_whatever_befalls_the_calls(
    proxy: FaultProxy, settings: Settings, fault: Fault
) -> None:
    with connect_queue(settings, "requests") as queue:
        queue.depth()  # it has asked where it is
        proxy.once(fault)
        queue.send("edit this")
        (message, *_) = queue.receive(wait=1)
        proxy.once(fault)
        queue.delete_batch([message.receipt_handle])
    assert message.body == "edit this"
    assert proxy.befallen == {fault.name: 2}
