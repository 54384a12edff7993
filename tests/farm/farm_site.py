"""A portal as its hosts answer: which scheme it speaks, where it redirects, how it writes bytes.

Belongs here: from request to response for the portal and its service portal. Does not belong
here: pages (`farm_pages`), connections (`farm_server`).
"""

from __future__ import annotations

import hashlib
from functools import cached_property

from tests.farm.farm_desk import Desk
from tests.farm.farm_pages import Page, Pages
from tests.farm.farm_plan import SitePlan
from tests.farm.farm_server import Request, Response, reset
from tests.farm.farm_words import encode

#: The smallest picture there is: one clear pixel.
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


class Site:
    """One portal with its services, at every host of it."""

    def __init__(self, plan: SitePlan, port: int) -> None:
        self.plan = plan
        self._origin = f"{plan.link_scheme}://{plan.canonical}:{port}"
        self.desk = Desk(plan, self._origin)
        on_portal = plan.desk.startswith("/")
        self.desk_origin = self._origin if on_portal else f"{plan.link_scheme}://{plan.desk}:{port}"
        desk_url = plan.desk if on_portal else f"{self.desk_origin}/"
        self._pages = Pages(plan, self._origin, desk_url)

    @property
    def url(self) -> str:
        """The address the portal is known by."""
        scheme = "https" if self.plan.form.scheme == "https_only" else "http"
        port = self._origin.rsplit(":", 1)[1]
        return f"{scheme}://{self.plan.host}:{port}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host name it answers to."""
        own = (self.plan.host, self.plan.canonical)
        return own if self.plan.desk.startswith("/") else (*own, self.plan.desk)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Addresses of its pages, without those of services."""
        return tuple(self._pages.all)

    def respond(self, request: Request, round_no: int) -> Response:
        """What it answers."""
        scheme = self.plan.form.scheme
        if scheme == "https_only" and request.scheme == "http":
            return Response(act=reset)
        if request.host == self.plan.desk:
            return self.desk.answer(request.target.split("?")[0], round_no)
        redirects = scheme == "redirect" and request.scheme == "http"
        if redirects or request.host != self.plan.canonical:
            origin = self._origin
            if not redirects:
                origin = f"{request.scheme}://{self._origin.split('://')[1]}"
            return Response(301, (("Location", origin + request.target), *self._hsts))
        if self.desk.prefix and request.target.startswith(self.desk.prefix):
            return self.desk.answer(request.target.split("?")[0], round_no)
        return self._file(request)

    @property
    def _hsts(self) -> tuple[tuple[str, str], ...]:
        return (("Strict-Transport-Security", self.plan.form.hsts),) if self.plan.form.hsts else ()

    def _file(self, request: Request) -> Response:
        target = request.target
        if target.startswith("/images/"):
            return Response(200, (("Content-Type", "image/gif"),), PIXEL)
        if target == "/robots.txt" and self.plan.rng("robots").random() < 0.4:
            text = f"User-agent: *\nDisallow: /quan-tri/\nSitemap: {self._origin}/sitemap.xml\n"
            return Response(200, (("Content-Type", "text/plain"),), text.encode())
        if target == "/sitemap.xml" and self.plan.rng("robots").random() < 0.4:
            return Response(200, (("Content-Type", "application/xml"),), self._sitemap())
        pages = self._pages.all
        page = pages.get(target) or pages.get(target.split("?")[0]) or self._pages.missing()
        return self._written(page, request)

    def _sitemap(self) -> bytes:
        rows = "".join(
            f"<url><loc>{self._origin}{path.replace('&', '&amp;')}</loc></url>"
            for path in self.paths
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f'<?xml version="1.0"?><urlset xmlns="{space}">{rows}</urlset>'.encode()

    def _written(self, page: Page, request: Request) -> Response:
        encoding = self.plan.form.encoding
        if page.media != "text/html":
            body, media = page.text.encode(), page.media
        else:
            body = encode(page.text, encoding)
            media = f"text/html; charset={encoding.header}" if encoding.header else "text/html"
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = (("Content-Type", media), ("ETag", tag), *self._hsts)
        if page.status == 200 and request.headers.get("if-none-match") == tag:
            return Response(304, headers)
        return Response(page.status, headers, body)
