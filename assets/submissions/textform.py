"""The form of a body as CSV and as JSON, for bodies that fill it in with their own programs.

Both hold the same text: the head by the keys of `HEAD`, then one entry for each line by the keys
of `COLUMNS`. Figures are text, so that no program rounds them on the way. In CSV, text that a
spreadsheet would run as a formula gets an apostrophe in front; JSON stays raw.
"""

from __future__ import annotations

import csv
import io
import json

from assets.plaintext import disarmed
from assets.submissions.filled import filled_rows
from assets.submissions.form import COLUMNS, ORIGIN_REAL, Answers, Form

_BYTE_ORDER_MARK = "\ufeff"


def csv_bytes(form: Form, answers: Answers | None = None, origin: str = ORIGIN_REAL) -> bytes:
    """The form as CSV: UTF-8 with byte order mark, comma, CRLF.

    Lines `key,value` of the head, a blank line, the header, the lines of the form. FormError as
    in `filled_rows`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows((key, disarmed(value)) for key, value in form.head(origin).items())
    writer.writerow(())
    writer.writerow(COLUMNS)
    for row in filled_rows(form, answers):
        writer.writerow([disarmed(row[key]) for key in COLUMNS])
    return (_BYTE_ORDER_MARK + text.getvalue()).encode()


def json_bytes(form: Form, answers: Answers | None = None, origin: str = ORIGIN_REAL) -> bytes:
    """The form as JSON: an object with `form` (the head) and `lines`, UTF-8, indented.

    FormError as in `filled_rows`.
    """
    document = {"form": form.head(origin), "lines": filled_rows(form, answers)}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
