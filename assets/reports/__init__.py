"""Reading of published reports and of files of published figures into raw tables.

Belongs here: pure functions from the bytes of a source to Arrow tables in the registry's
schemas, and the layouts, sentence patterns and reasons they go by (`layouts/`, data). Does not
belong here: finding or keeping files, binding names to bodies, correcting figures, judging
them. What cannot be read is set aside with its line and a reason, never guessed.
"""

from assets.reports.errors import LayoutError, SourceError
from assets.reports.history import HistoryContent, read_history
from assets.reports.layout import ReportLayout, find_layout
from assets.reports.report import ReportContent, read_report

__all__ = [
    "HistoryContent",
    "LayoutError",
    "ReportContent",
    "ReportLayout",
    "SourceError",
    "find_layout",
    "read_history",
    "read_report",
]
