"""Judges a method that was read: sums, weights, inputs, slugs, bounds, names, sources. Returns
findings and never changes the method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from assets.method.formulas import FIGURE_DECIMALS
from assets.method.model import Method, Node

#: What the arithmetic of the warehouse has room for.
LEVELS, TIE_BREAKS, MOST_POINTS = 6, 3, Decimal(10000)


@dataclass(frozen=True)
class Finding:
    """A fault: the rule broken, the node (or part of the file), what is wrong, what to do."""

    rule: str
    path: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: {self.what}; {self.todo}"


Findings = Iterator[Finding]


def _slugs(method: Method) -> Findings:
    for slug, times in Counter(node.slug for _, node in method.walk()).items():
        if times > 1:
            yield Finding("unique_slugs", slug, f"stands {times} times", "rename all but one")


def _parts(node: Node) -> Findings:
    """Children's maxima against the maximum of a sum or of a best case."""
    maxima = [child.max_points for child in node.children if child.is_scored]
    known = [maximum for maximum in maxima if maximum is not None]
    if node.max_points is None:
        return
    if len(known) < len(maxima) and node.not_itemised is None:
        yield Finding(
            "sum_of_maxima", node.slug, "a child has no maximum", "add it, or say not_itemised"
        )
        return
    rest = node.not_itemised.points if node.not_itemised else Decimal(0)
    if node.kind == "sum":
        if rest is not None and sum(known, rest) != node.max_points:
            yield Finding(
                "sum_of_maxima",
                node.slug,
                f"children have {sum(known, Decimal(0))}, {rest} are not itemised, "
                f"the maximum is {node.max_points}",
                "mend a maximum, or say not_itemised with points and reason",
            )
    elif node.not_itemised is None and max(known, default=Decimal(0)) != node.max_points:
        yield Finding(
            "sum_of_maxima",
            node.slug,
            f"the best case has {max(known, default=Decimal(0))}, the maximum is {node.max_points}",
            "mend a maximum, or say not_itemised",
        )


def _sums(method: Method) -> Findings:
    for path, node in method.walk():
        if node.kind in ("sum", "best_of"):
            for finding in _parts(node):
                yield Finding(finding.rule, path, finding.what, finding.todo)


def _weights(method: Method) -> Findings:
    for path, node in method.walk():
        weighted = [child for child in node.children if child.is_scored]
        if node.kind != "weighted_sum":
            for child in node.children:
                if child.weight is not None:
                    yield Finding(
                        "weights",
                        f"{path}/{child.slug}",
                        "a weight under no weighted_sum",
                        "remove it",
                    )
        elif node.not_itemised is None:
            total = sum((child.weight or Decimal(0) for child in weighted), Decimal(0))
            if total != 1 or any(child.weight is None for child in weighted):
                yield Finding(
                    "weights", path, f"weights add up to {total}", "make it 1, or say not_itemised"
                )


def _inputs(method: Method) -> Findings:
    declared = Counter(entry.code for entry in method.inputs)
    used = {use.code for _, node in method.walk() for use in node.inputs}
    used |= {code for ranking in method.rankings for code in ranking.tie_break}
    for code, times in declared.items():
        if times > 1:
            yield Finding("inputs", code, f"declared {times} times", "declare it once")
        if code not in used:
            yield Finding("inputs", code, "no node uses it", "use it or remove it")
    for code in sorted(used - declared.keys()):
        yield Finding("inputs", code, "used but not declared", "declare it under inputs")
    for path, node in method.walk():
        for code, times in Counter(use.code for use in node.inputs).items():
            if times > 1:
                yield Finding("inputs", path, f"uses {code} {times} times", "give another input")


def _step_bounds(node: Node) -> Iterator[str]:
    steps = node.parameters.steps
    points = [step.points for step in steps]
    if max(points, default=Decimal(0)) != node.max_points or min(points, default=Decimal(0)) < 0:
        yield "the steps do not run from 0 or more up to the maximum"
    marks = [(step.at_least, step.is_class) for step in steps]
    if len(set(marks)) < len(marks):
        yield "two steps begin at the same mark"
    if len({step.at_least is None for step in steps}) > 1:
        yield "steps over numbers and over classes are mixed"


def _node_bounds(node: Node) -> Iterator[str]:
    maximum = node.max_points
    parameters = node.parameters
    if maximum is not None and not 0 < maximum <= MOST_POINTS:
        yield f"maximum {maximum} is not above 0 and at most {MOST_POINTS}"
    if maximum is not None and not node.is_scored:
        yield "an unscored node has a maximum"
    if node.weight is not None and not 0 < node.weight <= 1:
        yield f"weight {node.weight} is not above 0 and at most 1"
    for name in ("out_of", "target", "points_per_item"):
        value = getattr(parameters, name)
        if value is not None and value <= 0:
            yield f"{name} {value} is not above 0"
    if node.kind in ("tier", "count_capped") and maximum is None:
        yield f"a {node.kind} without maximum"
    if node.kind == "tier":
        yield from _step_bounds(node)
    for number in _numbers(node):
        if number != round(number, FIGURE_DECIMALS):
            yield f"{number} has more than {FIGURE_DECIMALS} decimals"


