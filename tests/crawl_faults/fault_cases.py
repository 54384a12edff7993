"""The cases of fault test N1: what is set up, which address is visited, how the visit must end."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fault_net import ELSEWHERE, HERE, Answer, Asked, Net, page, paths, raw, redirect, server_tls

Build = Callable[[Net], Awaitable[str]]

#: Cases of each group as the reliability plan counts them.
COUNTS = {"ssrf": 12, "redirect": 6, "bomb": 4, "slow": 4, "tls": 6, "robots": 6, "http": 6}


@dataclass(frozen=True)
class Case:
    """One fault. `build` starts the servers and returns the address to visit; `says` stands in
    the detail of the visit."""

    group: str
    name: str
    status: str
    build: Build
    says: str = ""


CASES: list[Case] = []


def case(group: str, status: str, says: str = "") -> Callable[[Build], Build]:
    def add(build: Build) -> Build:
        CASES.append(Case(group, build.__name__, status, build, says))
        return build

    return add


def _simple(group: str, name: str, status: str, answer: Answer, says: str = "") -> None:
    """A case of one server that answers so whatever is asked."""

    async def build(net: Net) -> str:
        return f"http://mot.vn:{await net.serve(answer, 'mot.vn')}/"

    CASES.append(Case(group, name, status, build, says))


# --- forged targets ------------------------------------------------------------------------------


def _target(name: str, host: str, says: str) -> None:
    async def build(net: Net) -> str:
        return f"http://{host}:{await net.serve(page(), 'mot.vn')}/"

    CASES.append(Case("ssrf", name, "not-attempted", build, says))


_target("plain_address", ELSEWHERE, "not on the public internet")
_target("decimal_number", "2130706434", "unusual spelling")
_target("hexadecimal", "0x7f.0.0.2", "unusual spelling")
_target("octal", "0177.0.0.2", "not a web address")
_target("short_form", "127.2", "unusual spelling")
_target("ipv6_loopback", "[::1]", "not on the public internet")
_target("ipv4_in_ipv6", f"[::ffff:{ELSEWHERE}]", "not on the public internet")
_target("unspecified", "0.0.0.0", "not on the public internet")  # noqa: S104 - never bound
_target("user_name_as_bait", f"mot.vn@{ELSEWHERE}", "user name")


@case("ssrf", "not-attempted", "not on the public internet")
async def name_of_a_forbidden_address(net: Net) -> str:
    net.names["trong.vn"] = [ELSEWHERE]
    return f"http://trong.vn:{await net.serve(page())}/"


@case("ssrf", "not-attempted", "not on the public internet")
async def one_forbidden_address_among_good_ones(net: Net) -> str:
    net.names["lan.vn"] = [HERE, ELSEWHERE]
    return f"http://lan.vn:{await net.serve(page())}/"


@case("ssrf", "not-attempted", "port")
async def other_port(net: Net) -> str:
    await net.serve(page(), "mot.vn")
    return f"http://mot.vn:{net.closed_port}/"


# --- redirects -----------------------------------------------------------------------------------


@case("redirect", "not-attempted", "not on the public internet")
async def to_a_forbidden_address(net: Net) -> str:
    port = await net.serve(page())
    away = redirect(f"http://{ELSEWHERE}:{port}/latest/meta-data/")
    return f"http://mot.vn:{await net.serve(away, 'mot.vn')}/"


@case("redirect", "not-attempted", "not on the public internet")
async def to_a_name_of_a_forbidden_address(net: Net) -> str:
    net.names["trong.vn"] = [ELSEWHERE]
    port = await net.serve(page())
    return f"http://mot.vn:{await net.serve(redirect(f'http://trong.vn:{port}/'), 'mot.vn')}/"


_simple("redirect", "to_a_file", "not-attempted", redirect("file:///etc/passwd"), "scheme 'file'")
_simple("redirect", "to_itself", "redirect-loop", redirect("/"), "comes back to")
_simple("redirect", "to_no_address", "parse-error", redirect("http://hai.vn:x/"), "not an address")


@case("redirect", "redirect-loop", "more than 5")
async def for_ever(net: Net) -> str:
    async def onward(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await redirect(f"/{int(asked.path[1:]) + 1}")(asked, writer)

    return f"http://mot.vn:{await net.serve(onward, 'mot.vn')}/1"


# --- bombs ---------------------------------------------------------------------------------------

_MANY = b"\0" * 5_000_000


def _coded(body: bytes, coding: str) -> bytes:
    head = f"HTTP/1.1 200 X\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


_simple("bomb", "gzip_bomb", "too-large", raw(_coded(gzip.compress(_MANY), "gzip")))
_simple("bomb", "deflate_bomb", "too-large", raw(_coded(zlib.compress(_MANY), "deflate")))
_simple(
    "bomb",
    "bomb_in_a_bomb",
    "parse-error",
    raw(_coded(gzip.compress(gzip.compress(_MANY)), "gzip, gzip")),
    "content coding",
)


@case("bomb", "completed")
async def bomb_in_a_redirect(net: Net) -> str:
    bomb = redirect("/that", body=gzip.compress(_MANY), headers=["Content-Encoding: gzip"])
    return f"http://mot.vn:{await net.serve(paths({'/': bomb, '/that': page()}), 'mot.vn')}/"


# --- slow ----------------------------------------------------------------------------------------

_HEAD = b"HTTP/1.1 200 X\r\nContent-Length: 100000\r\n\r\n"

_simple("slow", "never_answers", "timeout", raw(b"", pause=5), "silent while answering")
_simple(
    "slow",
    "drips_headers",
    "timeout",
    raw(b"HTTP/1.1 200 X\r\n", *[b"X: y\r\n"] * 200, pause=0.1),
    "not done within",
)
_simple("slow", "drips_content", "timeout", raw(_HEAD, *[b"x"] * 200, pause=0.05), "per second")
_simple("slow", "stops_in_the_middle", "timeout", raw(_HEAD, b"x" * 500, pause=5), "silent")


# --- TLS -----------------------------------------------------------------------------------------


def _tls(name: str, status: str, kind: str, says: str = "", named: str = "mot.vn") -> None:
    async def build(net: Net) -> str:
        return f"https://mot.vn:{await net.serve(page(), 'mot.vn', tls=server_tls(kind, named))}/"

    CASES.append(Case("tls", name, status, build, says))


_tls("good_certificate", "completed", "valid")
_tls("expired", "tls-invalid", "expired", "expired")
_tls("of_another_host", "tls-invalid", "valid", "mismatch", named="hai.vn")
_tls("unknown_authority", "tls-invalid", "unknown", "issuer")


@case("tls", "tls-handshake", "WRONG_VERSION")
async def speaks_no_tls(net: Net) -> str:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    return f"https://mot.vn:{await net.serve_bare(plain, 'mot.vn')}/"


@case("tls", "reset", "agreeing on TLS")
async def closes_in_the_handshake(net: Net) -> str:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    return f"https://mot.vn:{await net.serve_bare(close, 'mot.vn')}/"


# --- robots.txt ----------------------------------------------------------------------------------


def _robots(name: str, status: str, answer: Answer, says: str = "", path: str = "/") -> None:
    async def build(net: Net) -> str:
        site = paths({"/robots.txt": answer, path: page()})
        return f"http://mot.vn:{await net.serve(site, 'mot.vn')}{path}"

    CASES.append(Case("robots", name, status, build, says))


_DISALLOWED = "User-agent: *\nDisallow: /kín/\n"
_robots("missing", "completed", page("", 404))
_robots("disallowed", "robots", page(_DISALLOWED), "does not allow", "/k%C3%ADn/1")
_robots("server_error", "robots", page("", 503), "http-error: HTTP 503")
_robots("silent", "robots", raw(b"", pause=5), "timeout")
_robots(
    "garbage_is_no_rule",
    "completed",
    raw(b"HTTP/1.1 200 X\r\n\r\n\xff\xfe\x00<html>: \xc3\x28\r\r\nDisallow /\n"),
)
_robots(
    "rule_beyond_the_limit_of_content",
    "robots",
    page("User-agent: egov-index\nDisallow: /\n" + "# x\n" * 60_000),
    "does not allow",
)


# --- broken HTTP ---------------------------------------------------------------------------------

_simple("http", "no_status_line", "parse-error", raw(b"\x16\x03\x01 xin chao\r\n\r\n"))
_simple("http", "shorter_than_announced", "reset", raw(_HEAD, b"<html>"), "before the content")
_simple("http", "closes_without_answer", "empty", raw(b""), "without an answer")
_simple(
    "http",
    "content_cut_off",
    "parse-error",
    raw(_coded(gzip.compress(b"<html>" * 999)[:-20], "gzip")),
    "ends before its end",
)
_simple(
    "http",
    "huge_header",
    "too-large",
    raw(b"HTTP/1.1 200 X\r\n", *[b"X: " + b"y" * 50_000 + b"\r\n"] * 200, b"\r\n"),
    "headers",
)


@case("http", "reset", "reset by peer")
async def broken_off(net: Net) -> str:
    async def cut(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD + b"<html>")
        await writer.drain()
        await asyncio.sleep(0.05)
        linger = struct.pack("ii", 1, 0)  # close with RST instead of FIN
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return f"http://mot.vn:{await net.serve(cut, 'mot.vn')}/"
