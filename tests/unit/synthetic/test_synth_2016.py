"""The synthetic year 2016: every printed index is reached, and what is not reached is listed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from synth_samples import BLOCKS, INDICES, block_2016, codes, solved_2016

from assets.method.engine import NodeScore, as_decimal, score
from assets.method.model import Method, Node
from assets.submissions.form import Answers
from assets.synthetic.criteria import categories
from assets.synthetic.proof import NO_FIGURE, NO_TIE_RULE, observation
from assets.synthetic.sizes import rules_for

SEEDS = (1, 2, 2016)
BODIES = {"gov_agency": 8, "ministry": 19, "province": 63}
#: Ranks by counts asked for: services, and cases where a table of them is printed.
COUNT_RANKS = {"gov_agency": 0, "ministry": 19 + 17, "province": 63 + 63}

every_block = pytest.mark.parametrize("block", BLOCKS)
every_seed = pytest.mark.parametrize("seed", SEEDS)


def scores(block: str, seed: int) -> dict[tuple[str, str], NodeScore]:
    """What the engine gives for the answers, by body and node."""
    answers = solved_2016(block, seed).answers
    observed = {
        (body, code): observation(answer)
        for body, given in answers.items()
        for code, answer in given.items()
    }
    made = score(block_2016(block).method, observed, list(answers))
    return {(one.body_code, one.slug): one for one in made}


def figures(answers: Answers) -> dict[str, int]:
    """The numbers among the answers of a body."""
    return {code: int(a.value) for code, a in answers.items() if a.value.isdigit()}


def leaves(method: Method) -> list[Node]:
    return [node for _, node in method.walk() if not node.children]


@every_seed
@every_block
def test_every_index_and_its_rank_is_the_printed_one(block: str, seed: int) -> None:
    made, targets = scores(block, seed), block_2016(block).targets
    asked = {
        (body, slug): (targets[body][slug].value, targets[body][slug].rank)
        for body in targets
        for slug in INDICES
    }
    given = {}
    for key in asked:
        value = made[key].value
        assert value is not None
        given[key] = (as_decimal(Fraction(value), 3), made[key].rank)
    assert len(asked) == 5 * BODIES[block]
    assert given == asked


@every_seed
@every_block
def test_what_was_asked_for_and_reached(block: str, seed: int) -> None:
    solution = solved_2016(block, seed)
    values = 5 * BODIES[block]
    assert solution.asked == {"value": values, "rank": values + COUNT_RANKS[block]}
    assert solution.reached("value") == values
    assert solution.reached("rank") == values + COUNT_RANKS[block] - len(solution.unreached)


@every_seed
def test_the_ranks_that_no_figures_can_give(seed: int) -> None:
    """Table 2.6 ranks two bodies with 4 services apart; table 2.7 ranks bodies without a figure,
    and leaves out two of the block."""
    unreached = {
        (one.body_code, one.node, str(one.printed), str(one.nearest), one.reason)
        for one in solved_2016("ministry", seed).unreached
    }
    without_figure = {"MOT": 12, "MOHA": 13, "MOST": 14, "MOET": 17, "MONRE": 17, "MOC": 17}
    assert unreached == {
        ("MOC", "services_provided", "17", "16", NO_TIE_RULE),
        *(
            (body, "cases_online", str(rank), "19", NO_FIGURE)
            for body, rank in without_figure.items()
        ),
    }
    assert solved_2016("gov_agency", seed).unreached == ()
    assert solved_2016("province", seed).unreached == ()


@every_seed
@every_block
def test_bodies_with_one_printed_rank_are_exactly_equal_and_others_are_not(
    block: str, seed: int
) -> None:
    made, targets = scores(block, seed), block_2016(block).targets
    for slug in INDICES:
        by_rank: dict[int | None, set[Fraction | None]] = {}
        for body in targets:
            by_rank.setdefault(targets[body][slug].rank, set()).add(made[body, slug].value)
        assert {len(values) for values in by_rank.values()} == {1}
        assert len(set.union(*by_rank.values())) == len(by_rank)


def test_two_provinces_print_alike_and_rank_apart() -> None:
    made, code = scores("province", 1), codes("province")
    first = made[code["Trà Vinh"], "human_resources"]
    second = made[code["Hải Phòng"], "human_resources"]
    assert (first.rank, second.rank) == (47, 48)
    assert as_decimal(Fraction(first.value or 0), 3) == Decimal("0.583")
    assert as_decimal(Fraction(second.value or 0), 3) == Decimal("0.583")


@every_seed
@every_block
def test_no_count_is_more_than_it_is_counted_out_of(block: str, seed: int) -> None:
    compared = 0
    for given in solved_2016(block, seed).answers.values():
        held = figures(given)
        for node in leaves(block_2016(block).method):
            roles = {use.role: use.code for use in node.inputs}
            if node.kind == "ratio" and given[roles["numerator"]].status != "not_applicable":
                assert held[roles["numerator"]] <= held[roles["denominator"]]
                assert held[roles["denominator"]] > 0
                compared += 1
            if node.kind == "count_capped":
                assert held[roles["count"]] <= int(node.max_points or 0)
                compared += 1
    assert compared > BODIES[block] * 15


@every_seed
@every_block
def test_figures_of_a_body_agree_with_each_other(block: str, seed: int) -> None:
    method = block_2016(block).method
    rules = rules_for(method, categories(method))
    for given in solved_2016(block, seed).answers.values():
        held = figures(given)
        for code, parts in rules.sums.items():
            assert held[code] == sum(held[part] for part in parts)
        for code, lower in rules.at_least.items():
            assert held[code] >= held[lower] > 0
        for code, switch in rules.needs.items():
            assert given[switch].value == ("Có" if held[code] else "Không") or code.startswith(
                "units_on_wan"
            )
        for code, size in rules.sizes.items():
            above = held[size.above] if size.above else 0
            assert size.least <= held[code] - above <= size.most


@every_block
def test_a_share_that_does_not_apply_is_of_an_application_not_in_use(block: str) -> None:
    """Nobody equipped: the share of those who use it is not 0, it does not exist. Ministries with
    an index below 0.467 leave out one application, agencies below 0.350 two."""
    method, found = block_2016(block).method, 0
    roles = [{use.role: use.code for use in node.inputs} for node in leaves(method)]
    of = {given["numerator"]: given["denominator"] for given in roles if "numerator" in given}
    for given in solved_2016(block, 1).answers.values():
        for code, answer in given.items():
            if answer.status == "not_applicable":
                assert (answer.value, given[of[code]].value) == ("", "0")
                found += 1
    assert found == {"gov_agency": 4 * 1 + 2 * 2, "ministry": 3, "province": 0}[block]


@every_seed
@pytest.mark.parametrize(
    ("block", "slugs"),
    [
        ("gov_agency", ["it_officers_per_unit"]),
        ("province", ["it_officers_per_unit_departments", "it_officers_per_unit_districts"]),
    ],
)
def test_the_first_of_the_list_has_the_best_rate_of_the_block(
    block: str, slugs: list[str], seed: int
) -> None:
    made, targets = scores(block, seed), block_2016(block).targets
    first = [body for body in targets if targets[body]["human_resources"].rank == 1]
    for slug in slugs:
        assert {made[body, slug].value for body in first} == {1}
        assert max(made[body, slug].value or 0 for body in targets) == 1


@every_seed
def test_printed_counts_are_taken_over_and_none_is_not_zero(seed: int) -> None:
    province, code = solved_2016("province", seed).answers, codes("province")
    services = ("services_level3", "services_level4", "online_cases")
    assert [province[code["An Giang"]][s].value for s in services] == ["305", "19", "60941"]
    none = [province[code["Trà Vinh"]][s] for s in services]
    assert {(one.value, one.status) for one in none} == {("", "not_observed")}
    ministry = solved_2016("ministry", seed).answers
    assert ministry["CEMA"]["services_level3"].status == "not_observed"
    assert ministry["MOC"]["services_level4"].value == "0"


@every_block
def test_every_input_is_answered_and_marked_as_made_up(block: str) -> None:
    method = block_2016(block).method
    proven = {u.code for n in leaves(method) if n.evidence_required for u in n.inputs}
    for given in solved_2016(block, 2).answers.values():
        assert list(given) == [entry.code for entry in method.inputs]
        assert {answer.note for answer in given.values()} == {"synthetic, seed 2"}
        for code, answer in given.items():
            shown = "Số liệu giả lập, không phải của cơ quan" if code in proven else ""
            assert answer.evidence == ("" if answer.status else shown)


def test_another_seed_gives_other_figures() -> None:
    one, other = (solved_2016("province", seed).answers for seed in (1, 2))
    assert one.keys() == other.keys()
    assert all(figures(one[body]) != figures(other[body]) for body in one)


DIGEST = """
from synth_samples import solved_2016
import hashlib
answers = repr(sorted(solved_2016("gov_agency", 5).answers.items()))
print(hashlib.sha256(answers.encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_figures_under_any_hashing() -> None:
    here = Path(__file__).parent
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={
                **os.environ,
                "PYTHONHASHSEED": hashing,
                "PYTHONPATH": f"{here}:{here.parents[2]}",
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hashing in ("1", "77")
    }
    answers = repr(sorted(solved_2016("gov_agency", 5).answers.items()))
    assert digests == {hashlib.sha256(answers.encode()).hexdigest()}
