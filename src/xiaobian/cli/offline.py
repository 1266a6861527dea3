"""Keep a process off the network: connections that leave this computer raise, loopback works."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any


class Offline(OSError):
    """Something tried to reach the network while it was blocked."""


def is_local(address: Any) -> bool:
    """Whether a socket address stays on this computer.

    >>> is_local(("127.0.0.1", 80)), is_local("/tmp/a.sock"), is_local(("192.0.2.1", 80))
    (True, True, False)
    """
    if not isinstance(address, tuple):
        return True
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(original: Callable[..., Any], position: int) -> Callable[..., Any]:
    """The same call, refused when its address (the argument at ``position`` from the end) is not local."""

    def call(*arguments: Any, **named: Any) -> Any:
        address = arguments[position]
        if not is_local(address):
            raise Offline(f"測試時不連網，擋下了對 {address} 的連線")
        return original(*arguments, **named)

    return call


def _resolve(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(host: Any, *arguments: Any, **named: Any) -> Any:
        if not is_local((host,)):
            raise Offline(f"測試時不連網，擋下了對 {host} 的查詢")
        return original(host, *arguments, **named)

    return call


def block() -> None:
    """From now on refuse every Python connection and name look-up that leaves this computer."""
    if not hasattr(socket, "_xiaobian_blocked"):
        for name, position in (("connect", 1), ("connect_ex", 1), ("sendto", -1)):
            setattr(socket.socket, name, _guarded(getattr(socket.socket, name), position))
        setattr(socket, "getaddrinfo", _resolve(socket.getaddrinfo))  # noqa: B010
        setattr(socket, "_xiaobian_blocked", True)  # noqa: B010
