"""What codes are called: every code that is shown has a word, no word is of no code, and no two
codes of a column share one."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets import registry
from assets.analysis import audit, composition
from assets.method.load import methods
from assets.registry.codes import FILE, MANY, OF_SERIES
from assets.release.status import mapped
from assets.services.rankings import rankings_table

REPO = Path(__file__).parents[3]
HELD: dict[str, dict[str, list[str]]] = yaml.safe_load(FILE.read_text("utf-8"))
SERIES = registry.table("rel_published_values").column("index_code").codes

#: Codes of other tables than those of a release that the explorer, the analysis or a method paper
#: shows.
ELSEWHERE = (
    ("ana_universe_ranks", "universe"),
    ("ana_universe_ranks", "class"),
    ("ana_score_changes", "factor"),
    ("ana_audit", "audit_measure"),
    ("raw_method_nodes", "formula_kind"),
    ("raw_method_nodes", "basis"),
)
SHOWN = [
    *((t.name, c.name) for t in registry.tables(unit="release") for c in t.columns if c.codes),
    *ELSEWHERE,
]


def literals(pattern: str, folder: str) -> set[str]:
    """What the pattern finds in the SQL beneath a folder of models."""
    models = (REPO / "dbt_project" / "models" / folder).glob("*.sql")
    return {found for path in models for found in re.findall(pattern, path.read_text("utf-8"))}


def rules() -> set[str]:
    """Rules that the ledger's SQL can give: `x*` where it puts something behind x."""
    found = {"reviewed_correction"}
    for path in (REPO / "dbt_project" / "models" / "index" / "ledger").glob("*.sql"):
        sql = path.read_text("utf-8")
        found |= set(re.findall(r"'(\w+)' as rule", sql))
        for case in re.findall(r"(?s)\bcase\b((?:(?!\bcase\b).)*?)\bend\s+as\s+rule\b", sql):
            for rule, more in re.findall(r"(?:then|else)\s+'(\w+)'(\s*\|\|)?", case):
                found.add(rule + MANY if more else rule)
        for column, ending in re.findall(r"held\.(\w+) \|\| '(\w+)'", sql):
            declared = registry.table("ind_case_years").column(column)
            found |= {f"{code}{ending}" for code in declared.codes}
    matched = registry.table("stg_name_matches").column("match_rule").codes
    found |= {f"name_{code}" for code in matched if code not in ("exact", "alias")}
    return found - {"name_*"}


def asked_units() -> set[str]:
    """Units of the figures that the methods ask for."""
    return {entry.unit for method in methods() for entry in method.inputs}


def layouts(key: str) -> set[str]:
    """Values of a key anywhere in the layouts of reports."""
    found: set[str] = set()

    def walk(entry: Any) -> None:
        if isinstance(entry, dict):
            found.update([entry[key]] if isinstance(entry.get(key), str) else [])
            for below in entry.values():
                walk(below)
        elif isinstance(entry, list):
            for below in entry:
                walk(below)

    for path in (REPO / "assets" / "reports" / "layouts").glob("*.yaml"):
        walk(yaml.safe_load(path.read_text("utf-8")))
    return found


def categories() -> set[str]:
    """Categories of published figures, of the report, of the ledger and of whole methods."""
    tops = {slug for m in methods() for path, _ in m.walk() if path.count("/") == 1
            for slug in path.split("/") if path.startswith("overall/")}  # fmt: skip
    return layouts("category") | literals(r"'(\w+)' as category", "index/ledger") | tops


def undeclared() -> dict[str, set[str]]:
    """Codes of columns whose codes the registry does not list, as what makes them has them."""
    return {
        "category": categories(),
        "table_no": categories(),
        "other_item": {audit.ALL, composition.REST},
        "item": literals(r"'(\w+)' as item", "index/ledger"),
        "rule": rules(),
        "universe": set(registry.table("rel_published_values").column("block").codes),
        "national_measure": national_texts(),
        "unit": layouts("unit") | set(unit_texts().values()) | national_texts() | asked_units(),
        "scope": layouts("scope"),
        "months_missing": {"none"},
        "ranking": set(rankings_table()["ranking"].to_pylist()),
        "figure_status": {word for told in mapped().words.values() for word in told},
    }


