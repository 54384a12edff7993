"""README.md of a release, in Vietnamese and English, from the release's own tables.

Belongs here: filling in the words of `readme.yaml`. Text of outside origin is made harmless in
Markdown, one line a cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa
import yaml

from assets import registry
from assets.release.tables import UNIT

README = "README.md"
FILES: tuple[str, ...] = (README,)
LANGUAGES = ("vi", "en")

#: Markdown that could act inside a table cell; an underscore inside a word does not.
_MARKUP = re.compile(r"[\\`*\[\]<>|~#&!]|(?<!\w)_|_(?!\w)")

Tables = Mapping[str, pa.Table]


def files(tables: Tables, year: int) -> dict[str, bytes]:
    """Content of `FILES`."""
    return {README: readme(tables, year).encode()}


def readme(tables: Tables, year: int) -> str:
    """The README of the release of `year`, Vietnamese first."""
    return "\n".join(_part(tables, year, language) for language in LANGUAGES)


def ledger_classes(ledger: pa.Table) -> dict[str, int]:
    """Rows of the ledger by class, in the registry's order of classes; absent classes are 0."""
    counted = Counter(ledger["class"].to_pylist())
    return {
        code: counted[code] for code in registry.table("rel_reconciliation").column("class").codes
    }


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "readme.yaml").read_text("utf-8")
    )
    return words


def _part(tables: Tables, year: int, language: str) -> str:
    sources = tables["rel_sources"].to_pylist()
    return Template(_words()[language]).substitute(
        year=year,
        completeness=_completeness(tables["rel_coverage"].to_pylist(), language),
        coverage=_coverage(tables["rel_coverage"].to_pylist(), language),
        tables=_tables(tables, language),
        ledger=_ledger(tables["rel_reconciliation"], language),
        quarantined=tables["rel_quarantine"].num_rows,
        sources=_sources(sources, language),
        licences=_list({row["licence"] for row in sources}, language),
    )


def _completeness(rows: Sequence[Mapping[str, Any]], language: str) -> str:
    words = _words()
    if not rows:
        return str(words["nothing"][language])
    partial = [row for row in rows if row["is_partial"]]
    if not partial:
        return str(words["complete"][language])
    lists = "; ".join(
        f"{row['index_code']} {row['universe']} {row['category']}: {_bodies(row, language)}"
        for row in partial
    )
    return Template(words["partial"][language]).substitute(lists=lists)


def _bodies(row: Mapping[str, Any], language: str) -> str:
    """Bodies held of bodies expected, as '53 of 63'."""
    words = _words()
    expected = row["bodies_expected"]
    return Template(words["coverage"][language]).substitute(
        held=row["bodies_held"],
        expected=words["unknown_number"][language] if expected is None else expected,
    )


def _coverage(rows: Iterable[Mapping[str, Any]], language: str) -> str:
    names = ("index_code", "regime", "block", "universe", "category")
    return _table(
        "coverage",
        language,
        [[*(row[n] for n in names), _bodies(row, language), row["trust"]] for row in rows],
    )


def _tables(tables: Tables, language: str) -> str:
    return _table(
        "tables",
        language,
        [
            [
                table.name.removeprefix("rel_"),
                tables[table.name].num_rows,
                table.description_vi if language == "vi" else table.description_en,
            ]
            for table in registry.tables(unit=UNIT)
        ],
    )


def _ledger(ledger: pa.Table, language: str) -> str:
    said = registry.words("class")
    return _table(
        "ledger",
        language,
        [[code, said[code].of(language), rows] for code, rows in ledger_classes(ledger).items()],
    )


def _sources(rows: Iterable[Mapping[str, Any]], language: str) -> str:
    return _table(
        "sources",
        language,
        [
            [
                row["file_name"],
                row["issuer"],
                ", ".join(str(row[n]) for n in ("document_no", "document_date") if row[n]),
                row["source_ref"],
                row["file_sha256"],
            ]
            for row in sorted(rows, key=lambda row: (row["file_name"], row["file_sha256"]))
        ],
    )


def _list(texts: Iterable[str], language: str) -> str:
    lines = [f"- {in_markdown(text)}" for text in sorted(texts)]
    return "\n".join(lines) or f"- {_words()['none'][language]}"


def _table(name: str, language: str, rows: Sequence[Sequence[object]]) -> str:
    headers = _words()["headers"][name][language]
    lines = [
        headers,
        ["---"] * len(headers),
        *([in_markdown(str(cell)) for cell in r] for r in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def in_markdown(text: str) -> str:
    """The text on one line, showing as it is in Markdown."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return _MARKUP.sub(r"\\\g<0>", " ".join(shown.split()))
