"""Files as received: stored once under their content's hash, never edited, versions counted.

Belongs here: taking a file in, and which version of which document is current. Does not belong
here: what is inside a file.

Which files are versions of one document: same kind, same issuer, same document number (same
file name when there is no number), and a year in common (or both of every year). The last one
taken in is current; earlier ones stay. Two files with the same content are one file: the name
it first came under stands, and the newest sidecar describes it, so that a wrong year or
licence is put right by taking the same file in again with a corrected sidecar.
"""

from __future__ import annotations

import os
import stat
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from assets.lake.atomic import (
    READ_ONLY,
    ContentChangedError,
    checked_json,
    chunks_of,
    read_checked_json,
    sha256_of,
    sha256_of_file,
    write_durable,
)
from assets.lake.errors import IntakeError
from assets.lake.locks import held
from assets.lake.paths import Lake
from assets.lake.sidecar import SUFFIX, Sidecar, load_sidecar

MAX_BYTES = 200 * 1024 * 1024
MAX_NAME_BYTES = 255
#: A file is settled when size and modification time are the same after this pause.
SETTLE_SECONDS = 0.1
SETTLE_TRIES = 50
COPY_TRIES = 3
LOCK_SECONDS = 600.0

_RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{d}{n}" for d in ("COM", "LPT") for n in range(1, 10)}
#: Control, format (bidirectional overrides, zero width), surrogate, line and paragraph separator.
_FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class IntakeRecord:
    """One file as received.

    size_bytes         size of the content
    version_no         1 for the first file of a document, then counted in order of intake
    supersedes_sha256  the version before this one, or None
    counter            order of intake over the whole lake, from 1
    was_known          whether the content had been taken in before, also earlier in the same call
    """

    file_sha256: str
    file_name: str
    size_bytes: int
    version_no: int
    supersedes_sha256: str | None
    sidecar: Sidecar
    counter: int
    was_known: bool = field(default=False, compare=False)

    def as_line(self) -> str:
        """What became of the file, for a person."""
        return (
            f"{self.file_name}: {'already held' if self.was_known else 'taken in'} as version "
            f"{self.version_no}, {self.size_bytes:,} bytes, sha256 {self.file_sha256}"
        )


class _Known(NamedTuple):
    """What a record file holds; versions follow from all of them together."""

    file_sha256: str
    file_name: str
    size_bytes: int
    counter: int
    sidecars: tuple[Sidecar, ...]  # newest last


class _Offer(NamedTuple):
    """A file to take in, settled and hashed but not yet copied."""

    path: Path
    sidecar: Sidecar
    file_name: str
    file_sha256: str


def add_file(lake: Lake, path: Path, sidecar: Sidecar) -> IntakeRecord:
    """Take one file in and return its record (the existing one if the content is known).

    IntakeError names the file, the rule and what to do: not a plain file, empty, more than
    200 MB, a name that is not usable, or a file that does not stop changing.
    """
    return _add(lake, [(path, sidecar)])[0]


def add_files(lake: Lake, files: Sequence[tuple[Path, Sidecar]]) -> list[IntakeRecord]:
    """Take several files in at once, in this order, all or none. IntakeError as for `add_file`,
    and when two of them are versions of one document received on the same day."""
    return _add(lake, list(files))


def add_folder(lake: Lake, folder: Path) -> list[IntakeRecord]:
    """Take in every `<file>.meta.yaml` below a folder with its file; other files are left alone.

    Order: `received_at`, then path, so that a document received later is the later version.
    Everything is checked before anything is stored. IntakeError as for `add_file`, and for a
    sidecar without its file, two sidecars that describe the same content differently, and two
    new versions of one document received on the same day (nothing says which is newer).
    """
    if not folder.is_dir():
        raise IntakeError(f"{folder}: is not a folder; give the folder that holds the files")
    found = []
    for parent, _, names in os.walk(folder, onerror=_refuse):
        for name in names:
            if name.endswith(SUFFIX):
                path = Path(parent, name.removesuffix(SUFFIX))
                found.append((path, load_sidecar(Path(parent, name))))
    return _add(lake, sorted(found, key=lambda item: (item[1].received_at, item[0].as_posix())))


def records(lake: Lake) -> list[IntakeRecord]:
    """Every file ever taken in, in order of intake. IntakeError for a damaged record file."""
    everything, _ = _history(_load(lake))
    return everything


def current(lake: Lake, year: int) -> list[IntakeRecord]:
    """The newest version of each document that speaks of `year`, by kind, name and hash.

    A document whose newest version no longer speaks of the year has none.
    """
    _, newest = _history(_load(lake))
    return sorted(
        (r for r in newest if not r.sidecar.years or year in r.sidecar.years),
        key=lambda record: (record.sidecar.kind, record.file_name, record.file_sha256),
    )


