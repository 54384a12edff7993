"""A lake with only what was known on a day: which files, in what order, nothing overwritten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from assets.lake import IntakeError, Lake, Sidecar, add_file, current, lake_as_of, records
from assets.lake.asof import known_by
from assets.lake.locks import held

Describe = Callable[..., Sidecar]

#: Days on which the files of `filled` were received; the reference file came last of all.
FIRST, SECOND, LAST = date(2017, 1, 20), date(2017, 3, 15), date(2026, 11, 1)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def filled(lake: Lake, tmp_path: Path, describe: Describe) -> Lake:
    """Two versions of a form, taken in after a report that was received later, and a list of
    bodies, which speaks of every year."""

    def take(name: str, content: str, day: date, **more: object) -> None:
        path = tmp_path / "received" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")
        add_file(lake, path, describe(received_at=day, **more))

    form = {"kind": "submission", "document_no": "submission/2016/P-10", "issuer": "P-10"}
    take("report.md", "báo cáo", LAST)
    take("first.csv", "1", FIRST, **form)
    take("second.csv", "2", SECOND, **form)
    take("bodies.csv", "P-10", LAST, kind="bodies", years=[])
    return lake


def names(lake: Lake) -> list[str]:
    return [record.file_name for record in records(lake)]


def contents(lake: Lake) -> dict[str, bytes]:
    root = lake.root / "intake"
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (FIRST - ONE_DAY, ["bodies.csv"]),
        (FIRST, ["first.csv", "bodies.csv"]),
        (SECOND - ONE_DAY, ["first.csv", "bodies.csv"]),
        (SECOND, ["first.csv", "second.csv", "bodies.csv"]),
        (LAST - ONE_DAY, ["first.csv", "second.csv", "bodies.csv"]),
        (LAST, ["report.md", "first.csv", "second.csv", "bodies.csv"]),
    ],
)
def test_what_was_received_by_the_end_of_the_day_is_known_and_reference_files_always(
    filled: Lake, tmp_path: Path, day: date, known: list[str]
) -> None:
    made, kept = lake_as_of(filled, day, tmp_path / "then")
    assert made.root == tmp_path / "then"
    assert names(made) == known == [record.file_name for record in kept]


def test_records_are_as_they_were_in_the_same_order_of_intake(filled: Lake, tmp_path: Path) -> None:
    made, kept = lake_as_of(filled, SECOND, tmp_path / "then")
    everything = {record.file_sha256: record for record in records(filled)}
    assert records(made) == [everything[record.file_sha256] for record in kept]
    for path, content in contents(made).items():
        assert contents(filled)[path] == content


def test_of_two_versions_the_one_known_then_is_current(filled: Lake, tmp_path: Path) -> None:
    then, _ = lake_as_of(filled, FIRST, tmp_path / "then")
    later, _ = lake_as_of(filled, SECOND, tmp_path / "later")
    found = [
        [r.file_name for r in current(lake, 2016) if r.sidecar.kind == "submission"]
        for lake in (then, later)
    ]
    assert found == [["first.csv"], ["second.csv"]]


def test_the_lake_it_comes_from_is_only_read(filled: Lake, tmp_path: Path) -> None:
    before = contents(filled)
    lake_as_of(filled, SECOND, tmp_path / "then")
    assert contents(filled) == before
    assert {path.name for path in filled.root.iterdir()} == {"intake", "locks"}


def test_the_same_day_again_changes_nothing(filled: Lake, tmp_path: Path) -> None:
    made, kept = lake_as_of(filled, SECOND, tmp_path / "then")
    before = contents(made)
    assert lake_as_of(filled, SECOND, tmp_path / "then") == (made, kept)
    assert contents(made) == before


def test_a_later_day_in_the_same_folder_adds_what_came_since(filled: Lake, tmp_path: Path) -> None:
    lake_as_of(filled, FIRST, tmp_path / "then")
    made, _ = lake_as_of(filled, SECOND, tmp_path / "then")
    assert names(made) == ["first.csv", "second.csv", "bodies.csv"]


def test_an_earlier_day_in_the_same_folder_is_refused_and_writes_nothing(
    filled: Lake, tmp_path: Path
) -> None:
    made, _ = lake_as_of(filled, SECOND, tmp_path / "then")
    before = contents(made)
    with pytest.raises(IntakeError, match=r"were not known on 2017-01-20; give another folder"):
        lake_as_of(filled, FIRST, made.root)
    assert contents(made) == before


def test_the_lake_itself_is_no_folder_for_an_earlier_day(filled: Lake) -> None:
    before = contents(filled)
    with pytest.raises(IntakeError, match="give another folder"):
        lake_as_of(filled, FIRST, filled.root)
    assert contents(filled) == before


def test_an_empty_lake_was_empty_on_every_day(lake: Lake, tmp_path: Path) -> None:
    made, kept = lake_as_of(lake, LAST, tmp_path / "then")
    assert kept == []
    assert records(made) == []


@pytest.mark.parametrize("content", [b"another content", None], ids=["changed", "gone"])
def test_a_damaged_object_is_not_copied(
    filled: Lake, tmp_path: Path, content: bytes | None
) -> None:
    (record,) = (r for r in records(filled) if r.file_name == "first.csv")
    path = filled.objects / record.file_sha256
    path.chmod(0o644)
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(IntakeError, match=r"first\.csv: the stored copy .* is damaged"):
        lake_as_of(filled, SECOND, tmp_path / "then")
    assert not (tmp_path / "then" / "intake" / "objects" / record.file_sha256).exists()
    assert "first.csv" not in names(Lake(tmp_path / "then"))


def test_a_new_description_of_a_file_is_the_one_that_counts(
    filled: Lake, tmp_path: Path, describe: Describe
) -> None:
    """A day that was put down wrongly is put right by taking the file in again."""
    corrected = describe(kind="bodies", years=[2016], received_at=LAST)
    add_file(filled, tmp_path / "received" / "bodies.csv", corrected)
    assert [r.file_name for r in known_by(filled, SECOND)] == ["first.csv", "second.csv"]


def test_it_waits_while_files_are_being_taken_in(filled: Lake, tmp_path: Path) -> None:
    done = threading.Event()

    def copy() -> None:
        lake_as_of(filled, LAST, tmp_path / "then")
        done.set()

    with held(filled.locks / "intake.lock", "a test", timeout=5):
        thread = threading.Thread(target=copy)
        thread.start()
        time.sleep(0.2)
        assert not done.is_set()
        assert not (tmp_path / "then" / "intake").exists()
    thread.join(timeout=20)
    assert done.is_set()
