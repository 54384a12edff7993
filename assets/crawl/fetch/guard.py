"""Which addresses may be visited at all: no forged target leads a visit to a machine inside.

Belongs here: which ports and networks are open, and resolving a host. Does not belong here: reading
an address into its parts, which refuses schemes and spellings (`assets.webaddress`), what the owner
of a site asks for (`robots`), and connecting, which must go to the checked address and nowhere else
(`exchange`).

Networks are listed here rather than asked of `ipaddress`, whose answers differ between versions of
Python. Of IPv6 only the global unicast space is open, without the parts that carry an IPv4 address
inside. A host is refused if ANY of its addresses is: which one is used must not be luck.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError
from assets.webaddress import PORTS, AddressError, Place, place_of

#: The addresses of a host name, as text; raises OSError (socket.gaierror) if it has none.
Resolver = Callable[[str], Awaitable[Sequence[str]]]

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

#: Answers of the resolver that say for certain that a name has no address.
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


async def system_resolver(host: str) -> Sequence[str]:
    """The addresses that this machine's resolver gives."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guard:
    """Says where a visit may go.

    `networks` and `ports` widen what is open, in rehearsals and tests alone, against servers of
    their own.
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
        try:
            return place_of(url, self._ports, limits.url_chars)
        except AddressError as error:
            raise StopVisitError("not-attempted", error.why) from error

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


def _no_resolver(place: Place, why: str | None) -> StopVisitError:
    # A broken name server of the site looks the same as a broken network of ours.
    return StopVisitError(
        "our-fault",
        f"{place.host}: the resolver gave no answer ({why}); check our network, then visit again",
    )
