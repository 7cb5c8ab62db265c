"""Which names and addresses are this machine's alone. Imports nothing heavy: `up` asks too."""

from __future__ import annotations

import ipaddress
import re
import socket

from abzug.errors import ConfigError


def address_to_bind(host: str, *, is_open: bool = False) -> tuple[socket.AddressFamily, str]:
    """The address to bind for a host.

    Raises ConfigError for one that other machines can reach, unless the server `is_open` to them.
    """
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        msg = f"host {host!r} is no address of this machine"
        raise ConfigError(msg) from error
    # IPv4 first: where both work, people type 127.0.0.1
    addresses = sorted((family, str(address[0])) for family, _, _, _, address in found)
    if not is_open and (not host or not all(_is_loopback(address) for _, address in addresses)):
        msg = (
            f"host {host!r} can be reached from other machines, and Abzug asks for no keys yet: "
            "use 127.0.0.1, or forward a port with ssh -L"
        )
        raise ConfigError(msg)
    return addresses[0]


def is_loopback_host(header: str) -> bool:
    """Whether a Host header (with or without port) names this machine only."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?", header)
    if match is None:
        return False
    name = match[1].strip("[]").lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost") or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
