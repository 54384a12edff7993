"""Which addresses may be visited at all: no forged target leads a visit to a machine inside.

Belongs here: reading an address into its parts, resolving its host, and refusing schemes, ports,
spellings and networks. Does not belong here: what the owner of a site asks for (`robots`), and
connecting, which must go to the checked address and nowhere else (`exchange`).

Networks are listed here rather than asked of `ipaddress`, whose answers differ between versions of
Python. Of IPv6 only the global unicast space is open, without the parts that carry an IPv4 address
inside. A host is refused if ANY of its addresses is: which one is used must not be luck.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import httpx2

from assets.crawl.limits import Limits
from assets.crawl.statuses import StopVisitError

#: The addresses of a host name, as text; raises OSError (socket.gaierror) if it has none.
Resolver = Callable[[str], Awaitable[Sequence[str]]]

PORTS = {"http": 80, "https": 443}

_CLOSED_V4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a carrier's customers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, where clouds keep their metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols
        "192.0.2.0/24",  # examples
        "192.88.99.0/24",  # IPv6 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # measurements
        "198.51.100.0/24",  # examples
        "203.0.113.0/24",  # examples
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = [
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocols, among them Teredo, which carries IPv4
        "2001:db8::/32",  # examples
        "2002::/16",  # 6to4, which carries IPv4
        "3fff::/20",  # examples
    )
]

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\Z")
#: A name whose last part is a number is read as an IPv4 address by some readers and not by others.
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")

#: Answers of the resolver that say for certain that a name has no address.
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


@dataclass(frozen=True)
class Place:
    """An address that may be visited, in its parts.

    url        normalised, without fragment
    host       name or IP address in lower case, without brackets and without the last dot
    authority  host and port as the Host header says them
    path       path and query as sent
    is_name    False if the host is an IP address
    """

    url: str
    scheme: str
    host: str
    port: int
    authority: str
    path: bytes
    is_name: bool

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"


async def system_resolver(host: str) -> Sequence[str]:
    """The addresses that this machine's resolver gives."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guard:
    """Says where a visit may go.

    `networks` and `ports` widen what is open. Visits do so only in rehearsals and tests, against
    servers of their own; judging how an address is written opens every port.
    """

    def __init__(
        self,
        resolver: Resolver = system_resolver,
        *,
        networks: Iterable[str] = (),
        ports: Iterable[int] = (),
    ) -> None:
        self._resolver = resolver
        self._networks = [ip_network(network) for network in networks]
        self._ports = {*PORTS.values(), *ports}

    def place(self, url: str, limits: Limits) -> Place:
        """The parts of an address. StopVisitError (not-attempted) says why it is not visited."""
        if len(url) > limits.url_chars:
            raise _refused(url, f"longer than {limits.url_chars} characters")
        try:
            parsed = httpx2.URL(url)
            host = parsed.raw_host.decode("ascii").lower()
        except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
            raise _refused(url, f"not a web address ({error})") from error
        if parsed.scheme not in PORTS:
            raise _refused(url, f"scheme {parsed.scheme!r}; only http and https are visited")
        if parsed.userinfo:
            raise _refused(url, "carries a user name; addresses with one are not visited")
        port = parsed.port or PORTS[parsed.scheme]
        if parsed.port == 0 or port not in self._ports:
            raise _refused(url, f"port {parsed.port}; only 80 and 443 are visited")
        host, is_name = _host(url, host.removesuffix("."))
        shown = f"[{host}]" if ":" in host else host
        authority = shown if port == PORTS[parsed.scheme] else f"{shown}:{port}"
        path = parsed.raw_path
        return Place(
            f"{parsed.scheme}://{authority}{path.decode('ascii')}",
            parsed.scheme,
            host,
            port,
            authority,
            path,
            is_name,
        )

    async def addresses(self, place: Place, limits: Limits) -> tuple[str, ...]:
        """The checked addresses of a host, IPv4 first, at most `limits.addresses`.

        StopVisitError: dns if the name does not exist, our-fault if the resolver does not say,
        not-attempted if any address is one that may not be visited.
        """
        found = await self._resolved(place, limits) if place.is_name else [place.host]
        checked: list[IPv4Address | IPv6Address] = []
        for text in found:
            address = ip_address(text)
            if not self._is_open(address):
                raise StopVisitError(
                    "not-attempted",
                    f"{place.host} has the address {text}, which is not on the public internet; "
                    f"correct the target or its DNS records",
                )
            checked.append(address)
        checked.sort(key=lambda address: address.version)
        return tuple(str(address) for address in checked[: limits.addresses])

    async def _resolved(self, place: Place, limits: Limits) -> Sequence[str]:
        try:
            async with asyncio.timeout(limits.connect_seconds):
                found = await self._resolver(place.host)
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                raise StopVisitError("dns", f"{place.host}: {error.strerror}") from error
            raise _no_resolver(place, error.strerror) from error
        except TimeoutError as error:
            raise _no_resolver(place, "no answer in time") from error
        except OSError as error:
            raise _no_resolver(place, str(error)) from error
        if not found:
            raise StopVisitError("dns", f"{place.host}: the name has no address")
        return found

    def _is_open(self, address: IPv4Address | IPv6Address) -> bool:
        if any(address in network for network in self._networks):
            return True
        if isinstance(address, IPv4Address):
            return not any(address in network for network in _CLOSED_V4)
        return address in _OPEN_V6 and not any(address in network for network in _CLOSED_V6)


def _host(url: str, host: str) -> tuple[str, bool]:
    """The host in the one spelling that every reader agrees on, and whether it is a name."""
    if ":" in host:
        try:
            address = IPv6Address(host)
        except ValueError as error:
            raise _refused(url, f"{host!r} is not an IPv6 address") from error
        if address.scope_id is not None:
            raise _refused(url, "an IPv6 address with a zone")
        return str(address), False
    if not _NAME.match(host):
        raise _refused(url, f"{host!r} is not a host name")
    if not _NUMBER.match(host.rpartition(".")[2]):
        return host, True
    try:
        return str(IPv4Address(host)), False
    except ValueError as error:
        raise _refused(url, f"{host!r} is a number in an unusual spelling") from error


def _refused(url: str, why: str) -> StopVisitError:
    return StopVisitError("not-attempted", f"{url[:200]!r}: {why}")


def _no_resolver(place: Place, why: str | None) -> StopVisitError:
    # A broken name server of the site looks the same as a broken network of ours.
    return StopVisitError(
        "our-fault",
        f"{place.host}: the resolver gave no answer ({why}); check our network, then visit again",
    )
