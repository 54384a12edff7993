"""Sitemaps: what they list, within limits, whatever they hold."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.sitemap import Sitemaps, read_sitemaps
from assets.crawl.model import Visit

LIMITS = Limits(sitemap_files=3, sitemap_urls=10, body_bytes=100_000)
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def listing(*urls: str, kind: str = "url") -> bytes:
    entries = "".join(f"<{kind}><loc> {url} </loc><lastmod>x</lastmod></{kind}>" for url in urls)
    return f"<?xml version='1.0'?><urlset {NAMESPACE}>{entries}</urlset>".encode()


def read(files: dict[str, bytes], limits: Limits = LIMITS) -> tuple[Sitemaps, list[str]]:
    asked = []

    async def fetch(url: str) -> Visit:
        asked.append(url)
        if url not in files:
            return Visit(url, "http-error", "HTTP 404", http_status=404)
        return Visit(url, "completed", http_status=200, body=files[url])

    return asyncio.run(read_sitemaps(fetch, ["s"], limits)), asked


def test_pages_are_listed_once_in_their_order() -> None:
    found, _ = read({"s": listing("http://a.vn/2", "http://a.vn/1", "http://a.vn/2")})
    assert found == Sitemaps(("http://a.vn/2", "http://a.vn/1"), 1, is_cut=False, problems=())


def test_an_index_leads_to_its_files() -> None:
    index = listing("http://a.vn/s2", "http://a.vn/s3", "http://a.vn/s2", kind="sitemap")
    pages = gzip.compress(listing("http://a.vn/1"))
    found, asked = read({"s": index, "http://a.vn/s2": pages})
    assert asked == ["s", "http://a.vn/s2", "http://a.vn/s3"]
    assert found.urls == ("http://a.vn/1",)
    assert (found.files, found.is_cut) == (2, False)
    assert found.problems == ("http://a.vn/s3: http-error: HTTP 404",)


def test_files_and_pages_are_capped() -> None:
    index = listing(*(f"http://a.vn/s{n}" for n in range(9)), kind="sitemap")
    files = {f"http://a.vn/s{n}": listing(f"http://a.vn/{n}") for n in range(9)}
    found, asked = read({"s": index, **files})
    assert (len(asked), len(found.urls), found.is_cut) == (3, 2, True)
    found, _ = read({"s": listing(*(f"http://a.vn/{n}" for n in range(99)))})
    assert (len(found.urls), found.is_cut) == (10, True)
    found, _ = read({"s": listing(*(f"http://a.vn/{n}" for n in range(10)))})
    assert (len(found.urls), found.is_cut) == (10, False)


def test_a_circle_ends() -> None:
    limits = Limits(sitemap_files=50)
    found, asked = read({"s": listing("http://a.vn/s", kind="sitemap")}, limits)
    assert asked == ["s", "http://a.vn/s"]
    files = {"s": listing("http://a.vn/t", kind="sitemap")}
    files["http://a.vn/t"] = listing("http://a.vn/t", kind="sitemap")
    _, asked = read(files, limits)
    assert asked == ["s", "http://a.vn/t"]
    assert not found.is_cut


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "ParseError"),
        (b"<html><body>404", "ParseError"),
        (b"<html></html>", "lists nothing"),
        (listing("javascript:alert(1)"), "lists nothing"),
        (
            b'<!DOCTYPE u [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
            b"<urlset><url><loc>&b;</loc></url></urlset>",
            "DTDForbidden",
        ),
        (
            b'<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            b"<urlset><url><loc>&a;</loc></url></urlset>",
            "DTDForbidden",
        ),
        (b"<?xml version='1.0' encoding='no-such'?><a/>", "Error"),
        (gzip.compress(b"\0" * 5_000_000), "too-large"),
        (b"\x1f\x8bxx", "parse-error"),
    ],
)
def test_what_is_no_sitemap_is_a_problem(body: bytes, says: str) -> None:
    found, _ = read({"s": body})
    assert (found.urls, found.files) == ((), 0)
    assert len(found.problems) == 1
    assert says in found.problems[0]


def test_what_stands_before_a_fault_is_kept() -> None:
    found, _ = read({"s": listing("http://a.vn/1")[:-9] + b"<broken"})
    assert found.urls == ("http://a.vn/1",)
    assert found.problems == ("s: not a sitemap that can be read (ParseError)",)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(body: bytes) -> None:
    found, _ = read({"s": body})
    assert len(found.urls) <= LIMITS.sitemap_urls
    found, _ = read({"s": listing("http://a.vn/1")[:-9] + body})
    assert len(found.urls) <= LIMITS.sitemap_urls
