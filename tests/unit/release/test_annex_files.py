"""Both files of the annex: hostile text, general and computed tables, the same bytes always."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import unicodedata
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pyarrow as pa
import pytest
import release_samples
from defusedxml import ElementTree
from docx import Document
from release_samples import HA_GIANG, LAO_CAI, sources, table

from assets.release import build_tables
from assets.release.annex import DOCX, FILES, PDF, files
from assets.release.annex.compose import compose
from assets.release.annex.layout import LayoutError, layout_of, read_layout
from assets.release.annex.model import Annex, Cell, Table
from assets.release.annex.notes import letter
from assets.release.annex.numbers import respelled, spelled
from assets.release.annex.pdf_look import glyphs, markup
from tests.annex_read import docx_tables, pdf_tables

PROJECT = Path(__file__).parents[3]
HOSTILE = "<w:p>&amp;\x00\x0b\x1b]]>\u202e\ud800=cmd|' <b>x</b> \u6f22"


def tables_with(**frames: pa.Table) -> dict[str, pa.Table]:
    """The sample's release tables with others in place of some of its sources."""
    return build_tables({**sources(), **frames})


def only_table(annex: Annex, number: str) -> Table:
    (found,) = [t for c in annex.chapters for t in c.tables if t.label.vi == f"Bảng {number}"]
    return found


def texts(cells: tuple[Cell, ...]) -> list[str]:
    return [" ".join(cell.lines) for cell in cells]


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "America/Lima"])
def test_another_process_zone_locale_and_hash_seed_give_the_same_bytes(
    zone: str, tmp_path: Path
) -> None:
    program = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "from release_samples import shuffled, sources\n"
        "from assets.release import build_tables\nfrom assets.release.annex import files\n"
        "made = files(build_tables(shuffled(sources(), 5)), 2016)\n"
        "print([hashlib.sha256(data).hexdigest() for data in made.values()])"
    )
    seed, locale = ("1", "vi_VN.UTF-8") if zone.startswith("Asia") else ("77", "C")
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(release_samples.__file__).parent)],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "TZ": zone, "LC_ALL": locale, "LANG": locale}
        | {"PYTHONHASHSEED": seed},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    made = files(build_tables(sources()), 2016)
    assert tuple(made) == FILES
    assert done.stdout.strip() == str([hashlib.sha256(data).hexdigest() for data in made.values()])


def test_no_part_of_the_word_file_has_a_time_of_its_own() -> None:
    with zipfile.ZipFile(io.BytesIO(files(build_tables(sources()), 2016)[DOCX])) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "created" not in core
    assert "modified" not in core


def test_hostile_text_is_shown_and_does_nothing() -> None:
    hostile = table(
        "idx_published_values",
        {**LAO_CAI, "body_name": HOSTILE.replace("\ud800", ""), "category": "overall"}
        | {"published_rank": 1, "published_value": Decimal("0.5"), "decimals": 3},
    )
    made = files(tables_with(idx_published_values=hostile), 2020)
    with zipfile.ZipFile(io.BytesIO(made[DOCX])) as archive:
        for part in archive.namelist():
            if part.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(part))
    shown = "<w:p>&amp;\\x00\\x0b\\x1b]]>\\u202e=cmd|' <b>x</b> "
    assert docx_tables(made[DOCX])["A.1"].rows[0][1] == shown + "\u6f22"
    assert pdf_tables(made[PDF])["A.1"].rows[0][1].replace(" ", "") == (
        (shown + "\\u6f22").replace(" ", "")
    )


