"""General tables, for what no layout covers: one per index, set of bodies and category.

Belongs here: published values as they are held, and computed values, each in chapters of their
own. Does not belong here: the report's own tables (`ranked`, `statistics`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from assets.release.annex.frames import Frames, Row, first
from assets.release.annex.layout import said
from assets.release.annex.model import Cell, Chapter, Column, Note, Said, Table
from assets.release.annex.notes import letter
from assets.release.annex.numbers import spelled
from assets.release.annex.words import named, sentence, words

#: Columns of both kinds of tables: name in words.yaml, width, alignment.
PUBLISHED = (("rank", 12, "center"), ("body", 44, "left"), ("value", 18, "right"),
             ("trust", 26, "left"))  # fmt: skip
COMPUTED = (("computed_rank", 14, "center"), ("body", 44, "left"), ("points", 14, "right"),
            ("max_points", 14, "right"), ("computed_value", 14, "right"))  # fmt: skip


def listed_chapters(frames: Frames, covered: Collection[str]) -> list[Chapter]:
    """Chapters A, B, ...: published values that are in no table of `covered`, then computed ones.

    A computed table is made for every criterion by which bodies are ranked.
    """
    values = sorted(
        frames.rows("rel_published_values"), key=lambda row: row["category"] != "overall"
    )
    published = [row for row in values if row["table_no"] not in covered]
    computed = [row for row in frames.rows("rel_scores") if row["ranking"] is not None]
    made = [
        *((_published_chapter, series) for series in _groups(published, "index_code", "universe")),
        *((_computed_chapter, series) for series in _groups(computed, "index_code", "universe")),
    ]
    return [
        chapter(letter(no).upper(), series, frames) for no, (chapter, series) in enumerate(made)
    ]


def _groups(rows: Iterable[Row], *names: str) -> list[list[Row]]:
    """Rows that agree in these columns; the groups come in the order they are first met."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return list(found.values())


def _published_chapter(sign: str, series: list[Row], frames: Frames) -> Chapter:
    tables = []
    for number, rows in enumerate(_groups(series, "category"), start=1):
        ordered = sorted(
            rows, key=lambda row: _order(row["published_rank"], row["published_value"], row)
        )
        category, universe = (named(rows[0], kind) for kind in ("category", "universe"))
        tables.append(
            Table(
                label=sentence("table", number=f"{sign}.{number}"),
                title=_both("published.title", rows[0], category=category, universe=universe),
                columns=_columns(PUBLISHED),
                rows=tuple(_published_cells(row, frames) for row in ordered),
                notes=_published_notes(rows, frames),
            )
        )
    return Chapter(_chapter_title("published.chapter", sign, series[0]), tuple(tables))


def _published_cells(row: Row, frames: Frames) -> tuple[Cell, ...]:
    trust = named(row, "trust")
    return (
        _number(row["published_rank"], 0),
        _body(row, frames),
        _number(row["published_value"], row["decimals"] or 0),
        Cell((trust.vi,), trust.en),
    )


def _published_notes(rows: list[Row], frames: Frames) -> tuple[Note, ...]:
    key = {name: rows[0][name] for name in ("index_code", "universe", "category")}
    coverage = first(frames.rows("rel_coverage"), **key)
    statuses, codes = ({row[name] for row in rows} for name in ("rank_status", "body_code"))
    said_below = [
        *([_coverage(coverage)] if coverage else []),
        *([sentence("published.derived")] if "derived" in statuses else []),
        *([sentence("published.no_rank")] if _any_null(rows, "published_rank") else []),
        *([sentence("published.two_sources")] if len(codes) < len(rows) else []),
        *([sentence("published.no_value")] if _any_null(rows, "published_value") else []),
    ]
    return tuple(Note("", text) for text in said_below)


def _coverage(row: Row) -> Said:
    """'Có số liệu của 53/63 tỉnh', with the lowest trust of the list."""
    unit, trust = said(words()["units"][row["block"]]), named(row, "trust")
    place = "coverage" if row["bodies_expected"] is not None else "coverage_unknown"
    return sentence(
        f"published.{place}",
        held=row["bodies_held"],
        expected=row["bodies_expected"],
        unit_vi=unit.vi,
        unit_en=unit.en,
        trust_vi=trust.vi,
        trust_en=trust.en,
    )


