"""Filters: what they may say, which targets they leave out, and that they only ever leave out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from target_samples import HEADER, Row, delivery, known, printed, register, service, targets

from assets import registry
from assets.crawl.targets.filters import (
    COLUMNS,
    MATCHES,
    PARTS,
    Filter,
    first_fitting,
    read_filters,
)
from assets.lake.sidecar import load_sidecar
from assets.received.reviewed import ReviewedFileError

SHIPPED = Path(__file__).parents[4] / "sources" / "crawl" / "target_filters.csv"
FIELDS = ",".join(COLUMNS)
GOOD = "any,host,beneath,facebook.com,A social network,Mạng xã hội,An"


def rule(part: str, match: str, text: str, kind: str = "any", reason: str = "left out") -> Filter:
    return Filter(kind, part, match, text, reason, "không truy cập", "An")


def target(url: str | None, kind: str = "portal", code: str = "P-10") -> Row:
    return {"url": url, "target_kind": kind, "body_code": code, "target_id": code}


def read(*lines: str) -> list[Filter]:
    return read_filters("\n".join([FIELDS, *lines]).encode(), "filters.csv")


def test_filters_are_read_in_their_order() -> None:
    assert read(GOOD, "", "service,url,ends_with,.PDF,A file,Tệp,An") == [
        Filter("any", "host", "beneath", "facebook.com", "A social network", "Mạng xã hội", "An"),
        Filter("service", "url", "ends_with", ".PDF", "A file", "Tệp", "An"),
    ]
    assert read() == []


@pytest.mark.parametrize(
    ("each", "url", "fits"),
    [
        (rule("host", "is", "a.vn"), "http://a.vn/x", True),
        (rule("host", "is", "a.vn"), "http://b.a.vn/x", False),
        (rule("host", "beneath", "a.vn"), "http://a.vn/", True),
        (rule("host", "beneath", "a.vn"), "http://b.a.vn/", True),
        (rule("host", "beneath", "a.vn"), "http://ba.vn/", False),
        (rule("host", "beneath", "a.vn"), "http://a.vn.org/", False),
        (rule("host", "begins_with", "dvc"), "http://dvc1.a.vn/", True),
        (rule("host", "contains", "dvc"), "http://a.vn/dvc", False),
        (rule("url", "contains", "/DVC"), "http://a.vn/dvc", True),
        (rule("url", "ends_with", ".pdf"), "http://a.vn/x.PDF", True),
        (rule("url", "ends_with", ".pdf"), "http://a.vn/x.pdf.html", False),
        (rule("url", "begins_with", "https:"), "http://a.vn/", False),
        (rule("body_code", "is", "P-10"), "http://a.vn/", True),
        (rule("target_id", "begins_with", "p-"), "http://a.vn/", True),
        (rule("host", "contains", "a"), None, False),
        (rule("target_id", "is", "P-10"), None, True),
    ],
)
def test_which_targets_a_filter_fits(each: Filter, url: str | None, fits: bool) -> None:
    assert each.fits(target(url)) is fits


def test_a_filter_speaks_only_of_its_kind_of_target() -> None:
    each = rule("host", "is", "a.vn", kind="service")
    assert not each.fits(target("http://a.vn/"))
    assert each.fits(target("http://a.vn/", kind="service"))


def test_the_first_filter_that_fits_gives_reason_and_author() -> None:
    filters = [
        rule("host", "is", "b.vn", reason="not this one"),
        Filter("any", "url", "contains", "dv?id=1", "the first", "thứ nhất", "Bình"),
        rule("host", "contains", "laocai", reason="the second"),
    ]
    rows = targets(delivery(f"{HEADER}\n{service()}"), filters=filters)
    shown = [rows["DV-1"][name] for name in ("exclusion_en", "exclusion_vi", "author")]
    assert shown == ["the first", "thứ nhất", "Bình"]
    assert rows["DV-1"]["url"] == "https://dichvucong.laocai.gov.vn/dv?id=1"
    assert rows["P-10"]["exclusion_en"] == "the second"
    assert rows["P-24"]["exclusion_en"] is None


def test_a_target_that_is_left_out_already_keeps_its_reason() -> None:
    rows = targets(filters=[rule("target_id", "is", "MOD")])
    assert rows["MOD"]["exclusion_en"] == "no address of the portal is known"
    assert rows["MOD"]["author"] is None


def test_leaving_a_portal_out_does_not_hide_a_contradiction() -> None:
    about = known([printed("P-10", "bacgiang.gov.vn", 480)])
    row = targets(about=about, filters=[rule("target_id", "is", "P-10")])["P-10"]
    assert (row["address_rule"], row["exclusion_en"]) == ("contradicted", "left out")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD.replace("any", "page"), "column target_kind: 'page' is not an allowed code"),
        (GOOD.replace("host", "path"), "column part: 'path' is not an allowed code"),
        (GOOD.replace("beneath", "like"), "column match: 'like' is not an allowed code"),
        (GOOD.replace("host", "url"), "column match: beneath says nothing of a url"),
        (GOOD.replace("facebook.com", ""), "column text: the cell is empty"),
        (GOOD.replace("facebook.com", "http://a.vn/"), "column text: 'http://a.vn/' is no host"),
        (GOOD.replace("facebook.com", "A.vn"), "column text: 'A.vn' is no host"),
        (GOOD.replace("A social network", " "), "column reason_en: the cell is empty"),
        (GOOD.replace("Mạng xã hội", ""), "column reason_vi: the cell is empty"),
        (GOOD.replace("Mạng xã hội", "x" * 501), "column reason_vi: the text has 501 characters"),
        (GOOD.replace("Mạng", "M\u200bạng"), "column reason_vi: it holds the invisible character"),
        (GOOD[:-2], "column author: the cell is empty"),
        (GOOD + ",more", "the row has 8 cells instead of 7"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_all_of_them(line: str, said: str) -> None:
    with pytest.raises(ReviewedFileError) as raised:
        read("service,url,is,a.vn/x,Why,Vì sao,An", line)
    (fault,) = str(raised.value).splitlines()
    assert fault.startswith("filters.csv, line 3")
    assert said in fault


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ReviewedFileError) as raised:
        read("x,host,is,a.vn,,Vì sao,An", GOOD, GOOD.upper().replace("ANY", "any"), GOOD)
    faults = str(raised.value).splitlines()
    assert len(faults) >= 4
    assert "line 2, column target_kind" in faults[0]
    assert "line 2, column reason_en" in faults[1]
    assert "line 5, column text: the same filter stands further up" in faults[-1]


def test_another_header_or_encoding_is_refused() -> None:
    with pytest.raises(ReviewedFileError, match="line 1: the header is"):
        read_filters(b"a,b\n", "filters.csv")
    with pytest.raises(ReviewedFileError, match="line 2: the file is not UTF-8"):
        read_filters(f"{FIELDS}\n".encode() + b"\xff", "filters.csv")


FILTERS = st.lists(
    st.builds(
        Filter,
        target_kind=st.sampled_from(["portal", "service", "any"]),
        part=st.sampled_from(list(PARTS)),
        match=st.sampled_from(list(MATCHES)),
        text=st.one_of(st.text(max_size=4), st.sampled_from(["vn", "P-10", "laocai.gov.vn"])),
        reason_en=st.just("left out"),
        reason_vi=st.just("không truy cập"),
        author=st.just("An"),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(FILTERS)
def test_a_filter_never_adds_or_changes_a_target(filters: list[Filter]) -> None:
    file = delivery("\n".join([HEADER, service(), service(service_code="x", url="")]))
    without, with_filters = register(file), register(file, filters=filters)
    assert with_filters["counts"] == without["counts"]
    assert with_filters["quarantine"] == without["quarantine"]
    for before, after in zip(without["targets"], with_filters["targets"], strict=True):
        changed = {name for name in before if before[name] != after[name]}
        assert changed <= {"exclusion_en", "exclusion_vi", "author"}
        if before["exclusion_en"] is None:
            assert (after["exclusion_en"] is None) == (first_fitting(filters, before) is None)
        else:
            assert changed == set()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_any_file_is_read_or_refused_in_words(content: bytes) -> None:
    said = "filters.csv"
    try:
        read_filters(f"{FIELDS}\n".encode() + content, "filters.csv")
    except ReviewedFileError as error:
        said = str(error)
    assert said.startswith("filters.csv")


def test_the_shipped_filters_are_read_and_leave_out_what_is_no_page_of_a_body() -> None:
    filters = read_filters(SHIPPED.read_bytes(), SHIPPED.name)
    sidecar = load_sidecar(SHIPPED.with_name(f"{SHIPPED.name}.meta.yaml"))
    assert (sidecar.kind, sidecar.years) == ("target_filters", ())
    assert sidecar.kind in registry.table("raw_intake_files").column("kind").codes

    def left_out(url: str) -> bool:
        return first_fitting(filters, target(url)) is not None

    gone = (
        "http://a.gov.vn.test/",
        "http://www.facebook.com/x",
        "http://zalo.me/1",
        "http://a.local/",
        "https://play.google.com/store/apps/details?id=x",
        "http://a.gov.vn/to-khai.DOC",
    )
    kept = ("http://test.gov.vn/", "http://facebook.gov.vn/", "http://local.vn/", "http://a.vn/doc")
    assert [url for url in gone if not left_out(url)] == []
    assert [url for url in kept if left_out(url)] == []
