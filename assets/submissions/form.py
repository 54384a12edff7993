"""What a form is: the lines that a body fills in, as they follow from its method.

Belongs here: form id, lines, groups, columns and words that writers and readers must agree on.
Does not belong here: files (`workbook`, `textform`, `reader`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assets import registry
from assets.method.model import Input, Method, MethodError, Node

#: Digits of the method's hash in a form id.
HASH_DIGITS = 12

_FORM_ID = re.compile(
    r"(?P<year>[0-9]{4})/(?P<block>[a-z_]+)/(?P<body>[A-Z][A-Z0-9-]*)/(?P<hash>[0-9a-f]{12})"
)

#: Columns of the form in order: key -> heading in Vietnamese and English.
COLUMNS: dict[str, tuple[str, str]] = {
    "number": ("STT", "No."),
    "input_code": ("Mã số liệu", "Code"),
    "name_vi": ("Nội dung", "Content (Vietnamese)"),
    "name_en": ("Nội dung (tiếng Anh)", "Content (English)"),
    "unit": ("Đơn vị", "Unit"),
    "value": ("Giá trị", "Value"),
    "status": ("Tình trạng", "Status"),
    "evidence": ("Tài liệu, liên kết kiểm chứng", "Evidence"),
    "note": ("Ghi chú", "Note"),
}

#: Columns that the body fills in; the others belong to the form and may not be changed.
ANSWER_COLUMNS = ("value", "status", "evidence", "note")

#: Head of the form: key -> label in Vietnamese and English. `origin` is ORIGIN_REAL, or
#: ORIGIN_SYNTHETIC followed by what made it.
HEAD: dict[str, tuple[str, str]] = {
    "form_id": ("Mã biểu mẫu", "Form id"),
    "body_code": ("Mã cơ quan", "Body code"),
    "body_name": ("Tên cơ quan", "Body"),
    "assessment_year": ("Năm đánh giá", "Year assessed"),
    "method": ("Phương pháp", "Method"),
    "origin": ("Nguồn gốc", "Origin"),
}
ORIGIN_REAL = "BÁO CÁO CỦA CƠ QUAN / REPORT OF THE BODY"
ORIGIN_SYNTHETIC = "DỮ LIỆU GIẢ LẬP / SYNTHETIC DATA"

#: What may stand in the status column: state of the observation -> words in both languages.
#: A filled value with an empty status is reported.
STATUS_WORDS: dict[str, tuple[str, str]] = {
    "reported": ("Có số liệu", "Reported"),
    "not_observed": ("Không có số liệu", "No figure"),
    "not_applicable": ("Không áp dụng", "Not applicable"),
}

SHEET_FORM = "Biểu mẫu"
SHEET_HELP = "Hướng dẫn"


def unit_words(unit: str) -> str:
    """A unit in Vietnamese and English, as `người / persons`; as it is if it has no words."""
    return " / ".join(registry.word("unit", unit) or (unit,))


class FormError(ValueError):
    """A form that cannot be made or named; says what to do."""


@dataclass(frozen=True)
class FormLine:
    """One figure asked for. `category` is the root under which it is first used, `criteria` are
    all that use it; `classes` are the codes allowed for an input of kind `class`."""

    number: int
    entry: Input
    category: str
    category_vi: str
    category_en: str
    criteria: tuple[str, ...]
    evidence_required: bool
    classes: tuple[str, ...]

    @property
    def input_code(self) -> str:
        return self.entry.code

    @property
    def unit_words(self) -> str:
        """Unit in Vietnamese and English, as `người / persons`."""
        return unit_words(self.entry.unit)


@dataclass(frozen=True)
class Form:
    """The form of one body for one year under one method."""

    assessment_year: int
    method: Method
    body_code: str
    body_name: str
    lines: tuple[FormLine, ...]

    @property
    def form_id(self) -> str:
        """Year, block, body and the beginning of the method's hash, joined by `/`."""
        return (
            f"{self.assessment_year}/{self.method.block}/{self.body_code}/"
            f"{self.method.sha256[:HASH_DIGITS]}"
        )

    def head(self, origin: str = ORIGIN_REAL) -> dict[str, str]:
        """What stands in the head of the form, by key of `HEAD`."""
        return {
            "form_id": self.form_id,
            "body_code": self.body_code,
            "body_name": self.body_name,
            "assessment_year": str(self.assessment_year),
            "method": f"{self.method.code} ({self.method.decision})",
            "origin": origin,
        }

    def line(self, input_code: str) -> FormLine:
        """The line of an input. KeyError names the form."""
        for line in self.lines:
            if line.input_code == input_code:
                return line
        raise KeyError(f"{self.form_id} asks for no {input_code}")


@dataclass(frozen=True)
class FormId:
    """The parts of a form id."""

    assessment_year: int
    block: str
    body_code: str
    method_hash: str


def parse_form_id(text: str) -> FormId:
    """The parts of a form id. FormError if it is none."""
    match = _FORM_ID.fullmatch(text)
    if match is None:
        raise FormError(
            f"{text!r} is no form id; one reads 2016/province/P-10/0123456789ab; "
            f"do not change the head of the form"
        )
    return FormId(int(match["year"]), match["block"], match["body"], match["hash"])


@dataclass(frozen=True)
class Answer:
    """What a body fills into one line, as text; `status` is a key of STATUS_WORDS or empty."""

    value: str = ""
    status: str = ""
    evidence: str = ""
    note: str = ""


#: Answers of a form by input code.
Answers = Mapping[str, Answer]


def _walk(node: Node, root: Node) -> Iterator[tuple[Node, Node]]:
    yield root, node
    for child in node.children:
        yield from _walk(child, root)


def _classes(node: Node, code: str) -> tuple[str, ...]:
    if not any(use.code == code and use.role == "measure" for use in node.inputs):
        return ()
    return tuple(step.is_class for step in node.parameters.steps if step.is_class)


def form_of(method: Method, year: int, body_code: str, body_name: str) -> Form:
    """The form of a body: every input that a criterion uses, in the order of first use.

    An input is asked for once, under the category that uses it first. FormError if the method is
    not in force in the year.
    """
    if not method.valid_from <= year <= (method.valid_to or year):
        raise FormError(
            f"{method.code} is in force {method.valid_from}-{method.valid_to or ''}, not in {year}"
        )
    declared = {entry.code: entry for entry in method.inputs}
    uses: dict[str, list[tuple[Node, Node]]] = {}
    for root in method.roots:
        for top, node in _walk(root, root):
            for use in node.inputs:
                if use.code not in declared:
                    raise MethodError(f"{method.file}: {node.slug} uses {use.code}: not declared")
                uses.setdefault(use.code, []).append((top, node))
    lines = tuple(
        FormLine(
            number=number,
            entry=declared[code],
            category=used[0][0].slug,
            category_vi=used[0][0].name_vi,
            category_en=used[0][0].name_en,
            criteria=tuple(dict.fromkeys(node.slug for _, node in used)),
            evidence_required=any(node.evidence_required for _, node in used),
            classes=tuple(dict.fromkeys(c for _, node in used for c in _classes(node, code))),
        )
        for number, (code, used) in enumerate(uses.items(), start=1)
    )
    return Form(year, method, body_code, body_name, lines)
