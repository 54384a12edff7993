"""The failure table: one line for each thing that is wrong, with where it came from.

Belongs here: the shape of the table and turning values into text. Does not belong here:
deciding what fails, and how a failure is shown to people (`report`).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from assets.gates.messages import Message
from assets.registry import Table

#: `row_no` is the 0-based row of the frame checked, null where no one row is at fault;
#: `raw_value` is the offending value as text, cut to RAW_LENGTH characters.
FAILURES = pa.schema(
    [
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("column_name", pa.string()),
        pa.field("row_no", pa.int64()),
        pa.field("raw_value", pa.string()),
        pa.field("reason_en", pa.string(), nullable=False),
        pa.field("reason_vi", pa.string(), nullable=False),
        pa.field("what_to_do", pa.string(), nullable=False),
        pa.field("where", pa.string()),
    ]
)
RAW_LENGTH = 200

#: Columns that say where a row comes from, in the order shown; the key's columns follow.
PLACES = (
    "file_name",
    "file_sha256",
    "table_no",
    "line_no",
    "row_no",
    "column_no",
    "part_no",
    "index_code",
    "universe",
    "category",
    "body_code",
    "body_printed",
)
_POLARS = {name: pl.Int64() if name == "row_no" else pl.String() for name in FAILURES.names}


def _text(series: pl.Series) -> pl.Series:
    """The values as text; nulls stay null. Works for every type, also those never declared."""
    try:
        return series.cast(pl.String)
    except pl.exceptions.PolarsError:
        values = [None if value is None else str(value) for value in series]
        return pl.Series(series.name, values, dtype=pl.String)


def _named(values: pl.DataFrame, *, show_nulls: bool) -> pl.Series:
    """One text a row, 'name=value, name=value'; nulls are written 'null' or left out."""
    parts = [
        pl.lit(f"{name}=") + (pl.col(name).fill_null("null") if show_nulls else pl.col(name))
        for name in values.columns
    ]
    return values.select(pl.concat_str(parts, separator=", ", ignore_nulls=True)).to_series()


def of_rows(
    table: Table,
    frame: pl.DataFrame,
    rows: Sequence[int],
    *,
    rule_id: str,
    column: str,
    reads: Sequence[str],
    messages: Message | Sequence[Message],
) -> pl.DataFrame:
    """One failure for each of `rows` (0-based) of `frame`, which holds the values as received.

    `reads` are the columns whose values are shown; one message for all or one a row.
    """
    shown = list(dict.fromkeys(reads))
    places = [name for name in dict.fromkeys((*PLACES, *table.key)) if name in frame.columns]
    held = frame.select(list(dict.fromkeys((*shown, *places))))[list(rows)]
    texts = pl.DataFrame([_text(series) for series in held])
    raw = texts[shown[0]] if len(shown) == 1 else _named(texts.select(shown), show_nulls=True)
    said = [messages] * len(rows) if isinstance(messages, Message) else messages
    return pl.DataFrame(
        {
            "rule_id": [rule_id] * len(rows),
            "column_name": [column] * len(rows),
            "row_no": list(rows),
            "raw_value": raw.str.slice(0, RAW_LENGTH),
            "reason_en": [each.reason_en for each in said],
            "reason_vi": [each.reason_vi for each in said],
            "what_to_do": [each.what_to_do for each in said],
            "where": _named(texts.select(places), show_nulls=False).replace("", None),
        },
        schema=_POLARS,
    )


def of_table(
    rule_id: str,
    message: Message,
    *,
    column: str | None = None,
    raw_value: str | None = None,
    where: str | None = None,
) -> pl.DataFrame:
    """One failure that no one row is to blame for."""
    values = {
        "rule_id": rule_id,
        "column_name": column,
        "row_no": None,
        "raw_value": None if raw_value is None else raw_value[:RAW_LENGTH],
        "reason_en": message.reason_en,
        "reason_vi": message.reason_vi,
        "what_to_do": message.what_to_do,
        "where": where,
    }
    return pl.DataFrame([values], schema=_POLARS)


def as_arrow(parts: Sequence[pl.DataFrame]) -> pa.Table:
    """The parts one after another, with the schema FAILURES."""
    if not parts:
        return FAILURES.empty_table()
    return pl.concat(parts).to_arrow().cast(FAILURES)
