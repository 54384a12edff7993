"""`make bench-crawl`: a round of the crawler against a bare loop of the same client.

10,000 addresses of services on loopback, visited twice in this very run: by the polite loop alone,
which keeps nothing, and by a round, which reads conditions, writes evidence and journal, and goes
on after a kill. Same client, same limits, same servers. No test depends on it.

    python -m tests.bench_crawl           all of it
    python -m tests.bench_crawl --addresses 2000
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from assets.crawl.checks.rules import rules
from assets.crawl.fetch.politeness import Ask, Crawler
from assets.crawl.fetch.web import Web, rehearsal_web
from assets.crawl.model import Target, Visit
from assets.crawl.rounds.estimate import load_of, text_of
from assets.crawl.rounds.season import fitted, season
from assets.crawl.rounds.visiting import Round
from assets.crawl.rounds.window import open_window
from assets.lake import Lake
from tests.command import environment
from tests.farm.farm_server import ADDRESS, FarmServer, Request, Response
from tests.farm.farm_web import target_table

HOSTS = 80
ROUNDS = 3
LIMITS = {"gap_seconds": 0.02, "attempts": 1}
DAY = date(2017, 2, 20)

_FORM = "<p>{0} <input name='t'></p><p>Số giấy tờ <input name='s'></p><input type='file' name='f'>"
_PAGE = (
    "<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'><title>{0}</title></head><body>"
    "<h1>{0}</h1><form method='post'>"
    + _FORM
    + "<button>Nộp hồ sơ</button></form>{1}</body></html>"
)


def _respond(request: Request) -> Response:
    if request.target == "/robots.txt":
        return Response(404)
    filler = "".join(f"<p>Bước {n} của thủ tục {request.target}</p>" for n in range(120))
    body = _PAGE.format(f"Thủ tục {request.target} tại {request.host}", filler).encode()
    return Response(200, (("Content-Type", "text/html; charset=utf-8"),), body)


def _serve(said: Connection) -> None:
    server = FarmServer(_respond, lambda host: None)
    server.start()
    said.send(server.port)
    said.recv()
    server.stop()


def _targets(port: int, count: int) -> list[Target]:
    return [
        Target(
            f"S-{n:05}", "service", "P-01", f"http://h{n % HOSTS}.gov.vn.test:{port}/{n}",
            service_code=f"S-{n:05}", declared_level="3",
        )
        for n in range(count)
    ]  # fmt: skip


def _web(port: int, folder: Path) -> Web:
    path = folder / "web.json"
    hosts = {f"h{n}.gov.vn.test": ADDRESS for n in range(HOSTS)}
    path.write_text(
        json.dumps(
            {"hosts": hosts, "networks": [f"{ADDRESS}/32"], "ports": [port], "limits": LIMITS}
        ),
        "utf-8",
    )
    return rehearsal_web(path, season().limits)


def _bare(web: Web, targets: list[Target]) -> int:
    visits = 0

    async def done(key: str, visit: Visit) -> list[Ask]:
        nonlocal visits
        visits += visit.status == "completed"
        return []

    crawler = Crawler(web.client(fitted(web.limits, (t.url for t in targets))))
    asyncio.run(crawler.run([Ask(t.target_id, t.url) for t in targets], done))
    return visits


def _round(web: Web, targets: list[Target], folder: Path) -> int:
    window = open_window(
        Lake(folder / "lake"), target_table(targets), year=2016, window_code="bench", today=DAY,
        rounds=1, weeks=1, shards=1, user_agent=web.user_agent, is_synthetic=True,
    )  # fmt: skip
    with Round(window, 1, 1, web, rules(), season(), say=lambda line: None) as one:
        asyncio.run(one.run())
        return sum(entry.visit.status == "completed" for entry in one.journal.entries.values())


def _measured(said: Connection, work: Callable[..., int], *arguments: Any) -> None:
    started = time.monotonic()
    visits = work(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said.send((visits, time.monotonic() - started, peak))


def _in_a_process(work: Callable[..., int], *arguments: Any) -> tuple[int, float, float]:
    """Visits, seconds and peak memory (MiB) of a piece of work in a process of its own."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_measured, args=(there, work, *arguments)
    )
    process.start()
    found: tuple[int, float, float] = here.recv()
    process.join()
    return found


def _bare_process(port: int, folder: str, count: int) -> int:
    return _bare(_web(port, Path(folder)), _targets(port, count))


def _round_process(port: int, folder: str, count: int) -> int:
    return _round(_web(port, Path(folder)), _targets(port, count), Path(folder))


def main() -> None:
    """Measure, print, and end with 1 if an address was not visited."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--addresses", type=int, default=10_000)
    count: int = parser.parse_args().addresses
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_serve, args=(there,), daemon=True)
    server.start()
    port: int = here.recv()
    print(f"{count:,} addresses on {HOSTS} hosts, limits {LIMITS}, medians of {ROUNDS}")
    bare, kept, peaks, missed = [], [], [], 0
    for _ in range(ROUNDS):
        for rates, work in ((bare, _bare_process), (kept, _round_process)):
            with tempfile.TemporaryDirectory() as folder:
                visits, seconds, peak = _in_a_process(work, port, folder, count)
            missed += count - visits
            rates.append(visits / seconds)
            if work is _round_process:
                peaks.append(peak)
    here.send("done")
    server.join()
    loop, round_ = sorted(bare)[ROUNDS // 2], sorted(kept)[ROUNDS // 2]
    print(f"  bare loop of the client          {loop:8.1f} addresses a second")
    print(f"  a round: evidence and journal    {round_:8.1f} addresses a second")
    print(f"  ratio; target 0.8                {round_ / loop:8.2f}")
    print(f"  peak memory of a round; target 400 MiB   {max(peaks):,.0f} MiB")
    print("\na season as declared, with the portals of 2016 and 12,000 services")
    print(_season())
    if missed:
        print(f"{missed} addresses were not visited", file=sys.stderr)
        raise SystemExit(1)


def _season() -> str:
    """The cost of a season with the portals of 2016 and 12,000 services, shared among the bodies
    as the report counts them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "orchestration.cli", "run", "2016"]
        subprocess.run(command, env=environment(Path(folder)), capture_output=True, check=True)
        return text_of(load_of(Lake(Path(folder)), "2016", 12_000), season())


if __name__ == "__main__":
    main()
