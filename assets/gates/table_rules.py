"""The rules that judge a whole table.

Belongs here: expected_bodies, expected_targets, rank_follows_value, row_count, no_value,
share_within. Does not belong here: the key and declared `unique` (they name rows, see `rules`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
import pyarrow as pa

from assets.gates.failures import of_rows, of_table
from assets.gates.messages import GateError, Message, bounds, message
from assets.gates.rules import parameters
from assets.registry import Rule, Table

_UNIVERSE = ["index_code", "universe"]
_LIST = [*_UNIVERSE, "category"]


@dataclass(frozen=True)
class Context:
    """What a rule needs beside the frame: `memberships` is raw_memberships, `targets`
    raw_crawl_targets of the same year."""

    memberships: pa.Table | None = None
    targets: pa.Table | None = None


def judge(
    table: Table, rule: Rule, frame: pl.DataFrame, context: Context | None
) -> list[pl.DataFrame]:
    """Failures of one declared table rule on a frame of the declared columns and types.

    GateError if the rule is declared wrongly or needs a context that is not given.
    """
    if rule.kind == "expected_bodies":
        return _expected_bodies(table, rule, frame, context)
    if rule.kind == "expected_targets":
        return _expected_targets(table, rule, frame, context)
    if rule.kind in _BY_FRAME:
        return _BY_FRAME[rule.kind](table, rule, frame)
    raise GateError(f"{rule.id}: rule kind {rule.kind!r} is not known to the gates")


def _words(rule: Rule) -> dict[str, str]:
    return {
        "reason_en": rule.reason_en,
        "reason_vi": rule.reason_vi,
        "what_to_do": rule.what_to_do,
    }


def _place(by: Sequence[str], group: Sequence[object]) -> str:
    """Where a group of rows is, as the failures of rows say it."""
    return ", ".join(f"{name}={value}" for name, value in zip(by, group, strict=True))


def _differences(
    table: Table,
    rule: Rule,
    frame: pl.DataFrame,
    column: str,
    place: str,
    held: Mapping[str, int],
    missing: Sequence[str],
    extra: Sequence[str],
) -> list[pl.DataFrame]:
    """What a set of names lacks and has beyond the expected one: a failure for each. `held` is
    the first row of each name; the messages are those of the column's noun."""
    noun = column.partition("_")[0]
    found = [
        of_table(
            rule.id,
            message(f"missing_{noun}", **{noun: name}, **_words(rule)),
            column=column,
            raw_value=name,
            where=f"{place}, {column}={name}",
        )
        for name in missing
    ]
    if extra:
        found.append(
            of_rows(
                table,
                frame,
                [held[name] for name in extra],
                rule_id=rule.id,
                column=column,
                reads=[column],
                messages=[message(f"extra_{noun}", **{noun: n}, **_words(rule)) for n in extra],
            )
        )
    return found


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(pl.len()).alias("__row"))


def _members(rule: Rule, context: Context | None) -> dict[tuple[str, str], set[str]]:
    """Members by (index_code, universe); a universe without any row is not in it."""
    if context is None or context.memberships is None:
        raise GateError(f"{rule.id} needs Context.memberships (raw_memberships of the year)")
    wanted = [*_UNIVERSE, "body_code", "is_member"]
    if missing := set(wanted) - set(context.memberships.column_names):
        raise GateError(f"{rule.id}: Context.memberships lacks {', '.join(sorted(missing))}")
    members: dict[tuple[str, str], set[str]] = {}
    rows = zip(*(context.memberships[name].to_pylist() for name in wanted), strict=True)
    for index_code, universe, body, is_member in rows:
        members.setdefault((index_code, universe), set()).update({body} if is_member else ())
    return members


def _expected_bodies(
    table: Table, rule: Rule, frame: pl.DataFrame, context: Context | None
) -> list[pl.DataFrame]:
    """Per (index_code, universe, category) present: the bodies are exactly the members."""
    where = parameters(table, rule, "where")["where"]
    if missing := {*_LIST, "body_code"} - set(table.column_names):
        raise GateError(f"{rule.id} needs columns the table lacks: {', '.join(sorted(missing))}")
    members = _members(rule, context)
    rows = _numbered(frame).filter(pl.lit(True), **where)
    found = []
    for group, held in rows.group_by(_LIST, maintain_order=True):
        index_code, universe, _ = (str(part) for part in group)
        if (index_code, universe) not in members:
            continue
        expected = members[index_code, universe]
        first = held.unique("body_code", keep="first", maintain_order=True)
        bodies = dict(first.drop_nulls("body_code").select("body_code", "__row").iter_rows())
        absent = sorted(expected - set(bodies))
        extra = sorted(set(bodies) - expected, key=bodies.__getitem__)
        place = _place(_LIST, group)
        found += _differences(table, rule, frame, "body_code", place, bodies, absent, extra)
    return found


