"""The distinct texts of case records, each read and judged once.

Belongs here: a text of a column to its value, or the rules of the registry that it breaks. Files
that are read one after the other have most texts in common, so what is known is kept between them.
Does not belong here: rows (`judge`), how a cell is read (`layout`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa

from assets import registry
from assets.gates.rules import COLUMN_KINDS, rules_of
from assets.services.cases.layout import TABLE, Unread, layout, readers, registered

#: A distinct text: its value, and the rules it breaks.
Known = tuple["date | str | None", tuple[str, ...]]

#: Texts remembered; beyond them all are forgotten.
MOST = 500_000


class Texts:
    """What is known of the texts of a year. `bodies` maps codes and names (in exact form) to
    codes."""

    def __init__(self, bodies: Mapping[str, str], year: int) -> None:
        self.bodies, self.year = bodies, year
        self._readers = readers(bodies, year)
        self._known: dict[str, dict[str, Known]] = {name: {} for name in layout().columns}
        rules = rules_of(registry.table(TABLE))
        self._rules = {
            name: [r for r in rules if r.kind in COLUMN_KINDS and r.reads == (name,)]
            for name in layout().columns
        }

    def known(self, name: str, texts: Sequence[str]) -> list[Known]:
        """Value and broken rules of each text of a column; new ones are read and judged."""
        known = self._known[name]
        new = [text for text in texts if text not in known]
        if new:
            if len(known) > MOST:
                known.clear()
                new = list(texts)
            known.update(zip(new, self._judged(name, new), strict=True))
        return [known[text] for text in texts]

    def _judged(self, name: str, texts: list[str]) -> list[Known]:
        read = [self._read(name, text) for text in texts]
        values = pa.array([value for value, _ in read], registered(name).arrow)
        held = pl.Series(name, pl.from_arrow(values)).to_frame()
        failing: dict[str, list[Any]] = {
            rule.id: held.select(~rule.ok).to_series().to_list() for rule in self._rules[name]
        }
        return [
            (value, (unread,) if unread else tuple(r for r, bad in failing.items() if bad[place]))
            for place, (value, unread) in enumerate(read)
        ]

    def _read(self, name: str, text: str) -> tuple[date | str | None, str | None]:
        """The value of a text, or the rule why it cannot be read."""
        trimmed = text.strip()
        if not trimmed:
            return None, None
        try:
            return self._readers[name](trimmed), None
        except Unread as fault:
            return None, fault.rule_id
