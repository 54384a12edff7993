"""The farm itself: every portal, service and trap on one loopback port, for as long as it is open.

    with Farm(seed=1) as farm:
        for target in farm.targets():
            ...
        farm.next_round()

The answers are true of what a person would see, whatever rules a reader of pages has. The farm's
day is `TODAY`. Belongs here: hosts to sites, certificates, truth. Does not belong here: pages.
"""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import TracebackType

import trustme

from assets.crawl.model import DOWN, UP, Target
from tests.farm.farm_faults import fault_hosts
from tests.farm.farm_plan import SitePlan, draw_plans
from tests.farm.farm_server import ADDRESS, FarmServer, LogLine, Request, Response
from tests.farm.farm_site import Site
from tests.farm.farm_special import page, special_portals

#: A host that no resolver knows.
UNKNOWN_HOST = "khongcotrongdns.gov.vn.test"


class Farm:
    """90 portals with their services, and special hosts. The same seed, the same farm.

    port      of every host, for http and https alike
    resolver  host -> address, for every host that is to be found
    ca_pem    file of the certificate authority made for this farm
    round_no  round of observation, from 1
    """

    def __init__(self, seed: int = 1) -> None:
        self.seed, self.round_no = seed, 1
        self._lock = Lock()

    def __enter__(self) -> Farm:
        self._folder = tempfile.TemporaryDirectory(prefix="farm-")
        self._authority = trustme.CA()
        self.ca_pem = Path(self._folder.name, "ca.pem")
        self._authority.cert_pem.write_to_path(str(self.ca_pem))
        self._contexts: dict[str, ssl.SSLContext | None] = {}
        self._server = FarmServer(self._respond, self._certificate)
        self.port = self._server.port
        self.sites = tuple(Site(plan, self.port) for plan in draw_plans(str(self.seed)))
        self._specials = (*special_portals(str(self.seed), self.port), *fault_hosts())
        self._site_of = {host: site for site in self.sites for host in site.hosts}
        self._special_of = {special.host: special for special in self._specials}
        self.resolver = dict.fromkeys((*self._site_of, *self._special_of), ADDRESS)
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._folder.cleanup()

    @property
    def log(self) -> list[LogLine]:
        """Every request so far, in order of answer."""
        return list(self._server.log)

    def next_round(self) -> int:
        """Go on to the next round and return its number."""
        self.round_no += 1
        return self.round_no

    def targets(self) -> list[Target]:
        """The 90 portals."""
        return [
            Target(
                site.plan.body.code, "portal", site.plan.body.code, site.url, site.plan.body.website
            )
            for site in self.sites
        ]

    def truth(self) -> dict[str, dict[str, str]]:
        """Host of each of the 90 targets -> check -> yes, partial or no."""
        return {site.plan.host: dict(site.plan.answers) for site in self.sites}

    def plans(self) -> dict[str, SitePlan]:
        """Host of each of the 90 targets -> how it was made, to explain a wrong reading."""
        return {site.plan.host: site.plan for site in self.sites}

    def service_targets(self) -> list[Target]:
        """The online services of the 90 bodies."""
        return [
            Target(
                target_id=service.code,
                kind="service",
                body_code=site.plan.body.code,
                url=site.desk_origin + service.path,
                service_code=service.code,
                declared_level=service.level,
            )
            for site in self.sites
            for service in site.desk.services
        ]

    def service_truth(self) -> dict[str, str]:
        """Target of each service -> up or down in the present round."""
        return {
            service.code: UP if service.is_up(site.plan, self.round_no) else DOWN
            for site in self.sites
            for service in site.desk.services
        }

    def special_targets(self) -> list[Target]:
        """Traps and faults; the target's id is the kind, so "soft_404" or "gzip_bomb"."""
        held = [
            (special.kind, special.host, bool(special.certificate)) for special in self._specials
        ]
        return [
            Target(kind, "portal", "", f"{'https' if secure else 'http'}://{host}:{self.port}/")
            for kind, host, secure in (*held, ("no_dns", UNKNOWN_HOST, False))
        ]

    def special_truth(self) -> dict[str, dict[str, str]]:
        """Host -> check -> answer in the present round, of the special hosts that are portals."""
        return {
            special.host: dict(special.truth(self.round_no))
            for special in self._specials
            if special.truth is not None
        }

    def _respond(self, request: Request) -> Response:
        special, site = self._special_of.get(request.host), self._site_of.get(request.host)
        with self._lock:  # pages are built on first use
            if special is not None:
                return special.respond(request, self.round_no)
            if site is not None:
                return site.respond(request, self.round_no)
        return page("<p>Máy chủ không có trang này.</p>", 421)

    def _certificate(self, host: str) -> ssl.SSLContext | None:
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._issued(host)
            return self._contexts[host]

    def _issued(self, host: str) -> ssl.SSLContext | None:
        kind = self._certificate_kind(host)
        if not kind:
            return None
        now = datetime.now(UTC)
        authority = trustme.CA() if kind == "unknown_issuer" else self._authority
        name = "chungchi.gov.vn.test" if kind == "wrong_host" else host
        if kind == "expired":
            before, after = now - timedelta(days=400), now - timedelta(days=35)
            issued = authority.issue_cert(name, not_before=before, not_after=after)
        else:
            issued = authority.issue_cert(name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        issued.configure_cert(context)
        return context

    def _certificate_kind(self, host: str) -> str:
        special, site = self._special_of.get(host), self._site_of.get(host)
        if special is not None:
            return special.certificate
        if site is None or site.plan.form.scheme == "http":
            return ""
        if host == site.plan.desk and site.plan.form.scheme == "bad_certificate":
            return ""
        return site.plan.certificate
