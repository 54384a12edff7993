"""Tree as text, differences, papers and the commands."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from method_samples import leaf, method_of, node
from typer.testing import CliRunner

from assets.method import paper
from assets.method.diff import diff
from assets.method.load import find_method, methods
from assets.method.show import as_text, figure
from assets.registry import words
from orchestration.cli import app

A, B = leaf("a", "boolean", 30, answer="x"), leaf("b", "boolean", 10, answer="y")
TREE = node("top", "sum", 40, children=(A, B))


def test_papers_follow_from_the_methods() -> None:
    for path, text in paper.papers().items():
        assert path.read_text("utf-8") == text, f"{path} has drifted: run `egov generate`"
    assert set(paper.DIRECTORY.glob("*.md")) == set(paper.papers())


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.code)
def test_a_paper_names_every_node_in_both_languages(method: object) -> None:
    assert isinstance(method, type(methods()[0]))
    text = paper.papers()[paper.DIRECTORY / f"{method.regime}.md"]
    assert method.sha256 in text
    for _, one in method.walk():
        assert f"`{one.slug}` | {one.name_en}<br>*{one.name_vi}*" in text
        assert (one.basis != "reconstructed") or all(
            f"`{c}`" in text for c in one.reconstructed_from
        )


def test_every_kind_has_its_words() -> None:
    from assets.method.model import KINDS

    assert set(words("formula_kind")) == set(KINDS)


def test_a_paper_names_the_constants_of_a_formula() -> None:
    texts = {path.stem: text for path, text in paper.papers().items()}
    assert "`points_per_item 1`" in texts["assessment_2016"]
    assert "`out_of 18`" in texts["dvc_index"]


def test_papers_are_written_only_when_they_change(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "DIRECTORY", tmp_path)
    assert len(paper.write()) == len({method.regime for method in methods()})
    assert paper.write() == []


def test_the_tree_as_text_marks_basis_and_what_is_not_known() -> None:
    text = as_text(find_method("assessment_2017", "ministry"))
    assert "P overall  sum  max ?" in text
    assert "- 70 points not itemised: The excerpt of annex 1B ends" in text
    assert "R own_data_centre_conformity  best_of  max ~25" in text
    assert "[numerator internet_bandwidth, denominator staff_count]" in text
    assert "boolean  max =10" in as_text(find_method("assessment_2016", "ministry"))
    assert figure(replace(A, weight=Decimal("0.5"))) == "max 30, weight 0.5"


def test_nothing_differs_from_itself() -> None:
    for method in methods():
        assert diff(method, method) == []


def test_differences_are_told_by_node_and_field() -> None:
    changed = replace(A, max_points=Decimal(25), name_en="Other")
    added = leaf("c", "boolean", 15, answer="z")
    after = node("top", "sum", 40, children=(changed, added))
    assert [str(change) for change in diff(method_of(TREE), method_of(after))] == [
        "removed: b",
        "added: c",
        "changed: top: children: a, b -> a, c",
        "changed: a: name_en: Criterion a -> Other",
        "changed: a: max_points: 30 -> 25",
    ]


def said(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["method", *arguments])
    return result.exit_code, result.output


def test_the_commands() -> None:
    code, text = said("list")
    assert (code, len(text.splitlines())) == (0, len(methods()))
    assert said("check") == (0, "".join(f"{method.code}: sound\n" for method in methods()))
    assert said("show", "dti_2022", "province")[0] == 0
    code, text = said("diff", "assessment_2016/ministry", "assessment_2017/ministry")
    assert (code, "added: overall" in text) == (0, True)
    assert said("diff", "dti_2022/province", "dti_2022/province") == (0, "no node differs\n")


def test_a_method_that_is_not_held_is_told_in_a_sentence() -> None:
    for arguments in (("show", "dti_2022", "nation"), ("diff", "dti_2022", "dti_2022/province")):
        code, text = said(*arguments)
        assert (code, "held: " in text, "Traceback" in text) == (2, True, False)


def test_findings_fail_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    from assets.method import load

    bad = method_of(replace(TREE, max_points=Decimal(41)))
    monkeypatch.setattr(load, "methods", lambda: (bad,))
    code, text = said("check")
    assert code == 1
    assert "methods/sample.yaml: top: sum_of_maxima: children have 40" in text
