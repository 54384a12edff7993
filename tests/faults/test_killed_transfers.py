"""A push to a bucket or a pull from it that is killed or refused at every point: an independent
reader sees the old version or the new one, and doing it again ends where it would have ended."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from lake_publisher import REFUSED_BY_DISK, SUPERSEDED, exit_code, start, take_in, transfer

from assets.lake import Lake, push, remote_of, staging
from assets.lake.faults import POINTS
from tests.bucket import Bucket, served_bucket
from tests.copy_by_hand import read_by_hand

#: In the push under test: a file taken in and three files of a version, each kind with its seal,
#: and the pointer.
CONTENTS, PUTS = 4, 7
PUSHES = [
    (name, number)
    for name in POINTS
    if name.startswith("push.")
    for number in range(1, 1 + (CONTENTS if name == "push.half_put" else PUTS))
]
PULLS = [
    name
    for name in POINTS
    if not name.startswith(("push.", "work.", "journal.", "clean."))
    and name != "promote.before_hash"
]
#: From here on the pointer of the lake names the new version.
PULLED = ("pointer.after_replace", "pointer.after_sync", "stage.before_cleanup")
MARTS = "pointers/marts/2016.json"


def publish(root: Path, value: int) -> None:
    """A version with a table, a table below a folder, and a file."""
    with staging(Lake(root), "marts", "2016", "run") as stage:
        stage.write_table("values", pa.table({"v": [value] * 60}))
        stage.write_table("cases/P-01", pa.table({"v": [value]}))
        stage.write_bytes("totals.json", b"%d" % value)
        stage.promote({"raw": str(value)}, "code", {})


def sealed(root: Path) -> dict[str, bytes]:
    """What a lake holds under the names that a copy has."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for part in ("intake", "versions", "pointers")
        for path in (root / part).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with served_bucket() as served, pytest.MonkeyPatch.context() as patch:
        for name, value in served.environment.items():
            patch.setenv(name, value)
        yield served


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A lake, and the same with one file and one version more."""
    folder = tmp_path_factory.mktemp("lakes")
    before, after = folder / "before", folder / "after"
    source = folder / "bodies.csv"
    source.write_text("first")
    take_in(before, source)
    publish(before, 1)
    shutil.copytree(before, after)
    source.write_text("second")
    take_in(after, source)
    publish(after, 2)
    return before, after


@pytest.fixture(scope="module")
def uninterrupted(bucket: Bucket, lakes: tuple[Path, Path]) -> dict[str, bytes]:
    """Every object after both lakes were pushed without a fault."""
    for lake in lakes:
        push(Lake(lake), remote_of(bucket.address("uninterrupted")))
    return bucket.objects("uninterrupted")


@pytest.mark.parametrize(
    ("name", "number", "how"),
    [
        *((name, number, "kill") for name, number in PUSHES),
        *((name, n, "raise") for name, n in PUSHES if n == PUTS or name == "push.half_put"),
    ],
)
def test_push(
    bucket: Bucket,
    lakes: tuple[Path, Path],
    uninterrupted: dict[str, bytes],
    name: str,
    number: int,
    how: str,
) -> None:
    prefix = f"{name}/{number}/{how}"
    address = bucket.address(prefix)
    push(Lake(lakes[0]), remote_of(address))
    assert read_by_hand(bucket.objects(prefix)) == {MARTS: 1}

    fault = f"{name}:{how}:{number}"
    child = start(transfer, "push", lakes[1], address, bucket.environment, fault=fault)
    assert exit_code(child) == (-signal.SIGKILL if how == "kill" else REFUSED_BY_DISK)
    published = number == PUTS and name in ("push.after_put", "push.after_check")
    assert read_by_hand(bucket.objects(prefix)) == {MARTS: 2 if published else 1}

    push(Lake(lakes[1]), remote_of(address))
    assert bucket.objects(prefix) == uninterrupted
    assert push(Lake(lakes[1]), remote_of(address)).of_files == 0


@pytest.mark.parametrize(("name", "past"), [("push.before_put", PUTS), ("push.half_put", CONTENTS)])
def test_no_put_is_left_out(bucket: Bucket, lakes: tuple[Path, Path], name: str, past: int) -> None:
    address = bucket.address(f"counted/{name}")
    push(Lake(lakes[0]), remote_of(address))
    fault = f"{name}:kill:{past + 1}"
    child = start(transfer, "push", lakes[1], address, bucket.environment, fault=fault)
    assert exit_code(child) == 0, "there are more puts than the test above kills"


@pytest.mark.parametrize("name", PULLS)
def test_pull(
    bucket: Bucket,
    lakes: tuple[Path, Path],
    uninterrupted: dict[str, bytes],
    tmp_path: Path,
    name: str,
) -> None:
    root, address = tmp_path / "lake", bucket.address("uninterrupted")
    shutil.copytree(lakes[0], root)
    child = start(transfer, "pull", root, address, bucket.environment, fault=f"{name}:kill")
    assert exit_code(child) == -signal.SIGKILL
    assert read_by_hand(sealed(root)) == {MARTS: 2 if name in PULLED else 1}

    assert exit_code(start(transfer, "pull", root, address, bucket.environment)) == 0
    assert sealed(root) == uninterrupted


def test_two_pushers_of_the_same_lake_end_the_same(
    bucket: Bucket, lakes: tuple[Path, Path], uninterrupted: dict[str, bytes]
) -> None:
    address = bucket.address("two")
    push(Lake(lakes[0]), remote_of(address))
    children = [start(transfer, "push", lakes[1], address, bucket.environment) for _ in range(2)]
    codes = {exit_code(child) for child in children}
    assert codes <= {0, SUPERSEDED}
    assert 0 in codes
    assert bucket.objects("two") == uninterrupted


def test_two_pushers_of_different_lakes_leave_one_whole_version(
    bucket: Bucket, lakes: tuple[Path, Path], tmp_path: Path
) -> None:
    address = bucket.address("apart")
    push(Lake(lakes[0]), remote_of(address))
    roots = [tmp_path / "one", tmp_path / "other"]
    for value, root in enumerate(roots, start=3):
        shutil.copytree(lakes[0], root)
        publish(root, value)
    children = [start(transfer, "push", root, address, bucket.environment) for root in roots]
    codes = sorted(exit_code(child) or 0 for child in children)
    assert codes in ([0, SUPERSEDED], [0, 0])  # both may believe that they were last
    assert read_by_hand(bucket.objects("apart")) == {MARTS: 2}
    again = [
        exit_code(start(transfer, "push", root, address, bucket.environment)) for root in roots
    ]
    assert sorted(code or 0 for code in again) == [0, SUPERSEDED], "the loser is told at the latest"
