"""Hosts at fault below the page: TLS, redirects, slowness, size, broken http, robots.

Belongs here: what such a host does with a connection. Does not belong here: what a crawler should
make of it.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
from collections.abc import Callable
from functools import lru_cache

from tests.farm.farm_server import Request, Response, reset
from tests.farm.farm_special import Special, page

#: Longest that a slow host keeps a connection, seconds.
SLOW_SECONDS = 30.0
_DRIP_SECONDS = 0.2
_BOMB_BYTES = 64 * 1024 * 1024
_HTML = ("Content-Type", "text/html; charset=utf-8")

Act = Callable[[socket.socket], None]


def fault_hosts() -> tuple[Special, ...]:
    """All of them; `kind` says what is wrong."""
    good = page("<h1>Trang chủ</h1><p>Nội dung bình thường.</p>")
    answers = {
        ("status_404", "mattrang"): page("<p>404</p>", 404),
        ("status_410", "dabo"): page("<p>410</p>", 410),
        ("status_500", "loimaychu"): page("<p>500</p>", 500),
        ("status_503", "baotri"): Response(503, (_HTML, ("Retry-After", "1")), b"<p>503</p>"),
        ("status_429", "quanhieu"): Response(429, (_HTML, ("Retry-After", "1")), b"<p>429</p>"),
        ("empty_body", "trangtrang"): Response(200, (_HTML,), b""),
        ("redirect_private", "vaotrong"): _to("http://169.254.169.254/latest/"),
        ("redirect_file", "vaotep"): _to("file:///etc/hostname"),
        ("redirect_no_target", "khongdich"): Response(302),
        ("gzip_broken", "nenhong"): Response(
            200, (_HTML, ("Content-Encoding", "gzip")), gzip.compress(good.body * 99)[:60]
        ),
        ("reset", "catngang"): Response(act=reset),
        ("closed", "tatngay"): Response(act=lambda _: None),
        ("silent", "imlang"): Response(act=_silent),
        ("drip_body", "nhogiot"): Response(act=_drip),
        ("drip_headers", "nhogiotdau"): Response(act=_drip_headers),
        ("cut_body", "cutngan"): _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<p>"),
        ("not_http", "khongphaihttp"): _raw(b"XIN CHAO\r\n\r\n"),
        ("bad_chunks", "khuchong"): _raw(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nxin chao\r\n"
        ),
        ("two_lengths", "haidodai"): _raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"
        ),
    }
    hosts = [_host(kind, name, _always(answer)) for (kind, name), answer in answers.items()]
    hosts += [
        _host("redirect_loop", "vongtron", lambda _, __: _to("/")),
        _host("redirect_chain", "nhieubuoc", _chain),
        _host("gzip_bomb", "bomnen", lambda _, __: _bomb()),
        _host("too_large", "quato", lambda _, __: Response(200, (_HTML,), bytes(_BOMB_BYTES // 4))),
        _host("header_too_large", "dauqualon", lambda _, __: _large_header()),
        _host("robots_all", "robotscam", _robots(_text("User-agent: *\nDisallow: /\n"), good)),
        _host("robots_500", "robotsloi", _robots(page("500", 500), good)),
        _host("robots_silent", "robotsim", _robots(Response(act=_silent), good)),
        _host("robots_404", "robotskhong", _robots(page("404", 404), good)),
        _host("robots_html", "robotstrang", _robots(good, good)),
        _host(
            "robots_delay", "robotscham", _robots(_text("User-agent: *\nCrawl-delay: 1\n"), good)
        ),
    ]
    for kind, name in (
        ("expired", "hethan"),
        ("wrong_host", "saiten"),
        ("unknown_issuer", "lanhphat"),
    ):
        hosts.append(Special(f"tls_{kind}", f"{name}.gov.vn.test", _always(good), certificate=kind))
    return tuple(hosts)


def _host(kind: str, name: str, respond: Callable[[Request, int], Response]) -> Special:
    return Special(kind, f"{name}.gov.vn.test", respond)


def _always(answer: Response) -> Callable[[Request, int], Response]:
    """The answer at every address, with no rules for robots in the way."""

    def respond(request: Request, _: int) -> Response:
        return page("404", 404) if request.target == "/robots.txt" else answer

    return respond


def _robots(rules: Response, rest: Response) -> Callable[[Request, int], Response]:
    return lambda request, _: rules if request.target == "/robots.txt" else rest


def _text(text: str) -> Response:
    return Response(200, (("Content-Type", "text/plain"),), text.encode())


def _to(target: str) -> Response:
    return Response(302, (("Location", target),))


def _chain(request: Request, _: int) -> Response:
    step = request.target.removeprefix("/buoc/")
    return _to(f"/buoc/{int(step) + 1 if step.isdigit() else 1}")


@lru_cache
def _bomb() -> Response:
    packed = gzip.compress(bytes(_BOMB_BYTES), 9)
    return Response(200, (_HTML, ("Content-Encoding", "gzip")), packed)


def _large_header() -> Response:
    return Response(200, tuple((f"X-Muc-{n}", "x" * 4000) for n in range(64)), b"<p>")


def _raw(data: bytes) -> Response:
    def act(connection: socket.socket) -> None:
        connection.sendall(data)

    return Response(act=act)


def _silent(connection: socket.socket) -> None:
    """Say nothing until the other end gives up."""
    connection.settimeout(SLOW_SECONDS)
    with contextlib.suppress(OSError):
        connection.recv(1)


def _dripping(connection: socket.socket, start: bytes, drop: bytes) -> None:
    ends = time.monotonic() + SLOW_SECONDS
    with contextlib.suppress(OSError):
        connection.sendall(start)
        while time.monotonic() < ends:
            connection.sendall(drop)
            time.sleep(_DRIP_SECONDS)


def _drip(connection: socket.socket) -> None:
    _dripping(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<p>", b"a")


def _drip_headers(connection: socket.socket) -> None:
    _dripping(connection, b"HTTP/1.1 200 OK\r\nX-Cham: ", b"a")