@pytest.mark.parametrize("between", [" ", ""])
def test_a_cell_higher_than_a_page_is_made_smaller_and_loses_nothing(between: str) -> None:
    words = between.join(f"({number})" for number in range(1200))
    long = table(
        "idx_published_values",
        {**LAO_CAI, "body_name": words, "category": "overall", "published_rank": 1},
        {**HA_GIANG, "category": "overall", "published_rank": 2},
    )
    made = files(tables_with(idx_published_values=long), 2020)
    assert docx_tables(made[DOCX])["A.1"].rows[0][1] == words
    with pdfplumber.open(io.BytesIO(made[PDF])) as document:
        (page,) = [page for page in document.pages if "(0)" in (page.extract_text() or "")]
        assert words.replace(" ", "") in "".join(char["text"] for char in page.chars).replace(
            " ", ""
        )
    assert pdf_tables(made[PDF])["A.1"].rows[-1][:2] == ["2", "Hà Giang"]


def test_a_body_that_two_sources_state_has_two_rows_and_a_note() -> None:
    stated = {**LAO_CAI, "category": "overall", "published_value": Decimal("0.5"), "decimals": 3}
    once = table("idx_published_values", {**stated, "trust": "press"})
    twice = table(
        "idx_published_values",
        {**stated, "value_key": "a", "trust": "press"},
        {**stated, "value_key": "b", "trust": "official_page"},
    )
    for values, rows, is_said in ((once, 1, False), (twice, 2, True)):
        shown = only_table(compose(tables_with(idx_published_values=values), 2017), "A.1")
        assert len(shown.rows) == rows
        assert any("nhiều nguồn" in note.text.vi for note in shown.notes) is is_said


def test_every_vietnamese_letter_has_a_glyph_and_others_are_escaped() -> None:
    letters = "aăâeêioôơuưyđ"
    marks = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
    wanted = {
        sign
        for one in letters + letters.upper()
        for mark in marks
        for sign in unicodedata.normalize("NFC", one + mark)
        if not unicodedata.combining(sign)
    }
    assert {ord(sign) for sign in wanted | set("“”‘’–…%/•")} <= glyphs()
    assert markup("\u6f22 & <i>") == "\\u6f22 &amp; &lt;i&gt;"


def test_a_general_table_says_coverage_and_trust_and_marks_what_is_missing() -> None:
    values = table(
        "idx_published_values",
        {**LAO_CAI, "category": "overall", "published_rank": 2, "rank_status": "derived"}
        | {"published_value": Decimal("0.7"), "decimals": 4, "trust": "press"},
        {**HA_GIANG, "category": "overall", "rank_status": "not_printed", "trust": "press"}
        | {"value_status": "not_published"},
    )
    coverage = table(
        "idx_coverage",
        {k: v for k, v in LAO_CAI.items() if not k.startswith("body")}
        | {"category": "overall", "bodies_held": 53, "bodies_expected": 63, "trust": "press"},
    )
    made = compose(
        tables_with(
            idx_published_values=values, idx_coverage=coverage, idx_scores=table("idx_scores")
        ),
        2017,
    )
    shown = only_table(made, "A.1")
    assert [texts(row) for row in shown.rows] == [
        ["2", "Lào Cai", "0,7000", "Báo chí"],
        ["–", "Hà Giang", "–", "Báo chí"],
    ]
    said = " ".join(note.text.vi for note in shown.notes)
    assert "Có số liệu của 53/63 tỉnh. Mức tin cậy: Báo chí." in said
    assert "suy ra" in said
    assert "không in thứ hạng" in said
    assert "không có nghĩa là 0" in said


def scored(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        **body,
        "criterion": "policy",
        "criterion_vi": "Cơ chế, chính sách",
        "criterion_en": "Policy",
        "ranking": "index",
        "decimals": 3,
        "score_status": "scored",
        "is_synthetic": True,
        **more,
    }


