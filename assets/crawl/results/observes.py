"""Which checks of portals make which figures of the methods, from `observes.yaml`.

Belongs here: reading and checking the file. Does not belong here: making the figures (dbt:
`ind_observations`), and how a check is answered (`checks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from assets import registry
from assets.crawl.checks.rules import Rules, rules
from assets.method.load import methods
from assets.method.model import Method, Node

FILE = Path(__file__).with_name("observes.yaml")
TABLE = "raw_check_inputs"

#: How checks make a figure -> the kind of input that can be made so.
_KINDS = {"answer": "boolean", "met": "count", "required": "count"}
_PAIR = ("met", "required")


class ObservesError(ValueError):
    """The file is at fault: the message names file, entry, rule and what to do."""


@cache
def observes_table() -> pa.Table:
    """raw_check_inputs: (input_code, check_id, observed_as) of the project, in order of its key."""
    return load_observes(FILE.read_bytes(), FILE.name, rules(), methods())


def load_observes(content: bytes, file: str, book: Rules, held: Sequence[Method]) -> pa.Table:
    """raw_check_inputs from a YAML file. ObservesError for the first fault found: a check that
    the rules do not have, a figure that no method asks for or of another kind, `met` and
    `required` that are not of one criterion, one without the other, a figure made twice, a
    mapping without a reason."""
    declared = registry.table(TABLE)
    rows = list(_Loader(file, book, held).load(content))
    frame = pa.Table.from_pylist(rows, schema=declared.arrow_schema)
    return frame.sort_by([(column, "ascending") for column in declared.sort])


class _Loader:
    """Reads one file; errors name it."""

    def __init__(self, file: str, book: Rules, held: Sequence[Method]) -> None:
        self.file, self.book = file, book
        self.kinds = {entry.code: entry.kind for method in held for entry in method.inputs}
        self.ratios = {_ratio(node) for method in held for _, node in method.walk()}
        self.made: set[str] = set()

    def error(self, place: str, rule: str, todo: str) -> ObservesError:
        return ObservesError(f"{self.file}: {place}: {rule}; {todo}")

    def load(self, content: bytes) -> Iterator[dict[str, str]]:
        try:
            listed = yaml.safe_load(content.decode("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise self.error("top level", f"no YAML in UTF-8 ({error})", "mend it") from None
        if not isinstance(listed, list) or not listed:
            raise self.error("top level", "it is no list of figures", "list them with -")
        for number, entry in enumerate(listed, 1):
            yield from self.rows(f"entry {number}", entry)

    def rows(self, place: str, entry: Any) -> Iterator[dict[str, str]]:
        figures = self.figures(place, entry)
        checks = self.checks(place, entry)
        if "answer" in figures and len(checks) != 1:
            raise self.error(place, f"{figures['answer']} is the answer of one check", "name one")
        for observed_as, code in figures.items():
            for check_id in checks:
                yield {"input_code": code, "check_id": check_id, "observed_as": observed_as}

    def figures(self, place: str, entry: Any) -> dict[str, str]:
        """The figures of an entry by how they are observed."""
        keys = sorted(map(str, entry)) if isinstance(entry, dict) else []
        if keys not in (["answer", "checks"], ["checks", "met", "required"]):
            todo = "give checks with answer, or with both met and required"
            raise self.error(place, f"its keys are {', '.join(keys) or 'none'}", todo)
        figures = {key: entry[key] for key in _KINDS if key in entry}
        for key, code in figures.items():
            if not isinstance(code, str) or code not in self.kinds:
                todo = "use the code of an input of a method"
                raise self.error(place, f"no method asks for the figure {code!r}", todo)
            if self.kinds[code] != _KINDS[key]:
                rule = f"{code} is a {self.kinds[code]}"
                raise self.error(place, rule, f"only a {_KINDS[key]} can be observed as {key}")
            if code in self.made:
                raise self.error(place, f"{code} is made a second time", "keep one entry for it")
            self.made.add(code)
        pair = tuple(figures[key] for key in _PAIR if key in figures)
        if pair and pair not in self.ratios:
            rule = f"{' and '.join(pair)} are not numerator and denominator of one criterion"
            raise self.error(place, rule, "name the two figures of one criterion")
        return figures

    def checks(self, place: str, entry: dict[str, Any]) -> list[str]:
        checks = entry["checks"]
        if not isinstance(checks, dict) or not checks:
            raise self.error(place, "it names no check", "write check: reason")
        for check_id, why in checks.items():
            if check_id not in self.book.checks:
                raise self.error(place, f"{check_id!r} is no check of the rules", "mend the name")
            if not isinstance(why, str) or not why.strip():
                raise self.error(place, f"{check_id} has no reason", "say why it makes the figure")
        return list(checks)


def _ratio(node: Node) -> tuple[str | None, str | None]:
    """The figures of which a criterion is the share, if it is one."""
    codes = {use.role: use.code for use in node.inputs}
    return codes.get("numerator"), codes.get("denominator")
