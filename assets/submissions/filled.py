"""The lines of a form with answers in them, as every writer puts them down.

Belongs here: which text stands in which column, and refusing answers that the form has no place
for. Does not belong here: file formats (`workbook`, `textform`).
"""

from __future__ import annotations

from assets.submissions.form import STATUS_WORDS, Answer, Answers, Form, FormError, FormLine

_BLANK = Answer()


def filled_rows(form: Form, answers: Answers | None = None) -> list[dict[str, str]]:
    """One row for each line in the order of the form: column key -> text, in order of COLUMNS.

    The status is written as its Vietnamese word. FormError if an answer has no line, or a status
    that is not in STATUS_WORDS.
    """
    given = answers or {}
    unasked = sorted(set(given) - {line.input_code for line in form.lines})
    if unasked:
        raise FormError(
            f"{form.form_id}: answers to {', '.join(unasked)}: the form does not ask for them; "
            f"leave them out"
        )
    return [_row(form, line, given.get(line.input_code, _BLANK)) for line in form.lines]


def _row(form: Form, line: FormLine, answer: Answer) -> dict[str, str]:
    if answer.status and answer.status not in STATUS_WORDS:
        raise FormError(
            f"{form.form_id}: {line.input_code}: status {answer.status!r} is not known; "
            f"use one of {', '.join(STATUS_WORDS)} or leave it empty"
        )
    return {
        "number": str(line.number),
        "input_code": line.input_code,
        "name_vi": line.entry.name_vi,
        "name_en": line.entry.name_en,
        "unit": line.unit_words,
        "value": answer.value,
        "status": STATUS_WORDS[answer.status][0] if answer.status else "",
        "evidence": answer.evidence,
        "note": answer.note,
    }
