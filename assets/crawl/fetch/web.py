"""The web that a window visits: the public internet, or one made for a rehearsal.

Belongs here: by what name, under which limits and to which networks visits go. Does not belong
here: making them.

A rehearsal is described by a JSON file: hosts (name -> address), networks and ports that are open
beside the public ones, ca_pem (authority of its certificates), ports_of (of plain HTTP and of
HTTPS), limits (of Limits, by name). All it brings is synthetic.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from assets.crawl.fetch.client import Client
from assets.crawl.fetch.guard import Guard, Resolver
from assets.crawl.fetch.limits import Limits
from assets.webaddress import PORTS

PRODUCT = "egov-index"
_CONTACT = re.compile(r"https?://\S{4,200}|\S{1,100}@\S{4,100}")
_KEYS = {"hosts", "networks", "ports", "ca_pem", "ports_of", "limits"}


class WebError(ValueError):
    """No web to visit: no contact is named, or the file of a rehearsal is at fault."""


@dataclass(frozen=True)
class Web:
    """Where visits go. `ports_of` are those of plain HTTP and of HTTPS; `trust` is None for the
    authorities of this machine."""

    guard: Guard
    limits: Limits
    user_agent: str
    trust: ssl.SSLContext | None = None
    ports_of: tuple[int, int] = (PORTS["http"], PORTS["https"])
    is_synthetic: bool = False

    def client(self, limits: Limits) -> Client:
        """A client of this web under these limits."""
        return Client(limits, self.guard, self.user_agent, trust=self.trust)


def user_agent(contact: str) -> str:
    """The name that visits carry. WebError unless `contact` is an address or a mailbox."""
    if not _CONTACT.fullmatch(contact):
        raise WebError(
            f"{contact!r} is no contact: set EGOV_CRAWLER_CONTACT to an address (https://…) or a "
            f"mailbox where the owner of a site can read who visits it, and complain"
        )
    return f"{PRODUCT}/{version(PRODUCT)} (+{contact})"


def public_web(contact: str, limits: Limits) -> Web:
    """The public internet. WebError without a contact."""
    return Web(Guard(), limits, user_agent(contact))


def rehearsal_web(path: Path, limits: Limits) -> Web:
    """The web of a rehearsal; its limits are those given, changed as its file says.
    WebError names the file and the key."""
    try:
        declared = json.loads(path.read_text("utf-8"))
        unknown = set(declared) - _KEYS
        if unknown:
            raise WebError(f"unknown keys {', '.join(sorted(unknown))}")
        hosts: dict[str, str] = declared["hosts"]
        guard = Guard(_known(hosts), networks=declared["networks"], ports=declared["ports"])
        ca_pem = declared.get("ca_pem")
        trust = ssl.create_default_context(cafile=ca_pem) if ca_pem else None
        http, https = declared.get("ports_of", PORTS.values())
        changed = replace(limits, **declared.get("limits", {}))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WebError(f"{path}: is no description of a rehearsal ({error})") from None
    agent = user_agent("https://rehearsal.invalid/synthetic")
    return Web(guard, changed, agent, trust, (int(http), int(https)), is_synthetic=True)


def _known(hosts: dict[str, str]) -> Resolver:
    async def resolve(host: str) -> Sequence[str]:
        if host not in hosts:
            raise socket.gaierror(socket.EAI_NONAME, "no such host in this rehearsal")
        return [hosts[host]]

    return resolve
