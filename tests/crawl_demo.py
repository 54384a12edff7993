"""`make crawl-demo`: a season of visits to the farm of made-up portals, from targets to marts.

Every step is the one of a real season, made by the real commands; only the web is a rehearsal, so
that all it brings is labelled synthetic and no release can be made of it. What was found is held
against what the farm planted; the demonstration fails if a check falls short.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from assets.crawl.model import Target
from assets.lake import Lake, promoted
from tests.command import environment
from tests.farm import TODAY, Farm
from tests.farm.farm_web import write_web

PROJECT = Path(__file__).parents[1]
YEAR, WINDOW = "2016", "rehearsal"
ROUNDS, WEEKS = 3, 3
FLOOR = Decimal("0.95")

SERVICE_COLUMNS = ("service_code", "body_code", "service_name", "declared_level", "url")


class DemoError(RuntimeError):
    """The demonstration did not show what it must."""


@contextmanager
def _step(number: int, what: str) -> Iterator[None]:
    print(f"\n{number}. {what}", flush=True)
    started = time.monotonic()
    yield
    print(f"   {time.monotonic() - started:.1f} s", flush=True)


def write_sources(folder: Path, portals: Iterable[Target], services: Iterable[Target]) -> None:
    """The sources of a year whose bodies have these portals, and these services."""
    (folder / "bodies").mkdir(parents=True)
    (folder / "crawl").mkdir()
    addresses = {target.body_code: target.url for target in portals}
    for path in sorted((PROJECT / "sources/bodies").iterdir()):
        if path.name != "bodies.csv":
            shutil.copy(path, folder / "bodies" / path.name)
    with (PROJECT / "sources/bodies/bodies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["registered_website"] = addresses.get(row["body_code"], "")
    _write(folder / "bodies/bodies.csv", list(rows[0]), rows)
    _describe(folder / "bodies/bodies.csv", "bodies", [])
    rows = [_service(target) for target in services]
    _write(folder / "crawl/service_addresses.csv", SERVICE_COLUMNS, rows)
    _describe(folder / "crawl/service_addresses.csv", "service_addresses", [int(YEAR)])


def traps(farm: Farm) -> list[Target]:
    """Every host at fault, as a service of one body; what only takes long is left out."""
    return [
        Target(f"X-{target.target_id}", "service", "P-01", target.url, declared_level="3")
        for target in farm.special_targets()
        if not target.target_id.startswith(("silent", "drip", "slow"))
    ]


def _service(target: Target) -> dict[str, str]:
    return {
        "service_code": target.target_id,
        "body_code": target.body_code,
        "service_name": f"SYNTHETIC {target.target_id}",
        "declared_level": target.declared_level,
        "url": target.url,
    }


def _write(path: Path, columns: Iterable[str], rows: Iterable[dict[str, str]]) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), "utf-8")


def _describe(path: Path, kind: str, years: list[int]) -> None:
    described: dict[str, Any] = {
        "kind": kind, "years": years, "issuer": "SYNTHETIC farm", "document_no": None,
        "document_date": None, "source_ref": "SYNTHETIC", "received_at": TODAY,
        "licence": "made up", "is_synthetic": True,
    }  # fmt: skip
    path.with_name(f"{path.name}.meta.yaml").write_text(yaml.safe_dump(described), "utf-8")


def _egov(env: dict[str, str], *words: str) -> str:
    """What a command of ours says, shown as it is said; DemoError if it fails."""
    said = []
    with subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", *words],
        cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as child:  # fmt: skip
        for line in child.stdout or ():
            print(f"   {line}", end="", flush=True)
            said.append(line)
    if child.returncode:
        raise DemoError(f"egov {' '.join(words)} ended with {child.returncode}")
    return "".join(said)


def season(farm: Farm, folder: Path) -> Lake:
    """All rounds, then the year to its marts; the lake."""
    env = {
        **environment(folder / "lake"),
        "EGOV_SOURCES": str(folder / "sources"),
        "EGOV_REHEARSAL": str(write_web(farm, folder / "web.json")),
    }
    for round_no in range(1, ROUNDS + 1):
        # The last round is on the day by which the farm's news are fresh or stale.
        day = TODAY - timedelta(days=(ROUNDS - round_no) * WEEKS * 7 // ROUNDS)
        with _step(round_no, f"round {round_no}, on {day}"):
            if round_no > 1:
                farm.next_round()
            _egov(
                env, "crawl", "run", YEAR, "--window", WINDOW, "--rounds", f"{ROUNDS}",
                "--weeks", f"{WEEKS}", "--day", f"{day}",
            )  # fmt: skip
    with _step(ROUNDS + 1, "what was found comes into the year: gates, marts, scores"):
        _egov(env, "run", YEAR, "--no-release")
    return Lake(folder / "lake")


def _rows(lake: Lake, unit: str, table: str) -> list[dict[str, Any]]:
    version = promoted(lake, unit, YEAR)
    if version is None:
        raise DemoError(f"{unit} of {YEAR} was not promoted")
    return list(version.table(table).to_pylist())


def found_against_planted(
    said: dict[tuple[str, str], str], planted: dict[tuple[str, str], str]
) -> dict[str, tuple[Decimal, Decimal, int]]:
    """Precision and recall of `yes` and the number of portals, by check."""
    measured = {}
    for check in sorted({check for _, check in planted}):
        pairs = [(said[key], planted[key]) for key in planted if key[1] == check]
        both = sum(a == b == "yes" for a, b in pairs)
        precision = Decimal(both) / max(1, sum(a == "yes" for a, _ in pairs))
        recall = Decimal(both) / max(1, sum(b == "yes" for _, b in pairs))
        measured[check] = (precision, recall, len(pairs))
    return measured


def _checks(lake: Lake, farm: Farm) -> list[str]:
    """Prints precision and recall of every check; those below the floor."""
    codes = {urlsplit(t.url).hostname or "": t.body_code for t in farm.targets()}
    planted = {(codes[h], check): a for h, by in farm.truth().items() for check, a in by.items()}
    said = {
        (row["body_code"], row["check_id"]): row["check_answer"]
        for row in _rows(lake, "crawl", "raw_portal_checks")
        if row["round_no"] == ROUNDS
    }
    measured = found_against_planted(said, planted)
    print(f"   {'check':20} portals  precision  recall")
    for check, (precision, recall, portals) in measured.items():
        print(f"   {check:20} {portals:7}  {precision:9.3f}  {recall:6.3f}")
    return [check for check, (p, r, _) in measured.items() if p < FLOOR or r < FLOOR]


def _probes(lake: Lake, farm: Farm) -> bool:
    """Prints how probes of the last round compare with the farm; whether they all fit."""
    truth = farm.service_truth()
    rows = [
        (row["outcome"], truth[row["target_id"]])
        for row in _rows(lake, "crawl", "raw_service_probes")
        if row["round_no"] == ROUNDS and row["target_id"] in truth
    ]
    counted = Counter(rows)
    for (said, is_), count in sorted(counted.items()):
        print(f"   {count:4} services are {is_:5} and were found {said.replace('_', ' ')}")
    right = sum(count for (said, is_), count in counted.items() if said == is_)
    return Decimal(right) / len(rows) >= FLOOR


def _outcomes(lake: Lake) -> None:
    rows = [r for r in _rows(lake, "marts", "ind_crawl_outcomes") if r["round_no"] == ROUNDS]
    for row in sorted(rows, key=lambda r: (r["target_kind"], -r["targets"], r["visit_status"])):
        print(
            f"   {row['target_kind']:8} {row['outcome']:13} {row['visit_status']:18}"
            f" {row['targets']:4}"
        )


def _uptime(lake: Lake) -> None:
    counted = Counter(
        (row["target_kind"], row["stability"], row["runs"])
        for row in _rows(lake, "marts", "ind_target_uptime")
    )
    for (kind, stability, runs), count in sorted(counted.items()):
        print(f"   {count:4} {kind}s: {stability.replace('_', ' ')}, runs: {runs}")


def main() -> None:
    """Run it; exit 1 if something planted was not found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same farm")
    parser.add_argument("--to", type=Path, default=Path("build/crawl-demo"))
    given = parser.parse_args()
    folder: Path = given.to.resolve()
    if folder.exists() and not (folder / "sources").is_dir() and any(folder.iterdir()):
        raise SystemExit(f"{folder} is no folder of an earlier demonstration")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with Farm(given.seed) as farm:
            services = [*farm.service_targets(), *traps(farm)]
            write_sources(folder / "sources", farm.targets(), services)
            lake = season(farm, folder)
            with _step(ROUNDS + 2, "how the last round ended"):
                _outcomes(lake)
            with _step(ROUNDS + 3, "runs and stability over all rounds"):
                _uptime(lake)
            with _step(ROUNDS + 4, "services, against what the farm planted"):
                probes_fit = _probes(lake, farm)
            with _step(ROUNDS + 5, "checks of portals, against what the farm planted"):
                weak = _checks(lake, farm)
    except DemoError as error:
        raise SystemExit(str(error)) from None
    print(f"\nlook around: EGOV_LAKE={folder / 'lake'} egov ui   (or crawl status, evidence ID)")
    if weak or not probes_fit:
        raise SystemExit(f"below {FLOOR}: {', '.join(weak) or 'probes'}")


if __name__ == "__main__":
    main()
