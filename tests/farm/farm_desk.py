"""The online services of one body: a list, a form for each, and those that do not work.

Belongs here: what a service answers and whether it is up, round by round. Does not belong here:
the portal that links to it (`farm_pages`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from tests.farm.farm_content import choose, say
from tests.farm.farm_layouts import picture
from tests.farm.farm_plan import SitePlan
from tests.farm.farm_server import Response
from tests.farm.farm_words import furniture

#: How services are at fault, beside those that work: each is drawn as often as it stands here.
KINDS = ("works", "works", "works", "works", "missing", "soft_missing", "error", "flaky")
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_COUNT = 4


@dataclass(frozen=True)
class Service:
    """One service. `level` is "3" or "4": at level 4 fees are paid online."""

    code: str
    name: str
    level: str
    kind: str
    path: str

    def is_up(self, plan: SitePlan, round_no: int) -> bool:
        """Whether it works in this round; flaky ones fail in one of two rounds."""
        if self.kind == "flaky":
            first = plan.rng("flaky", self.code).randrange(2)
            return (round_no + first) % 2 == 0
        return self.kind == "works"


class Desk:
    """The service portal of one body, whose addresses all begin with `prefix`."""

    def __init__(self, plan: SitePlan, portal_origin: str) -> None:
        self.plan, self._portal = plan, portal_origin
        self.prefix = plan.desk if plan.desk.startswith("/") else ""
        rng = plan.rng("services")
        names = rng.sample(furniture()["services"], _COUNT)
        self.services = tuple(
            Service(
                f"{plan.body.code}-{n}",
                name,
                rng.choice("34"),
                rng.choice(KINDS),
                f"{self.prefix}/thu-tuc/{n}/nop-ho-so",
            )
            for n, name in enumerate(names, 1)
        )

    def answer(self, path: str, round_no: int) -> Response:
        """What the address answers in this round."""
        if path in (self.prefix, f"{self.prefix}/"):
            return self._page(self._front())
        known: Mapping[str, Service] = {service.path: service for service in self.services}
        service = known.get(path)
        if service is None or service.kind == "missing":
            return self._page(self._not_found(), 404)
        if service.is_up(self.plan, round_no):
            return self._page(self._form(service))
        if service.kind == "soft_missing":
            return self._page(self._not_found())
        return self._page(f"<p>{escape(furniture()['service_error'])}</p>", 500)

    def _page(self, main: str, status: int = 200) -> Response:
        lang = ' lang="vi"' if self.plan.form.accessible[0] else ""
        name = escape(self.plan.body.names.body)
        text = (
            f'<!DOCTYPE html><html{lang}><head><meta charset="utf-8"><title>{name}</title></head>'
            f"<body>{picture(self.plan, 'bieu-trung', name)}{main}</body></html>"
        )
        return Response(status, _HTML, text.encode())

    def _not_found(self) -> str:
        return f"<p>{escape(self.plan.rng('desk').choice(furniture()['not_found']))}</p>"

    def _front(self) -> str:
        plan, words = self.plan, furniture()
        items = "".join(f'<li><a href="{s.path}">{escape(s.name)}</a></li>' for s in self.services)
        entry = ""
        if plan.sign_on_at_desk and plan.answers["single_sign_on"] != "no":
            label = escape(choose(plan, "sign_on"))
            entry = f'<a href="{self._portal}/dang-nhap">{label}</a>'
        lead = say(plan, words["desk_lead"])
        return f"<h1>{escape(words['desk'])}</h1>{entry}<p>{escape(lead)}</p><ul>{items}</ul>"

    def _form(self, service: Service) -> str:
        words = furniture()
        name, number, file, send = map(escape, words["service_form"])
        pay = ""
        if service.level == "4":
            label = escape(self.plan.rng("pay", service.code).choice(words["payments"]))
            pay = f'<input type="submit" name="phi" value="{label}">'
        return (
            f'<h1>{escape(service.name)}</h1><form method="post" enctype="multipart/form-data">'
            f'<p>{name} <input name="ten"></p><p>{number} <input name="so"></p>'
            f'<p>{file} <input type="file" name="tep"></p>'
            f'<button type="submit">{send}</button>{pay}</form>'
        )
