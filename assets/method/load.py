"""Reads the method files under `methods/` into the model. Refuses everything that is not in the
schema; whether a well-formed method makes sense is for `check` to say."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from assets.method.fields import Fields, read_yaml
from assets.method.model import (
    BASES,
    EITHER,
    INNER_KINDS,
    INPUT_KINDS,
    KINDS,
    MAXIMUM_BASES,
    NOT_APPLICABLE,
    RANK_MISSING,
    RANK_ON,
    ROLES,
    Input,
    Method,
    MethodError,
    Node,
    NotItemised,
    Parameters,
    Policy,
    Ranking,
    Source,
    Step,
    Use,
)
from assets.registry import table

DIRECTORY = Path(__file__).parents[2] / "methods"

#: Parameters that a kind of formula may have; `tier` and `count_capped` must have theirs.
ALLOWED = {
    "ratio": ("out_of",),
    "target_ratio": ("target",),
    "tier": ("steps",),
    "count_capped": ("points_per_item",),
}


def _step(value: Any, fields: Fields) -> Step:
    entry = Fields(value, fields.file, f"{fields.place}: steps")
    if entry.has("at_least") == entry.has("is"):
        raise entry.error("", "a step has at_least or is, and not both", "keep one of them")
    step = Step(
        points=entry.decimal("points"),
        at_least=entry.decimal("at_least") if entry.has("at_least") else None,
        is_class=entry.slug("is") if entry.has("is") else None,
    )
    entry.done()
    return step


def _parameters(fields: Fields, kind: str) -> Parameters:
    if not fields.has("parameters"):
        if kind in ("tier", "count_capped"):
            raise fields.error("parameters", f"{kind} needs {ALLOWED[kind][0]}", "add it")
        return Parameters()
    given = fields.below("parameters")
    allowed = ALLOWED.get(kind, ())
    parameters = Parameters(
        **{
            name: given.decimal(name)
            for name in ("out_of", "target", "points_per_item")
            if name in allowed and (given.has(name) or kind == "count_capped")
        },
        steps=tuple(_step(step, given) for step in given.items("steps")) if kind == "tier" else (),
    )
    given.done()
    return parameters


def _uses(fields: Fields, kind: str, parameters: Parameters) -> tuple[Use, ...]:
    uses = []
    for value in fields.items("inputs"):
        entry = Fields(value, fields.file, f"{fields.place}: inputs")
        must, may = ROLES[kind]
        if not must and not may:
            raise entry.error("", f"{kind} takes no inputs", "remove them")
        uses.append(Use(role=entry.code("role", must + may), code=entry.slug("code")))
        entry.done()
    roles = [use.role for use in uses]
    for role in ROLES[kind][0]:
        if role not in roles:
            raise fields.error("inputs", f"{kind} needs an input as {role}", "add it")
    for role in roles:
        if role != "addend" and roles.count(role) > 1:
            raise fields.error("inputs", f"{role} is given twice", "keep one")
    if kind in EITHER:
        role, name = EITHER[kind]
        if (role in roles) == (getattr(parameters, name) is not None):
            raise fields.error(
                "inputs", f"{kind} needs an input as {role} or the parameter {name}", "give one"
            )
    return tuple(uses)


def _not_itemised(fields: Fields) -> NotItemised | None:
    if not fields.has("not_itemised"):
        return None
    entry = fields.below("not_itemised")
    points = entry.decimal("points") if entry.has("points") else None
    return NotItemised(reason=entry.below("reason").both(), points=points)


def _children(fields: Fields, kind: str, path: str) -> tuple[Node, ...]:
    children = tuple(_node(value, fields.file, path) for value in fields.items("children"))
    if kind in INNER_KINDS and not children:
        raise fields.error("children", f"{kind} needs children", "add them")
    if children and kind not in (*INNER_KINDS, "unscored"):
        raise fields.error("children", f"{kind} has no children", "remove them or use sum")
    return children


def _node(value: Any, file: str, parent: str) -> Node:
    fields = Fields(value, file, parent)
    slug = fields.slug("slug")
    fields.place = f"{parent}/{slug}" if parent else slug
    kind = fields.code("kind", KINDS)
    parameters = _parameters(fields, kind)
    node = Node(
        slug=slug,
        name_vi=fields.text("name_vi"),
        name_en=fields.text("name_en"),
        kind=kind,
        basis=fields.code("basis", BASES),
        source=fields.slug("source"),
        max_points=fields.decimal("max_points") if fields.has("max_points") else None,
        weight=fields.decimal("weight") if fields.has("weight") else None,
        parameters=parameters,
        inputs=_uses(fields, kind, parameters),
        children=_children(fields, kind, fields.place),
        evidence_required=fields.flag("evidence_required"),
        reconstructed_from=fields.slugs("reconstructed_from"),
        max_from=fields.code("max_from", MAXIMUM_BASES) if fields.has("max_from") else None,
        not_itemised=_not_itemised(fields),
        ranking=fields.slug("ranking") if fields.has("ranking") else None,
        note=fields.below("note").both() if fields.has("note") else None,
    )
    fields.done()
    return node


def _input(code: str, entry: Fields) -> Input:
    made = Input(
        code=code,
        kind=entry.code("kind", INPUT_KINDS),
        unit=entry.text("unit"),
        name_vi=entry.text("name_vi"),
        name_en=entry.text("name_en"),
        min=entry.decimal("min") if entry.has("min") else None,
        max=entry.decimal("max") if entry.has("max") else None,
    )
    entry.done()
    return made


def _source(code: str, entry: Fields) -> Source:
    made = Source(code, entry.text("document"), entry.text("part"), entry.text("address"))
    entry.done()
    return made


def _ranking(code: str, entry: Fields) -> Ranking:
    entry.code("policy", ("competition",))
    made = Ranking(
        code=code,
        on=entry.code("rank_on", RANK_ON),
        missing=entry.code("missing", RANK_MISSING),
        tie_break=entry.slugs("tie_break"),
        evidence=entry.slugs("evidence"),
    )
    entry.done()
    return made


def _policy(fields: Fields, key: str, codes: tuple[str, ...]) -> Policy:
    entry = fields.below(key)
    made = Policy(entry.code("policy", codes), entry.slugs("evidence"))
    entry.done()
    return made


def read_method(content: bytes, file: str) -> Method:
    """The method written in a file's bytes. MethodError names file, node, key, rule, what to do."""
    fields = read_yaml(content, file)
    declared = table("raw_history_values")
    method = Method(
        regime=fields.code("regime", declared.column("regime").codes),
        index_code=fields.code("index_code", declared.column("index_code").codes),
        block=fields.code("block", declared.column("block").codes),
        valid_from=fields.integer("valid_from"),
        valid_to=fields.integer("valid_to") if fields.has("valid_to") else None,
        decision=fields.text("decision"),
        title_vi=fields.text("title_vi"),
        title_en=fields.text("title_en"),
        decimals=fields.integer("decimals"),
        missing=_policy(fields, "missing", ("incomplete",)),
        not_applicable=_policy(fields, "not_applicable", NOT_APPLICABLE),
        rankings=tuple(_ranking(code, entry) for code, entry in fields.named("rankings")),
        sources=tuple(_source(code, entry) for code, entry in fields.named("sources")),
        evidence={code: entry.both() for code, entry in fields.named("evidence")},
        inputs=tuple(_input(code, entry) for code, entry in fields.named("inputs")),
        roots=tuple(_node(value, file, "") for value in fields.items("nodes")),
        notes=tuple(Fields(value, file, "notes").both() for value in fields.items("notes")),
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    fields.done()
    return method


@cache
def _all() -> dict[str, Method]:
    found: dict[str, Method] = {}
    for path in sorted(DIRECTORY.glob("*.yaml")):
        file = f"{DIRECTORY.name}/{path.name}"
        method = read_method(path.read_bytes(), file)
        if path.stem != f"{method.regime}_{method.block}":
            raise MethodError(
                f"{file}: it holds {method.code}; name it {method.regime}_{method.block}.yaml"
            )
        found[method.code] = method
    return found


def methods() -> tuple[Method, ...]:
    """Every method held, by name of regime and block."""
    return tuple(_all().values())


def find_method(regime: str, block: str) -> Method:
    """The method of that regime and block. MethodError lists those held."""
    try:
        return _all()[f"{regime}/{block}"]
    except KeyError:
        raise MethodError(
            f"no method {regime}/{block}; held: {', '.join(_all())}; add it under methods/"
        ) from None
