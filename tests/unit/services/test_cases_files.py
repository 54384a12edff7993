"""Odd files of case records: each has one decided outcome, and no line is lost."""

from __future__ import annotations

import bz2
import gzip
import io
import unicodedata
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from case_samples import HEADER, good, read, text

from assets.services.cases import stream
from assets.services.cases.judge import reasons

LINES = [good(n) for n in range(1, 4)]
VIETNAMESE = (
    "Mã hồ sơ;Cơ quan;Mã dịch vụ;Hình thức nộp;Ngày tiếp nhận;Ngày hẹn trả;Ngày giải quyết;"
    "Kết quả giải quyết;Thanh toán phí"
)
IN_WORDS = "H40-1;Lào Cai;DV.001;Trực tuyến;31/03/2016;15/04/2016;01/04/2016;Đúng hạn;Không"


def _windows_1258(words: str) -> bytes:
    """As Windows writes it: base letters, then the tone as a sign of its own."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = b""
    for sign in unicodedata.normalize("NFC", words):
        taken_apart = unicodedata.normalize("NFD", sign)
        tone = "".join(part for part in taken_apart if part in tones)
        base = unicodedata.normalize("NFC", "".join(p for p in taken_apart if p not in tones))
        out += (base + tone).encode("cp1258")
    return out


def _parquet(**changed: pa.Array) -> bytes:
    cells = dict(
        zip(HEADER.split(","), zip(*(line.split(",") for line in LINES), strict=True), strict=True)
    )
    columns = {name: pa.array(values) for name, values in cells.items()}
    columns["received_on"] = pa.array([date(2016, 3, day) for day in (2, 3, 4)])
    columns["resolved_on"] = pa.array([None, None, None], pa.date32())
    columns["case_result"] = pa.array(["in_progress"] * 3).dictionary_encode()
    out = io.BytesIO()
    pq.write_table(pa.table({**columns, **changed}), out)
    return out.getvalue()


#: name -> content, what is accepted, refused and blank.
TAKEN: dict[str, tuple[bytes, tuple[int, int, int]]] = {
    "utf_8": (text(*LINES), (3, 0, 0)),
    "utf_8_with_its_mark": (b"\xef\xbb\xbf" + text(*LINES), (3, 0, 0)),
    "utf_16": (text(*LINES).decode().encode("utf-16"), (3, 0, 0)),
    "utf_16_big_end_first": (b"\xfe\xff" + text(*LINES).decode().encode("utf-16-be"), (3, 0, 0)),
    "windows_1258": (_windows_1258(f"{VIETNAMESE}\r\n{IN_WORDS}\r\n"), (1, 0, 0)),
    "vietnamese_headings_and_words": (f"{VIETNAMESE}\n{IN_WORDS}\n".encode(), (1, 0, 0)),
    "letters_taken_apart": (
        unicodedata.normalize("NFD", f"{VIETNAMESE}\n{IN_WORDS}\n").encode(),
        (1, 0, 0),
    ),
    "semicolons": (text(*LINES).replace(b",", b";"), (3, 0, 0)),
    "tabs": (text(*LINES).replace(b",", b"\t"), (3, 0, 0)),
    "bars": (text(*LINES).replace(b",", b"|"), (3, 0, 0)),
    "line_ends_of_windows": (text(*LINES, end="\r\n"), (3, 0, 0)),
    "no_last_line_end": (text(*LINES).rstrip(b"\n"), (3, 0, 0)),
    "header_alone": (text(), (0, 0, 0)),
    "header_without_line_end": (HEADER.encode(), (0, 0, 0)),
    "blank_lines": (text(LINES[0], "", ",,,,,,,,", LINES[1], ""), (2, 0, 3)),
    "blanks_around_cells": (text(LINES[0].replace(",", " , ")), (1, 0, 0)),
    "everything_quoted": (
        text('"' + LINES[0].replace(",", '","') + '"', LINES[1]),
        (2, 0, 0),
    ),
    "a_delimiter_in_quotes": (text(good(1).replace("P-10", '"X, Y"'), LINES[1]), (1, 1, 0)),
    "too_few_and_too_many_cells": (
        text(LINES[0], "H40-9,P-10", LINES[1] + ",x", LINES[2]),
        (2, 2, 0),
    ),
    "two_header_rows": (text(HEADER, *LINES), (3, 1, 0)),
    "columns_in_another_order": (
        text(
            "none,H40-1,P-10,DV.001,online,2016-03-02,2016-04-01,on_time",
            header="fee_payment,case_id,body_code,service_code,channel,received_on,resolved_on,"
            "case_result",
        ),
        (1, 0, 0),
    ),
    "gzip": (gzip.compress(text(*LINES)), (3, 0, 0)),
    "gzip_in_two_members": (gzip.compress(text(LINES[0])) + gzip.compress(b""), (1, 0, 0)),
    "bzip2_of_utf_16": (bz2.compress(text(*LINES).decode().encode("utf-16")), (3, 0, 0)),
    "parquet": (_parquet(), (3, 0, 0)),
    "parquet_with_moments": (
        _parquet(received_on=pa.array([1456876800000000] * 3, pa.timestamp("us"))),
        (3, 0, 0),
    ),
    "a_value_of_zero_bytes_less": (text(good(1).replace("DV.001", "D" * 5000)), (0, 1, 0)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_that_is_taken(tmp_path: Path, name: str) -> None:
    content, expected = TAKEN[name]
    file = read(tmp_path, content).file
    assert file["file_state"] == "accepted", file
    assert (file["rows_accepted"], file["rows_quarantined"], file["rows_blank"]) == expected


#: name -> content, rule, part of what was found.
REJECTED: dict[str, tuple[bytes, str, str]] = {
    "cut_gzip": (gzip.compress(text(*LINES * 400))[:-12], "unreadable", "end-of-stream"),
    "damaged_gzip": (gzip.compress(text(*LINES))[:-8] + b"\0" * 8, "unreadable", "CRC"),
    "gzip_of_too_much": (
        gzip.compress(text() + b"\n" * (17 * 1024 * 1024)),
        "too_large",
        "unpacked",
    ),
    "cut_parquet": (_parquet()[:-40], "unreadable", ""),
    "a_workbook": (b"PK\x03\x04" + b"\0" * 60, "unknown_format", "504b0304"),
    "a_pdf": (b"%PDF-1.7\n1 0 obj", "unknown_format", "25504446"),
    "a_page": (b"<html><body>404</body></html>", "unknown_format", "3c68746d"),
    "zero_bytes": (text(*LINES).replace(b"online", b"on\0line"), "encoding_undecidable", "zero"),
    "utf_32": (text(*LINES).decode().encode("utf-32"), "encoding_undecidable", "UTF-32"),
    "mark_of_utf_8_on_other_bytes": (
        b"\xef\xbb\xbf" + text(good(1).replace("P-10", "Lào Cai")).replace("à".encode(), b"\xe0"),
        "encoding_undecidable",
        "UTF-8",
    ),
    "font_of_before_unicode": (
        text(good(1)).replace(b"P-10", b"L\xb5o Cai"),
        "font_encoding_suspected",
        "µ",
    ),
    "no_header": ("\n".join(LINES).encode(), "wrong_header", "missing: case_id"),
    "unknown_column": (
        text(*(f"{line},x" for line in LINES), header=f"{HEADER},note"),
        "wrong_header",
        "unknown: 'note'",
    ),
    "column_twice": (
        text(*(f"{line},x" for line in LINES), header=f"{HEADER},channel"),
        "wrong_header",
        "twice: channel",
    ),
    "heading_of_a_person": (
        text(*(f"{line},x" for line in LINES), header=f"{HEADER},Họ và tên"),
        "personal_data",
        "Họ và tên",
    ),
    "identity_number_as_case_number": (
        text(good(1).replace("H40-1", "012345678901"), LINES[1]),
        "personal_data",
        "line 2, case_id: identity_number",
    ),
    "identity_number_as_service": (
        text(good(1).replace("DV.001", "012345678"), LINES[1]),
        "personal_data",
        "identity_number",
    ),
    "name_in_a_line_too_long": (
        text(f"{good(1)},Nguyễn Văn An", LINES[1]),
        "personal_data",
        "line 2: person_name",
    ),
    "no_header_and_an_identity_number": (
        good(1).replace("H40-1", "012345678901").encode(),
        "wrong_header",
        "not shown",
    ),
    "open_quotation_mark": (
        text(LINES[0], good(2).replace("H40", '"H40'), LINES[2], good(4)),
        "line_break_in_cell",
        "",
    ),
    "line_break_in_quotes": (
        text(good(1).replace("DV.001", '"DV\n001"'), LINES[1]),
        "line_break_in_cell",
        "service_code",
    ),
    "mostly_wrong": (
        text(*LINES, *(good(n).replace("online", "fax") for n in range(10, 40))),
        "too_many_refused",
        "30 of 33 lines; line 5: channel must be one of",
    ),
    "made_up_and_not_declared_so": (
        text(good(1).replace("H40", "SYN-P-10")),
        "synthetic_not_declared",
        "SYN-",
    ),
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_file_that_is_rejected(tmp_path: Path, name: str) -> None:
    content, rule, found = REJECTED[name]
    read_back = read(tmp_path, content)
    file = read_back.file
    assert (file["file_state"], file["rule_id"]) == ("rejected", rule), file
    assert found in (file["raw_value"] or "")
    assert file["reason_en"] == reasons()[rule]["reason_en"]
    assert not read_back.cases
    assert "Nguyễn" not in str(read_back)
    assert "012345678" not in str(read_back)


def test_a_line_longer_than_a_frame_rejects_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "FRAME_BYTES", 4096)
    content = text(*LINES, good(4).replace("DV.001", "D" * 9000), good(5))
    assert read(tmp_path, content).file["rule_id"] == "long_line"


def test_frames_of_any_size_give_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [good(n) for n in range(1, 60)]
    lines[20], lines[40], lines[41] = "x,y", "", good(900).replace("online", "fax")
    content = text(*lines)
    (tmp_path / "a").mkdir()
    whole = read(tmp_path / "a", content)
    monkeypatch.setattr(stream, "FRAME_BYTES", 700)
    (tmp_path / "b").mkdir()
    cut = read(tmp_path / "b", content)
    assert cut == whole
    assert cut.rules() == [
        (22, "", "row_shape"),
        (43, "channel", "raw_cases.channel.codes"),
    ]


def test_every_reason_to_reject_a_file_is_met_by_a_case() -> None:
    met = {rule for _, rule, _ in REJECTED.values()}
    of_lines = {"row_shape", "unknown_body", "other_year"}
    elsewhere = {"long_line", "reader_crashed", "other_content"}
    assert met | of_lines | elsewhere == set(reasons())


def test_there_are_enough_odd_files() -> None:
    assert len(TAKEN) + len(REJECTED) >= 40
