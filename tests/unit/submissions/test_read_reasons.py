"""The rules of reading: each has its words, and none is used without them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from assets import received, submissions
from assets.submissions.reasons import reasons

KEYS = {"reason_en", "reason_vi", "what_to_do", "what_to_do_vi"}
RAISED_BY = {"FileRefusedError", "CellFaultError"}


def used() -> set[str]:
    """Rules that stand as text in the code that refuses files and sets lines aside."""
    found = set()
    folders = [Path(part.__path__[0]) for part in (received, submissions)]
    for path in (path for folder in folders for path in folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED_BY:
                found |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return found


def test_no_rule_is_used_without_words() -> None:
    assert len(used()) > 40
    assert used() <= set(reasons())


@pytest.mark.parametrize("rule_id", reasons())
def test_a_rule_has_all_its_words_in_both_languages(rule_id: str) -> None:
    words = reasons()[rule_id]
    assert set(words) == KEYS
    assert all(text and text == text.strip() and not text[0].isupper() for text in words.values())
    assert not words["reason_vi"].isascii()
    assert not words["what_to_do_vi"].isascii()
