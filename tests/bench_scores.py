"""A year run to its marts, as `egov run` does but without a release: for the benchmark, whose
forms are synthetic and so can never be released."""

from __future__ import annotations

import sys

from orchestration.instance import opened_instance


def main(year: str) -> None:
    """Run the year and print what `egov run` prints, the line on times included."""
    with opened_instance() as instance:
        from orchestration import report
        from orchestration.definitions import defs
        from orchestration.runner import Runner

        runner = Runner(defs, instance, log_level="WARNING")
        outcome = runner.run_year(year, release=False)
        if outcome.status != "done":
            raise SystemExit(report.outcome_line(outcome))
        print(report.year_summary(runner.lake, year, [outcome]))


if __name__ == "__main__":
    main(sys.argv[1])
