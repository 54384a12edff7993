"""Made-up case records in any number, with faults of known kinds planted in a chosen share.

Belongs here: files of case records whose numbers say that they are made up (SYN-), and the list of
every fault planted, so that a test or a benchmark knows what must end in quarantine. The same seed
gives the same bytes. Does not belong here: reading them.

Skew as in life: few bodies have most cases, few services of a body have most of its cases, more
cases come in spring and autumn, and most are filed in person or online by body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assets.lake import Sidecar
from assets.services.cases.judge import SYNTHETIC
from assets.services.cases.layout import KIND

COLUMNS = (
    "case_id", "body_code", "service_code", "channel", "received_on", "due_on", "resolved_on",
    "case_result", "fee_payment",
)  # fmt: skip

#: Fault -> rule that must refuse its line.
RULES: Mapping[str, str] = {
    "short_line": "row_shape",
    "long_line": "row_shape",
    "no_case_id": "raw_cases.case_id.nullable",
    "bad_case_id": "raw_cases.case_id.pattern",
    "unknown_body": "unknown_body",
    "bad_date": "raw_cases.received_on.dtype",
    "other_year": "other_year",
    "resolved_early": "raw_cases.resolved_after_received",
    "unknown_channel": "raw_cases.channel.codes",
    "repeated": "raw_cases.key",
}

#: Of so many files one has all the repeated cases, as when a body sends a month twice.
_ONE_OF = 10
#: Services of a body, and the exponent by which their cases thin out.
_SERVICES, _THIN = 120, 1.1
_MONTHS = np.array([6, 5, 10, 10, 9, 8, 7, 8, 11, 11, 9, 6])
_CHANNELS = ("online", "in_person", "postal")
_FEES = ("online", "offline", "none")

_Text = pl.Expr
_Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Wanted:
    """How many rows in how many files, of which bodies, and what share of lines is at fault.

    Each kind of fault has an equal part of `fault_share`. A repeated case is two lines; of ten
    files or more, one in ten has them all.
    """

    rows: int
    files: int
    bodies: Sequence[str]
    year: int = 2016
    seed: int = 1
    fault_share: float = 0.0


@dataclass(frozen=True)
class Written:
    """A file written, and its faults: columns line_no, fault, rule_id."""

    path: Path
    rows: int
    faults: pl.DataFrame


def described(year: int) -> Sidecar:
    """How files of made-up cases are described when they are taken in."""
    return Sidecar(
        kind=KIND,
        years=(year,),
        issuer="made up",
        document_no=None,
        document_date=None,
        source_ref="made-up cases",
        received_at=date(year + 1, 2, 1),
        licence="none",
        is_synthetic=True,
    )


def write_cases(wanted: Wanted, folder: Path) -> Iterator[Written]:
    """Write the files one after the other. ValueError unless each file has at least two rows."""
    if wanted.rows < 2 * wanted.files or not wanted.bodies:
        raise ValueError("give at least two rows a file, and at least one body")
    folder.mkdir(parents=True, exist_ok=True)
    borders = np.linspace(0, wanted.rows, wanted.files + 1).astype(int)
    for number, (first, end) in enumerate(pairwise(borders)):
        random = np.random.default_rng([wanted.seed, number])
        frame = _rows(wanted, int(first), int(end - first), random)
        faults = _planted(wanted, number, frame.height, random)
        lines = _lines(frame, faults)
        path = folder / f"synthetic-cases-{wanted.year}-{number:04d}.csv"
        with path.open("wb") as out:
            out.write((",".join(COLUMNS) + "\n").encode())
            lines.write_csv(out, include_header=False, quote_style="never")
        yield Written(path, frame.height, _listed(faults))


def _rows(wanted: Wanted, first: int, rows: int, random: np.random.Generator) -> pl.DataFrame:
    """Good cases as text."""
    bodies = np.array(wanted.bodies)
    weights = 1.0 / np.arange(1, len(bodies) + 1) ** 0.8
    body = random.choice(len(bodies), rows, p=weights / weights.sum())
    thin = 1.0 / np.arange(1, _SERVICES + 1) ** _THIN
    service = random.choice(_SERVICES, rows, p=thin / thin.sum())
    month = random.choice(12, rows, p=_MONTHS / _MONTHS.sum())
    received = np.datetime64(f"{wanted.year}-01-01", "D") + (
        month * 30 + random.integers(0, 30, rows)
    )
    days = 5 + service % 26
    took = random.integers(0, 30, rows)
    is_open = random.random(rows) < 0.05
    result = np.where(is_open, "in_progress", np.where(took <= days, "on_time", "late"))
    return pl.DataFrame(
        {
            "number": np.arange(first, first + rows),
            "body_code": bodies[body],
            "service": service,
            "channel": np.array(_CHANNELS)[_cut(random, rows, (0.35, 0.95))],
            "received_on": received,
            "due_on": received + days,
            "resolved_on": received + took,
            "is_open": is_open,
            "case_result": result,
            "fee_payment": np.array(_FEES)[_cut(random, rows, (0.15, 0.6))],
        }
    ).select(
        pl.format(SYNTHETIC + "{}-{}", "body_code", pl.col("number").cast(pl.String).str.zfill(9))
        .alias("case_id"),
        "body_code",
        pl.format("{}.{}", "body_code", pl.col("service").cast(pl.String).str.zfill(3))
        .alias("service_code"),
        "channel",
        pl.col("received_on").cast(pl.String),
        pl.col("due_on").cast(pl.String),
        pl.when("is_open").then(pl.lit("")).otherwise(pl.col("resolved_on").cast(pl.String))
        .alias("resolved_on"),
        "case_result",
        "fee_payment",
    )  # fmt: skip


def _cut(random: np.random.Generator, rows: int, borders: tuple[float, ...]) -> _Numbers:
    return np.digitize(random.random(rows), borders)


def _planted(
    wanted: Wanted, number: int, rows: int, random: np.random.Generator
) -> dict[str, _Numbers]:
    """Rows (0-based) of each fault of a file: none has two, none of a repeated pair another."""
    each = round(rows * wanted.fault_share / len(RULES))
    if not each:
        return {}
    counts = dict.fromkeys(RULES, each)
    if wanted.files >= _ONE_OF:
        counts["repeated"] = each * _ONE_OF if number % _ONE_OF == 0 else 0
    # Pairs of rows are drawn, so that a repeated row has a good one before it.
    pairs = random.choice(rows // 2, min(sum(counts.values()), rows // 2), replace=False) * 2 + 1
    ends = np.cumsum(list(counts.values()))
    return {
        fault: np.sort(part) for fault, part in zip(counts, np.split(pairs, ends[:-1]), strict=True)
    }


def _lines(frame: pl.DataFrame, faults: Mapping[str, _Numbers]) -> pl.DataFrame:
    """The rows as lines, faults in their places."""
    row = pl.int_range(pl.len())

    def at(fault: str, column: str, spoiled: _Text) -> _Text:
        return pl.when(row.is_in(faults[fault].tolist())).then(spoiled).otherwise(pl.col(column))

    spoil: dict[str, tuple[str, Callable[[], _Text]]] = {
        "no_case_id": ("case_id", lambda: pl.lit("")),
        "bad_case_id": ("case_id", lambda: pl.lit("số 12/#")),
        "unknown_body": ("body_code", lambda: pl.lit("ZZ-99")),
        "bad_date": ("received_on", lambda: pl.lit("31/02/2016")),
        "other_year": ("received_on", lambda: pl.lit("2011-06-15")),
        "resolved_early": ("resolved_on", lambda: pl.lit("2001-01-01")),
        "unknown_channel": ("channel", lambda: pl.lit("fax")),
        "repeated": ("case_id", lambda: pl.col("case_id").shift(1)),
    }
    if faults:
        for fault, (column, spoiled) in spoil.items():
            frame = frame.with_columns(at(fault, column, spoiled()).alias(column))
        same_body = at("repeated", "body_code", pl.col("body_code").shift(1))
        frame = frame.with_columns(same_body.alias("body_code"))
    lines = frame.select(line=pl.concat_str(COLUMNS, separator=","))
    if faults:
        lines = lines.select(
            line=at("short_line", "line", pl.col("line").str.replace(",[a-z]+$", ""))
        )
        lines = lines.select(line=at("long_line", "line", pl.concat_str("line", pl.lit(",x"))))
    return lines


def _listed(faults: Mapping[str, _Numbers]) -> pl.DataFrame:
    """Every line that must be refused; the header is line 1."""
    parts = [
        pl.DataFrame({"line_no": rows + 2, "fault": fault, "rule_id": RULES[fault]})
        for fault, rows in faults.items()
    ]
    if faults:
        first = faults["repeated"] + 1
        parts.append(
            pl.DataFrame({"line_no": first, "fault": "repeated", "rule_id": RULES["repeated"]})
        )
    schema = {"line_no": pl.Int64(), "fault": pl.String(), "rule_id": pl.String()}
    return pl.concat(parts).sort("line_no") if parts else pl.DataFrame(schema=schema)
