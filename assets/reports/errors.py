"""Errors that reject a whole source file. Faults of one cell or line are not errors: they go to
quarantine (`quarantine.py`)."""

from __future__ import annotations


class SourceError(ValueError):
    """A file that cannot be read at all. The message names the file and what to do."""


class LayoutError(SourceError):
    """A report that does not fit its layout. The message names file, line and table where they
    are known, what was expected and what was found."""

    def __init__(
        self,
        *,
        expected: str,
        found: str,
        file_name: str | None = None,
        line_no: int | None = None,
        table_no: str | None = None,
    ) -> None:
        places = (
            file_name,
            f"line {line_no}" if line_no else None,
            f"table {table_no}" if table_no else None,
        )
        place = ", ".join(p for p in places if p) or "layout"
        super().__init__(
            f"{place}: expected {expected}; found {found}. "
            "Compare the file with the printed report, or declare its layout under "
            "assets/reports/layouts."
        )


class UnreadableError(Exception):
    """One cell or statement that cannot be read; `rule_id` is a key of `layouts/reasons.yaml`.
    Never leaves this package."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id
