"""The page speaks both languages completely, gets every name it asks for, and has nothing
forbidden."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets import registry
from assets.explorer.files import ENDINGS, NAMED, PAGE, labels, read

REPO = Path(__file__).parents[3]
CODE = {path.name: path.read_text("utf-8") for path in sorted(PAGE.glob("*.js"))}

#: Beginnings of keys that the page puts together.
MADE = ("nav_", "tab_", "basis_", "max_")


def _pairs(name: str) -> dict[str, list[str]]:
    held = read(name)
    if name == "labels":
        return {
            f"{kind}.{code}": pair for kind, codes in held.items() for code, pair in codes.items()
        }
    return held


@pytest.mark.parametrize("name", ["words", "labels"])
def test_every_wording_is_there_in_both_languages_with_the_same_blanks(name: str) -> None:
    for key, pair in _pairs(name).items():
        assert len(pair) == 2, key
        assert all(isinstance(text, str) and text.strip() for text in pair), key
        blanks = [sorted(re.findall(r"\{\w+\}|#", text)) for text in pair]
        assert blanks[0] == blanks[1], key


def test_every_wording_that_the_page_asks_for_is_there_and_none_is_there_for_nothing() -> None:
    words = read("words")
    code = "\n".join(CODE.values())
    asked = set(re.findall(r'egov\.t\("(\w+)"', code))
    assert asked <= set(words), asked - set(words)
    quoted = set(re.findall(r'"(\w+)"', code))
    unused = {key for key in words if key not in quoted and not key.startswith(MADE)}
    assert not unused


def test_the_page_gets_the_names_of_all_that_it_names_and_nothing_else() -> None:
    code = "\n".join(CODE.values())
    asked = set(re.findall(r'egov\.label\("(\w+)"', code))
    asked |= set(re.findall(r"data\.words\.labels\.(\w+)", code))
    asked |= set(re.findall(r'"(\w+)" : "category"', code))
    for steps in re.findall(r"egov\.(?:steps|ledgerFilters) = \[(.+?)\];", code):
        asked |= set(re.findall(r'"(\w+)"', steps)) - {"assessment_year", "year"}
    assert asked == set(labels())
    assert not set(NAMED) & set(read("labels"))
    assert set(NAMED) <= set(registry.entries())


def test_every_province_has_one_tile_in_each_set() -> None:
    bodies = (REPO / "sources" / "bodies" / "bodies.csv").read_text("utf-8").splitlines()
    for universe, prefix in (("province_63", "P-"), ("province_34", "Q-")):
        lines = [line.split() for line in read("tiles")[universe].splitlines()]
        placed = [prefix + code for line in lines for code in line if code != "."]
        codes = [line.split(",")[0] for line in bodies if line.startswith(prefix)]
        assert sorted(placed) == sorted(codes)
        assert len({len(line) for line in lines}) == 1


def test_the_page_has_no_address_no_inline_script_and_writes_no_markup() -> None:
    for path in sorted(PAGE.iterdir()):
        assert path.suffix in ENDINGS, path
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//\w+\.|@import|url\(", text), path
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
        assert not re.search(forbidden, text), path
    html = (PAGE / "index.html").read_text("utf-8")
    assert not re.search(r"\son\w+=|style=|<style|<script(?! src=)", html)
    assert "default-src 'none'" in html


def test_the_page_loads_every_script_once() -> None:
    html = (PAGE / "index.html").read_text("utf-8")
    loaded = re.findall(r'<script src="([\w/]+\.js)" defer></script>', html)
    assert len(loaded) == len(set(loaded))
    assert {name for name in loaded if "/" not in name} == set(CODE)
