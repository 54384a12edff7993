"""Bad reports: what rejects the file, and what only sets a line, cell or statement aside."""

from __future__ import annotations

import pytest

from assets.reports import LayoutError, SourceError, find_layout, read_report
from assets.reports.quarantine import reasons

LAO_CAI = "\n1\tLào Cai\t1,000"
HAI_PHONG = "\n23\tTP. Hải Phòng\t0,991"
FINANCE = "\t56\t158\t214\n"
DOCUMENTS = "\n1\tQuản lý văn bản và điều hành\tTỉ lệ Bộ"
SIGNATURE = "\n2\tỨng dụng Chữ ký số trong gửi nhận văn bản điện tử\tTỉ lệ Bộ"
LEVEL_3 = "\n1\tDịch vụ công trực tuyến mức độ 3\t550"
LAM_DONG = (
    "\n5\tLâm Đồng\tHồ sơ được xử lý trực tuyến trong năm, "
    "báo cáo của tỉnh thống kê như sau:\t\t28.167"
)

#: rule -> (table, column or null for the line, text in the file, text in its place)
FAULTS = {
    "orphan_row": (None, None, HAI_PHONG, f"\nmột đoạn văn{HAI_PHONG}"),
    "cell_count": ("4.9", None, LAO_CAI, "\n1\tLào Cai"),
    "carry_mismatch": ("2.2", None, SIGNATURE, SIGNATURE.replace("\n2", "\n")),
    "nothing_to_carry": ("2.2", None, DOCUMENTS, "\n\t\tTỉ lệ Bộ"),
    "continuation_unannounced": ("4.8", "cases_level3", LAM_DONG, ""),
    "continuation_of_quarantined": ("4.8", None, "\n5\tLâm Đồng\tHồ sơ", "\n5\t???\tHồ sơ"),
    "required_blank": ("2.6", "services_total", FINANCE, "\t56\t158\t\n"),
    "rank_unreadable": ("4.9", "rank", LAO_CAI, "\nl\tLào Cai\t1,000"),
    "ordinal_unreadable": ("2.5", "ordinal", LEVEL_3, LEVEL_3.replace("\n1", "\nmột")),
    "body_unreadable": ("4.9", "body", LAO_CAI, "\n1\tLào Cai;;\t1,000"),
    "index_unreadable": ("4.9", "index_value", LAO_CAI, "\n1\tLào Cai\t1,0O0"),
    "count_unreadable": ("2.6", "services_level3", FINANCE, "\t5b\t158\t214\n"),
    "percent_unreadable": ("2.2", "share", "\t94,73%\t", "\t94,73\t"),
    "measured_unreadable": ("4.10", "departments", "3,08 người/cơ quan", "3,08 người"),
    "figure_scope_count": ("4.2", "share", "\t99,40% 98,45%\t", "\t99,40%\t"),
    "website_unreadable": ("2.4", "website", "\twww.moha.gov.vn\t", "\twww moha\t"),
    "statement_unreadable": ("4.8", "cases_level3", "tuyến là 31.138", "tuyến khá nhiều"),
    "statement_level": ("4.8", "cases_level3", "tuyến mức độ 3, đạt", "tuyến mức độ 4, đạt"),
    "list_missing": ("4.8", "cases_level3", "\n\t\t<ul style", "\n63 x <ul style"),
}
HISTORY_RULES = {
    "row_shape", "unknown_year", "unknown_block", "unknown_category", "unknown_regime",
    "body_missing", "body_unexpected", "value_unreadable", "value_out_of_scale", "source_missing",
}  # fmt: skip


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_every_declared_rule_has_a_bad_case():
    assert set(FAULTS) | HISTORY_RULES == set(reasons())


@pytest.mark.parametrize("rule_id", FAULTS)
def test_fault_is_set_aside_with_its_place(read, report, tables_text, rule_id):
    table_no, column, old, new = FAULTS[rule_id]
    text = replaced(tables_text, old, new)
    mutated = read(text)
    rows = [q for q in mutated.quarantine.to_pylist() if q["rule_id"] == rule_id]
    assert rows
    row = rows[0]
    assert (row["table_no"], row["column_name"]) == (table_no, column)
    assert row["column_no"] == 0 if column is None else row["column_no"] > 0
    assert row["raw_value"][:20].split("\t")[0] in text.split("\n")[row["line_no"] - 1]
    assert (row["file_name"], row["replay_command"]) == ("report_tables.md", "egov run 2016")
    assert all(row[name] for name in ("reason_en", "reason_vi", "what_to_do"))
    lost = {v["value_key"] for v in report.values.to_pylist()}
    lost -= {v["value_key"] for v in mutated.values.to_pylist()}
    assert lost or rule_id == "ordinal_unreadable"
    counts = mutated.counts.to_pylist()
    for c in counts:
        assert c["rows_in"] == c["rows_accepted"] + c["rows_quarantined"] + c["rows_blank"]
    faulty = {(q["table_no"], q["line_no"]) for q in mutated.quarantine.to_pylist()}
    assert sum(c["rows_quarantined"] for c in counts) == sum(t is not None for t, _ in faulty)


def changed(report, mutated):
    """Keys of values that differ between the two readings."""
    before, after = (
        {
            v["value_key"]: {k: x for k, x in v.items() if k not in ("line_no", "raw_text")}
            for v in content.values.to_pylist()
        }
        for content in (report, mutated)
    )
    return {key for key in before | after if before.get(key) != after.get(key)}


