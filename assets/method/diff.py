"""What differs between two methods: nodes added, removed, and changed field by field."""

from __future__ import annotations

from dataclasses import dataclass, fields

from assets.method.model import Method, Node


@dataclass(frozen=True)
class Change:
    """A node that differs. `kind` is added, removed or changed; fields only for changed."""

    kind: str
    slug: str
    field: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if self.kind != "changed":
            return f"{self.kind}: {self.slug}"
        return f"changed: {self.slug}: {self.field}: {self.before} -> {self.after}"


def _said(node: Node, name: str) -> str:
    value = getattr(node, name)
    return ", ".join(child.slug for child in value) if name == "children" else str(value)


def diff(before: Method, after: Method) -> list[Change]:
    """Changes from one method to another; nodes are the same when their slugs are.

    Children are compared by slug, so that a change shows once, at its own node.
    """
    old = {node.slug: node for _, node in before.walk()}
    new = {node.slug: node for _, node in after.walk()}
    changes = [Change("removed", slug) for slug in old if slug not in new]
    changes += [Change("added", slug) for slug in new if slug not in old]
    for slug in (slug for slug in old if slug in new):
        for field in fields(Node):
            was, now = _said(old[slug], field.name), _said(new[slug], field.name)
            if was != now:
                changes.append(Change("changed", slug, field.name, was, now))
    return changes
