"""Which further pages of a portal to visit.

Belongs here: choosing addresses. Does not belong here: visiting them, or reading what they bring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from assets.crawl.checks.freshness import bears_no_day, headlines
from assets.crawl.checks.functions import is_search, search_address
from assets.crawl.checks.rules import Rules
from assets.crawl.checks.sections import Candidate, NamedByAddress, candidates
from assets.crawl.checks.site import CONTENT, ENTRY_WORDS, Site, address_key, page_of
from assets.crawl.model import Visit
from assets.crawl.pages.page import Link

#: Checks that are no section but may have a page of their own.
_PAGED = ("search", "contacts")


def plan(
    visits: Mapping[str, Visit],
    home: str,
    rules: Rules,
    ports: tuple[int, int] = (80, 443),
    sitemap: Sequence[str] = (),
) -> list[str]:
    """Addresses to visit next, the most needed first; empty when enough was seen.

    To be called again with what they brought until it is empty: what stands deeper down is named
    only there. First the best page for each check, then menu entries beneath which more may be
    named. Never more than the rules' `visits` in all, the home page not counted, and only the
    portal's own site. `ports` are those of plain HTTP and HTTPS, `sitemap` the addresses that
    the portal lists for programs: looked at for sections that nothing else names.
    """
    wanted = _other_schemes(home, ports)
    site = Site(visits, home, rules)
    refresh = _refresh(site)
    if refresh:
        wanted.append(refresh)
    elif site.home is not None:
        wanted += _pages(site, sitemap)
    left = rules.numbers["visits"] + 2 - (len(visits) - 1)
    new = [url for url in dict.fromkeys(wanted) if url not in visits]
    return new[: max(0, left)]


def _other_schemes(home: str, ports: tuple[int, int]) -> list[str]:
    """The home page by plain HTTP and by HTTPS."""
    host = urlsplit(home).hostname or ""
    plain = f"http://{host}" + ("" if ports[0] == 80 else f":{ports[0]}") + "/"
    secure = f"https://{host}" + ("" if ports[1] == 443 else f":{ports[1]}") + "/"
    return [url for url in (plain, secure) if url != home]


def _refresh(site: Site) -> str:
    """The address that a home page without content sends its reader on to, if not yet seen."""
    visit = site.home_visit
    if visit is None or visit.status != "completed":
        return ""
    url = page_of(visit).refresh
    return url if url and site.same_site(url) and url not in site.visits else ""


def _pages(site: Site, sitemap: Sequence[str]) -> list[str]:
    found = candidates(site)
    visited = {address_key(url) for url in site.visits}
    usable = _Usable(site, visited)
    listed = [(url, NamedByAddress(url)) for url in sitemap if usable.fits(url)]
    named: list[str] = []
    for check_id, check in site.rules.checks.items():
        if check.kind == "function" and check_id not in _PAGED:
            continue
        if not _settled(site, check_id, found[check_id]):
            named += usable.first(found[check_id])
        if not found[check_id]:
            named += [url for url, address in listed if address.names(check)][:1]
    named += filter(usable.fits, _searches(site))
    if bears_no_day(site, found["news"]):
        named += filter(usable.fits, headlines(site))
    named = list(dict.fromkeys(named))
    targets = {address_key(one.url) for listed in found.values() for one in listed if one.url}
    walked = sum(address_key(url) not in targets for url in site.visits) - 1
    room = max(0, site.rules.numbers["walk"] - max(0, walked))
    open_checks = any(
        not listed and site.rules.checks[check_id].kind == "section"
        for check_id, listed in found.items()
    )
    return named + (list(usable.deeper())[:room] if open_checks else [])


def _searches(site: Site) -> list[str]:
    """The address that the search box of the home page asks."""
    forms = site.home.forms if site.home else ()
    return [search_address(form, site) for form in forms if is_search(form, site)][:1]


def _settled(site: Site, check_id: str, listed: list[Candidate]) -> bool:
    """Whether no further page is needed for a check: one has content, or enough were tried. Pages
    whose names are doubtful count only while there is no better one."""
    assert site.home is not None  # noqa: S101
    if check_id == "search" and any(is_search(form, site) for form in site.home.forms):
        return True
    linked = [one for one in listed if one.url]
    sure = [one for one in linked if one.confidence >= site.rules.confidence["doubtful"]]
    seen = [s for one in sure or linked if (s := site.behind(one.url)) is not None]
    tried = {s.visit.url for s in seen}
    return any(s.state == CONTENT for s in seen) or len(tried) >= site.rules.numbers["tries"]


class _Usable:
    """Addresses of the portal that may be visited and were not."""

    def __init__(self, site: Site, visited: set[str]) -> None:
        self.site = site
        self.visited = visited

    def fits(self, url: str) -> bool:
        """Whether an address is new, of the portal, and no file or endless list."""
        return bool(
            url
            and address_key(url) not in self.visited
            and self.site.same_site(url)
            and not self.site.rules.skip_addresses.search(url)
        )

    def first(self, listed: list[Candidate]) -> list[str]:
        """The surest address of a list of candidates; none if there is none."""
        return [one.url for one in listed if self.fits(one.url)][:1]

    def deeper(self) -> Iterator[str]:
        """Pages beneath which more may be named: hubs first, then other entries of menus, then
        other short links of the home page."""
        assert self.site.home is not None  # noqa: S101
        links = [link for link in self.site.home.links if self.fits(link.url)]
        hubs = [link for link in links if self._is_hub(link)]
        menus = [link for link in links if link.region in ("nav", "header")]
        short = [link for link in links if self._is_entry(link)]
        yield from dict.fromkeys(link.url for link in (*hubs, *menus, *short))

    def _is_entry(self, link: Link) -> bool:
        """Whether a link may be the entry of a menu that is not marked as one."""
        words = len(link.names[0].split()) if link.names else 0
        return 0 < words <= ENTRY_WORDS

    def _is_hub(self, link: Link) -> bool:
        return any(self.site.rules.only("hubs", name) for name in link.names)
