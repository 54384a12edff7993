"""The explorer of real years in a real browser: no request to anywhere, accessible, by keyboard
alone, narrow and wide, and its figures those of the warehouse."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from explorer_browser import CHROMIUM, VIEWS, Visit, chromium, visiting

from assets.analysis.whatif import reweighted
from assets.explorer.compact import rows
from assets.explorer.files import decoded
from tests.command import REPO, egov

if CHROMIUM is None:
    pytest.skip(
        "Debian's chromium is not installed: the explorer was not looked at",
        allow_module_level=True,
    )

SPANS = ("2016-2017", "2022-2023")
MOST_BYTES = 2_000_000

#: axe would fetch the style sheet, which the page forbids; it reads it from the page instead.
AXE = {"preload": False, "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The explorer of four real years, made and found by the command line."""
    lake = tmp_path_factory.mktemp("explorer") / "lake"
    for span in SPANS:
        code, said = egov(lake, "backfill", span)
        assert code == 0, said
    code, said = egov(lake, "open", "--path")
    assert code == 0, said
    return Path(said.strip()).parent


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def visit(browser: Any, folder: Path) -> Iterator[Visit]:
    with visiting(browser, folder) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _without_errors(visit: Visit) -> Iterator[None]:
    visit.errors.clear()
    yield
    assert visit.errors == []


# --- offline and small ----------------------------------------------------------------------------


