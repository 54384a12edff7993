"""Method files: what is not in the schema is refused, and the refusal says where and what to do."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assets.method.load import DIRECTORY, find_method, methods, read_method
from assets.method.model import INNER_KINDS, MethodError

FILE = "methods/sample.yaml"
SOUND = """
regime: assessment_2016
index_code: assessment
block: ministry
valid_from: 2016
decision: "1/QĐ"
title_vi: "Phương pháp"
title_en: "Method"
decimals: 3
missing: {policy: incomplete, evidence: [seen]}
not_applicable: {policy: keeps_maximum, evidence: [seen]}
rankings:
  index: {policy: competition, rank_on: exact, missing: last_rank, tie_break: [n], evidence: [seen]}
sources:
  report: {document: "Báo cáo", part: "1", address: "https://example.org"}
evidence:
  seen: {vi: "Đã thấy.", en: "Seen."}
inputs:
  n: {kind: count, unit: items, min: 0, name_vi: "Số đạt", name_en: "Met"}
  d: {kind: count, unit: items, name_vi: "Tổng số", name_en: "All"}
nodes:
  - slug: top
    name_vi: "Tỷ lệ"
    name_en: "Share"
    kind: ratio
    max_points: "12.5"
    basis: published
    source: report
    evidence_required: true
    ranking: index
    inputs:
      - {role: numerator, code: n}
      - {role: denominator, code: d}
