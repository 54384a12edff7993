"""One request and its answer, to an address that was checked before.

Belongs here: connecting to exactly that address with the host's own name for TLS and for the Host
header, times of the phases, facts of TLS, and limits while reading. Does not belong here: what a
fault is called (`faults`), redirects, retries, turns, and what an answer means for the site.

Each request has a connection of its own: every phase is then seen each time, nothing left over from
one answer is read as the next, and a connection cannot be shared by hosts with one IP address.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from assets.crawl.fetch.faults import fault_of
from assets.crawl.fetch.inflate import Decoder
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError
from assets.crawl.model import Timings
from assets.webaddress import Place

_PHASES = {
    "connect_tcp": "connect_ms",
    "start_tls": "tls_ms",
    "receive_response_headers": "first_byte_ms",
    "receive_response_body": "transfer_ms",
}
#: What is being done in a phase, as a fault says it.
_DOING = {"connect_tcp": "connecting", "start_tls": "agreeing on TLS"}


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def public_trust() -> ssl.SSLContext:
    """The authorities this machine trusts, TLS 1.2 or later.

    Python 3.13 became stricter than browsers are; the same in every version keeps findings equal.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@dataclass
class Seen:
    """What is seen of one request while it is made, so that a fault does not lose it.

    `phases` are milliseconds by the names of `Timings`; `headers` are as received, `body` is the
    content decoded so far.
    """

    phases: dict[str, int] = field(default_factory=dict)
    tls: dict[str, str] = field(default_factory=dict)
    began_at: datetime | None = None
    http_status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    doing: str = ""

    @property
    def timings(self) -> Timings:
        return Timings(**self.phases)


class Exchange:
    """Makes requests. `clock` gives seconds for the phases, `now` the time an answer began."""

    def __init__(
        self,
        limits: Limits,
        trust: ssl.SSLContext,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._limits = limits
        self._trust = trust
        self._clock = clock
        self._now = now

    async def get(
        self,
        place: Place,
        addresses: Sequence[str],
        headers: Sequence[tuple[str, str]],
        seen: Seen,
        *,
        is_read: Callable[[Seen], bool],
    ) -> None:
        """Ask for a place at the first of its addresses that takes the connection.

        What is learnt goes to `seen`. The content is read only if `is_read` says so once the
        headers are there. StopVisitError for every fault of the network, of TLS or of HTTP.
        """
        for number, address in enumerate(addresses, 1):
            try:
                await self._get(place, address, headers, seen, is_read)
            except (httpx2.TransportError, OSError) as error:
                if seen.doing == "connect_tcp" and number < len(addresses):
                    continue
                fault, tls = fault_of(error, _DOING.get(seen.doing, "answering"))
                seen.tls = tls or seen.tls
                raise fault from error
            return

    async def _get(
        self,
        place: Place,
        address: str,
        headers: Sequence[tuple[str, str]],
        seen: Seen,
        is_read: Callable[[Seen], bool],
    ) -> None:
        host = f"[{address}]" if ":" in address else address
        request = httpx2.Request(
            "GET",
            httpx2.URL(f"{place.scheme}://{host}:{place.port}").copy_with(raw_path=place.path),
            headers=[("Host", place.authority), *headers],
            extensions=self._extensions(place, seen),
        )
        async with httpx2.AsyncHTTPTransport(
            verify=self._trust,
            http2=True,
            trust_env=False,
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=0),
        ) as transport:
            response = await transport.handle_async_request(request)
            try:
                seen.began_at = self._now()
                seen.http_status = response.status_code
                seen.headers = _checked_headers(response.headers.raw, self._limits)
                if is_read(seen):
                    await self._read(response, seen)
            finally:
                await response.aclose()

    def _extensions(self, place: Place, seen: Seen) -> dict[str, Any]:
        limits = self._limits
        extensions: dict[str, Any] = {
            "timeout": {
                "connect": limits.connect_seconds,
                "read": limits.silent_seconds,
                "write": limits.silent_seconds,
                "pool": limits.connect_seconds,
            },
            "trace": self._trace(seen),
        }
        if place.is_name:
            extensions["sni_hostname"] = place.host
        return extensions

    def _trace(self, seen: Seen) -> Callable[[str, dict[str, Any]], Any]:
        started: dict[str, float] = {}

        async def hear(event: str, info: dict[str, Any]) -> None:
            _, phase, moment = event.split(".")
            if phase not in _PHASES:
                return
            if moment == "started":
                started[phase] = self._clock()
                seen.doing = phase
                return
            if moment == "complete":
                seen.phases[_PHASES[phase]] = round((self._clock() - started[phase]) * 1_000)
                if phase == "start_tls":
                    stream = info["return_value"]
                    seen.tls = _tls_facts(stream.get_extra_info("ssl_object"))

        return hear

    async def _read(self, response: httpx2.Response, seen: Seen) -> None:
        limits = self._limits
        codings = [value for name, value in seen.headers if name == "content-encoding"]
        decoder = Decoder(", ".join(codings), limits)
        began = self._clock()
        try:
            async for data in response.aiter_raw():
                decoder.feed(data)
                elapsed = self._clock() - began
                if (
                    elapsed > limits.grace_seconds
                    and decoder.received < elapsed * limits.bytes_per_second
                ):
                    raise StopVisitError(
                        "timeout",
                        f"{decoder.received} bytes in {elapsed:.0f} s, less than "
                        f"{limits.bytes_per_second} bytes per second",
                    )
            decoder.finish()
        finally:
            seen.body = bytes(decoder.content)


def _checked_headers(raw: Sequence[tuple[bytes, bytes]], limits: Limits) -> list[tuple[str, str]]:
    size = sum(len(name) + len(value) + len(b": \r\n") for name, value in raw)
    if size > limits.header_bytes:
        raise StopVisitError("too-large", f"headers of more than {limits.header_bytes} bytes")
    return [(name.decode("latin-1").lower(), _text(value)) for name, value in raw]


def _text(value: bytes) -> str:
    """Headers are ASCII; what servers put into them beyond it is mostly UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _name(pairs: Sequence[Sequence[tuple[str, str]]]) -> str:
    """A name of a certificate on one line."""
    return ", ".join(f"{key}={value}" for part in pairs for key, value in part)


def _day(text: str) -> str:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC).isoformat()


def _tls_facts(tls: ssl.SSLObject) -> dict[str, str]:
    """Of a connection whose certificate was accepted: version, cipher, and the certificate."""
    certificate: dict[str, Any] = tls.getpeercert() or {}
    cipher = tls.cipher()
    return {
        "version": tls.version() or "",
        "cipher": cipher[0] if cipher else "",
        "protocol": tls.selected_alpn_protocol() or "",
        "subject": _name(certificate.get("subject", ())),
        "issuer": _name(certificate.get("issuer", ())),
        "not_before": _day(certificate["notBefore"]),
        "not_after": _day(certificate["notAfter"]),
    }