def test_computed_tables_are_marked_and_stand_apart_from_published_ones() -> None:
    scores = table(
        "idx_scores",
        scored(LAO_CAI, rank=1, points=Decimal("145.5"), max_points=Decimal(150))
        | {"index_value": Decimal("0.9695")},
        scored(HA_GIANG, score_status="incomplete", max_points=Decimal(150), is_incomplete=True),
        {**scored(HA_GIANG, ranking=None), "criterion": "leaf"},
    )
    made = compose(tables_with(idx_scores=scores), 2020)
    titles = [chapter.title.vi for chapter in made.chapters]
    assert titles[-1].startswith("B. Chỉ số tính toán")
    assert all("tính toán" not in title for title in titles[:-1])
    (shown,) = made.chapters[-1].tables
    assert [texts(row) for row in shown.rows] == [
        ["1", "Lào Cai", "145,50", "150,00", "0,970"],
        ["–", "Hà Giang", "–", "150,00", "–"],
    ]
    said = [note.text.vi for note in shown.notes]
    assert said[0].startswith("DỮ LIỆU GIẢ LẬP")
    assert "Chỉ số tính toán. Có kết quả của 1/2 tỉnh." in said
    assert "chưa tính được" in said[2]
    data = files(tables_with(idx_scores=scores), 2020)
    assert docx_tables(data[DOCX])["B.1"].rows == pdf_tables(data[PDF])["B.1"].rows


def test_a_year_without_figures_says_so() -> None:
    empty = {name: frame.slice(0, 0) for name, frame in build_tables(sources()).items()}
    made = files(empty, 2014)
    assert "Không có số liệu nào của năm 2014." in [
        paragraph.text for paragraph in Document(io.BytesIO(made[DOCX])).paragraphs
    ]
    with pdfplumber.open(io.BytesIO(made[PDF])) as document:
        assert "Không có số liệu nào của năm 2014." in document.pages[0].extract_text()


def test_title_language_and_headings_are_those_of_a_document() -> None:
    made = files(build_tables(sources()), 2016)
    document = Document(io.BytesIO(made[DOCX]))
    assert document.core_properties.language == "vi-VN"
    levels = {p.style.name for p in document.paragraphs if p.style}
    assert {"Heading 1", "Heading 2"} <= levels
    with pdfplumber.open(io.BytesIO(made[PDF])) as portable:
        assert portable.metadata["Title"] == document.core_properties.title
        assert portable.doc.catalog["Lang"] in (b"vi", "vi")
        last = portable.pages[-1].extract_text()
        assert f"Trang {len(portable.pages)}/{len(portable.pages)}" in last


@pytest.mark.parametrize(
    ("value", "decimals", "grouped", "vi", "en"),
    [
        ("0.96", 3, False, "0,960", "0.960"),
        ("1374", 0, False, "1374", "1374"),
        ("21463626", 0, True, "21.463.626", "21,463,626"),
        ("0.9695", 3, False, "0,970", "0.970"),
        ("-1234.5", 1, True, "-1.234,5", "-1,234.5"),
    ],
)
def test_numbers_as_each_language_writes_them(
    value: str, decimals: int, grouped: bool, vi: str, en: str
) -> None:
    assert spelled(Decimal(value), decimals, "vi", grouped=grouped) == vi
    assert spelled(Decimal(value), decimals, "en", grouped=grouped) == en


def test_figures_of_the_ledger_are_respelled_and_words_are_not() -> None:
    assert respelled("28167", "vi") == "28.167"
    assert respelled("94.7368", "vi") == "94,7368"
    assert respelled("backan.gov.vn", "vi") == "backan.gov.vn"
    assert [letter(number) for number in (0, 25, 26, 701, 702)] == ["a", "z", "aa", "zz", "aaa"]


def test_a_layout_that_cannot_be_used_says_where(tmp_path: Path) -> None:
    assert layout_of(2016) is not None
    assert layout_of(2015) is None
    text = (PROJECT / "assets/release/annex/layouts/report_2016.yaml").read_text("utf-8")
    broken = tmp_path / "report.yaml"
    broken.write_text(text.replace("kind: ordinal", "kind: ordinals"), "utf-8")
    with pytest.raises(LayoutError, match=r"report.yaml: table 2.2, column ordinal.*ordinals"):
        read_layout(broken)
    broken.write_text(text.replace("item_break:", "breaks:"), "utf-8")
    with pytest.raises(LayoutError, match="'item_break' is missing"):
        read_layout(broken)
