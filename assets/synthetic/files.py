"""Writes the forms of a synthetic year: a workbook and a sidecar for each body, both marked.

Belongs here: names of files and what a sidecar says. Does not belong here: the workbook's cells
(`assets.submissions.workbook`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import yaml

from assets.lake import Sidecar
from assets.submissions.form import ORIGIN_SYNTHETIC, form_of
from assets.submissions.workbook import workbook_bytes
from assets.synthetic.model import Published, Solution, SynthesisError

SIDECAR = ".meta.yaml"


def file_name(year: int, block: str, body: str) -> str:
    """Name of the workbook of a body."""
    return f"synthetic_{year}_{block}_{body}.xlsx"


def sidecar_of(year: int, body: str, seed: int) -> Sidecar:
    """The description of a made-up submission; received on a fixed day of the year after."""
    return Sidecar(
        kind="submission",
        years=(year,),
        issuer=body,
        document_no=f"submission/{year}/{body}",
        document_date=None,
        source_ref=f"synthetic data, seed {seed}",
        received_at=date(year + 1, 1, 20),
        licence="synthetic",
        is_synthetic=True,
    )


def write_year(
    folder: Path,
    year: int,
    solved: Sequence[tuple[Published, Solution]],
    say: Callable[[Path], None] = lambda path: None,
) -> list[Path]:
    """One workbook for each body with its sidecar beside it; returns the workbooks.

    `say` is called after each workbook. The same solutions give the same bytes; files of an
    earlier call are replaced. SynthesisError if the folder holds anything else, so that nothing
    real is mixed with made-up files.
    """
    names = [
        file_name(year, published.method.block, body)
        for published, solution in solved
        for body in solution.answers
    ]
    _check_folder(folder, {*names, *(name + SIDECAR for name in names)})
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for published, solution in solved:
        origin = f"{ORIGIN_SYNTHETIC} (seed {solution.seed})"
        for body, answers in solution.answers.items():
            form = form_of(published.method, year, body, published.names[body])
            path = folder / file_name(year, published.method.block, body)
            path.write_bytes(workbook_bytes(form, answers, origin))
            described = _as_yaml(sidecar_of(year, body, solution.seed))
            path.with_name(path.name + SIDECAR).write_text(described, "utf-8")
            written.append(path)
            say(path)
    return written


def _as_yaml(sidecar: Sidecar) -> str:
    values = sidecar.as_json() | {"received_at": sidecar.received_at}
    values = {key: value for key, value in values.items() if key != "report_code"}
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False)


def _check_folder(folder: Path, ours: set[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise SynthesisError(f"{folder}: is no folder; name a folder")
    other = sorted({path.name for path in folder.iterdir()} - ours) if folder.exists() else []
    if other:
        raise SynthesisError(
            f"{folder}: holds {other[0]} and {len(other) - 1} more that are not of this synthetic "
            f"year; name an empty folder"
        )
