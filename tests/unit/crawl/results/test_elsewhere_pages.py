"""Archives of other crawlers: which pages are of which target, and what follows from them."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warc_samples import (
    ABOUT,
    DAY,
    FORM,
    HOME,
    HOME_PAGE,
    HTML,
    PORTAL,
    SECTION,
    SERVICE,
    Sample,
    answers_of,
    of,
    raw_response,
    read,
    record_id,
    statuses_of,
)

from assets.crawl.checks.rules import rules
from assets.crawl.evidence.records import Archive
from assets.crawl.model import Visit
from assets.crawl.results.elsewhere import from_warc
from tests.farm.farm_web import target_table

SECTIONS = ("gioi-thieu", "lanh-dao", "so-do", "tin", "van-ban", "hoi-dap")


def portal(sample: Sample) -> Sample:
    sample.add(HOME, HOME_PAGE)
    for section in SECTIONS:
        words = " ".join(f"{section} số {number}" for number in range(9))
        sample.add(f"{HOME}{section}", f"<html lang=vi><h1>{section}</h1><p>{words}</p></html>")
    return sample


def one(tmp_path: Path, sample: Sample) -> Path:
    return sample.save(tmp_path / "x.warc.gz")


def test_the_lines_of_a_round(tmp_path: Path) -> None:
    sample = Sample()
    sample.info(software="Heritrix/3.4", http_header_user_agent="archiver (+https://a.test)")
    portal(sample).add(SERVICE.url, FORM)
    lines, problems = read([one(tmp_path, sample)])
    assert problems == []
    assert [line["line"] for line in lines].count("round") == 1
    assert {
        key: lines[0][key] for key in ("line", "window_code", "shard", "shards", "crawler")
    } == {
        "line": "round",
        "window_code": ABOUT.window_code,
        "shard": 1,
        "shards": 1,
        "crawler": "Heritrix/3.4",
    }
    assert lines[0]["user_agent"] == "archiver (+https://a.test)"
    assert set(statuses_of(lines).values()) == {"completed"}
    assert set(statuses_of(lines)) == {HOME, *(f"{HOME}{section}" for section in SECTIONS)}
    assert len(of(lines, "check", "P-10")) == len(rules().checks)
    (visit,) = of(lines, "visit", SERVICE.target_id)
    (probe,) = of(lines, "probe", SERVICE.target_id)
    assert (visit["url"], visit["visit_status"]) == (SERVICE.url, "completed")
    assert (probe["page_state"], probe["level_seen"]) == ("content", "3")
    assert visit["record_id"] == probe["record_id"] == record_id(8)
    assert visit["content_sha256"] == hashlib.sha256(FORM.encode()).hexdigest()
    assert visit["record_file"].endswith("x.warc.gz")


def test_checks_are_answered_over_the_pages_and_name_their_records(tmp_path: Path) -> None:
    lines, _ = read([one(tmp_path, portal(Sample()))])
    found = answers_of(lines)
    for check in ("introduction", "leadership", "site_map", "news", "questions", "search"):
        assert found[check] == "yes", check
    by_check = {line["check_id"]: line for line in of(lines, "check", "P-10")}
    introduction = by_check["introduction"]
    assert introduction["evidence_url"] == f"{HOME}gioi-thieu"
    assert introduction["record_id"] == record_id(2)
    assert introduction["captured_at"].startswith("2017-02-20T03:00:00")
    assert by_check["search"]["record_id"] == record_id(1)


def test_a_target_without_a_record_was_not_seen(tmp_path: Path) -> None:
    lines, _ = read([one(tmp_path, portal(Sample()))])
    (visit,) = of(lines, "visit", SERVICE.target_id)
    (probe,) = of(lines, "probe", SERVICE.target_id)
    assert (visit["visit_status"], visit["detail"]) == ("not-attempted", "not in the archive")
    assert visit["record_id"] is None
    assert (probe["page_state"], probe["visit_status"]) == ("unseen", "not-attempted")

    sample = Sample()
    sample.add(f"{HOME}gioi-thieu", SECTION)
    lines, _ = read([one(tmp_path, sample)])
    assert statuses_of(lines) == {HOME: "not-attempted", f"{HOME}gioi-thieu": "completed"}
    assert set(answers_of(lines).values()) == {"not_observed"}


def test_a_section_that_is_not_in_the_archive_is_not_observed(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(HOME, HOME_PAGE)
    lines, _ = read([one(tmp_path, sample)])
    assert answers_of(lines)["introduction"] == "not_observed"
    assert statuses_of(lines) == {HOME: "completed"}


def test_targets_that_are_left_out_have_no_lines(tmp_path: Path) -> None:
    table = target_table([PORTAL, SERVICE]).to_pylist()
    table[0]["exclusion_en"] = table[0]["exclusion_vi"] = "moved"
    targets = target_table([PORTAL]).from_pylist(table, schema=target_table([PORTAL]).schema)
    lines, problems = from_warc([one(tmp_path, portal(Sample()))], targets, ABOUT, rules())
    assert {line["target_id"] for line in list(lines)[1:]} == {SERVICE.target_id}
    assert problems == ["7 pages are of no target"]


def test_pages_are_of_the_nearest_portal(tmp_path: Path) -> None:
    lower = replace(PORTAL, target_id="P-11", body_code="P-11", url="http://so.portal.gov.vn.test/")
    sample = Sample()
    sample.add("http://so.portal.gov.vn.test/tin/1", SECTION)
    sample.add("http://tin.portal.gov.vn.test/1", SECTION)
    sample.add("http://xportal.gov.vn.test/1", SECTION)
    lines, problems = read([one(tmp_path, sample)], [PORTAL, lower])
    assert "http://so.portal.gov.vn.test/tin/1" in statuses_of(lines, "P-11")
    assert "http://tin.portal.gov.vn.test/1" in statuses_of(lines, "P-10")
    assert len(statuses_of(lines, "P-10")) == 2
    assert problems == ["1 pages are of no target"]


@pytest.mark.parametrize(
    "kept_as",
    ["http://www.dvc.gov.vn.test/nop/1", "https://dvc.gov.vn.test/nop/1/", "HTTP://DVC.gov.vn.test/nop/1"],
)  # fmt: skip
def test_a_service_is_found_whatever_stands_before_its_address(
    tmp_path: Path, kept_as: str
) -> None:
    sample = Sample()
    sample.add(kept_as, FORM)
    lines, problems = read([one(tmp_path, sample)], [SERVICE])
    assert of(lines, "probe", SERVICE.target_id)[0]["level_seen"] == "3"
    assert problems == []


def test_redirects_are_followed_within_the_archive(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(SERVICE.url, code=302, http={"Location": "/dang-nhap?tiep=1"})
    sample.add("http://dvc.gov.vn.test/dang-nhap?tiep=1", FORM)
    lines, _ = read([one(tmp_path, sample)], [SERVICE])
    (visit,) = of(lines, "visit", SERVICE.target_id)
    assert (visit["visit_status"], visit["redirects"]) == ("completed", 1)
    assert visit["url"] == SERVICE.url
    assert visit["final_url"] == "http://dvc.gov.vn.test/dang-nhap?tiep=1"
    assert visit["record_id"] == record_id(2)


@pytest.mark.parametrize(
    "locations",
    [
        ["http://nowhere.test/"],
        ["/nop/1/"],  # the address with a slash is another one
        ["/nop/1"],
        ["/b", "/nop/1"],
        ["/b", "/c", "/d", "/e", "/f", "/g", "/h"],
    ],
)
def test_redirects_whose_end_is_not_in_the_archive_are_not_measured(
    tmp_path: Path, locations: list[str]
) -> None:
    """A site that leads back may have set a cookie first: an archive does not tell."""
    sample = Sample()
    url = SERVICE.url
    for location in locations:
        sample.add(url, code=301, http={"Location": location})
        url = f"http://dvc.gov.vn.test{location}"
    lines, _ = read([one(tmp_path, sample)], [SERVICE])
    (visit,) = of(lines, "visit", SERVICE.target_id)
    assert visit["visit_status"] == "not-attempted"
    assert visit["detail"].startswith("redirects to http://")
    assert visit["record_id"] is None


def test_a_site_that_sets_a_cookie_and_leads_back_is_the_page_that_came_then(
    tmp_path: Path,
) -> None:
    sample = Sample()
    sample.add(SERVICE.url, code=302, http={"Location": SERVICE.url, "Set-Cookie": "a=1"})
    sample.add(SERVICE.url, FORM, at="2017-02-20T03:00:01Z")
    lines, _ = read([one(tmp_path, sample)], [SERVICE])
    assert statuses_of(lines, SERVICE.target_id) == {SERVICE.url: "completed"}


def test_the_last_of_several_visits_to_an_address_holds(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(SERVICE.url, FORM, at="2017-02-21T00:00:00Z")
    sample.add(SERVICE.url, code=500, at="2017-02-20T00:00:00Z")
    lines, problems = read([one(tmp_path, sample)], [SERVICE])
    assert statuses_of(lines, SERVICE.target_id) == {SERVICE.url: "completed"}
    assert problems == ["1 records are of addresses that were visited later again"]


@pytest.mark.parametrize("way", ["id", "digest", "address"])
def test_a_record_that_refers_to_another_has_its_content(tmp_path: Path, way: str) -> None:
    digest = f"sha1:{hashlib.sha1(FORM.encode(), usedforsecurity=False).hexdigest()}"
    first, second = Sample(), Sample()
    kept = first.add("http://other.test/x", FORM, warc={"WARC-Payload-Digest": digest})
    referring = {
        "id": {"WARC-Refers-To": f"<{kept}>", "WARC-Payload-Digest": "sha1:unknown"},
        "digest": {"WARC-Payload-Digest": digest.upper().replace("SHA1", "sha1")},
        "address": {
            "WARC-Refers-To-Target-URI": "http://other.test/x",
            "WARC-Refers-To-Date": DAY,
            "WARC-Payload-Digest": "sha1:unknown",
        },
    }[way]
    second.add(SERVICE.url, kind="revisit", warc={**referring, "WARC-Record-ID": "<urn:x:9>"})
    paths = [second.save(tmp_path / "b.warc.gz"), first.save(tmp_path / "a.warc.gz")]
    lines, problems = read(paths, [SERVICE])
    (probe,) = of(lines, "probe", SERVICE.target_id)
    assert (probe["page_state"], probe["level_seen"]) == ("content", "3")
    assert probe["content_sha256"] == hashlib.sha256(FORM.encode()).hexdigest()
    assert probe["record_id"].startswith("urn:uuid:")
    assert problems == ["1 pages are of no target"]


def test_a_page_that_did_not_change_is_the_page_that_it_was(tmp_path: Path) -> None:
    sample = Sample()
    kept = sample.add(SERVICE.url, FORM, at="2017-02-20T00:00:00Z")
    sample.add(
        SERVICE.url, kind="revisit", code=304, at="2017-02-27T00:00:00Z",
        warc={"WARC-Refers-To": f"<{kept}>"},
    )  # fmt: skip
    lines, _ = read([one(tmp_path, sample)], [SERVICE])
    (visit,) = of(lines, "visit", SERVICE.target_id)
    assert (visit["visit_status"], visit["http_status"]) == ("completed", 304)
    assert of(lines, "probe", SERVICE.target_id)[0]["level_seen"] == "3"


def test_a_record_that_refers_to_nothing_held_is_told(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(SERVICE.url, kind="revisit", warc={"WARC-Refers-To": "<urn:uuid:gone>"})
    lines, (problem,) = read([one(tmp_path, sample)], [SERVICE])
    assert statuses_of(lines, SERVICE.target_id) == {SERVICE.url: "not-attempted"}
    assert "refers to a record that is not in the files" in problem
    assert record_id(1) in problem


@pytest.mark.parametrize(
    ("body", "http", "status"),
    [
        (gzip.compress(FORM.encode(), mtime=0), {"Content-Encoding": "gzip"}, "completed"),
        (zlib.compress(FORM.encode()), {"Content-Encoding": "deflate"}, "completed"),
        (FORM.encode(), {"Content-Encoding": "gzip"}, "completed"),  # kept decoded
        (FORM.encode(), {"Content-Encoding": "deflate"}, "completed"),
        (FORM.encode(), {"Transfer-Encoding": "chunked"}, "completed"),  # kept in one piece
        (b"5\r\n<html\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(FORM[5:].encode()), FORM[5:].encode()),
         {"Transfer-Encoding": "chunked"}, "completed"),
        (gzip.compress(FORM.encode(), mtime=0)[:-20], {"Content-Encoding": "gzip"}, "parse-error"),
        (b"\x0b\x02\x80", {"Content-Encoding": "br"}, "our-fault"),
        (gzip.compress(bytes(40_000_000), mtime=0), {"Content-Encoding": "gzip"}, "too-large"),
        (bytes(12_000_000), {}, "too-large"),
        (b" \n", {}, "empty"),
    ],
    ids=range(11),
)  # fmt: skip
def test_codings_are_undone(tmp_path: Path, body: bytes, http: dict[str, str], status: str) -> None:
    sample = Sample()
    sample.add(SERVICE.url, body, http={**HTML, **http})
    lines, problems = read([one(tmp_path, sample)], [SERVICE])
    (visit,) = of(lines, "visit", SERVICE.target_id)
    assert visit["visit_status"] == status
    assert problems == []
    if status == "completed":
        assert visit["content_sha256"] == hashlib.sha256(FORM.encode()).hexdigest()


@pytest.mark.parametrize(("cut", "status"), [("length", "too-large"), ("time", "our-fault")])
def test_what_was_cut_short_is_not_measured(tmp_path: Path, cut: str, status: str) -> None:
    sample = Sample()
    sample.add(SERVICE.url, "<p>Không tìm thấy", warc={"WARC-Truncated": cut})
    lines, _ = read([one(tmp_path, sample)], [SERVICE])
    assert of(lines, "probe", SERVICE.target_id)[0]["page_state"] == "unseen"
    assert statuses_of(lines, SERVICE.target_id) == {SERVICE.url: status}


@pytest.mark.parametrize(
    ("code", "body", "status"),
    [
        (404, "<p>404", "http-error"),
        (403, "<p>403", "blocked-suspected"),
        (200, "<title>Just a moment...</title>", "blocked-suspected"),
    ],
)
def test_answers_mean_what_they_mean_to_our_crawler(
    tmp_path: Path, code: int, body: str, status: str
) -> None:
    sample = Sample()
    sample.add(SERVICE.url, body, code=code)
    lines, _ = read([one(tmp_path, sample)], [SERVICE])
    (visit,) = of(lines, "visit", SERVICE.target_id)
    assert (visit["visit_status"], visit["http_status"]) == (status, code)


def test_parts_of_pages_and_other_kinds_of_records_are_counted(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(f"{HOME}a.png", b"\x89PNG", http={"Content-Type": "image/png"})
    sample.add(f"{HOME}a.css", "p {}", http={"Content-Type": "text/css"})
    sample.add(f"{HOME}b.png", kind="revisit", http={"Content-Type": "image/png"})
    sample.add(f"{HOME}b", FORM, kind="resource")
    sample.add("dns:portal.gov.vn.test", "10.0.0.1", http={})
    lines, problems = read([one(tmp_path, sample)])
    assert statuses_of(lines) == {HOME: "not-attempted"}
    assert problems == [
        "x.warc.gz: 1 records of addresses that are not of the web (dns: and the like)",
        "x.warc.gz: 3 records of pictures, styles, scripts and the like, no pages",
        "x.warc.gz: 1 records of the kind resource, no answers",
    ]


def test_https_of_an_archive_goes_to_a_person(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(HOME, code=301, http={"Location": HOME.replace("http:", "https:")})
    sample.add(HOME.replace("http:", "https:"), HOME_PAGE)
    lines, _ = read([one(tmp_path, sample)])
    https = next(line for line in of(lines, "check", "P-10") if line["check_id"] == "https")
    assert https["check_answer"] == "yes"
    assert https["confidence"] < rules().confidence["review"]
    assert "whether the certificate was checked is not stated" in https["deciding_words"]


def test_plain_files_and_addresses_in_brackets_are_read(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + FORM.encode()
    path = tmp_path / "x.warc"
    path.write_bytes(raw_response(f"<{SERVICE.url}>", block))
    lines, problems = read([path], [SERVICE])
    assert statuses_of(lines, SERVICE.target_id) == {SERVICE.url: "completed"}
    assert problems == []


def test_our_own_evidence_gives_the_same_pages_back(tmp_path: Path) -> None:
    """Two rounds of our crawler: the second refers to the first for what did not change."""
    headers = {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip"}
    known = {}
    for number, day in ((1, 20), (2, 27)):
        archive = Archive(tmp_path / "shard", known)
        for url, body in {HOME: HOME_PAGE, f"{HOME}gioi-thieu": SECTION, SERVICE.url: FORM}.items():
            visit = Visit(
                url,
                "completed",
                final_url=url,
                http_status=200,
                headers=headers,
                body=(body if url != SERVICE.url else f"{body}{number}").encode(),
                fetched_at=datetime(2017, 2, day, tzinfo=UTC),
            )
            record = archive.write("W", number, visit)
            known.setdefault(record.content_sha256, record)
        archive.close()
    paths = sorted((tmp_path / "shard").glob("*.warc.gz"))
    lines, problems = read(paths)
    assert len(paths) == 2
    assert problems == ["3 records are of addresses that were visited later again"]
    assert set(statuses_of(lines).values()) == {"completed"}
    assert answers_of(lines)["introduction"] == "yes"
    (probe,) = of(lines, "probe", SERVICE.target_id)
    assert (probe["level_seen"], probe["captured_at"][:10]) == ("3", "2017-02-27")
    (home,) = [line for line in of(lines, "visit", "P-10") if line["url"] == HOME]
    assert home["content_sha256"] == hashlib.sha256(HOME_PAGE.encode()).hexdigest()
