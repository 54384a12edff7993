"""What a fault of a request is called.

Belongs here: the way from errors of the network, of TLS and of HTTP to statuses of the list. Does
not belong here: what a whole answer means (`client`).

A fault that is not known to be the site's is ours.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator

import h11
import httpx2

from assets.crawl.fetch.statuses import StopVisitError

#: Faults of a connection by the number of the system's error.
_BY_ERRNO = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.ECONNABORTED: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "timeout",
}

#: How the end of a connection within TLS is told, by what of the end was seen first.
_BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)

#: Parts of what is said of an answer that breaks the rules, and what it is called then.
_BY_WORDS = (
    ("without sending a response", "empty", "connection closed without an answer"),
    ("without sending complete", "reset", "connection closed before the content was complete"),
    ("incomplete chunked read", "reset", "connection closed before the content was complete"),
    ("StreamReset", "reset", "answer broken off by HTTP/2"),
    ("ConnectionTerminated", "reset", "connection ended by HTTP/2"),
)
_TOO_LONG = 431  # how h11 marks headers longer than it reads

#: Facts of TLS that a fault tells: error, and error_code of a certificate.
Facts = dict[str, str]


def fault_of(error: Exception, doing: str) -> tuple[StopVisitError, Facts]:
    """What an error is called that came while `doing` something, and what it tells of TLS."""
    if isinstance(error, (httpx2.TimeoutException, TimeoutError)):
        return StopVisitError("timeout", f"silent while {doing}"), {}
    if isinstance(error, httpx2.RemoteProtocolError):
        return _broken_http(error), {}
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _of_tls(cause, doing)
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno is not None:
            status = _BY_ERRNO.get(cause.errno, "our-fault")
            return StopVisitError(status, f"{cause.strerror} while {doing}"), {}
    if isinstance(error, httpx2.NetworkError):
        return StopVisitError("reset", f"connection broken off while {doing}"), {}
    return StopVisitError("our-fault", f"{type(error).__name__}: {error}"), {}


def _causes(error: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = error
    while at is not None:
        yield at
        at = at.__cause__ or at.__context__


def _of_tls(error: ssl.SSLError, doing: str) -> tuple[StopVisitError, Facts]:
    if isinstance(error, ssl.SSLCertVerificationError):
        said = error.verify_message
        facts = {"error": said, "error_code": str(error.verify_code)}
        return StopVisitError("tls-invalid", said), facts
    if isinstance(error, _BROKEN_OFF):
        return StopVisitError("reset", f"connection broken off while {doing}"), {}
    said = getattr(error, "reason", None) or str(error)
    return StopVisitError("tls-handshake", said), {"error": said}


def _broken_http(error: httpx2.RemoteProtocolError) -> StopVisitError:
    said = str(error)
    for words, status, detail in _BY_WORDS:
        if words in said:
            return StopVisitError(status, detail)
    for cause in _causes(error):
        if isinstance(cause, h11.RemoteProtocolError) and cause.error_status_hint == _TOO_LONG:
            return StopVisitError("too-large", "headers longer than can be read")
    return StopVisitError("parse-error", said[:200])
