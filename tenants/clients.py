"""Says where a request comes from, past the proxies that are ours. Believes nothing else that a header claims."""

from ipaddress import IPv4Address, IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

NOWHERE = "an unknown address"


def client_network(request: HttpRequest) -> str:
    """Return the IPv4 address or the /64 that the request comes from: what one customer of a provider is given.

    Where the header is shorter than the row of our proxies, or holds no address at its place, the request came by
    another way or was tampered with: it is then counted with whoever connected.
    """
    try:
        claimed: str = get_adapter(request).get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):
        claimed = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(claimed)
    except ValueError:
        return NOWHERE  # a server behind a Unix socket knows no address
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:  # how a socket that takes both kinds writes IPv4; they all lie in one /64
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))
