"""The corners of locks and fences that promotion relies on."""

import fcntl
import os
from pathlib import Path

import pytest

from assets.lake import Lake, Superseded
from assets.lake.locks import held, raise_fence, try_lock


def test_a_lock_excludes_until_it_is_closed(tmp_path: Path) -> None:
    descriptor = try_lock(tmp_path / "l")
    assert descriptor is not None
    assert try_lock(tmp_path / "l") is None
    os.close(descriptor)
    again = try_lock(tmp_path / "l")
    assert again is not None
    os.close(again)


def test_a_file_removed_while_it_is_locked_locks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "l"
    original, removed = fcntl.flock, []

    def flock(descriptor: int, how: int) -> None:
        if not removed:
            removed.append(path.unlink())
        original(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    descriptor = try_lock(path)
    assert removed
    assert descriptor is not None
    assert os.path.samestat(os.fstat(descriptor), path.stat())
    os.close(descriptor)


def test_a_forked_child_does_not_keep_a_released_lock(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    with held(tmp_path / "l", "run", timeout=0):
        child = os.fork()
        if child == 0:
            os.close(write_end)
            os.read(read_end, 1)  # until the parent closes its end
            os._exit(0)
    descriptor = try_lock(tmp_path / "l")
    os.close(write_end)
    os.close(read_end)
    os.waitpid(child, 0)
    assert descriptor is not None
    os.close(descriptor)


def test_the_fence_counts_up_and_only_the_newest_passes(tmp_path: Path) -> None:
    place = Lake(tmp_path).place("marts", "2016")
    first = raise_fence(place, "run")
    first.check()
    second = raise_fence(place, "run")
    assert (first.counter, second.counter) == (1, 2)
    second.check()
    with pytest.raises(Superseded, match="marts 2016: run run is superseded by run run"):
        first.check()
