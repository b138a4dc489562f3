"""Who calls, for counting: the other end of the connection, or whom a trusted proxy names."""

import hashlib
import logging
import socket
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

logger = logging.getLogger(__name__)

HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives to one customer, who chooses the others as they like."""


def addresses_of(proxies: Iterable[str]) -> list[str]:
    """Addresses and networks of trusted proxies; a name stands for the addresses it has when the portal starts."""
    found: list[str] = []
    for proxy in proxies:
        try:
            ip_network(proxy)
            found.append(proxy)
        except ValueError:
            found += _resolved(proxy)
    return [*found, *(mapped for one in found if (mapped := _mapped(one)))]


def _mapped(proxy: str) -> str:
    """An IPv4 network as a portal sees it that listens on IPv6 for both."""
    network = ip_network(proxy)
    return f"::ffff:{network.network_address}/{96 + network.prefixlen}" if network.version == 4 else ""


def _resolved(name: str) -> list[str]:
    try:
        return sorted({str(one[4][0]) for one in socket.getaddrinfo(name, None)})
    except OSError:
        logger.warning("trusted proxy %s has no address; nobody is believed in its name", name)
        return []


def network_of(host: str) -> str:
    """What counts as one caller: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, HOUSEHOLD), strict=False))
    return str(address)


def caller_of(request: Request) -> str:
    """Who asks, for counting only: hashed before it is kept."""
    host = request.client.host if request.client else ""
    return hashlib.sha256(network_of(host).encode()).hexdigest()
