"""Differences between two vintages: rows, columns, causes, movers; empty on itself, mirrored."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_samples import (
    FORMULA,
    HA_GIANG,
    LAO_CAI,
    LISTED,
    REPORT,
    Tables,
    promote_release,
    published,
    source,
    sources,
    table,
    with_rows,
)

from assets import registry
from assets.lake import CorruptVersion
from assets.release.diff.between import diff, open_folder, side_of, table_diff
from assets.release.diff.effect import effect_of, list_label
from assets.release.diff.model import ADDED, CHANGED, MOVED, OPPOSITE, REMOVED, Diff, Side
from assets.release.diff.page import as_page
from assets.release.diff.text import as_parquet, as_text
from assets.release.tables import build_tables

OTHER = "9" * 64


def side(tables: Tables, code: str = "code", **methods: str) -> Side:
    return Side("2016 v1", "2016", 1, "", code, {}, methods, build_tables(tables), {})


def values(*rows: dict[str, Any]) -> Tables:
    """The sample with other published values."""
    return {**sources(), "idx_published_values": table("idx_published_values", *rows)}


FIRST = published(LAO_CAI, 1, "1.000", value_key="2016:4.9/r1")
SECOND = published(HA_GIANG, 2, "0.923", value_key="2016:4.9/r2")


def changes(found: Diff, name: str = "rel_published_values") -> list[tuple[str, str, Any]]:
    return [(c.kind, str(c.row["body_code"]), c.columns) for c in found.changes if c.table == name]


def test_a_vintage_does_not_differ_from_itself() -> None:
    found = diff(side(sources()), side(sources()))
    assert found.is_empty
    assert list(found.changes) == []
    assert as_text(found).splitlines()[-1] == "No row, column or other file differs."
    assert pq.read_table(io.BytesIO(as_parquet(found))).num_rows == 0


def test_rows_added_removed_and_changed_by_column() -> None:
    before = values(FIRST, SECOND)
    third = published({**HA_GIANG, "body_code": "P-03", "body_name": "C"}, 3, "0.5", value_key="k")
    after = values({**FIRST, "published_rank": 2, "published_value": Decimal("0.9")}, third)
    found = diff(side(before), side(after))
    assert changes(found) == [
        (REMOVED, "P-02", ()),
        (ADDED, "P-03", ()),
        (CHANGED, "P-10", ("published_rank", "published_value")),
    ]
    (one,) = [t for t in found.tables if t.table == "rel_published_values"]
    assert (one.count(ADDED), one.count(REMOVED), one.count(CHANGED)) == (1, 1, 1)
    assert one.by_column() == {"published_rank": 1, "published_value": 1}


def test_a_row_that_only_stands_elsewhere_in_the_source_is_moved() -> None:
    after = values(
        {**FIRST, "line_no": 7, "value_key": "2016:4.9/r9", "file_sha256": OTHER}, SECOND
    )
    found = diff(side(values(FIRST, SECOND)), side(after))
    assert changes(found) == [(MOVED, "P-10", ("value_key", "line_no", "file_sha256"))]
    assert effect_of(found).bodies == 0


def test_two_bodies_that_change_places_move_by_one_rank_each() -> None:
    swapped = values(
        {
            **SECOND,
            "published_rank": 1,
            "published_value": Decimal("1"),
            "value_key": "2016:4.9/r1",
        },
        {**FIRST, "published_rank": 2, "published_value": Decimal("0.923"), "value_key": "x"},
    )
    effect = effect_of(diff(side(values(FIRST, SECOND)), side(swapped)))
    assert (effect.bodies, effect.ranks, effect.values) == (2, 2, 2)
    assert [(m.body_name, m.rank_before, m.rank_after, m.value_after) for m in effect.movers] == [
        ("Hà Giang", 2, 1, "1"),
        ("Lào Cai", 1, 2, "0.923"),
    ]


def test_a_rank_by_services_is_named_by_its_ranking_and_has_the_figure_as_value() -> None:
    ranked = {**LISTED, "body_code": "P-10", "body_name": "Lào Cai", "ranking": "cases_online"}

    def with_rank(rank: int, figure: int) -> Tables:
        rows = {**ranked, "rank": rank, "rank_key": Decimal(figure), "coverage": "1 of 63"}
        return {**sources(), "idx_service_ranks": table("idx_service_ranks", rows)}

    found = diff(side(with_rank(4, 100)), side(with_rank(2, 120)))
    (mover,) = effect_of(found).movers
    assert (mover.rank_before, mover.rank_after) == (4, 2)
    assert (mover.value_before, mover.value_after) == ("100", "120")
    assert list_label(mover.list, "en") == "Level of IT use, 63 provinces, Cases filed online"


def test_a_rank_that_is_lost_is_told() -> None:
    after = values(FIRST, {**SECOND, "published_rank": None, "rank_status": "not_printed"})
    (mover,) = effect_of(diff(side(values(FIRST, SECOND)), side(after))).movers
    assert (mover.rank_before, mover.rank_after, mover.places) == (2, None, 2)


def _with_file(tables: Tables, kind: str, file_sha256: str, **row: Any) -> Tables:
    return with_rows(tables, "raw_intake_files", source(file_sha256, kind, **row))


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("assessment_report", "data"),
        ("confirmation", "data"),
        ("observation_override", "correction"),
        ("bodies", "body"),
        ("memberships", "body"),
    ],
)
def test_the_only_cause_at_work_is_the_cause_of_every_row(kind: str, cause: str) -> None:
    after = _with_file(values(FIRST), kind, OTHER)
    if kind == "observation_override":
        after = with_rows(after, "raw_overrides", {"file_sha256": OTHER})
    if kind == "confirmation":
        after = with_rows(after, "raw_confirmations", {"file_sha256": OTHER})
    found = diff(side(values(FIRST, SECOND)), side(after))
    assert set(found.evidence) == {cause}
    assert {c.causes for c in found.changes} == {(cause,)}
    assert f"{kind}.csv: none → {OTHER[:12]}" in found.evidence[cause][0]


def test_code_and_method_are_causes_too() -> None:
    before, after = values(FIRST, SECOND), values(FIRST)
    by_code = diff(side(before), side(after, code="other"))
    assert by_code.by_cause() == {("code",): 1}
    scored = {**before, "idx_scores": table("idx_scores", {**LAO_CAI, "criterion": "x", "rank": 9})}
    by_method = diff(side(before, a="1"), side(scored, a="2"))
    assert {c.causes for c in by_method.changes} == {("method",)}


def test_where_several_are_at_work_a_row_is_laid_to_what_it_shows_itself() -> None:
    before = _with_file(values(FIRST, SECOND), "assessment_report", "8" * 64)
    after = _with_file(
        values(
            {**FIRST, "published_rank": 5, "file_sha256": OTHER},
            {**SECOND, "body_name": "Hà Giang mới"},
        ),
        "assessment_report",
        OTHER,
    )
    found = diff(side(_with_file(before, "bodies", "7" * 64)), side(after, code="other", a="1"))
    causes = {c.row["body_code"]: c.causes for c in found.changes if "published_" in c.table}
    assert causes == {"P-10": ("data",), "P-02": ("body",)}
    ledger = with_rows(after, "idx_reconciliation", {**LAO_CAI_LEDGER})
    both = diff(side(before), side(ledger, code="other", a="1"))
    (row,) = [c for c in both.changes if c.table == "rel_reconciliation"]
    assert row.causes == ("data", "method", "code")


LAO_CAI_LEDGER = {"index_code": "assessment", "universe": "province_63", "body_code": "P-10"} | {
    "item": "rank", "subject": "another", "class": "match", "rule": "x", "file_sha256": REPORT,
}  # fmt: skip


def test_tables_and_columns_that_one_side_lacks() -> None:
    frame = build_tables(sources())["rel_published_values"]
    found = table_diff("rel_published_values", frame, frame.drop_columns(["trust"]))
    assert (found.columns_removed, found.columns_added, found.changes) == (("trust",), (), ())
    gone = table_diff("rel_published_values", frame, None)
    assert gone.count(REMOVED) == frame.num_rows
    unknown = table_diff("rel_new", None, pa.table({"a": [1, None]}))
    assert unknown.count(ADDED) == 2


def test_folders_are_read_wherever_they_lie_and_verified(sealed: Path, folder: Path) -> None:
    found = diff(side_of(open_folder(sealed)), side_of(open_folder(folder)))
    assert found.is_empty
    (folder / "ranks.parquet").write_bytes((folder / "sources.parquet").read_bytes())
    with pytest.raises(CorruptVersion, match=r"ranks\.parquet"):
        side_of(open_folder(folder))
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(CorruptVersion, match="not the manifest of a sealed release"):
        open_folder(folder)


def test_other_files_that_differ_are_named(tmp_path: Path, sealed: Path) -> None:
    other = promote_release(tmp_path, "other", values(FIRST))
    found = diff(side_of(open_folder(sealed)), side_of(open_folder(other)))
    assert "README.md" in found.files
    assert "observation_status.parquet" in found.files
    repeated = {name for name in found.files if name.endswith((".csv", ".parquet", ".sha256"))}
    assert repeated == {"observation_status.parquet"}
    assert "rel_observation_status" not in {table.table for table in found.tables}
    assert not any(name.startswith("json/") for name in found.files)


def test_the_parquet_file_has_a_row_a_cell() -> None:
    after = values({**FIRST, "published_rank": 3})
    rows = pq.read_table(
        io.BytesIO(as_parquet(diff(side(values(FIRST, SECOND)), side(after, code="new"))))
    ).to_pylist()
    assert [(r["change"], r["column"], r["before"], r["after"], r["cause"]) for r in rows] == [
        ("removed", None, None, None, "code"),
        ("changed", "published_rank", "1", "3", "code"),
    ]
    assert '"body_code": "P-02"' in rows[0]["row_key"]


def test_the_page_is_escaped_in_two_languages_and_runs_nothing() -> None:
    name = '<script>alert("x")</script>&'
    before, after = values(FIRST), values({**FIRST, "published_rank": 9, "body_name": name})
    page = as_page(diff(side(before), side(after, code="new")))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert '<section id="vi" lang="vi">' in page
    assert '<section id="en" lang="en">' in page
    assert "1 → 9" in page
    assert "hạng công bố" in page
    assert "http" not in page.replace("http-equiv", "")
    assert page == as_page(diff(side(before), side(after, code="new")))


def test_what_is_shown_as_text_cannot_act_on_a_terminal() -> None:
    name = "\x1b[31mx\u202e"
    before, after = values(FIRST), values({**FIRST, "published_rank": 9, "body_name": name})
    said = as_text(diff(side(before), side(after, code="new")))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "published rank 1 → 9" in said


rows_of_values = st.lists(
    st.builds(
        published,
        st.sampled_from([LAO_CAI, HA_GIANG, {**LAO_CAI, "body_code": "P-03"}]),
        st.none() | st.integers(1, 3),
        st.none() | st.sampled_from(["1.000", "0.5"]),
        value_key=st.sampled_from(["k1", "k2"]),
        category=st.sampled_from(["policy", "portal"]),
        file_sha256=st.sampled_from([REPORT, OTHER]),
        source_ref=st.sampled_from([None, FORMULA]),
    ),
    max_size=6,
)
sides = st.builds(
    lambda rows, code, method, file: side(
        _with_file(values(*rows), "assessment_report", file, received_at=date(2017, 1, 1)),
        code,
        m=method,
    ),
    rows_of_values,
    st.sampled_from(["c1", "c2"]),
    st.sampled_from(["m1", "m2"]),
    st.sampled_from(["7" * 64, OTHER]),
)


@settings(max_examples=100, deadline=None)
@given(one=sides, other=sides)
def test_a_diff_is_empty_on_itself_and_mirrors_its_reverse(one: Side, other: Side) -> None:
    assert diff(one, one).is_empty
    there, back = diff(one, other), diff(other, one)
    assert [
        (c.table, OPPOSITE[c.kind], c.key, c.after, c.before, c.columns, c.causes)
        for c in there.changes
    ] == [(c.table, c.kind, c.key, c.before, c.after, c.columns, c.causes) for c in back.changes]
    assert set(there.evidence) == set(back.evidence)
    assert there.files == back.files
    forth, reverse = effect_of(there), effect_of(back)
    assert (forth.bodies, forth.ranks, forth.values) == (
        reverse.bodies,
        reverse.ranks,
        reverse.values,
    )
    assert [(m.body_code, m.rank_before, m.rank_after) for m in forth.movers] == [
        (m.body_code, m.rank_after, m.rank_before) for m in reverse.movers
    ]
    as_page(there)
    assert as_parquet(there) == as_parquet(diff(one, other))


def test_every_table_of_a_release_can_be_compared() -> None:
    before, after = build_tables(sources()), build_tables(with_rows(sources(), "ind_websites"))
    for declared in registry.tables(unit="release"):
        assert table_diff(declared.name, before[declared.name], after[declared.name]).changes == ()
