"""The lake: files as received, versions of what was made from them, and the pointers to both.

Belongs here: every write under `lake/` (intake, staging, promotion, rollback, sweeping) and the
verified way to read it back. Does not belong here: what the tables mean (registry), whether
they are good (gates), when they are made (orchestration). Imports nothing of ours.

    intake/objects/<sha256>          each file as received, never edited
    intake/records/<sha256>.json     what is known about that file
    stage/<run_id>/<unit>.<key>.*/   a version being written
    versions/<unit>/<key>/<counter>-<hash>/   complete, sealed versions with their manifest.json
    pointers/<unit>/<key>.json       names the current version; replaced in one step
    releases/<year>/<vintage>/, releases/<year>/current.json   the same for unit `release`
    vintages/<year>/journal.jsonl    who moved that pointer when and why, and who signed
    work/<area>/<name>/              what was read from one large file, kept for the next run
    runs/<run_id>/                   scratch of one run
    locks/                           flock files and fences

A reader follows the pointer, checks the manifest's hash and opens the files that it names,
each checked in turn. Nothing outside a version folder named by a pointer is ever read as data.

A bucket or another folder can hold a copy of intake, versions, pointers, releases and journals
under the same names (push, pull, read_remote).
"""

from assets.lake.asof import lake_as_of
from assets.lake.clean import Found, clean
from assets.lake.errors import (
    CorruptVersion,
    IntakeError,
    LakeError,
    LockTimeoutError,
    RemoteError,
    StageError,
    Superseded,
    Unreasoned,
)
from assets.lake.intake import (
    IntakeRecord,
    add_file,
    add_files,
    add_folder,
    current,
    read_source,
    records,
    source_path,
)
from assets.lake.journal import Because, Entry
from assets.lake.paths import RELEASE, Lake
from assets.lake.progress import Progress
from assets.lake.promote import Promotion, rollback
from assets.lake.pull import pull
from assets.lake.push import push
from assets.lake.read import Version, promoted, promoted_keys, reading, version_with
from assets.lake.remote import Remote, remote_of
from assets.lake.remote_read import RemoteVersion, damages, read_remote
from assets.lake.sidecar import Sidecar, load_sidecar
from assets.lake.stage import Stage, staging
from assets.lake.standing import Relation, Standing, standing
from assets.lake.sweep import run_folder, sweep
from assets.lake.work import kept, make_kept, prune_kept

__all__ = [
    "RELEASE",
    "Because",
    "CorruptVersion",
    "Entry",
    "Found",
    "IntakeError",
    "IntakeRecord",
    "Lake",
    "LakeError",
    "LockTimeoutError",
    "Progress",
    "Promotion",
    "Relation",
    "Remote",
    "RemoteError",
    "RemoteVersion",
    "Sidecar",
    "Stage",
    "StageError",
    "Standing",
    "Superseded",
    "Unreasoned",
    "Version",
    "add_file",
    "add_files",
    "add_folder",
    "clean",
    "current",
    "damages",
    "kept",
    "lake_as_of",
    "load_sidecar",
    "make_kept",
    "promoted",
    "promoted_keys",
    "prune_kept",
    "pull",
    "push",
    "read_remote",
    "read_source",
    "reading",
    "records",
    "remote_of",
    "rollback",
    "run_folder",
    "source_path",
    "staging",
    "standing",
    "sweep",
    "version_with",
]
