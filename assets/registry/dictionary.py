"""The data dictionary, from the registry: every table and column in English and Vietnamese."""

from __future__ import annotations

from pathlib import Path

from assets.registry.model import Column, Table, tables

PATH = Path(__file__).parents[2] / "docs" / "data_dictionary.md"

HEAD = """# Data dictionary

Generated from the registry by `egov generate`; do not edit by hand.

Layers in the order of the flow: `raw_` (as read from the sources), `stg_` (bound to bodies),
`ind_` (indicators), `idx_` (index, ranks, ledger), `pnl_` (all years), `ana_` (analysis beside
the official results), `rel_` (sealed releases, where files drop the prefix). Decimals are
DECIMAL(18,6). A null always has a status that says why.
"""


def rule_in_words(column: Column) -> str:
    """What the registry demands of a column, in one line of Markdown."""
    said = []
    if column.codes:
        said.append("one of " + ", ".join(f"`{code}`" for code in column.codes))
    if column.min is not None or column.max is not None:
        low = "" if column.min is None else f"{column.min} ≤ "
        high = "" if column.max is None else f" ≤ {column.max}"
        said.append(f"{low}value{high}")
    if column.pattern:
        said.append("pattern `" + column.pattern.replace("|", "\\|") + "`")
    if column.status:
        said.append(f"null explained by `{column.status}`")
    return "; ".join(said)


def _section(table: Table) -> str:
    lines = [
        f"## {table.name}",
        "",
        table.description_en,
        "",
        f"*{table.description_vi}*",
        "",
        f"Stage {table.stage}; unit of promotion `{table.unit}`; "
        f"{'one version a year' if table.partitioned else 'all years in one version'}; "
        f"grain: {table.grain}; key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | type | null | meaning | nghĩa | rule |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{c.name}` | {c.sql.lower()} | {'yes' if c.nullable else 'no'} | {c.description_en} "
        f"| {c.description_vi} | {rule_in_words(c)} |"
        for c in table.columns
    ]
    for rule in (*table.row_rules, *table.table_rules):
        lines += ["", f"Rule `{rule.id}` ({rule.kind}): fails when {rule.reason_en}."]
    return "\n".join(lines)


def text() -> str:
    """The whole dictionary as Markdown."""
    order = ("ingest", "staging", "indicators", "index", "panel", "analysis", "release")
    sections = [_section(t) for stage in order for t in tables(stage=stage)]
    return "\n\n".join([HEAD.rstrip(), *sections]) + "\n"


def write() -> list[Path]:
    """Write the dictionary; returns its path if the text changed."""
    if PATH.exists() and PATH.read_text("utf-8") == text():
        return []
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text(), "utf-8")
    return [PATH]