def national_texts() -> set[str]:
    """Texts of the model of national totals; some are told by level in a loop."""
    model = REPO / "dbt_project" / "models" / "index" / "idx_national_totals.sql"
    written = re.findall(r"'([\w{} ]+)'", model.read_text("utf-8"))
    levels = ("level3", "level4")
    return {name.replace("{{ level }}", level) for name in written for level in levels}


def unit_texts() -> dict[str, str]:
    """Units that texts of the report name."""
    path = REPO / "assets" / "reports" / "layouts" / "report_2016.yaml"
    found: dict[str, str] = yaml.safe_load(path.read_text("utf-8"))["unit_texts"]
    return found


@pytest.mark.parametrize(("table", "column"), SHOWN)
def test_every_code_that_is_shown_has_a_word(table: str, column: str) -> None:
    codes = set(registry.table(table).column(column).codes)
    assert codes
    assert codes <= set(registry.words(column)), codes - set(registry.words(column))


@pytest.mark.parametrize("column", ["category", "item", "ranking", "rule", "figure_status"])
def test_every_code_that_no_table_lists_has_a_word(column: str) -> None:
    codes = undeclared()[column]
    assert len(codes) > 3
    assert codes <= set(registry.words(column)), codes - set(registry.words(column))


def test_no_word_is_of_no_code() -> None:
    """Columns that share a list share what there is."""
    existing = defaultdict(set, undeclared())
    for table in registry.tables():
        for column in table.columns:
            existing[column.name] |= set(column.codes)
    for codes in HELD.values():
        sharing = [column for column, other in HELD.items() if other is codes]
        found = set().union(*(existing[column] for column in sharing))
        dead = {code for code in codes if code.rpartition(OF_SERIES)[2] not in found}
        assert not dead, (sharing, dead)
    declared = {column.name for table in registry.tables() for column in table.columns}
    assert set(HELD) <= declared


def test_words_of_codes_are_told_apart_in_both_languages() -> None:
    for column in HELD:
        for series in (None, *SERIES):
            for language in (0, 1):
                said = [word[language] for word in registry.words(column, series).values()]
                assert len(set(said)) == len(said), (column, series, sorted(said))


def test_every_word_is_whole_in_both_languages() -> None:
    for column, codes in registry.entries().items():
        for code, word in codes.items():
            assert len(HELD[column][code]) == 2, (column, code)
            assert all(text and text == " ".join(text.split()) for text in word), (column, code)


def test_a_code_of_one_series_may_mean_something_else() -> None:
    assert registry.words("category", "dti")["infrastructure"].vi == "Hạ tầng số"
    assert registry.words("category", "assessment")["infrastructure"].vi == "Hạ tầng kỹ thuật CNTT"
    assert registry.words("category")["infrastructure"].en == "IT infrastructure"
    assert not [code for code in registry.words("category", "dti") if OF_SERIES in code]
    assert list(registry.words("category", "dti")) == list(registry.words("category"))
    assert {code.partition(OF_SERIES)[0] for codes in HELD.values() for code in codes
            if OF_SERIES in code} <= set(SERIES)  # fmt: skip


def test_codes_of_parts_and_of_one_beginning_are_named() -> None:
    reviewed = registry.word("rule", "reviewed_correction: sum_differs")
    assert reviewed == (
        "đính chính đã xem xét: tổng không khớp",
        "reviewed correction: the sum differs",
    )
    assert registry.word("rule", "reviewed_correction: x") == (
        "đính chính đã xem xét: x", "reviewed correction: x",
    )  # fmt: skip
    assert registry.word("rule", "not_computed_missing") == ("không tính được", "not computed")
    one, other = (
        registry.word("rule", f"no_count_{end}") for end in ("of_the_month", "not_stated")
    )
    assert one is not None
    assert one != other
    assert registry.word("rule", "shoe: sum_differs") is None
    assert registry.word("shoe_size", "rank: 4") is None


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Toàn văn chính thức", "toàn văn chính thức"),
        ("Đô thị thông minh", "đô thị thông minh"),
        ("IT infrastructure", "IT infrastructure"),
        ("DTI 2024", "DTI 2024"),
        ("", ""),
    ],
)
def test_words_begin_small_inside_a_sentence(label: str, inside: str) -> None:
    assert registry.uncapitalised(label) == inside
