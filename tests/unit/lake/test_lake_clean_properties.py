"""P7: clean-ups, rollbacks, promotions, leases, signatures and kills in any order. Nothing that
anything refers to is removed, and five rollbacks give the bytes that were published."""

import os
import shutil
import tempfile
import time
from contextlib import ExitStack
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

from assets.lake import Because, Lake, Version, clean, promoted, reading, rollback, staging
from assets.lake.clean import DAY_SECONDS, KEPT_LAST
from assets.lake.journal import recorded, settle, sign
from assets.lake.locks import held

UNITS = ("marts", "release")
WHY = Because("Lan", "because")


class Cleaning(RuleBasedStateMachine):
    """The model: bytes of each published version, and which must still be there."""

    def __init__(self) -> None:
        super().__init__()
        self.lake = Lake(Path(tempfile.mkdtemp()))
        self.published: dict[str, dict[int, tuple[Path, str]]] = {unit: {} for unit in UNITS}
        self.current = dict.fromkeys(UNITS, 0)
        self.young: set[Path] = set()
        self.signed: set[int] = set()
        self.leases: list[tuple[Version, ExitStack]] = []
        self.made_from: dict[int, Path] = {}

    def teardown(self) -> None:
        for _, stack in self.leases:
            stack.close()
        shutil.rmtree(self.lake.root)

    @rule(unit=st.sampled_from(UNITS), content=st.text("abcdefgh", min_size=1, max_size=2))
    def promote(self, unit: str, content: str) -> None:
        marts = promoted(self.lake, "marts", "2016") if unit == "release" else None
        inputs = {"marts": marts.content_sha256} if marts else {}
        with staging(self.lake, unit, "2016", "run") as stage:
            stage.write_bytes("a.txt", content.encode())
            outcome = stage.promote(inputs, "code", {}, WHY)
        if not outcome.unchanged:
            self.current[unit] = outcome.counter
            self.published[unit][outcome.counter] = (outcome.path, content)
            self.young.add(outcome.path)
            if marts:
                self.made_from[outcome.counter] = marts.path

    @rule(days=st.sampled_from([0.5, 2, 40]))
    def let_time_pass(self, days: float) -> None:
        """Everything becomes that much older."""
        for path in self.lake.root.rglob("manifest.json"):
            before = path.stat().st_mtime
            os.utime(path, (before, before - days * DAY_SECONDS))
        now = time.time()
        self.young = {
            path
            for path in self.young
            if (path / "manifest.json").stat().st_mtime > now - DAY_SECONDS
        }

    @precondition(lambda self: self.published["release"])
    @rule(data=st.data(), unit=st.sampled_from(UNITS))
    def roll_back(self, data: st.DataObject, unit: str) -> None:
        there = [c for c, (path, _) in self.published[unit].items() if path.exists()]
        if there:
            self.current[unit] = data.draw(st.sampled_from(there))
            rollback(self.lake, unit, "2016", self.current[unit], WHY)

    @precondition(lambda self: self.current["release"])
    @rule()
    def sign_current(self) -> None:
        version, place = promoted(self.lake, "release", "2016"), self.lake.place("release", "2016")
        assert version is not None
        with held(place.lock, "sign", timeout=5):
            settle(place)
            sign(place, version, WHY)
        self.signed.add(version.counter)

    @rule(data=st.data(), unit=st.sampled_from(UNITS))
    def begin_to_read(self, data: st.DataObject, unit: str) -> None:
        version = promoted(self.lake, unit, "2016")
        if version is not None and len(self.leases) < 3:
            stack = ExitStack()
            stack.enter_context(reading(version))
            self.leases.append((version, stack))

    @precondition(lambda self: self.leases)
    @rule()
    def end_to_read(self) -> None:
        version, stack = self.leases.pop(0)
        version.verify()
        stack.close()

    @rule(remove=st.booleans(), days=st.sampled_from([1, 30]))
    def clean_up(self, remove: bool, days: int) -> None:
        before = self._there()
        found = clean(self.lake, remove=remove, older_than_days=days)
        goes = {one.path for one in found if one.why is None}
        assert self._there() == (before - goes if remove else before)
        assert not goes & self._must_stay()

    @rule()
    def a_killed_run(self) -> None:
        (self.lake.stage / "killed" / "marts.2016.x" / "files").mkdir(parents=True, exist_ok=True)

    def _there(self) -> set[Path]:
        return {
            path for held in self.published.values() for path, _ in held.values() if path.exists()
        }

    def _must_stay(self) -> set[Path]:
        stays = {path for version, _ in self.leases for path in [version.path]} | self.young
        for unit, held_versions in self.published.items():
            last = sorted(held_versions)[-KEPT_LAST:]
            stays |= {
                held_versions[counter][0] for counter in {*last, self.current[unit]} if counter
            }
        releases = self.published["release"]
        stays |= {releases[counter][0] for counter in self.signed}
        kept = {counter for counter, (path, _) in releases.items() if path in stays}
        return stays | {self.made_from[c] for c in kept if c in self.made_from}

    @invariant()
    def what_is_referred_to_is_there_with_its_bytes(self) -> None:
        for unit, counter in self.current.items():
            version = promoted(self.lake, unit, "2016")
            assert (version.counter if version else 0) == counter
        contents = {path: text for held in self.published.values() for path, text in held.values()}
        for path in self._must_stay():
            assert (path / "a.txt").read_text() == contents[path]

    @invariant()
    def the_journal_tells_of_every_release(self) -> None:
        if self.published["release"]:
            told = {e.counter for e in recorded(self.lake.place("release", "2016"))}
            assert told == set(self.published["release"])


def _five_rollbacks(lake: Lake) -> None:
    contents = {}
    for number in range(8):
        with staging(lake, "release", "2016", "run") as stage:
            stage.write_bytes("a.txt", b"%d" % number)
            made = stage.promote({}, "code", {}, WHY)
        contents[made.counter] = {p.name: p.read_bytes() for p in made.path.iterdir()}
        when = time.time() - 9 * DAY_SECONDS
        os.utime(made.path / "manifest.json", (when, when))
    assert sum(one.why is None for one in clean(lake, remove=True)) == 3
    for counter in (7, 4, 8, 5, 6):
        back = rollback(lake, "release", "2016", counter, WHY)
        assert {p.name: p.read_bytes() for p in back.path.iterdir()} == contents[counter]


def test_any_order_of_clean_ups_rollbacks_promotions_and_leases() -> None:
    run_state_machine_as_test(
        Cleaning, settings=settings(max_examples=50, stateful_step_count=25, deadline=None)
    )


def test_five_rollbacks_after_a_clean_up_are_byte_identical(lake: Lake) -> None:
    _five_rollbacks(lake)
