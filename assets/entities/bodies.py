"""Readers of the three files about bodies: who they are, who is assessed, and what people decided
about printed names.

Belongs here: the columns of `bodies.csv`, `memberships.csv` and `name_review.csv` and the faults
of single rows. Does not belong here: what the files mean together (`catalogue.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assets.entities.names import exact_form
from assets.entities.rows import Row, raise_any, read_rows
from assets.registry.model import table

BODY_COLUMNS = [
    "body_code",
    "block",
    "name_vi",
    "name_en",
    "valid_from",
    "valid_to",
    "successor_code",
    "gso_code",
    "registered_website",
    "aliases",
    "source",
]
MEMBERSHIP_COLUMNS = [
    "index_code",
    "year_from",
    "year_to",
    "block",
    "universe",
    "rule",
    "candidate_blocks",
    "as_of",
    "excluded_codes",
    "expected_count",
    "reason",
    "excluded_reason",
    "source",
]
REVIEW_COLUMNS = [
    "body_printed",
    "index_code",
    "universe",
    "assessment_year",
    "body_code",
    "decided_by",
    "reason",
    "file_sha256",
    "line_no",
    "body_no",
    "cause_en",
    "cause_vi",
    "candidates",
]

#: How the members of a universe are drawn from its candidates.
MEMBERSHIP_RULES = ("all", "all_except", "unknown")

_BODIES = table("raw_bodies")
_MEMBERSHIPS = table("raw_memberships")
_CODE = _BODIES.column("body_code").pattern or ".*"
_BLOCKS = _BODIES.column("block").codes
_INDEX_CODES = _MEMBERSHIPS.column("index_code").codes
_UNIVERSES = _MEMBERSHIPS.column("universe").codes
_YEARS = _MEMBERSHIPS.column("assessment_year")
_SHA256 = table("raw_body_matches").column("file_sha256").pattern or ".*"
#: A host; with scheme, port and path where it is known how the portal answers.
_WEBSITE = r"(https?://)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?(/\S*)?"


#: Where a name is printed: file_sha256, line_no, body_no.
Place = tuple[str, int, int]

#: What a decision is about: exact form of the name, index_code, universe, year or None, place or
#: None.
ReviewKey = tuple[str, str, str, int | None, Place | None]


@dataclass(frozen=True)
class Body:
    """A public body. Days are inclusive; None means without a known bound."""

    body_code: str
    block: str
    name_vi: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None
    gso_code: str | None
    registered_website: str | None
    aliases: tuple[str, ...]
    source: str
    file_name: str
    line_no: int

    @property
    def spellings(self) -> tuple[str, ...]:
        """The name and its aliases."""
        return (self.name_vi, *self.aliases)

    def exists_on(self, day: date) -> bool:
        """Whether the body exists on that day."""
        starts = self.valid_from is None or self.valid_from <= day
        return starts and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class MembershipRule:
    """Who belongs to one universe of one index in the years `year_from` to `year_to`.

    Candidates are the bodies of `candidate_blocks` that exist on `as_of`; without `as_of`, on
    31 December of the year. `as_of` is set where an index was published for units that begin
    later: for the 34 provinces the list, not validity in the year, says who can be assessed.
    `rule` is all, all_except (`excluded_codes` are out) or unknown: then nobody is said to be in
    or out, and every candidate can be matched.
    """

    index_code: str
    year_from: int
    year_to: int
    block: str
    universe: str
    rule: str
    candidate_blocks: tuple[str, ...]
    as_of: date | None
    excluded_codes: tuple[str, ...]
    expected_count: int | None
    reason: str
    excluded_reason: str | None
    source: str
    file_name: str
    line_no: int

    @property
    def is_known(self) -> bool:
        return self.rule != "unknown"

    @property
    def years(self) -> range:
        return range(self.year_from, self.year_to + 1)


@dataclass(frozen=True)
class Review:
    """A person's decision about a printed name. `body_code` None means that the name is of no
    body. `assessment_year` None: in every year; `place` None: wherever the name is printed,
    otherwise only there."""

    body_printed: str
    index_code: str
    universe: str
    assessment_year: int | None
    body_code: str | None
    decided_by: str
    reason: str
    place: Place | None
    file_name: str
    line_no: int

    @property
    def key(self) -> ReviewKey:
        """What the decision is about; two decisions may not share it."""
        name = exact_form(self.body_printed)
        return (name, self.index_code, self.universe, self.assessment_year, self.place)


def read_bodies(content: bytes, file_name: str) -> list[Body]:
    """Bodies of `bodies.csv`, in file order. Raises BodiesError naming every fault."""
    rows = read_rows(content, file_name, BODY_COLUMNS)
    bodies = [_body(row) for row in rows]
    raise_any(rows[0].faults if rows else [])
    return bodies


def read_memberships(content: bytes, file_name: str) -> list[MembershipRule]:
    """Rules of `memberships.csv`, in file order. Raises BodiesError naming every fault."""
    rows = read_rows(content, file_name, MEMBERSHIP_COLUMNS)
    rules = [_membership(row) for row in rows]
    raise_any(rows[0].faults if rows else [])
    return rules


def read_reviews(content: bytes, file_name: str) -> list[Review]:
    """Decisions of `name_review.csv`, in file order; a row that nobody has signed is a fault.
    Raises BodiesError naming every fault."""
    rows = read_rows(content, file_name, REVIEW_COLUMNS)
    reviews = [_review(row) for row in rows]
    raise_any(rows[0].faults if rows else [])
    return reviews


def _body(row: Row) -> Body:
    body = Body(
        body_code=row.matching("body_code", _CODE),
        block=row.coded("block", _BLOCKS),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        successor_code=row.optional("successor_code"),
        gso_code=row.optional("gso_code"),
        registered_website=row.optional("registered_website"),
        aliases=row.items("aliases"),
        source=row.text("source"),
        file_name=row.file_name,
        line_no=row.line_no,
    )
    if body.valid_from and body.valid_to and body.valid_from > body.valid_to:
        message = f"{body.valid_to} is before valid_from {body.valid_from}"
        row.fault("valid_to", "period", message, "Mend one of the two days.")
    if body.successor_code and not body.valid_to:
        message = "the body has a successor but no last day"
        row.fault("valid_to", "successor_period", message, "Give the last day.")
    digits = body.body_code[2:] if body.block == "province" else None
    if body.gso_code != digits:
        message = f"{body.gso_code!r} is not {digits!r}"
        what_to_do = "For a province give the digits of its code; leave it empty for others."
        row.fault("gso_code", "gso_code", message, what_to_do)
    if body.registered_website:
        row.matching("registered_website", _WEBSITE)
    if body.name_vi in body.aliases:
        message = f"{body.name_vi!r} is the name itself"
        row.fault("aliases", "alias_is_name", message, "Take it out.")
    return body


def _membership(row: Row) -> MembershipRule:
    rule = MembershipRule(
        index_code=row.coded("index_code", _INDEX_CODES),
        year_from=row.number("year_from"),
        year_to=row.number("year_to"),
        block=row.coded("block", _BLOCKS),
        universe=row.coded("universe", _UNIVERSES),
        rule=row.coded("rule", MEMBERSHIP_RULES),
        candidate_blocks=row.items("candidate_blocks"),
        as_of=row.day("as_of"),
        excluded_codes=row.items("excluded_codes"),
        expected_count=row.optional_number("expected_count"),
        reason=row.text("reason"),
        excluded_reason=row.optional("excluded_reason"),
        source=row.text("source"),
        file_name=row.file_name,
        line_no=row.line_no,
    )
    first, last = _YEARS.min or 0, _YEARS.max or 9999
    if not first <= rule.year_from <= rule.year_to <= last:
        message = f"{rule.year_from} to {rule.year_to} is no period within {first} to {last}"
        row.fault("year_to", "period", message, "Mend the years.")
    for block in rule.candidate_blocks or ("",):
        if block not in _BLOCKS:
            message = f"{block!r} is not a block"
            row.fault("candidate_blocks", "code", message, f"Use {', '.join(_BLOCKS)}.")
    excepts = rule.rule == "all_except"
    if excepts != bool(rule.excluded_codes) or excepts != bool(rule.excluded_reason):
        message = f"rule {rule.rule} does not go with the exclusions given"
        what_to_do = "Give excluded_codes and excluded_reason with all_except and only with it."
        row.fault("excluded_codes", "exclusions", message, what_to_do)
    if rule.is_known == (rule.expected_count is None):
        message = f"rule {rule.rule} does not go with expected_count {rule.expected_count}"
        what_to_do = "Give the number of members, or leave it empty where it is unknown."
        row.fault("expected_count", "expected_count", message, what_to_do)
    return rule


def _review(row: Row) -> Review:
    place_cells = [row.cells[column] for column in ("file_sha256", "line_no", "body_no")]
    place = None
    if all(place_cells):
        file_sha256 = row.matching("file_sha256", _SHA256)
        place = (file_sha256, row.number("line_no"), row.number("body_no"))
    elif any(place_cells):
        message = "the place is given in part"
        what_to_do = "Give file_sha256, line_no and body_no, or none of them."
        row.fault("file_sha256", "place", message, what_to_do)
    if not row.raw("body_printed").strip():
        row.fault("body_printed", "required", "the cell is empty", "Give the name as printed.")
    return Review(
        body_printed=row.raw("body_printed"),
        index_code=row.coded("index_code", _INDEX_CODES),
        universe=row.coded("universe", _UNIVERSES),
        assessment_year=row.optional_number("assessment_year"),
        body_code=row.optional("body_code"),
        decided_by=row.text("decided_by"),
        reason=row.text("reason"),
        place=place,
        file_name=row.file_name,
        line_no=row.line_no,
    )
