"""The life of a vintage: recorded, signed, changed with a reason, gone back to, told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from release_samples import LAO_CAI, Tables, promote_release, published, sources, table
from test_release_assets import KEY, build, failure, promote_inputs

from assets.codeversion import code_version
from assets.lake import RELEASE, CorruptVersion, Lake, promoted
from assets.lake import journal as journal_module
from assets.release.assets import BY_TAG, REASON_TAG, release
from assets.release.seal import Seal
from assets.release.vintages.changelog import changelog
from assets.release.vintages.signoff import go_back, sign
from assets.release.vintages.vintage import (
    VintageError,
    because_of,
    current_on,
    current_vintage,
    find,
    last_move,
    verify_vintage,
    vintages_of,
)

WHY = because_of("Lan", "table 4.9 was read wrongly")


def with_rank(rank: int) -> Tables:
    """The sample, with that rank and value printed for Lào Cai."""
    row = published(LAO_CAI, rank, f"0.{rank}", value_key="2016:4.9/r1/c3/b1/p1/index_value")
    return {**sources(), "idx_published_values": table("idx_published_values", row)}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A year that was run once."""
    lake = Lake(tmp_path / "lake")
    promote_inputs(lake, with_rank(1), "first")
    assert build(lake, tmp_path).success
    return lake


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let it be that day."""
    return lambda said: monkeypatch.setattr(journal_module, "now", lambda: f"{said}T10:00:00Z")


def test_a_run_is_recorded_with_all_that_it_was_made_from(lake: Lake) -> None:
    (vintage,) = vintages_of(lake, KEY)
    version = promoted(lake, RELEASE, KEY)
    assert version is not None
    assert vintage.author.startswith("run ")
    assert (vintage.is_current, vintage.is_here, vintage.is_signed) == (True, True, False)
    assert vintage.says["inputs"] == version.manifest["inputs"]
    assert vintage.says["code_version"] == version.manifest["code_version"] == code_version()
    assert len(vintage.says["method_sha256"]) == 64
    assert "effect" not in vintage.says
    assert version.manifest["facts"]["methods"] == {}


def test_an_unsigned_vintage_is_replaced_freely_and_its_effect_is_recorded(
    lake: Lake, tmp_path: Path
) -> None:
    promote_inputs(lake, with_rank(3), "second")
    result = build(lake, tmp_path)
    assert result.success
    first, second = vintages_of(lake, KEY)
    assert second.parent == {"counter": 1, "content_sha256": first.content_sha256}
    effect = second.says["effect"]
    assert (effect["bodies"], effect["ranks"], effect["values"]) == (1, 1, 1)
    (mover,) = effect["movers"]
    assert (mover["rank_before"], mover["rank_after"]) == (1, 3)
    assert second.says["rows"] == {"added": 0, "removed": 0, "changed": 1, "moved": 0}
    event = result.get_asset_materialization_events()[0]
    metadata = event.materialization.metadata
    assert metadata["signed"].value is False
    assert "published rank 1 to 3, value 0.1 to 0.3" in str(metadata["effect"].value)


def test_after_signing_a_run_that_changes_something_is_refused_in_words(
    lake: Lake, tmp_path: Path
) -> None:
    vintage, verification = sign(lake, KEY, because_of("Minh", "checked"))
    assert verification.passed
    assert vintage.is_signed
    before = {p: p.read_bytes() for p in lake.releases.rglob("*") if p.is_file()}
    assert build(lake, tmp_path).success  # the same bytes: nothing happens
    promote_inputs(lake, with_rank(3), "second")

    result = build(lake, tmp_path)

    assert not result.success
    said = failure(result)
    assert "signed; give --by and --reason" in said
    assert "Signed by Minh" in said
    assert "Lào Cai (P-10)" in said
    assert "published rank 1 to 3" in said
    assert f"egov run {KEY} --by NAME --reason TEXT" in said
    assert {p: p.read_bytes() for p in lake.releases.rglob("*") if p.is_file()} == before
    assert len(vintages_of(lake, KEY)) == 1


def test_with_name_and_reason_in_its_tags_the_run_makes_a_new_vintage(
    lake: Lake, tmp_path: Path
) -> None:
    sign(lake, KEY, because_of("Minh", "checked"))
    promote_inputs(lake, with_rank(3), "second")

    result = build(lake, tmp_path, **{BY_TAG: "Lan", REASON_TAG: "table 4.9 was read wrongly"})

    assert result.success
    first, second = vintages_of(lake, KEY)
    assert (second.author, second.reason) == ("Lan", "table 4.9 was read wrongly")
    assert (first.is_signed, second.is_signed, second.is_current) == (True, False, True)
    for number in (1, 2):
        assert verify_vintage(find(lake, f"{KEY}:{number}"))[0].passed


@pytest.mark.parametrize("tags", [{BY_TAG: "Lan"}, {REASON_TAG: "because"}])
def test_one_tag_alone_is_refused(lake: Lake, tmp_path: Path, tags: dict[str, str]) -> None:
    assert "go together" in failure(build(lake, tmp_path, **tags))


def test_every_asset_of_a_release_says_how_a_signed_year_is_changed() -> None:
    for spec in release.specs:
        assert BY_TAG in (spec.description or "")
        assert REASON_TAG in (spec.description or "")


def test_a_release_that_does_not_verify_is_not_signed(lake: Lake) -> None:
    version = promoted(lake, RELEASE, KEY)
    assert version is not None
    (version.path / "README.md").chmod(0o644)
    (version.path / "README.md").write_text("changed")
    vintage, verification = sign(lake, KEY, WHY)
    assert verification.findings[0].file == "README.md"
    assert not vintage.is_signed


def test_signing_twice_is_signing_once_and_two_can_sign(lake: Lake) -> None:
    for name in ("Lan", "Lan", "Minh"):
        vintage, _ = sign(lake, KEY, because_of(name, "checked"))
    assert [entry.author for entry in vintage.signatures] == ["Lan", "Minh"]


def test_what_was_current_on_a_day(tmp_path: Path, day: Callable[[str], None]) -> None:
    lake = Lake(tmp_path / "lake")
    day("2026-05-01")
    promote_release(lake.root, "a", with_rank(1))
    day("2026-05-10")
    promote_release(lake.root, "b", with_rank(2))
    day("2026-05-20")
    go_back(lake, KEY, 1, WHY)

    def on(said: str) -> tuple[str, int] | None:
        entry = current_on(lake, KEY, date.fromisoformat(said))
        return None if entry is None else (entry.kind, entry.counter)

    assert on("2026-04-30") is None
    assert on("2026-05-01") == on("2026-05-09") == ("published", 1)
    assert on("2026-05-10") == ("published", 2)
    assert on("2026-05-20") == on("2027-01-01") == ("rolled_back", 1)


def test_going_back_is_recorded_and_going_nowhere_is_not(lake: Lake, tmp_path: Path) -> None:
    promote_inputs(lake, with_rank(2), "second")
    assert build(lake, tmp_path).success
    assert go_back(lake, KEY, 1, WHY).is_current
    move = last_move(lake, KEY)
    assert move is not None
    assert move.says["effect"]["movers"][0]["rank_before"] == 2
    assert go_back(lake, KEY, 1, WHY).counter == 1
    place = lake.place(RELEASE, KEY)
    assert [e.kind for e in journal_module.recorded(place)] == [
        "published",
        "published",
        "rolled_back",
    ]
    with pytest.raises(VintageError, match="no vintage 7"):
        go_back(lake, KEY, 7, WHY)


def test_a_signature_follows_the_content_through_a_repair(lake: Lake, tmp_path: Path) -> None:
    sign(lake, KEY, WHY)
    version = promoted(lake, RELEASE, KEY)
    assert version is not None
    (version.path / "README.md").chmod(0o644)
    (version.path / "README.md").write_text("changed")
    assert build(lake, tmp_path).success
    assert [v.is_signed for v in vintages_of(lake, KEY)] == [True, True]


def test_the_changelog_tells_of_every_vintage_in_two_languages(lake: Lake, tmp_path: Path) -> None:
    sign(lake, KEY, because_of("Minh", "checked *all* <b>"))
    promote_inputs(lake, with_rank(3), "second")
    build(lake, tmp_path, **{BY_TAG: "Lan", REASON_TAG: "wrong"})
    go_back(lake, KEY, 1, because_of("Lan", "wrong again"))

    path = lake.vintages / KEY / "CHANGELOG.md"
    said = path.read_text("utf-8")

    assert said == changelog(lake, KEY)
    vietnamese, english = said.split("# Assessment of 2016")
    first, second = (v.name for v in vintages_of(lake, KEY))
    assert english.index(f"## {second}") < english.index(f"## {first} (current)")
    assert r"Signed at" in english
    assert r"checked \*all\* \<b\>" in english
    assert "rank 1 to 3, value 0.1 to 0.3" in english
    assert "hạng công bố 1 thành 3, giá trị 0,1 thành 0,3" in vietnamese
    assert "Made current again" in english
    assert "Trở lại phiên bản này" in vietnamese


def test_a_release_from_before_records_is_listed(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    for rank in (1, 2):
        promote_release(lake.root, "a", with_rank(rank))
    (lake.vintages / KEY / "journal.jsonl").unlink()
    assert [(v.counter, v.author, v.is_current) for v in vintages_of(lake, KEY)] == [
        (1, "unknown", False),
        (2, "unknown", True),
    ]
    assert "recorded afterwards" in changelog(lake, KEY)


def test_an_older_vintage_is_held_to_its_bytes_where_the_rules_are_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path / "lake")
    folder = promote_release(lake.root, "a", sources())

    def stricter(seal: Seal, frames: Tables) -> None:
        seal.add("manifest.json", "facts", "breaks a rule of today")

    monkeypatch.setattr("assets.release.verify._check_facts", stricter)
    assert "breaks a rule of today" in verify_vintage(find(lake, f"{KEY}:1"))[1]
    for module in ("seal", "verify", "vintages.vintage"):
        monkeypatch.setattr(f"assets.release.{module}.code_version", lambda: "newer")
    found, said = verify_vintage(find(lake, f"{KEY}:1"))
    assert found.passed
    assert f"It was made by code {code_version()}, this is newer" in said
    (folder / "README.md").chmod(0o644)
    (folder / "README.md").write_text("changed")
    assert not verify_vintage(find(lake, f"{KEY}:1"))[0].passed


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("2016:2", "2016 has no vintage 2 in this lake; there are: 1"),
        ("2016:x", "write YEAR:COUNTER"),
        ("/nowhere", "write YEAR:COUNTER"),
        ("2017", "2017 has no release yet; egov run 2017 makes one"),
    ],
)
def test_a_vintage_that_is_not_there(lake: Lake, what: str, said: str) -> None:
    with pytest.raises(VintageError, match=said):
        find(lake, what)
    assert find(lake, "2016").counter == find(lake, "2016:1").counter == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_an_author_and_a_reason_are_words(text: str) -> None:
    for by, reason in ((text, "because"), ("Lan", text)):
        with pytest.raises(VintageError, match="write 1 to 500 characters"):
            because_of(by, reason)
    assert because_of(" Nguyễn\tVăn  A\x1b ", "x\ny").author == "Nguyễn Văn A\\x1b"


def test_a_damaged_journal_is_told(lake: Lake) -> None:
    path = lake.vintages / KEY / "journal.jsonl"
    path.write_text(json.dumps({"no": 1}) + "\n")
    with pytest.raises(CorruptVersion, match=r"journal\.jsonl: line 1"):
        vintages_of(lake, KEY)


def test_no_vintages_before_the_first(tmp_path: Path) -> None:
    assert vintages_of(Lake(tmp_path), KEY) == []
    assert current_vintage(Lake(tmp_path), KEY) is None
