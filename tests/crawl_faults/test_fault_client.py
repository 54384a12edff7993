"""What the client does on real connections beyond the cases of N1."""

from __future__ import annotations

import asyncio
import ssl
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest
from fault_net import (
    ELSEWHERE,
    HERE,
    LIMITS,
    USER_AGENT,
    Answer,
    Net,
    page,
    paths,
    raw,
    redirect,
    server_tls,
)

from assets.crawl.fetch.client import Client
from assets.crawl.fetch.exchange import public_trust
from assets.crawl.fetch.guard import Guard
from assets.crawl.model import Visit


def _visit(answer: Answer, path: str = "/", **asked: Any) -> tuple[Visit, Net]:
    async def run() -> tuple[Visit, Net]:
        async with Net() as net:
            port = await net.serve(answer, "mot.vn")
            return await net.client().fetch(f"http://mot.vn:{port}{path}", **asked), net

    return asyncio.run(run())


def _run(test: Callable[[Net], Awaitable[Any]], **limits: Any) -> Any:
    async def run() -> Any:
        async with Net(replace(LIMITS, **limits)) as net:
            found = await test(net)
            assert net.trapped == []
            return found

    return asyncio.run(run())


def test_a_visit_tells_what_was_asked_and_answered() -> None:
    visit, net = _visit(page("<p>Thủ tục hành chính</p>", headers=["ETag: x", "X-A: 1", "X-A: 2"]))
    assert (visit.status, visit.http_status, visit.attempts) == ("completed", 200, 1)
    assert visit.body.decode() == "<p>Thủ tục hành chính</p>"
    assert (visit.headers["etag"], visit.headers["x-a"]) == ("x", "1, 2")
    assert visit.final_url == visit.url
    assert visit.tls == {}
    assert visit.fetched_at is not None
    assert visit.fetched_at.tzinfo is not None
    times = visit.timings
    assert times.tls_ms is None
    for part in (times.resolve_ms, times.connect_ms, times.first_byte_ms, times.transfer_ms):
        assert part is not None
        assert part >= 0
    sent = net.log[0].headers
    assert sent["host"] == visit.url.removeprefix("http://").removesuffix("/")
    assert "egov-index" in sent["user-agent"]
    assert "cookie" not in sent


def test_phases_are_timed_apart() -> None:
    slow = raw(b"HTTP/1.1 200 X\r\nContent-Length: 4\r\n\r\n", b"tin!", pause=0.6)

    async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.25)
        await slow(asked, writer)

    began = time.monotonic()
    visit, _ = _visit(answer)
    took = (time.monotonic() - began) * 1_000
    first, transfer = visit.timings.first_byte_ms, visit.timings.transfer_ms
    assert first is not None
    assert transfer is not None
    assert (first >= 245, transfer >= 145, first + transfer <= took) == (True, True, True)


def test_tls_facts_and_the_name_asked_for() -> None:
    async def run(net: Net) -> tuple[Visit, list[str]]:
        names: list[str] = []
        context = server_tls("valid", "mot.vn")
        context.sni_callback = lambda _, name, __: names.append(str(name))
        port = await net.serve(page(), "mot.vn", tls=context)
        return await net.client().fetch(f"https://mot.vn:{port}/"), names

    visit, names = _run(run)
    assert names == ["mot.vn"]
    assert visit.status == "completed"
    assert visit.tls["version"] == "TLSv1.3"
    assert "trustme" in visit.tls["issuer"]
    assert visit.tls["not_after"] > visit.tls["not_before"]
    assert visit.timings.tls_ms is not None


@pytest.mark.parametrize(
    ("kind", "says"), [("expired", "expired"), ("future", "not yet valid"), ("unknown", "issuer")]
)
def test_a_bad_certificate_is_a_finding_and_nothing_is_asked(kind: str, says: str) -> None:
    async def run(net: Net) -> tuple[Visit, Net]:
        port = await net.serve(page(), "mot.vn", tls=server_tls(kind, "mot.vn"))
        return await net.client().fetch(f"https://mot.vn:{port}/"), net

    visit, net = _run(run)
    assert visit.status == "tls-invalid"
    assert says in visit.tls["error"]
    assert (visit.body, visit.http_status, net.log) == (b"", None, [])


