"""The console logger of runs: what our steps say, in plain lines."""

from __future__ import annotations

import logging
import sys

import dagster as dg

#: Notes of Dagster itself that say nothing to our users: runs of other years, going on at the
#: same time, have materialised the same views.
FRAMEWORK_NOTES = ("Data version mismatch",)


class _PlainLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        meta = getattr(record, "dagster_meta", {}) or {}
        step = meta.get("step_key") or "run"
        return f"  {step:8} {meta.get('orig_message') or record.getMessage()}"


def _from_us(record: logging.LogRecord) -> bool:
    """Notes and warnings that a step wrote. Failures are told at the end of a run, and Dagster's
    own events are in the UI."""
    meta = getattr(record, "dagster_meta", {}) or {}
    framework = record.getMessage().startswith(FRAMEWORK_NOTES)
    return meta.get("dagster_event") is None and record.levelno <= logging.WARNING and not framework


@dg.logger(
    config_schema={"log_level": dg.Field(str, default_value="INFO", is_required=False)},
    description="Lines of our steps on stderr.",
)
def plain_console(context: dg.InitLoggerContext) -> logging.Logger:
    """A logger that writes one plain line for each message of a step."""
    logger = logging.Logger("egov.run", level=context.logger_config["log_level"])
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PlainLines())
    handler.addFilter(_from_us)
    logger.addHandler(handler)
    return logger
