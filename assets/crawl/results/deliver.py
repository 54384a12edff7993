"""Results of other crawlers on their way in.

Belongs here: what a file is, its description in the intake, and where archives are kept so that
their records can be shown. Does not belong here: reading what is in it (`reading`,
`elsewhere`).

An archive is read at the door: its lines become a document of results, which is what is taken in,
and the archive itself is kept with the window as its evidence.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from assets.crawl.checks.rules import rules
from assets.crawl.evidence.shown import ELSEWHERE
from assets.crawl.evidence.warcfile import NotWarcError
from assets.crawl.results.document import KIND, ROUND, Round, as_jsonl, document_name
from assets.crawl.results.elsewhere import About, from_warc
from assets.crawl.results.lines import DocumentError, read_lines
from assets.crawl.rounds.window import window_folder
from assets.lake import IntakeError, Lake, Sidecar, add_file, promoted
from assets.lake.atomic import ensure_folder, sync_file, sync_folder

_SHOWN_PROBLEMS = 10


class DeliveryError(ValueError):
    """A file that is not taken in; says why and what to do."""


def take_in(
    lake: Lake,
    path: Path,
    year: int,
    about: About | None,
    *,
    issuer: str,
    received_at: date | None,
    is_synthetic: bool,
) -> list[str]:
    """Take a file of results into the intake; what was done, a line each. `about` is the round
    of an archive, which does not say it itself.

    A document must be well-formed enough to say its round; lines are judged when the year is run.
    DeliveryError for anything else, for an archive without a round, and before the targets of the
    year are known.
    """
    described = Sidecar(
        kind=KIND,
        years=(year,),
        issuer=issuer,
        document_no=None,
        document_date=None,
        source_ref="results of another crawler",
        received_at=received_at or date.today(),
        licence="not stated",
        is_synthetic=is_synthetic,
    )
    try:
        if not _is_archive(path):
            _check_document(path)
            return [add_file(lake, path, described).as_line()]
        if about is None:
            raise DeliveryError(
                f"{path.name} is a WARC file, which does not say what round it is of; give "
                f"--window, --round and --day"
            )
        return _take_archive(lake, path, about, described)
    except (OSError, IntakeError) as error:
        raise DeliveryError(str(error)) from None


def _is_archive(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(8)
    return head.startswith((b"WARC/", b"\x1f\x8b"))


def _check_document(path: Path) -> None:
    try:
        lines, _ = read_lines(path.read_bytes())
    except DocumentError as error:
        raise DeliveryError(f"{path.name}: {error}; docs/crawl_results.md says how") from None
    if not any(line.kind == ROUND for line in lines):
        raise DeliveryError(
            f"{path.name} has no line of the kind {ROUND}; docs/crawl_results.md says how"
        )


def _take_archive(lake: Lake, path: Path, about: About, described: Sidecar) -> list[str]:
    year = about.assessment_year
    version = promoted(lake, "targets", str(year))
    if version is None:
        raise DeliveryError(f"the targets of {year} are not listed yet; egov run {year} does it")
    kept = _kept(lake, path, about)
    try:
        lines, problems = from_warc([kept], version.table("raw_crawl_targets"), about, rules())
    except NotWarcError as error:
        raise DeliveryError(str(error)) from None
    name = document_name(
        Round(about.window_code, year, about.round_no, 1, 1, about.round_date, "", "")
    )
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, name)
        with document.open("wb") as stream:
            stream.writelines(as_jsonl(lines))
        record = add_file(lake, document, described)
    more = len(problems) - _SHOWN_PROBLEMS
    return [
        f"{path.name}: kept as evidence in {kept}",
        *(f"  not used: {problem}" for problem in problems[:_SHOWN_PROBLEMS]),
        *([f"  and {more} more"] if more > 0 else []),
        record.as_line(),
    ]


def _kept(lake: Lake, path: Path, about: About) -> Path:
    """The archive in the folder of its window: copied whole or not at all."""
    folder = ensure_folder(
        window_folder(lake, about.assessment_year, about.window_code) / ELSEWHERE
    )
    kept = folder / path.name
    temporary = folder / f".{path.name}.tmp"
    shutil.copyfile(path, temporary)
    sync_file(temporary)
    os.replace(temporary, kept)
    sync_folder(folder)
    return kept
