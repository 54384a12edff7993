"""The method paper of a regime as Markdown in Vietnamese and English, written from the data."""

from __future__ import annotations

from pathlib import Path

from assets.method.load import methods
from assets.method.model import Method, Node
from assets.method.show import figure
from assets.registry import words

DIRECTORY = Path(__file__).parents[2] / "docs" / "methods"

HEAD = """# Method paper: {regime}

Generated from `methods/` by `egov generate`; do not edit by hand.
*Sinh tự động từ `methods/`; không sửa trực tiếp.*

Basis of a rule: `decision`, the decision's own text; `published`, a publication states it;
`reconstructed`, put together by this project from the evidence named. A maximum marked `~` is
implied by printed values, one marked `=` is equal by convention and no evidence, `?` is not known.

*Căn cứ: `decision` là văn bản quyết định; `published` là ấn phẩm nêu quy tắc; `reconstructed` là
phỏng dựng từ bằng chứng nêu kèm. Điểm tối đa: `~` suy từ giá trị in ra, `=` chia đều theo quy ước,
không phải bằng chứng, `?` chưa biết.*
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _constants(node: Node) -> str:
    """The parameters of a formula as text; empty when it has none."""
    given = node.parameters
    said = [
        f"{name} {getattr(given, name)}"
        for name in ("out_of", "target", "points_per_item")
        if getattr(given, name) is not None
    ]
    said += [f"{step.is_class or step.at_least}: {step.points} points" for step in given.steps]
    return f"<br>`{'; '.join(said)}`" if said else ""


def _row(path: str, node: Node) -> str:
    vi, en = words("formula_kind")[node.kind]
    indent = "&emsp;" * path.count("/")
    basis = node.basis
    if node.reconstructed_from:
        basis += " (" + ", ".join(f"`{code}`" for code in node.reconstructed_from) + ")"
    uses = ", ".join(f"{use.role} `{use.code}`" for use in node.inputs)
    cells = [
        f"{indent}`{node.slug}`",
        f"{node.name_en}<br>*{node.name_vi}*",
        f"{en}<br>*{vi}*{_constants(node)}",
        figure(node),
        uses,
        f"{basis}; `{node.source}`",
    ]
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _remarks(method: Method) -> list[str]:
    lines = []
    for _, node in method.walk():
        if node.note is not None:
            lines.append(f"- `{node.slug}`: {node.note.en} *{node.note.vi}*")
        if node.not_itemised is not None:
            reason = node.not_itemised.reason
            lines.append(f"- `{node.slug}`, not itemised: {reason.en} *{reason.vi}*")
    return lines + [f"- {note.en} *{note.vi}*" for note in method.notes]


def _policies(method: Method) -> list[str]:
    lines = [
        f"- Ranks `{ranking.code}`: competition ranks on {ranking.on} values"
        + (f", ties parted by {', '.join(ranking.tie_break)}" if ranking.tie_break else "")
        + f"; without a value: {ranking.missing.replace('_', ' ')}"
        + f" (evidence: {', '.join(ranking.evidence)})."
        for ranking in method.rankings
    ]
    for name, policy in (
        ("Missing figures", method.missing),
        ("Criteria that do not apply", method.not_applicable),
    ):
        value = policy.value.replace("_", " ")
        lines.append(f"- {name}: {value} (evidence: {', '.join(policy.evidence)}).")
    return lines


def _section(method: Method) -> str:
    until = method.valid_to or "open"
    lines = [
        f"## {method.block}",
        "",
        f"{method.title_en}. *{method.title_vi}.*",
        "",
        f"Decision {method.decision}; years {method.valid_from} to {until}; values printed with "
        f"{method.decimals} decimals; file `{method.file}`, sha256 `{method.sha256}`.",
        "",
        "| node | name | formula | points | inputs | basis; source |",
        "|---|---|---|---|---|---|",
        *(_row(path, node) for path, node in method.walk()),
        "",
        *_policies(method),
        "",
        *_remarks(method),
        "",
        "Evidence / *Bằng chứng*",
        "",
        *(f"- `{code}`: {text.en} *{text.vi}*" for code, text in method.evidence.items()),
        "",
        "Sources / *Nguồn*",
        "",
        *(f"- `{s.code}`: {s.document}; {s.part}; {s.address}" for s in method.sources),
    ]
    return "\n".join(lines)


def papers() -> dict[Path, str]:
    """Text of every paper by its path, one a regime."""
    by_regime: dict[str, list[Method]] = {}
    for method in methods():
        by_regime.setdefault(method.regime, []).append(method)
    return {
        DIRECTORY / f"{regime}.md": "\n\n".join(
            [HEAD.format(regime=regime).rstrip(), *map(_section, held)]
        )
        + "\n"
        for regime, held in by_regime.items()
    }


def write() -> list[Path]:
    """Write the papers; returns the paths whose text changed."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    changed = []
    for path, text in papers().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(path)
    return changed
