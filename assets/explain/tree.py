"""The tree of an explanation, and how it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INDENT = "  "


@dataclass(frozen=True)
class Node:
    """One statement (`label: value`) and what it rests on."""

    label: str
    value: str = ""
    children: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Where the published figures of a body in a category of a year come from."""

    body_code: str
    body_name: str
    year: int
    category: str
    nodes: tuple[Node, ...]


def as_text(explanation: Explanation) -> str:
    """The explanation as an indented tree, one statement a line. Text of outside origin stays on
    its line: control and other unprintable characters are written as escapes."""
    head = (
        f"{explanation.body_name} ({explanation.body_code}), {explanation.year}, "
        f"{explanation.category}"
    )
    return "\n".join([head, *_lines(explanation.nodes, 1)])


def _lines(nodes: tuple[Node, ...], depth: int) -> Iterator[str]:
    for node in nodes:
        stated = f"{node.label}: {node.value}" if node.value else node.label
        yield INDENT * depth + "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode() for c in stated
        )
        yield from _lines(node.children, depth + 1)
