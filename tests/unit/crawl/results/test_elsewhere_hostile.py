"""Archives that are damaged or meant to harm: what can be used is, and the rest is told."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_samples import (
    DAY,
    FORM,
    HOME,
    HOME_PAGE,
    HTML,
    SERVICE,
    Sample,
    of,
    raw_record,
    raw_response,
    read,
    record_id,
    statuses_of,
)

from assets.crawl.evidence import warcpages
from assets.crawl.evidence.warcfile import NotWarcError

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + FORM.encode()
GOOD = raw_response(SERVICE.url, PAGE, 7)


def one(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    return path


def service_of(tmp_path: Path, content: bytes) -> tuple[str, list[str]]:
    lines, problems = read([one(tmp_path, content)], [SERVICE])
    return statuses_of(lines, SERVICE.target_id)[SERVICE.url], problems


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x1f\x8b",
        b"PK\x03\x04 a zip",
        b"<html>a page</html>",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"a text", mtime=0),
        gzip.compress(GOOD, mtime=0)[:40],
        b"WARC/1.0\r\n",
        b"WARC/9.9\r\n\r\n",
        b"filedesc://x.arc 0.0.0.0 20170220000000 text/plain 3\n1 0 x\n\n",
        b"WARC/1.0\r\nContent-Length: 5\r\n\r\nab",
    ],
)
def test_what_is_no_warc_is_named(tmp_path: Path, content: bytes) -> None:
    path = one(tmp_path, content)
    with pytest.raises(NotWarcError) as caught:
        read([path])
    assert str(caught.value).startswith(f"{path}: is no WARC file (")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWarcError, match=r"gone\.warc: cannot be read \(No such file"):
        read([tmp_path / "gone.warc"])


@pytest.mark.parametrize("is_gzip", [True, False])
def test_of_a_torn_file_the_whole_records_count(tmp_path: Path, is_gzip: bool) -> None:
    sample = Sample(gzip=is_gzip)
    sample.add(SERVICE.url, FORM)
    sample.add(HOME, HOME_PAGE)
    status, problems = service_of(tmp_path, sample.stream.getvalue()[:-60])
    assert status == "completed"
    (problem,) = problems
    assert problem.startswith("x.warc.gz: at byte ")
    assert problem.endswith("; the rest of the file is not read")


def test_every_tear_is_told(tmp_path: Path) -> None:
    whole = GOOD + raw_response(HOME, PAGE, 8)
    for end in range(len(GOOD) + 1, len(whole) - 4, 7):
        status, problems = service_of(tmp_path, whole[:end])
        assert (status, len(problems)) == ("completed", 1), end


def test_nothing_is_read_beyond_damage_whatever_looks_like_a_record_there(tmp_path: Path) -> None:
    """A page can hold a record of its own making: only the frame says where records begin."""
    planted = raw_response(SERVICE.url, PAGE)
    content = raw_response(HOME, PAGE, 8) + b"damage\r\n\r\n" + planted
    status, (problem, _) = service_of(tmp_path, content)
    assert status == "not-attempted"
    assert "no record begins here; the rest of the file is not read" in problem


def test_a_damaged_member_ends_a_compressed_file(tmp_path: Path) -> None:
    first, second, third = (
        gzip.compress(raw_response(url, PAGE, n))
        for n, url in enumerate((SERVICE.url, HOME, f"{HOME}b"), 1)
    )
    hit = bytearray(second)
    hit[len(hit) // 2] ^= 0xFF
    status, (problem,) = service_of(tmp_path, first + bytes(hit) + third)
    assert status == "completed"
    assert problem.startswith(f"x.warc.gz: at byte {len(first)}: damaged gzip")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (raw_response(SERVICE.url, b"HTTP/1.1 200 OK\r\nno end of headers"), "no HTTP answer"),
        (raw_response(SERVICE.url, b"a page without HTTP\r\n\r\n<p>"), "no HTTP answer"),
        (raw_response(SERVICE.url, b"HTTP/1.1 20x OK\r\n\r\n<p>"), "no HTTP answer"),
        (raw_response(SERVICE.url, b"HTTP/1.1 099 OK\r\n\r\n<p>"), "no HTTP answer"),
        (raw_response(SERVICE.url, b""), "no HTTP answer"),
        (raw_response(SERVICE.url, b"HTTP/1.1 200 OK\r\nA: " + b"x" * 80_000 + b"\r\n\r\n<p>"),
         "no HTTP answer"),
        (raw_response(SERVICE.url, PAGE, 1, f"WARC-Block-Digest: sha1:{'A' * 32}"), "its digest"),
        (raw_response(SERVICE.url, PAGE, 1, "WARC-Block-Digest: sha256:" + "0" * 64), "its digest"),
        (raw_response(SERVICE.url, PAGE, 1, "WARC-Payload-Digest: md5:" + "0" * 32), "its digest"),
        (raw_response("http://", PAGE), "is no address of a page"),
        (raw_response("http://a:99999/", PAGE), "is no address of a page"),
        (raw_response("http://[::1/", PAGE), "is no address of a page"),
        (raw_response("http://a.test/\x1b[31m", PAGE), "is no address of a page"),
        (raw_response("http://a.test/" + "x" * 5_000, PAGE), "is no address of a page"),
        (GOOD.replace(DAY.encode(), b"20th of February"), "is no date"),
        (GOOD.replace(DAY.encode(), b"0001-01-01T00:00:00+14:00"), "is no date"),
        (GOOD.replace(b"WARC-Record-ID", b"X-Record-ID"), "it has no WARC-Record-ID"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_used_is_passed_over_and_named(
    tmp_path: Path, record: bytes, why: str
) -> None:
    lines, problems = read([one(tmp_path, record + raw_response(HOME, PAGE, 9))])
    assert statuses_of(lines, SERVICE.target_id) == {SERVICE.url: "not-attempted"}
    assert statuses_of(lines)[HOME] == "completed"
    (problem,) = problems
    assert problem.startswith("x.warc.gz: byte 0, ")
    assert why in problem
    assert problem.isprintable()


@pytest.mark.parametrize(
    "digest",
    [
        "WARC-Block-Digest: sha256:" + hashlib.sha256(PAGE).hexdigest(),
        "WARC-Payload-Digest: SHA-256:" + hashlib.sha256(FORM.encode()).hexdigest(),
        "WARC-Payload-Digest: blake3:0123",
        "WARC-Payload-Digest: sha1:",
    ],
)
def test_digests_that_fit_or_that_nobody_knows_do_not_matter(tmp_path: Path, digest: str) -> None:
    assert service_of(tmp_path, raw_response(SERVICE.url, PAGE, 1, digest)) == ("completed", [])


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (raw_record(["WARC-Type: response", "A: " + "x" * 70_000], b""), "headers that do not end"),
        (raw_record(["WARC-Type: response", *["A: b"] * 20_000], b""), "headers that do not end"),
        (raw_record(["WARC-Type: response"], b"", length=10**11), "a record of '100000000000' byt"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "a record of '' bytes"),
        (b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", "a record of '-5' bytes"),
        (b"WARC/1.0\r\nContent-Length: 1e3\r\n\r\n", "a record of '1e3' bytes"),
        (raw_record(["WARC-Type: response"], b"short", length=900), "ends within a record"),
        (b"x" * 200_000, "no record begins here"),
    ],
)
def test_a_broken_frame_ends_the_file(tmp_path: Path, record: bytes, why: str) -> None:
    status, (problem,) = service_of(tmp_path, GOOD + record)
    assert status == "completed"
    assert problem.startswith(f"x.warc.gz: at byte {len(GOOD)}: ")
    assert why in problem


def _peak(read_it: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        read_it()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_record_that_unfolds_without_end_costs_no_memory(tmp_path: Path) -> None:
    bomb = gzip.compress(raw_response(HOME, b"HTTP/1.1 200 OK\r\n\r\n" + bytes(200_000_000)), 9)
    content = gzip.compress(GOOD) + bomb
    found: list[tuple[str, list[str]]] = []
    peak = _peak(lambda: found.append(service_of(tmp_path, content)))
    assert found == [("completed", ["1 pages are of no target"])]
    assert peak < 80_000_000


def test_a_file_that_unfolds_too_far_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.crawl.evidence.warcfile.RATIO_FROM_BYTES", 1_000_000)
    bomb = gzip.compress(raw_response(HOME, b"HTTP/1.1 200 OK\r\n\r\n" + bytes(9_000_000)), 9)
    status, (problem,) = service_of(tmp_path, gzip.compress(GOOD) + bomb)
    assert status == "completed"
    assert "it unfolds to more than 200 times its size; the rest of the file is not" in problem


def test_more_pages_than_are_taken_at_once_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warcpages, "MOST_PAGES", 2)
    content = b"".join(raw_response(f"{HOME}{n}", PAGE, n + 1) for n in range(3))
    _, (problem, _) = service_of(tmp_path, content)
    assert "more than is taken at once; the rest of the file is not read" in problem


def test_a_content_of_many_chunks_is_read(tmp_path: Path) -> None:
    chunks = b"1\r\n<\r\n" * 200_000 + b"0\r\n\r\n"
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    assert service_of(tmp_path, raw_response(SERVICE.url, block)) == ("completed", [])


def test_records_that_refer_to_each_other_are_of_no_use(tmp_path: Path) -> None:
    sample = Sample()
    for own, other in ((1, 2), (2, 1)):
        sample.add(f"{HOME}{own}", kind="revisit", warc={"WARC-Refers-To": f"<{record_id(other)}>"})
    _, problems = service_of(tmp_path, sample.stream.getvalue())
    assert len(problems) == 2


def test_a_soft_404_of_a_hostile_page_is_still_only_a_page(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(SERVICE.url, "<p>Không tìm thấy trang \u202e=cmd()</p>", http=HTML)
    lines, problems = read([one(tmp_path, sample.stream.getvalue())], [SERVICE])
    assert of(lines, "probe", SERVICE.target_id)[0]["page_state"] == "missing"
    assert problems == []


def _sample_bytes(is_gzip: bool) -> bytes:
    sample = Sample(gzip=is_gzip)
    sample.info(software="x")
    kept = sample.add(HOME, HOME_PAGE)
    sample.add(SERVICE.url, FORM)
    sample.add(f"{HOME}b", kind="revisit", warc={"WARC-Refers-To": f"<{kept}>"})
    return sample.stream.getvalue()


WHOLE = {is_gzip: _sample_bytes(is_gzip) for is_gzip in (True, False)}


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.booleans(), st.data())
def test_whatever_is_done_to_a_file_it_is_read_or_named(
    tmp_path: Path, is_gzip: bool, data: st.DataObject
) -> None:
    content = bytearray(WHOLE[is_gzip])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        much = data.draw(st.binary(max_size=6))
        content[at : at + data.draw(st.integers(0, 6))] = much
    try:
        lines, _ = read([one(tmp_path, bytes(content))])
    except NotWarcError:
        return
    assert lines[0]["line"] == "round"
    assert HOME in statuses_of(lines)
    assert SERVICE.url in statuses_of(lines, SERVICE.target_id)
    keys = [(one["target_id"], one["url"]) for one in lines if one["line"] == "visit"]
    assert len(keys) == len(set(keys))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300))
def test_any_block_is_read_or_passed_over(tmp_path: Path, block: bytes) -> None:
    _, problems = service_of(tmp_path, raw_response(SERVICE.url, block))
    assert all(problem.isprintable() for problem in problems)