def _numbers(node: Node) -> Iterator[Decimal]:
    """Every number that a node states."""
    parameters = node.parameters
    stated = [node.max_points, node.weight]
    stated += [parameters.out_of, parameters.target, parameters.points_per_item]
    stated += [number for step in parameters.steps for number in (step.points, step.at_least)]
    return (number for number in stated if number is not None)


def _bounds(method: Method) -> Findings:
    for path, node in method.walk():
        for what in _node_bounds(node):
            yield Finding("bounds", path, what, "mend the parameter")
        if path.count("/") >= LEVELS:
            yield Finding("bounds", path, f"deeper than {LEVELS} levels", "make the tree flatter")
    for ranking in method.rankings:
        if len(ranking.tie_break) > TIE_BREAKS:
            yield Finding(
                "bounds", ranking.code, f"more than {TIE_BREAKS} tie-breaks", "keep the first ones"
            )
    for entry in method.inputs:
        if entry.min is not None and entry.max is not None and entry.min >= entry.max:
            yield Finding("bounds", entry.code, "min is not below max", "mend them")
    if method.valid_to is not None and method.valid_to < method.valid_from:
        yield Finding("bounds", "valid_to", "ends before it begins", "mend the years")
    if not 0 <= method.decimals <= 6:
        yield Finding("bounds", "decimals", f"{method.decimals} is not 0 to 6", "mend it")


def _names(method: Method) -> Findings:
    named = [(path, node.name_vi, node.name_en) for path, node in method.walk()]
    named += [(entry.code, entry.name_vi, entry.name_en) for entry in method.inputs]
    named.append(("title", method.title_vi, method.title_en))
    for path, vi, en in named:
        if not vi.strip() or not en.strip():
            yield Finding("names", path, "a name is blank", "name it in Vietnamese and English")
        elif vi == en:
            yield Finding("names", path, "both names are the same", "translate one")


def _node_sources(node: Node) -> Iterator[str]:
    if node.basis == "reconstructed" and not node.reconstructed_from:
        yield "reconstructed from nothing"
    if node.basis != "reconstructed" and node.reconstructed_from:
        yield "reconstructed_from on a node that is not reconstructed"
    wants = node.basis == "reconstructed" and node.max_points is not None
    if wants != (node.max_from is not None):
        yield "max_from is for reconstructed nodes with a maximum, and they need it"


def _cited(method: Method) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every ranking and policy with the evidence it cites."""
    for ranking in method.rankings:
        yield ranking.code, ranking.evidence
    yield "missing", method.missing.evidence
    yield "not_applicable", method.not_applicable.evidence


def _sources(method: Method) -> Findings:
    known = {source.code for source in method.sources}
    for path, node in method.walk():
        if node.source not in known:
            yield Finding("sources", path, f"no source {node.source}", "declare it under sources")
        for what in _node_sources(node):
            yield Finding("sources", path, what, "state basis and evidence as they are")
    for code in sorted(known - {node.source for _, node in method.walk()}):
        yield Finding("sources", code, "a source that no node cites", "cite it or remove it")


def _evidence(method: Method) -> Findings:
    cited = {code for _, node in method.walk() for code in node.reconstructed_from}
    for code, evidence in _cited(method):
        if not evidence:
            yield Finding("evidence", code, "a policy without evidence", "state it")
        cited |= set(evidence)
    for code in sorted(cited - method.evidence.keys()):
        yield Finding("evidence", code, "cited but not declared", "declare it under evidence")
    for code in sorted(method.evidence.keys() - cited):
        yield Finding("evidence", code, "nothing cites it", "cite it or remove it")


def _rankings(method: Method) -> Findings:
    declared = {ranking.code for ranking in method.rankings}
    used = {node.ranking for _, node in method.walk() if node.ranking is not None}
    for code in sorted(used - declared):
        yield Finding("rankings", code, "used but not declared", "declare it under rankings")
    for code in sorted(declared - used):
        yield Finding("rankings", code, "no node is ranked by it", "use it or remove it")


RULES: tuple[Callable[[Method], Findings], ...] = (
    _slugs, _sums, _weights, _inputs, _bounds, _names, _sources, _evidence, _rankings,
)  # fmt: skip


def check(method: Method) -> list[Finding]:
    """All findings on a method; empty when it is sound."""
    return [finding for rule in RULES for finding in rule(method)]
