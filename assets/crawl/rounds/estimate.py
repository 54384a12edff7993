"""What a season of visits costs: time, requests, evidence.

Belongs here: the requests that the targets of a year come to, put into words. Does not belong here:
the declared numbers and the arithmetic of a round (`season`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from assets.crawl.rounds.season import Season, round_seconds, season
from assets.crawl.targets.register import to_visit
from assets.lake import Lake, promoted
from assets.webaddress import host_of


class EstimateError(ValueError):
    """There is nothing to estimate from; says what to do."""


@dataclass(frozen=True)
class Load:
    """What a round asks for: targets, and requests by host."""

    portals: int
    services: int
    requests: Counter[str]


def load_of(lake: Lake, year: str, services: int = 0) -> Load:
    """The load of a round with the targets of a year.

    Services whose addresses are not held are counted from the report of the year, on one service
    portal a body; `services` > 0 scales them to that number. EstimateError without targets.
    """
    version = promoted(lake, "targets", year)
    if version is None:
        raise EstimateError(f"the targets of {year} are not listed yet; egov run {year} does it")
    targets = to_visit(version.table("raw_crawl_targets")).to_pylist()
    requests: Counter[str] = Counter()
    counted = Counter(target["target_kind"] for target in targets)
    for target in targets:
        requests[host_of(target["url"])] += season().requests_of(target["target_kind"])
    if not counted["service"] or services:
        reported = _reported_services(lake, year)
        total = sum(reported.values())
        if services and total:
            reported = Counter({body: n * services // total for body, n in reported.items()})
        for body, count in reported.items():
            requests[f"services of {body}"] += count
        counted["service"] += sum(reported.values())
    return Load(counted["portal"], counted["service"], requests)


def _reported_services(lake: Lake, year: str) -> Counter[str]:
    marts = promoted(lake, "marts", year)
    if marts is None:
        return Counter()
    return Counter(
        {
            row["body_code"]: int(row["total"])
            for row in marts.table("ind_service_counts").to_pylist()
            if row["total"]
        }
    )


def text_of(load: Load, numbers: Season) -> str:
    """The cost of a season in words."""
    seconds = round_seconds(load.requests.values(), numbers)
    requests = sum(load.requests.values())
    host, most = load.requests.most_common(1)[0]
    each = numbers.gap_seconds + numbers.request_seconds
    gigabytes = requests * numbers.rounds * numbers.record_bytes / 1e9
    return "\n".join(
        (
            f"{load.portals} portals of about {numbers.pages_a_portal} pages, "
            f"{load.services:,} services, {len(load.requests)} hosts",
            f"  a gap of {numbers.gap_seconds:g} s at a host, {numbers.hosts_at_once} hosts at "
            f"once, {numbers.request_seconds:g} s taken for an answer",
            f"  one round: {requests:,} requests, {seconds / 3600:.1f} h "
            f"(the busiest host, {host}: {most:,} requests, {most * each / 3600:.1f} h)",
            f"  the season: {numbers.rounds} rounds in {numbers.weeks} weeks, "
            f"{requests * numbers.rounds:,} requests, {seconds * numbers.rounds / 3600:.0f} h",
            f"  evidence: at most about {gigabytes:.1f} GB a year, as what has not changed is "
            f"kept once",
        )
    )


def estimate_text(lake: Lake, year: str, services: int = 0) -> str:
    """The cost of a season with the targets of a year, in words. EstimateError as `load_of`."""
    return text_of(load_of(lake, year, services), season())
