"""The 2016 report against facts checked by hand on its pages."""

from __future__ import annotations

import unicodedata
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest

from assets import registry
from assets.reports import find_layout, read_report

INDEX_BODIES = {
    **dict.fromkeys(["2.1", "2.3", "2.4", "2.8", "2.9"], 19),
    **dict.fromkeys(["3.1", "3.2", "3.3", "3.5", "3.6"], 8),
    **dict.fromkeys(["4.1", "4.3", "4.4", "4.9", "4.11"], 63),
}
COUNT_BODIES = {"2.6": 19, "2.7": 17, "4.7": 63, "4.8": 63}


def of(find, table_no, body, measure, **more):
    return [v["value"] for v in find(table_no=table_no, body_printed=body, measure=measure, **more)]


def test_all_tables_in_printed_order(report):
    numbers = report.tables["table_no"].to_pylist()
    assert numbers == [
        *(f"2.{n}" for n in range(1, 10)),
        *(f"3.{n}" for n in range(1, 7)),
        *(f"4.{n}" for n in range(1, 12)),
    ]
    assert numbers == list(find_layout("assessment_report_2016").tables)


def test_nothing_is_quarantined(report):
    assert report.quarantine.num_rows == 0


@pytest.mark.parametrize("name", ["tables", "cells", "values", "counts", "quarantine"])
def test_schemas_nulls_codes_and_keys(report, name):
    declared = registry.table(f"raw_report_{name}")
    table: pa.Table = getattr(report, name)
    assert table.schema.equals(declared.arrow_schema)
    for column in declared.columns:
        found = table[column.name]
        assert column.nullable or found.null_count == 0, column.name
        if column.codes:
            assert set(found.to_pylist()) - {None} <= set(column.codes), column.name
    keys = list(zip(*(table[key].to_pylist() for key in declared.key), strict=True))
    assert len(keys) == len(set(keys))


def test_every_null_value_has_a_status(values):
    for v in values:
        assert (v["value"] is None) == (v["value_status"] not in ("reported", "approximate"))


@pytest.mark.parametrize(("table_no", "bodies"), (INDEX_BODIES | COUNT_BODIES).items())
def test_bodies_and_ranks(report, find, table_no, bodies):
    ranks = find(table_no=table_no, measure="rank")
    assert len(ranks) == len({v["body_printed"] for v in ranks}) == bodies
    row = next(r for r in report.tables.to_pylist() if r["table_no"] == table_no)
    assert row["expected_bodies"] == bodies
    assert row["rank_policy"] == "competition"
    if table_no in COUNT_BODIES:
        assert max(v["value"] for v in ranks) == bodies
        return
    index = find(table_no=table_no, measure="index_value")
    assert len(index) == bodies
    assert {(v["decimals"], v["body_no"]) for v in index} == {(3, 1)}
    printed = {v["body_printed"]: v["value"] for v in ranks}
    expected = {v["body_printed"]: 1 + sum(o["value"] > v["value"] for o in index) for v in index}
    differ = {name for name in printed if printed[name] != expected[name]}
    # Ranked on unrounded values: these two print 0,583 both.
    assert differ == ({"TP. Hải Phòng"} if table_no == "4.11" else set())


