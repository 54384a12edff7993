"""`egov lake` against a bucket on loopback, as a person would call it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from assets.lake import Lake, read_remote, remote_of, staging
from tests.bucket import BUCKET, KEY, SECRET, Bucket, served_bucket
from tests.command import egov, tree
from tests.copy_by_hand import read_by_hand


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with served_bucket() as served:
        yield served


def promote(root: Path, value: int) -> None:
    with staging(Lake(root), "marts", "2016", "run") as stage:
        stage.write_table("values", pa.table({"v": [value]}))
        stage.write_table("cases/P-01", pa.table({"v": [value]}))
        stage.promote({}, "code", {})


def call(bucket: Bucket, root: Path, *words: str, **more: str) -> tuple[int, str]:
    """`egov lake WORDS`; whatever it says, it never gives away credentials."""
    code, said = egov(root, "lake", *words, **{**bucket.environment, **more})
    assert KEY not in said
    assert SECRET not in said
    return code, said


def test_push_look_pull(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there, address = tmp_path / "here", tmp_path / "there", bucket.address("day")
    promote(here, 1)
    code, said = call(bucket, here, "push", address)
    assert (code, "2 of 2 files" in said) == (0, True), said
    assert read_by_hand(bucket.objects("day")) == {"pointers/marts/2016.json": 1}

    promote(here, 2)
    code, said = call(bucket, here, "status", address)
    assert code == 0
    assert "marts 2016             2      1  ahead" in said
    assert call(bucket, here, "push", address)[0] == 0
    code, said = call(bucket, here, "status", address, "--verify")
    assert (code, "every object" in said) == (0, True), said

    code, said = call(bucket, there, "pull", address)
    assert code == 0, said
    assert tree(there / "pointers") == tree(here / "pointers")
    newest = "versions/marts/2016/000002"
    pulled = {name for name in tree(there) if name.startswith("versions")}
    assert pulled == {name for name in tree(here) if name.startswith(newest)}

    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    version = read_remote(remote_of(address), "marts", "2016")
    assert version is not None
    assert version.table("cases/P-01").to_pydict() == {"v": [2]}


def test_what_is_newer_there_is_not_overwritten(bucket: Bucket, tmp_path: Path) -> None:
    one, other, address = tmp_path / "one", tmp_path / "other", bucket.address("newer")
    promote(one, 1)
    assert call(bucket, one, "push", address)[0] == 0
    assert call(bucket, other, "pull", address)[0] == 0
    promote(other, 2)
    assert call(bucket, other, "push", address)[0] == 0
    before = bucket.objects("newer")
    code, said = call(bucket, one, "push", address)
    assert (code, "pull first, then push; nothing changed" in said) == (1, True), said
    assert bucket.objects("newer") == before


def test_damage_in_the_bucket_is_named(bucket: Bucket, tmp_path: Path) -> None:
    here, address = tmp_path / "here", bucket.address("harm")
    promote(here, 1)
    assert call(bucket, here, "push", address)[0] == 0
    (name,) = (n for n in bucket.objects("harm") if n.endswith("cases/P-01.parquet"))
    data = bytearray(bucket.objects("harm")[name])
    data[len(data) // 2] ^= 1
    bucket.put(f"harm/{name}", bytes(data))
    for words in (("status", address, "--verify"), ("pull", address)):
        code, said = call(bucket, tmp_path / "other", *words)
        assert (code, name in said) == (3, True), said
    assert not (tmp_path / "other" / "pointers").exists()


def test_what_cannot_be_reached_or_is_no_address_is_told(bucket: Bucket, tmp_path: Path) -> None:
    here = tmp_path / "here"
    promote(here, 1)
    code, said = call(bucket, here, "push", "s3://no-such-bucket/x")
    assert (code, "NO_SUCH_BUCKET" in said, "Traceback" in said) == (1, True, False), said
    down = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    code, said = call(bucket, here, "status", bucket.address("x"), **down)
    assert (code, "AWS_ENDPOINT_URL" in said, "Traceback" in said) == (1, True, False), said
    code, said = call(bucket, here, "push", f"s3://{KEY}:{SECRET}@{BUCKET}/x")
    assert (code, "is not used" in said) == (2, True), said
