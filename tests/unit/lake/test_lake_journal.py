"""The journal of a release: every move once, whoever was killed when; signed is not changed
without a reason."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.lake import (
    Because,
    CorruptVersion,
    Entry,
    Lake,
    Promotion,
    Unreasoned,
    promoted,
    rollback,
    staging,
)
from assets.lake import journal as journal_module
from assets.lake.journal import AFTERWARDS, UNKNOWN, parse_journal, recorded, settle, sign
from assets.lake.locks import held

WHY = Because("Lan", "table 4.3 was read wrongly")


def publish(lake: Lake, content: str, because: Because | None = None) -> Promotion:
    with staging(lake, "release", "2016", "run-1") as stage:
        stage.write_bytes("a.txt", content.encode())
        return stage.promote({"marts": content}, "code", {}, because)


def told(lake: Lake) -> list[tuple[str, int, str]]:
    return [(e.kind, e.counter, e.author) for e in recorded(lake.place("release", "2016"))]


def journal_of(lake: Lake) -> Path:
    path = lake.place("release", "2016").journal
    assert path is not None
    return path


def signed(lake: Lake) -> Entry:
    place, version = lake.place("release", "2016"), promoted(lake, "release", "2016")
    assert version is not None
    with held(place.lock, "sign", timeout=5):
        settle(place)
        return sign(place, version, Because("Minh", "checked"))


@pytest.fixture
def forget(lake: Lake) -> Callable[[], None]:
    """Take the last line out of the journal, as if its move had been killed before the entry."""

    def cut() -> None:
        path = journal_of(lake)
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:-1]))

    return cut


def test_every_move_is_told_once_with_who_why_and_what_it_was_made_from(lake: Lake) -> None:
    publish(lake, "a")
    publish(lake, "b", Because("Lan", "new figures", {"effect": 3}))
    rollback(lake, "release", "2016", 1, WHY)
    assert told(lake) == [
        ("published", 1, "run run-1"),
        ("published", 2, "Lan"),
        ("rolled_back", 1, "Lan"),
    ]
    first, second, third = recorded(lake.place("release", "2016"))
    assert first.parent is None
    assert second.parent == {"counter": 1, "content_sha256": first.content_sha256}
    assert third.parent == {"counter": 2, "content_sha256": second.content_sha256}
    assert second.says == {"inputs": {"marts": "b"}, "code_version": "code", "effect": 3}
    assert (third.reason, third.version) == (WHY.reason, first.version)
    assert second.at.endswith("Z")
    assert len(second.at) == len("2026-11-30T23:00:00Z")


def test_the_same_bytes_are_no_move(lake: Lake) -> None:
    publish(lake, "a")
    before = journal_of(lake).read_bytes()
    assert publish(lake, "a", WHY).unchanged
    assert journal_of(lake).read_bytes() == before


def test_the_journal_only_grows(lake: Lake) -> None:
    seen = b""
    for content in "abcab":
        publish(lake, content)
        now = journal_of(lake).read_bytes()
        assert now.startswith(seen)
        assert len(now) > len(seen)
        seen = now
    assert not journal_of(lake).with_suffix(".next").exists()


def test_time_and_author_do_not_change_what_is_sealed(tmp_path: Path) -> None:
    one, other = Lake(tmp_path / "one"), Lake(tmp_path / "other")
    publish(one, "a", Because("Lan", "x"))
    publish(other, "a", Because("Minh", "y"))
    pointers = [lake.place("release", "2016").pointer.read_bytes() for lake in (one, other)]
    assert pointers[0] == pointers[1]
    assert journal_of(one).read_bytes() != journal_of(other).read_bytes()


@pytest.mark.parametrize(
    ("old", "new"), [(b'"Lan"', b'"Nam"'), (b"2016", b"2017"), (b"\n", b""), (b'{"at"', b"{")]
)
def test_a_changed_line_is_found(lake: Lake, old: bytes, new: bytes) -> None:
    publish(lake, "a", Because("Lan", "2016"))
    publish(lake, "b")
    head, tail = journal_of(lake).read_bytes().splitlines(keepends=True)
    for changed in (head.replace(old, new, 1), head.replace(old, new, 1) + tail):
        journal_of(lake).write_bytes(changed)
        with pytest.raises(CorruptVersion, match=r"journal\.jsonl: line 1"):
            recorded(lake.place("release", "2016"))


def test_one_flipped_bit_is_found_wherever_it_is(lake: Lake) -> None:
    publish(lake, "a", Because("Nguyễn Văn A", "lý do"))
    data = journal_of(lake).read_bytes()
    for place in range(len(data)):
        for bit in (0, 3, 5):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            with pytest.raises(CorruptVersion):
                parse_journal(bytes(changed), "journal.jsonl")


def test_the_last_line_cut_off_at_any_byte_is_found(lake: Lake) -> None:
    publish(lake, "a")
    publish(lake, "b")
    data = journal_of(lake).read_bytes()
    first = len(data.splitlines(keepends=True)[0])
    for end in range(first + 1, len(data)):
        with pytest.raises(CorruptVersion):
            parse_journal(data[:end], "journal.jsonl")


def test_an_empty_line_is_no_entry(lake: Lake) -> None:
    assert parse_journal(b"", "journal.jsonl") == ()
    publish(lake, "a")
    journal_of(lake).write_bytes(journal_of(lake).read_bytes() + b"\n")
    with pytest.raises(CorruptVersion, match=r"journal\.jsonl: line"):
        recorded(lake.place("release", "2016"))


def test_a_line_taken_out_is_found(lake: Lake) -> None:
    for content in "abc":
        publish(lake, content)
    lines = journal_of(lake).read_bytes().splitlines(keepends=True)
    journal_of(lake).write_bytes(lines[0] + lines[2])
    with pytest.raises(CorruptVersion, match="line 2"):
        recorded(lake.place("release", "2016"))


def test_a_move_killed_before_its_entry_is_told_and_then_recorded(
    lake: Lake, forget: Callable[[], None]
) -> None:
    publish(lake, "a")
    publish(lake, "b", WHY)
    whole = journal_of(lake).read_bytes()
    forget()
    journal_of(lake).with_suffix(".next").write_bytes(whole)

    assert told(lake)[-1] == ("published", 2, "Lan")
    assert journal_of(lake).read_bytes() != whole  # a reader writes nothing
    assert publish(lake, "b").unchanged
    assert journal_of(lake).read_bytes() == whole
    assert len(told(lake)) == 2


def test_a_proposal_whose_move_never_came_is_forgotten(lake: Lake) -> None:
    publish(lake, "a")
    before = journal_of(lake).read_bytes()
    publish(lake, "b", WHY)
    coming = journal_of(lake).read_bytes()
    rollback(lake, "release", "2016", 1)
    journal_of(lake).write_bytes(before)
    journal_of(lake).with_suffix(".next").write_bytes(coming)
    assert told(lake) == [("published", 1, "run run-1")]
    publish(lake, "c")
    assert [kind for kind, *_ in told(lake)] == ["published", "published"]


def test_a_release_from_before_there_were_journals_is_recorded_at_the_next_run(
    lake: Lake,
) -> None:
    publish(lake, "a")
    journal_of(lake).unlink()
    (entry,) = recorded(lake.place("release", "2016"))
    assert (entry.author, entry.reason, entry.at) == (UNKNOWN, AFTERWARDS, "")
    publish(lake, "a")
    (entry,) = recorded(lake.place("release", "2016"))
    assert entry.at
    publish(lake, "b")
    assert [e.parent and e.parent["counter"] for e in recorded(lake.place("release", "2016"))] == [
        None,
        1,
    ]


def test_a_reader_between_two_files_looks_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer is read, then the move ends, then the journal is read."""
    publish(lake, "a")
    real, moves = journal_module.read_pointer, ["b", "c"]

    def slow(place: journal_module.Place) -> journal_module.Pointer | None:
        pointer = real(place)
        if moves and not os.environ.get("INSIDE"):
            monkeypatch.setenv("INSIDE", "1")
            publish(lake, moves.pop())
            monkeypatch.delenv("INSIDE")
        return pointer

    monkeypatch.setattr(journal_module, "read_pointer", slow)
    assert UNKNOWN not in {author for *_, author in told(lake)}


