"""How much a visit may ask of a host and take from it.

Belongs here: the numbers and what they count. Does not belong here: keeping to them
(`exchange`, `client`, `politeness`, `sitemap`, `browser`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from assets.webaddress import MOST_CHARS


@dataclass(frozen=True)
class Limits:
    """Limits of one crawl. Sizes in bytes, times in seconds, all above zero.

    body_bytes           of the decoded content of one answer; also of what came over the wire
    inflate_ratio        decoded bytes for each byte received, looked at beyond `ratio_from_bytes`
    header_bytes         of all headers of one answer
    url_chars            of an address
    redirects            followed in one visit
    addresses            of a host that are tried
    connect_seconds      to resolve a name, and to connect and agree on TLS with one address
    silent_seconds       without a single byte
    total_seconds        of one visit with its redirects; waiting for the turn not counted
    grace_seconds        of transfer before the minimum rate is asked for
    bytes_per_second     minimum rate of a transfer, on average since it began
    gap_seconds          between the end of a request and the start of the next to the same host
    crawl_delay_seconds  the longest gap that a robots.txt can ask for
    hosts_at_once        hosts visited side by side, one request in flight each
    attempts             requests for one address, if the fault may pass
    backoff_seconds      before the second attempt; doubled before each further one
    retry_after_seconds  the longest wait that a host can ask for
    host_requests        to one host in one crawl: robots.txt, redirects and attempts counted
    host_seconds         spent on one host in one crawl, waiting counted
    robots_bytes         of a robots.txt that are read; RFC 9309 asks for 500 KiB or more
    robots_seconds       a robots.txt is believed; RFC 9309 allows 24 hours or less
    sitemap_files        read for one host
    sitemap_urls         taken from the sitemaps of one host
    page_requests        made for one page in the browser
    page_seconds         for one page in the browser
    """

    body_bytes: int = 10_000_000
    inflate_ratio: int = 200
    ratio_from_bytes: int = 1_000_000
    header_bytes: int = 64 * 1024
    url_chars: int = MOST_CHARS
    redirects: int = 5
    addresses: int = 4
    connect_seconds: float = 10.0
    silent_seconds: float = 15.0
    total_seconds: float = 30.0
    grace_seconds: float = 5.0
    bytes_per_second: int = 512
    gap_seconds: float = 1.0
    crawl_delay_seconds: float = 30.0
    hosts_at_once: int = 8
    attempts: int = 3
    backoff_seconds: float = 2.0
    retry_after_seconds: float = 120.0
    host_requests: int = 300
    host_seconds: float = 3_600.0
    robots_bytes: int = 512 * 1024
    robots_seconds: float = 24 * 3_600.0
    sitemap_files: int = 5
    sitemap_urls: int = 5_000
    page_requests: int = 40
    page_seconds: float = 60.0

    def __post_init__(self) -> None:
        for each in fields(self):
            if getattr(self, each.name) <= 0:
                raise ValueError(f"Limits: {each.name} is not above zero; give a larger one")
