"""Receipts: what was read from a body's file, so that the body can check it without us.

Belongs here: a receipt's content from the tables of the unit `submissions`, as text (Vietnamese,
then English, words from `receipt.yaml`) and as JSON. Outside text is shown, never interpreted:
characters that could act on a terminal or hide are written as their code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa
import yaml

from assets import registry
from assets.lake.atomic import canonical_json
from assets.submissions.asked import Asked, number_text
from assets.submissions.reasons import reasons

LANGUAGES = ("vi", "en")

#: A row of a table of the unit `submissions`.
Row = Mapping[str, Any]

_LABEL_WIDTH = 20
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class Total:
    """Control total: how many numeric figures of a unit were accepted, and their sum."""

    unit: str
    count: int
    sum: Decimal


@dataclass(frozen=True)
class Receipt:
    """What is told of one file. `file`, `counts` and `quarantine` are rows of
    raw_submission_files, _counts and _quarantine; `states` counts figures without a number."""

    file: Row
    body_name: str | None
    counts: Row | None
    totals: tuple[Total, ...]
    states: Mapping[str, int]
    quarantine: tuple[Row, ...]

    @property
    def outcome(self) -> str:
        """accepted, quarantined (accepted, but for some lines) or rejected."""
        if self.file["file_state"] == "rejected":
            return "rejected"
        return "quarantined" if self.quarantine else "accepted"


def receipts(tables: Mapping[str, pa.Table], asked: Asked) -> list[Receipt]:
    """A receipt for every file, from the tables of the unit `submissions`, by hash."""
    files, counts, values, quarantine = (
        tables[f"raw_submission_{name}"].to_pylist()
        for name in ("files", "counts", "values", "quarantine")
    )
    counted = {row["file_sha256"]: row for row in counts}
    return [
        Receipt(
            file=file,
            body_name=asked.name(file["body_code"] or ""),
            counts=counted.get(file["file_sha256"]),
            totals=tuple(_totals(_of(file, values), asked)),
            states=_states(_of(file, values)),
            quarantine=tuple(sorted(_of(file, quarantine), key=_line_no)),
        )
        for file in sorted(files, key=lambda row: row["file_sha256"])
    ]


def receipt_name(file_sha256: str) -> str:
    """Name of a receipt without suffix."""
    return file_sha256[:12]


def receipt_text(receipt: Receipt) -> str:
    """The receipt to read, Vietnamese first, then English."""
    parts = ("\n".join(_part(receipt, language)) for language in LANGUAGES)
    return f"\n\n{'-' * 80}\n\n".join(parts) + "\n"


def receipt_json(receipt: Receipt) -> bytes:
    """The receipt for programs: canonical JSON, numbers that are not counts and dates as text."""
    return canonical_json(_plain(asdict(receipt)))


def shown(text: object) -> str:
    """Text of outside origin on one line: what could act or hide is written as its code."""
    return "".join(
        f"\\u{ord(c):04x}" if unicodedata.category(c) in _HIDDEN else c for c in str(text)
    )


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return words


def _of(file: Row, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["file_sha256"] == file["file_sha256"]]


def _line_no(row: Row) -> int:
    """The number in `F12`, `line 12, value` or `lines[12].value`: lines in their order."""
    return int(next(iter(re.findall(r"[0-9]+", row["cell_ref"])), 0))


def _totals(values: list[Row], asked: Asked) -> Iterator[Total]:
    """By unit, in the order in which the method asks."""
    numbers = {row["input_code"]: row["value"] for row in values if row["value"] is not None}
    if not numbers:
        return
    entries = asked.inputs(values[0]["index_code"], values[0]["body_code"])
    units = {code: entry.unit for code, entry in entries.items() if code in numbers}
    for unit in dict.fromkeys(units.values()):
        found = [numbers[code] for code, its in units.items() if its == unit]
        yield Total(unit, len(found), sum(found, Decimal(0)))


def _states(values: list[Row]) -> dict[str, int]:
    return {
        "class": sum(row["class_code"] is not None for row in values),
        "not_applicable": sum(row["observation_state"] == "not_applicable" for row in values),
        "not_observed": sum(row["observation_state"] == "not_observed" for row in values),
    }


def _part(receipt: Receipt, language: str) -> Iterator[str]:
    words = _words()[language]
    yield Template(words["title"]).substitute(year=receipt.file["assessment_year"])
    if receipt.file["is_synthetic"]:
        yield words["synthetic"]
    yield ""
    for key, text in _head(receipt, words, language).items():
        yield f"{words['labels'][key] + ':':{_LABEL_WIDTH}} {text}"
    if receipt.outcome == "rejected":
        yield ""
        yield from _rejected(receipt.file, words["rejected"], language)
        return
    yield from _figures(receipt, words, language)
    if receipt.quarantine:
        yield from ("", words["quarantine"]["title"])
        for number, row in enumerate(receipt.quarantine, start=1):
            yield from _line(number, row, words["quarantine"], language)
        yield from ("", words["quarantine"]["next"])


def _head(receipt: Receipt, words: Any, language: str) -> dict[str, str]:
    file = receipt.file
    body = " ".join(shown(part) for part in (file["body_code"], receipt.body_name) if part)
    head = {
        "outcome": Template(words["outcome"][receipt.outcome]).substitute(
            count=len(receipt.quarantine)
        ),
        "file": Template(words["file"]).substitute(
            name=shown(file["file_name"]), size=file["size_bytes"]
        ),
        "sha256": file["file_sha256"],
        "body": body or words["unknown"],
        "form_id": shown(file["form_id"] or words["unknown"]),
        "received": _day(file["known_at"], language),
        "version": Template(words["version"]).substitute(
            number=file["version_no"], state=words["version_state"][_version_state(file)]
        ),
        "supersedes": file["supersedes_sha256"] or words["none"],
    }
    if receipt.counts is not None:
        head["rows"] = Template(words["rows"]).substitute(receipt.counts)
    return head


def _version_state(file: Row) -> str:
    if file["file_state"] == "rejected":
        return "unused"
    return "current" if file["is_current"] else "replaced"


def _unit(unit: str, language: str) -> str:
    word = registry.word("unit", unit)
    return word.of(language) if word else unit


def _figures(receipt: Receipt, words: Any, language: str) -> Iterator[str]:
    """Control totals, and how many figures have no number."""
    lines = [
        Template(words["totals"]["line"]).substitute(
            unit=_unit(total.unit, language),
            count=total.count,
            sum=_number(total.sum, language),
        )
        for total in receipt.totals
    ]
    if lines:
        yield from ("", words["totals"]["title"], *(f"  {line}" for line in lines))
    lines = [
        Template(words["states"][state]).substitute(count=count)
        for state, count in receipt.states.items()
        if count
    ]
    if lines:
        yield from ("", *lines)


def _line(number: int, row: Row, words: Any, language: str) -> Iterator[str]:
    cell = f"{row['sheet_name']}!{row['cell_ref']}" if row["sheet_name"] else row["cell_ref"]
    yield "  " + Template(words["line"]).substitute(
        number=number,
        cell=shown(cell),
        code=shown(row["input_code"] or "?"),
        raw=f"«{shown(row['raw_value'])}»" if row["raw_value"] else words["blank"],
    )
    for key in ("reason", "what_to_do"):
        yield "     " + Template(words[key]).substitute(_why(row, language))


def _rejected(file: Row, words: Any, language: str) -> Iterator[str]:
    yield Template(words["reason"]).substitute(_why(file, language))
    if file["raw_value"]:
        yield Template(words["raw"]).substitute(raw=f"«{shown(file['raw_value'])}»")
    yield Template(words["what_to_do"]).substitute(_why(file, language))


def _why(row: Row, language: str) -> dict[str, str]:
    """Rule, reason and advice. A rule of a gate has its advice in English only."""
    advice = row["what_to_do"]
    if language == "vi":
        advice = reasons().get(row["rule_id"], {}).get("what_to_do_vi", advice)
    return {
        "rule": row["rule_id"],
        "reason": shown(row[f"reason_{language}"]),
        "what_to_do": shown(advice),
    }


def _number(number: Decimal, language: str) -> str:
    text = number_text(number)
    return text.replace(".", ",") if language == "vi" else text


def _day(day: date, language: str) -> str:
    return f"{day:%d/%m/%Y}" if language == "vi" else day.isoformat()


def _plain(value: Any) -> Any:
    """The value as JSON holds it."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else value
