"""What the owner of a site asks of programs: robots.txt read by RFC 9309.

Belongs here: what an answer for robots.txt allows. Does not belong here: fetching and keeping it,
and keeping to its delay (`politeness`).

Any answer that says there is no such file (4xx, too many redirects) allows everything. No answer,
an error of the server or a request to slow down (429) refuses everything for now. If the server
could not even be connected to, or its certificate is at fault, the visit ends with that status:
robots.txt is then only where the fault showed first.
"""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError
from assets.crawl.model import Visit

_TOO_MANY_REQUESTS = 429

#: Statuses that are of the host or of us, not of robots.txt.
_OF_THE_HOST = {
    "dns",
    "refused",
    "tls-invalid",
    "tls-handshake",
    "not-attempted",
    "our-fault",
    "budget",
    "blocked-suspected",
}


@dataclass(frozen=True)
class Robots:
    """What a robots.txt allows.

    found      a file was there and could be read
    delay      seconds between requests that it asks for, None if it does not
    sitemaps   addresses as written
    refusal    status and detail if nothing may be visited for now
    """

    found: bool
    delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    refusal: tuple[str, str] | None = None
    rules: Protego | None = None
    product: str = ""

    def check(self, url: str) -> None:
        """StopVisitError if the address may not be visited."""
        if self.refusal is not None:
            raise StopVisitError(*self.refusal)
        if self.rules is not None and not self.rules.can_fetch(url, self.product):
            raise StopVisitError("robots", f"robots.txt does not allow {url}")


def read_robots(visit: Visit, product: str, limits: Limits) -> Robots:
    """The rules for `product` in what was answered for robots.txt."""
    code = visit.http_status or 0
    if visit.status == "empty" and 200 <= code < 300:
        return Robots(found=True)
    if visit.status == "completed" or (visit.status == "too-large" and visit.body):
        text = visit.body[: limits.robots_bytes].decode("utf-8-sig", errors="replace")
        rules = Protego.parse(text)
        return Robots(
            found=True,
            delay=rules.crawl_delay(product),
            sitemaps=tuple(rules.sitemaps),
            rules=rules,
            product=product,
        )
    if _says_there_is_none(visit):
        return Robots(found=False)
    return Robots(found=False, refusal=_refusal(visit))


def _says_there_is_none(visit: Visit) -> bool:
    if visit.status == "redirect-loop":
        return True
    code = visit.http_status or 0
    has_answered = visit.status in ("http-error", "blocked-suspected")
    return has_answered and 300 <= code < 500 and code != _TOO_MANY_REQUESTS


def _refusal(visit: Visit) -> tuple[str, str]:
    detail = f"robots.txt: {visit.status}: {visit.detail}"
    never_connected = visit.timings.connect_ms is None
    if visit.status in _OF_THE_HOST or (visit.status == "timeout" and never_connected):
        return visit.status, detail
    return "robots", detail