def test_all_years_fit_into_two_megabytes(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < MOST_BYTES


def test_every_view_asks_for_files_of_its_folder_and_nothing_else(
    visit: Visit, folder: Path
) -> None:
    visit.requests.clear()
    for view in VIEWS.values():
        visit.go(view)
    asked = {url.split("#")[0].split("?")[0] for url in visit.requests}
    own = {path.as_uri() for path in folder.rglob("*")}
    assert asked - own == set()
    assert (folder / "data" / "core.js").as_uri() in asked


# --- accessible -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_view_has_a_serious_finding(visit: Visit, lang: str, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for name, view in VIEWS.items():
        page = visit.go(view, lang=lang, theme=theme)
        for finding in Axe().run(page, options=AXE).response["violations"]:
            if finding["impact"] in ("serious", "critical"):
                found.append((name, finding["id"], finding["nodes"][0]["html"][:200]))
    assert found == []


def test_every_view_speaks_the_language_asked_for(visit: Visit) -> None:
    titles = {}
    for lang in ("vi", "en"):
        for name, view in VIEWS.items():
            page = visit.go(view, lang=lang)
            text = page.locator("body").inner_text()
            assert "undefined" not in text, (name, lang)
            assert "[object" not in text, (name, lang)
            assert page.evaluate("document.documentElement.lang") == lang
            titles[lang, name] = page.title()
    assert all(titles["vi", name] != titles["en", name] for name in VIEWS)


def test_what_a_source_does_not_state_is_said_beside_what_it_does(visit: Visit) -> None:
    page = visit.go("body?body=P-10", lang="en")
    cases = page.locator("table", has=page.locator("caption", has_text="Online cases"))
    row = cases.locator("tr", has_text="Level 3")
    assert row.locator("th, td").all_inner_texts() == [
        "2016", "Level 3", "not stated", "3,640", "5,652", "not stated",
    ]  # fmt: skip


def test_shares_are_shown_as_percentages_with_every_digit(visit: Visit) -> None:
    page = visit.go("body?body=P-10", lang="en")
    shown = {"0": "0 %", "1": "100 %", "0.5": "50 %", "0.523550": "52.355 %", "0.004": "0.4 %"}
    assert page.evaluate("(all) => all.map(egov.percent)", list(shown)) == list(shown.values())


def test_the_page_can_be_walked_by_keyboard_alone(visit: Visit) -> None:
    page = visit.go(VIEWS["ranking_2016"])

    def focused() -> str:
        told: str = page.evaluate("document.activeElement.id || document.activeElement.textContent")
        return told

    page.keyboard.press("Tab")
    assert focused() == "skip"
    page.keyboard.press("Enter")
    assert focused() == "main"
    _tab_to(page, "table-name")
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    assert focused() == "table-name", "the focus stays on the head that was pressed"
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    number = focused()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    assert "1557/BTTTT-THH" in page.locator("dialog").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert focused() == number, "the focus comes back to the number"
    page.evaluate("document.querySelector('#nav a').focus()")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("main.body h1").wait_for()
    assert focused() == "main"


def _tab_to(page: Any, wanted: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", "the focus is seen"
            return
    pytest.fail(f"{wanted} was not reached by Tab")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_view_scrolls_sideways(browser: Any, folder: Path, width: int) -> None:
    pictures = REPO / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    with visiting(browser, folder, width) as narrow:
        for name, view in VIEWS.items():
            page = narrow.go(view)
            page.screenshot(path=str(pictures / f"explorer_{name}_{width}.png"))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_print_leaves_out_what_only_a_screen_needs(visit: Visit) -> None:
    page = visit.go(VIEWS["ranking_2016"])
    page.emulate_media(media="print")
    try:
        assert not page.locator("nav").is_visible()
        assert not page.locator(".fields").is_visible()
        assert page.locator("#results table").is_visible()
    finally:
        page.emulate_media(media="screen")


def test_the_dark_scheme_follows_the_system_and_the_switch(browser: Any, folder: Path) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    with visiting(browser, folder, color_scheme="dark") as dark:
        page = dark.go("ranking")
        by_system = page.evaluate(paper)
        page.locator("#switch-theme").click()
        _drawn(page, "document.documentElement.dataset.theme === 'light'")
        assert page.evaluate(paper) != by_system


# --- figures --------------------------------------------------------------------------------------


def test_the_list_is_sorted_by_the_head_that_is_pressed(visit: Visit) -> None:
    page = visit.go(VIEWS["ranking_2016"])
    ranks = [int(row[0].split()[0]) for row in visit.rows()]
    assert len(ranks) == 63
    assert ranks == sorted(ranks)
    page.locator("#table-value").click()
    _drawn(page, "location.hash.includes('sort=value')")
    values = [Decimal(row[2].split()[0].replace(",", ".")) for row in visit.rows()]
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("typed", "found"), [("lao cai", "Lào Cai"), ("DA NANG", "Đà Nẵng"), ("đăk nông", "Đắk Nông")]
)
def test_a_body_is_found_without_marks(visit: Visit, typed: str, found: str) -> None:
    page = visit.go(VIEWS["ranking_2016"])
    page.locator("#q").press_sequentially(typed)
    _drawn(page, "document.querySelectorAll('#results tbody tr').length === 1")
    assert visit.rows()[0][1] == found
    assert page.evaluate("document.activeElement.id") == "q", "typing goes on"


def test_the_address_brings_the_same_view_back(visit: Visit) -> None:
    page = visit.go("ranking")
    page.locator("#year").select_option("2016")
    page.locator("#category").select_option("policy")
    page.locator("#q").fill("quang")
    page.locator("#table-name").click()
    _drawn(page, "location.hash.includes('sort=name')")
    seen, address = visit.rows(), page.evaluate("location.hash")
    assert 1 < len(seen) < 63
    visit.go(address.removeprefix("#/"))
    assert visit.rows() == seen
    assert page.locator("#category").input_value() == "policy"
    assert page.locator("#q").input_value() == "quang"


def test_a_missing_value_is_a_word_and_never_zero(visit: Visit) -> None:
    visit.go("ranking?year=2017&index=assessment&category=policy")
    (row,) = visit.rows()
    assert row[:3] == ["14", "Lào Cai", "không công bố"]


def test_lao_cai_is_told_from_the_sources_with_the_break_of_the_method(visit: Visit) -> None:
    page = visit.go("body?body=P-10")
    text = page.locator("section:has(#h-moves)").inner_text()
    assert "2016 → 2017" in text
    assert "không so sánh được" in text
    for said in (
        "62/QĐ-BTTTT",
        "2342/QĐ-BTTTT",
        "hạng 21, giá trị 0,992 năm 2016; hạng 2 năm 2017",
    ):
        assert said in text
    history = page.locator("figure.history", has_text="Cơ chế, chính sách")
    assert history.locator("line.break").count() == 1
    assert history.locator("line.line").count() == 0, "no line across a break"


def test_comparable_years_are_joined_and_taken_apart(visit: Visit) -> None:
    page = visit.go("body?body=P-10")
    assert page.locator("figure.history line.line").count() > 0
    assert page.locator("table.waterfall svg rect").count() > 0


def test_every_row_of_a_ranking_opens_its_source(visit: Visit, folder: Path) -> None:
    page = visit.go(VIEWS["ranking_2016"])
    page.locator("#results .sourced").nth(1).click()
    said = page.locator("dialog").inner_text()
    page.locator("dialog button").click()
    core = decoded((folder / "data" / "core.js").read_bytes())
    assert "Bảng\n4.9" in said.replace("\n\n", "\n")
    raws = {place["raw"] for place in rows(core["places"]) if place["table_no"] == "4.9"}
    assert any(raw is not None and raw in said for raw in raws)


def test_the_map_shows_the_ranks_of_its_table(visit: Visit) -> None:
    for name, number in (("map", 63), ("map_34", 34)):
        page = visit.go(VIEWS[name])
        tiles = page.eval_on_selector_all(
            ".tiles a",
            "all => all.map(a => ['.place', '.rank'].map(n => a.querySelector(n).innerText))",
        )
        table = {row[1]: row[0].split()[0] for row in visit.rows()}
        assert len(tiles) == number
        assert dict(tiles) == table


def test_no_code_of_a_rule_is_left_without_words(visit: Visit) -> None:
    page = visit.go("ledger?class=any&all=1")
    told = page.eval_on_selector_all("#results td.wide", "all => all.map(cell => cell.innerText)")
    assert len(told) > 1000
    assert [text for text in set(told) if "_" in text] == []


def test_the_audit_of_every_list_shows_the_statistics_of_the_warehouse(
    visit: Visit, folder: Path
) -> None:
    held = rows(decoded((folder / "data" / "certainty.js").read_bytes())["audit"])
    page = visit.go(f"{VIEWS['audit']}&lang=en")
    sets = page.locator("#set option").evaluate_all("all => all.map(option => option.value)")
    of = "index_code", "universe", "assessment_year"
    assert sorted(sets) == sorted({"-".join(str(row[name]) for name in of) for row in held})
    for code in sets:
        own = [row for row in held if code == "-".join(str(row[name]) for name in of)]
        page.locator("#set").select_option(code)
        _drawn(page, f"location.hash.includes('set={code}')")
        shown = page.locator("#results").inner_text()
        assert _twice(own) == sorted(page.locator(".shade").all_inner_texts())
        assert page.locator(".shade[class*=fifth]", has_text="\u2212").count() == 0
        for row in own:
            if row["audit_measure"].endswith("_weight"):
                assert f"{100 * float(row['audit_value']):.1f} %" in shown, row
            elif row["audit_measure"] in ("mean", "skewness", "cronbach_alpha"):
                assert f"{float(row['audit_value']):.3f}".replace("-", "\u2212") in shown, row
            elif row["audit_measure"] == "outliers_iqr":
                links = f"#results a[href*='body={(row['note'] or 'none').split()[-1]}']"
                assert page.locator(links).count() >= bool(row["note"]), row


def _twice(own: list[dict[str, Any]]) -> list[str]:
    """The cells of a matrix of correlations, without its diagonal."""
    between = [row for row in own if row["audit_measure"].startswith("correlation")]
    return sorted(f"{float(row['audit_value']):.2f}".replace("-", "\u2212") for row in between * 2)


# --- what if --------------------------------------------------------------------------------------


def test_other_weights_give_what_the_warehouse_gives(visit: Visit, folder: Path) -> None:
    sets = decoded((folder / "data" / "whatif.js").read_bytes())["sets"]
    assert {each["basis"] for each in sets} == {"equal", "categories", "categories_and_rest"}
    page = visit.go("whatif")
    chance = random.Random(2016)  # noqa: S311 - not for secrets
    for each in sets:
        parts = rows(each["parts"])
        names = [part["part"] for part in parts]
        scale = {part["part"]: Decimal(part["scale"]) for part in parts}
        values = {
            body: dict(zip(names, map(Fraction, own), strict=True))
            for body, own in each["values"].items()
        }
        for _ in range(25):
            drawn = [_weight(chance) for _ in names]
            drawn[chance.randrange(len(names))] = "1"
            theirs = page.evaluate(
                "([v, w, s]) => egov.reweighted(v, w, s)",
                [each["values"], drawn, [part["scale"] for part in parts]],
            )
            ours = reweighted(values, dict(zip(names, map(Decimal, drawn), strict=True)), scale)
            assert [(t["body"], Decimal(t["value"]), t["rank"]) for t in theirs] == [
                (o.body_code, o.value, o.rank) for o in ours
            ]


def _weight(chance: random.Random) -> str:
    return "0" if chance.random() < 0.2 else f"{chance.randrange(10**6) / 10**4:.4f}"


def test_weights_are_typed_dropped_and_kept_in_the_address(visit: Visit) -> None:
    page = visit.go("whatif?set=dvc_index-province_34-2022")
    first = _whatif(page)
    page.locator("#keep-online").uncheck()
    page.locator("#w-progress").fill("55,5")
    _drawn(page, "location.hash.includes('progress%3A55.5')")
    tried = _whatif(page)
    assert tried != first
    address = page.evaluate("location.hash").removeprefix("#/")
    assert "online%3A0" in address
    visit.go(address)
    assert _whatif(page) == tried
    assert not page.locator("#keep-online").is_checked()
    page.locator("#w-progress").fill("minus one")
    assert page.locator("#w-progress").get_attribute("aria-invalid") == "true"
    assert _whatif(page) == tried, "what is no weight changes nothing"
    page.locator("#reset").click()
    _drawn(page, "!location.hash.includes('w=')")
    assert _whatif(page) == first


def _drawn(page: Any, address: str) -> None:
    """Wait for an address, and until the page, which is told of it later, is drawn by it."""
    page.wait_for_function(address)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _whatif(page: Any) -> str:
    told: list[list[str]] = page.eval_on_selector_all(
        "#results tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    )
    return json.dumps(told)
