"""Portals of a few pages written by hand, as the crawler would have visited them.

Belongs here: bytes into visits, and the answers to them. Does not belong here: wording that a test
is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from assets.crawl.checks.answers import answers
from assets.crawl.checks.rules import rules
from assets.crawl.model import Answer, Visit
from assets.crawl.pages.html import read_page
from assets.crawl.pages.page import Page

HOME = "http://songxanh.gov.vn.test/"
TODAY = date(2017, 2, 20)

#: Words enough that a page has content.
TEXT = "<p>Nội dung của mục này gồm nhiều câu, mỗi câu nói một việc khác nhau.</p>"
#: Entries of a menu that name no section, so that the home page does not look unread.
MENU = "".join(f'<li><a href="/muc-{n}">Mục số {n}</a></li>' for n in range(1, 10))
#: What stands around every page, and the welcome on the home page: more words than a page has that
#: says that it is not there.
FRAME = f"<nav><ul>{MENU}</ul></nav>"
WELCOME = "<div>" + "<p>Kính chào quý khách từ mọi miền đất nước đã ghé thăm.</p>" * 6 + "</div>"


def visit(url: str, body: str | bytes, status: str = "completed", **headers: str) -> Visit:
    """A page as fetched; text is sent as UTF-8. Names of headers are written with `_`."""
    content = body if isinstance(body, bytes) else body.encode()
    sent = {"content-type": "text/html; charset=utf-8"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    code = 404 if status == "http-error" else 200
    return Visit(url, status, final_url=url, http_status=code, headers=sent, body=content)


def read(body: str | bytes, **headers: str) -> Page:
    """The page as read."""
    return read_page(visit(HOME, body, **headers))


def document(body: str, title: str = "Cổng thông tin điện tử tỉnh Sông Xanh") -> str:
    """A whole page around a body."""
    return f'<html lang="vi"><head><title>{title}</title></head><body>{body}</body></html>'


def portal(body: str, pages: Mapping[str, str | Visit] | None = None) -> dict[str, Visit]:
    """Visits of a portal: the home page with a plain menu, and other pages by their path."""
    home = document(FRAME + WELCOME + body)
    visits = {HOME: visit(HOME, home)}
    for path, page in (pages or {}).items():
        url = HOME + path.lstrip("/")
        made = page if isinstance(page, Visit) else visit(url, document(FRAME + page, "Trang"))
        visits[url] = made
    return visits


def missing(path: str) -> Visit:
    """A page that is not there."""
    return visit(HOME + path.lstrip("/"), "", "http-error")


def answer_to(
    check_id: str, body: str, pages: Mapping[str, str | Visit] | None = None, today: date = TODAY
) -> Answer:
    """What one check says of a portal."""
    made = answers(portal(body, pages), HOME, rules(), today)
    return next(one for one in made if one.check_id == check_id)