def test_rank_policies(report):
    rows = {r["table_no"]: r for r in report.tables.to_pylist()}
    picked = {
        no: (r["rank_by"], r["tie_break"], r["missing_policy"])
        for no, r in rows.items()
        if no in COUNT_BODIES or no == "4.9"
    }
    assert picked == {
        "2.6": ("services_total", None, "last_rank"),
        "2.7": ("online_cases_total", "services_online_cases", "last_rank"),
        "4.7": ("services_total", "services_level4", "last_rank"),
        "4.8": ("online_cases_total", "services_online_cases", "last_rank"),
        "4.9": ("index_value", None, None),
    }
    assert rows["4.10"]["rank_policy"] is None
    assert [no for no, r in rows.items() if r["category"] == "online_services"] == [
        "2.5", "2.6", "2.7", "3.4", "4.5", "4.6", "4.7", "4.8",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table_no", "body", "rank", "value"),
    [
        ("4.9", "Lào Cai", 1, "1.000"),
        ("2.1", "Ủy ban Dân tộc", 19, "0.875"),
        ("2.1", "Bộ Lao động, Thương binh và Xã Hội", 1, "1.000"),
        ("2.3", "Bộ Nội vụ", 10, "0.548"),
        ("3.6", "Viện Hàn lâm Khoa học Xã hội Việt Nam", 8, "0.660"),
        ("4.1", "Hung Yên", 33, "0.955"),
        ("4.3", "Hà Nam", 23, "0.724"),
        ("4.4", "Lang Son", 63, "0.422"),
        ("4.11", "Trà Vinh", 47, "0.583"),
        ("4.11", "TP. Hải Phòng", 48, "0.583"),
    ],
)
def test_index_values(find, table_no, body, rank, value):
    assert of(find, table_no, body, "rank") == [rank]
    assert of(find, table_no, body, "index_value") == [Decimal(value)]


@pytest.mark.parametrize(
    ("table_no", "sums"), [("2.6", (550, 278, 828)), ("4.7", (10309, 1100, 11409))]
)
def test_service_counts_add_up_to_the_printed_totals(find, table_no, sums):
    for measure, level, total in zip(
        ("services_level3", "services_level4", "services_total"), ("3", "4", "total"), sums,
        strict=True,
    ):  # fmt: skip
        rows = find(table_no=table_no, measure=measure, level=level)
        assert sum(v["value"] or 0 for v in rows if v["row_kind"] == "data") == total
        (printed,) = (v for v in rows if v["row_kind"] == "total")
        assert (printed["value"], printed["body_no"], printed["body_printed"]) == (total, 0, None)
    assert len(find(table_no=table_no, row_kind="total")) == 3


def test_number_formats_of_counts(find):
    assert of(find, "4.7", "Hà Giang", "services_level3") == [1374]
    assert of(find, "4.8", "Khánh Hòa", "all_cases") == [50812]
    assert of(find, "4.8", "Khánh Hòa", "online_cases", level="3") == [5221]
    assert of(find, "4.8", "Khánh Hòa", "online_cases_total") == [5221]


def test_combined_row_of_ministries_without_services(find):
    rows = find(table_no="2.6", measure="rank", value=Decimal(19))
    assert [(v["body_no"], v["body_printed"], v["body_note"]) for v in rows] == [
        (1, "Thanh tra Chính phủ", "do đặc thù nên chưa thực hiện"),
        (2, "Ủy ban Dân tộc", None),
    ]
    assert of(find, "2.6", "Ủy ban Dân tộc", "services_total") == [0]


def test_combined_row_without_services(find):
    for measure, rule in (
        ("services_level3", "status_no_service"),
        ("services_level4", "spanned_no_service"),
        ("services_total", "spanned_no_service"),
    ):
        rows = find(table_no="4.7", measure=measure, value=None)
        assert [v["body_printed"] for v in rows] == [
            "Bạc Liêu", "Bắc Kạn", "Cao Bằng", "Hòa Bình", "Trà Vinh",
        ]  # fmt: skip
        assert {v["value_status"] for v in rows} == {"no_service"}
        assert {v["parser_rule"] for v in rows} == {rule}


def test_combined_rows_without_cases(find):
    ministries = find(table_no="2.7", measure="rank", value=Decimal(17))
    assert [v["body_printed"] for v in ministries] == [
        "Bộ Giáo dục và Đào tạo", "Bộ Tài nguyên và Môi trường", "Bộ Xây dựng",
    ]  # fmt: skip
    provinces = find(table_no="4.8", measure="rank", value=Decimal(63))
    assert len(provinces) == 40
    assert [v["body_no"] for v in provinces] == list(range(1, 41))
    assert provinces[0]["body_printed"] == "Bà Rịa - Vũng Tàu"
    totals = find(table_no="4.8", measure="online_cases_total", value=None)
    assert [v["body_printed"] for v in totals] == [v["body_printed"] for v in provinces]
    assert {v["value_status"] for v in totals} == {"no_figure"}
    blank = find(table_no="4.8", body_printed="Trà Vinh", measure="online_cases")
    assert [(v["level"], v["value"], v["value_status"]) for v in blank] == [
        ("3", None, "not_stated"), ("4", None, "not_stated"),
    ]  # fmt: skip


