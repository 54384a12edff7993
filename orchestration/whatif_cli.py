"""The command `egov whatif`: what would change if a body had other figures. Nothing is written.

Belongs here: finding the block in the promoted marts, and printing. Heavy imports stay inside.
Exit codes: 0 done; 2 the call is wrong, or the year has no computed scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.paths import lake_root
from orchestration.session import USAGE

if TYPE_CHECKING:
    from fractions import Fraction

    import pyarrow as pa

    from assets.lake import Lake
    from assets.method.formulas import Observation
    from assets.method.model import Method, Node
    from assets.method.whatif import Move, WhatIf


def whatif(
    body: Annotated[str, typer.Argument(help="Name (with or without marks) or code.")],
    year: Annotated[int, typer.Argument(help="Year assessed.")],
    changes: Annotated[
        list[str],
        typer.Argument(
            metavar="CRITERION=VALUE...",
            help="Input, or criterion that uses one input, and its value: a number, yes or no, "
            "a class, not_observed or not_applicable.",
        ),
    ],
) -> None:
    """What value and rank a body would have with other figures, and who else would move."""
    from assets.lake import Lake

    with _told():
        for line in answer(Lake(lake_root()), body, year, changes):
            typer.echo(line)


@contextmanager
def _told() -> Iterator[None]:
    """A body, figure or year that cannot be meant is told in a sentence, not a traceback."""
    from assets.explain import ExplainError
    from assets.method.model import MethodError

    try:
        yield
    except (MethodError, ExplainError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


def answer(lake: Lake, body: str, year: int, changes: Sequence[str]) -> list[str]:
    """The lines that the command prints. MethodError or ExplainError says what is wrong.

    A body that is scored under several methods in the year is told of in each whose inputs or
    criteria are named.
    """
    from assets.explain import find_body
    from assets.method.load import find_method
    from assets.method.model import MethodError
    from assets.method.observations import typed_changes

    typed = _typed(changes)
    bodies, names = _tables(lake, "bodies", year, "raw_bodies", "raw_body_names")
    observed, scores = _tables(lake, "marts", year, "ind_observations", "idx_scores")
    code, name = find_body(body, bodies, names)
    blocks = _blocks(scores, code)
    if not blocks:
        raise MethodError(
            f"{name} ({code}) has no computed scores in {year}: no form of its block is held; "
            f"hand forms in (egov submit), then egov run {year}"
        )
    lines: list[str] = []
    refused: list[MethodError] = []
    for block in blocks:
        method = find_method(block["regime"], block["block"])
        _same_file(method, block, year)
        try:
            wanted = typed_changes(method, typed)
        except MethodError as error:
            refused.append(error)
            continue
        head = f"{name} ({code}), {year}: {block['index_code']}, {block['universe']}, {method.code}"
        lines += [head, *_lines(method, observed, block, code, wanted)]
    if not lines:
        raise refused[0]
    return lines


def _typed(changes: Sequence[str]) -> dict[str, str]:
    from assets.method.model import MethodError

    typed: dict[str, str] = {}
    for change in changes:
        name, mark, value = change.partition("=")
        name = name.strip()
        if not name or not mark or name in typed:
            raise MethodError(f"{change!r}: write CRITERION=VALUE, each once, as has_plan=1")
        typed[name] = value
    return typed


def _tables(lake: Lake, unit: str, year: int, *names: str) -> list[pa.Table]:
    from assets.lake import promoted
    from assets.method.model import MethodError

    version = promoted(lake, unit, str(year))
    if version is None:
        raise MethodError(f"{year} has no promoted {unit}; build the year first (egov run {year})")
    return [version.table(name) for name in names]


def _blocks(scores: pa.Table, code: str) -> list[dict[str, Any]]:
    """The series in which the body is scored, each once."""
    import pyarrow.compute as pc

    columns = ["index_code", "universe", "regime", "block", "method_sha256"]
    own = scores.filter(pc.field("body_code") == code).select(columns)
    rows: list[dict[str, Any]] = (
        own.group_by(columns).aggregate([]).sort_by("index_code").to_pylist()
    )
    return rows


def _same_file(method: Method, block: dict[str, Any], year: int) -> None:
    from assets.method.model import MethodError

    if method.sha256 != block["method_sha256"]:
        raise MethodError(
            f"{method.file} has changed since {year} was computed; egov run {year} first"
        )


def _lines(
    method: Method,
    observed: pa.Table,
    block: dict[str, Any],
    code: str,
    wanted: dict[str, Observation],
) -> Iterator[str]:
    import pyarrow.compute as pc

    from assets.method.observations import observations_of
    from assets.method.whatif import what_if

    place = (block["index_code"], block["universe"], block["block"])
    rows = observed.filter(
        (pc.field("index_code") == place[0]) & (pc.field("universe") == place[1])
    )
    called = dict(zip(rows["body_code"].to_pylist(), rows["body_name"].to_pylist(), strict=True))
    if pc.any(rows["is_synthetic"]).as_py():
        yield "  synthetic data: no figure here is a result of a body"
    held = observations_of(observed, *place)
    for entry, observation in wanted.items():
        yield f"  if {entry} were {_said(observation)} (it is {_said(held.get((code, entry)))})"
    found = what_if(method, held, called.keys(), code, wanted)
    yield from _own(method, found, set(wanted))
    yield from _others(method, found, called)


def _own(method: Method, found: WhatIf, inputs: set[str]) -> Iterator[str]:
    """Value and rank at every ranked node, then the points of the criteria concerned."""
    nodes = {node.slug: node for _, node in method.walk()}
    for move in found.own:
        if nodes[move.slug].ranking is not None:
            yield (
                f"  {move.slug:32}  {_values(method, nodes[move.slug], move):32}  rank "
                f"{_step(_rank(move.before.rank), _rank(move.after.rank))}"
            )
    for move in found.own:
        if inputs & {use.code for use in nodes[move.slug].inputs}:
            points = _step(
                _points(move.before.points, move.before.status),
                _points(move.after.points, move.after.status),
            )
            most = _points(move.after.max_points, "not known")
            yield f"  criterion {move.slug}: {points} points, maximum {most}"


def _others(method: Method, found: WhatIf, called: dict[str, str]) -> Iterator[str]:
    """Everybody else whose rank or value moved, one a line; unranked criteria by number only."""
    nodes = {node.slug: node for _, node in method.walk()}
    if not found.others:
        yield "  nobody else moves"
    for slug in dict.fromkeys(move.slug for move in found.others):
        moves = [move for move in found.others if move.slug == slug]
        many = "1 other" if len(moves) == 1 else f"{len(moves)} others"
        if nodes[slug].ranking is None:
            yield f"  {slug}: moves for {many} (relative to the best of the block)"
            continue
        yield f"  {slug}: moves for {many}"
        for move in moves:
            rank = _step(_rank(move.before.rank), _rank(move.after.rank))
            values = _values(method, nodes[slug], move)
            yield f"    {called[move.body_code]:28}  rank {rank:12}  {values}"


def _step(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"


def _rank(rank: int | None) -> str:
    return "none" if rank is None else str(rank)


def _points(points: Fraction | None, why_not: str) -> str:
    from assets.method.engine import as_decimal
    from assets.method.formulas import POINT_DECIMALS

    if points is None:
        return f"none ({why_not})"
    return f"{as_decimal(points, POINT_DECIMALS).normalize():f}"


def _values(method: Method, node: Node, move: Move) -> str:
    """Both values with the printed decimals; with all 12 if they would print alike."""
    from assets.method.engine import VALUE_DECIMALS, as_decimal

    def shown(decimals: int) -> tuple[str, str]:
        before, after = (
            _points(one.value, one.status)
            if one.value is None or not node.is_scored
            else str(as_decimal(one.value, decimals))
            for one in (move.before, move.after)
        )
        return before, after

    before, after = shown(method.decimals)
    if before == after and move.before.value != move.after.value:
        before, after = shown(VALUE_DECIMALS)
    return _step(before, after)


def _said(observation: Observation | None) -> str:
    """The figure with its state, if the state is not that of a plain figure."""
    if observation is None or observation.value is None:
        return "not_observed" if observation is None else observation.state
    value = observation.value
    figure = value if isinstance(value, str) else f"{value.normalize():f}"
    return figure if observation.state == "reported" else f"{figure}, {observation.state}"
