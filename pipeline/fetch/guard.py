"""Which addresses may be connected to: public ones, and the host and port pairs that settings allow."""

from __future__ import annotations

import functools
import ipaddress
import socket
from collections.abc import Iterator, Set

from pipeline.errors import FetchError
from pipeline.fetch.mask import mask
from pipeline.model.outcome import Reason

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Endpoint = tuple[str, int]  # host in lower case (an address in its usual notation), port

# IANA special-purpose address registries (RFC 6890 and its successors), with multicast and the old site-local range.
# Python's own `is_global` follows them in newer releases only.
_CLOSED = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # a hosting provider's metadata service, though the number is public
        "::/128", "::1/128", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2620:4f:8000::/48",
        "3fff::/20", "5f00::/16", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_KEPT = 4_096  # answers kept
_COMPATIBLE = ipaddress.ip_network("::/96")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214: the interface identifier before an IPv4 address


@functools.lru_cache(_KEPT)
def literal(host: str) -> IPAddress | None:
    """The address a host is, in any notation: dotted, decimal, octal, hexadecimal, short, IPv6 in brackets or bare.

    None when it is a name. A host that ends in a number is always an address (WHATWG URL, host parsing), so one that
    cannot be read as such raises ValueError.
    """
    bare = host.strip("[]")
    if ":" in bare:
        return ipaddress.IPv6Address(bare.partition("%")[0])
    labels = bare.rstrip(".").split(".")
    if not _numeric(labels[-1]):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare.rstrip(".")))
    except OSError:
        raise ValueError(f"{host!r} ends in a number and is no IPv4 address") from None


@functools.lru_cache(_KEPT)
def public(address: IPAddress) -> bool:
    """Whether an address, and every IPv4 address inside it, is one of the open internet."""
    return not any(known.version == block.version and known in block for known in _forms(address) for block in _CLOSED)


def check(host: str, port: int, *, url: str, allow: Set[Endpoint]) -> None:
    """Refuse an address that is written as a number and is not public. Names are checked when they are resolved.

    Raises FetchError with BAD_ADDRESS or PRIVATE_ADDRESS.
    """
    try:
        address = literal(host)
    except ValueError as error:
        raise FetchError(str(error), thing=mask(url), reason=Reason.BAD_ADDRESS) from None
    if address is not None:
        check_resolved(str(address), host, port, url=url, allow=allow)


def check_resolved(address: str, host: str, port: int, *, url: str, allow: Set[Endpoint]) -> None:
    """Refuse a resolved address that is not public, unless its host and port are allowed.

    Raises FetchError with PRIVATE_ADDRESS.
    """
    if (host.lower().strip("[]"), port) in allow or (address, port) in allow:
        return
    if not public(ipaddress.ip_address(address.partition("%")[0])):
        raise FetchError(
            f"{host} is at {address}, which is no address of the open internet",
            thing=mask(url),
            reason=Reason.PRIVATE_ADDRESS,
            hint=f"if that is meant, allow {host}:{port} in settings.yaml",
        )


def _numeric(label: str) -> bool:
    if label.isascii() and label.isdigit():
        return True
    head, rest = label[:2].lower(), label[2:]
    return head == "0x" and all(digit in "0123456789abcdefABCDEF" for digit in rest)


def _forms(address: IPAddress) -> Iterator[IPAddress]:
    """The address and the IPv4 addresses that an IPv6 address carries inside."""
    yield address
    if not isinstance(address, ipaddress.IPv6Address):
        return
    last = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in _TRANSLATED or (address in _COMPATIBLE and int(address) > 1):
        yield last
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        yield last
