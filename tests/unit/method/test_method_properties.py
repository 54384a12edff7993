"""What holds for every tree: bounds, direction, order of bodies, dropped bodies, nulls."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from method_exact import exact_value, half_up
from method_samples import RANKING, leaf, method_of, node

from assets.method.check import check
from assets.method.engine import NodeScore, score
from assets.method.formulas import Observation
from assets.method.model import INNER_KINDS, Method, Node, Parameters, Policy, Step

Observed = dict[tuple[str, str], Observation]

#: Roles in which a larger figure never lowers the body's own points (tiers here only rise).
RISING = ("numerator", "answer", "count", "measure")
STATUSES = {
    "scored",
    "not_applicable",
    "missing",
    "disputed",
    "zero_denominator",
    "out_of_range",
    "incomplete",
}
#: A body that leads by more in exact fractions is ranked before the other.
LEAST_LEAD = Fraction(1, 10**11)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _leaf(number: int, kind: str, maximum: int) -> Node:
    slug, code = f"n{number}", f"i{number}"
    if kind == "boolean":
        return leaf(slug, kind, maximum, answer=code)
    if kind == "tier":
        steps = (Step(Decimal(maximum), at_least=Decimal(4)), Step(Decimal(0), at_least=Decimal(1)))
        return replace(leaf(slug, kind, maximum, measure=code), parameters=Parameters(steps=steps))
    if kind == "count_capped":
        parameters = Parameters(points_per_item=Decimal(1))
        return replace(leaf(slug, kind, maximum, count=code), parameters=parameters)
    if kind == "target_ratio":
        parameters = Parameters(target=Decimal("0.8"))
        made = leaf(slug, kind, maximum, numerator=code, denominator=f"{code}_of")
        return replace(made, parameters=parameters)
    return leaf(slug, kind, maximum, numerator=code, denominator=f"{code}_of")


LEAVES = ("boolean", "tier", "count_capped", "target_ratio", "ratio", "normalised_block_max")


@st.composite
def trees(draw: st.DrawFn) -> Method:
    """A sound method of two or three levels, of all kinds that carry points."""
    numbers = iter(range(1000))

    def grow(depth: int) -> Node:
        number = next(numbers)
        if depth == 0 or draw(st.booleans()):
            return _leaf(number, draw(st.sampled_from(LEAVES)), draw(st.integers(1, 50)))
        return inner(number, depth)

    def inner(number: int, depth: int) -> Node:
        kind = draw(st.sampled_from(INNER_KINDS))
        children = tuple(grow(depth - 1) for _ in range(draw(st.integers(1, 3))))
        maxima = [child.max_points or Decimal(0) for child in children]
        if kind == "weighted_sum":
            rest = Decimal(1) - Decimal("0.25") * (len(children) - 1)
            parts = [rest] + [Decimal("0.25")] * (len(children) - 1)
            pairs = zip(children, parts, strict=True)
            children = tuple(replace(child, weight=part) for child, part in pairs)
        maximum = max(maxima) if kind == "best_of" else sum(maxima, Decimal(0))
        made = node(f"n{number}", kind, 1, children=children)
        return replace(made, max_points=maximum)

    root = replace(inner(next(numbers), draw(st.integers(1, 2))), ranking="index")
    switch = draw(st.sampled_from(["leaves_maximum", "keeps_maximum"]))
    return method_of(root, rankings=(RANKING,), not_applicable=Policy(switch, ("seen",)))


def _figure(draw: st.DrawFn, code: str, method: Method, most: int) -> Observation:
    is_answer = any(
        u.code == code and u.role == "answer" for _, n in method.walk() for u in n.inputs
    )
    value = Decimal(draw(st.integers(0, 1 if is_answer else most)))
    state = draw(
        st.sampled_from(["confirmed"] * 8 + ["not_observed", "not_applicable", "disputed"])
    )
    return Observation(value, state)


@st.composite
def blocks(draw: st.DrawFn, settled: bool = False, most: int = 6) -> tuple[Method, Observed]:
    """A method and the figures, up to `most`, of up to four bodies; settled ones are all there."""
    method = draw(trees())
    bodies = [f"B{i}" for i in range(draw(st.integers(1, 4)))]
    observed = {
        (body, entry.code): _figure(draw, entry.code, method, most)
        for body in bodies
        for entry in method.inputs
    }
    if settled:
        observed = {key: replace(one, state="confirmed") for key, one in observed.items()}
    return method, observed


def by_node(scores: list[NodeScore]) -> dict[tuple[str, str], NodeScore]:
    return {(s.body_code, s.slug): s for s in scores}


@quick
@given(blocks())
def test_bounds_and_statuses(case: tuple[Method, Observed]) -> None:
    method, observed = case
    assert check(method) == []
    for s in score(method, observed):
        assert s.status in STATUSES
        assert (s.value is None) == (s.points is None) == (s.status != "scored")
        assert s.coverage is None or 0 <= s.coverage <= 1
        if s.value is not None and s.points is not None and s.max_points is not None:
            assert 0 <= s.value <= 1
            assert 0 <= s.points <= s.max_points
            assert s.value == half_up(s.points / s.max_points, 12)
            assert s.points == half_up(s.points, 15)
            assert all(isinstance(x, Fraction) for x in (s.value, s.points, s.max_points))


@quick
@given(blocks(settled=True), st.data())
def test_a_larger_figure_never_lowers_the_own_points(
    case: tuple[Method, Observed], data: st.DataObject
) -> None:
    method, observed = case
    uses = [u for _, n in method.walk() for u in n.inputs if u.role in RISING]
    use = data.draw(st.sampled_from(uses))
    value = observed["B0", use.code].value
    assert isinstance(value, Decimal)
    more = Decimal(1) if use.role == "answer" else value + 1
    before = by_node(score(method, observed))
    raised = {**observed, ("B0", use.code): Observation(more, "confirmed")}
    after = by_node(score(method, raised))
    for (body, slug), was in before.items():
        now = after[body, slug]
        if body == "B0" and was.points is not None and now.points is not None:
            assert now.points >= was.points


@quick
@given(blocks(), st.randoms())
def test_the_order_of_bodies_and_figures_changes_nothing(
    case: tuple[Method, Observed], random: object
) -> None:
    method, observed = case
    shuffled = list(observed.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert score(method, dict(shuffled)) == score(method, observed)


@quick
@given(blocks())
def test_renaming_bodies_renames_their_scores_and_nothing_else(
    case: tuple[Method, Observed],
) -> None:
    method, observed = case
    renamed = {(f"Z{9 - int(body[1:])}", code): one for (body, code), one in observed.items()}
    after = by_node(score(method, renamed))
    for s in score(method, observed):
        new = f"Z{9 - int(s.body_code[1:])}"
        assert after[new, s.slug] == replace(s, body_code=new)


def relative(tree: Node) -> bool:
    """Whether the node or anything beneath it depends on the whole block."""
    return tree.kind == "normalised_block_max" or any(relative(child) for child in tree.children)


@quick
@given(blocks())
def test_a_dropped_body_changes_only_block_relative_nodes(case: tuple[Method, Observed]) -> None:
    method, observed = case
    left = {key: one for key, one in observed.items() if key[0] != "B0"}
    after = by_node(score(method, left))
    moving = {n.slug for _, n in method.walk() if relative(n)}
    for s in score(method, observed):
        if s.body_code != "B0" and s.slug not in moving:
            assert replace(after[s.body_code, s.slug], rank=None) == replace(s, rank=None)


@quick
@given(blocks(settled=True))
def test_zero_denominators_give_no_figure(case: tuple[Method, Observed]) -> None:
    method, observed = case
    zeros = {
        key: replace(one, value=Decimal(0)) if key[1].endswith("_of") else one
        for key, one in observed.items()
    }
    scores = by_node(score(method, zeros))
    divided = [n.slug for _, n in method.walk() if "denominator" in [u.role for u in n.inputs]]
    for (_, slug), s in scores.items():
        if slug in divided:
            assert (s.value, s.points, s.status) == (None, None, "zero_denominator")


@quick
@given(trees())
def test_all_missing_is_null_everywhere(method: Method) -> None:
    for s in score(method, {}, ["B0", "B1"]):
        assert (s.value, s.points, s.rank, s.coverage) == (None, None, None, 0)
        assert s.status in ("missing", "incomplete")


@quick
@given(blocks())
def test_ranks_are_competition_ranks_on_the_values(case: tuple[Method, Observed]) -> None:
    method, observed = case
    roots = [s for s in score(method, observed) if s.slug == method.roots[0].slug]
    for s in roots:
        better = [
            o for o in roots if o.value is not None and s.value is not None and o.value > s.value
        ]
        assert s.rank == (None if s.value is None else 1 + len(better))


def weighted_levels(tree: Node) -> int:
    """How often values of children are weighted on the longest way down."""
    below = max((weighted_levels(child) for child in tree.children), default=0)
    return below + (tree.kind == "weighted_sum")


@quick
@given(blocks(settled=True, most=1000))
def test_values_stay_near_the_exact_fractions_and_ranks_never_contradict_them(
    case: tuple[Method, Observed],
) -> None:
    method, observed = case
    figures: dict[str, dict[str, Fraction]] = {}
    for (body, code), one in observed.items():
        assert isinstance(one.value, Decimal)
        figures.setdefault(body, {})[code] = Fraction(one.value)
    nodes = {n.slug: n for _, n in method.walk()}
    scores = score(method, observed)
    exact = {
        (s.body_code, s.slug): exact_value(
            nodes[s.slug], figures[s.body_code], list(figures.values())
        )
        for s in scores
        if s.value is not None
    }
    for s in scores:
        if s.value is not None and not relative(nodes[s.slug]):
            near = Fraction(1 + weighted_levels(nodes[s.slug]), 10**12)
            assert abs(s.value - exact[s.body_code, s.slug]) <= near
    ranked = [s for s in scores if s.rank is not None]
    for one in ranked:
        for other in ranked:
            if exact[one.body_code, one.slug] - exact[other.body_code, other.slug] > LEAST_LEAD:
                assert (one.rank or 0) < (other.rank or 0)
