"""The three files about bodies taken together: cross checks, candidates and yearly membership.

Does not belong here: reading cells (`bodies.py`), Arrow tables (`tables.py`), matching of printed
names (`matching.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from assets.entities.bodies import Body, MembershipRule, Place, Review, ReviewKey
from assets.entities.names import exact_form, plain_form
from assets.entities.rows import BodiesError, Fault, raise_any


@dataclass(frozen=True)
class Catalogue:
    """Bodies, membership rules and review decisions that fit together. Make it with
    `build_catalogue`, which checks them."""

    bodies: tuple[Body, ...]
    rules: tuple[MembershipRule, ...]
    reviews: tuple[Review, ...]

    @cached_property
    def by_code(self) -> dict[str, Body]:
        return {body.body_code: body for body in self.bodies}

    def rule(self, index_code: str, universe: str, year: int) -> MembershipRule:
        """The rule of that universe. BodiesError when none is declared."""
        for rule in self.rules:
            if (rule.index_code, rule.universe) == (
                index_code,
                universe,
            ) and year in rule.years:
                return rule
        message = f"no membership rule for index {index_code}, universe {universe}, year {year}"
        file_name = self.rules[0].file_name if self.rules else "memberships.csv"
        what_to_do = "Add a row; where the members are not known, with rule unknown."
        raise BodiesError([Fault(file_name, None, "", "no_rule", message, what_to_do)])

    def pool(self, rule: MembershipRule, year: int) -> tuple[Body, ...]:
        """Bodies the rule draws from in that year, members or not, by code."""
        day = rule.as_of or date(year, 12, 31)
        drawn = (b for b in self.bodies if b.block in rule.candidate_blocks and b.exists_on(day))
        return tuple(sorted(drawn, key=lambda body: body.body_code))

    def candidates(self, index_code: str, universe: str, year: int) -> tuple[Body, ...]:
        """Bodies a printed name of that universe can mean: the members where they are known,
        else every body the rule draws from. BodiesError when no rule is declared."""
        rule = self.rule(index_code, universe, year)
        drawn = self.pool(rule, year)
        return tuple(body for body in drawn if body.body_code not in rule.excluded_codes)

    @cached_property
    def decisions(self) -> dict[ReviewKey, Review]:
        return {review.key: review for review in self.reviews}

    def decision(
        self, text: str, index_code: str, universe: str, year: int, place: Place
    ) -> Review | None:
        """The decision on a name printed at that place: one about the place comes before one
        about the name wherever it is printed, one about the year before one about every year."""
        for at in (place, None):
            for when in (year, None):
                key = (exact_form(text), index_code, universe, when, at)
                if found := self.decisions.get(key):
                    return found
        return None

    def bodies_of(self, year: int) -> tuple[Body, ...]:
        """Bodies that exist on 31 December of the year, and the members of its universes even
        where they begin later, by code."""
        day = date(year, 12, 31)
        chosen = {body.body_code: body for body in self.bodies if body.exists_on(day)}
        for rule in self.rules:
            if year in rule.years:
                for body in self.candidates(rule.index_code, rule.universe, year):
                    chosen[body.body_code] = body
        return tuple(chosen[code] for code in sorted(chosen))

    def expand_memberships(self, year: int) -> list[dict[str, Any]]:
        """Rows of raw_memberships: one per body of each universe whose members are known in that
        year, members and excluded bodies alike. Where they are unknown there is no row: not known
        is not the same as not a member."""
        rows = []
        for rule in self.rules:
            if year not in rule.years or not rule.is_known:
                continue
            for body in self.pool(rule, year):
                is_member = body.body_code not in rule.excluded_codes
                rows.append(
                    {
                        "assessment_year": year,
                        "index_code": rule.index_code,
                        "block": rule.block,
                        "universe": rule.universe,
                        "body_code": body.body_code,
                        "is_member": is_member,
                        "member_reason": rule.reason if is_member else rule.excluded_reason,
                        "source_ref": rule.source,
                    }
                )
        return sorted(rows, key=lambda r: (r["index_code"], r["universe"], r["body_code"]))


def build_catalogue(
    bodies: Sequence[Body], rules: Sequence[MembershipRule], reviews: Sequence[Review]
) -> Catalogue:
    """Catalogue of the rows read, after every check across them: codes unique, successors exist
    and follow on, one rule per universe and year with the declared number of members, names
    unique within a universe, decisions about known bodies and not given twice. Raises
    BodiesError naming every fault."""
    catalogue = Catalogue(tuple(bodies), tuple(rules), tuple(reviews))
    raise_any(list(_code_faults(catalogue)))
    raise_any(
        [
            *_successor_faults(catalogue),
            *_rule_faults(catalogue),
            *_name_faults(catalogue),
            *_review_faults(catalogue),
        ]
    )
    return catalogue


def _fault(
    item: Body | MembershipRule | Review,
    column: str,
    rule: str,
    message: str,
    what_to_do: str,
) -> Fault:
    return Fault(item.file_name, item.line_no, column, rule, message, what_to_do)


def _code_faults(catalogue: Catalogue) -> Iterator[Fault]:
    lines: dict[str, int] = {}
    for body in catalogue.bodies:
        first = lines.setdefault(body.body_code, body.line_no)
        if first != body.line_no:
            message = f"{body.body_code} is already on line {first}"
            yield _fault(body, "body_code", "unique", message, "Keep one row for each body.")


def _successor_faults(catalogue: Catalogue) -> Iterator[Fault]:
    for body in catalogue.bodies:
        if body.successor_code is None or body.valid_to is None:
            continue
        column, successor = "successor_code", catalogue.by_code.get(body.successor_code)
        if successor is None or successor is body:
            message = f"{body.successor_code!r} is no other body of this file"
            yield _fault(body, column, "successor_exists", message, "Add the body or mend it.")
        elif not successor.exists_on(body.valid_to + timedelta(days=1)):
            message = f"{body.successor_code} does not exist on the day after {body.valid_to}"
            yield _fault(
                body,
                column,
                "successor_period",
                message,
                "Mend the days of one of them.",
            )


def _rule_faults(catalogue: Catalogue) -> Iterator[Fault]:
    lines: dict[tuple[str, str, int], int] = {}
    for rule in catalogue.rules:
        for year in rule.years:
            first = lines.setdefault((rule.index_code, rule.universe, year), rule.line_no)
            if first != rule.line_no:
                message = f"{rule.index_code} {rule.universe} {year} is already on line {first}"
                yield _fault(rule, "year_from", "one_rule", message, "Mend the years of one row.")
            drawn = {body.body_code for body in catalogue.pool(rule, year)}
            for code in sorted(set(rule.excluded_codes) - drawn):
                message = f"{code} is excluded but is no candidate in {year}"
                yield _fault(rule, "excluded_codes", "excluded", message, "Mend the code.")
            members = len(drawn - set(rule.excluded_codes))
            if rule.expected_count not in (None, members):
                message = f"{members} members in {year}, but {rule.expected_count} are expected"
                what_to_do = "Mend the rule, the count or the days of the bodies."
                yield _fault(rule, "expected_count", "expected_count", message, what_to_do)


def _name_faults(catalogue: Catalogue) -> Iterator[Fault]:
    seen: set[tuple[str, str, str]] = set()
    for rule in catalogue.rules:
        for year in rule.years:
            owners: dict[str, Body] = {}
            for body in catalogue.pool(rule, year):
                for form in {plain_form(spelling) for spelling in body.spellings}:
                    other = owners.setdefault(form, body)
                    if other is body or (form, other.body_code, body.body_code) in seen:
                        continue
                    seen.add((form, other.body_code, body.body_code))
                    message = f"{form!r} also names {other.body_code} in {rule.universe} {year}"
                    what_to_do = "Take the alias from one of them or mend its days."
                    yield _fault(body, "aliases", "unique_name", message, what_to_do)


def _review_faults(catalogue: Catalogue) -> Iterator[Fault]:
    lines: dict[object, int] = {}
    for review in catalogue.reviews:
        first = lines.setdefault(review.key, review.line_no)
        if first != review.line_no:
            message = f"the same name in the same place is already decided on line {first}"
            yield _fault(review, "body_printed", "one_decision", message, "Keep one decision.")
        if review.body_code is not None and review.body_code not in catalogue.by_code:
            message = f"{review.body_code!r} is no known body"
            yield _fault(review, "body_code", "body_exists", message, "Use a code of bodies.csv.")
