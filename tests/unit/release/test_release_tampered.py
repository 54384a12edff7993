"""Harm anywhere in a release is found and the file named: bits, cuts, swaps, strays."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.release import verify_release
from assets.release.seal import read_seal

SEED = int(os.environ.get("EGOV_TAMPER_SEED", "1557"))
FLIPS = 300
WHOLE = 12

#: One file of every kind.
KINDS = (
    "ranks.parquet",
    "csv/sources.csv",
    "csv_excel/coverage.csv",
    "json/statistics.json",
    "README.md",
    "views.sql",
    "data_dictionary.csv",
    "datapackage.json",
    "catalog.jsonld",
    "CITATION.cff",
    "MANIFEST.sha256",
    "manifest.json",
)
SWAPS = (
    ("ranks.parquet", "scores.parquet"),
    ("csv/ranks.csv", "csv_excel/ranks.csv"),
    ("json/ranks.json", "csv/ranks.csv"),
    ("dataset.jsonld", "catalog.jsonld"),
    ("README.md", "data_dictionary.md"),
    ("MANIFEST.sha256", "CITATION.cff"),
)
STRAYS = (
    "tmp_ranks.parquet",
    "csv/tmp_ranks.csv",
    ".ranks.parquet.tmp",
    "ranks.parquet.bak",
    "json/ranks.json~",
    "manifest.json.orig",
)


@pytest.fixture(scope="module")
def harmed(sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that every test here harms and mends again."""
    copy = tmp_path_factory.mktemp("tampered") / "release"
    shutil.copytree(sealed, copy)
    for path in copy.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


@pytest.fixture(autouse=True)
def _mended(harmed: Path) -> Iterator[None]:
    yield
    assert read_seal(harmed).findings == []


def named(folder: Path) -> list[str]:
    return [finding.file for finding in read_seal(folder).findings]


def flips(folder: Path) -> list[tuple[str, int]]:
    """(file, bit) pairs: one in every file, the others wherever there are bytes."""
    order = random.Random(SEED)  # noqa: S311
    sizes = {p.relative_to(folder).as_posix(): p.stat().st_size for p in folder.rglob("*.*")}
    sizes = {name: size for name, size in sorted(sizes.items()) if (folder / name).is_file()}
    names = [*sizes, *order.choices(list(sizes), list(sizes.values()), k=FLIPS - len(sizes))]
    return [(name, order.randrange(8 * sizes[name])) for name in names]


def test_every_one_of_300_flipped_bits_is_found_and_only_its_file_named(harmed: Path) -> None:
    print(f"seed {SEED}")
    drawn = flips(harmed)
    assert len(drawn) == FLIPS
    assert {"manifest.json", "MANIFEST.sha256"} <= {name for name, _ in drawn}
    whole = set(random.Random(SEED).sample(range(FLIPS), WHOLE))  # noqa: S311
    missed = []
    for number, (name, bit) in enumerate(drawn):
        path = harmed / name
        before = path.read_bytes()
        data = bytearray(before)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        found = named(harmed)
        if number in whole:
            found += [f.file for f in verify_release(harmed).findings if f.file != name]
        if found != [name]:
            missed.append((name, bit, found))
        path.write_bytes(before)
    assert missed == []


def test_every_bit_of_the_counter_of_the_manifest_is_covered(harmed: Path) -> None:
    path = harmed / "manifest.json"
    before = path.read_bytes()
    place = before.index(b'"counter": 1') + len(b'"counter": ')
    for bit in range(8):
        data = bytearray(before)
        data[place] ^= 1 << bit
        path.write_bytes(data)
        assert named(harmed) == ["manifest.json"], bit
    path.write_bytes(before)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_cut_anywhere_is_found_and_named(harmed: Path, name: str) -> None:
    path = harmed / name
    before = path.read_bytes()
    for length in (0, 4, len(before) - 8, len(before) - 1):
        path.write_bytes(before[:length])
        assert named(harmed) == [name], length
    path.write_bytes(before)


@pytest.mark.parametrize(("one", "other"), SWAPS)
def test_swapped_files_are_both_named(harmed: Path, one: str, other: str) -> None:
    first, second = (harmed / one).read_bytes(), (harmed / other).read_bytes()
    (harmed / one).write_bytes(second)
    (harmed / other).write_bytes(first)
    assert sorted(named(harmed)) == sorted([one, other])
    (harmed / one).write_bytes(first)
    (harmed / other).write_bytes(second)


@pytest.mark.parametrize("name", STRAYS)
def test_a_leftover_is_named_and_nothing_else(harmed: Path, name: str) -> None:
    (harmed / name).write_bytes((harmed / "ranks.parquet").read_bytes())
    found = [(f.file, f.rule) for f in read_seal(harmed).findings]
    assert found == [(name, "extra")]
    (harmed / name).unlink()


@pytest.mark.parametrize("name", ["ranks.parquet", "datapackage.json", "manifest.json"])
@pytest.mark.parametrize("length", [0, 4])
def test_the_whole_verification_survives_a_cut_file(harmed: Path, name: str, length: int) -> None:
    before = (harmed / name).read_bytes()
    (harmed / name).write_bytes(before[:length])
    assert [finding.file for finding in verify_release(harmed).findings] == [name]
    (harmed / name).write_bytes(before)