def _rank_follows_value(table: Table, rule: Rule, frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Within `by`: a row fails if a row of a worse (larger) rank has a higher value.

    Rows without a rank or a value are left out; rows that share a rank are not compared.
    """
    given = parameters(table, rule, "by", "rank", "value")
    by, rank, value = list(given["by"]), given["rank"], given["value"]
    rows = _numbered(frame).drop_nulls([rank, value])
    best_of_worse = (
        rows.group_by([*by, rank])
        .agg(pl.col(value).max().alias("__best"))
        .sort(rank, descending=True)
        .with_columns(pl.col("__best").shift(1).cum_max().over(by).alias("__higher"))
        .drop("__best")
    )
    wrong = (
        rows.join(best_of_worse, on=[*by, rank], how="left", nulls_equal=True)
        .filter(pl.col("__higher") > pl.col(value))
        .sort("__row")
    )
    if wrong.is_empty():
        return []
    higher = wrong["__higher"].cast(pl.String).to_list()
    messages = [message("rank_follows_value", higher=h, **_words(rule)) for h in higher]
    return [
        of_rows(
            table,
            frame,
            wrong["__row"].to_list(),
            rule_id=rule.id,
            column=rank,
            reads=[rank, value],
            messages=messages,
        )
    ]


def _row_count(table: Table, rule: Rule, frame: pl.DataFrame) -> list[pl.DataFrame]:
    """The number of rows is within `min` and `max`, both inclusive, either may be left out."""
    given = parameters(table, rule)
    low, high = given.get("min"), given.get("max")
    if (low is None or frame.height >= low) and (high is None or frame.height <= high):
        return []
    said = message("row_count", rows=frame.height, **bounds(low, high), **_words(rule))
    return [of_table(rule.id, said, raw_value=str(frame.height))]


def _no_value(table: Table, rule: Rule, frame: pl.DataFrame) -> list[pl.DataFrame]:
    """No row has that value; a null is not that value."""
    given = parameters(table, rule, "column")
    column = given["column"]
    rows = frame.select((pl.col(column) == pl.lit(given["value"])).fill_null(False).arg_true())
    numbers = rows.to_series().to_list()
    if not numbers:
        return []
    return [
        of_rows(
            table,
            frame,
            numbers,
            rule_id=rule.id,
            column=column,
            reads=[column],
            messages=Message(**_words(rule)),
        )
    ]


#: Missing targets that are named; further ones are counted.
_NAMED = 20


def _targets_to_visit(rule: Rule, context: Context | None) -> set[str]:
    """The targets of the register that have an address and are not left out."""
    if context is None or context.targets is None:
        raise GateError(f"{rule.id} needs Context.targets (raw_crawl_targets of the year)")
    wanted = ["target_id", "url", "exclusion_en"]
    if missing := set(wanted) - set(context.targets.column_names):
        raise GateError(f"{rule.id}: Context.targets lacks {', '.join(sorted(missing))}")
    rows = zip(*(context.targets[name].to_pylist() for name in wanted), strict=True)
    return {target for target, url, exclusion in rows if url is not None and exclusion is None}


def _expected_targets(
    table: Table, rule: Rule, frame: pl.DataFrame, context: Context | None
) -> list[pl.DataFrame]:
    """Per group of `by`: the targets are exactly those of the register that are visited."""
    by = list(parameters(table, rule, "by")["by"])
    expected = _targets_to_visit(rule, context)
    found = []
    for group, held in _numbered(frame).group_by(by, maintain_order=True):
        place = _place(by, group)
        first = held.unique("target_id", keep="first", maintain_order=True)
        targets = dict(first.select("target_id", "__row").iter_rows())
        missing = sorted(expected - set(targets))
        extra = sorted(set(targets) - expected)
        named = missing[:_NAMED]
        found += _differences(table, rule, frame, "target_id", place, targets, named, extra)
        if len(missing) > _NAMED:
            said = message("missing_targets", more=len(missing) - _NAMED, **_words(rule))
            found.append(of_table(rule.id, said, column="target_id", where=place))
    return found


def _share(rule: Rule, name: str) -> Decimal | None:
    """The limit of that name; GateError unless it is a share from 0 to 1, written as text."""
    text = rule.params.get(name)
    if text is None:
        return None
    if not (isinstance(text, str) and re.fullmatch(r"0(\.[0-9]+)?|1(\.0+)?", text)):
        raise GateError(f"{rule.id}: {name} must be a share from 0 to 1 as text, not {text!r}")
    return Decimal(text)


def _share_within(table: Table, rule: Rule, frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Per group of `by` with at least `from_rows` rows: the share with the value is within `min`
    and `max`, both inclusive. With `per`, what is counted are the values of that column, and one
    has the value if any of its rows has."""
    given = parameters(table, rule, "by", "column")
    by, per = list(given["by"]), given.get("per")
    if per is not None and per not in table.column_names:
        raise GateError(f"{rule.id}: per names {per}, not a column of the table")
    low, high = (_share(rule, name) for name in ("min", "max"))
    if low is None and high is None:
        raise GateError(f"{rule.id}: declares neither min nor max")
    has = (pl.col(given["column"]) == pl.lit(given["value"])).fill_null(False).alias("__has")
    rows = frame.select(*by, *([per] if per else []), has)
    if per is not None:
        rows = rows.group_by([*by, per], maintain_order=True).agg(pl.col("__has").any())
    found = []
    for group, held in rows.group_by(by, maintain_order=True):
        if held.height < given["from_rows"]:
            continue
        number = int(held["__has"].sum())
        share = Decimal(number) / held.height
        if (low is None or share >= low) and (high is None or share <= high):
            continue
        place = _place(by, group)
        said = message(
            "share_within",
            number=number,
            of=held.height,
            value=given["value"],
            **bounds(given.get("min"), given.get("max")),
            **_words(rule),
        )
        shown = f"{number} of {held.height}"
        found.append(of_table(rule.id, said, column=given["column"], raw_value=shown, where=place))
    return found


_BY_FRAME = {
    "rank_follows_value": _rank_follows_value,
    "row_count": _row_count,
    "no_value": _no_value,
    "share_within": _share_within,
}
