"""What is said: both languages alike, official number form, why two years are not comparable, and
no cause that no source states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from string import Formatter
from typing import Any

import pytest
import yaml
from analysis_samples import finder, ranked_list

from assets import registry
from assets.analysis.lists import RankedList
from assets.analysis.numbers import root, shown, shown_briefly, written
from assets.analysis.pairs import Pair
from assets.analysis.rank_parts import rank_parts
from assets.analysis.sentences import sentence
from assets.analysis.summaries import body_years, summary_rows
from assets.analysis.words import FILE, LANGUAGES, Names, say

WORDINGS: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
NAMES = Names(finder(), {"A": "Province A"})
COMPARABILITY = registry.table("ana_rank_changes").column("comparability").codes


def wordings(entry: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if set(entry) == {"vi", "en"}:
        yield path, entry
        return
    for name, below in entry.items():
        yield from wordings(below, f"{path}/{name}")


@pytest.mark.parametrize(("path", "entry"), list(wordings(WORDINGS)))
def test_both_languages_say_the_same(path: str, entry: dict[str, str]) -> None:
    fields = [
        {field for _, field, _, _ in Formatter().parse(entry[language]) if field}
        for language in LANGUAGES
    ]
    assert fields[0] == fields[1], path
    assert not re.search(r"\bvì (?:chủ quan|yếu kém)|due to|because of", entry["vi"] + entry["en"])


def test_there_are_words_for_every_code() -> None:
    assert set(WORDINGS["sentences"]) == set(COMPARABILITY)
    assert set(COMPARABILITY) <= set(WORDINGS["summaries"])
    declared = registry.table("raw_history_values")
    assert set(WORDINGS["decisions"]) == set(declared.column("regime").codes)
    sources = registry.table("ana_rank_changes").column("rank_source").codes
    assert set(WORDINGS["rank_sources"]) == set(sources)


def test_a_wording_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match=r"wording\.yaml has no decisions/dti_2031/vi"):
        say("vi", "decisions", "dti_2031")


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        ("0.1285", 3, "0,128", "0.128"),  # half to even
        ("-7.5", 1, "−7,5", "−7.5"),
        ("1234.5", 2, "1234,50", "1234.50"),
    ],
)
def test_numbers_read_as_each_language_writes_them(
    value: str, decimals: int, vi: str, en: str
) -> None:
    assert [shown(Decimal(value), decimals, language) for language in LANGUAGES] == [vi, en]


def test_signs_are_shown_where_asked_for() -> None:
    assert shown_briefly(Decimal("27.500000"), "vi") == "+27,5"
    assert shown_briefly(Decimal("-0.333333"), "en") == "−0.33"
    assert shown_briefly(Decimal(30), "en") == "+30"
    assert shown_briefly(Decimal(0), "en") == "0"
    assert written(Fraction(-1, 3), 4) == Decimal("-0.3333")
    assert root(Fraction(2), 6) == Fraction(1414213, 1000000)


def pair(before: RankedList, after: RankedList, comparability: str = "comparable") -> Pair:
    from_rank, rank = before.ranks["A"], after.ranks["A"]
    return Pair("A", before, after, from_rank[0], rank[0], rank[1], comparability)


BEFORE = ranked_list({"A": "60", "B": "70", "C": "50"}, year=2022)
AFTER = ranked_list({"A": "80.5", "B": "75", "C": "90"}, year=2023)


def test_a_change_is_told_with_its_parts() -> None:
    moved = pair(BEFORE, AFTER)
    parts = rank_parts(moved, None)
    assert parts["own_part"] == Decimal("1.000000")
    assert parts["peers_part"] == Decimal("-1.000000")
    said = {language: sentence(moved, parts, [], NAMES, language) for language in LANGUAGES}
    assert said["vi"] == (
        "Chỉ số tổng thể: Tỉnh A giữ nguyên hạng 2 trong hai năm 2022 và 2023, giá trị từ 60,00 "
        "lên 80,50; về số học, thay đổi giá trị của chính cơ quan ứng với +1 bậc, thay đổi giá trị "
        "của các cơ quan khác ứng với −1 bậc; xếp theo giá trị công bố, nguồn không in thứ hạng."
    )
    assert said["en"] == (
        "Overall index: Province A: rank 2 in both 2022 and 2023, value from 60.00 up to 80.50; by "
        "arithmetic, the body's own value accounts for +1 places, the values of the others for −1 "
        "places; ranked by the published values, as the source prints no ranks."
    )


def test_ranks_that_the_print_hides_are_a_part_of_their_own() -> None:
    """Printed rank 2 on a value that ties with the first: the tie is broken behind the print."""
    before = ranked_list({"A": "60", "B": "60"}, ranks={"A": 2, "B": 1}, year=2022)
    after = ranked_list({"A": "60", "B": "60"}, ranks={"A": 1, "B": 2}, year=2023)
    parts = rank_parts(pair(before, after), None)
    assert parts == {
        "own_part": 0, "peers_part": 0, "method_part": 0, "universe_part": 0, "rounding_part": 1,
    }  # fmt: skip


@pytest.mark.parametrize("code", [code for code in COMPARABILITY if code != "comparable"])
def test_years_that_cannot_be_compared_have_no_parts_and_say_why(code: str) -> None:
    apart = pair(BEFORE, AFTER, code)
    parts = rank_parts(apart, None)
    assert set(parts.values()) == {None}
    assert "không so sánh được" in sentence(apart, parts, [], NAMES, "vi")
    assert "not comparable" in sentence(apart, parts, [], NAMES, "en")


def test_a_summary_says_what_a_year_did_not_publish() -> None:
    """A year of which no full report is held: nothing is known to be unpublished."""
    online = ranked_list({"A": "7", "B": "6"}, category="online", year=2023)
    lists = {held.key: held for held in (BEFORE, AFTER, online)}
    moved = pair(BEFORE, AFTER, "partial_year")
    (row,) = (
        row
        for row in summary_rows(body_years(lists, [moved]), {}, {}, NAMES)
        if row["body_code"] == "A"
    )
    assert (
        "Cung cấp dịch vụ trực tuyến: hạng 1, giá trị 7,00 năm 2023; năm 2022 hiện chưa có số liệu."
        in row["text_vi"]
    )
    assert row["text_en"].endswith("state no cause of the difference between the two years.")
