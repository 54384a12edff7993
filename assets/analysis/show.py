"""The answer of `egov why` as lines of text: sentences, parts with a small waterfall, how sure the
ranks are.

Pure: rows of the ana_ tables in, lines out. Does not belong here: finding the rows (the command).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]

#: Width of a waterfall in characters.
WIDTH = 32

#: Rows of parts that are shown; the others are added up in one.
SHOWN = 12

RANK_PARTS = {
    "own_part": "own value",
    "peers_part": "values of others",
    "method_part": "method",
    "universe_part": "bodies that came or went",
    "rounding_part": "hidden by the print",
}


def why_lines(
    changes: Sequence[Row], scores: Sequence[Row], intervals: Sequence[Row], summary: Row | None
) -> Iterator[str]:
    """Everything on one body between two years: rows of ana_rank_changes and ana_score_changes of
    the pair, of ana_rank_intervals of both years, and the body's summary."""
    if summary is not None:
        yield f"  {summary['text_vi']}"
        yield f"  {summary['text_en']}"
    for change in changes:
        yield ""
        yield (
            f"  {change['category']} ({change['index_code']}, {change['universe']}, "
            f"{change['figures_from']}{', SYNTHETIC' if change['is_synthetic'] else ''})"
        )
        yield f"    {change['sentence_vi']}"
        yield f"    {change['sentence_en']}"
        yield from _rank(change)
        yield from _score([row for row in scores if _same_list(row, change)])
        for row in intervals:
            if _same_list(row, change):
                yield f"    {_interval(row)}"


def _same_list(row: Row, change: Row) -> bool:
    keys = ("figures_from", "index_code", "universe", "category", "body_code")
    return all(row[key] == change[key] for key in keys)


def _rank(change: Row) -> Iterator[str]:
    if change["own_part"] is None:
        return
    parts = [(said, change[key]) for key, said in RANK_PARTS.items() if change[key]]
    yield f"    places gained: {_signed(Decimal(change['places_gained']))}"
    yield from waterfall(parts)


def _score(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield f"    change of value: {_signed(rows[0]['score_change'])} (by {rows[0]['basis']})"
    parts = sorted(
        ((f"{row['item']}, {row['factor']}", row["part"]) for row in rows if row["part"]),
        key=lambda entry: (-abs(entry[1]), entry[0]),
    )
    left = parts[SHOWN:]
    if left:
        others = sum((part for _, part in left), Decimal(0))
        parts = [*parts[:SHOWN], (f"{len(left)} smaller parts", others)]
    yield from waterfall(parts)


def waterfall(parts: Iterable[tuple[str, Decimal]]) -> Iterator[str]:
    """One line a part: what, how much, and a bar from where the parts before it led to."""
    listed = list(parts)
    ends = [Decimal(0)]
    for _, part in listed:
        ends.append(ends[-1] + part)
    low, span = min(ends), max(ends) - min(ends)
    for (said, part), begin, end in zip(listed, ends, ends[1:], strict=False):
        left = _column(min(begin, end) - low, span)
        right = max(_column(max(begin, end) - low, span), left + 1)
        bar = " " * left + ("+" if part > 0 else "-") * (right - left)
        yield f"      {said:44} {_signed(part):>18}  |{bar.ljust(WIDTH)}|"


def _column(value: Decimal, span: Decimal) -> int:
    return int(value * (WIDTH - 1) / span) if span else 0


def _signed(number: Decimal) -> str:
    plain = f"{number.normalize():f}"
    return f"+{plain}" if number > 0 else plain


def _interval(row: Row) -> str:
    """How sure one rank is, in words."""
    rank = "no rank" if row["rank"] is None else f"rank {row['rank']}"
    said = [f"{row['assessment_year']}: {rank}"]
    if row["print_low"] is not None:
        said.append(f"by the printed digits {row['print_low']} to {row['print_high']}")
    if row["low_90"] is not None:
        said.append(
            f"90 % of {row['draws']} draws {row['low_90']} to {row['high_90']}, median "
            f"{row['median_rank']} ({row['basis']}, seed {row['seed']})"
        )
    if len(said) == 1:
        said.append("too few figures are held to say how sure it is")
    if row["trust"] == "third_party_doubtful":
        said.append("columns of the copy are in doubt")
    return "; ".join(said)
