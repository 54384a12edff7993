"""Markup, number formats, names and sentences by themselves."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.reports.cells import read_bodies
from assets.reports.errors import UnreadableError
from assets.reports.lines import caption
from assets.reports.markup import clean, comparable, link_url, list_items
from assets.reports.numbers import (
    read_count,
    read_fraction,
    read_index,
    read_measured,
    read_percent,
    read_rank,
)
from assets.reports.sentences import read_statement, sentence_rules, split_statements


def test_markup():
    assert clean("<b>Tổng  cộng</b>") == clean("**Tổng cộng**") == "Tổng cộng"
    assert clean(r"năm 2016 (\*)") == "năm 2016 (*)"
    assert clean("Tổng số hồ sơ (**)") == "Tổng số hồ sơ (**)"
    assert comparable("<b>Tổng số Hồ sơ (**)</b>") == "tổng số hồ sơ"
    assert link_url('<a href="http://thai binh.gov.vn">x</a>') == "http://thai binh.gov.vn"
    assert link_url("www.moha.gov.vn") is None
    assert list_items("a <ul> <li>- b</li> <li>c</li> </ul>") == ["a", "- b", "c"]


def test_captions():
    assert caption("**Bảng 2.1.** Chỉ số") == ("2.1", "Chỉ số")
    assert caption("**Bảng 4.7. Xếp hạng (DVCTT)**") == ("4.7", "Xếp hạng (DVCTT)")
    assert caption("<b>Bảng 2.1.</b> Chỉ số .....\t9") is None
    assert caption("<b>Bảng 2.1.</b> Chỉ số ..... 9") is None
    assert caption("Kết quả được thể hiện tại Bảng 2.1.") is None
    assert caption("Bảng 2.1. không in đậm") is None


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("1.374", 1374, "count_grouped_point"),
        ("1,374", 1374, "count_grouped_comma"),
        ("1374", 1374, "count_plain"),
        ("04", 4, "count_plain"),
        ("21.383.410", 21383410, "count_grouped_point"),
    ],
)
def test_counts(text, value, rule):
    number = read_count(text)
    assert (number.value, number.decimals, number.rule) == (value, 0, rule)


@pytest.mark.parametrize("text", ["", "1.37", "1.374,000", "0.998", "1374.000", "-1", "1 374", "١"])
def test_no_counts(text):
    with pytest.raises(UnreadableError, match="count_unreadable"):
        read_count(text)


def test_index_values():
    assert read_index("1,000", 3).value == 1
    assert (read_index("0.998", 3).value, read_index("0.998", 3).rule) == (
        Decimal("0.998"), "index_point",
    )  # fmt: skip
    for text in ("1,001", "0,87", "1", "0,8750", "1.374", "0;998", ""):
        with pytest.raises(UnreadableError, match="index_unreadable"):
            read_index(text, 3)


def test_percentages_and_measured_figures():
    assert [read_percent(t).value for t in ("92.36%", "34,4%", "100%")] == [
        Decimal("92.36"), Decimal("34.4"), Decimal(100),
    ]  # fmt: skip
    for text in ("92.36", "100,1%", "%", "9 2%"):
        with pytest.raises(UnreadableError, match="percent_unreadable"):
            read_percent(text)
    units = {"người/cơ quan": "persons per unit"}
    number, unit = read_measured("3,08 người/cơ quan", units)
    assert (number.value, number.decimals, unit) == (Decimal("3.08"), 2, "persons per unit")
    with pytest.raises(UnreadableError, match="measured_unreadable"):
        read_measured("3,08 người", units)


def test_fractions():
    fraction = read_fraction("53/63 tỉnh", {"tỉnh": "provinces"})
    assert fraction is not None
    upper, lower, unit = fraction
    assert (upper.value, lower.value, unit) == (53, 63, "provinces")
    assert read_fraction("Tính trong 18 Bộ", {}) is None
    assert read_fraction("53/63 xã", {"tỉnh": "provinces"}) is None


@pytest.mark.parametrize("text", ["0", "201", "1,5", "x", ""])
def test_no_ranks(text):
    with pytest.raises(UnreadableError, match="rank_unreadable"):
        read_rank(text)


@given(st.integers(0, 999_999_999_999))
def test_counts_read_back(number):
    assert read_count(f"{number:,}").value == number
    assert read_count(f"{number:,}".replace(",", ".")).value == number
    assert read_count(str(number)).value == number


@given(st.integers(0, 1000), st.sampled_from(",."))
def test_index_values_read_back(thousandths, mark):
    value = Decimal(thousandths) / 1000
    assert read_index(f"{value:.3f}".replace(".", mark), 3).value == value


def test_names():
    assert read_bodies("Bộ Văn hóa, Thể thao và Du lịch", ";") == [
        ("Bộ Văn hóa, Thể thao và Du lịch", None)
    ]
    assert read_bodies("Bạc Liêu, Bắc Kạn; TP. Cần Thơ", ";,") == [
        ("Bạc Liêu", None), ("Bắc Kạn", None), ("TP. Cần Thơ", None),
    ]  # fmt: skip
    assert read_bodies("Thanh tra (một; hai); Ủy ban Dân tộc", ";") == [
        ("Thanh tra", "một; hai"), ("Ủy ban Dân tộc", None),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "Bạc Liêu;", "123", "Thanh tra (do", "x" * 201, "a;" * 2001])
def test_no_names(text):
    with pytest.raises(UnreadableError, match="body_unreadable"):
        read_bodies(text, ";,")


def test_every_real_statement_fits_exactly_one_pattern(report):
    def split(cell):
        return split_statements(cell["raw_text"])

    cells = [
        c
        for c in report.cells.to_pylist()
        if c["column_name"] in ("cases_level3", "cases_level4") and c["row_kind"] != "header"
    ]
    texts = [text for cell in cells for text in split(cell)]
    fits = {text: [r.id for r in sentence_rules() if r.regex.fullmatch(text)] for text in texts}
    assert all(len(rules) == 1 for rules in fits.values()), fits
    assert {rules[0] for rules in fits.values()} == {r.id for r in sentence_rules()}
    # 27 in table 2.7; 46 in table 4.8, of which 16 of Lâm Đồng (1 announcing, 15 items).
    assert Counter(c["table_no"] for c in cells for _ in split(c)) == {"2.7": 27, "4.8": 46}


def test_statements_are_split_at_list_marks_only():
    cell = "- 02 dịch vụ có tỷ lệ 98%; số là: 1.637.000 ; - 09 dịch vụ có số là: 45.000."
    assert split_statements(cell) == [
        "02 dịch vụ có tỷ lệ 98%; số là: 1.637.000",
        "09 dịch vụ có số là: 45.000",
    ]
    assert split_statements("<ul><li>- Dược - Mỹ phẩm là 1313; tỷ lệ 51,3%.</li></ul>") == [
        "Dược - Mỹ phẩm là 1313; tỷ lệ 51,3%"
    ]


ONLINE = "21 dịch vụ có số lượng hồ sơ được xử lý trực tuyến là"


@pytest.mark.parametrize(
    ("text", "rule_id"),
    [
        (f"{ONLINE} 31.138 nhưng", "statement_unreadable"),
        (f"{ONLINE} 31.13", "count_unreadable"),
        ("21 dịch vụ có tỷ lệ hồ sơ xử lý trực tuyến là 101%", "percent_unreadable"),
        ("Có 1/2 hồ sơ được tiếp nhận xử lý trực tuyến mức độ 4, đạt tỷ lệ 50%", "statement_level"),
        ("1" * 2001, "statement_unreadable"),
    ],
)  # fmt: skip
def test_statements_that_are_not_read(text, rule_id):
    with pytest.raises(UnreadableError, match=rule_id):
        read_statement(text, level="3")
