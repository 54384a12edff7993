"""A method's tree as plain text, with the basis of every node."""

from __future__ import annotations

from assets.method.model import Method, Node

#: Marks of the basis, shown before every node.
MARKS = {"decision": "D", "published": "P", "reconstructed": "R"}


def figure(node: Node) -> str:
    """Maximum and weight as text; `?` where a maximum is not known, a mark where it is not read
    from a text: `~` implied by printed values, `=` equal parts by convention."""
    if not node.is_scored:
        return "unscored"
    if node.max_points is None:
        said = "max ?"
    else:
        mark = {"implied": "~", "convention": "=", None: ""}[node.max_from]
        said = f"max {mark}{node.max_points}"
    return said if node.weight is None else f"{said}, weight {node.weight}"


def _line(path: str, node: Node) -> str:
    roles = ", ".join(f"{use.role} {use.code}" for use in node.inputs)
    parts = [f"{'  ' * path.count('/')}{MARKS[node.basis]} {node.slug}", node.kind, figure(node)]
    return "  ".join(parts) + (f"  [{roles}]" if roles else "")


def as_text(method: Method) -> str:
    """The tree, a node a line, with a legend above it."""
    until = method.valid_to or "open"
    lines = [
        f"{method.code}  {method.decision}  {method.valid_from} to {until}",
        f"sha256 {method.sha256}",
        "D decision's text, P published rule, R reconstructed; maximum: ~ implied by printed "
        "values, = equal by convention, ? not known",
        "",
    ]
    for path, node in method.walk():
        lines.append(_line(path, node))
        if node.not_itemised is not None:
            points = node.not_itemised.points
            many = "some" if points is None else f"{points} points"
            lines.append(f"{'  ' * (path.count('/') + 1)}- {many} not itemised: "
                         f"{node.not_itemised.reason.en}")  # fmt: skip
    return "\n".join(lines)