def test_an_unreadable_cell_costs_only_its_own_value(read, report, tables_text):
    mutated = read(replaced(tables_text, "\t56\t158\t214\n", "\t5b\t158\t214\n"))
    assert changed(report, mutated) == {"2016:2.6/r1/c3/b1/p1/services_level3"}


def test_an_unreadable_statement_costs_only_its_own_values(read, report, tables_text):
    old = "09 dịch vụ có tỷ lệ hồ sơ xử lý trực tuyến là 50%"
    mutated = read(replaced(tables_text, old, "09 dịch vụ, ít hồ sơ, 50%"))
    assert changed(report, mutated) == {
        f"2016:2.7/r3/c3/b1/p2/{m}"
        for m in ("services_online_cases", "online_share_pct", "online_cases")
    }
    (row,) = mutated.quarantine.to_pylist()
    assert (row["rule_id"], row["part_no"]) == ("statement_unreadable", 2)


def test_a_lost_row_does_not_lend_its_list_to_its_neighbour(read, tables_text):
    table_no, _, old, new = FAULTS["continuation_unannounced"]
    mutated = read(replaced(tables_text, old, new))
    fields = [v for v in mutated.values.to_pylist() if v["table_no"] == table_no and v["statistic"]]
    assert fields == []


def test_a_quarantined_heading_is_not_carried(read, tables_text):
    old = "\n2\tỨng dụng Chữ ký số trong gửi nhận văn bản điện tử\tTỉ lệ Bộ"
    mutated = read(replaced(tables_text, old, "\n2\tỨng dụng\tthừa\tTỉ lệ Bộ"))
    rules = [q["rule_id"] for q in mutated.quarantine.to_pylist()]
    assert rules == ["cell_count", "nothing_to_carry", "nothing_to_carry"]


def test_cells_of_a_quarantined_line_are_kept(read, tables_text):
    mutated = read(replaced(tables_text, "\n1\tLào Cai\t1,000", "\n1\tLào Cai\t1,000\t\t9"))
    cells = [c for c in mutated.cells.to_pylist() if c["table_no"] == "4.9" and c["row_no"] == 1]
    assert [c["raw_text"] for c in cells] == ["1", "Lào Cai", "1,000", "", "9"]
    assert {c["column_name"] for c in cells} == {None}


def test_missing_optional_blanks_at_the_end_are_filled(read, report, tables_text):
    line = "\t\tTỉ lệ cán bộ được trang bị\t99,89%"
    mutated = read(replaced(tables_text, line + "\t\n", line + "\n"))
    assert mutated.quarantine.num_rows == 0
    assert changed(report, mutated) == set()


AGENCY_SITES = "\nThứ hạng\tCơ quan thuộc Chính phủ\tĐịa chỉ Website/Portal\tChỉ số năm 2016"
CAPTION = "**Bảng 4.9.** Chỉ số Cơ chế"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (CAPTION, "**Bảng 9.9.** Chỉ số Cơ chế", r"line \d+, table 9\.9: expected a table number"),
        (CAPTION, "**Bảng 4.8.** Chỉ số Cơ chế", r"table 4\.8: expected one table of that number"),
        (CAPTION, "**Bảng 4.9.** Chỉ số khác", r"table 4\.9: expected the title 'Chỉ số Cơ chế"),
        (CAPTION, "Bảng 4.9. Chỉ số Cơ chế", r"table 4\.9: expected all 26 tables .* no caption"),
        (f"{AGENCY_SITES}\n1", "\nHạng\tCơ quan\n1", r"line \d+, table 3\.3: expected the header"),
        ("TT\tHạng mục\tSố lượng\n", "một đoạn văn\n", r"table 4\.6: expected the header"),
    ],
)  # fmt: skip
def test_a_report_that_does_not_fit_is_rejected(read, tables_text, old, new, message):
    with pytest.raises(LayoutError, match=message) as error:
        read(replaced(tables_text, old, new))
    assert str(error.value).startswith("report_tables.md")
    assert "found " in str(error.value)


def test_a_caption_at_the_end_of_the_file(read, tables_text):
    with pytest.raises(LayoutError, match=r"table 2\.1: .*the end of the file"):
        read("**Bảng 2.1.** Chỉ số Hạ tầng kỹ thuật CNTT của các Bộ, cơ quan ngang Bộ\n\n")


def test_an_unknown_layout_is_named():
    with pytest.raises(LayoutError, match=r"assessment_report_2016.*found 'report_1999'"):
        find_layout("report_1999")


def test_a_second_caption_of_swapped_tables_is_no_silent_exchange(read, tables_text):
    """4.9 and 4.11 have the same header: only their titles tell them apart."""
    swapped = tables_text.replace("Bảng 4.9.", "Bảng 0.0.").replace("Bảng 4.11.", "Bảng 4.9.")
    with pytest.raises(LayoutError, match=r"table 4\.9|table 0\.0"):
        read(swapped)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\nb\xff", r"x\.md, line 2: not UTF-8"),
        (b"x" * (1024 * 1024 + 1), r"x\.md, line 1: longer than"),
        (b"x\n" * (10 * 1024 * 1024 + 1), r"x\.md: \d+ bytes, the limit is"),
        (b"", r"x\.md, table 2\.1: expected all 26 tables"),
    ],
    ids=["not utf-8", "long line", "large file", "empty"],
)
def test_files_that_cannot_be_read(content, message):
    layout = find_layout("assessment_report_2016")
    with pytest.raises(SourceError, match=message):
        read_report(content, file_sha256="a" * 64, file_name="x.md", layout=layout)
