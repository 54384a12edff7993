"""docs/services.md says what the layouts and the reasons say, and its example is taken."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from table_samples import COUNTS, file, only_file, read

from assets.services.layouts import declared, layouts
from assets.services.tables import judge

DOCUMENT = Path(__file__).parents[3] / "docs" / "services.md"
REASONS = Path(judge.__file__).with_name("reasons.yaml")


def cells() -> list[list[str]]:
    """The rows of all tables of the document."""
    lines = DOCUMENT.read_text("utf-8").splitlines()
    return [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:1] == "|"]


def test_every_column_stands_there_with_its_headings_and_what_it_says() -> None:
    written = cells()
    for layout in layouts().values():
        for field in layout.fields:
            said = layout.table.column(field.name).description_en
            found = [row for row in written if (row[0], row[-1]) == (f"`{field.name}`", said)]
            assert [row[1] for row in found] == [", ".join(field.headings)] * len(found) != []


def test_every_word_stands_there() -> None:
    written = [row[1:] for row in cells()]
    for codes in declared()["codes"].values():
        for code, words in codes.items():
            assert [f"`{code}`", ", ".join(words)] in written
    for code, words in declared()["status_words"].items():
        assert [f"status `{code}`", ", ".join(words)] in written


def test_every_rule_stands_there_with_its_reason() -> None:
    written = cells()
    for rule, said in yaml.safe_load(REASONS.read_text("utf-8"))["rules"].items():
        assert [f"`{rule}`", said["reason_en"], said["what_to_do"]] in written


def test_the_example_is_taken() -> None:
    (example,) = re.findall(r"```csv\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    about = only_file(read(file(example.encode(), COUNTS)))
    assert (about["rows_in"], about["rows_accepted"], about["sum_accepted"]) == (3, 3, 1540)
