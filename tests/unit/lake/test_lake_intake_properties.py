"""Properties of intake over any sequence of arrivals."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from assets.lake import Lake, Sidecar, add_file, current, read_source, records

NAMES = ("a.csv", "b.csv", "c.csv")


def described(year: int) -> Sidecar:
    return Sidecar(
        "published_values", (year,), "issuer", None, None, "ref", date(2017, 1, 1), "free", False
    )


@contextmanager
def fresh() -> Iterator[tuple[Lake, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        yield Lake(Path(folder, "lake")), Path(folder)


def put(lake: Lake, folder: Path, name: str, content: str, year: int) -> str:
    path = folder / name
    path.write_text(content)
    return add_file(lake, path, described(year)).file_sha256


@given(st.permutations([(name, year) for name in NAMES for year in (2016, 2017)]))
@settings(max_examples=8, deadline=None)
def test_order_of_arrival_of_documents_does_not_matter(order: list[tuple[str, int]]) -> None:
    with fresh() as (lake, folder):
        for name, year in order:
            put(lake, folder, name, f"{name} {year}", year)
        for year in (2016, 2017):
            expected = [(name, 1, sha256(f"{name} {year}".encode()).hexdigest()) for name in NAMES]
            found = [(r.file_name, r.version_no, r.file_sha256) for r in current(lake, year)]
            assert found == expected


class Arrivals(RuleBasedStateMachine):
    """Files of three names arrive with any content, again and again.

    The model: content belongs to the name it first came under, and the current version of a
    name is the last content that was new.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.lake = Lake(self.folder / "lake")
        self.history: dict[str, list[str]] = {}
        self.owner: dict[str, str] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(name=st.sampled_from(NAMES), content=st.sampled_from("123456"))
    def arrive(self, name: str, content: str) -> None:
        path = self.folder / name
        path.write_text(content)
        record = add_file(self.lake, path, described(2016))
        assert record.was_known == (content in self.owner)
        if content not in self.owner:
            self.owner[content] = name
            self.history.setdefault(name, []).append(content)
        assert record.file_name == self.owner[content]
        assert record.version_no == 1 + self.history[record.file_name].index(content)

    @invariant()
    def one_current_version_of_each_name(self) -> None:
        found = {r.file_name: read_source(self.lake, r) for r in current(self.lake, 2016)}
        assert found == {name: versions[-1].encode() for name, versions in self.history.items()}

    @invariant()
    def nothing_is_lost(self) -> None:
        kept = records(self.lake)
        assert [read_source(self.lake, r).decode() for r in kept] == list(self.owner)
        by_hash = {r.file_sha256: r for r in kept}
        for record in kept:
            earlier = by_hash.get(record.supersedes_sha256 or "")
            assert (earlier.version_no if earlier else 0) == record.version_no - 1


def test_any_sequence_of_arrivals() -> None:
    run_state_machine_as_test(
        Arrivals, settings=settings(max_examples=10, stateful_step_count=12, deadline=None)
    )