def read_source(lake: Lake, record: IntakeRecord) -> bytes:
    """The content of a file as received. IntakeError names the file if it is gone or changed."""
    path = lake.objects / record.file_sha256
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(record.file_name, path, error.strerror or "unreadable") from error
    if sha256_of(data) != record.file_sha256:
        raise _damaged(record.file_name, path, "its content is not what was received")
    return data


def source_path(lake: Lake, record: IntakeRecord) -> Path:
    """Where a file as received lies, for readers that check its hash as they read it."""
    return lake.objects / record.file_sha256


def _damaged(file_name: str, path: Path, reason: str) -> IntakeError:
    return IntakeError(
        f"{file_name}: the stored copy {path} is damaged ({reason}); "
        f"take the original file in again to repair it"
    )


def _refuse(error: OSError) -> None:
    raise IntakeError(f"{error.filename}: cannot be read ({error.strerror})") from error


def _add(lake: Lake, files: list[tuple[Path, Sidecar]]) -> list[IntakeRecord]:
    names = [_checked_name(path) for path, _ in files]
    _settle([path for path, _ in files])
    offers = [
        _Offer(path, sidecar, name, _hash(path))
        for (path, sidecar), name in zip(files, names, strict=True)
    ]
    _refuse_two_descriptions(offers)
    with held(lake.locks / "intake.lock", "intake", timeout=LOCK_SECONDS):
        known = {entry.file_sha256: entry for entry in _load(lake)}
        before = set(known)
        _refuse_undecided_versions([o for o in offers if o.file_sha256 not in known])
        taken = []
        for offer in offers:
            entry = _take(lake, offer, known)
            known[entry.file_sha256] = entry
            taken.append(entry.file_sha256)
    everything, _ = _history(known.values())
    by_hash = {record.file_sha256: record for record in everything}
    first = {sha256: place for place, sha256 in reversed(list(enumerate(taken)))}
    return [
        replace(by_hash[sha256], was_known=sha256 in before or first[sha256] < place)
        for place, sha256 in enumerate(taken)
    ]


def _take(lake: Lake, offer: _Offer, known: dict[str, _Known]) -> _Known:
    """Store the object, then the record: a record always has its object."""
    sha256 = _store(lake, offer)
    entry = known.get(sha256)
    if entry is None:
        size = (lake.objects / sha256).stat().st_size
        counter = 1 + max((e.counter for e in known.values()), default=0)
        entry = _Known(sha256, offer.file_name, size, counter, (offer.sidecar,))
    elif entry.sidecars[-1] != offer.sidecar:
        entry = entry._replace(sidecars=(*entry.sidecars, offer.sidecar))
    else:
        return entry
    sidecars = [sidecar.as_json() for sidecar in entry.sidecars]
    data = checked_json({**entry._asdict(), "sidecars": sidecars})
    write_durable(lake.records / f"{sha256}.json", [data], "record")
    return entry


def _store(lake: Lake, offer: _Offer) -> str:
    """Copy a file whose hash is the same before, during and after the copy; return that hash."""
    sha256 = offer.file_sha256
    for _ in range(COPY_TRIES):
        target = lake.objects / sha256
        try:
            if not (target.exists() and sha256_of_file(target) == sha256):
                write_durable(
                    target, chunks_of(offer.path), "object", mode=READ_ONLY, expected_sha256=sha256
                )
            if _hash(offer.path) == sha256:
                return sha256
        except ContentChangedError:
            pass
        _settle([offer.path])
        sha256 = _hash(offer.path)
    raise _changing(offer.path)


