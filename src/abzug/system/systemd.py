"""What a service tells systemd: that it is ready, that it is alive, that it stops.

The protocol is one datagram to the socket that $NOTIFY_SOCKET names (sd_notify(3)). Without one,
nothing is said.
"""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """state: `READY=1`, `WATCHDOG=1` or `STOPPING=1`."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # in Linux' abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(state.encode(), address)
