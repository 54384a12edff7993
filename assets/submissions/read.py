"""Files handed in by bodies as tables: files, figures, counts, quarantine.

Belongs here: rules about the head of a form and which version of a body's form is current. Does
not belong here: formats (`reader`), lines (`answers`), rows (`tables`), merging with other
statements (dbt).

Versions count all files of a body in order of intake, refused ones too. The last accepted one is
current; it names the accepted one before it, of the same index, as replaced. A refused file
replaces nothing. A file whose body is not known is a version 1 of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import pyarrow as pa

from assets.method.model import Method
from assets.method.tables import in_force
from assets.received.delivery import Delivery
from assets.received.letters import is_font_encoded, nfc
from assets.received.refusal import FileRefused, FileRefusedError
from assets.submissions.answers import judge
from assets.submissions.apart import read_forms
from assets.submissions.form import (
    ORIGIN_REAL,
    ORIGIN_SYNTHETIC,
    Form,
    FormError,
    FormId,
    form_of,
    parse_form_id,
)
from assets.submissions.rawform import RawForm
from assets.submissions.tables import ReadFile, ReadForm, Version, submission_tables

#: Block -> body code -> name of the body, for the members of the year.
Members = Mapping[str, Mapping[str, str]]


def read_submissions(
    deliveries: Sequence[Delivery],
    *,
    year: int,
    methods: Sequence[Method],
    members: Members,
    on_done: Callable[[int], None] | None = None,
) -> dict[str, pa.Table]:
    """raw_submission_files, _values, _counts and _quarantine of a year, as the registry declares.

    Never an error for what is in a file. The order of `deliveries` does not matter; each hash may
    be given once. `on_done` is told how many files are read, after each.
    """
    ordered = sorted(deliveries, key=lambda delivery: delivery.order)
    done = count(1)
    results = read_forms(
        [(delivery.content, delivery.file_name) for delivery in ordered],
        (lambda _: on_done(next(done))) if on_done else None,
    )
    asked = _Asked(year, tuple(in_force(methods, year)), members)
    files = [asked.judged(d, result) for d, result in zip(ordered, results, strict=True)]
    return submission_tables(list(zip(files, _versions(files), strict=True)), year)


def peek_form_ids(files: Sequence[tuple[bytes, str]]) -> list[FormId | None]:
    """The form id in each (content, file name), read apart; None where there is none."""
    return [_form_id(result) for result in read_forms(files)]


def _form_id(result: RawForm | FileRefused) -> FormId | None:
    if isinstance(result, FileRefused):
        return None
    try:
        return parse_form_id(result.head["form_id"])
    except FormError:
        return None


@dataclass(frozen=True)
class _Asked:
    """What a form is held against."""

    year: int
    methods: tuple[Method, ...]
    members: Members

    def judged(self, delivery: Delivery, result: RawForm | FileRefused) -> ReadFile:
        if isinstance(result, FileRefused):
            return ReadFile(delivery, result)
        said, form_id, form = result.head["form_id"], _form_id(result), None
        body_code = form_id.body_code if form_id and self.name(form_id) else None
        outcome: ReadForm | FileRefused
        try:
            form = self.form(said, form_id)
            _check_head(result, form, delivery)
            outcome = ReadForm(result, form, judge(result, form))
        except FileRefusedError as error:
            outcome = FileRefused(error.rule_id, error.detail, result.file_format)
        return ReadFile(delivery, outcome, said, body_code, form)

    def name(self, form_id: FormId) -> str | None:
        return self.members.get(form_id.block, {}).get(form_id.body_code)

    def form(self, said: str, form_id: FormId | None) -> Form:
        """The form that was sent out under the id. FileRefusedError if there was none."""
        if form_id is None:
            raise FileRefusedError("form_id_unreadable", said)
        if form_id.assessment_year != self.year:
            raise FileRefusedError("wrong_year", f"{said}, not {self.year}")
        name = self.name(form_id)
        if name is None:
            raise FileRefusedError("body_unknown", said)
        for method in self.methods:
            is_meant = method.sha256.startswith(form_id.method_hash)
            if method.block == form_id.block and is_meant:
                return form_of(method, self.year, form_id.body_code, name)
        raise FileRefusedError("other_method_version", said)


def _check_head(raw: RawForm, form: Form, delivery: Delivery) -> None:
    """FileRefusedError if the head is not the one that was sent out, or is of another origin."""
    for key, expected in form.head().items():
        said, wanted = raw.head[key], " ".join(nfc(expected).split())
        if key == "origin" or said == wanted:
            continue
        rule = "font_encoding_suspected" if is_font_encoded(said, wanted) else "head_contradicts"
        raise FileRefusedError(rule, f"{key}: {said}")
    origin = raw.head["origin"]
    is_synthetic = origin.startswith(nfc(ORIGIN_SYNTHETIC))
    if not is_synthetic and origin != nfc(ORIGIN_REAL):
        raise FileRefusedError("origin_unknown", origin)
    if is_synthetic != delivery.is_synthetic:
        raise FileRefusedError("synthetic_not_declared", origin)


def _versions(files: Sequence[ReadFile]) -> list[Version]:
    """The version of each file, in the same order, which is that of intake."""
    last: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = defaultdict(int)
    made: list[tuple[int, str | None]] = []
    for file in files:
        number, replaced = 1, None
        if file.body_code is not None:
            numbers[file.body_code] += 1
            number = numbers[file.body_code]
        if isinstance(file.outcome, ReadForm):
            form = file.outcome.form
            series = (form.method.index_code, form.body_code)
            replaced = last.get(series)
            last[series] = file.delivery.file_sha256
        made.append((number, replaced))
    current = set(last.values())
    return [
        Version(number, replaced, file.delivery.file_sha256 in current)
        for file, (number, replaced) in zip(files, made, strict=True)
    ]
