"""From a published or computed number back to its file, line or cell, and raw text.

A package of its own because it reads across every unit of a year (marts, raw tables, intake) and
belongs to none of them: what is published in a release is explained from the promoted lake. It
computes nothing and writes nothing.
"""

from assets.explain.bodies import find_body
from assets.explain.errors import BodyError, ExplainError
from assets.explain.figures import explain, explain_tables
from assets.explain.tree import Explanation, Node, as_text

__all__ = [
    "BodyError",
    "ExplainError",
    "Explanation",
    "Node",
    "as_text",
    "explain",
    "explain_tables",
    "find_body",
]