def test_any_and_online_services_are_two_things(find):
    ha_noi = {
        v["measure"]: v["value"] for v in find(table_no="4.8", body_printed="TP. Hà Nội", level="3")
    }
    assert ha_noi == {
        "services_any_cases": 54, "all_cases": 669504,
        "services_online_cases": 42, "online_cases": 340027,
    }  # fmt: skip
    for level, stated in (("3", (4, 617491, 617184)), ("4", (9, 19705, 10518))):
        rows = {
            v["measure"]: v["value"]
            for v in find(table_no="2.7", body_printed="Bộ Công Thương", level=level)
        }
        assert rows == dict(
            zip(("services_any_cases", "all_cases", "online_cases"), stated, strict=True)
        )


def test_statements_of_several_parts(find):
    level4 = find(table_no="4.8", body_printed="Tiền Giang", level="4", measure="online_cases")
    assert [(v["part_no"], v["value"]) for v in level4] == [(1, 751), (2, 469)]
    services = find(table_no="4.8", body_printed="Tiền Giang", level="4")
    assert {(v["part_no"], v["measure"]) for v in services if v["value"] == 5} == {
        (1, "services_any_cases"), (2, "services_online_cases"),
    }  # fmt: skip
    foreign = find(table_no="2.7", body_printed="Bộ Ngoại giao", level="3")
    assert [(v["part_no"], v["measure"], v["value"]) for v in foreign] == [
        (1, "services_online_cases", 2), (1, "online_share_pct", 98), (1, "online_cases", 1637000),
        (2, "services_online_cases", 9), (2, "online_share_pct", 50), (2, "online_cases", 45000),
    ]  # fmt: skip
    assert of(find, "4.8", "Yên Bái", "online_cases", level="3") == [24, 1]


def test_row_cut_by_a_page_break(find, report):
    rows = find(table_no="4.8", body_printed="Lâm Đồng")
    fields = [v for v in rows if v["measure"] == "online_cases" and v["level"] == "3"]
    shares = [v for v in rows if v["measure"] == "online_share_pct"]
    assert [v["part_no"] for v in fields] == [v["part_no"] for v in shares] == list(range(1, 16))
    assert (fields[8]["statistic"], fields[8]["value"]) == ("Quảng cáo", 886)
    assert fields[11]["statistic"] == "TC-KH - Kế hoạch và Đầu tư"
    assert (shares[0]["value"], shares[0]["decimals"]) == (Decimal("39.70"), 2)
    # The printed total leaves out the 455 of the second field.
    assert sum(v["value"] for v in fields) - 455 == 28167
    assert of(find, "4.8", "Lâm Đồng", "online_cases_total") == [28167]
    (first,) = {v["line_no"] for v in rows if v["measure"] == "rank"}
    (continued,) = {v["line_no"] for v in fields}
    pieces = {
        c["line_no"]: (c["row_kind"], c["row_no"], c["segment_no"])
        for c in report.cells.to_pylist()
        if c["table_no"] == "4.8" and c["row_no"] == 5
    }
    assert pieces == {first: ("data", 5, 1), continued: ("continuation", 5, 2)}


