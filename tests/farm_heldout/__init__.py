"""A second farm of 40 portals, to measure how the rules of the crawler generalise.

Written without sight of the first farm and of the rules: other words, layouts and markup. All of
it is made from YAML files by hashes of names, the same on every run; nobody tunes rules on it.
`pages` gives a site, `truth` what is planted in it, `serve` the sites on loopback.
"""

from __future__ import annotations

from functools import cache

from tests.farm_heldout.encode import SCRIPTS
from tests.farm_heldout.plan import TODAY, sites
from tests.farm_heldout.server import Served, serve
from tests.farm_heldout.site import Reply, made

__all__ = ["TODAY", "Reply", "Served", "charset", "hosts", "pages", "serve", "truth"]


def hosts() -> tuple[str, ...]:
    """The host names of the 40 sites."""
    return tuple(sites())


@cache
def pages(host: str) -> dict[str, Reply]:
    """Every page of a site by path with query: (status, headers, body).

    Names of headers are in lower case. Addresses in the pages are relative to the host, so the
    same pages serve every scheme and port. A path that is not there is a 404.
    """
    return made(sites()[host])


def truth() -> dict[str, dict[str, str]]:
    """host -> check_id -> yes, partial or no, as planted."""
    return {host: dict(site.answers) for host, site in sites().items()}


def charset(host: str) -> str:
    """The Python codec that the pages of a site really are in, whatever they declare."""
    return SCRIPTS[sites()[host].script].codec
