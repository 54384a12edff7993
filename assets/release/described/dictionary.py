"""data_dictionary.csv and data_dictionary.md: the columns of a release, from the registry.

Belongs here: the dictionary that travels with a release, in both languages. The one of the whole
warehouse is `assets.registry.dictionary`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa
import yaml

from assets import registry
from assets.registry import Column, Table
from assets.registry.dictionary import rule_in_words
from assets.release.csvfile import text_csv
from assets.release.status import mapped
from assets.release.tablefiles import public_name
from assets.release.tables import UNIT

CSV = "data_dictionary.csv"
MARKDOWN = "data_dictionary.md"
FILES: tuple[str, ...] = (CSV, MARKDOWN)


def files(tables: Mapping[str, pa.Table], year: int) -> dict[str, bytes]:
    """Content of `FILES`."""
    return {CSV: text_csv([_words()["csv"], *_rows()]), MARKDOWN: markdown(year).encode()}


def markdown(year: int) -> str:
    """The dictionary for people."""
    words = _words()
    head = Template(words["head"]).substitute(year=year)
    sections = [_section(table) for table in registry.tables(unit=UNIT)]
    return "\n\n".join([words["title"], head.rstrip(), *sections, _statuses()]) + "\n"


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return words


def _rows() -> Iterator[list[str | None]]:
    for table in registry.tables(unit=UNIT):
        for position, column in enumerate(table.columns, start=1):
            yield [
                public_name(table),
                column.name,
                str(position),
                column.sql.lower(),
                column.unit,
                _yes(column.nullable),
                _yes(column.name in table.key),
                column.status,
                " | ".join(column.codes) or None,
                None if column.min is None else str(column.min),
                None if column.max is None else str(column.max),
                column.pattern,
                column.description_vi,
                column.description_en,
            ]


def _yes(flag: bool) -> str:
    return "true" if flag else "false"


def _section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    return "\n".join(
        [
            f"## {public_name(table)}",
            "",
            table.description_vi,
            "",
            table.description_en,
            "",
            Template(_words()["one_row"]).substitute(grain=table.grain, key=key),
            "",
            *_table(_words()["columns"], map(_column, table.columns)),
        ]
    )


def _column(column: Column) -> list[str]:
    return [
        f"`{column.name}`",
        column.sql.lower(),
        column.unit or "",
        _words()["nullable"][column.nullable],
        column.description_vi,
        column.description_en,
        rule_in_words(column),
    ]


def _statuses() -> str:
    words, mapping = _words()["statuses"], mapped()
    rows = []
    for code, meaning in mapping.codes.items():
        said = [
            f"`{column}`: {', '.join(found)}"
            for column, codes in mapping.words.items()
            if (found := [word for word, mapped_to in codes.items() if mapped_to == code])
        ]
        rows.append([code, meaning["vi"], meaning["en"], "; ".join(said)])
    return "\n".join([words["title"], "", words["head"], *_table(words["columns"], rows)])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in [header, ["---"] * len(header), *rows]]
