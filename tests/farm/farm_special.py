"""Portals outside the 90 that trap a crawler without being broken, some another one each round.

Belongs here: soft 404, login wall, endless calendar, pages written by a script, a challenge page,
portals that change. Does not belong here: servers and protocols at fault (`farm_faults`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from urllib.parse import quote

from tests.farm.farm_bodies import FarmBody
from tests.farm.farm_plan import LAYOUTS, TODAY, SitePlan, draw_one
from tests.farm.farm_server import Request, Response
from tests.farm.farm_site import Site
from tests.farm.farm_words import Names, furniture, seeded

_HTML = (("Content-Type", "text/html; charset=utf-8"),)
#: Sections that a decaying portal loses each round.
_LOST_EACH_ROUND = 3


@dataclass(frozen=True)
class Special:
    """A host with its behaviour: (request, round from 1) -> answer.

    kind         what it does, one word
    certificate  good, expired, wrong_host, unknown_issuer; empty: no TLS
    truth        round -> answers, for those that are portals with answers
    """

    kind: str
    host: str
    respond: Callable[[Request, int], Response]
    certificate: str = ""
    truth: Callable[[int], Mapping[str, str]] | None = None


def page(main: str, status: int = 200, title: str = "") -> Response:
    """A plain page in Vietnamese."""
    title = escape(title or "Trang thông tin điện tử")
    text = f'<!DOCTYPE html><html lang="vi"><head><title>{title}</title></head><body>{main}</body>'
    return Response(status, _HTML, f"{text}</html>".encode())


def special_portals(seed: str, port: int) -> tuple[Special, ...]:
    """All of them, at hosts under gov.vn.test."""
    return (
        Special("soft_404", "khongthay.gov.vn.test", _soft_404),
        Special("login_wall", "phaidangnhap.gov.vn.test", _login_wall),
        Special("calendar", "lichvotan.gov.vn.test", _calendar),
        Special("challenge", "kiemtratruoc.gov.vn.test", _challenge),
        _scripted(seed, port),
        _redesigned(seed, port),
        _decaying(seed, port),
        *_moving(seed, port),
    )


def _soft_404(request: Request, _: int) -> Response:
    if request.target == "/":
        return page('<h1>Trang chủ</h1><a href="/gioi-thieu">Giới thiệu</a>')
    return page(f"<p>{escape(furniture()['not_found'][0])}</p>")


def _login_wall(request: Request, _: int) -> Response:
    if request.target != "/dang-nhap":
        return Response(302, (("Location", "/dang-nhap"),))
    name, password = furniture()["login_fields"]
    form = f'<form method="post">{name} <input name="t"> {password} <input type="password"></form>'
    return page(f"<h1>Đăng nhập để tiếp tục</h1>{form}")


def _calendar(request: Request, _: int) -> Response:
    asked = re.search(r"thang=(\d{1,6})-(\d{1,2})", request.target)
    year, month = map(int, asked.groups()) if asked else (TODAY.year, TODAY.month)
    links = [
        f'<a href="/lich?thang={number // 12}-{number % 12 + 1}">{label}</a>'
        for number, label in (
            (year * 12 + month, furniture()["next_month"]),
            (year * 12 + month - 2, "Tháng trước"),
        )
    ]
    return page(f"<h1>{furniture()['month']} {month}/{year}</h1>{' '.join(links)}")


def _challenge(request: Request, _: int) -> Response:
    number = seeded("challenge", request.target).randrange(10**9)
    text = escape(furniture()["challenge"].format(number=number))
    answer = page(f'<h1>403</h1><p>{text}</p><div class="captcha"></div>', 403, "Attention")
    return replace(answer, headers=(*_HTML, ("Server", "tuong-lua")))


def _body(name: str) -> FarmBody:
    names = ("Sông Xanh", "tỉnh Sông Xanh", "UBND tỉnh", "Chủ tịch UBND tỉnh", "Song Xanh Province")
    return FarmBody(f"X-{name}", f"{name}.gov.vn", Names(*names, f"{name}.gov.vn.test"))


def _special(kind: str, port: int, plan_of: Callable[[int], SitePlan]) -> Special:
    """A special that is a portal, with another plan each round."""

    @lru_cache
    def site(round_no: int) -> Site:
        return Site(plan_of(round_no), port)

    def respond(request: Request, round_no: int) -> Response:
        return site(round_no).respond(request, round_no)

    return Special(kind, plan_of(1).host, respond, truth=lambda n: plan_of(n).answers)


def _scripted(seed: str, port: int) -> Special:
    plan = draw_one(f"{seed}:script", _body("kichban"), "top_menu", seed)
    plain = _special("scripted", port, lambda _: plan)

    def respond(request: Request, round_no: int) -> Response:
        answer = plain.respond(request, round_no)
        before, start, after = answer.body.decode("utf-8", "replace").partition("<body>")
        if not start:
            return answer
        inner, _, _ = after.partition("</body>")
        script = f"document.body.innerHTML=decodeURIComponent({json.dumps(quote(inner))});"
        text = f"{before}<body><script>{script}</script></body></html>"
        return replace(answer, body=text.encode())

    return replace(plain, respond=respond)


def _redesigned(seed: str, port: int) -> Special:
    """The same answers each round, in another layout and other words."""

    def plan_of(round_no: int) -> SitePlan:
        layout = LAYOUTS[round_no % len(LAYOUTS)]
        return draw_one(f"{seed}:new", _body("giaodienmoi"), layout, f"{seed}:{round_no}")

    return _special("redesigned", port, plan_of)


def _decaying(seed: str, port: int) -> Special:
    """Each round the pages of three more sections are gone while the menu still names them."""
    whole = draw_one(f"{seed}:old", _body("maimot"), "side_menu", seed)
    parents = {section.parent for section in whole.sections.values()}
    mortal = [
        check
        for check, section in whole.sections.items()
        if section.answer == "yes"
        and section.place != "block"
        and check not in parents
        # what others rest on stays: services, and news that give the newest date
        and check not in ("service_link", "news")
    ]

    def plan_of(round_no: int) -> SitePlan:
        lost = mortal[: _LOST_EACH_ROUND * (round_no - 1)]
        gone = {c: replace(whole.sections[c], answer="partial", fault="missing") for c in lost}
        answers = {**whole.answers, **dict.fromkeys(lost, "partial")}
        return replace(whole, sections={**whole.sections, **gone}, answers=answers)

    return _special("decaying", port, plan_of)


def _moving(seed: str, port: int) -> tuple[Special, Special]:
    """At its old address in the first round, then at a new one the old one leads to."""
    new = _special(
        "moved_to", port, lambda _: draw_one(f"{seed}:move", _body("nhamoi"), "footer", seed)
    )
    old = _special(
        "moving", port, lambda _: draw_one(f"{seed}:move", _body("nhacu"), "footer", seed)
    )

    def respond(request: Request, round_no: int) -> Response:
        if round_no == 1:
            return old.respond(request, round_no)
        return Response(301, (("Location", f"http://{new.host}:{port}{request.target}"),))

    return replace(old, respond=respond), new
