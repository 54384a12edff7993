"""The portals of the register: which address a body has, and what it rests on."""

from __future__ import annotations

import pytest
from target_samples import (
    BODIES_FILE,
    REGISTERED,
    REPORT,
    YEAR,
    Row,
    correction,
    delivery,
    known,
    printed,
    targets,
)

from assets import registry
from assets.crawl.targets.register import rules_counted, targets_tables
from assets.gates import as_text, check

SWAPPED = [printed("P-24", "backan.gov.vn", 482), printed("P-06", "bacgiang.gov.vn", 511)]
CORRECTIONS = [
    correction("P-24", "backan.gov.vn", "bacgiang.gov.vn"),
    correction("P-06", "bacgiang.gov.vn", "backan.gov.vn"),
]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("laocai.gov.vn", "http://laocai.gov.vn/"),
        ("www.laocai.gov.vn", "http://www.laocai.gov.vn/"),
        ("https://LaoCai.gov.vn/", "https://laocai.gov.vn/"),
        ("HTTP://laocai.gov.vn/Trang-Chu?x=1", "http://laocai.gov.vn/Trang-Chu?x=1"),
        ("lao cai.gov.vn ", "http://laocai.gov.vn/"),
    ],
)
def test_a_printed_address_of_the_registered_host_is_used_as_printed(text: str, url: str) -> None:
    row = targets(about=known([printed("P-10", text, 480)]))["P-10"]
    assert (row["address_rule"], row["url"], row["printed_address"]) == ("as_printed", url, text)
    assert (row["file_sha256"], row["line_no"]) == (REPORT, 480)
    assert row["exclusion_en"] is row["author"] is row["service_code"] is None


def test_swapped_addresses_are_corrected_and_stay_as_printed_beside_it() -> None:
    rows = targets(about=known(SWAPPED, CORRECTIONS))
    shown = {
        code: (row["address_rule"], row["url"], row["printed_address"], row["line_no"])
        for code, row in rows.items()
        if row["printed_address"]
    }
    assert shown == {
        "P-06": ("corrected", "http://backan.gov.vn/", "bacgiang.gov.vn", 511),
        "P-24": ("corrected", "http://bacgiang.gov.vn/", "backan.gov.vn", 482),
    }


@pytest.mark.parametrize(
    "corrections",
    [
        [],
        [{**row, "item": "rank"} for row in CORRECTIONS],
        [{**row, "table_no": "4.5"} for row in CORRECTIONS],
        [{**row, "printed": "elsewhere.gov.vn"} for row in CORRECTIONS],
        [{**row, "corrected": None} for row in CORRECTIONS],
        [{**row, "body_code": "P-10"} for row in CORRECTIONS[:1]],
    ],
    ids=["none", "other item", "other table", "other print", "right one not known", "other body"],
)
def test_swapped_addresses_without_their_correction_are_refused(corrections: list[Row]) -> None:
    table = targets_tables(known(SWAPPED, corrections), year=YEAR, services=[], filters=[])
    frame = table["raw_crawl_targets"]
    rows = {row["target_id"]: row for row in frame.to_pylist()}
    for code, text in (("P-24", "backan.gov.vn"), ("P-06", "bacgiang.gov.vn")):
        row = rows[code]
        assert (row["address_rule"], row["url"]) == ("contradicted", None)
        assert row["printed_address"] == text
    result = check(registry.table("raw_crawl_targets"), frame)
    failed = [(line["rule_id"], line["row_no"]) for line in result.failures.to_pylist()]
    assert [rule for rule, _ in failed] == ["raw_crawl_targets.no_contradiction"] * 2
    text = as_text(result)
    assert "body_code=P-06" in text
    assert "body_code=P-24" in text
    assert "What to do: look the address up" in text


def test_a_host_that_is_registered_for_nobody_contradicts_too() -> None:
    row = targets(about=known([printed("P-10", "htpp://laocai.gov.vn", 480)]))["P-10"]
    assert (row["address_rule"], row["url"]) == ("contradicted", None)


def test_a_body_that_is_not_printed_has_its_registered_address() -> None:
    row = targets()["P-24"]
    assert (row["address_rule"], row["url"]) == ("registered", "http://bacgiang.gov.vn/")
    assert row["printed_address"] is None
    assert (row["file_sha256"], row["line_no"]) == (BODIES_FILE, 4)


