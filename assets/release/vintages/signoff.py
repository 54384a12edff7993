"""Signing a release, and going back to an earlier one: what people do to vintages.

Belongs here: verifying first, recording, and writing CHANGELOG.md after. Does not belong here: the
order of writes (lake), and new vintages, which runs make (`assets`).
"""

from __future__ import annotations

from dataclasses import replace

from assets.lake import RELEASE, Because, Entry, Lake, reading
from assets.lake import rollback as point_back
from assets.lake.journal import SIGNED, settle
from assets.lake.journal import sign as record_signature
from assets.lake.locks import held
from assets.release.diff.between import diff, side_of
from assets.release.diff.effect import recorded_diff
from assets.release.verify import Verification, verify_release
from assets.release.vintages.changelog import write_changelog
from assets.release.vintages.vintage import (
    Vintage,
    VintageError,
    current_version,
    current_vintage,
    find_counter,
)

LOCK_SECONDS = 900.0


def sign(lake: Lake, year: str, because: Because) -> tuple[Vintage, Verification]:
    """Sign the current vintage, after verifying all of it; both as they are now.

    It is signed only if the verification passed; the same author's second signature is not
    recorded. VintageError if there is no release.
    """
    place = lake.place(RELEASE, year)
    with held(place.lock, "sign", timeout=LOCK_SECONDS):
        version = current_version(lake, year)
        verification = verify_release(version.path)
        entries = settle(place)
        signed_by = {e.author for e in entries if _signs(e, version.content_sha256)}
        if verification.passed and because.author not in signed_by:
            record_signature(place, version, because)
        write_changelog(lake, year)
    return _held(lake, year), verification


def go_back(lake: Lake, year: str, counter: int, because: Because) -> Vintage:
    """Make an earlier vintage the current one again, after verifying its files; recorded with what
    it does to ranks and values.

    VintageError if there is no such vintage, CorruptVersion if it is damaged.
    """
    now, then = current_version(lake, year), find_counter(lake, year, counter)
    if now.counter != counter:
        with reading(now), reading(then):
            says = recorded_diff(diff(side_of(now), side_of(then)))
        point_back(lake, RELEASE, year, counter, replace(because, says=says))
    place = lake.place(RELEASE, year)
    with held(place.lock, "rollback", timeout=LOCK_SECONDS):
        settle(place)
        write_changelog(lake, year)
    return _held(lake, year)


def _held(lake: Lake, year: str) -> Vintage:
    vintage = current_vintage(lake, year)
    if vintage is None:
        raise VintageError(f"{year} has no release any more")
    return vintage


def _signs(entry: Entry, content_sha256: str) -> bool:
    return entry.kind == SIGNED and entry.content_sha256 == content_sha256
