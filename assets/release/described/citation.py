"""CITATION.cff: how to cite the release, in the Citation File Format 1.2.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import yaml

from assets.release.described.about import About, about

CITATION = "CITATION.cff"
FILES: tuple[str, ...] = (CITATION,)

_WIDTH = 100


def files(tables: Mapping[str, pa.Table], year: int, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Content of `FILES`."""
    text = yaml.safe_dump(
        citation(about(tables, year, made)), allow_unicode=True, sort_keys=False, width=_WIDTH
    )
    return {CITATION: text.encode()}


def citation(release: About) -> dict[str, Any]:
    """The citation as plain data."""
    return {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": "Please cite this release and the sources of the figures that you use.",
        "title": f"{release.title['vi']} ({release.title['en']})",
        "version": release.version,
        "authors": [{"name": release.publisher}],
        "abstract": f"{release.description['vi']} {release.description['en']}",
        "keywords": [*release.keywords["vi"], *release.keywords["en"]],
        "references": [_reference(row) for row in release.sources],
    }


def _reference(row: Mapping[str, Any]) -> dict[str, Any]:
    reference = {
        "type": "government-document" if row["document_no"] else "data",
        "title": row["source_ref"],
        "authors": [{"name": row["issuer"]}],
        "filename": row["file_name"],
        "notes": f"sha256:{row['file_sha256']}",
    }
    if row["document_no"]:
        reference["number"] = row["document_no"]
    if row["document_date"]:
        reference["date-released"] = row["document_date"].isoformat()
    return reference