def test_the_checked_address_is_the_one_connected_to() -> None:
    """A name that turns to a forbidden address after the check: asked once a request, refused at
    the next."""

    async def run(net: Net) -> list[str]:
        port = await net.serve(page(), "doi.vn")
        answers = [[HERE], [ELSEWHERE]]
        asked: list[str] = []

        async def resolve(host: str) -> list[str]:
            asked.append(host)
            return answers[len(asked) - 1]

        net.resolve = resolve  # type: ignore[method-assign, assignment]
        client = net.client()
        first = await client.fetch(f"http://doi.vn:{port}/")
        assert asked == ["doi.vn"]
        second = await client.fetch(f"http://doi.vn:{port}/")
        return [first.status, second.status]

    assert _run(run) == ["completed", "not-attempted"]


def test_the_next_address_is_tried_if_one_refuses() -> None:
    async def run(net: Net) -> Visit:
        port = await net.serve(page(), "mot.vn")
        net.names["mot.vn"] = ["127.0.0.3", HERE]
        guard = Guard(net.resolve, networks=["127.0.0.3/32", f"{HERE}/32"], ports=[port])
        return await Client(LIMITS, guard, USER_AGENT).fetch(f"http://mot.vn:{port}/")

    visit: Visit = _run(run)
    assert visit.status == "completed"


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(net: Net) -> str:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://{HERE}:{net.closed_port}")
        port = await net.serve(page(), "mot.vn")
        visit = await net.client().fetch(f"http://mot.vn:{port}/")
        return str(visit.status)

    assert _run(run) == "completed"


def test_cookies_stay_with_their_host_and_visit() -> None:
    async def run(net: Net) -> tuple[list[Visit], list[tuple[str, str | None]]]:
        two = await net.serve(page(), "hai.vn")
        on = redirect(f"http://hai.vn:{two}/", headers=["Set-Cookie: b=2"])

        async def answer(asked: Any, writer: asyncio.StreamWriter) -> None:
            has_cookie = asked.headers.get("cookie") == "a=1"
            here = redirect("/", headers=["Set-Cookie: a=1; path=/; HttpOnly"])
            await (on if has_cookie else here)(asked, writer)

        port = await net.serve(answer, "mot.vn")
        client = net.client()
        visits = [await client.fetch(f"http://mot.vn:{port}/") for _ in range(2)]
        return visits, [(asked.host, asked.headers.get("cookie")) for asked in net.log]

    visits, sent = _run(run)
    assert [visit.status for visit in visits] == ["completed"] * 2
    assert sent == [("mot.vn", None), ("mot.vn", "a=1"), ("hai.vn", None)] * 2
    assert visits[0].final_url.startswith("http://hai.vn")
    assert len(visits[0].redirects) == 2


def test_an_unchanged_page_is_completed() -> None:
    unchanged = raw(b"HTTP/1.1 304 X\r\nETag: v\r\n\r\n")
    visit, net = _visit(unchanged, etag='"v"', last_modified="Mon, 20 Feb 2017 00:00:00 GMT")
    assert (visit.status, visit.http_status, visit.body) == ("completed", 304, b"")
    assert net.log[0].headers["if-none-match"] == '"v"'
    assert net.log[0].headers["if-modified-since"].endswith("2017 00:00:00 GMT")
    unasked, _ = _visit(unchanged)
    assert unasked.status == "http-error"


def test_conditions_are_of_the_first_address_only() -> None:
    visit, net = _visit(paths({"/": redirect("/moi"), "/moi": page()}), etag='"v"')
    assert visit.status == "completed"
    assert ["if-none-match" in asked.headers for asked in net.log] == [True, False]


_CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
_CHALLENGE = "<html><title>Just a moment...</title>"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(page("", 404), "http-error", id="missing page"),
        pytest.param(page("lỗi", 500), "http-error", id="server error"),
        pytest.param(page("", 410), "http-error", id="gone"),
        pytest.param(page("", 401), "blocked-suspected", id="log in"),
        pytest.param(page("", 403), "blocked-suspected", id="forbidden"),
        pytest.param(page("", 429), "blocked-suspected", id="too many"),
        pytest.param(page(_CHALLENGE, 503), "blocked-suspected", id="challenge"),
        pytest.param(page(_CHALLENGE), "blocked-suspected", id="challenge that says 200"),
        pytest.param(
            page("x", 503, ["cf-mitigated: challenge"]), "blocked-suspected", id="its header"
        ),
        pytest.param(page(f"{_CHALLENGE}{'x' * 70_000}"), "completed", id="long article"),
        pytest.param(page(""), "empty", id="no content"),
        pytest.param(page(" \r\n\t "), "empty", id="blank content"),
        pytest.param(page("", 204), "empty", id="204"),
        pytest.param(raw(b"HTTP/1.1 302 X\r\n\r\nx"), "http-error", id="302 to nowhere"),
        pytest.param(raw(_CHUNKED + b"zz\r\nxin chao\r\n0\r\n\r\n"), "parse-error", id="chunk"),
        pytest.param(raw(_CHUNKED + b"9\r\nxin"), "reset", id="chunk cut off"),
        pytest.param(
            raw(b"HTTP/1.1 200 X\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            "parse-error",
            id="two lengths",
        ),
        pytest.param(
            raw(b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nxin chao"),
            "completed",
            id="longer than announced",
        ),
        pytest.param(page(headers=[f"X: {'y' * 66_000}"]), "too-large", id="large header"),
        pytest.param(page(headers=[f"X: {'y' * 60_000}"]), "completed", id="header within limit"),
        pytest.param(raw(b"HTTP/1.1 101 X\r\n\r\n"), "parse-error", id="101"),
        pytest.param(
            raw(b"HTTP/1.1 200 X\r\nContent-Encoding: br\r\n\r\nx"), "parse-error", id="brotli"
        ),
        pytest.param(
            raw(b"HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\n\r\nxin chao"),
            "parse-error",
            id="not gzip",
        ),
        pytest.param(
            raw(b"HTTP/1.1 200 X\r\n\r\n", *[b"x" * 9_000] * 100), "too-large", id="endless"
        ),
        pytest.param(
            raw(b"HTTP/1.1 200 X\r\nX-\xe1: \xe1\xbb\x87\r\n\r\nx"), "parse-error", id="header name"
        ),
        pytest.param(raw(b"HTTP/1.1 200 X\r\nX: \xea\r\n\r\nx"), "completed", id="latin-1 header"),
    ],
)
def test_an_answer_has_its_status(answer: Answer, status: str) -> None:
    visit, _ = _visit(answer)
    assert visit.status == status, visit.detail


def test_a_bare_deflate_stream_is_read() -> None:
    packer = zlib.compressobj(wbits=-15)
    body = packer.compress(b"<p>Xin ch\xc3\xa0o</p>" * 50) + packer.flush()
    visit, _ = _visit(raw(b"HTTP/1.1 200 X\r\nContent-Encoding: deflate\r\n\r\n" + body))
    assert visit.body == b"<p>Xin ch\xc3\xa0o</p>" * 50


def test_no_fault_of_ours_escapes() -> None:
    async def run(net: Net) -> Visit:
        port = await net.serve(page(), "mot.vn")

        async def broken(_: str) -> list[str]:
            raise ZeroDivisionError("boom")

        net.resolve = broken  # type: ignore[method-assign, assignment]
        return await net.client().fetch(f"http://mot.vn:{port}/")

    visit: Visit = _run(run)
    assert visit.status == "our-fault"
    assert "ZeroDivisionError: boom" in visit.detail


def test_http2_is_spoken_where_it_is_offered() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        link.initiate_connection()
        writer.write(link.data_to_send())
        while data := await reader.read(65_536):
            for event in link.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    host = dict(event.headers)[b":authority"]
                    link.send_headers(event.stream_id, [(":status", "200"), ("x-host", host)])
                    link.send_data(event.stream_id, b"<p>HTTP/2</p>", end_stream=True)
            writer.write(link.data_to_send())
        writer.close()

    async def run(net: Net) -> Visit:
        context = server_tls("valid", "nhanh.vn")
        context.set_alpn_protocols(["h2"])
        port = await net.serve_bare(serve, "nhanh.vn", tls=context)
        return await net.client().fetch(f"https://nhanh.vn:{port}/")

    visit: Visit = _run(run)
    assert (visit.status, visit.body) == ("completed", b"<p>HTTP/2</p>"), visit.detail
    assert visit.tls["protocol"] == "h2"
    assert visit.headers["x-host"].startswith("nhanh.vn:")
    assert visit.timings.first_byte_ms is not None


def test_certificates_are_checked_the_same_in_every_version_of_python() -> None:
    context = public_trust()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
