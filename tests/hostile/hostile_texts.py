"""CSV and JSON files that are odd, and forms with another head."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator

from hostile_case import Build, Case
from hostile_form import ANSWERS, FORM, book, csv_line, csv_text, csv_with, document, json_with

from assets.submissions.form import ORIGIN_SYNTHETIC
from assets.submissions.textform import json_bytes

# --- head -----------------------------------------------------------------------------------------


def heads() -> Iterator[Case]:
    def changed(old: str, new: str) -> Build:
        return lambda: csv_text().replace(old, new, 1).encode()

    real = FORM.form_id
    yield Case("id_changed.csv", changed(real, "2016-ministry-M-01"), "form_id_unreadable")
    yield Case("id_gone.csv", changed(real, ""), "form_id_unreadable")
    yield Case("year_before.csv", changed(real, real.replace("2016", "2015")), "wrong_year")
    yield Case("no_member.csv", changed(real, real.replace("M-01", "M-99")), "body_unknown")
    yield Case("other_block.csv", changed("ministry/M-01", "province/M-01"), "body_unknown")
    yield Case("other_method.csv", changed("0123456789ab", "ba9876543210"), "other_method_version")
    yield Case("other_name.csv", changed("Bộ Mẫu", "Bộ Khác"), "head_contradicts")
    yield Case("other_code.csv", changed("body_code,M-01", "body_code,M-02"), "head_contradicts")
    yield Case("origin_changed.csv", changed("BÁO CÁO CỦA CƠ QUAN", "BÁO CÁO"), "origin_unknown")
    yield Case(
        "synthetic_hidden.xlsx",
        lambda: book(f"{ORIGIN_SYNTHETIC} (seed 1)"),
        "synthetic_not_declared",
    )
    yield Case("synthetic.xlsx", lambda: book(f"{ORIGIN_SYNTHETIC} (seed 2)"), is_synthetic=True)
    yield Case(
        "real_as_synthetic.csv",
        lambda: csv_with("staff", note="giả lập"),
        "synthetic_not_declared",
        is_synthetic=True,
    )


# --- CSV and JSON ---------------------------------------------------------------------------------


def _rewritten(delimiter: str, line_end: str = "\r\n") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows(csv.reader(io.StringIO(csv_text(), newline="")))
    return out.getvalue().encode("utf-8-sig")


def csv_files() -> Iterator[Case]:
    staff = csv_line("staff")
    header = next(line for line in csv_text().split("\r\n") if line.startswith("number,"))

    def changed(old: str, new: str) -> Build:
        return lambda: csv_text().replace(old, new, 1).encode()

    def aside(rule: str, column: str = "value") -> dict[str, str]:
        return {f"line {staff}, {column}": rule}

    yield Case("semicolons.csv", lambda: _rewritten(";"))
    yield Case("tabs.csv", lambda: _rewritten("\t"))
    yield Case("line_feeds.csv", lambda: _rewritten(",", "\n"))
    yield Case("carriage_returns.csv", lambda: _rewritten(",", "\r"))
    yield Case("padded.csv", lambda: csv_text().replace("\r\n\r\n", ",,,\r\n,,,,,\r\n").encode())
    yield Case("quote_open.csv", lambda: csv_text().encode() + b'"x', "csv_malformed")
    yield Case("nul.csv", lambda: csv_text().encode() + b"\0", "unknown_format")
    yield Case(
        "control.csv",
        lambda: b"\xff\xfe" + f"{csv_text()}\x07".encode("utf-16-le"),
        "unknown_format",
    )
    yield Case("header_twice.csv", lambda: f"{csv_text()}{header}\r\n".encode(), "two_headers")
    yield Case("header_gone.csv", changed(f"{header}\r\n", ""), "wrong_template")
    yield Case("no_codes.csv", changed("number,input_code", "number,code"), "key_column_missing")
    yield Case("column_gone.csv", changed(",evidence,note", ",evidence"), "wrong_template")
    yield Case("columns_moved.csv", changed("value,status", "status,value"), "wrong_template")
    yield Case("head_gone.csv", changed("body_name,Bộ Mẫu\r\n", ""), "head_missing")
    yield Case("head_added.csv", changed("body_code,", "phone,1\r\nbody_code,"), "wrong_template")
    yield Case("comma.csv", changed(",120,,,", ",120,,một, hai, ba,"), aside=aside("cell_count"))
    yield Case("short.csv", changed(",120,,,", ",120"), aside=aside("cell_count"))
    yield Case("run.csv", lambda: csv_with("staff", value="=1+1"), aside=aside("text_for_number"))
    yield Case("disarmed.csv", lambda: csv_with("staff", evidence="'=1+1"))
    yield Case(
        "many_lines.csv", lambda: csv_text().encode() + b"1,x\r\n" * 2_001, "sheet_too_large"
    )
    yield Case("long_cell.csv", lambda: csv_with("staff", note="x" * 40_000), "sheet_too_large")


def json_files() -> Iterator[Case]:
    sound = json_bytes(FORM, ANSWERS).decode()

    def changed(old: str, new: str) -> Build:
        return lambda: sound.replace(old, new, 1).encode()

    def edited_document(edit: Callable[[dict[str, object]], object]) -> Build:
        def build() -> bytes:
            made = document()
            edit(made)
            return json.dumps(made).encode()

        return build

    yield Case("sound.json", lambda: sound.encode())
    yield Case("utf16.json", lambda: sound.encode("utf-16"))
    yield Case("numbers.json", lambda: json_with("staff", value=120))
    yield Case(
        "true.json", lambda: json_with("has_wan", value=True, note=None, evidence=None, status=None)
    )
    yield Case("cut.json", lambda: sound[:-20].encode(), "json_malformed")
    yield Case(
        "key_twice.json", changed('"status": ""', '"value": "1", "status": ""'), "json_malformed"
    )
    yield Case("nan.json", lambda: json_with("staff", value=float("nan")), "json_malformed")
    yield Case("deep.json", lambda: b"[" * 200_000, "json_malformed")
    yield Case("root.json", lambda: b"[]", "wrong_template")
    yield Case("extra_key.json", edited_document(lambda d: d.update(more=1)), "wrong_template")
    yield Case("head_list.json", edited_document(lambda d: d.update(form=[])), "wrong_template")
    yield Case("no_code.json", changed('"input_code": "staff",', ""), "key_column_missing")
    yield Case("no_note.json", changed(',\n      "note": ""', ""), "wrong_template")
    yield Case("no_origin.json", changed('"origin"', '"or"'), "head_missing")
    yield Case("value_list.json", lambda: json_with("staff", value=[120]), "wrong_template")
    yield Case(
        "giant_number.json",
        changed('"value": "120"', '"value": 1e999999999'),
        aside={"lines[0].value": "text_for_number"},
    )
    yield Case(
        "exact.json",
        changed('"value": "120"', '"value": 120.00000000000000001'),
        aside={"lines[0].value": "not_whole"},
    )
    yield Case("surrogate.json", changed('"note": ""', '"note": "\\ud800x"'))
    yield Case("many_lines.json", lambda: _many_json(), "sheet_too_large")


def _many_json() -> bytes:
    made = document()
    made["lines"] *= 200
    return json.dumps(made).encode()
