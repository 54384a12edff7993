"""Whether the data files of the page say what the panel and the releases say.

Belongs here: reading the written bytes back and holding them against the tables they are from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assets.explorer.compact import rows
from assets.explorer.data import list_key
from assets.explorer.files import decoded
from assets.explorer.inputs import Inputs

FIRST = 5


def differences(files: Mapping[str, bytes], inputs: Inputs) -> list[str]:
    """What the data files lack, have too much or say otherwise, in words; empty if nothing.

    Every published rank and value of a shown year is held against `pnl_value_history`, every
    list against `pnl_coverage`, and the ledger's rows by year and class against the releases.
    """
    core, ledger = decoded(files["data/core.js"]), decoded(files["data/ledger.js"])
    lists = rows(core["lists"])
    years = {int(year) for year in inputs.years}
    wrong = _compared(
        "list",
        Counter({list_key(entry): entry["bodies_held"] for entry in lists}),
        Counter(
            {
                list_key(entry): entry["bodies_held"]
                for entry in inputs.panel["pnl_coverage"].to_pylist()
                if entry["assessment_year"] in years
            }
        ),
    )
    wrong += _compared(
        "value",
        Counter(
            (*list_key(lists[v["list"]]), v["body"], v["rank"], _number(v["value"]))
            for v in rows(core["values"])
        ),
        Counter(
            (*list_key(v), v["body_code"], v["published_rank"], v["published_value"])
            for v in inputs.panel["pnl_value_history"].to_pylist()
            if v["assessment_year"] in years
        ),
    )
    wrong += _compared(
        "row of the ledger",
        Counter((row["year"], row["class"]) for row in rows(ledger["ledger"])),
        Counter(
            (int(year), code)
            for year, tables in inputs.years.items()
            for code in tables["rel_reconciliation"]["class"].to_pylist()
        ),
    )
    return wrong


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _compared(what: str, shown: Counter[Any], held: Counter[Any]) -> list[str]:
    wrong = []
    for key in shown | held:
        if shown[key] != held[key]:
            told = ", ".join("none" if part is None else str(part) for part in key)
            wrong.append(f"{what} {told}: {shown[key]} on the page, {held[key]} in the lake")
    return sorted(wrong)
