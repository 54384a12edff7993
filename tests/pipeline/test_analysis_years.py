"""The analysis of real years, end to end: 2016, 2017 and 2022 to 2024 from the bundled sources, the
panel, and the analysis beside them."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pipeline_run import SOURCES, YearRun, hashes

from assets import registry
from assets.analysis.assets import read_figures
from assets.analysis.tables import analysis_tables
from assets.analysis.whatif import reweighted
from assets.explain import BodyError
from assets.lake import Lake, promoted, staging
from assets.lake.atomic import sha256_of
from assets.lake.parquet import encode
from assets.method.load import find_method
from assets.publication import LakeResource
from orchestration.why_cli import WhyError, answer

YEARS = ("2017", "2022", "2023", "2024")
PARTS = ("own_part", "peers_part", "method_part", "universe_part", "rounding_part")
LIST = ("figures_from", "index_code", "universe", "category", "assessment_year")

Row = dict[str, Any]


@pytest.fixture(scope="module")
def analysed(released: YearRun, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with these years and the analysis; 2016 is the one that is released."""
    root = tmp_path_factory.mktemp("analysed") / "lake"
    shutil.copytree(released.lake.root, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EGOV_LAKE", str(root))
        from orchestration.definitions import build_definitions
        from orchestration.runner import Runner

        resource = LakeResource(root=str(root), sources=str(SOURCES))
        with dg.DagsterInstance.ephemeral() as instance:
            runner = Runner(build_definitions(lake=resource), instance, log_level="ERROR")
            for year in YEARS:
                outcome = runner.run_year(year, release=False)
                assert outcome.status == "done", outcome.message
            official = hashes(root / "releases", root / "versions" / "marts")
            outcome = runner.run_panel()
            assert outcome.status == "done", outcome.message
            assert hashes(root / "releases", root / "versions" / "marts") == official
    return resource.open()


def rows(lake: Lake, name: str, unit: str = "analysis", **where: object) -> list[Row]:
    version = promoted(lake, unit, "all")
    assert version is not None
    found: list[Row] = version.table(name).to_pylist()
    return [row for row in found if all(row[key] == value for key, value in where.items())]


def published(lake: Lake) -> dict[tuple[object, ...], Decimal]:
    """The values published, the most trusted first, by list and body."""
    history = rows(lake, "pnl_value_history", "panel")
    return {
        ("published", *(row[key] for key in LIST[1:]), row["body_code"]): row["published_value"]
        for row in history
        if row["published_value"] is not None
    }


def test_a_rebuild_gives_the_same_bytes(analysed: Lake) -> None:
    version = promoted(analysed, "analysis", "all")
    assert version is not None
    figures, inputs = read_figures(analysed)
    assert version.manifest["inputs"] == inputs
    for name, table in analysis_tables(figures, find_method).items():
        declared = table.cast(registry.table(name).arrow_schema)
        assert sha256_of(encode(declared)) == version.files[f"{name}.parquet"].sha256


def test_newer_marts_that_the_panel_does_not_know_are_not_read(
    analysed: Lake, tmp_path: Path
) -> None:
    """As when a run beside this one has promoted a year, but not yet the panel."""
    lake = Lake(Path(shutil.copytree(analysed.root, tmp_path / "lake")))
    before = read_figures(lake)[1]
    marts = promoted(lake, "marts", "2017")
    assert marts is not None
    with staging(lake, "marts", "2017", "beside") as stage:
        for table in registry.tables(unit="marts"):
            stage.write_table(table.name, marts.table(table.name))
        stage.promote(inputs={"beside": "0" * 64}, code_version="other", facts={})
    newer = promoted(lake, "marts", "2017")
    assert newer is not None
    assert newer.content_sha256 != marts.content_sha256
    assert read_figures(lake)[1] == before
    shutil.rmtree(marts.path)
    with pytest.raises(dg.Failure, match="2017 that the panel was made from are gone"):
        read_figures(lake)


# --- why did it move ---------------------------------------------------------------------------


def test_every_body_and_pair_of_the_panel_has_a_sentence_in_both_languages(analysed: Lake) -> None:
    key = ("index_code", "universe", "category", "body_code", "from_year", "assessment_year")
    told = {tuple(row[k] for k in key): row for row in rows(analysed, "ana_rank_changes")}
    panel = rows(analysed, "pnl_rank_changes", "panel")
    assert told.keys() == {tuple(row[k] for k in key) for row in panel}
    for row in panel:
        said = told[tuple(row[k] for k in key)]
        assert said["is_comparable"] == row["is_comparable"]
        apart = "không so sánh được" in said["sentence_vi"]
        assert apart == ("not comparable" in said["sentence_en"]) == (not row["is_comparable"])
        if row["places_gained"] is not None:
            assert said["places_gained"] == row["places_gained"]


def test_parts_of_every_comparable_change_add_up_to_the_printed_one(analysed: Lake) -> None:
    values, sums = published(analysed), defaultdict(Decimal)
    places: dict[tuple[object, ...], Row] = {}
    for row in rows(analysed, "ana_score_changes"):
        place = (*(row[key] for key in LIST), row["body_code"])
        sums[place] += row["part"]
        places[place] = row
    compared = rows(analysed, "ana_rank_changes", is_comparable=True)
    assert len(compared) == 63 * 5 + 2 * 34 * 6
    for row in compared:
        place = (*(row[key] for key in LIST), row["body_code"])
        before = (*place[:4], row["from_year"], row["body_code"])
        assert sums[place] == row["score_change"] == places[place]["score_change"]
        if place in values and before in values:  # one value is of another source than the rank
            assert row["score_change"] == values[place] - values[before]
        assert sum(row[part] for part in PARTS) == row["places_gained"]
        assert row["method_part"] == row["universe_part"] == 0


def test_what_parts_are_made_of_is_said(analysed: Lake) -> None:
    bases = {
        (row["index_code"], row["category"] == "overall", row["basis"])
        for row in rows(analysed, "ana_score_changes")
    }
    assert bases == {
        ("dvc_index", True, "categories"),
        ("dvc_index", False, "total"),
        ("dti", True, "total"),  # not all of its eight parts are published
        ("dti", False, "total"),
    }
    items = {
        row["item"]
        for row in rows(analysed, "ana_score_changes", index_code="dvc_index", category="overall")
        if row["factor"] == "own"
    }
    assert items == {"transparency", "progress", "digitisation", "online", "satisfaction"}


def test_places_of_the_service_index_from_the_source_file_alone(analysed: Lake) -> None:
    """A slow recomputation of own and peers part, from the bundled file."""
    totals: dict[int, dict[str, Fraction]] = defaultdict(dict)
    file = SOURCES / "2022-2024" / "dvc_index_2022_2024.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["category"] == "dvc_index.total":
                totals[int(row["year"])][row["body"]] = Fraction(row["published_value"])

    def rank(own: Fraction, others: dict[str, Fraction], body: str) -> int:
        return 1 + sum(value > own for name, value in others.items() if name != body)

    found = {
        (row["body_name"], row["assessment_year"]): row
        for row in rows(analysed, "ana_rank_changes", index_code="dvc_index", category="overall")
    }
    for year in (2023, 2024):
        old, new = totals[year - 1], totals[year]
        for body in new:
            first, last = rank(old[body], old, body), rank(new[body], new, body)
            own = rank(old[body], old, body) - rank(new[body], old, body)
            own += rank(old[body], new, body) - rank(new[body], new, body)
            row = found[body, year]
            assert (row["from_rank"], row["rank"]) == (first, last)
            assert row["own_part"] == Fraction(own, 2)
            assert row["peers_part"] == first - last - Fraction(own, 2)


def test_lao_cai_2016_to_2017_is_told_from_the_sources(analysed: Lake) -> None:
    (row,) = rows(
        analysed, "ana_body_summaries", body_code="P-10", from_year=2016, assessment_year=2017
    )
    for said in (
        "Quyết định 62/QĐ-BTTTT ngày 19/01/2017, năm 2017 theo Quyết định 2342/QĐ-BTTTT",
        "không so sánh được với nhau",
        "Hạ tầng kỹ thuật CNTT: hạng 21, giá trị 0,992 năm 2016; hạng 2 năm 2017.",
        "Ứng dụng CNTT trong hoạt động nội bộ: hạng 4, giá trị 0,834 năm 2016; hạng 3 năm 2017.",
        "Cơ chế, chính sách và quy định: hạng 1, giá trị 1,000 năm 2016; hạng 14 năm 2017.",
        "Nguồn nhân lực CNTT: hạng 6, giá trị 0,773 năm 2016; hạng 12 năm 2017.",
        "Trang/Cổng thông tin điện tử: hạng 10, giá trị 0,808 năm 2016; hạng 24 năm 2017.",
        "năm 2016 chỉ xếp hạng theo số lượng (dịch vụ công trực tuyến mức độ 3, 4: hạng 41; "
        "hồ sơ trực tuyến: hạng 10), không công bố chỉ số; năm 2017 hạng 22, giá trị 0,119.",
        "Chỉ số tổng thể: hạng 6, giá trị 0,679 năm 2017; năm 2016 không công bố chỉ số này.",
        "Các nguồn đang có không nêu nguyên nhân",
    ):
        assert said in row["text_vi"]
    assert "no such index was published for 2016" in row["text_en"]
    assert "rank 21, value 0.992 in 2016; rank 2 in 2017" in row["text_en"]


# --- how sure is a rank ------------------------------------------------------------------------


def test_every_rank_lies_within_what_the_print_allows(analysed: Lake) -> None:
    intervals = [r for r in rows(analysed, "ana_rank_intervals") if r["print_low"] is not None]
    assert len(intervals) > 1900
    for row in intervals:
        assert row["print_low"] <= row["rank"] <= row["print_high"]


def test_draws_are_made_of_what_is_published_and_say_so(analysed: Lake) -> None:
    bases = {
        (row["index_code"], row["assessment_year"], row["basis"], row["draws"], row["trust"])
        for row in rows(analysed, "ana_rank_intervals", universe="province_63", category="overall")
        if row["assessment_year"] > 2017
    }
    assert bases == {
        ("dti", 2022, "categories_and_rest", 2000, "third_party_copy"),
        ("dti", 2023, "categories_and_rest", 2000, "third_party_doubtful"),
        ("dti", 2024, "print_only", None, "third_party_copy"),  # no weight of 2024 is seen
    }
    for row in rows(analysed, "ana_rank_intervals", basis="categories"):
        assert row["low_90"] <= row["median_rank"] <= row["high_90"]
        assert row["seed"] is not None


def test_dominance_has_every_two_bodies_once(analysed: Lake) -> None:
    pairs = rows(analysed, "ana_dominance", index_code="dvc_index", assessment_year=2024)
    assert len(pairs) == 34 * 33 // 2
    assert all(r["share_above"] + r["share_tied"] + r["share_below"] == 1 for r in pairs)


def test_the_audit_of_2016_covers_every_block(analysed: Lake) -> None:
    alpha = {
        (row["universe"], row["bodies_used"])
        for row in rows(analysed, "ana_audit", assessment_year=2016, audit_measure="cronbach_alpha")
    }
    assert alpha == {("gov_agency", 8), ("ministry", 19), ("province_63", 63)}


def test_other_weights_that_are_the_published_ones_give_the_published_totals(
    analysed: Lake,
) -> None:
    values: dict[str, dict[str, Decimal | None]] = defaultdict(dict)
    for (_, index, _, category, year, body), value in published(analysed).items():
        if (index, year) == ("dvc_index", 2024):
            values[str(body)][str(category)] = value
    audit = rows(analysed, "ana_audit", index_code="dvc_index", assessment_year=2024)
    weights, scale = (
        {r["item"]: r["audit_value"] for r in audit if r["audit_measure"] == measure}
        for measure in ("nominal_weight", "scale_max")
    )
    made = {one.body_code: one for one in reweighted(values, weights, scale)}
    ranks = rows(analysed, "ana_rank_intervals", index_code="dvc_index", assessment_year=2024,
                 category="overall")  # fmt: skip
    assert len(made) == 34
    for row in ranks:
        one = made[row["body_code"]]
        assert one.value is not None
        assert (one.value * 100, one.rank) == (values[row["body_code"]]["overall"], row["rank"])


# --- two universes -----------------------------------------------------------------------------


def test_the_published_values_of_both_universes_are_explained(analysed: Lake) -> None:
    found = rows(analysed, "ana_universe_ranks")
    assert {row["class"] for row in found} == {"match", "rounding", "not_published"}
    held = {
        row["body_name"]: (row["class"], row["rank"])
        for row in found
        if (row["index_code"], row["universe"], row["assessment_year"])
        == ("dti", "province_34", 2024)
        and row["published_rank"] is not None
    }
    assert held == {
        "Hà Nội": ("match", 1),
        "Huế": ("match", 2),
        "Hải Phòng": ("match", 3),
        "Hồ Chí Minh": ("rounding", 4),
        "Thanh Hóa": ("match", 5),
    }
    merged = [row for row in found if row["universe"] == "ministry_2025"]
    assert {row["body_code"] for row in merged} >= {"MAE", "MERA", "MOF"}
    assert {row["former_codes"] for row in merged if row["body_code"] == "MAE"} == {"MARD MONRE"}


# --- egov why ----------------------------------------------------------------------------------


def test_why_prints_both_bodies_of_a_name(analysed: Lake) -> None:
    lines = list(answer(analysed, "lao cai", 2022, 2023, "overall"))
    assert "Lào Cai (P-10), 2022 to 2023" in lines
    assert "Lào Cai (Q-15), 2022 to 2023" in lines
    assert any("places gained: +4" in line for line in lines)
    assert any("change of value: +21.73 (by categories)" in line for line in lines)
    assert any("90 % of 2000 draws" in line for line in lines)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        (("P-10", 2017, 2016), WhyError, "give the earlier year first"),
        (
            ("P-10", 2016, 2023),
            WhyError,
            "no neighbouring years held; held are 2016 2017, 2022 2023",
        ),
        (("P-10", 2016, 2017, "smart"), WhyError, "smart: held in both years are human_resources"),
        (("lao kai", 2016, 2017), BodyError, "nearest are P-10"),
        (("P-10", 2016, 2020), WhyError, "nothing is held of 2020; egov run 2020"),
    ],
)
def test_why_says_what_cannot_be_asked(
    analysed: Lake, asked: tuple[Any, ...], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        list(answer(analysed, *asked))


def test_why_without_an_analysis_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WhyError, match="egov run YEAR or egov backfill makes it"):
        list(answer(Lake(tmp_path), "P-10", 2016, 2017))
