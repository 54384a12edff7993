"""Addresses as sources print them: whose they are, and what a visit is sent to.

Belongs here: the host that two spellings are compared by, and the full address of a printed one.
Does not belong here: which networks are closed (`guard`), which address of a body is right
(`targets`).
"""

from __future__ import annotations

import re

from assets.crawl.guard import PORTS, Guard
from assets.crawl.limits import Limits
from assets.crawl.statuses import StopVisitError

#: Any port: services with another port than 80 and 443 exist. They are listed, and the visit says
#: that it does not go there.
_GUARD, _LIMITS = Guard(ports=range(1, 65_536)), Limits()
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


class AddressError(ValueError):
    """An address that is never visited; `rule_id` is a key of `target_reasons.yaml`."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


def printed_host(text: str) -> str:
    """The host of a printed address: lower case, no blanks, scheme, www or path. The macro
    `host_of` of the dbt project does the same."""
    host = re.sub(r"^https?://", "", text.replace(" ", "").lower())
    return re.sub(r"/.*$", "", re.sub(r"^www[.]", "", host))


def full_address(text: str) -> str:
    """The address that is visited for a printed one: plain HTTP unless the source says otherwise,
    the host in lower case and ASCII, blanks taken out, path and query as printed.

    AddressError: `not_http`, `host_incomplete`, or `address_refused` by the guard of visits.
    """
    text = "".join(text.split())
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in PORTS:
        raise AddressError("not_http")
    try:
        place = _GUARD.place(text if scheme else f"http://{text}", _LIMITS)
    except StopVisitError:
        raise AddressError("address_refused") from None
    if place.is_name and "." not in place.host:
        raise AddressError("host_incomplete")
    return place.url
