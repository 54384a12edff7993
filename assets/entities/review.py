"""The file of names that a person has to decide.

It has the columns of `name_review.csv`: filled rows are appended there as they are, and the next
run obeys them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from assets.entities.bodies import REVIEW_COLUMNS
from assets.entities.catalogue import Catalogue
from assets.entities.matching import Match
from assets.entities.rows import write_rows

_CAUSES = yaml.safe_load((Path(__file__).parent / "causes.yaml").read_text("utf-8"))


def write_review(matches: Iterable[Match], catalogue: Catalogue, year: int) -> bytes:
    """CSV (UTF-8 with byte order mark) of the unmatched names, each with its cause in English and
    Vietnamese and the nearest bodies. To be filled in: body_code (empty when the name is of no
    body), decided_by and reason. A decision holds for the place given; with file_sha256, line_no
    and body_no emptied it holds wherever the name is printed, with assessment_year emptied in
    every year."""
    rows = []
    for match in matches:
        if match.match_rule != "unmatched" or match.cause is None:
            continue
        printed, cause = match.printed, _CAUSES[match.cause]
        near = (catalogue.by_code[code] for code in match.nearest)
        cells = {
            "body_printed": printed.text,
            "index_code": printed.index_code,
            "universe": printed.universe,
            "assessment_year": str(year),
            "file_sha256": printed.file_sha256,
            "line_no": str(printed.line_no),
            "body_no": str(printed.body_no),
            "cause_en": cause["en"],
            "cause_vi": cause["vi"],
            "candidates": "|".join(f"{body.body_code} {body.name_vi}" for body in near),
        }
        rows.append([cells.get(column, "") for column in REVIEW_COLUMNS])
    return write_rows(REVIEW_COLUMNS, rows)
