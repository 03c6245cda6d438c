"""The address that a server listens on: IPv4, IPv6, or a name of this machine. Knows no variable."""

import socket
from typing import Any


def resolve(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    """Return the family of a host, and the address to bind, IPv4 if it has both.

    Raises OSError if this machine does not know the host.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, address


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port; with port 0, whether it could on any port of this host."""
    try:
        family, address = resolve(host, port)
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind(address)
    except OSError:
        return False
    return True


def spell(host: str, port: int) -> str:
    """Return host and port as they stand in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