def _hash(path: Path) -> str:
    try:
        return sha256_of_file(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> IntakeError:
    return IntakeError(
        f"{path}: cannot be read ({error.strerror}); put the file itself beside its {SUFFIX}"
    )


def _changing(path: Path) -> IntakeError:
    return IntakeError(
        f"{path}: keeps changing while it is read; wait until it is completely written, "
        f"then take it in again"
    )


def _settle(paths: list[Path]) -> None:
    """Wait until no file changes any more, and refuse what is not a plain file of usable size."""
    if not paths:
        return
    for _ in range(SETTLE_TRIES):
        before = [_looked_at(path) for path in paths]
        time.sleep(SETTLE_SECONDS)
        after = [_looked_at(path) for path in paths]
        changing = [p for p, x, y in zip(paths, before, after, strict=True) if x != y]
        if not changing:
            break
    else:
        raise _changing(changing[0])
    for path, (size, _, _) in zip(paths, after, strict=True):
        if size == 0:
            raise IntakeError(f"{path}: is empty; take in the complete file")
        if size > MAX_BYTES:
            raise IntakeError(f"{path}: has {size} bytes, the limit is {MAX_BYTES}; split it")


def _looked_at(path: Path) -> tuple[int, int, int]:
    try:
        status = path.lstat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise IntakeError(
            f"{path}: is not a plain file (link, folder or device); give the file itself"
        )
    return status.st_size, status.st_mtime_ns, status.st_ino


def _checked_name(path: Path) -> str:
    name = unicodedata.normalize("NFC", path.name)
    if any(unicodedata.category(character) in _FORBIDDEN_CATEGORIES for character in name):
        rule = "has control, invisible or undecodable characters"
    elif len(name.encode("utf-8")) > MAX_NAME_BYTES:
        rule = f"is longer than {MAX_NAME_BYTES} bytes"
    elif name.split(".")[0].rstrip().upper() in _RESERVED:
        rule = "is a name reserved by Windows"
    elif not name or name != name.strip() or name.endswith("."):
        rule = "is empty, or begins or ends with a space, or ends with a dot"
    else:
        return name
    raise IntakeError(f"{str(path)!a}: the file name {rule}; rename the file and its {SUFFIX}")


def _refuse_two_descriptions(offers: list[_Offer]) -> None:
    seen: dict[str, _Offer] = {}
    for offer in offers:
        first = seen.setdefault(offer.file_sha256, offer)
        if first.sidecar != offer.sidecar:
            raise IntakeError(
                f"{offer.path}: has the same content as {first.path} but another description; "
                f"keep one of the two, or make their {SUFFIX} agree"
            )


def _refuse_undecided_versions(offers: list[_Offer]) -> None:
    groups: dict[tuple[object, ...], list[_Offer]] = defaultdict(list)
    for offer in offers:
        document = _document(offer.sidecar, offer.file_name)
        earlier = groups[document, offer.sidecar.received_at]
        for other in earlier:
            same_years = _share_a_year(offer.sidecar, other.sidecar)
            if same_years and offer.file_sha256 != other.file_sha256:
                raise IntakeError(
                    f"{offer.path}: is another version of the same document as {other.path}, "
                    f"received on the same day, so nothing says which is newer; take them in one "
                    f"by one, or correct received_at, document_no or years"
                )
        earlier.append(offer)


def _document(sidecar: Sidecar, file_name: str) -> tuple[str, ...]:
    """Identity of a document but for its years. The issuer belongs to it because provinces use
    the same numbers, and bodies the same file names."""
    if sidecar.document_no is not None:
        return (sidecar.kind, sidecar.issuer, "number", sidecar.document_no)
    return (sidecar.kind, sidecar.issuer, "name", file_name)


def _share_a_year(one: Sidecar, other: Sidecar) -> bool:
    return one.years == other.years or not set(one.years).isdisjoint(other.years)


def _history(entries: Iterable[_Known]) -> tuple[list[IntakeRecord], list[IntakeRecord]]:
    """All records in order of intake, and those that no later one supersedes.

    Version numbers follow from the order of intake. A file that shares years with several
    documents takes the place of all of them and names the newest.
    """
    everything: list[IntakeRecord] = []
    documents: dict[tuple[str, ...], list[IntakeRecord]] = defaultdict(list)
    for entry in sorted(entries, key=lambda e: e.counter):
        sidecar = entry.sidecars[-1]
        heads = documents[_document(sidecar, entry.file_name)]
        replaced = [head for head in heads if _share_a_year(head.sidecar, sidecar)]
        record = IntakeRecord(
            file_sha256=entry.file_sha256,
            file_name=entry.file_name,
            size_bytes=entry.size_bytes,
            version_no=1 + max((head.version_no for head in replaced), default=0),
            supersedes_sha256=replaced[-1].file_sha256 if replaced else None,
            sidecar=sidecar,
            counter=entry.counter,
        )
        heads[:] = [head for head in heads if head not in replaced] + [record]
        everything.append(record)
    return everything, [head for heads in documents.values() for head in heads]


def _load(lake: Lake) -> list[_Known]:
    entries = []
    for path in sorted(lake.records.glob("*.json")):
        try:
            value = read_checked_json(path)
        except ValueError as error:
            raise IntakeError(f"{error}; restore it from a backup of the lake") from None
        sidecars = tuple(Sidecar.from_json(sidecar) for sidecar in value["sidecars"])
        entries.append(_Known(**{**value, "sidecars": sidecars}))
    return entries
