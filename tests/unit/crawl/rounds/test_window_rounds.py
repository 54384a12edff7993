"""A round of a small window, from visits to the intake, its evidence shown, its state told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from window_scene import PORTALS, SERVICES, Scene

from assets.crawl.checks.rules import rules
from assets.crawl.evidence.journal import Journal
from assets.crawl.evidence.records import EvidenceError
from assets.crawl.evidence.shown import Seen, as_text, find_record
from assets.crawl.model import Visit
from assets.crawl.results.document import CHECK, FIELDS, PROBE, ROUND, VISIT, Round
from assets.crawl.results.findings import lines_of
from assets.crawl.rounds.status import year_text
from assets.crawl.rounds.window import WindowError, windows
from assets.lake import read_source, records
from tests.farm import TODAY, Farm


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm(seed=3) as farm:
        yield farm


@pytest.fixture(scope="module")
def scene(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(farm, tmp_path_factory.mktemp("window"))


def test_the_document_holds_every_target_with_its_lines(scene: Scene) -> None:
    lines = scene.lines()
    assert lines[0]["line"] == ROUND
    assert [line["line"] for line in lines].count(ROUND) == 1
    kinds = Counter(line["line"] for line in lines)
    assert kinds[CHECK] == PORTALS * 27
    assert kinds[PROBE] == SERVICES
    own = {target.target_id: target.url for target in scene.targets}
    visited = {line["target_id"]: line["url"] for line in reversed(lines) if line["line"] == VISIT}
    assert {**visited} == own
    for line in lines:
        assert set(line) - {"line", "schema"} == set(FIELDS[str(line["line"])])
    answered = [x for x in lines if x["line"] == VISIT and x["visit_status"] == "completed"]
    assert answered
    assert all(x["record_id"] and x["content_sha256"] and x["content_bytes"] for x in answered)


def test_the_document_is_taken_in_once_labelled_and_dated(scene: Scene) -> None:
    (record,) = records(scene.lake)
    assert scene.made is not None
    assert read_source(scene.lake, record) == scene.made.results.read_bytes()
    assert record.sidecar.is_synthetic
    assert record.sidecar.received_at == TODAY
    assert record.sidecar.years == (2016,)
    again = scene.make(replace(scene.wanted, round_no=1))
    assert again is not None
    assert (again.visits, again.outcomes) == (0, scene.made.outcomes)
    assert len(records(scene.lake)) == 1
    assert any("held already" in line for line in scene.said)


def test_a_round_that_is_not_due_is_not_made(scene: Scene) -> None:
    assert scene.make(scene.wanted) is None
    assert f"no round is due before {TODAY + timedelta(days=7)}" in scene.said[-1]
    (window,) = windows(scene.lake, 2016)
    assert window.due_round(TODAY + timedelta(days=7), 1) == 2
    assert window.next_day(TODAY + timedelta(days=7)) is None


def test_evidence_is_shown_by_its_id(scene: Scene) -> None:
    (check,) = (
        line
        for line in scene.lines()
        if line["line"] == CHECK
        and line["check_id"] == "viewport"
        and line["target_id"] == scene.targets[0].target_id
    )
    seen = find_record(scene.lake, str(check["record_id"]))
    text = as_text(seen)
    assert str(check["evidence_url"]) in text
    assert f"window w1 of 2016, round 1, shard-1-of-1, page of {check['target_id']}" in text
    assert "visits-0001.warc.gz" in text
    bare = str(check["record_id"]).removeprefix("urn:uuid:")
    assert find_record(scene.lake, bare).visit.body == seen.visit.body
    with pytest.raises(EvidenceError, match=r"no window of .* holds this record"):
        find_record(scene.lake, "urn:uuid:00000000-0000-0000-0000-000000000000")


def test_what_a_site_says_does_nothing_to_a_terminal() -> None:
    visit = Visit(
        "http://a.vn/", "completed", "\x1b[2J", "http://a.vn/", 200,
        headers={"content-type": "text/html", "x": "\x1b]0;gotcha\x07"},
        body="<title>\x1b[31mĐỏ</title><p>Một \u202e hai</p>".encode(),
    )  # fmt: skip
    text = as_text(Seen(Path("x"), "urn:uuid:1", "about", visit))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "Đỏ" in text


def test_the_state_of_a_year_is_told(scene: Scene) -> None:
    text = year_text(scene.lake, 2016)
    assert "window w1 of 2016 (a rehearsal: synthetic)" in text
    assert f"{PORTALS} portals, {SERVICES} services" in text
    assert "round 1: 1 of 1 shards done" in text
    assert "the page was answered in full" in text
    assert year_text(scene.lake, 2012) == "2012 has no crawl window; egov crawl run 2012 opens one"


def test_a_round_that_is_not_done_has_no_document(scene: Scene, tmp_path: Path) -> None:
    (window,) = windows(scene.lake, 2016)
    about = Round("w1", 2016, 1, 1, 1, TODAY, "c", "u")
    journal = Journal(tmp_path, 1)
    targets = {target.target_id: target for target in scene.targets}
    with pytest.raises(WindowError, match="has not been visited in round 1"):
        list(lines_of(window, about, journal, targets, rules()))
    journal.close()


def test_targets_that_were_altered_are_told(farm: Farm, tmp_path: Path) -> None:
    scene = Scene(farm, tmp_path)
    (window,) = windows(scene.lake)
    path = window.folder / "targets.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(WindowError, match=r"targets\.parquet is damaged"):
        window.targets()
    facts = window.folder / "window.json"
    facts.write_text(facts.read_text().replace('"rounds": 2', '"rounds": 9'))
    with pytest.raises(WindowError, match=r"window\.json is damaged"):
        windows(scene.lake)
