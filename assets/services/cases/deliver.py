"""Files of case records on their way in: read once in a scratch lake, answered, taken in.

Belongs here: what the sender is told. Does not belong here: reading (`worker`). A file that is
rejected is not taken in; cases that another file has too are told when the year is run.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from assets.lake import Lake, kept
from assets.lake.atomic import sha256_of_file
from assets.lake.parquet import PartFiles
from assets.received.delivery import DeliveryError
from assets.services.cases.judge import reasons, words
from assets.services.cases.layout import KIND
from assets.services.cases.texts import Texts
from assets.services.cases.worker import AREA, REFUSED, Facts, Task, read_facts, read_file
from assets.services.tables.deliver import Outcome, added, bodies_in, reason, sent


def take_in_cases(
    lake: Lake,
    path: Path,
    years: Sequence[int],
    *,
    issuer: str,
    received_at: date,
    is_synthetic: bool,
) -> Outcome:
    """Read a file of case records for its one year, and take it in if it is not rejected.

    DeliveryError if it cannot be opened, speaks of several years, if the bodies of the year are not
    known yet, or if the intake refuses it.
    """
    if len(years) != 1:
        raise DeliveryError(f"{path}: a file of cases speaks of one year; give --year 2016")
    (year,) = years
    bodies = bodies_in(lake, year).codes
    try:
        digest = sha256_of_file(path)
    except OSError as error:
        raise DeliveryError(f"{path}: cannot be read ({error.strerror})") from None
    with tempfile.TemporaryDirectory(prefix="egov-cases-") as scratch:
        task = Task(
            lake=scratch,
            name="receipt",
            path=str(path.resolve()),
            file_sha256=digest,
            file_name=path.name,
            year=year,
            is_synthetic=is_synthetic,
            bodies=dict(bodies),
        )
        read_file(task, Texts(task.bodies, year))
        folder = kept(Lake(Path(scratch)), AREA, task.name)
        if folder is None:
            raise DeliveryError(f"{path}: nothing was read; this is a defect of the reader")
        facts = read_facts(folder)
        receipt = tuple(_receipt(path.name, facts, _counted(folder / REFUSED)))
    if facts.rule_id is not None:
        return Outcome((*receipt, f"{path.name}: not taken in"), is_taken=False)
    described = sent(KIND, years, issuer, received_at, is_synthetic)
    return Outcome((*receipt, added(lake, path, described)), is_taken=True)


def _counted(refused: Path) -> Mapping[str, tuple[int, int]]:
    """Rule -> how many lines it refused, and the first of them."""
    counted: Counter[str] = Counter()
    first: dict[str, int] = {}
    for frame in PartFiles([refused]).frames(["line_no", "rule_id"]):
        for row in frame.to_pylist():
            counted[row["rule_id"]] += 1
            first.setdefault(row["rule_id"], row["line_no"])
    return {rule: (number, first[rule]) for rule, number in counted.most_common()}


def _receipt(name: str, facts: Facts, counted: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """What was read, in lines; Vietnamese beside English."""
    state = "rejected" if facts.rule_id else "accepted"
    yield (
        f"{name}: {state}: {facts.rows_in:,} lines, {facts.rows_accepted:,} accepted, "
        f"{facts.rows_quarantined:,} refused, {facts.rows_blank:,} blank"
    )
    yield (
        f"  {facts.rows_in:,} dòng, nhận {facts.rows_accepted:,}, "
        f"cách ly {facts.rows_quarantined:,}, trống {facts.rows_blank:,}"
    )
    if facts.rule_id:
        yield from reason(facts.rule_id, reasons()[facts.rule_id], f" ({facts.found})")
    for rule, (number, line) in counted.items():
        yield from reason(f"{number:,} lines, the first is {line}: {rule}", words()[rule])