def test_statuses_of_statements(find):
    (about,) = find(table_no="2.7", measure="online_cases", value_status="approximate")
    assert (about["body_printed"], about["level"], about["value"]) == (
        "Bộ Kế hoạch và Đầu tư", "4", 295415,
    )  # fmt: skip
    (none,) = find(measure="online_cases", value_status="none_arisen")
    assert (none["body_printed"], none["part_no"], none["value"]) == (
        "Bộ Lao động, Thương binh và Xã hội", 2, None,
    )  # fmt: skip
    assert of(find, "2.7", none["body_printed"], "services_no_cases") == [3]
    assert of(find, "2.7", none["body_printed"], "all_cases") == [37159, 200]
    only = find(measure="online_cases", value_status="share_only")
    assert Counter(v["body_printed"] for v in only) == {
        "Ngân hàng Nhà nước Việt Nam": 1, "Bộ Giao thông vận tải": 2,
        "Bộ Nội vụ": 1, "Bộ Khoa học và Công nghệ": 2,
    }  # fmt: skip
    shares = find(body_printed="Bộ Giao thông vận tải", measure="online_share_pct")
    assert [v["value"] for v in shares] == [Decimal("92.36"), Decimal("95.75")]
    assert of(find, "2.7", "Bộ Khoa học và Công nghệ", "online_share_pct") == [
        Decimal("34.4"), Decimal("36.0"),
    ]  # fmt: skip
    hue = find(table_no="4.8", body_printed="Thừa Thiên - Huế")
    assert [(v["level"], v["value"]) for v in hue if v["measure"] == "online_cases"] == [
        ("3", 2188), ("4", 195),
    ]  # fmt: skip
    assert [v["value"] for v in hue if v["measure"] == "all_cases"] == [5968, 5968]


def test_printed_totals_of_cases(find):
    totals = find(measure="online_cases_total", value_status="reported")
    assert {v["level"] for v in totals} == {"total"}
    assert Counter(v["table_no"] for v in totals) == {"2.7": 11, "4.8": 23}
    assert of(find, "2.7", "Bộ Tài chính", "online_cases_total") == [21463626]


def test_websites_as_printed(find, report):
    (site,) = find(table_no="4.4", body_printed="Thái Bình", measure="website")
    assert site["value_text"] == "thai binh.gov.vn"
    assert (site["value"], site["value_status"]) == (None, "not_applicable")
    links = {c["clean_text"]: c["link_url"] for c in report.cells.to_pylist()}
    assert links["thai binh.gov.vn"] == "http://thai binh.gov.vn"
    assert links["www.moha.gov.vn"] is None
    swapped = find(table_no="4.4", body_printed="Bắc Giang", measure="website")
    assert swapped[0]["value_text"] == "backan.gov.vn"


def test_merged_cells_and_scopes(find):
    rows = find(table_no="4.2", measure="statistic")
    assert len(rows) == 15
    assert [v["statistic_group"] for v in rows].count("Thư điện tử") == 5
    both = [v for v in rows if v["row_no"] == 2]
    assert [
        (v["part_no"], v["statistic"], v["scope"], v["value"], v["unit"]) for v in both
    ] == [
        (1, "Tỉ lệ cơ quan chuyên được trang bị", "Khối cơ quan chuyên môn (Sở, ban, ngành)",
         Decimal("99.40"), "percent"),
        (2, "Tỉ lệ cơ quan chuyên được trang bị", "Khối quận, huyện", Decimal("98.45"), "percent"),
    ]  # fmt: skip
    fractions = {
        (v["table_no"], v["measure"], v["row_no"]): (v["value"], v["unit"])
        for v in (*find(measure="numerator"), *find(measure="denominator"))
    }
    assert fractions == {
        ("2.2", "numerator", 4): (18, None), ("2.2", "denominator", 4): (19, None),
        ("4.2", "numerator", 4): (53, "provinces"), ("4.2", "denominator", 4): (63, "provinces"),
    }  # fmt: skip


