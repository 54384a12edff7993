"""What the markup of the home page and the answers of its server say."""

from __future__ import annotations

import pytest

from assets.crawl.checks.answers import answers
from assets.crawl.checks.rules import rules
from assets.crawl.model import Visit
from tests.unit.crawl.portal_samples import HOME, MENU, TEXT, TODAY, answer_to, visit

SECURE = HOME.replace("http:", "https:")
PAGE = f'<html lang="vi"><body>{MENU}{TEXT}</body></html>'


def said(check_id: str, *visits: Visit) -> str:
    made = answers({v.url: v for v in visits}, HOME, rules(), TODAY)
    return next(one.answer for one in made if one.check_id == check_id)


def leading(headers: dict[str, str] | None = None) -> Visit:
    """The home page by plain HTTP, which leads to HTTPS."""
    sent = {"content-type": "text/html"} | (headers or {})
    return Visit(HOME, "completed", final_url=SECURE, headers=sent, body=PAGE.encode())


@pytest.mark.parametrize(
    ("visits", "answer"),
    [
        ((leading(),), "yes"),
        ((visit(HOME, PAGE), visit(SECURE, PAGE)), "partial"),
        ((visit(HOME, "", "refused"), visit(SECURE, PAGE)), "partial"),
        ((visit(HOME, "", "timeout"), visit(SECURE, PAGE)), "partial"),
        ((visit(HOME, PAGE), visit(SECURE, "", "tls-invalid")), "no"),
        ((visit(HOME, PAGE), visit(SECURE, "", "refused")), "no"),
        ((visit(HOME, PAGE), visit(SECURE, "", "timeout")), "no"),
        ((visit(HOME, PAGE), visit(SECURE, "", "http-error")), "partial"),
        ((visit(HOME, PAGE), visit(SECURE, "", "robots-disallowed")), "not_observed"),
        ((visit(HOME, PAGE),), "not_observed"),
    ],
)
def test_https(visits: tuple[Visit, ...], answer: str) -> None:
    assert said("https", *visits) == answer


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("max-age=31536000", "yes"),
        ("includeSubDomains; Max-Age = 600", "yes"),
        ('max-age="600"', "yes"),
        ("max-age=0", "no"),
        ("includeSubDomains", "no"),
        ("", "no"),
    ],
)
def test_hsts(header: str, answer: str) -> None:
    sent = {"strict-transport-security": header} if header else {}
    assert said("hsts", leading(sent)) == answer
    secure = visit(SECURE, PAGE, strict_transport_security=header)
    assert said("hsts", visit(HOME, PAGE), secure) == answer


def test_hsts_over_plain_http_means_nothing() -> None:
    plain = visit(HOME, PAGE, strict_transport_security="max-age=600")
    assert said("hsts", plain, visit(SECURE, "", "refused")) == "no"
    assert said("hsts", plain) == "not_observed"


def test_the_server_is_judged_though_the_home_page_cannot_be_read() -> None:
    broken = visit(HOME, "", "http-error"), visit(SECURE, "", "refused")
    assert said("https", *broken) == "no"
    assert said("viewport", *broken) == "not_observed"


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("width=device-width, initial-scale=1", "yes"),
        ("WIDTH=DEVICE-WIDTH", "yes"),
        ("initial-scale=1.0", "yes"),
        ("width=1024", "partial"),
        ("", "no"),
    ],
)
def test_viewport(content: str, answer: str) -> None:
    assert answer_to("viewport", f'<meta name="viewport" content="{content}">').answer == answer


@pytest.mark.parametrize(
    ("tag", "answer"),
    [
        ('lang="vi"', "yes"),
        ('lang="vi-VN"', "yes"),
        ('xml:lang="vi"', "yes"),
        ('lang="VI"', "yes"),
        ('lang=""', "no"),
        ('lang="tiếng Việt"', "no"),
        ("", "no"),
    ],
)
def test_language_tag(tag: str, answer: str) -> None:
    page = visit(HOME, f"<html {tag}><body>{MENU}{TEXT}</body></html>")
    assert said("language_tag", page) == answer


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ('<a href="#noi-dung">Chuyển đến nội dung</a><img src=a alt="Biểu trưng">', "yes"),
        ('<a href="#main">Skip to content</a>', "yes"),
        ('<form><label>Tìm <input name=q></label></form><img src=a alt="Biểu trưng">', "yes"),
        ('<form>Tìm <input name=q></form><img src=a alt="Biểu trưng">', "partial"),
        ('<a href="#main">Bỏ qua</a><img src=a><img src=b>', "partial"),
        ("<img src=a>", "partial"),
    ],
)
def test_accessibility_with_a_language_tag(body: str, answer: str) -> None:
    page = visit(HOME, f'<html lang="vi"><body>{body}{MENU}{TEXT}</body></html>')
    assert said("accessibility", page) == answer


def test_accessibility_without_anything() -> None:
    page = visit(HOME, f"<html><body><img src=a><form><input name=q></form>{MENU}{TEXT}")
    assert said("accessibility", page) == "no"
