"""The forms of a year as a folder of files: one for each body that a method asks figures of.

Belongs here: which bodies get a form, file names, writing without losing what is there. Does not
belong here: what stands in a form (`form`) and in a file (`workbook`, `textform`); where bodies
are read from (the command).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from assets.entities.members import Members
from assets.method.model import Method
from assets.method.tables import in_force
from assets.submissions.form import Form, FormError, form_of
from assets.submissions.textform import csv_bytes, json_bytes
from assets.submissions.workbook import workbook_bytes

#: File format, which is also the end of the file name -> what writes it.
WRITERS: dict[str, Callable[[Form], bytes]] = {
    "xlsx": workbook_bytes,
    "csv": csv_bytes,
    "json": json_bytes,
}


def forms_of_year(
    methods: Sequence[Method], members: Members, year: int, block: str | None = None
) -> list[Form]:
    """A form for each member of each block that a method in force asks figures of, by method and
    body; of one block if it is named. FormError if there is none."""
    forms = [
        form
        for method in in_force(methods, year)
        if block in (None, method.block)
        for body, name in sorted(members.get((method.index_code, method.block), {}).items())
        if (form := form_of(method, year, body, name)).lines
    ]
    if not forms:
        held = ", ".join(sorted(method.code for method in in_force(methods, year))) or "none"
        raise FormError(
            f"{year}: no method in force asks figures of {f'block {block}' if block else 'a body'};"
            f" methods in force: {held}; add one under methods/, or name another year or block"
        )
    return forms


def file_names(forms: Sequence[Form], file_format: str) -> list[str]:
    """`<year>_<block>_<body>.<format>` for each form; the index comes before the block if several
    indices ask the same body."""
    asked = Counter((form.method.block, form.body_code) for form in forms)
    return [
        "_".join(
            [
                str(form.assessment_year),
                *([form.method.index_code] if asked[form.method.block, form.body_code] > 1 else []),
                form.method.block,
                form.body_code,
            ]
        )
        + f".{file_format}"
        for form in forms
    ]


def write_forms(
    forms: Sequence[Form],
    to: Path,
    file_format: str = "xlsx",
    on_done: Callable[[Path, int], None] | None = None,
) -> list[Path]:
    """Write each form into the folder `to`, which is made; returns the paths in order of forms.

    `file_format` is a key of WRITERS. `on_done` is called with each path and the number done.
    FormError, before anything is written, if a file is there already with other content: it may
    be filled in.
    """
    write = WRITERS[file_format]
    paths = [to / name for name in file_names(forms, file_format)]
    to.mkdir(parents=True, exist_ok=True)
    for form, path in zip(forms, paths, strict=True):
        if path.exists() and path.read_bytes() != write(form):
            raise FormError(
                f"{path}: there is another file of this name, which may be filled in; "
                f"move it away or write to another folder"
            )
    for done, (form, path) in enumerate(zip(forms, paths, strict=True), start=1):
        if not path.exists():
            unfinished = path.with_name(f"{path.name}.new")
            unfinished.write_bytes(write(form))
            os.replace(unfinished, path)
        if on_done is not None:
            on_done(path, done)
    return paths