def test_other_units_have_no_journal(lake: Lake) -> None:
    with staging(lake, "marts", "2016", "run") as stage:
        stage.write_bytes("a.txt", b"1")
        stage.promote({}, "code", {})
    assert not lake.vintages.exists()


def test_what_was_signed_changes_only_with_a_reason(lake: Lake) -> None:
    publish(lake, "a")
    signed(lake)
    place = lake.place("release", "2016")
    before = {
        p: p.read_bytes() for p in lake.root.rglob("*") if p.is_file() and p.suffix != ".lock"
    }

    with pytest.raises(Unreasoned, match=r"signed; give --by and --reason.*Signed by Minh"):
        publish(lake, "b")

    after = {p: p.read_bytes() for p in lake.root.rglob("*") if p.is_file() and p.suffix != ".lock"}
    assert {p for p in before | after if before.get(p) != after.get(p)} == {place.fence}
    assert publish(lake, "a").unchanged
    assert publish(lake, "b", WHY).counter == 2


def test_after_a_signature_every_change_needs_a_reason(lake: Lake) -> None:
    publish(lake, "a")
    signed(lake)
    publish(lake, "b", WHY)
    for content in "ac":
        with pytest.raises(Unreasoned):
            publish(lake, content)
    with pytest.raises(Unreasoned):
        rollback(lake, "release", "2016", 1)
    assert told(lake)[-1] == ("published", 2, "Lan")
    assert rollback(lake, "release", "2016", 1, WHY).counter == 1


def test_a_damaged_signed_release_is_repaired_without_a_reason(lake: Lake) -> None:
    path = publish(lake, "a").path / "a.txt"
    signed(lake)
    path.chmod(0o644)
    path.write_bytes(b"b")
    again = publish(lake, "a")
    assert (again.counter, again.unchanged) == (2, False)


def test_entries_are_plain_json_lines(lake: Lake) -> None:
    publish(lake, "a", Because("Nguyễn Văn A", 'lý do "x"\u2028'))
    (line,) = journal_of(lake).read_text("utf-8").splitlines()[:1]
    assert json.loads(journal_of(lake).read_bytes())["author"] == "Nguyễn Văn A"
    assert "Nguyễn" in line
