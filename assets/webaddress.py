"""Web addresses as they are written: read into their parts, in the one spelling that every reader
agrees on.

Belongs here: what is no address, its host, the host that two spellings are compared by, and the
full address of a printed one. Does not belong here: which networks are closed
(`assets.crawl.fetch.guard`), which address of a body is right (`assets.crawl.targets.register`).
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import httpx2

PORTS = {"http": 80, "https": 443}

#: Characters of an address.
MOST_CHARS = 4_000

#: Any port: services with another port than 80 and 443 exist. They are listed, and the visit says
#: that it does not go there.
_ANY_PORT = range(1, 65_536)

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\Z")
#: A name whose last part is a number is read as an IPv4 address by some readers and not by others.
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")


class AddressError(ValueError):
    """An address that is never visited. `rule_id` is not_http, host_incomplete or address_refused;
    `why` says of a refused one what is wrong with it."""

    def __init__(self, rule_id: str, why: str = "") -> None:
        super().__init__(f"{rule_id}: {why}" if why else rule_id)
        self.rule_id, self.why = rule_id, why


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


def place_of(url: str, ports: Container[int], most_chars: int) -> Place:
    """The parts of an address. AddressError `address_refused` if it is none, or of another scheme,
    port or length than may be."""
    if len(url) > most_chars:
        raise _refused(url, f"longer than {most_chars} characters")
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
    if parsed.port == 0 or port not in ports:
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


def _refused(url: str, why: str) -> AddressError:
    return AddressError("address_refused", f"{url[:200]!r}: {why}")


def host_of(url: str) -> str:
    """The host of an address as it stands there, in lower case; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def printed_host(text: str) -> str:
    """The host of a printed address: lower case, no blanks, scheme, www or path. The macro
    `host_of` of the dbt project does the same."""
    host = re.sub(r"^https?://", "", text.replace(" ", "").lower())
    return re.sub(r"/.*$", "", re.sub(r"^www[.]", "", host))


def full_address(text: str) -> str:
    """The address that is visited for a printed one: plain HTTP unless the source says otherwise,
    the host in lower case and ASCII, blanks taken out, path and query as printed. AddressError."""
    text = "".join(text.split())
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in PORTS:
        raise AddressError("not_http")
    place = place_of(text if scheme else f"http://{text}", _ANY_PORT, MOST_CHARS)
    if place.is_name and "." not in place.host:
        raise AddressError("host_incomplete")
    return place.url
