"""The annex of a year in the official form: `annex.docx` and `annex.pdf` of a release.

A year's report has a layout (`layouts/`): its tables with their numbers, titles, columns and the
way a cell is written. What no layout covers stands in general tables, one per index, set of
bodies and category; computed values in tables of their own, marked as computed.

Belongs here: composing the tables from the release tables and writing the two files. Does not
belong here: figures. What is not in a release table is not in the annex.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from assets.release.annex.compose import compose
from assets.release.annex.docx_file import docx
from assets.release.annex.pdf_file import pdf

DOCX, PDF = "annex.docx", "annex.pdf"
FILES: tuple[str, ...] = (DOCX, PDF)


def files(tables: Mapping[str, pa.Table], year: int) -> dict[str, bytes]:
    """Both files of the annex of `year`; `tables` are the release tables by registry name."""
    annex = compose(tables, year)
    return {DOCX: docx(annex), PDF: pdf(annex)}
