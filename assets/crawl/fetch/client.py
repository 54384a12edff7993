"""One visit: an address asked for, its redirects followed, ended with one status of the list.

Belongs here: the headers of a request, redirects, cookies within a visit, and what an answer means.
Does not belong here: which addresses may be visited (`guard`), a single request (`exchange`),
robots.txt, turns and retries (`politeness`).

Nothing is kept from one visit to the next. Cookies live for one visit and go back only to the
scheme, host and port they came from: many portals set one and redirect to themselves.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import httpx2

from assets.crawl.fetch.exchange import Exchange, Seen, public_trust, utc_now
from assets.crawl.fetch.guard import Guard
from assets.crawl.fetch.inflate import ACCEPTED
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError, kept_out
from assets.crawl.model import Visit
from assets.webaddress import Place

#: Entered before each request, redirects included; waits for the turn, or raises StopVisitError.
Gate = Callable[[Place], AbstractAsyncContextManager[None]]

_REDIRECTS = {301, 302, 303, 307, 308}
_NOT_MODIFIED = 304

_COOKIE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([!#-+\--:<-\[\]-~]*)\s*(?:;|\Z)")
_COOKIE_CHARS = 4_096

#: Name and version, then an address or a mailbox where the owner of a site can complain.
_USER_AGENT = re.compile(r"([A-Za-z][A-Za-z_-]*)/[0-9.]+ \((?:.*[ +])?(?:https?://\S+|\S+@\S+)\)\Z")


@asynccontextmanager
async def open_gate(_: Place) -> AsyncIterator[None]:
    """Lets every request pass at once."""
    yield


@dataclass
class _Chain:
    """A visit under way; `seen` is of the request made last."""

    url: str
    seen: Seen = field(default_factory=Seen)
    answered: str = ""
    redirects: list[str] = field(default_factory=list)
    been_at: set[tuple[str, str]] = field(default_factory=set)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    spent_seconds: float = 0.0
    attempts: int = 0

    def ended(self, status: str, detail: str) -> Visit:
        seen = self.seen
        headers: dict[str, str] = {}
        for name, value in seen.headers:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return Visit(
            url=self.url,
            status=status,
            detail=detail,
            final_url=self.answered,
            http_status=seen.http_status,
            redirects=tuple(self.redirects),
            headers=headers,
            body=seen.body,
            tls=seen.tls,
            timings=seen.timings,
            fetched_at=seen.began_at,
            attempts=self.attempts,
        )


class Client:
    """Makes visits, without state between them.

    `user_agent` is `name/version (+address or mailbox)`; ValueError if it names no contact.
    `trust` holds the authorities that certificates are checked against.
    """

    def __init__(
        self,
        limits: Limits,
        guard: Guard,
        user_agent: str,
        *,
        trust: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        named = _USER_AGENT.match(user_agent)
        if named is None:
            raise ValueError(
                f"user agent {user_agent!r} does not say who visits and where to complain; "
                f"write it as name/version (+https://address)"
            )
        self.limits = limits
        self.guard = guard
        #: The name that a robots.txt calls us by.
        self.product = named.group(1)
        self._user_agent = user_agent
        self._clock = clock
        self._exchange = Exchange(limits, trust or public_trust(), clock, now)

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        gate: Gate = open_gate,
    ) -> Visit:
        """Visit an address once, with its redirects. Never raises, whatever the site does.

        With `etag` or `last_modified` of an earlier answer from the same address, an unchanged
        page is completed with HTTP status 304 and no content.
        """
        chain = _Chain(url)
        conditions = [
            (name, value)
            for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified))
            if value
        ]
        try:
            status, detail = await self._follow(chain, conditions, gate)
        except StopVisitError as stop:
            return chain.ended(stop.status, stop.detail)
        except Exception as error:
            return chain.ended("our-fault", f"{type(error).__name__}: {error}"[:500])
        return chain.ended(status, detail)

    async def _follow(
        self, chain: _Chain, conditions: list[tuple[str, str]], gate: Gate
    ) -> tuple[str, str]:
        url = chain.url
        for _ in range(1 + self.limits.redirects):
            place = self.guard.place(url, self.limits)
            cookie = _cookie_header(chain.cookies.get(place.origin, {}))
            if (place.url, cookie) in chain.been_at:
                raise StopVisitError("redirect-loop", f"comes back to {place.url}")
            chain.been_at.add((place.url, cookie))
            headers = [*self._headers(cookie), *conditions]
            await self._request(place, headers, chain, gate)
            target = leads_to(chain.seen)
            if target is None:
                return meaning(chain.seen, bool(conditions))
            chain.cookies.setdefault(place.origin, {}).update(_cookies(chain.seen))
            chain.redirects.append(place.url)
            chain.seen, chain.answered = Seen(), ""
            conditions = []  # they are of the first address only
            url = _joined(place.url, target)
        raise StopVisitError("redirect-loop", f"more than {self.limits.redirects} redirects")

    async def _request(
        self, place: Place, headers: list[tuple[str, str]], chain: _Chain, gate: Gate
    ) -> None:
        async with gate(place):
            chain.attempts = 1
            began = self._clock()
            try:
                async with asyncio.timeout(self.limits.total_seconds - chain.spent_seconds):
                    addresses = await self.guard.addresses(place, self.limits)
                    if place.is_name:
                        chain.seen.phases["resolve_ms"] = round((self._clock() - began) * 1_000)
                    await self._exchange.get(
                        place,
                        addresses,
                        headers,
                        chain.seen,
                        is_read=lambda seen: leads_to(seen) is None,
                    )
            except TimeoutError as error:
                raise StopVisitError(
                    "timeout", f"not done within {self.limits.total_seconds:g} s"
                ) from error
            finally:
                chain.spent_seconds += self._clock() - began
                if chain.seen.http_status is not None:
                    chain.answered = place.url

    def _headers(self, cookie: str) -> list[tuple[str, str]]:
        headers = [
            ("User-Agent", self._user_agent),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            ("Accept-Language", "vi,en;q=0.5"),
            ("Accept-Encoding", ACCEPTED),
        ]
        return [*headers, ("Cookie", cookie)] if cookie else headers


def leads_to(seen: Seen) -> str | None:
    """Where an answer sends its visitor, None if nowhere."""
    if seen.http_status not in _REDIRECTS:
        return None
    return next((value for name, value in seen.headers if name == "location" and value), None)


def _joined(url: str, target: str) -> str:
    try:
        return str(httpx2.URL(url).join(target))
    except (httpx2.InvalidURL, ValueError) as error:
        raise StopVisitError(
            "parse-error", f"redirects to {target[:200]!r}, which is not an address"
        ) from error


def _cookies(seen: Seen) -> dict[str, str]:
    found = (_COOKIE.match(value) for name, value in seen.headers if name == "set-cookie")
    return {match.group(1): match.group(2) for match in found if match}


def _cookie_header(cookies: dict[str, str]) -> str:
    header = "; ".join(f"{name}={value}" for name, value in sorted(cookies.items()))
    return header if len(header) <= _COOKIE_CHARS else ""


def meaning(seen: Seen, is_conditional: bool) -> tuple[str, str]:
    """Status and detail of an answer that was read in full and leads nowhere else."""
    code = seen.http_status or 0
    why = kept_out(code, dict(seen.headers), seen.body)
    if why:
        return "blocked-suspected", why
    if code == _NOT_MODIFIED and is_conditional:
        return "completed", "not changed"
    if code < 200:
        return "parse-error", f"HTTP {code} without an answer after it"
    if code >= 300:
        return "http-error", f"HTTP {code}"
    if not seen.body.strip():
        return "empty", f"HTTP {code} without content"
    return "completed", ""
