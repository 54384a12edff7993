"""Printed addresses: compared by their host, and in the one spelling that is visited."""

from __future__ import annotations

import pytest

from assets.webaddress import AddressError, full_address, printed_host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://www.moh.gov.vn/vi", "moh.gov.vn"),
        ("thai binh.gov.vn", "thaibinh.gov.vn"),
        ("HTTPS://WWW.Moh.Gov.Vn", "moh.gov.vn"),
        ("http:/moh.gov.vn", "http:"),
    ],
)
def test_hosts_are_compared_as_the_macro_does(text: str, host: str) -> None:
    assert printed_host(text) == host


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("bộytế.vn", "http://xn--byt-9jzwf.vn/"),
        ("http://Moh.gov.vn:80/a b", "http://moh.gov.vn/ab"),
        ("moh.gov.vn./x#part", "http://moh.gov.vn/x"),
        ("moh.gov.vn:8080/x", "http://moh.gov.vn:8080/x"),
        ("https://moh.gov.vn:65535", "https://moh.gov.vn:65535/"),
    ],
)
def test_the_address_visited_is_in_one_spelling(text: str, url: str) -> None:
    assert full_address(text) == url


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ftp://moh.gov.vn/", "not_http"),
        ("chưa có", "host_incomplete"),
        ("http://localhost/", "host_incomplete"),
        ("moh.gov.vn:0", "address_refused"),
        ("moh.gov.vn:65536", "address_refused"),
        ("http://user@moh.gov.vn/", "address_refused"),
        ("http://0x7f.1/", "address_refused"),
        ("http:///x", "address_refused"),
        ("", "address_refused"),
        ("moh.gov.vn/" + "x" * 4000, "address_refused"),
    ],
)
def test_addresses_that_are_never_visited_say_why(text: str, rule: str) -> None:
    with pytest.raises(AddressError) as raised:
        full_address(text)
    assert raised.value.rule_id == rule
