"""The journal and the evidence of a window: what was written is read again, whatever tore."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.crawl.evidence.journal import NAME, Entry, Journal, JournalError
from assets.crawl.evidence.records import Archive, EvidenceError, read_record, record_id_of, records
from assets.crawl.model import Timings, Visit

AT = datetime(2017, 2, 20, 3, 4, 5, tzinfo=UTC)


def visit(url: str, body: bytes = b"", status: str = "completed") -> Visit:
    return Visit(
        url=url,
        status=status,
        final_url=url,
        http_status=200 if body else None,
        redirects=("http://a.test/",),
        headers={"content-type": "text/html"},
        body=body,
        tls={"version": "TLSv1.3"},
        timings=Timings(resolve_ms=1, first_byte_ms=7),
        fetched_at=AT if body else None,
        attempts=2,
    )


def kept(folder: Path, *visits: Visit, round_no: int = 1) -> list[Entry]:
    """Visits written as the crawler writes them: record first, then the line."""
    journal = Journal(folder, round_no)
    archive = Archive(folder, journal.known)
    for one in visits:
        record = archive.write("w1", round_no, one) if one.body else None
        journal.append(one, "P-10", record)
    archive.close()
    journal.close()
    return list(journal.entries.values())


def test_visits_come_back_with_their_content(tmp_path: Path) -> None:
    made = (visit("http://a.test/1", "Lào Cai".encode()), visit("http://b.test/"))
    kept(tmp_path, *made)
    journal = Journal(tmp_path, 1)
    assert tuple(journal.visit(entry) for entry in journal.entries.values()) == made
    assert list(journal.entries) == [(1, "P-10", "http://a.test/1"), (1, "P-10", "http://b.test/")]


def test_the_same_content_is_kept_once_also_over_starts(tmp_path: Path) -> None:
    page = b"<p>" + b"x" * 5000
    kept(tmp_path, visit("http://a.test/1", page), visit("http://a.test/2", page))
    kept(tmp_path, visit("http://a.test/3", page), round_no=2)
    first, second = sorted(tmp_path.glob("visits-*.warc.gz"))
    types = [headers["WARC-Type"] for path in (first, second) for _, headers in records(path)]
    assert types == ["response", "revisit", "revisit"]
    for round_no, visits in ((1, 2), (2, 1)):
        journal = Journal(tmp_path, round_no)
        assert [journal.visit(entry).body for entry in journal.entries.values()] == [page] * visits


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_torn_last_line_is_left_out_and_the_window_goes_on(tmp_path: Path, cut: int) -> None:
    kept(tmp_path, visit("http://a.test/1", b"one"), visit("http://a.test/2", b"two"))
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    journal = Journal(tmp_path, 1)
    assert list(journal.entries) == [(1, "P-10", "http://a.test/1")]
    journal.append(visit("http://a.test/2"), "P-10", None)
    journal.close()
    assert len(Journal(tmp_path, 1).entries) == 2


def test_a_torn_record_at_the_end_of_a_file_hides_nothing_before_it(tmp_path: Path) -> None:
    kept(tmp_path, visit("http://a.test/1", b"one" * 900), visit("http://a.test/2", b"2" * 999))
    (path,) = tmp_path.glob("visits-*.warc.gz")
    path.write_bytes(path.read_bytes()[:-20])
    assert len(list(records(path))) >= 1
    journal = Journal(tmp_path, 1)
    (first,) = journal.entries.values()  # the other is visited again
    assert journal.visit(first).body == b"one" * 900


def test_a_visit_made_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    kept(tmp_path, visit("http://a.test/1", status="our-fault"), visit("http://a.test/1", b"one"))
    (entry,) = Journal(tmp_path, 1).entries.values()
    assert entry.visit.status == "completed"


def test_a_later_round_knows_what_it_can_ask_about(tmp_path: Path) -> None:
    tagged = replace(visit("http://a.test/1", b"one"), redirects=(), headers={"etag": '"1"'})
    led_on = replace(tagged, url="http://a.test/2", redirects=("http://a.test/2",))
    kept(tmp_path, tagged, led_on, visit("http://a.test/3", b"three"))
    journal = Journal(tmp_path, 2)
    assert journal.entries == {}
    assert list(journal.earlier) == ["http://a.test/1"]
    assert Journal(tmp_path, 1).earlier == {}


def test_content_that_is_gone_is_told(tmp_path: Path) -> None:
    kept(tmp_path, visit("http://a.test/1", b"one"))
    journal = Journal(tmp_path, 1)
    (path,) = tmp_path.glob("visits-*.warc.gz")
    path.unlink()
    with pytest.raises(EvidenceError, match=r"visits-0001\.warc\.gz"):
        journal.visit(next(iter(journal.entries.values())))


def test_altered_evidence_is_told(tmp_path: Path) -> None:
    (entry,) = kept(tmp_path, visit("http://a.test/1", b"one"))
    assert entry.record is not None
    with pytest.raises(EvidenceError, match="not what was seen"):
        read_record(tmp_path, replace(entry.record, content_sha256="0" * 64))


def test_a_line_of_something_else_is_an_error_with_its_place(tmp_path: Path) -> None:
    kept(tmp_path, visit("http://a.test/1", b"one"))
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes() + b'{"no": "visit"}\n')
    with pytest.raises(JournalError, match=r"journal\.jsonl: line 2"):
        Journal(tmp_path, 1)


def test_ids_of_records_follow_from_what_was_seen() -> None:
    one, other = visit("http://a.test/1", b"one"), visit("http://a.test/1", b"two")
    assert record_id_of("w1", 1, one) == record_id_of("w1", 1, one)
    ids = {
        record_id_of("w1", 1, one),
        record_id_of("w1", 2, one),
        record_id_of("w2", 1, one),
        record_id_of("w1", 1, other),
    }
    assert len(ids) == 4
