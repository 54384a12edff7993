"""Gates: is a frame what the registry declares? What is wrong, where, and what to do.

Belongs here: schemas and rules derived from the registry, checks of frames in memory, whole
or one after the other, taking failing rows out, showing failures. Does not belong here: reading
or writing files, Dagster, promotion. Imports the registry and the lake's `ahead` only.
"""

from assets.gates.check import GateResult, RuleResult, check
from assets.gates.failures import FAILURES
from assets.gates.messages import GateError
from assets.gates.parts import Numbers, Parts, check_parts, come_twice, key_numbers, places_of
from assets.gates.report import as_markdown, as_text, failures_table
from assets.gates.rows import Split, split
from assets.gates.schema import schema_of
from assets.gates.table_rules import Context

__all__ = [
    "FAILURES",
    "Context",
    "GateError",
    "GateResult",
    "Numbers",
    "Parts",
    "RuleResult",
    "Split",
    "as_markdown",
    "as_text",
    "check",
    "check_parts",
    "come_twice",
    "failures_table",
    "key_numbers",
    "places_of",
    "schema_of",
    "split",
]
