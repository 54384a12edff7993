"""Promotions, failed promotions, rollbacks and sweeps in any order."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assets.lake import Lake, promoted, rollback, staging, sweep


class History(RuleBasedStateMachine):
    """The model: published contents by counter, and which of them is current."""

    def __init__(self) -> None:
        super().__init__()
        self.lake = Lake(Path(tempfile.mkdtemp()))
        self.published: dict[int, str] = {}
        self.current = 0

    def teardown(self) -> None:
        shutil.rmtree(self.lake.root)

    @rule(content=st.sampled_from("abcd"))
    def promote(self, content: str) -> None:
        with staging(self.lake, "marts", "2016", "run") as area:
            area.write_bytes("a.txt", content.encode())
            outcome = area.promote({}, "c", {})
        assert outcome.unchanged == (self.published.get(self.current) == content)
        if not outcome.unchanged:
            self.current = max(self.published, default=0) + 1
            self.published[self.current] = content
        assert outcome.counter == self.current

    @rule(content=st.sampled_from("abcd"))
    def give_up(self, content: str) -> None:
        with staging(self.lake, "marts", "2016", "run") as area:
            area.write_bytes("a.txt", content.encode())

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        self.current = data.draw(st.sampled_from(sorted(self.published)))
        assert rollback(self.lake, "marts", "2016", self.current).counter == self.current

    @rule()
    def sweep_after_a_killed_run(self) -> None:
        (self.lake.stage / "killed" / "marts.2016.x" / "files").mkdir(parents=True)
        assert len(sweep(self.lake)) == 1

    @invariant()
    def readers_see_the_model(self) -> None:
        version = promoted(self.lake, "marts", "2016")
        if not self.published:
            assert version is None
            return
        assert version is not None
        assert version.counter == self.current
        assert version.file("a.txt").read_text() == self.published[self.current]

    @invariant()
    def every_published_version_is_kept(self) -> None:
        folder = self.lake.versions / "marts" / "2016"
        kept = {int(p.name[:6]): (p / "a.txt").read_text() for p in folder.glob("*")}
        assert kept == self.published


def test_any_history() -> None:
    run_state_machine_as_test(
        History, settings=settings(max_examples=8, stateful_step_count=10, deadline=None)
    )
