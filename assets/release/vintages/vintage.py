"""The vintages of a year: which there are, who answers for them, and which was current when.

Belongs here: reading the journal of a release, and finding and checking a vintage. Does not belong
here: the journal file itself (lake), changes to it (`signoff`), its words (`changelog`), what
differs (`diff`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from assets.codeversion import code_version
from assets.lake import RELEASE, Because, Entry, Lake, LakeError, Version, promoted, reading
from assets.lake.journal import PUBLISHED, SIGNED, UNKNOWN, recorded
from assets.lake.manifest import read_pointer
from assets.lake.read import open_version, versions_of
from assets.plaintext import plain
from assets.release.diff.between import open_folder
from assets.release.verify import Verification, verify_release

LONGEST = 500

#: Findings on the bytes of a folder; all others follow from the rules of one version of the code.
_OF_BYTES = ("missing", "changed", "truncated", "extra", "manifest")


class VintageError(LakeError):
    """There is no such vintage, or it cannot be signed; says what to do."""


@dataclass(frozen=True)
class Vintage:
    """One vintage: what was recorded of it, and how it stands now. `at` is UTC, empty if nobody
    recorded it; `is_here` says whether its folder is in this lake."""

    counter: int
    name: str
    content_sha256: str
    at: str
    author: str
    reason: str
    parent: Mapping[str, Any] | None
    says: Mapping[str, Any]
    signatures: tuple[Entry, ...] = ()
    is_current: bool = False
    is_here: bool = False

    @property
    def is_signed(self) -> bool:
        """Whether somebody signed this very content."""
        return bool(self.signatures)


def because_of(by: str, reason: str, says: Mapping[str, Any] | None = None) -> Because:
    """Author and reason as they are recorded. VintageError for an empty or overlong one."""
    return Because(_line("--by", by), _line("--reason", reason), says or {})


def vintages_of(lake: Lake, year: str) -> list[Vintage]:
    """All vintages of a year, oldest first. CorruptVersion if journal or pointer is damaged."""
    place = lake.place(RELEASE, year)
    entries, pointer, here = recorded(place), read_pointer(place), versions_of(place)
    signed = [entry for entry in entries if entry.kind == SIGNED]
    told = {e.counter: _vintage(e) for e in entries if e.kind == PUBLISHED}
    for counter, name in here.items():  # of a lake from before there were journals
        if counter not in told and pointer and counter <= pointer.highest:
            told[counter] = _untold(open_version(place, name))
    return [
        replace(
            vintage,
            signatures=tuple(e for e in signed if e.content_sha256 == vintage.content_sha256),
            is_current=pointer is not None and counter == pointer.counter,
            is_here=counter in here,
        )
        for counter, vintage in sorted(told.items())
    ]


def current_vintage(lake: Lake, year: str) -> Vintage | None:
    """The vintage that is current now, None before the first."""
    return next((v for v in vintages_of(lake, year) if v.is_current), None)


def current_on(lake: Lake, year: str, day: date) -> Entry | None:
    """The move that made a vintage the current one at the end of a day (UTC), None before the
    first. Moves that nobody recorded at the time are not known of."""
    moves = [e for e in recorded(lake.place(RELEASE, year)) if e.is_move and e.at]
    return next((e for e in reversed(moves) if e.at[:10] <= day.isoformat()), None)


def last_move(lake: Lake, year: str) -> Entry | None:
    """The entry that made the current vintage the current one."""
    moves = [entry for entry in recorded(lake.place(RELEASE, year)) if entry.is_move]
    return moves[-1] if moves else None


def find(lake: Lake, what: str) -> Version:
    """The vintage that is meant: a release folder, YEAR:COUNTER, or YEAR for the current one.

    VintageError if there is none.
    """
    if Path(what).is_dir():
        return open_folder(Path(what))
    year, _, counter = what.partition(":")
    if not year.isdecimal() or not (counter or "1").isdecimal():
        raise VintageError(
            f"{what!r} is no vintage: write YEAR:COUNTER as 2016:2, YEAR, or a release folder"
        )
    return find_counter(lake, year, int(counter)) if counter else current_version(lake, year)


def find_counter(lake: Lake, year: str, counter: int) -> Version:
    """A published vintage of a year by its counter. VintageError lists those there are."""
    place = lake.place(RELEASE, year)
    here = {v.counter: v.name for v in vintages_of(lake, year) if v.is_here}
    if counter not in here:
        known = ", ".join(map(str, here)) or "none"
        raise VintageError(f"{year} has no vintage {counter} in this lake; there are: {known}")
    return open_version(place, here[counter])


def verify_vintage(version: Version) -> tuple[Verification, str]:
    """Check a vintage of any age, and the outcome in words.

    One made by another version of the code is held to its bytes; where this code's rules do not
    fit it, that is said and is no finding.
    """
    with reading(version):
        found = verify_release(version.path)
    made_by = version.manifest["code_version"]
    if found.passed or made_by == code_version():
        return found, found.as_text()
    of_bytes = tuple(finding for finding in found.findings if finding.rule in _OF_BYTES)
    judged = replace(found, findings=of_bytes)
    if of_bytes:
        return judged, judged.as_text()
    return judged, (
        f"{version.path}: {found.files} files as sealed. It was made by code {made_by}, this is "
        f"{code_version()}: its tables were not judged by the rules of this code."
    )


def _line(what: str, text: str) -> str:
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line or len(line) > LONGEST:
        raise VintageError(f"{what}: write 1 to {LONGEST} characters, not {len(line)}")
    return plain(line, LONGEST)


def current_version(lake: Lake, year: str) -> Version:
    """The current vintage as the lake holds it. VintageError before the first."""
    version = promoted(lake, RELEASE, year)
    if version is None:
        raise VintageError(f"{year} has no release yet; egov run {year} makes one")
    return version


def _vintage(entry: Entry) -> Vintage:
    return Vintage(
        counter=entry.counter,
        name=entry.version,
        content_sha256=entry.content_sha256,
        at=entry.at,
        author=entry.author,
        reason=entry.reason,
        parent=entry.parent,
        says=entry.says,
    )


def _untold(version: Version) -> Vintage:
    return Vintage(
        counter=version.counter,
        name=version.path.name,
        content_sha256=version.content_sha256,
        at="",
        author=UNKNOWN,
        reason="",
        parent=None,
        says={"code_version": version.manifest["code_version"]},
    )
