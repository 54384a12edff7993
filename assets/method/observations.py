"""Observations for the engine: from rows of ind_observations, and from what a person types.

Does not belong here: what makes the state of a figure (the warehouse), and scoring (`engine`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from assets.method.formulas import OUT_OF_RANGE, Observation, as_declared
from assets.method.model import NO_WORDS, YES_WORDS, Input, Method, MethodError, Node

#: States that can be typed in place of a value.
VALUELESS = ("not_observed", "not_applicable")

_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,6})?")
_ANSWERS = {
    **{word.casefold(): Decimal(1) for word in YES_WORDS},
    **{word.casefold(): Decimal(0) for word in NO_WORDS},
}


def observations_of(
    table: pa.Table, index_code: str, universe: str, block: str
) -> dict[tuple[str, str], Observation]:
    """Observations by (body_code, input_code) of one block, from rows of ind_observations."""
    rows = table.filter(
        (pc.field("index_code") == index_code)
        & (pc.field("universe") == universe)
        & (pc.field("block") == block)
    ).select(["body_code", "input_code", "value", "class_code", "observation_state"])
    return {
        (row["body_code"], row["input_code"]): Observation(
            row["value"] if row["class_code"] is None else row["class_code"],
            row["observation_state"],
        )
        for row in rows.to_pylist()
    }


def typed_changes(method: Method, typed: Mapping[str, str]) -> dict[str, Observation]:
    """Observations by input from typed values by input code or criterion.

    A criterion stands for its input if it uses exactly one. A value is a number with point or
    comma, yes or no in either language, a class, or one of VALUELESS. MethodError says which
    name or value cannot be meant and what can.
    """
    declared = {entry.code: entry for entry in method.inputs}
    changes: dict[str, Observation] = {}
    for name, text in typed.items():
        code = input_named(method, name)
        if code in changes:
            raise MethodError(f"{name}: {code} is given twice; give it once")
        changes[code] = _observation(method, declared[code], text)
    return changes


def input_named(method: Method, name: str) -> str:
    """The input of that code, or the only one of the criterion of that name. MethodError."""
    if any(entry.code == name for entry in method.inputs):
        return name
    for _, node in method.walk():
        if node.slug == name:
            codes = sorted(_inputs_of(node))
            if len(codes) == 1:
                return codes[0]
            held = ", ".join(codes) or "none"
            raise MethodError(
                f"{name}: the criterion uses {len(codes)} inputs, not one; give one of its "
                f"inputs: {held}"
            )
    raise MethodError(
        f"{name}: no input and no criterion of {method.code}; egov method show "
        f"{method.regime} {method.block} lists them"
    )


def _inputs_of(node: Node) -> set[str]:
    """The inputs of a node and of all beneath it."""
    codes = {use.code for use in node.inputs}
    return codes.union(*(_inputs_of(child) for child in node.children))


def _observation(method: Method, entry: Input, text: str) -> Observation:
    plain = unicodedata.normalize("NFC", text).strip()
    if plain in VALUELESS:
        return Observation(None, plain)
    value = _value(entry, plain)
    classes = _classes(method, entry.code)
    known = value is not None and (entry.kind != "class" or value in classes)
    made = Observation(value)
    if not known or as_declared(entry, made).state == OUT_OF_RANGE:
        raise MethodError(
            f"{entry.code}={text}: not a value of {entry.code}; give {_allowed(entry, classes)}, "
            f"or {' or '.join(VALUELESS)}"
        )
    return made


def _value(entry: Input, plain: str) -> Decimal | str | None:
    if entry.kind == "class":
        return plain
    if entry.kind == "boolean":
        return _ANSWERS.get(plain.casefold())
    return Decimal(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def _classes(method: Method, code: str) -> list[str]:
    """Classes that the steps over an input know, in the order of the method."""
    steps = [
        step
        for _, node in method.walk()
        if any(use.code == code for use in node.inputs)
        for step in node.parameters.steps
    ]
    return list(dict.fromkeys(step.is_class for step in steps if step.is_class is not None))


def _allowed(entry: Input, classes: list[str]) -> str:
    """What may be given for an input, in words."""
    if entry.kind == "class":
        return f"one of {', '.join(classes)}"
    if entry.kind == "boolean":
        return f"one of {', '.join(YES_WORDS + NO_WORDS)}"
    number = "a whole number" if entry.kind == "count" else "a number of at most 6 decimals"
    low = Decimal(0) if entry.min is None else max(entry.min, Decimal(0))
    return f"{number} from {low}" + ("" if entry.max is None else f" to {entry.max}")
