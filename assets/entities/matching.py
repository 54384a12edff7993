"""Binding printed names to bodies, one list at a time.

The names of one list (one table of a report, or one index, universe, category and measure of a
file) are matched together, because they name different bodies: that is what tells Hà Giang from
Hậu Giang when a letter is lost. The result does not depend on the order of the names.

Rules, in this order:

1. review: a person's decision is obeyed before any rule;
2. exact: the name as registered, after NFC and single spaces;
3. alias: a registered spelling, likewise;
4. tone_placement: Hoà for Hòa, Uỷ for Ủy;
5. prefix: with or without tỉnh, TP., UBND tỉnh; dashes, commas and letter case aside;
6. mark_stripped: without marks, if no other body and no other name of the list reads the same,
   and every body one letter away is bound by another name of the list;
7. assignment: the names left against the bodies left, one to one, within declared limits;
8. unmatched: everything else, and every name of a body that one list names twice.

Does not belong here: the forms of a name (`names.py`), who is a candidate (`catalogue.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from assets.entities.bodies import Body, Place
from assets.entities.catalogue import Catalogue
from assets.entities.names import exact_form, plain_form, stripped_form, tone_form
from assets.entities.rows import BodiesError, Fault

#: Largest distance at which a name is bound by assignment: changed letters over the letters of
#: the longer name. One wrong letter in the shortest name (Cà Mau, 6 signs) is 1/6; two wrong
#: letters in a name of 8 are 1/4. Beyond that a name is guessed rather than read.
MAX_DISTANCE = Fraction(1, 4)

#: Smallest lead over the second best. One wrong letter moves a name by at most 1/6, so with a
#: lead of 1/5 one wrong letter cannot turn the name of one free body into that of another.
MIN_MARGIN = Fraction(1, 5)

#: Bodies named in the review file for each unmatched name.
CANDIDATES_SHOWN = 3

_SURE_RULES = ("exact", "alias")


@dataclass(frozen=True)
class PrintedName:
    """A name as a source prints it. `line_no` and `body_no` are the place in the file; names that
    share file, index, universe and `list_key` are matched together."""

    file_sha256: str
    line_no: int
    body_no: int
    index_code: str
    universe: str
    list_key: str
    text: str
    table_no: str | None = None

    @property
    def place(self) -> Place:
        return (self.file_sha256, self.line_no, self.body_no)


@dataclass(frozen=True)
class Match:
    """How a printed name was bound. `match_margin` (0 to 1) is given for rule assignment only;
    `cause` and `nearest` (codes, nearest first) only for rule unmatched."""

    printed: PrintedName
    body_code: str | None
    match_rule: str
    match_margin: Decimal | None = None
    cause: str | None = None
    nearest: tuple[str, ...] = ()

    @property
    def is_evidence(self) -> bool:
        """True when somebody should look at it: neither the name nor a registered spelling."""
        return self.match_rule not in _SURE_RULES


def match_names(printed: Iterable[PrintedName], catalogue: Catalogue, year: int) -> list[Match]:
    """Matches of all names, one for each, in order of place. Candidates of a list are those of
    `Catalogue.candidates`. Raises BodiesError when a universe has no rule in that year or a
    decision binds a name to a body outside it; ValueError when two names share a place."""
    names = sorted(printed, key=lambda name: name.place)
    places = Counter(name.place for name in names)
    if repeated := [place for place, count in places.items() if count > 1]:
        raise ValueError(f"two printed names at one place (file, line, body): {repeated[0]}")
    lists: dict[tuple[str, ...], list[PrintedName]] = defaultdict(list)
    for name in names:
        lists[name.file_sha256, name.index_code, name.universe, name.list_key].append(name)
    matches = [m for group in lists.values() for m in _match_list(group, catalogue, year)]
    return sorted(matches, key=lambda match: match.printed.place)


@dataclass(frozen=True)
class _Spellings:
    """Spellings of the candidates of a list, per rule: form of the name -> codes of the bodies.
    `stripped` holds the forms without marks of each body."""

    steps: tuple[tuple[str, Callable[[str], str], Mapping[str, frozenset[str]]], ...]
    stripped: Mapping[str, tuple[str, ...]]

    def find(self, text: str) -> tuple[str, str] | None:
        """(code, rule) of the first rule under which exactly one body has the name."""
        for rule, form, owners in self.steps:
            codes = owners.get(form(text), frozenset())
            if len(codes) == 1:
                return (next(iter(codes)), rule)
        return None

    def distance(self, text: str, code: str) -> Fraction:
        """0 to 1: changed letters over the letters of the longer name, marks taken off; the
        nearest spelling of the body counts."""
        name = stripped_form(text)
        return min(
            Fraction(Levenshtein.distance(name, other), max(len(name), len(other), 1))
            for other in self.stripped[code]
        )

    def nearest(self, text: str) -> tuple[str, ...]:
        """The codes nearest to the name, nearest first, equal ones by code."""
        ordered = sorted(self.stripped, key=lambda code: (self.distance(text, code), code))
        return tuple(ordered[:CANDIDATES_SHOWN])


@lru_cache(maxsize=64)
def _spellings(bodies: tuple[Body, ...]) -> _Spellings:
    def owners(
        form: Callable[[str], str], spellings: Callable[[Body], Sequence[str]]
    ) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for body in bodies:
            for spelling in spellings(body):
                found[form(spelling)].add(body.body_code)
        return {key: frozenset(codes) for key, codes in found.items()}

    return _Spellings(
        steps=(
            ("exact", exact_form, owners(exact_form, lambda body: (body.name_vi,))),
            ("alias", exact_form, owners(exact_form, lambda body: body.aliases)),
            (
                "tone_placement",
                tone_form,
                owners(tone_form, lambda body: body.spellings),
            ),
            ("prefix", plain_form, owners(plain_form, lambda body: body.spellings)),
        ),
        stripped={
            body.body_code: tuple(sorted({stripped_form(s) for s in body.spellings}))
            for body in bodies
        },
    )


def _match_list(names: Sequence[PrintedName], catalogue: Catalogue, year: int) -> list[Match]:
    first = names[0]
    spellings = _spellings(catalogue.candidates(first.index_code, first.universe, year))
    matches = _decided(names, spellings, catalogue, year)
    for name in names:
        if name not in matches and (found := spellings.find(name.text)):
            matches[name] = Match(name, *found)
    matches |= _mark_stripped(names, matches, spellings)
    matches |= _assigned(names, matches, spellings)
    return _settled(names, matches, spellings)


def _decided(
    names: Sequence[PrintedName], spellings: _Spellings, catalogue: Catalogue, year: int
) -> dict[PrintedName, Match]:
    """What people have decided; a decision outside the candidates is a fault of the file."""
    matches = {}
    for name in names:
        review = catalogue.decision(name.text, name.index_code, name.universe, year, name.place)
        if review is None:
            continue
        if review.body_code is not None and review.body_code not in spellings.stripped:
            message = f"{review.body_code} is no candidate of {name.universe} in {year}"
            what_to_do = "Choose a body of that universe or mend memberships.csv."
            where = (review.file_name, review.line_no, "body_code")
            raise BodiesError([Fault(*where, "candidate", message, what_to_do)])
        matches[name] = Match(name, review.body_code, "review")
    return matches


def _mark_stripped(
    names: Sequence[PrintedName],
    matches: Mapping[PrintedName, Match],
    spellings: _Spellings,
) -> dict[PrintedName, Match]:
    """Names equal to one body's once the marks are off. A mark and a letter can be lost together
    (Hậu Giang -> Hạ Giang), so bodies one letter away must be bound elsewhere in the list."""
    in_list = Counter(stripped_form(n.text) for n in names if not _is_no_body(matches.get(n)))
    found = {}
    for name in names:
        form = stripped_form(name.text)
        codes = [code for code, forms in spellings.stripped.items() if form in forms]
        if name not in matches and len(codes) == 1 and in_list[form] == 1:
            found[name] = Match(name, codes[0], "mark_stripped")
    bound = {match.body_code for match in (*matches.values(), *found.values())}
    return {
        name: match
        for name, match in found.items()
        if _one_letter_away(stripped_form(name.text), spellings) <= bound
    }


def _one_letter_away(form: str, spellings: _Spellings) -> set[str]:
    return {
        code
        for code, forms in spellings.stripped.items()
        if any(Levenshtein.distance(form, other, score_cutoff=1) <= 1 for other in forms)
    }


def _assigned(
    names: Sequence[PrintedName],
    matches: Mapping[PrintedName, Match],
    spellings: _Spellings,
) -> dict[PrintedName, Match]:
    """Names left against bodies left: the one-to-one assignment of least total distance, each
    pair accepted only within MAX_DISTANCE, with MIN_MARGIN to the second best body of the name
    and to the second best name of the body, and nearer than any body already bound (a name
    nearer to one of those looks like the same body twice)."""
    left = sorted((n for n in names if n not in matches), key=lambda n: stripped_form(n.text))
    taken = {match.body_code for match in matches.values() if match.body_code is not None}
    free = [code for code in spellings.stripped if code not in taken]
    if not left or not free:
        return {}
    distances = [[spellings.distance(name.text, code) for code in free] for name in left]
    rows, columns = linear_sum_assignment([[float(d) for d in row] for row in distances])
    found = {}
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        best = distances[i][j]
        others = [d for k, d in enumerate(distances[i]) if k != j]
        others += [row[j] for k, row in enumerate(distances) if k != i]
        margin = min(others, default=Fraction(1)) - best
        to_taken = min((spellings.distance(left[i].text, code) for code in taken), default=1)
        if best <= MAX_DISTANCE and margin >= MIN_MARGIN and best < to_taken:
            found[left[i]] = Match(left[i], free[j], "assignment", _decimal(margin))
    return found


def _settled(
    names: Sequence[PrintedName],
    matches: Mapping[PrintedName, Match],
    spellings: _Spellings,
) -> list[Match]:
    """All names with a match each. Where two names claim one body, only a decision stands, and
    only if it is the only one."""
    claims: dict[str | None, list[Match]] = defaultdict(list)
    for claim in matches.values():
        claims[claim.body_code].append(claim)
    settled = []
    for name in names:
        match = matches.get(name)
        if match is None:
            nearest = spellings.nearest(name.text)
            far = not nearest or spellings.distance(name.text, nearest[0]) > MAX_DISTANCE
            cause = "no_name_near" if far else "not_clear"
            match = Match(name, None, "unmatched", cause=cause, nearest=nearest)
        elif match.body_code is not None and len(claims[match.body_code]) > 1:
            decided = [m for m in claims[match.body_code] if m.match_rule == "review"]
            if decided != [match]:
                nearest = spellings.nearest(name.text)
                match = Match(name, None, "unmatched", cause="same_body_twice", nearest=nearest)
        settled.append(match)
    return settled


def _is_no_body(match: Match | None) -> bool:
    return match is not None and match.body_code is None


def _decimal(margin: Fraction) -> Decimal:
    exact = Decimal(margin.numerator) / Decimal(margin.denominator)
    return exact.quantize(Decimal("0.000001"))
