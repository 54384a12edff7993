"""The last sections of an annex: how the tables are made, and the sources.

Belongs here: filling the words of `closing` with the year's ledger and sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.release.annex.frames import Frames
from assets.release.annex.layout import said
from assets.release.annex.model import Said, Section
from assets.release.annex.numbers import spelled
from assets.release.annex.words import LANGUAGES, filled, sentence, words


def closing(frames: Frames) -> tuple[Section, ...]:
    """How the numbers are made, then the sources of the year."""
    return _numbers(frames), _sources(frames)


def _numbers(frames: Frames) -> Section:
    classes = [row["class"] for row in frames.rows("rel_reconciliation")]
    counts = {
        "checks": len(classes),
        "match": classes.count("match"),
        "noted": sum(classes.count(one) for one in words()["noted_classes"]),
        "open": classes.count("not_recomputable"),
    }
    figures = {
        language: {
            name: spelled(count, 0, language, grouped=True) for name, count in counts.items()
        }
        for language in LANGUAGES
    }
    spec = words()["closing"]["numbers"]
    return Section(said(spec["title"]), tuple(filled(one, figures) for one in spec["paragraphs"]))


def _sources(frames: Frames) -> Section:
    rows = sorted(
        frames.rows("rel_sources"), key=lambda row: (row["file_name"], row["file_sha256"])
    )
    paragraphs = tuple(_source(row) for row in rows) or (sentence("closing.sources.none"),)
    return Section(said(words()["closing"]["sources"]["title"]), paragraphs)


def _source(row: Mapping[str, Any]) -> Said:
    number, day = row["document_no"], row["document_date"]
    document = [*([number] if number else []), *([f"{day:%d/%m/%Y}"] if day else [])]
    return sentence(
        "closing.sources.source",
        issuer=row["issuer"],
        document="".join(f", {one}" for one in document),
        source_ref=row["source_ref"],
        file=row["file_name"],
        sha=row["file_sha256"],
    )
