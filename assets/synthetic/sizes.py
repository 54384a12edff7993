"""Believable sizes of made-up bodies and the rules between their figures, from `sizes.yaml`.

Belongs here: what the file says of one method. Does not belong here: points (`fill`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.method.model import Method
from assets.synthetic.criteria import Category
from assets.synthetic.model import SynthesisError

FILE = Path(__file__).with_name("sizes.yaml")


@dataclass(frozen=True)
class Range:
    """Whole numbers from `least` to `most`, both inclusive; with `above`, so much more than that
    other size."""

    least: int
    most: int
    above: str | None = None


@dataclass(frozen=True)
class Rules:
    """What `sizes.yaml` says of the inputs of one method; the file explains each mapping."""

    sizes: Mapping[str, Range]
    best_rates: Mapping[str, Range]
    needs: Mapping[str, str]
    at_least: Mapping[str, str]
    sums: Mapping[str, tuple[str, ...]]


@cache
def _file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return content


def _ranges(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Range]:
    return {
        code: Range(entry["from"], entry["to"], entry.get("above"))
        for code, entry in entries.items()
    }


def rules_for(method: Method, categories: Sequence[Category]) -> Rules:
    """The rules of a method's inputs. SynthesisError names inputs that have no size."""
    file, known = _file(), {entry.code for entry in method.inputs}
    sizes = _ranges(file["sizes"]) | _ranges(file["blocks"].get(method.block, {}))
    sums = {code: tuple(c for c in codes if c in known) for code, codes in file["sums"].items()}
    rules = Rules(
        sizes={code: size for code, size in sizes.items() if code in known},
        best_rates=_ranges(file["best_rates"]),
        needs={code: switch for code, switch in file["needs"].items() if code in known},
        at_least={code: lower for code, lower in file["at_least"].items() if code in known},
        sums={code: codes for code, codes in sums.items() if code in known},
    )
    counted = {part.code for category in categories for part in category.parts}
    measures = {code for category in categories for code in category.denominators}
    if unknown := sorted(measures - counted - rules.sizes.keys() - rules.sums.keys()):
        raise SynthesisError(f"{method.code}: {', '.join(unknown)}: no size; add it to {FILE.name}")
    best = {part.code for c in categories for part in c.parts if part.of_best}
    if unknown := sorted(best - rules.best_rates.keys()):
        raise SynthesisError(
            f"{method.code}: {', '.join(unknown)}: no best rate; add it to {FILE.name}"
        )
    return rules