"""


def read(text: str) -> None:
    read_method(text.encode(), FILE)


def test_a_sound_file_is_read() -> None:
    method = read_method(SOUND.encode(), FILE)
    assert (method.code, method.valid_to, method.file) == ("assessment_2016/ministry", None, FILE)
    assert method.sha256 == hashlib.sha256(SOUND.encode()).hexdigest()
    assert [path for path, _ in method.walk()] == ["top"]
    assert str(method.roots[0].max_points) == "12.5"
    assert method.ranking("index").tie_break == ("n",)
    with pytest.raises(KeyError, match="declares no ranking other"):
        method.ranking("other")


def tier(steps: str) -> tuple[str, str]:
    return (
        SOUND[SOUND.index("    kind: ratio") :],
        "    kind: tier\n    max_points: 5\n    basis: published\n    source: report\n"
        f"    evidence_required: false\n    parameters: {{steps: [{steps}]}}\n"
        "    inputs:\n      - {role: measure, code: n}\n",
    )


SUM = (
    SOUND[SOUND.index("    kind: ratio") :],
    "    kind: sum\n    basis: published\n    source: report\n    evidence_required: false\n",
)

BAD: dict[str, tuple[str, str, str]] = {
    "unknown key": ("decimals: 3", "decimals: 3\ncolour: red", "top level: colour: .*remove it"),
    "missing key": ('decision: "1/QĐ"\n', "", "top level: decision: the key is missing; add it"),
    "key twice": ("decimals: 3", "decimals: 3\ndecimals: 4", "line 10: .*stands twice"),
    "syntax": ("block: ministry", "block: [ministry", "line .*mend the YAML"),
    "float": ('max_points: "12.5"', "max_points: 12.5", "top: max_points: .*in quotes"),
    "no decimal": ('"12.5"', '"12,5"', "top: max_points: '12,5' is no decimal"),
    "too many decimals": ('"12.5"', '"0.1234567"', "6 decimals"),
    "regime": ("regime: assessment_2016", "regime: x", "regime: 'x' is not allowed; use one of"),
    "block": ("block: ministry", "block: city", "block: 'city' is not allowed"),
    "whole number": ("decimals: 3", "decimals: three", "decimals: a whole number"),
    "text": ('"Phương pháp"', '""', "title_vi: text is expected"),
    "slug": ("slug: top", "slug: Top one", "slug: 'Top one' is not a slug"),
    "slug of a mapping": ("  seen: {vi", "  Seen it: {vi", "evidence: 'Seen it' is not a slug"),
    "slug of a list": ("tie_break: [n]", "tie_break: [N]", "tie_break: 'N' is not a slug"),
    "kind": ("kind: ratio", "kind: product", "top: kind: 'product' is not allowed"),
    "basis": ("basis: published", "basis: guessed", "top: basis: 'guessed'"),
    "flag": ("evidence_required: true", "evidence_required: 1", "true or false"),
    "missing policy": ("policy: incomplete", "policy: zero", "missing: policy: 'zero'"),
    "rank policy": ("policy: competition", "policy: dense", "index: policy: 'dense'"),
    "list": ("tie_break: [n]", "tie_break: n", "tie_break: a list is expected"),
    "mapping": ("- {role: numerator, code: n}", "- numerator", "top: inputs: a mapping"),
    "role": ("role: numerator", "role: answer", "top: inputs: role: 'answer' is not allowed"),
    "role missing": (
        "- {role: numerator, code: n}\n",
        "\n",
        "ratio needs an input as numerator",
    ),
    "role twice": ("role: denominator", "role: numerator", "numerator is given twice; keep one"),
    "no denominator": (
        "      - {role: denominator, code: d}\n",
        "",
        "as denominator or the parameter out_of; give one",
    ),
    "two denominators": (
        "    ranking: index\n",
        "    ranking: index\n    parameters: {out_of: 1}\n",
        "as denominator or the parameter out_of; give one",
    ),
    "parameter of another kind": (
        "    ranking: index\n",
        "    ranking: index\n    parameters: {points_per_item: 1}\n",
        "top: parameters: points_per_item: the key is not known",
    ),
    "children of a leaf": (
        "    ranking: index\n",
        "    ranking: index\n    children:\n"
        '      - {slug: c, name_vi: "a", name_en: "b", kind: not_applicable, basis: published, '
        "source: report, evidence_required: false}\n",
        "top: children: ratio has no children",
    ),
    "sum without children": (*SUM, "top: children: sum needs children"),
    "sum with inputs": (
        SUM[0],
        SUM[1] + "    inputs: [{role: numerator, code: n}]\n",
        "sum takes no inputs",
    ),
    "tier without steps": (
        tier("")[0],
        tier("")[1].replace("    parameters: {steps: []}\n", ""),
        "tier needs steps",
    ),
    "step of both": (*tier("{at_least: 1, is: a, points: 5}"), "at_least or is, and not both"),
    "step of neither": (*tier("{points: 5}"), "at_least or is, and not both"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_place_and_advice(case: str) -> None:
    old, new, words = BAD[case]
    assert SOUND.count(old) == 1, "the case must change one place"
    with pytest.raises(MethodError, match=words) as refused:
        read(SOUND.replace(old, new))
    assert str(refused.value).startswith(f"{FILE}: ")
    assert "; " in str(refused.value)


def test_steps_of_both_sorts_are_read() -> None:
    old, new = tier("{at_least: 2, points: 5}, {at_least: 1, points: 0}")
    (root,) = read_method(SOUND.replace(old, new).encode(), FILE).roots
    assert [step.at_least for step in root.parameters.steps] == [2, 1]
    old, new = tier("{is: audited, points: 5}")
    (root,) = read_method(SOUND.replace(old, new).encode(), FILE).roots
    assert [step.is_class for step in root.parameters.steps] == ["audited"]


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(MethodError, match=f"{FILE}: byte 7: not UTF-8"):
        read_method(b"title: \xff", FILE)


def test_what_is_no_mapping_is_refused() -> None:
    with pytest.raises(MethodError, match="top level: a mapping is expected"):
        read("- a")


def test_the_hash_is_of_the_file_held() -> None:
    for method in methods():
        content = (DIRECTORY.parent / method.file).read_bytes()
        assert method.sha256 == hashlib.sha256(content).hexdigest()


def test_a_method_that_is_not_held_lists_those_that_are() -> None:
    assert find_method("dti_2022", "province").code == "dti_2022/province"
    with pytest.raises(MethodError, match=r"no method dti_2022/nation; held: .*dti_2022/province"):
        find_method("dti_2022", "nation")


def test_a_file_is_named_after_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assets.method import load

    (tmp_path / "other.yaml").write_text(SOUND, "utf-8")
    monkeypatch.setattr(load, "DIRECTORY", tmp_path)
    with pytest.raises(MethodError, match=r"name it assessment_2016_ministry\.yaml"):
        load._all.__wrapped__()


def test_only_inner_nodes_and_headings_have_children() -> None:
    for method in methods():
        for _, node in method.walk():
            assert bool(node.children) <= (node.kind in (*INNER_KINDS, "unscored"))
