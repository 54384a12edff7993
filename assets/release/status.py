"""Observation status of the figures of a release, in the codes of SDMX's CL_OBS_STATUS.

The mapping is `status.yaml`, the only one. The table names every figure that is not a normal value:
each null of a measure, and each value that is estimated, imputed or not validated. A figure that is
not in it is a normal value (A), which is that code list's default.

Does not belong here: the status columns themselves, which the marts decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from assets import registry
from assets.registry import Table

NAME = "rel_observation_status"
NORMAL = "A"


@dataclass(frozen=True)
class Measure:
    """One measure of a release table: the column whose word explains it, if any, and the code of a
    null that the word does not explain."""

    table: str
    column: str
    status: str | None
    when_null: str | None


@dataclass(frozen=True)
class Mapped:
    """The declared mapping. `codes`: code -> meaning; `words`: status column -> word -> code."""

    codes: Mapping[str, Mapping[str, Any]]
    words: Mapping[str, Mapping[str, str]]
    measures: tuple[Measure, ...]
    not_measures: frozenset[str]

    def code(self, measure: Measure, word: str | None, is_null: bool) -> str | None:
        """The code of one cell; None for a null that nothing explains, which no gate lets pass.

        KeyError for a word that the mapping does not know.
        """
        code = NORMAL if measure.status is None else self.words[measure.status][str(word)]
        if self.codes[code]["missing"] == is_null:
            return code
        return measure.when_null if is_null else NORMAL


@cache
def mapped() -> Mapped:
    """`status.yaml`, read once."""
    declared = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    measures = [
        Measure(
            table,
            column,
            entry.get("status", registry.table(table).column(column).status),
            entry.get("when_null"),
        )
        for table, columns in declared["measures"].items()
        for column, entry in columns.items()
    ]
    return Mapped(
        codes=declared["codes"],
        words=declared["words"],
        measures=tuple(measures),
        not_measures=frozenset(declared["not_measures"]),
    )


def measures_of(table: Table) -> tuple[Measure, ...]:
    """The measures of a release table in declared order."""
    return tuple(measure for measure in mapped().measures if measure.table == table.name)


def observation_status(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Rows of `rel_observation_status` from the other release tables, as they are sorted."""
    rows = [row for measure in mapped().measures for row in _rows(measure, tables[measure.table])]
    columns = registry.table(NAME).columns
    return pa.Table.from_pylist(rows, schema=pa.schema([(c.name, c.arrow) for c in columns]))


def _rows(measure: Measure, frame: pa.Table) -> Iterator[dict[str, Any]]:
    table = registry.table(measure.table)
    words = [None] * frame.num_rows
    if measure.status is not None:
        words = frame[measure.status].to_pylist()
    figures = frame[measure.column].to_pylist()
    codes = [
        mapped().code(measure, word, figure is None)
        for word, figure in zip(words, figures, strict=True)
    ]
    if not (named := [row for row, code in enumerate(codes) if code != NORMAL]):
        return
    keys = frame.select(list(table.key)).to_pylist()
    bodies = frame["body_code"].to_pylist() if "body_code" in frame.column_names else None
    years = frame["assessment_year"].to_pylist()
    for row in named:
        yield {
            "assessment_year": years[row],
            "table_name": table.name.removeprefix("rel_"),
            "column_name": measure.column,
            "data_row": row + 1,
            "body_code": None if bodies is None else bodies[row],
            "row_key": ", ".join(f"{name}={value}" for name, value in keys[row].items()),
            "figure_status": words[row],
            "obs_status": codes[row],
        }
