"""The version of the code that made something: a hash over everything that can change a result."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

#: Folders whose files can change a published number, and the files' endings.
FOLDERS = ("assets", "dbt_project")
ENDINGS = (".py", ".sql", ".yaml", ".yml")


@cache
def code_version() -> str:
    """First 16 hex digits of the hash over names and bytes of the code, wherever it is checked out.

    Says the same on every machine for the same code, with or without version control.
    """
    digest = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            relative = path.relative_to(ROOT)
            if path.suffix in ENDINGS and not {"target", "logs"} & set(relative.parts):
                digest.update(f"{relative.as_posix()}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
