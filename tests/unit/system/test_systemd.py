import socket
from pathlib import Path

import pytest

from abzug.system.systemd import notify


@pytest.mark.parametrize("name", ["{tmp}/notify", "@abzug-test-{tmp}"])
def test_systemd_is_told_what_a_service_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    address = name.format(tmp=tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address.replace("@", "\0"))
        monkeypatch.setenv("NOTIFY_SOCKET", address)

        notify("READY=1")

        assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    notify("READY=1")