@pytest.mark.parametrize(
    ("registered", "url"),
    [
        ("https://laocai.gov.vn/vi/Trang-Chu", "https://laocai.gov.vn/vi/Trang-Chu"),
        ("http://p-10.gov.vn.test:8081/", "http://p-10.gov.vn.test:8081/"),
        ("laocai.gov.vn:8443/x", "http://laocai.gov.vn:8443/x"),
    ],
)
def test_a_registered_address_keeps_its_scheme_port_and_path(registered: str, url: str) -> None:
    row = targets(about=known(registered={"P-10": registered}))["P-10"]
    assert (row["address_rule"], row["url"], row["exclusion_en"]) == ("registered", url, None)


def test_a_printed_host_is_the_registered_one_whatever_the_scheme_and_path() -> None:
    about = known(
        [printed("P-10", "www.laocai.gov.vn", 480)],
        registered={"P-10": "https://laocai.gov.vn/vi"},
    )
    row = targets(about=about)["P-10"]
    assert (row["address_rule"], row["url"]) == ("as_printed", "http://www.laocai.gov.vn/")


def test_a_body_without_any_address_is_known_and_not_visited() -> None:
    row = targets()["MOD"]
    assert (row["address_rule"], row["url"]) == ("unknown", None)
    assert row["exclusion_en"] == "no address of the portal is known"
    assert row["exclusion_vi"] == "chưa biết địa chỉ cổng thông tin"
    assert (row["file_sha256"], row["line_no"]) == (BODIES_FILE, 5)


def test_a_printed_address_of_a_body_that_has_none_registered() -> None:
    own = targets(about=known([printed("MOD", "mod.gov.vn", 70)]))["MOD"]
    assert (own["address_rule"], own["url"]) == ("as_printed", "http://mod.gov.vn/")
    other = targets(about=known([printed("MOD", "laocai.gov.vn", 70)]))["MOD"]
    assert other["address_rule"] == "contradicted"


def test_of_several_printed_addresses_the_first_counts_unless_one_is_contradicted() -> None:
    good = [
        printed("P-10", "http://laocai.gov.vn/", 480),
        printed("P-10", "laocai.gov.vn/en", 600, table_no="4.5"),
    ]
    row = targets(about=known(good[::-1]))["P-10"]
    assert (row["url"], row["line_no"]) == ("http://laocai.gov.vn/", 480)
    bad = printed("P-10", "bacgiang.gov.vn", 700, table_no="4.6")
    row = targets(about=known([*good, bad]))["P-10"]
    assert (row["address_rule"], row["line_no"]) == ("contradicted", 700)


def test_what_is_no_address_or_of_no_body_is_passed_over() -> None:
    rows = [
        printed("P-10", None, 480),
        printed("P-24", "backan.gov.vn", 481, measure="index_value"),
        {**printed("P-06", "hanoi.gov.vn", 482), "code": None},
    ]
    register = targets(about=known(rows))
    assert {row["address_rule"] for row in register.values()} == {"registered", "unknown"}


def test_an_address_that_is_never_visited_leaves_its_portal_out() -> None:
    rows = [printed("P-10", "chưa có", 480)]
    fixed = [correction("P-10", "chưa có", "http://an@laocai.gov.vn/")]
    row = targets(about=known(rows, fixed))["P-10"]
    assert (row["address_rule"], row["url"]) == ("corrected", None)
    assert row["exclusion_en"].startswith("the address is one that is never visited")
    assert row["exclusion_vi"]


def test_members_of_the_assessment_are_visited_where_the_year_has_it() -> None:
    both = [("dti", "P-06"), ("assessment", "P-10"), ("assessment", "P-24")]
    assert list(targets(about=known(members=both))) == ["P-10", "P-24"]
    others = [("dti", "P-06"), ("dvc_index", "P-06"), ("dvc_index", "P-10")]
    assert list(targets(about=known(members=others))) == ["P-06", "P-10"]


def test_a_year_without_members_has_no_portals() -> None:
    assert targets(about=known(registered={})) == {}


def test_counts_by_rule_tell_what_is_visited() -> None:
    about = known([printed("P-10", "laocai.gov.vn", 480)])
    table = targets_tables(about, year=YEAR, services=[delivery("")], filters=[])
    assert rules_counted(table["raw_crawl_targets"]) == [
        ("portal", "as_printed", 1, 1),
        ("portal", "registered", 2, 2),
        ("portal", "unknown", 1, 0),
    ]


def test_the_register_passes_its_gates() -> None:
    lines = ["service_code,body_code,service_name,declared_level,url", "DV-1,P-10,Tên,4,a.vn/x"]
    tables = targets_tables(
        known(SWAPPED, CORRECTIONS), year=YEAR, services=[delivery("\n".join(lines))], filters=[]
    )
    for name, frame in tables.items():
        assert check(registry.table(name), frame).failures.to_pylist() == []
        assert frame.schema == registry.table(name).arrow_schema
    assert tables["raw_crawl_targets"].num_rows == len(REGISTERED) + 1
