"""The second pass in a real browser: pages written by scripts, and no way round the guard."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace

import pytest
from fault_net import ELSEWHERE, HERE, LIMITS, Net, page, paths

from assets.crawl.fetch import browser
from assets.crawl.fetch.browser import Browser
from assets.crawl.fetch.politeness import Crawler
from assets.crawl.model import Visit

if shutil.which("chromium") is None:
    pytest.skip("Debian's chromium is not installed", allow_module_level=True)

HTML = ["Content-Type: text/html; charset=utf-8"]
SCRIPT = ["Content-Type: text/javascript"]
#: The browser is slow on a busy machine.
SLOW = replace(LIMITS, page_seconds=15, page_requests=6)

EMPTY = "<html lang=vi><body><div id=app></div><script src=/ung-dung.js></script></body></html>"
WRITES = """
fetch('/tin.json').then(a => a.json()).then(tin => {
  document.getElementById('app').innerHTML = '<h2>' + tin.ten + '</h2>'; });
"""
ESCAPES = """<html><head><script>
new Image().src = 'http://{allowed}/i.png'; navigator.sendBeacon('http://{allowed}/b', 'x');
fetch('http://{allowed}/gui', {{method: 'POST', body: 'x', mode: 'no-cors'}});
</script><link rel=preconnect href="http://{bad}/">
<link rel=dns-prefetch href="http://{bad}/"><link rel=prefetch href="http://{bad}/p"></head>
<body><p>Trang thử</p><img src="http://{bad}/i.png"><iframe src="http://{bad}/f"></iframe>
<form id=f method=post action="http://{open}/gui" target=khung><input name=a></form>
<iframe name=khung></iframe><object data="http://{bad}/o"></object><script>
fetch('http://{bad}/x', {{mode: 'no-cors'}}); new WebSocket('ws://{bad}/w');
new WebSocket('ws://{open}/w'); navigator.sendBeacon('http://{bad}/b', 'x');
fetch('http://{open}/gui', {{method: 'POST', body: 'x'}}); document.getElementById('f').submit();
new Worker(URL.createObjectURL(new Blob(["fetch('http://{bad}/k')"])));
window.open('http://{bad}/cua-so'); new EventSource('http://{bad}/e');
document.body.append('RTC: ' + typeof RTCPeerConnection);
</script></body></html>"""


async def _render(net: Net, url: str) -> tuple[Visit, Visit]:
    crawler = Crawler(net.client())
    static = await crawler.fetch(url)
    async with Browser(net.limits) as opened:
        return static, await opened.render(static, crawler.fetch)


def test_what_scripts_write_is_taken_and_marked() -> None:
    site = {
        "/": page(EMPTY, headers=HTML),
        "/ung-dung.js": page(WRITES, headers=SCRIPT),
        "/tin.json": page('{"ten": "Dịch vụ công trực tuyến"}'),
    }

    async def run() -> tuple[Visit, Visit, list[str]]:
        async with Net(SLOW) as net:
            port = await net.serve(paths(site), "mot.vn")
            static, rendered = await _render(net, f"http://mot.vn:{port}/")
            return static, rendered, [asked.path for asked in net.log]

    static, rendered, asked = asyncio.run(run())
    assert b"tr\xe1\xbb\xb1c tuy\xe1\xba\xbfn" not in static.body
    assert not static.rendered
    assert "<h2>Dịch vụ công trực tuyến</h2>" in rendered.body.decode()
    assert (rendered.rendered, rendered.status) == (True, "completed")
    assert (rendered.final_url, rendered.http_status) == (static.final_url, 200)
    # The page itself is not fetched again.
    assert asked == ["/robots.txt", "/", "/ung-dung.js", "/tin.json"]


async def _tempted() -> tuple[Visit, list[str], list[tuple[str, str]]]:
    async with Net(SLOW) as net:
        port = await net.serve(page(), "hai.vn")
        escapes = ESCAPES.format(
            bad=f"{ELSEWHERE}:{port}", open=f"{HERE}:{net.closed_port}", allowed=f"hai.vn:{port}"
        )
        site = paths({"/": page(escapes, headers=HTML)})
        url = f"http://mot.vn:{await net.serve(site, 'mot.vn')}/"
        _, rendered = await _render(net, url)
        return rendered, net.trapped, [(asked.host, asked.path) for asked in net.log]


def test_a_page_reaches_nothing_that_the_guard_forbids() -> None:
    """Nor does it send anything, or ask for what is not read."""
    rendered, trapped, asked = asyncio.run(_tempted())
    assert rendered.status == "completed", rendered.detail
    assert "Trang thử" in rendered.body.decode()
    assert "RTC: undefined" in rendered.body.decode()
    assert trapped == []
    assert asked == [("mot.vn", "/robots.txt"), ("mot.vn", "/")]


def test_the_same_page_gets_out_of_a_browser_with_a_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Answering its requests alone does not hold a page: connections opened ahead get out."""
    arguments = [each for each in browser._ARGUMENTS if "host-resolver" not in each]
    monkeypatch.setattr(browser, "_ARGUMENTS", arguments)
    _, trapped, _ = asyncio.run(_tempted())
    assert ELSEWHERE in trapped


def test_requests_of_a_page_are_capped_and_robots_obeyed() -> None:
    many = "".join(f"<script src=/{n}.js></script>" for n in range(20))
    site = {
        "/": page(f"<p>Nhiều</p><script src=/kín/1.js></script>{many}", headers=HTML),
        "/robots.txt": page("User-agent: *\nDisallow: /kín/\n"),
    }

    async def run() -> tuple[Visit, list[str]]:
        async with Net(SLOW) as net:
            port = await net.serve(paths(site), "mot.vn")
            _, rendered = await _render(net, f"http://mot.vn:{port}/")
            return rendered, [asked.path for asked in net.log]

    rendered, asked = asyncio.run(run())
    assert rendered.status == "completed"
    scripts = [path for path in asked if path.endswith(".js")]
    assert len(scripts) == SLOW.page_requests - 1  # the forbidden one counts and is not asked
    assert "/k%C3%ADn/1.js" not in scripts


def test_a_browser_that_does_not_start_is_our_fault() -> None:
    async def run() -> Visit:
        async with Net(SLOW) as net:
            crawler = Crawler(net.client())
            async with Browser(SLOW, "/bin/false") as opened:
                return await opened.render(
                    Visit("http://mot.vn/", "completed", http_status=200), crawler.fetch
                )

    visit = asyncio.run(run())
    assert (visit.status, visit.rendered, visit.body) == ("our-fault", True, b"")
    assert visit.detail.startswith("browser: chromium does not start")
