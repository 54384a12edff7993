"""The journal and the evidence of a window: what was written is read again, whatever tore."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.crawl.evidence import Archive, EvidenceError, read_record, record_id_of, records
from assets.crawl.journal import NAME, Entry, Journal, JournalError
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
    journal = Journal(folder)
    archive = Archive(folder, journal.known)
    made = []
    for one in visits:
        record = archive.write("w1", round_no, one) if one.body else None
        entry = Entry(round_no, "P-10", visit=one, record=record)
        journal.append(Entry(round_no, "P-10", _bare(one), record))
        made.append(entry)
    archive.close()
    journal.close()
    return made


def _bare(one: Visit) -> Visit:
    return Visit(**{n: getattr(one, n) for n in Visit.__dataclass_fields__ if n != "body"})


def test_visits_come_back_with_their_content(tmp_path: Path) -> None:
    made = kept(tmp_path, visit("http://a.test/1", "Lào Cai".encode()), visit("http://b.test/"))
    journal = Journal(tmp_path)
    assert [journal.visit(entry) for entry in journal.entries.values()] == [e.visit for e in made]
    assert list(journal.entries) == [(1, "P-10", "http://a.test/1"), (1, "P-10", "http://b.test/")]


def test_the_same_content_is_kept_once_also_over_starts(tmp_path: Path) -> None:
    page = b"<p>" + b"x" * 5000
    kept(tmp_path, visit("http://a.test/1", page), visit("http://a.test/2", page))
    kept(tmp_path, visit("http://a.test/3", page), round_no=2)
    first, second = sorted(tmp_path.glob("visits-*.warc.gz"))
    types = [headers["WARC-Type"] for path in (first, second) for _, headers in records(path)]
    assert types == ["response", "revisit", "revisit"]
    journal = Journal(tmp_path)
    assert {journal.visit(entry).body for entry in journal.entries.values()} == {page}


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_torn_last_line_is_left_out_and_the_window_goes_on(tmp_path: Path, cut: int) -> None:
    kept(tmp_path, visit("http://a.test/1", b"one"), visit("http://a.test/2", b"two"))
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-cut])
    journal = Journal(tmp_path)
    assert list(journal.entries) == [(1, "P-10", "http://a.test/1")]
    journal.append(Entry(1, "P-10", _bare(visit("http://a.test/2")), None))
    journal.close()
    assert len(Journal(tmp_path).entries) == 2


def test_a_torn_record_at_the_end_of_a_file_hides_nothing_before_it(tmp_path: Path) -> None:
    kept(tmp_path, visit("http://a.test/1", b"one" * 900), visit("http://a.test/2", b"2" * 999))
    (path,) = tmp_path.glob("visits-*.warc.gz")
    path.write_bytes(path.read_bytes()[:-20])
    assert len(list(records(path))) >= 1
    journal = Journal(tmp_path)
    first, second = journal.entries.values()
    assert journal.visit(first).body == b"one" * 900
    with pytest.raises(EvidenceError, match=r"visits-0001\.warc\.gz"):
        journal.visit(second)


def test_altered_evidence_is_told(tmp_path: Path) -> None:
    (entry,) = kept(tmp_path, visit("http://a.test/1", b"one"))
    record = entry.record
    assert record is not None
    other = record.__class__(record.file_name, record.offset, record.record_id, "0" * 64)
    with pytest.raises(EvidenceError, match="not what was seen"):
        read_record(tmp_path, other)


def test_a_line_of_something_else_is_an_error_with_its_place(tmp_path: Path) -> None:
    kept(tmp_path, visit("http://a.test/1", b"one"))
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes() + b'{"no": "visit"}\n')
    with pytest.raises(JournalError, match=r"journal\.jsonl: line 2"):
        Journal(tmp_path)


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
