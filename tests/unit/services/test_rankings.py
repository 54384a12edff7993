"""The declared rankings by services and cases, and what is refused in their file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from assets import registry
from assets.method.load import methods
from assets.services.rankings import FILE, RankingsError, load_rankings, rankings_table


def test_every_ranking_is_declared_for_every_block() -> None:
    frame = rankings_table()
    assert frame.schema == registry.table("raw_service_rankings").arrow_schema
    rows = frame.to_pylist()
    names = list(yaml.safe_load(FILE.read_text("utf-8")))
    blocks = ("ministry", "gov_agency", "province")
    assert {(r["ranking"], r["block"]) for r in rows} == {(n, b) for n in names for b in blocks}


def test_the_policies_of_2016_are_those_of_the_methods() -> None:
    rows = {(r["ranking"], r["block"]): r for r in rankings_table().to_pylist()}
    of_2016 = [method for method in methods() if method.regime == "assessment_2016"]
    by_block = {m.block: {ranking.code: ranking for ranking in m.rankings} for m in of_2016}
    counted = {block: declared for block, declared in by_block.items() if "services" in declared}
    assert set(counted) == {"ministry", "province"}
    for block, declared in counted.items():
        services = rows["services_provided", block]
        assert services["rank_missing"] == declared["services"].missing
        assert services["tie_break"] == next(iter(declared["services"].tie_break), None)
        assert rows["cases_online", block]["rank_missing"] == declared["cases"].missing


def _without(field: str) -> Callable[[dict[str, Any]], None]:
    return lambda entry: entry.pop(field)


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (_without("listed"), "its fields are not those of a ranking"),
        (lambda e: e.update(place=1), "its fields are not those of a ranking"),
        (lambda e: e.update(rank_measure="cases"), "rank_measure is 'cases'; use one of"),
        (lambda e: e.update(rank_missing="first"), "rank_missing is 'first'; use one of"),
        (lambda e: e.update(listed="members"), "listed is 'members'; give for each of"),
        (lambda e: e["listed"].pop("ministry"), "give for each of ministry, gov_agency, province"),
        (lambda e: e["listed"].update(province="some"), "one of members, with_services"),
        (lambda e: e.update(tie_break={"town": "services_level4"}), "ties of 'town'"),
        (lambda e: e.update(tie_break={"province": "luck"}), "by 'luck'"),
        (lambda e: e.update(tie_break={"province": e["rank_measure"]}), "by 'services_total'"),
    ],
)
def test_a_ranking_at_fault_is_refused(alter: Callable[[dict[str, Any]], None], said: str) -> None:
    listed = yaml.safe_load(FILE.read_text("utf-8"))
    alter(listed["services_provided"])
    content = yaml.safe_dump(listed, sort_keys=False, allow_unicode=True).encode("utf-8")
    with pytest.raises(RankingsError, match=f"made.yaml: services_provided: .*{said}"):
        load_rankings(content, "made.yaml")


@pytest.mark.parametrize("content", [b"", b"- a\n", b"a: [\n", b"\xff\xfe"])
def test_a_file_that_is_no_list_of_rankings_is_refused(content: bytes) -> None:
    with pytest.raises(RankingsError, match=r"^made\.yaml: top level: "):
        load_rankings(content, "made.yaml")
