"""Figures for a whole block: sizes, best rates, ties and categories together.

Bodies that a list ties get equal shares: the same sizes and figures in that category, so that they
come out exactly equal under any arithmetic. Belongs here: what bodies of a block share. Does not
belong here: one body in one category (`fill`), proof (`proof`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assets.method.model import NO_WORDS, YES_WORDS, Input, Method
from assets.submissions.form import Answer, Answers
from assets.synthetic.criteria import Category, categories
from assets.synthetic.fill import Filled, Setting, Window, fill
from assets.synthetic.lists import Tie, printed, ties_of
from assets.synthetic.model import Counts, Solution, SynthesisError, Targets
from assets.synthetic.proof import Plan, prove
from assets.synthetic.sizes import Rules, rules_for

#: Evidence of a made-up figure: it must be seen to be none.
EVIDENCE = "Số liệu giả lập, không phải của cơ quan"

#: Body code -> input code -> figure; null: not applicable.
Figures = dict[str, dict[str, int | None]]


@dataclass(frozen=True)
class _Block:
    """What is solved for: the method's categories, rules and printed lists."""

    method: Method
    categories: tuple[Category, ...]
    rules: Rules
    lists: Mapping[str, tuple[Tie, ...]]
    seed: int

    def draws(self, *names: str) -> random.Random:
        """Random numbers of their own for each name, so that one body does not move another."""
        return random.Random("/".join((str(self.seed), self.method.code, *names)))  # noqa: S311


def solve(method: Method, targets: Targets, counts: Counts, seed: int) -> Solution:
    """Figures of every body in `targets` whose computed indices and ranks are the printed ones.

    `targets` must name every body at every category with an index; `counts` holds the printed
    figures of inputs that are only counted. What is not reachable is in the solution, with the
    nearest value; all else is confirmed by the engine on the answers as written. SynthesisError
    if the method cannot be computed, a target is missing, or the engine does not confirm.
    """
    solved = categories(method)
    _check_targets(method, solved, targets)
    lists = {one.slug: ties_of(targets, one.slug, method.decimals) for one in solved}
    block = _Block(method, solved, rules_for(method, solved), lists, seed)
    sizes = _sizes(block, sorted(targets))
    figures: Figures = {body: {} for body in sorted(targets)}
    missed: set[tuple[str, str]] = set()
    misplaced: set[str] = set()
    for category in solved:
        best = _best_rates(block, category)
        for tie in lists[category.slug]:
            filled, placed = _tie(block, category, tie, sizes, best)
            if not placed:
                misplaced.add(category.slug)
            for body, one in filled.items():
                figures[body].update(one.figures)
                if printed(one.value, method.decimals) != tie.whole.aim:
                    missed.add((body, category.slug))
    answers = {
        body: _answers(method, seed, figures[body], counts.get(body, {})) for body in figures
    }
    plan = Plan(method, targets, lists, frozenset(missed), frozenset(misplaced))
    asked, unreached = prove(plan, answers)
    return Solution(method, seed, answers, asked, unreached)


def _check_targets(method: Method, solved: Sequence[Category], targets: Targets) -> None:
    for body in sorted(targets):
        for category in solved:
            target = targets[body].get(category.slug)
            if target is None or target.value is None:
                raise SynthesisError(
                    f"{method.code}: {body}: {category.slug}: no index value is published; only "
                    f"blocks published in full have a synthetic year"
                )


# --- sizes -------------------------------------------------------------------------------------


def _alike(block: _Block, code: str, bodies: Sequence[str]) -> dict[str, str]:
    """Body -> the body whose size of this input it shares, because a list ties them."""
    sizes = block.rules.sizes
    needing = {code, *(other for other, size in sizes.items() if size.above == code)}
    shared = {body: body for body in bodies}
    for category in block.categories:
        if needing.isdisjoint(category.denominators):
            continue
        for tie in block.lists[category.slug]:
            if _copied(category, tie):
                joined = {shared[body] for body in tie.bodies}
                shared = {b: min(joined) if s in joined else s for b, s in shared.items()}
    return shared


def _sizes(block: _Block, bodies: Sequence[str]) -> dict[str, dict[str, int]]:
    """Sizes of every body; those above another size come after it."""
    sizes: dict[str, dict[str, int]] = {body: {} for body in bodies}
    ranges = block.rules.sizes
    for code in sorted(ranges, key=lambda code: (ranges[code].above is not None, code)):
        size, alike = ranges[code], _alike(block, code, bodies)
        for body in bodies:
            drawn = block.draws(code, alike[body]).randint(size.least, size.most)
            sizes[body][code] = drawn + (sizes[body][size.above] if size.above else 0)
    return sizes


def _best_rates(block: _Block, category: Category) -> dict[str, int]:
    """Slug of a block-relative criterion -> its best rate, which the first of the list has."""
    rates = {}
    for part in category.parts:
        if part.of_best:
            size = block.rules.best_rates[part.code]
            rates[part.slug] = block.draws(part.slug).randint(size.least, size.most)
    return rates


# --- categories ----------------------------------------------------------------------------------


def _copied(category: Category, tie: Tie) -> bool:
    """Whether the bodies of a tie get the same figures. A full mark is exact in any sizes, and so
    are points that are counted singly."""
    return len(tie.bodies) > 1 and tie.window.low < 1 and bool(category.denominators)


def _tie(
    block: _Block,
    category: Category,
    tie: Tie,
    sizes: Mapping[str, Mapping[str, int]],
    best: Mapping[str, int],
) -> tuple[dict[str, Filled], bool]:
    """Figures of the bodies of a tie, and whether all lie where the printed ranks want them."""
    leads = tie is block.lists[category.slug][0]

    def filled(body: str, window: Window) -> Filled:
        setting = Setting(category, block.rules, sizes[body], best, leads)
        return fill(setting, window, block.draws(category.slug, body))

    first, *others = tie.bodies
    made = filled(first, tie.window)
    placed = made.miss == 0
    if not placed and tie.whole != tie.window:
        made = filled(first, tie.whole)
    if _copied(category, tie):
        return dict.fromkeys(tie.bodies, made), placed
    same = replace(tie.window, low=made.value, high=made.value)
    rest = {body: filled(body, same) for body in others}
    return {first: made, **rest}, placed and all(one.miss == 0 for one in rest.values())


# --- answers -------------------------------------------------------------------------------------


def _answers(
    method: Method,
    seed: int,
    figures: Mapping[str, int | None],
    counts: Mapping[str, int | None],
) -> Answers:
    """The answers of a body to every input of the method, in the method's order."""
    proven = {u.code for _, node in method.walk() if node.evidence_required for u in node.inputs}
    return {
        entry.code: _answer(entry, figures, counts, seed, entry.code in proven)
        for entry in method.inputs
    }


def _answer(
    entry: Input,
    figures: Mapping[str, int | None],
    counts: Mapping[str, int | None],
    seed: int,
    is_proven: bool,
) -> Answer:
    note = f"synthetic, seed {seed}"
    given = figures if entry.code in figures else counts
    figure = given.get(entry.code)
    if figure is None:
        return Answer(status="not_applicable" if given is figures else "not_observed", note=note)
    value = str(figure)
    if entry.kind == "boolean":
        value = YES_WORDS[0] if figure else NO_WORDS[0]
    return Answer(value=value, evidence=EVIDENCE if is_proven else "", note=note)
