"""The closed list of statuses: complete, in both languages, and what it counts as."""

from __future__ import annotations

import unicodedata

import pytest

from assets.crawl.fetch.statuses import kept_out, may_pass, outcome, statuses
from assets.crawl.model import DOWN, NOT_MEASURED, UP, Visit

OUTCOMES = {
    UP: {"completed"},
    DOWN: {
        "dns",
        "refused",
        "reset",
        "timeout",
        "tls-handshake",
        "redirect-loop",
        "empty",
        "http-error",
    },
    NOT_MEASURED: {
        "tls-invalid",
        "blocked-suspected",
        "robots",
        "too-large",
        "parse-error",
        "budget",
        "our-fault",
        "not-attempted",
    },
}


def test_every_status_counts_as_decided() -> None:
    assert sum(map(len, OUTCOMES.values())) == len(statuses()) == 17
    for expected, codes in OUTCOMES.items():
        assert {code for code in statuses() if outcome(code) == expected} == codes


@pytest.mark.parametrize("code", sorted(statuses()))
def test_every_status_has_its_words(code: str) -> None:
    status = statuses()[code]
    for text in (status.because, status.vi, status.en, status.advice_vi, status.advice_en):
        assert text == text.strip() != ""
        assert unicodedata.is_normalized("NFC", text)
    assert any(ord(letter) > 0x7F for letter in status.vi)
    assert any(ord(letter) > 0x7F for letter in status.advice_vi)
    assert status.en.isascii()
    assert status.mended_by in ("owner", "crawler", "both", "nobody")


def test_what_we_do_not_see_is_never_down() -> None:
    for status in statuses().values():
        if status.mended_by in ("crawler", "both"):
            assert status.outcome == NOT_MEASURED, status.code


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="'lost' is no status"):
        outcome("lost")


@pytest.mark.parametrize(
    ("status", "code", "passes"),
    [
        ("timeout", None, True),
        ("reset", None, True),
        ("our-fault", None, True),
        ("http-error", 503, True),
        ("http-error", 500, True),
        ("http-error", 404, False),
        ("blocked-suspected", 429, True),
        ("blocked-suspected", 403, False),
        ("tls-invalid", None, False),
        ("robots", 503, False),
        ("completed", 200, False),
    ],
)
def test_what_is_worth_another_attempt(status: str, code: int | None, passes: bool) -> None:
    assert may_pass(Visit("http://mot.vn/", status, http_status=code)) is passes


def test_being_kept_out_is_told_from_an_answer() -> None:
    assert kept_out(403, {}, b"") == "HTTP 403"
    assert kept_out(200, {}, b"<p>tin</p>") == ""
    assert kept_out(404, {}, b"") == ""
    assert "cf-mitigated" in kept_out(503, {"cf-mitigated": "Challenge"}, b"")
    assert "incapsula" in kept_out(200, {}, b"Request UNSUCCESSFUL. Incapsula incident ID: 5")
    small = b"x" * (65_536 - 20) + b"_Incapsula_Resource "
    assert kept_out(200, {}, small) != ""
    assert kept_out(200, {}, small + b"x") == ""
