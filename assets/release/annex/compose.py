"""Composes the annex of a year: the report's own tables, then what no layout covers, then sources.

Belongs here: the order of the parts. Does not belong here: how a table is filled.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from assets.release.annex.closing import closing
from assets.release.annex.frames import Frames
from assets.release.annex.layout import ChapterForm, Layout, TableForm, layout_of, said
from assets.release.annex.listed import listed_chapters
from assets.release.annex.model import Annex, Chapter, Note, Table
from assets.release.annex.notes import Place, with_notes
from assets.release.annex.ranked import lines_of, ranked_cells
from assets.release.annex.statistics import statistics_cells, statistics_of
from assets.release.annex.words import sentence, words

STATISTICS = "rel_statistics"


def compose(tables: Mapping[str, pa.Table], year: int) -> Annex:
    """The annex of `year` from the release tables by registry name."""
    frames, layout = Frames(tables), layout_of(year)
    chapters = _report_chapters(layout, frames) if layout else []
    covered = layout.table_numbers if layout else frozenset[str]()
    chapters += listed_chapters(frames, covered)
    general = words()["general"]
    lead = layout.lead if layout else tuple(said(one) for one in general["lead"])
    if not chapters:
        lead = (*lead, sentence("general.nothing", year=year))
    return Annex(
        year=year,
        title=layout.title if layout else sentence("general.title", year=year),
        lead=lead,
        contents=sentence("contents"),
        chapters=tuple(chapters),
        closing=closing(frames),
    )


def _report_chapters(layout: Layout, frames: Frames) -> list[Chapter]:
    """The chapters of the report; a table of which nothing is held is left out."""
    chapters = [_chapter(form, layout, frames) for form in layout.chapters]
    return [chapter for chapter in chapters if chapter.tables]


def _chapter(form: ChapterForm, layout: Layout, frames: Frames) -> Chapter:
    tables = [_table(one, layout, frames) for one in form.tables]
    return Chapter(form.title, tuple(table for table in tables if table.rows))


def _table(form: TableForm, layout: Layout, frames: Frames) -> Table:
    if form.rows == STATISTICS:
        rows = statistics_of(form, frames)
        cells = statistics_cells(form, rows, frames, layout)
        places = [Place(frozenset(), frozenset(one["line_no"] for one in row)) for row in rows]
    else:
        lines = lines_of(form, frames)
        cells = ranked_cells(form, lines, frames, layout)
        places = [Place(frozenset(line.codes), frozenset()) for line in lines]
    noted, notes = with_notes(form, cells, places, frames)
    return Table(
        label=sentence("table", number=form.number),
        title=form.title,
        columns=tuple(column.shown for column in form.columns),
        rows=noted,
        notes=(*(Note("", remark) for remark in form.remarks), *notes),
        has_total=form.total is not None,
        wide=form.wide,
    )
