"""Pages of the farm, broken at random, read as the crawler reads them.

    python -m tests.fuzz_pages --minutes 10 --seed 1

Each page is taken from a portal of the farm, altered one to four times, and read: bytes into text,
text into a page, all checks of its portal, the plan of what to visit next, and the page as that of
an online service. Ends with 1 if one raised or took longer than the limit. The same seed and number
give the same page:  python -m tests.fuzz_pages --seed 1 --only 1234

Belongs here: breaking and measuring. Does not belong here: what a page should say (`tests.farm`).
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from assets.crawl.checks.answers import answers
from assets.crawl.checks.plan import plan
from assets.crawl.checks.probe import read_probe
from assets.crawl.checks.rules import rules
from assets.crawl.checks.site import page_of
from assets.crawl.model import Visit
from tests.farm.farm_plan import TODAY, draw_plans
from tests.farm.farm_server import Request
from tests.farm.farm_site import Site

#: Seconds of processor time that reading one page with all that follows may take.
LIMIT = 2.0
_PORT = 80
#: Bytes that a broken page may grow to: beyond that the client has cut it off.
_MOST_BYTES = 4_000_000
#: Pages of one portal that are visited whole beside the broken one.
_OTHERS = 6

Change = Callable[[bytes, Random], bytes]


@dataclass(frozen=True)
class Broken:
    """A page as it is read: the whole visits of its portal, and the broken one among them."""

    number: int
    changes: str
    home: str
    visits: dict[str, Visit]
    visit: Visit


@dataclass(frozen=True)
class Outcome:
    """Seconds of processor time that a page took; what was raised, empty if nothing."""

    broken: Broken
    seconds: float
    raised: str

    @property
    def failed(self) -> bool:
        """Whether it raised, or took too long."""
        return bool(self.raised) or self.seconds > LIMIT


# The corpus.


@cache
def _portals() -> tuple[tuple[str, dict[str, Visit]], ...]:
    """Home and visits of some portals of the farm, in every layout and encoding."""
    return tuple(_portal(Site(plan, _PORT)) for plan in draw_plans("fuzz")[:24])


def _portal(site: Site) -> tuple[str, dict[str, Visit]]:
    scheme, host = site.plan.link_scheme, site.plan.canonical
    visits = {}
    for path in ("/", *site.paths[:_OTHERS], "/rss.xml"):
        answer = site.respond(Request("GET", scheme, host, path, {}), 1)
        headers = {name.lower(): value for name, value in answer.headers}
        status = "completed" if answer.status == 200 else "http-error"
        url = f"{scheme}://{host}{path}"
        visits[url] = Visit(
            url, status, final_url=url, http_status=answer.status, headers=headers, body=answer.body
        )
    return f"{scheme}://{host}/", visits


# Changes of bytes.


def _flip(body: bytes, rng: Random) -> bytes:
    made = bytearray(body)
    for _ in range(rng.randint(1, 60)):
        made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made)


def _cut(body: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(body))
    return body[:place] if rng.random() < 0.7 else body[place:]


def _remove(body: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(body))
    return body[:start] + body[start + rng.randint(1, 400) :]


def _double(body: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(body))
    piece = body[start : start + rng.randint(1, 2000)]
    return body[:start] + piece * rng.randint(2, 50) + body[start:]


def _swap(body: bytes, rng: Random) -> bytes:
    first, second = sorted(rng.randrange(len(body)) for _ in range(2))
    return body[second:] + body[first:second] + body[:first]


def _nulls(body: bytes, rng: Random) -> bytes:
    return _inserted(body, rng, b"\x00" * rng.randint(1, 3000))


def _recoded(body: bytes, rng: Random) -> bytes:
    text = body.decode("utf-8", "replace")
    codec = rng.choice(("utf-16", "utf-16-be", "utf-8-sig", "utf-7", "cp1258", "latin-1", "utf-32"))
    return text.encode(codec, "xmlcharrefreplace" if codec in ("cp1258", "latin-1") else "replace")


def _cut_letters(body: bytes, rng: Random) -> bytes:
    """UTF-8 whose letters lack their last byte."""
    lost = rng.choice((b"\xbb", b"\xc3", b"\xe1", b"\xba"))
    return body.replace(lost, b"", rng.randint(1, 200))


# Changes of markup.


def _count(rng: Random, few: int, many: int) -> int:
    """How often something is repeated: mostly a few times, as the many cost the time of others."""
    return many if rng.random() < 0.12 else rng.randint(1, few)


def _inserted(body: bytes, rng: Random, piece: bytes) -> bytes:
    place = rng.choice((body.find(b"<body"), body.find(b"</head"), rng.randrange(len(body))))
    place = max(0, place)
    return body[:place] + piece + body[place:]


def _nested(body: bytes, rng: Random) -> bytes:
    tag = rng.choice(
        ("div", "b", "table><tr><td", "ul><li", "a href=x", "font", "span", "form", "svg")
    )
    return _inserted(body, rng, f"<{tag}>".encode() * _count(rng, 300, 40_000))


def _formatting(body: bytes, rng: Random) -> bytes:
    tags = "".join(f"<{t} class={n}>" for n in range(200) for t in ("b", "i", "font", "nobr"))
    return _inserted(body, rng, (tags + "<p>chữ</p>" * _count(rng, 50, 5000)).encode())


def _attributes(body: bytes, rng: Random) -> bytes:
    kind = rng.randrange(3)
    count = _count(rng, 200, 20_000)
    piece = (
        " ".join(f"a{n}=1" for n in range(count)),
        f'class="{"menu " * count}"',
        f'title="{"Giới thiệu " * count}" href="{"../" * count}x"',
    )[kind]
    return _inserted(body, rng, f"<a {piece}>Tin tức</a>".encode())


def _unclosed(body: bytes, rng: Random) -> bytes:
    pieces = (
        "<!--", "<script>", "<style>", "<title>", "<textarea>", "<a href='", '<img alt="',
        "<![CDATA[", "<?xml", "<select><option>", "<plaintext>", "<table><td>", "</body></html>",
        "<frameset>", "<noscript>", "<template>", "<svg><title>", "<math><mi>",
    )  # fmt: skip
    return _inserted(body, rng, rng.choice(pieces).encode())


def _entities(body: bytes, rng: Random) -> bytes:
    kinds = ("&amp;", "&#7879;", "&#x110000;", "&#xD800;", "&bogus;", "&", "&#0;", "&lt;p&gt;")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>&b;'
    piece = bomb if rng.random() < 0.3 else rng.choice(kinds) * _count(rng, 50, 30_000)
    return _inserted(body, rng, piece.encode())


def _many(body: bytes, rng: Random) -> bytes:
    one = rng.choice(
        (
            '<a href="/muc-{n}">Giới thiệu {n}</a> ',
            '<li><a href="?thang=2017-{n}">Lịch công tác</a>',
            '<form action="/tim-{n}"><input name="q{n}"></form>',
            '<input name="tukhoa{n}"> ',
            "<h2>Tin tức {n}</h2>",
            "<p>Điện thoại: (0236) 3555 {n} 20/02/2017</p>",
            '<select><option value="http://a{n}.vn/">Liên kết website</option></select>',
            '<a name="x{n}" href="#x{n}">Hỏi đáp</a>',
            "<p>đang cập nhật {n}</p>",
            "<table><tr><td class=title><b>Văn bản pháp luật</b></td></tr></table>",
        )
    )
    return _inserted(
        body, rng, "".join(one.format(n=n) for n in range(_count(rng, 60, 3000))).encode()
    )


def _long(body: bytes, rng: Random) -> bytes:
    text = rng.choice(
        ("Giới thiệu ", "a", "1/2/2017 ", "(1/2) ", " ", "lịch công tác tuần ", "@a.", "0")
    )
    text *= _count(rng, 1000, 100_000)
    tag = rng.choice(
        ("title", "h1", "p", "a", "option", "label", "meta content=", "time datetime=")
    )
    return _inserted(body, rng, f"<{tag}>{text}</{tag.split()[0]}>".encode())


def _addresses(body: bytes, rng: Random) -> bytes:
    address = rng.choice(
        ("http://[::1", "//", "http://x:99999/", "\x00", "javascript:x", "data:text/html,<p>", "#",
         "?" * 9000, "http://a@b@c/", "\\\\x\\y", "http://\u2100.vn/", "///x", "http:x", "%zz%",
         "a:" * 3000, "http://xn--\u1ea1/", "/" + "a/" * 9000, "http://1.2.3.4.5.6/", "\u202e/x"),
    )  # fmt: skip
    form = rng.choice(
        ('<base href="{}">', '<meta http-equiv="refresh" content="0;url={}">',
         '<form action="{}"><input name=q></form>', '<link rel=alternate hreflang=en href="{}">',
         '<option value="{}">x</option>', '<area href="{}" alt="Tin tức">', '<a href="{}">RSS</a>',
         '<link type="application/rss+xml" href="{}">', '<a href="{}#x">Hỏi đáp</a>'),
    )  # fmt: skip
    return _inserted(body, rng, form.format(address).encode("utf-8", "surrogatepass"))


def _fonts(body: bytes, rng: Random) -> bytes:
    return _inserted(
        body, rng, rng.choice((b"<font face='.VnTime'>", b"<i style='font:VNI-Times'>"))
    )


def _spliced(body: bytes, rng: Random) -> bytes:
    _, visits = rng.choice(_portals())
    other = rng.choice(list(visits.values())).body or b"<p>"
    place = rng.randrange(len(other))
    return _inserted(body, rng, other[place : place + rng.randint(1, 8000)])


CHANGES: tuple[Change, ...] = (
    _flip, _cut, _remove, _double, _swap, _nulls, _recoded, _cut_letters, _nested, _formatting,
    _attributes, _unclosed, _entities, _many, _long, _addresses, _fonts, _spliced,
)  # fmt: skip
_CONTENT_TYPES = (
    "text/html", "", "text/html; charset=utf-8", "text/html; charset=windows-1258", "x" * 5000,
    "text/html; charset=utf-16", "text/html; charset=none", "application/pdf", "charset=",
)  # fmt: skip


def broken_page(seed: int, number: int) -> Broken:
    """The page of this number."""
    rng = Random(f"{seed}|{number}")  # noqa: S311 - texts of a test, no secret
    home, visits = rng.choice(_portals())
    url = home if rng.random() < 0.4 else rng.choice(list(visits))
    body, names = visits[url].body or b"<html><body>x</body></html>", []
    for _ in range(rng.randint(1, 4)):
        change = rng.choice(CHANGES)
        names.append(change.__name__.lstrip("_"))
        body = change(body, rng)[:_MOST_BYTES] or b"x"
    content_type = visits[url].headers.get("content-type", "")
    if rng.random() < 0.3:
        content_type = rng.choice(_CONTENT_TYPES)
    visit = Visit(
        url, "completed", final_url=url, http_status=200, headers={"content-type": content_type},
        body=body,
    )  # fmt: skip
    return Broken(number, "+".join(names), home, {**visits, url: visit}, visit)


def read_broken(broken: Broken) -> Outcome:
    """Read a broken page and all that follows of it."""
    raised, began = "", time.process_time()
    try:
        page_of(broken.visit)
        made = answers(broken.visits, broken.home, rules(), TODAY)
        assert len(made) == len(rules().checks)
        asked = plan(broken.visits, broken.home, rules())
        assert len(asked) <= rules().numbers["visits"] + 2
        read_probe(broken.visit, "4", rules())
    except Exception:
        raised = traceback.format_exc()
    return Outcome(broken, time.process_time() - began, raised)


def outcomes(seed: int, numbers: Iterator[int] | Sequence[int]) -> Iterator[Outcome]:
    """What reading each of these pages came to."""
    for number in numbers:
        yield read_broken(broken_page(seed, number))


def _told(one: Outcome, seed: int) -> str:
    what = one.raised.strip() or f"{one.seconds:.1f} s"
    page = f"{one.broken.visit.url}, {len(one.broken.visit.body):,} bytes, {one.broken.changes}"
    return f"--seed {seed} --only {one.broken.number}: {page}\n{what}"


def _until(end: float) -> Iterator[int]:
    number = 0
    while time.monotonic() < end:
        yield number
        number += 1


def main(
    minutes: Annotated[float, typer.Option(help="how long")] = 10.0,
    seed: Annotated[int, typer.Option(help="first word of the seeds of all pages")] = 1,
    only: Annotated[int | None, typer.Option(help="one page by its number")] = None,
    save: Annotated[Path | None, typer.Option(help="file for the bytes of that page")] = None,
) -> None:
    """Break pages and read them."""
    if only is not None:
        one = next(outcomes(seed, [only]))
        if save:
            save.write_bytes(one.broken.visit.body)
        typer.echo(_told(one, seed))
        raise typer.Exit(one.failed)
    _portals()
    began, failed, count, slowest = time.monotonic(), 0, 0, None
    for one in outcomes(seed, _until(began + 60 * minutes)):
        count += 1
        if slowest is None or one.seconds > slowest.seconds:
            slowest = one
        if one.failed:
            failed += 1
            typer.echo(_told(one, seed))
    rate = count / max(0.001, time.monotonic() - began)
    typer.echo(f"{count:,} pages, {rate:.1f} pages/s, {failed} failed")
    if slowest is not None:
        typer.echo(f"slowest: {_told(slowest, seed)}")
    raise typer.Exit(bool(failed))


if __name__ == "__main__":
    typer.run(main)
