"""`make bench-analysis`: how long the draws take, for every year, block and body at once, against a
naive loop over the same draws; and the whole analysis of a lake, if EGOV_LAKE names one with a
panel.

Made-up values. Every figure is of this very run, on this machine: medians of several rounds. No
test depends on it.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from assets.analysis.assets import read_figures
from assets.analysis.composition import Composition
from assets.analysis.draws import DRAWS, SEED, VARIANTS, drawn, drawn_weights, normalised
from assets.analysis.tables import analysis_tables
from assets.lake import Lake, promoted
from assets.method.load import find_method
from assets.years import YEARS

ROUNDS = 3
PARTS = 60
BLOCKS = {"province": 63, "ministry": 19, "gov_agency": 8}

#: Draws of the naive loop, of one list of provinces; its time is scaled up to all draws and lists.
NAIVE_DRAWS = 20


def made_up(bodies: int, seed: int) -> Composition:
    """A list with random values of 4 decimals and weights in whole points of 1,000."""
    draw = random.Random(seed)  # noqa: S311 - data for a benchmark
    points = [draw.randint(5, 30) for _ in range(PARTS)]
    names = [f"c{number:02}" for number in range(PARTS)]
    weights = {n: Fraction(p, sum(points)) for n, p in zip(names, points, strict=True)}
    ones = {name: Fraction(1) for name in names}
    values = {
        f"B-{body:03}": {name: Fraction(draw.randint(0, 10_000), 10_000) for name in names}
        for body in range(bodies)
    }
    return Composition("criteria", weights, ones, Fraction(1), values, None)


def naive(composition: Composition) -> None:
    """The same draws in plain Python: a loop over draws, bodies and parts, a rank by counting."""
    bodies, parts = sorted(composition.values), tuple(composition.weights)
    shares = {part: [composition.share(body, part) for body in bodies] for part in parts}
    matrices = [matrix.astype(int).tolist() for matrix in normalised(shares, parts)]
    weights, variants = drawn_weights(
        [composition.weights[part] for part in parts], NAIVE_DRAWS, SEED
    )
    for row, variant in zip(weights.astype(int).tolist(), variants.tolist(), strict=True):
        totals = []
        for place in range(len(bodies)):
            total = 0
            for weight, column in zip(row, matrices[variant], strict=True):
                total += weight * column[place]
            totals.append(total)
        for own in totals:
            sum(other > own for other in totals)


def median(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall time and of CPU time, each the middle of the rounds."""
    wall, cpu = [], []
    for _ in range(ROUNDS):
        started, worked = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - worked)
    return statistics.median(wall), statistics.median(cpu)


def line(what: str, seconds: tuple[float, float], note: str) -> None:
    print(f"  {what:52}{seconds[0]:8.2f} s   {seconds[1]:8.2f} s CPU   {note}", flush=True)


def main() -> None:
    lists = [
        made_up(bodies, seed=number * 10 + place)
        for number, _ in enumerate(YEARS)
        for place, bodies in enumerate(BLOCKS.values())
    ]
    many = sum(len(one.values) for one in lists)
    print(f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}")
    print(
        f"{len(YEARS)} years x {len(BLOCKS)} blocks = {len(lists)} lists, {many:,} bodies, "
        f"{PARTS} criteria, {len(VARIANTS)} normalisations, {DRAWS:,} draws each: "
        f"{many * DRAWS:,} ranks; medians of {ROUNDS} rounds"
    )
    ours = median(lambda: [drawn(one) for one in lists])
    line("draws, ranks, intervals, dominance", ours, "limit 5 s")
    one = median(lambda: naive(lists[0]))
    times = DRAWS / NAIVE_DRAWS * many / len(lists[0].values)
    scaled = one[0] * times, one[1] * times
    note = f"{scaled[1] / ours[1]:.0f} x the CPU time of ours"
    line(f"naive loop, {NAIVE_DRAWS} draws of one list scaled up", scaled, note)
    lake = os.environ.get("EGOV_LAKE")
    if lake and promoted(Lake(Path(lake)), "panel", "all"):
        figures, _ = read_figures(Lake(Path(lake)))
        whole = median(lambda: analysis_tables(figures, find_method))
        line("the whole analysis of that lake", whole, "limit 10 s")
    if ours[0] > 5:
        raise SystemExit("slower than the limit")


if __name__ == "__main__":
    main()