def _computed_chapter(sign: str, series: list[Row], frames: Frames) -> Chapter:
    tables = []
    for number, rows in enumerate(_groups(series, "criterion"), start=1):
        ordered = sorted(rows, key=lambda row: _order(row["rank"], row["index_value"], row))
        criterion = Said(rows[0]["criterion_vi"], rows[0]["criterion_en"])
        tables.append(
            Table(
                label=sentence("table", number=f"{sign}.{number}"),
                title=_both("computed.title", rows[0], criterion=criterion),
                columns=_columns(COMPUTED),
                rows=tuple(_computed_cells(row, frames) for row in ordered),
                notes=_computed_notes(rows),
            )
        )
    synthetic = any(row["is_synthetic"] for row in series)
    remarks = (
        *([sentence("computed.synthetic")] if synthetic else []),
        sentence("computed.remark"),
    )
    return Chapter(_chapter_title("computed.chapter", sign, series[0]), tuple(tables), remarks)


def _computed_cells(row: Row, frames: Frames) -> tuple[Cell, ...]:
    return (
        _number(row["rank"], 0),
        _body(row, frames),
        _number(row["points"], 2),
        _number(row["max_points"], 2),
        _number(row["index_value"], row["decimals"]),
    )


def _computed_notes(rows: list[Row]) -> tuple[Note, ...]:
    unit = said(words()["units"][rows[0]["block"]])
    held = sum(row["index_value"] is not None for row in rows)
    unscored = {r["score_status"]: r for r in rows if r["index_value"] is None}
    reasons = [named(row, "score_status") for _, row in sorted(unscored.items())]
    open_ = Said("; ".join(one.vi for one in reasons), "; ".join(one.en for one in reasons))
    incomplete = sum(row["is_incomplete"] for row in rows)
    said_below = [
        *([sentence("computed.synthetic")] if any(row["is_synthetic"] for row in rows) else []),
        sentence(
            "computed.coverage", held=held, expected=len(rows), unit_vi=unit.vi, unit_en=unit.en
        ),
        *(
            [sentence("computed.open", statuses_vi=open_.vi, statuses_en=open_.en)]
            if unscored
            else []
        ),
        *([sentence("computed.incomplete", count=incomplete)] if incomplete else []),
        *([sentence("computed.reconstructed")] if any(r["is_reconstructed"] for r in rows) else []),
    ]
    return tuple(Note("", text) for text in said_below)


def _chapter_title(place: str, sign: str, row: Row) -> Said:
    return _both(
        place,
        row,
        letter=Said(sign, sign),
        index=named(row, "index_code"),
        universe=named(row, "universe"),
    )


def _both(place: str, row: Row, **texts: Said) -> Said:
    """A sentence whose figures are texts in both languages, and the year."""
    vi = sentence(place, year=row["assessment_year"], **{k: v.vi for k, v in texts.items()})
    en = sentence(place, year=row["assessment_year"], **{k: v.en for k, v in texts.items()})
    return Said(vi.vi, en.en)


def _columns(spec: tuple[tuple[str, int, str], ...]) -> tuple[Column, ...]:
    heads = words()["columns"]
    return tuple(Column(said(heads[name]), width, align) for name, width, align in spec)


def _order(rank: int | None, value: Decimal | None, row: Row) -> tuple[Any, ...]:
    """By rank; without one by value, the largest first; then by name."""
    return (
        rank is None,
        rank or 0,
        value is None,
        -(value or 0),
        row["body_name"],
        row["body_code"],
    )


def _any_null(rows: Iterable[Row], name: str) -> bool:
    return any(row[name] is None for row in rows)


def _body(row: Row, frames: Frames) -> Cell:
    english = "" if row["block"] == "province" else frames.english_name(row["body_code"])
    return Cell((row["body_name"],), english)


def _number(value: Decimal | int | None, decimals: int) -> Cell:
    return Cell((words()["none"] if value is None else spelled(value, decimals, "vi"),))
