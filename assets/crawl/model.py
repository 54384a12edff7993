"""What a visit is: the target, the page as fetched, and the answers found in it.

Belongs here: the shapes that fetching (`fetch`), reading (`checks`), keeping (`evidence`) and
gating agree on. Does not belong here: any of their work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

#: Kinds of targets: the main portal of a body; one online service of a body.
TARGET_KINDS = ("portal", "service")

#: What a visit says of the site. What could not be seen is never counted as down.
UP, DOWN, NOT_MEASURED = "up", "down", "not_measured"
OUTCOMES = (UP, DOWN, NOT_MEASURED)

#: Answers of a check. Not observed is never no.
ANSWERS = ("yes", "partial", "no", "not_observed")


@dataclass(frozen=True)
class Target:
    """An address to visit. `url` is the address used, `printed` the address as its source prints
    it; `exclusion` says why it is not visited, empty if it is."""

    target_id: str
    kind: str
    body_code: str
    url: str
    printed: str = ""
    exclusion: str = ""
    service_code: str = ""
    declared_level: str = ""


@dataclass(frozen=True)
class Timings:
    """Milliseconds of the phases of the last request; None where a phase did not happen."""

    resolve_ms: int | None = None
    connect_ms: int | None = None
    tls_ms: int | None = None
    first_byte_ms: int | None = None
    transfer_ms: int | None = None


@dataclass(frozen=True)
class Visit:
    """One address fetched, or why not.

    url            address asked for
    final_url      address that answered, after redirects; empty if none did
    status         code of the closed list in fetch/statuses.yaml
    detail         what exactly happened, one line, for a person
    http_status    of the final answer
    redirects      addresses passed through
    headers        of the final answer, names in lower case, at most 64 KiB
    body           decoded content, at most the limit
    tls            version, issuer, not_after, error... of the final host; empty without TLS
    fetched_at     UTC, when the final answer began
    attempts       requests made, redirects not counted
    rendered       True if a browser made the content
    """

    url: str
    status: str
    detail: str = ""
    final_url: str = ""
    http_status: int | None = None
    redirects: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    tls: dict[str, str] = field(default_factory=dict)
    timings: Timings = Timings()
    fetched_at: datetime | None = None
    attempts: int = 0
    rendered: bool = False


@dataclass(frozen=True)
class Answer:
    """What one check found on a portal.

    `words` are those that decided it, `url` where they stand, `rule_id` the rule that read them,
    `confidence` from 0 to 100; below the limit of the rules the answer goes to review.
    """

    check_id: str
    answer: str
    url: str
    words: str
    rule_id: str
    confidence: int
