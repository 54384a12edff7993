"""The guard: which addresses may be visited, in whatever spelling they come."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.crawl.fetch.guard import Guard, Resolver
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError
from assets.webaddress import Place

LIMITS = Limits()

FORBIDDEN = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
]
FORBIDDEN_V6 = [
    "::/128",
    "::1/128",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]

PUBLIC = st.sampled_from(["123.30.1.1", "8.8.8.8", "203.162.0.10", "2401:d800::1"])


@st.composite
def forbidden_v4(draw: st.DrawFn) -> IPv4Address:
    network = IPv4Network(draw(st.sampled_from(FORBIDDEN)))
    return network[draw(st.integers(0, network.num_addresses - 1))]


@st.composite
def forbidden_v6(draw: st.DrawFn) -> IPv6Address:
    network = IPv6Network(draw(st.sampled_from(FORBIDDEN_V6)))
    return network[draw(st.integers(0, network.num_addresses - 1))]


def _number(value: int, base: str) -> str:
    return {"d": f"{value}", "x": f"0x{value:x}", "X": f"0X{value:X}", "o": f"0{value:o}"}[base]


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """A forbidden IPv4 address as some reader would understand it."""
    address = draw(forbidden_v4())
    parts = list(address.packed)
    kept = draw(st.integers(0, 3))  # 127.0.0.1, 127.0.1, 127.1, 2130706433
    rest = int.from_bytes(bytes(parts[kept:]), "big")
    bases = [draw(st.sampled_from("dxXo")) for _ in range(kept + 1)]
    dotted = ".".join(_number(n, b) for n, b in zip([*parts[:kept], rest], bases, strict=True))
    wide = str(address).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    packed = int(address)
    forms = [
        str(address),
        dotted,
        f"{address}.",
        wide,
        str(address).replace(".", "。"),
        str(address).replace(".", "%2e"),
        f"[::ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{packed >> 16:x}:{packed & 0xFFFF:x}::1]",
        f"mot.vn@{address}",
        f"mot.vn:80@{address}",
        f"mot.vn\\@{address}",
        f"mot.vn%20@{address}",
    ]
    return draw(st.sampled_from(forms))


def knows(names: dict[str, Sequence[str]]) -> Resolver:
    """Resolves names given, and numbers in every spelling as the C library does."""

    async def resolve(host: str) -> Sequence[str]:
        if host in names:
            return names[host]
        return [socket.inet_ntoa(socket.inet_aton(host))]

    return resolve


def addresses(url: str, resolver: Resolver | None = None, **guard: Sequence[str]) -> list[str]:
    """What the guard lets a visit connect to."""

    async def check() -> Sequence[str]:
        checked = Guard(resolver or knows({}), **guard)  # type: ignore[arg-type]
        return await checked.addresses(checked.place(url, LIMITS), LIMITS)

    return list(asyncio.run(check()))


def refusal(check: Callable[[], object]) -> StopVisitError:
    with pytest.raises(StopVisitError) as stop:
        check()
    return stop.value


@settings(deadline=None)
@given(spellings(), st.sampled_from(["http", "https", "HTTP"]), st.sampled_from(["", "/a?b#c"]))
def test_any_spelling_of_a_forbidden_address_is_refused(host: str, scheme: str, path: str) -> None:
    assert refusal(lambda: addresses(f"{scheme}://{host}{path}")).status == "not-attempted"


@settings(deadline=None)
@given(forbidden_v6())
def test_forbidden_ipv6_addresses_are_refused(address: IPv6Address) -> None:
    for text in (str(address), address.exploded, address.exploded.upper()):
        stop = refusal(lambda text=text: addresses(f"http://[{text}]/"))  # type: ignore[misc]
        assert stop.status == "not-attempted"


@settings(deadline=None)
@given(
    st.one_of(forbidden_v4(), forbidden_v6()), st.lists(PUBLIC, max_size=4), st.integers(0, 2**32)
)
def test_a_name_is_refused_for_any_one_of_its_addresses(
    bad: IPv4Address | IPv6Address, good: list[str], seed: int
) -> None:
    found = [*good, str(bad)]
    random.Random(seed).shuffle(found)  # noqa: S311 - no secret
    stop = refusal(lambda: addresses("http://mot.vn/", knows({"mot.vn": found})))
    assert stop.status == "not-attempted"
    assert str(bad) in stop.detail


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_place_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://mot.vn/{text}"):
        try:
            place = Guard().place(url, LIMITS)
        except StopVisitError as stop:
            known = stop.status == "not-attempted"
        else:
            known = place.url.isascii() and Guard().place(place.url, LIMITS) == place
        assert known


@pytest.mark.parametrize(
    "last",
    [str(edge) for network in map(IPv4Network, FORBIDDEN) for edge in (network[0], network[-1])],
)
def test_both_ends_of_each_closed_network_are_closed(last: str) -> None:
    assert refusal(lambda: addresses(f"http://{last}/")).status == "not-attempted"


@pytest.mark.parametrize(
    "address",
    [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "[2000::]",
        "[2001:200::1]",
        "[2401:d800::1]",
        "[3ffe::1]",
    ],
)
def test_the_neighbours_of_closed_networks_are_open(address: str) -> None:
    assert addresses(f"http://{address}/") == [address.strip("[]")]


def test_addresses_are_sorted_and_capped() -> None:
    found = ["2401:d800::1", *(f"123.30.1.{n}" for n in range(1, 9))]
    assert addresses("http://mot.vn/", knows({"mot.vn": found})) == found[1:5]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://mot.vn/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("mot.vn", "scheme"),
        ("", "scheme"),
        ("//mot.vn/", "scheme"),
        ("http:///a", "not a host name"),
        ("http://mot.vn:22/", "port 22"),
        ("http://mot.vn:0/", "port 0"),
        ("http://mot.vn:8080/", "port 8080"),
        ("http://u:p@mot.vn/", "user name"),
        ("http://mot..vn/", "not a host name"),
        ("http://.mot.vn/", "not a host name"),
        ("http://mot.vn../", "not a host name"),
        ("http://-mot.vn/", "not a host name"),
        (f"http://{'a' * 64}.vn/", "not a host name"),
        (f"http://{'a.' * 130}vn/", "not a host name"),
        ("http://mot!.vn/", "not a host name"),
        ("http://[fe80::1%25eth0]/", "zone"),
        ("http://mot.vn/" + "a" * 4_000, "longer than"),
        ("http://mot.vn\n.hai.vn/", "not a web address"),
        ("http://mot.123/", "unusual spelling"),
        ("http://mot.0x/", "unusual spelling"),
    ],
)
def test_what_is_no_address_to_visit_says_why(url: str, says: str) -> None:
    stop = refusal(lambda: Guard().place(url, LIMITS))
    assert stop.status == "not-attempted"
    assert says in stop.detail


def test_a_place_has_its_parts() -> None:
    assert Guard().place("HTTPS://Laocai.GOV.vn.:443/tin tức?q=ă&b#x", LIMITS) == Place(
        url="https://laocai.gov.vn/tin%20t%E1%BB%A9c?q=%C4%83&b",
        scheme="https",
        host="laocai.gov.vn",
        port=443,
        authority="laocai.gov.vn",
        path=b"/tin%20t%E1%BB%A9c?q=%C4%83&b",
        is_name=True,
    )
    other = Guard().place("http://[2401:D800::0001]:443", LIMITS)
    assert (other.authority, other.host, other.path) == ("[2401:d800::1]:443", "2401:d800::1", b"/")
    assert (other.origin, other.is_name) == ("http://[2401:d800::1]:443", False)
    assert Guard().place("http://xã.vn/", LIMITS).host == "xn--x-yfa.vn"


def test_only_what_is_named_is_widened() -> None:
    widened = {"networks": ["127.0.0.1/32"], "ports": [8080]}
    assert addresses("http://127.0.0.1:8080/", **widened) == ["127.0.0.1"]
    for url in ("http://127.0.0.2:8080/", "http://10.0.0.1/", "http://[::1]:8080/"):
        assert refusal(lambda url=url: addresses(url, **widened)).status == "not-attempted"  # type: ignore[misc]
    assert "port 8081" in refusal(lambda: addresses("http://127.0.0.1:8081/", **widened)).detail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), "dns"),
        (socket.gaierror(socket.EAI_NODATA, "no address"), "dns"),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), "our-fault"),
        (socket.gaierror(socket.EAI_FAIL, "failed"), "our-fault"),
        (OSError(24, "too many open files"), "our-fault"),
        (TimeoutError(), "our-fault"),
    ],
)
def test_only_a_certain_answer_of_the_resolver_is_the_sites_fault(
    error: OSError, status: str
) -> None:
    async def fails(_: str) -> Sequence[str]:
        raise error

    assert refusal(lambda: addresses("http://mot.vn/", fails)).status == status


def test_a_name_without_addresses_is_a_fault_of_the_name() -> None:
    assert refusal(lambda: addresses("http://mot.vn/", knows({"mot.vn": []}))).status == "dns"


def test_the_system_resolver_leads_to_loopback_only_to_be_refused() -> None:
    stop = refusal(lambda: asyncio.run(_localhost()))
    assert "not on the public internet" in stop.detail


async def _localhost() -> None:
    guard = Guard()
    await guard.addresses(guard.place("http://localhost/", LIMITS), LIMITS)
