"""robots.txt by RFC 9309: what an answer for it allows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.robots import Robots, read_robots
from assets.crawl.fetch.statuses import StopVisitError
from assets.crawl.model import Timings, Visit

URL = "https://mot.vn/robots.txt"
LIMITS = Limits()


def robots(text: str | bytes, status: str = "completed") -> Robots:
    body = text.encode() if isinstance(text, str) else text
    return read_robots(Visit(URL, status, http_status=200, body=body), "egov-index", LIMITS)


def refused(rules: Robots, path: str) -> str:
    """The status that an address is refused with, empty if it is allowed."""
    try:
        rules.check(f"https://mot.vn{path}")
    except StopVisitError as stop:
        return stop.status
    return ""


@pytest.mark.parametrize(
    ("text", "path", "status"),
    [
        ("", "/", ""),
        ("User-agent: *\nDisallow:", "/", ""),
        ("User-agent: *\nDisallow: /", "/", "robots"),
        ("User-agent: *\nDisallow: /", "/robots.txt", ""),
        ("User-agent: *\nDisallow: /\nUser-agent: egov-index\nAllow: /", "/a", ""),
        ("User-agent: *\nAllow: /\nUser-agent: EGOV-Index\nDisallow: /a", "/a/b", "robots"),
        ("User-agent: egov\nDisallow: /", "/", "robots"),
        ("User-agent: index\nDisallow: /", "/", ""),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", ""),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/c", "robots"),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", "robots"),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdfs", ""),
        ("User-agent: *\nDisallow: /tin-tức", "/tin-t%E1%BB%A9c/1", "robots"),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", "robots"),
        ("User-agent: *\r\nDisallow: /a\r\n", "/a", "robots"),
        ("Disallow: /a", "/a", ""),
        ("<html><body>Không tìm thấy: 404</body></html>", "/", ""),
    ],
)
def test_rules_are_obeyed(text: str, path: str, status: str) -> None:
    rules = robots(text)
    assert refused(rules, path) == status
    assert rules.found


def test_delay_and_sitemaps_are_read() -> None:
    rules = robots(
        "Sitemap: https://mot.vn/s.xml\nUser-agent: *\nCrawl-delay: 2.5\nDisallow: /a\n"
        "Sitemap: https://mot.vn/t.xml\n"
    )
    assert rules.delay == 2.5
    assert rules.sitemaps == ("https://mot.vn/s.xml", "https://mot.vn/t.xml")
    for bad in ("soon", "-1", "nan", "inf"):
        assert robots(f"User-agent: *\nCrawl-delay: {bad}").delay is None


def test_at_least_500_kib_are_read_and_the_rest_is_cut() -> None:
    rule = "User-agent: *\nDisallow: /a\n"
    within = "#" * (500 * 1024 - len(rule)) + "\n" + rule
    assert refused(robots(within), "/a") == "robots"
    beyond = "#" * LIMITS.robots_bytes + "\n" + rule
    assert refused(robots(beyond), "/a") == ""
    assert refused(robots(rule + "#" * 999, status="too-large"), "/a") == "robots"


@pytest.mark.parametrize(
    ("status", "code", "connected", "expected"),
    [
        ("http-error", 404, True, ""),
        ("http-error", 410, True, ""),
        ("blocked-suspected", 401, True, ""),
        ("blocked-suspected", 403, True, ""),
        ("redirect-loop", None, True, ""),
        ("empty", 200, True, ""),
        ("http-error", 500, True, "robots"),
        ("http-error", 503, True, "robots"),
        ("blocked-suspected", 429, True, "blocked-suspected"),
        ("blocked-suspected", 200, True, "blocked-suspected"),
        ("blocked-suspected", 503, True, "blocked-suspected"),
        ("timeout", None, True, "robots"),
        ("timeout", None, False, "timeout"),
        ("reset", None, True, "robots"),
        ("empty", None, True, "robots"),
        ("parse-error", None, True, "robots"),
        ("too-large", 200, True, "robots"),
        ("dns", None, False, "dns"),
        ("refused", None, False, "refused"),
        ("tls-invalid", None, True, "tls-invalid"),
        ("tls-handshake", None, True, "tls-handshake"),
        ("our-fault", None, False, "our-fault"),
        ("budget", None, False, "budget"),
        ("not-attempted", None, False, "not-attempted"),
    ],
)
def test_without_a_file_all_is_allowed_or_refused_for_now(
    status: str, code: int | None, connected: bool, expected: str
) -> None:
    times = Timings(connect_ms=1) if connected else Timings()
    visit = Visit(URL, status, "why", http_status=code, timings=times)
    rules = read_robots(visit, "egov-index", LIMITS)
    assert refused(rules, "/") == expected
    if expected:
        assert rules.refusal == (expected, f"robots.txt: {status}: why")


@settings(deadline=None)
@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_are_rules(body: bytes, path: str) -> None:
    rules = robots(b"User-agent: *\n" + body)
    assert refused(rules, f"/{path}") in ("", "robots")