def test_statistics(find):
    def figures(table_no):
        return [
            (v["scope"], v["value"], v["unit"])
            for v in find(table_no=table_no, measure="statistic")
        ]

    assert figures("2.5") == [
        ("services", 550, "services"), ("services_with_online_cases", 251, "services"),
        ("services", 278, "services"), ("services_with_online_cases", 258, "services"),
    ]  # fmt: skip
    assert [value for _, value, _ in figures("4.5")] == [10309, 8419, 1100, 249]
    assert [value for _, value, _ in figures("4.6")] == [56, 21, 58, 48, 47]
    assert figures("3.4")[0] == (None, 18576437, "cases")
    assert len(figures("3.4")) == 14
    assert figures("4.10") == [
        ("Đối với cơ quan chuyên môn", Decimal("91.67"), "percent"),
        ("Đối với UBND quận, huyện", Decimal("93.95"), "percent"),
        ("Đối với cơ quan chuyên môn", Decimal("3.08"), "persons per unit"),
        ("Đối với UBND quận, huyện", Decimal("2.39"), "persons per unit"),
        ("Toàn tỉnh", Decimal("68.08"), "persons per province"),
        ("Đối với cơ quan chuyên môn", Decimal("99.02"), "percent"),
        ("Đối với UBND quận, huyện", Decimal("96.27"), "percent"),
    ]


def test_conservation_against_the_file(report, tables_text):
    counts = report.counts.to_pylist()
    assert all(
        c["rows_in"] == c["rows_accepted"] + c["rows_quarantined"] + c["rows_blank"] for c in counts
    )
    printed = [line for line in tables_text.split("\n") if "\t" in line]
    assert sum(c["rows_accepted"] for c in counts) == len(printed) == 655
    by_table = {c["table_no"]: c for c in counts}
    # 63 bodies, 3 headers, blank lines: one below the caption, four at the two page breaks.
    assert (by_table["4.1"]["rows_in"], by_table["4.1"]["rows_blank"]) == (71, 5)


def test_cells_keep_the_print(report, tables_text):
    lines = tables_text.split("\n")
    by_line: dict[int, list[str]] = {}
    for cell in report.cells.to_pylist():
        by_line.setdefault(cell["line_no"], []).append(cell["raw_text"])
    assert len(by_line) == 655
    assert all("\t".join(cells) == lines[no - 1] for no, cells in by_line.items())


def test_notes_belong_to_the_table_above(read, tables_text):
    heading = "\n## 2.5 Cơ chế"
    noted = tables_text.replace(heading, "\n(\\* ) Số liệu thống kê theo báo cáo\n" + heading)
    assert noted != tables_text
    report = read(noted)
    (note,) = (c for c in report.cells.to_pylist() if c["row_kind"] == "note")
    assert (note["table_no"], note["row_no"], note["column_no"]) == ("2.7", 0, 0)
    assert note["clean_text"] == "(* ) Số liệu thống kê theo báo cáo"
    (counts,) = (c for c in report.counts.to_pylist() if c["table_no"] == "2.7")
    assert counts["rows_accepted"] == 18


def test_values_do_not_depend_on_place_form_or_line_ends(report, tables_text):
    layout = find_layout("assessment_report_2016")
    contents = "\n" * 7 + "BẢN TIN .....\t6\n<b>Bảng 2.1.</b> Chỉ số .....\t9\n" + tables_text
    for text in (
        contents,
        unicodedata.normalize("NFD", tables_text),
        tables_text.replace("\n", "\r\n"),
        "\ufeff" + tables_text,
    ):
        other = read_report(text.encode(), file_sha256="b" * 64, file_name="x.txt", layout=layout)
        assert other.quarantine.num_rows == 0
        for name in ("tables", "cells", "values", "counts"):
            ours, theirs = getattr(report, name), getattr(other, name)
            places = [c for c in ("line_no", "file_sha256") if c in ours.column_names]
            assert ours.drop_columns(places).equals(theirs.drop_columns(places)), name


def test_value_keys_are_free_of_lines(find):
    (rank,) = find(table_no="4.9", body_printed="Lào Cai", measure="index_value")
    assert rank["value_key"] == "2016:4.9/r1/c3/b1/p1/index_value"
    assert (rank["index_code"], rank["regime"], rank["universe"], rank["category"]) == (
        "assessment", "assessment_2016", "province_63", "policy",
    )  # fmt: skip
