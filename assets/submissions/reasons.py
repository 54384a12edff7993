"""Why a form is refused or a line of it set aside, in words (`reasons.yaml`).

Does not belong here: when that is so, which the modules that find the fault decide.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from assets.received import refusal


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Rule id -> reason_en, reason_vi, what_to_do, what_to_do_vi."""
    declared: dict[str, dict[str, str]] = yaml.safe_load(
        Path(__file__).with_name("reasons.yaml").read_text("utf-8")
    )
    of_files = refusal.reasons()
    return {rule: {**of_files.get(rule, {}), **words} for rule, words in declared.items()}
