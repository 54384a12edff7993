"""Rounds of a window against real servers: nothing twice, politely, and whose fault it is."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assets.crawl.checks.answers import answers
from assets.crawl.checks.rules import rules
from assets.crawl.evidence.journal import PAGE, RESOURCE, ROBOTS, Journal
from assets.crawl.fetch.guard import Guard
from assets.crawl.fetch.web import Web, rehearsal_web
from assets.crawl.model import Target
from assets.crawl.rounds.season import season
from assets.crawl.rounds.visiting import OwnNetworkError, Round
from assets.crawl.rounds.window import Window, WindowError, open_window
from assets.lake import Lake
from tests.farm import TODAY, Farm
from tests.farm.farm_server import ADDRESS, FarmServer, Request, Response
from tests.farm.farm_web import LIMITS, target_table, write_web

GAP = 0.05
HTML = ("Content-Type", "text/html; charset=utf-8")
FORM = "<h1>Thủ tục</h1><form method=post><input name=a> <input name=b> <button>Nộp hồ sơ</form>"


def opened(folder: Path, web: Web, targets: list[Target], code: str = "w1") -> Window:
    return open_window(
        Lake(folder / "lake"), target_table(targets), year=2016, window_code=code, today=TODAY,
        rounds=3, weeks=3, shards=1, user_agent=web.user_agent, is_synthetic=True,
    )  # fmt: skip


def visit_all(window: Window, web: Web, round_no: int = 1, *, again: bool = False) -> Journal:
    """Make the round to its end; its journal, closed."""
    numbers = replace(season(), suspect_after=5)
    with Round(
        window, round_no, 1, web, rules(), numbers, again=again, say=lambda line: None
    ) as one:
        asyncio.run(one.run())
        return one.journal


def statuses_of(journal: Journal) -> dict[str, str]:
    return {e.target_id: e.visit.status for e in journal.entries.values() if e.part == PAGE}


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(seed=2) as farm:
        yield farm


def targets_of(farm: Farm) -> list[Target]:
    """Some portals, services, and every trap and fault but those that only take long."""
    slow = ("silent", "drip", "slow")
    special = [
        replace(t, kind="service", target_id=f"X-{t.target_id}", service_code=f"X-{t.target_id}")
        for t in farm.special_targets()
        if not t.target_id.startswith(slow)
    ]
    return [*farm.targets()[::15], *farm.service_targets()[:40], *special]


def test_a_round_visits_everything_once_and_politely(farm: Farm, tmp_path: Path) -> None:
    web = rehearsal_web(
        write_web(farm, tmp_path / "web.json", {**LIMITS, "gap_seconds": GAP}), season().limits
    )
    targets = targets_of(farm)
    window = opened(tmp_path, web, targets)
    since = len(farm.log)
    journal = visit_all(window, web)
    asked = farm.log[since:]
    visited = {entry.target_id for entry in journal.entries.values() if entry.part == PAGE}
    assert visited == {target.target_id for target in targets}
    found = set(statuses_of(journal).values())
    assert len(found) >= 12, found
    assert {"completed", "dns", "redirect-loop", "blocked-suspected", "robots"} <= found

    assert {line.user_agent for line in asked} == {web.user_agent}
    by_host: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for line in asked:
        by_host[line.host].append((line.began, line.ended))
    gaps = [
        later[0] - earlier[1]
        for times in by_host.values()
        for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)
    ]
    # The server notes the end of an answer just before it sends it, so true gaps are longer still.
    assert len(gaps) > 200
    assert min(gaps) >= GAP - 0.005

    forbidden = {
        (e.visit.url, e.visit.status)
        for e in journal.entries.values()
        if e.visit.status == "robots"
    }
    assert forbidden
    targets_asked = {f"{x.scheme}://{x.host}:{farm.port}{x.target}" for x in asked}
    assert targets_asked.isdisjoint(url for url, _ in forbidden)

    since = len(farm.log)
    again = visit_all(window, web)
    assert farm.log[since:] == []
    assert again.entries.keys() == journal.entries.keys()


def test_an_address_inside_is_never_connected_to(farm: Farm, tmp_path: Path) -> None:
    """The farm counts connections: none comes from the traps that lead inside or elsewhere."""
    web = rehearsal_web(write_web(farm, tmp_path / "web.json"), season().limits)
    inside = [t for t in targets_of(farm) if "redirect_private" in t.target_id]
    inside += [t for t in targets_of(farm) if "redirect_file" in t.target_id]
    direct = [
        Target(f"Y-{n}", "service", "P-01", url, service_code=f"Y-{n}", declared_level="3")
        for n, url in enumerate(
            (f"http://127.0.0.2:{farm.port}/", f"http://[::1]:{farm.port}/", "http://10.0.0.1/",
             "http://169.254.169.254/latest/", "http://2130706433/", "file:///etc/hostname")
        )
    ]  # fmt: skip
    journal = visit_all(opened(tmp_path, web, [*inside, *direct]), web)
    assert set(statuses_of(journal).values()) == {"not-attempted"}
    assert {
        e.visit.http_status for e in journal.entries.values() if e.target_id.startswith("Y")
    } == {None}


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed")
def test_a_portal_written_by_scripts_is_read_in_a_browser_and_not_asked_twice(
    farm: Farm, tmp_path: Path
) -> None:
    web = rehearsal_web(write_web(farm, tmp_path / "web.json"), season().limits)
    (special,) = (t for t in farm.special_targets() if t.target_id == "scripted")
    target = replace(special, target_id="P-01", body_code="P-01")
    window = opened(tmp_path, web, [target])
    journal = visit_all(window, web)
    pages = [e.visit for e in journal.entries.values() if e.part == PAGE]
    assert len(pages) > 5
    home = next(visit for visit in pages if visit.url == target.url)
    assert (home.status, home.rendered) == ("completed", True)
    since = len(farm.log)
    visit_all(window, web)
    assert farm.log[since:] == []


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Request], Response]], int]]:
    """Serves what a function answers, on a port of its own."""
    running = []

    def start(respond: Callable[[Request], Response]) -> int:
        server = FarmServer(respond, lambda host: None)
        server.start()
        running.append(server)
        return server.port

    yield start
    for server in running:
        server.stop()


def small_web(folder: Path, port: int, hosts: int, limits: dict[str, float] | None = None) -> Web:
    declared = {
        "hosts": {f"h{n}.gov.vn.test": ADDRESS for n in range(hosts)},
        "networks": [f"{ADDRESS}/32"],
        "ports": [port],
        "limits": {**LIMITS, **(limits or {})},
    }
    path = folder / "small.json"
    path.write_text(json.dumps(declared), "utf-8")
    return rehearsal_web(path, season().limits)


def services(port: int, hosts: int) -> list[Target]:
    return [
        Target(
            f"S-{n}", "service", "P-01", f"http://h{n}.gov.vn.test:{port}/",
            service_code=f"S-{n}", declared_level="3",
        )
        for n in range(hosts)
    ]  # fmt: skip


def test_a_page_that_has_not_changed_is_not_sent_again(
    tmp_path: Path, serve: Callable[[Callable[[Request], Response]], int]
) -> None:
    sent: list[int] = []

    def respond(request: Request) -> Response:
        if request.target == "/robots.txt":
            return Response(404)
        code = 304 if request.headers.get("if-none-match") == '"v1"' else 200
        sent.append(code)
        return Response(code, (HTML, ("ETag", '"v1"')), FORM.encode() if code == 200 else b"")

    port = serve(respond)
    web = small_web(tmp_path, port, 1)
    window = opened(tmp_path, web, services(port, 1))
    window.round_date(1, TODAY)
    visit_all(window, web, 1)
    window.round_date(2, TODAY + timedelta(days=7))
    journal = visit_all(window, web, 2)
    assert sent == [200, 304]
    (entry,) = (e for e in journal.entries.values() if e.part == PAGE)
    visit = Journal(journal.folder, 2, read_only=True).visit(entry)
    assert (visit.status, visit.http_status, visit.body) == ("completed", 304, FORM.encode())
    assert entry.record is not None


def test_when_nothing_answers_the_round_stops_and_takes_it_back(
    tmp_path: Path, serve: Callable[[Callable[[Request], Response]], int]
) -> None:
    port = serve(lambda request: Response(200, (HTML,), FORM.encode()))
    targets = services(port, 12)
    offline = small_web(tmp_path, port, 0)
    window = opened(tmp_path, offline, targets)
    with pytest.raises(OwnNetworkError, match="most likely our own network"):
        visit_all(window, offline)
    web = small_web(tmp_path, port, 12)
    journal = visit_all(window, web)
    assert set(statuses_of(journal).values()) == {"completed"}
    assert len(statuses_of(journal)) == 12


def test_few_that_do_not_answer_are_down(
    tmp_path: Path, serve: Callable[[Callable[[Request], Response]], int]
) -> None:
    port = serve(lambda request: Response(200, (HTML,), FORM.encode()))
    web = small_web(tmp_path, port, 8)
    journal = visit_all(opened(tmp_path, web, services(port, 11)), web)
    assert sorted(statuses_of(journal).values()) == ["completed"] * 8 + ["dns"] * 3


def test_what_failed_through_us_is_visited_again_when_asked(
    tmp_path: Path, serve: Callable[[Callable[[Request], Response]], int]
) -> None:
    port = serve(lambda request: Response(200, (HTML,), FORM.encode()))
    targets = [replace(t, url=f"{services(port, 1)[0].url}{n}") for n, t in
               enumerate(services(port, 6))]  # fmt: skip
    web = small_web(tmp_path, port, 1)

    async def confused(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    troubled = replace(web, guard=Guard(confused, ports=[port]))
    window = opened(tmp_path, troubled, targets)
    assert set(statuses_of(visit_all(window, troubled)).values()) == {"our-fault"}
    assert set(statuses_of(visit_all(window, web)).values()) == {"our-fault"}
    assert set(statuses_of(visit_all(window, web, again=True)).values()) == {"completed"}


def test_only_one_process_makes_a_shard(
    tmp_path: Path, serve: Callable[[Callable[[Request], Response]], int]
) -> None:
    port = serve(lambda request: Response(200, (HTML,), FORM.encode()))
    web = small_web(tmp_path, port, 1)
    window = opened(tmp_path, web, services(port, 1))
    said: list[str] = []
    with (
        Round(window, 1, 1, web, rules(), season(), say=said.append),
        pytest.raises(Exception, match="crawl"),
        Round(window, 1, 1, web, rules(), season(), say=said.append, lock_seconds=0.2),
    ):
        raise AssertionError("two processes make the same shard")


def test_a_window_keeps_to_what_it_was_opened_for(tmp_path: Path, farm: Farm) -> None:
    web = rehearsal_web(write_web(farm, tmp_path / "web.json"), season().limits)
    window = opened(tmp_path, web, farm.targets()[:3])
    with pytest.raises(WindowError, match="was opened for a rehearsal"):
        open_window(
            Lake(tmp_path / "lake"), window.targets(), year=2016, window_code="w1", today=TODAY,
            rounds=1, weeks=1, shards=1, user_agent="x", is_synthetic=False,
        )  # fmt: skip
    assert opened(tmp_path, web, farm.targets()).targets().num_rows == 3
    with pytest.raises(WindowError, match="rounds 1 to 3, not 4"):
        window.round_date(4, TODAY)
    with pytest.raises(WindowError, match="comes after round 1"):
        window.round_date(2, TODAY)
    assert window.due_round(TODAY, 1) == 1
    assert window.next_day(TODAY) == TODAY + timedelta(days=7)


def test_a_sitemap_leads_to_sections_that_no_link_names(
    tmp_path: Path, serve: Callable[[Callable[[Request], Response]], int]
) -> None:
    asked: list[str] = []

    def respond(request: Request) -> Response:
        asked.append(request.target)
        here = f"http://{request.headers['host']}"
        pages = {
            "/robots.txt": f"User-agent: *\nAllow: /\nSitemap: {here}/ban-do.xml\n",
            "/ban-do.xml": f"<urlset><url><loc>{here}/lich-cong-tac</loc></url>"
            f"<url><loc>{here}/chuyen-khac</loc></url></urlset>",
            "/": "<title>Cổng</title><h1>Cổng thông tin điện tử</h1>" + "<p>Một dòng chữ</p>" * 9,
            "/lich-cong-tac": "<title>x</title><h1>Lịch công tác tuần</h1>"
            "<p>Thứ hai: họp giao ban tại phòng họp số một, chủ trì là đồng chí chủ tịch</p>",
        }
        text = pages.get(request.target)
        if text is None:
            return Response(404, (HTML,), "<p>Không tìm thấy trang</p>".encode())
        return Response(200, (HTML,), text.encode())

    port = serve(respond)
    web = small_web(tmp_path, port, 1)
    target = Target("P-01", "portal", "P-01", f"http://h0.gov.vn.test:{port}/")
    window = opened(tmp_path, web, [target])
    journal = visit_all(window, web)
    assert asked.count("/ban-do.xml") == 1
    assert "/lich-cong-tac" in asked
    assert "/chuyen-khac" not in asked
    visits = {
        e.visit.url: Journal(journal.folder, 1, read_only=True).visit(e)
        for e in journal.entries.values()
        if e.part == PAGE
    }
    found = {a.check_id: a for a in answers(visits, target.url, rules(), TODAY)}
    assert found["leaders_schedule"].answer == "yes"
    before = len(asked)
    visit_all(window, web)
    assert asked[before:] == []


def test_robots_of_a_killed_round_are_believed(
    tmp_path: Path, serve: Callable[[Callable[[Request], Response]], int]
) -> None:
    asked: list[str] = []

    def respond(request: Request) -> Response:
        asked.append(request.target)
        if request.target == "/robots.txt":
            return Response(200, (("Content-Type", "text/plain"),), b"User-agent: *\nAllow: /\n")
        return Response(200, (HTML,), FORM.encode())

    port = serve(respond)
    web = small_web(tmp_path, port, 1)
    first, second = (
        replace(services(port, 1)[0], target_id=f"S-{n}", url=f"http://h0.gov.vn.test:{port}/{n}")
        for n in (1, 2)
    )
    window = opened(tmp_path, web, [first, second])
    with Round(window, 1, 1, web, rules(), season(), say=lambda line: None) as one:
        one.targets.pop("S-2")  # as if killed before the second
        asyncio.run(one.run())
    journal = visit_all(window, web)
    assert asked == ["/robots.txt", "/1", "/2"]
    parts = {entry.part for entry in journal.entries.values()}
    assert parts == {PAGE, ROBOTS}
    assert RESOURCE not in parts
