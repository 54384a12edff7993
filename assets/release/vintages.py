"""The vintages of a year: which there are, who answers for them, and which was current when.

Belongs here: what the journal of a release means, signing, going back, CHANGELOG.md beside it. Does
not belong here: the journal file itself and its order of writes (lake), what differs (`diff`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from assets.codeversion import code_version
from assets.lake import RELEASE, Because, Entry, Lake, LakeError, Version, promoted, reading
from assets.lake import rollback as point_back
from assets.lake.atomic import write_durable
from assets.lake.journal import PUBLISHED, SIGNED, UNKNOWN, recorded, settle
from assets.lake.journal import sign as record_signature
from assets.lake.locks import held
from assets.lake.manifest import read_pointer
from assets.lake.paths import Place
from assets.lake.read import open_version, versions_of
from assets.plaintext import plain
from assets.release.diff import diff, open_folder, side_of
from assets.release.diffmodel import OPPOSITE
from assets.release.difftext import cause_name
from assets.release.effect import label, list_label, recorded_diff, shown_number
from assets.release.readme import in_markdown
from assets.release.verify import Verification, verify_release

LANGUAGES = ("vi", "en")
CHANGELOG = "CHANGELOG.md"
LONGEST = 500
LOCK_SECONDS = 900.0

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
    signatures: tuple[Entry, ...]
    is_current: bool
    is_here: bool

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


def sign(lake: Lake, year: str, because: Because) -> tuple[Vintage, Verification]:
    """Sign the current vintage, after verifying all of it; both as they are now.

    It is signed only if the verification passed; the same author's second signature is not
    recorded. VintageError if there is no release.
    """
    place = lake.place(RELEASE, year)
    with held(place.lock, "sign", timeout=LOCK_SECONDS):
        version = _current(lake, year)
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
    now, then = _current(lake, year), find_counter(lake, year, counter)
    if now.counter != counter:
        with reading(now), reading(then):
            says = recorded_diff(diff(side_of(now), side_of(then)))
        point_back(lake, RELEASE, year, counter, replace(because, says=says))
    place = lake.place(RELEASE, year)
    with held(place.lock, "rollback", timeout=LOCK_SECONDS):
        settle(place)
        write_changelog(lake, year)
    return _held(lake, year)


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
    return find_counter(lake, year, int(counter)) if counter else _current(lake, year)


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
    of_bytes = [
        finding
        for finding in found.findings
        if finding.rule in _OF_BYTES
        and not (finding.rule == "missing" and finding.file not in version.files)
    ]
    judged = replace(found, findings=tuple(of_bytes))
    if of_bytes:
        return judged, judged.as_text()
    return judged, (
        f"{version.path}: {found.files} files as sealed. It was made by code {made_by}, this is "
        f"{code_version()}: its tables were not judged by the rules of this code."
    )


def write_changelog(lake: Lake, year: str) -> Path | None:
    """Write CHANGELOG.md beside the journal, if it says anything new. The caller holds the lock of
    the release of the year."""
    place = lake.place(RELEASE, year)
    if place.journal is None or not place.pointer.exists():
        return None
    path = place.journal.with_name(CHANGELOG)
    data = changelog(lake, year).encode()
    if not path.exists() or path.read_bytes() != data:
        write_durable(path, [data], "changelog")
    return path


def changelog(lake: Lake, year: str) -> str:
    """CHANGELOG.md of a year: its vintages, the newest first, in Vietnamese, then in English."""
    told, entries = vintages_of(lake, year), recorded(lake.place(RELEASE, year))
    return "\n".join(_changelog(told, entries, year, language) for language in LANGUAGES)


def effect_lines(says: Mapping[str, Any], language: str = "en") -> list[str]:
    """What was recorded of a vintage against the one before: counts, causes, movers; nothing if
    it was not compared."""
    effect, said = says.get("effect"), _words()[language]
    if not effect:
        return []
    counts = {**dict.fromkeys(OPPOSITE, 0), **effect, **says.get("rows", {})}
    lines = [Template(said["effect"]).safe_substitute(counts)]
    lines += [
        f"{cause_name((cause,), language)}: {plain('; '.join(evidence), LONGEST)}"
        for cause, evidence in says.get("causes", {}).items()
    ]
    for mover in effect["movers"]:
        steps = (f"{what}_{side}" for what in ("rank", "value") for side in ("before", "after"))
        shown = {name: shown_number(mover[name], language, said["none"]) for name in steps}
        names = {
            "list": list_label(mover["list"], language),
            "what": label(mover["column"], language),
        }
        lines.append(Template(said["mover"]).substitute({**mover, **shown, **names}))
    return lines


def _changelog(told: Sequence[Vintage], entries: Sequence[Entry], year: str, language: str) -> str:
    said = _words()[language]
    lines = [Template(said["title"]).substitute(year=year), ""]
    for vintage in reversed(told):
        mark = f" ({said['current']})" if vintage.is_current else ""
        lines += [f"## {vintage.name}{mark}", ""]
        lines += [f"- {line}" for line in _facts(vintage, entries, language)]
        lines.append("")
    return "\n".join(lines)


def _facts(vintage: Vintage, entries: Sequence[Entry], language: str) -> list[str]:
    """What is told of a vintage in the changelog, a line each."""
    said = _words()[language]

    def line(word: str, **values: object) -> str:
        shown = {name: in_markdown(str(value)) for name, value in values.items()}
        return Template(said[word]).substitute(shown)

    at = _day(vintage.at, language)
    if vintage.author == UNKNOWN:
        lines = [line("afterwards", at=at)]
    else:
        because = line("because", reason=vintage.reason) if vintage.reason else ""
        lines = [line("published", at=at, author=vintage.author) + because]
    if vintage.parent:
        lines.append(line("parent", counter=vintage.parent["counter"]))
    lines += [in_markdown(effect) for effect in effect_lines(vintage.says, language)]
    for entry in entries:
        if entry.counter == vintage.counter and entry.kind != PUBLISHED:
            values = {"at": _day(entry.at, language), "author": entry.author}
            lines.append(line(entry.kind, **values) + line("because", reason=entry.reason))
            lines += [in_markdown(effect) for effect in effect_lines(entry.says, language)]
    code, method = vintage.says.get("code_version"), vintage.says.get("method_sha256")
    lines += [line("made_by", code=code, method=(method or "-")[:12])] if code else []
    return lines


def _day(at: str, language: str) -> str:
    return at.replace("T", " ").replace("Z", " UTC") or _words()[language]["no_date"]


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "vintages.yaml").read_text("utf-8")
    )
    return words


def _line(what: str, text: str) -> str:
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line or len(line) > LONGEST:
        raise VintageError(f"{what}: write 1 to {LONGEST} characters, not {len(line)}")
    return plain(line, LONGEST)


def _current(lake: Lake, year: str) -> Version:
    version = promoted(lake, RELEASE, year)
    if version is None:
        raise VintageError(f"{year} has no release yet; egov run {year} makes one")
    return version


def _held(lake: Lake, year: str) -> Vintage:
    vintage = current_vintage(lake, year)
    if vintage is None:
        raise VintageError(f"{year} has no release any more")
    return vintage


def _signs(entry: Entry, content_sha256: str) -> bool:
    return entry.kind == SIGNED and entry.content_sha256 == content_sha256


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
        signatures=(),
        is_current=False,
        is_here=False,
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
        signatures=(),
        is_current=False,
        is_here=False,
    )


def needs_reason(place: Place) -> bool:
    """Whether somebody signed a vintage, so that no change goes without a reason."""
    return any(entry.kind == SIGNED for entry in recorded(place))
