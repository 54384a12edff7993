"""What holds for every file from outside has its reason here or, where it depends on what the file
should be, with every source that reads such files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets import received
from assets.received.encoding import FONT, UNDECIDABLE
from assets.received.refusal import reasons
from assets.received.sandbox import RULES
from assets.services.tables import judge
from assets.submissions.reasons import reasons as reasons_of_forms

#: Rules that are raised here, with words that depend on what the file should be.
OF_SOURCES = {"unknown_format", "sheet_too_large", "far_cell"}


def raised() -> set[str]:
    """Rules by which the code here refuses files."""
    code = "\n".join(path.read_text("utf-8") for path in Path(received.__path__[0]).glob("*.py"))
    return {*re.findall(r'FileRefusedError\(\s*"(\w+)"', code), *RULES.values(), UNDECIDABLE, FONT}


def test_every_rule_has_its_reason_here_or_with_each_source() -> None:
    assert len(raised()) > 15
    assert raised() - set(reasons()) == OF_SOURCES
    assert raised() <= set(reasons_of_forms())
    assert raised() <= set(judge.reasons())


@pytest.mark.parametrize("rule_id", reasons())
def test_a_reason_is_given_in_both_languages(rule_id: str) -> None:
    words = reasons()[rule_id]
    assert set(words) == {"reason_en", "reason_vi"}
    assert all(text and text == text.strip() and not text[0].isupper() for text in words.values())
    assert not words["reason_vi"].isascii()
