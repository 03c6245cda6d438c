"""Determines the network of a request's client, behind our own proxies. Trusts no other header entry."""

from ipaddress import IPv4Address, IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

NOWHERE = "an unknown address"


def client_network(request: HttpRequest) -> str:
    """Return the client's IPv4 address or its IPv6 /64, the unit that an internet provider assigns to one customer.

    If the header has fewer entries than we have proxies, or an invalid address at the client's place, the request
    bypassed them or was tampered with: it then counts for whoever connected.
    """
    try:
        claimed: str = get_adapter(request).get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):
        claimed = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(claimed)
    except ValueError:
        return NOWHERE  # a server behind a Unix socket has no client address
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:  # a dual-stack socket writes IPv4 like this; all of them lie in one /64
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))
