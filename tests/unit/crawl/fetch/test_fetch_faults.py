"""What a fault of a request is called: the site's only if it is known to be."""

from __future__ import annotations

import errno
import os
import ssl

import httpx2
import pytest

from assets.crawl.fetch.faults import fault_of


def called(error: Exception, cause: BaseException | None = None) -> str:
    error.__cause__ = cause
    stop, _ = fault_of(error, "connecting")
    return stop.status


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (errno.ECONNREFUSED, "refused"),
        (errno.ECONNRESET, "reset"),
        (errno.EPIPE, "reset"),
        (errno.ETIMEDOUT, "timeout"),
        (errno.EHOSTUNREACH, "timeout"),
        (errno.ENETUNREACH, "our-fault"),
        (errno.ENETDOWN, "our-fault"),
        (errno.EADDRNOTAVAIL, "our-fault"),
        (errno.EMFILE, "our-fault"),
        (errno.EPERM, "our-fault"),
    ],
)
def test_a_broken_network_of_ours_is_not_a_site_that_is_down(number: int, status: str) -> None:
    cause = OSError(number, os.strerror(number))
    assert called(httpx2.ConnectError("failed"), cause) == status
    assert called(cause) == status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (httpx2.ConnectTimeout("slow"), "timeout"),
        (httpx2.ReadTimeout("slow"), "timeout"),
        (TimeoutError(), "timeout"),
        (httpx2.ReadError(""), "reset"),
        (httpx2.ConnectError(""), "reset"),
        (httpx2.RemoteProtocolError("<StreamReset stream_id:1>"), "reset"),
        (httpx2.RemoteProtocolError("<ConnectionTerminated error_code:2>"), "reset"),
        (httpx2.RemoteProtocolError("illegal status line"), "parse-error"),
        (httpx2.LocalProtocolError("bad header"), "our-fault"),
        (httpx2.UnsupportedProtocol("gopher"), "our-fault"),
        (ssl.SSLEOFError(8, "EOF occurred"), "reset"),
        (ssl.SSLZeroReturnError(6, "TLS/SSL connection has been closed (EOF)"), "reset"),
        (ssl.SSLSyscallError(5, "Some I/O error occurred"), "reset"),
        (ssl.SSLError(1, "[SSL: NO_PROTOCOLS_AVAILABLE] none"), "tls-handshake"),
    ],
)
def test_a_fault_has_its_name(error: Exception, status: str) -> None:
    assert called(error) == status


def test_a_fault_of_a_certificate_tells_its_reason() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message, cause.verify_code = "certificate has expired", 10
    error = httpx2.ConnectError("failed")
    error.__cause__ = cause
    stop, facts = fault_of(error, "agreeing on TLS")
    assert (stop.status, stop.detail) == ("tls-invalid", "certificate has expired")
    assert facts == {"error": "certificate has expired", "error_code": "10"}
