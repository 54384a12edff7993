"""Content undone from its coding: whole, or refused for a reason, never more than the limit."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.crawl.fetch.inflate import Decoder
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError

LIMITS = Limits(body_bytes=200_000, ratio_from_bytes=50_000, inflate_ratio=100)


def bare(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


PACKED = {
    "": lambda content: content,
    "identity": lambda content: content,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "Deflate ": bare,
}


def decoded(coding: str, data: bytes, piece: int = 7, limits: Limits = LIMITS) -> bytes:
    decoder = Decoder(coding, limits)
    for start in range(0, len(data), piece):
        decoder.feed(data[start : start + piece])
    decoder.finish()
    return bytes(decoder.content)


def status(coding: str, data: bytes, piece: int = 50_000, limits: Limits = LIMITS) -> str:
    with pytest.raises(StopVisitError) as stop:
        decoded(coding, data, piece, limits)
    return stop.value.status


@pytest.mark.parametrize("coding", PACKED)
@settings(deadline=None)
@given(content=st.binary(max_size=3_000), piece=st.integers(1, 4_000))
def test_content_comes_back_whole(coding: str, content: bytes, piece: int) -> None:
    assert decoded(coding, PACKED[coding](content), piece) == content


@settings(deadline=None)
@given(st.sampled_from(["gzip", "deflate"]), st.binary(max_size=400), st.integers(1, 99))
def test_any_bytes_are_content_or_refused(coding: str, data: bytes, piece: int) -> None:
    try:
        found = decoded(coding, data, piece)
    except StopVisitError as stop:
        found = b""
        known = stop.status in ("parse-error", "too-large")
    else:
        known = True
    assert known
    assert len(found) <= LIMITS.body_bytes


@settings(deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=60), min_size=2, max_size=4), st.integers(1, 99))
def test_parts_of_a_gzip_file_are_joined(parts: list[bytes], piece: int) -> None:
    data = b"".join(gzip.compress(part) for part in parts)
    assert decoded("gzip", data, piece) == b"".join(parts)


def test_what_follows_a_gzip_file_is_of_no_account() -> None:
    for piece in (1, 5, 9_999):
        assert decoded("gzip", gzip.compress(b"tin") + b"\0\0rest", piece) == b"tin"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate "])
def test_a_bomb_is_stopped_early(coding: str) -> None:
    bomb = PACKED[coding](b"\0" * 50_000_000)
    decoder = Decoder(coding, LIMITS)
    tracemalloc.start()
    try:
        with pytest.raises(StopVisitError) as stop:
            decoder.feed(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
    assert stop.value.status == "too-large"
    assert "times its size" in stop.value.detail or "bytes" in stop.value.detail
    assert len(decoder.content) <= LIMITS.body_bytes


def test_the_limits_are_exact() -> None:
    limits = Limits(body_bytes=1_000, ratio_from_bytes=900, inflate_ratio=50)
    assert decoded("", b"x" * 1_000, limits=limits) == b"x" * 1_000
    assert status("", b"x" * 1_001, limits=limits) == "too-large"
    assert status("gzip", gzip.compress(b"x" * 1_001), limits=limits) == "too-large"
    assert len(decoded("gzip", gzip.compress(b"x" * 1_000), limits=limits)) == 1_000
    steep = Limits(body_bytes=100_000, ratio_from_bytes=900, inflate_ratio=5)
    assert status("gzip", gzip.compress(b"x" * 1_000), limits=steep) == "too-large"
    assert len(decoded("gzip", gzip.compress(b"x" * 900), limits=steep)) == 900


def test_content_cut_off_is_told() -> None:
    for coding in ("gzip", "deflate"):
        assert status(coding, PACKED[coding](b"tin tuc" * 9)[:-3]) == "parse-error"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "x" * 999])
def test_a_coding_not_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(StopVisitError) as stop:
        Decoder(coding, LIMITS)
    assert stop.value.status == "parse-error"
    assert len(stop.value.detail) < 200
