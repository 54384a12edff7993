"""The dbt project and its parsed manifest.

Parsing costs more than a small build, so the manifest is parsed once for each state of the
project's files and kept, by their hash, in a cache folder. The cache is derived and
disposable; concurrent writers put the same bytes under the same name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

PROJECT_DIR = Path(__file__).parents[2] / "dbt_project"

#: The catalog name of every per-run database, and so of every relation in the manifest.
DATABASE = "egov"


class DbtProjectError(Exception):
    """The dbt project does not parse; the message is dbt's own."""


def project_hash(project_dir: Path = PROJECT_DIR) -> str:
    """Hash over the project's files (names and bytes) and the versions of dbt that parse them."""
    digest = hashlib.sha256()
    for name in ("dbt-core", "dbt-duckdb"):
        digest.update(f"{name}={version(name)}\n".encode())
    for path in sorted(project_dir.rglob("*")):
        relative = path.relative_to(project_dir)
        if path.is_file() and relative.parts[0] not in ("target", "logs"):
            digest.update(f"{relative.as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class ParsedProject:
    """A parsed project on disk: `manifest.json` for Dagster, the msgpack for dbt's runner."""

    folder: Path
    hash: str

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest as dagster-dbt wants it."""
        manifest: Mapping[str, Any] = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return manifest

    @cached_property
    def dbt_manifest(self) -> Any:
        """The manifest as dbt's runner wants it; loading it replaces a parse of the project."""
        from dbt.contracts.graph.manifest import Manifest

        return Manifest.from_msgpack((self.folder / "partial_parse.msgpack").read_bytes())


_parsed: dict[str, ParsedProject] = {}


def parsed_project(cache: Path, project_dir: Path = PROJECT_DIR) -> ParsedProject:
    """The parsed project for the present files, parsing it only if no cache entry fits.

    Raises `DbtProjectError` with dbt's message when the project does not parse.
    """
    key = project_hash(project_dir)
    if key in _parsed:
        return _parsed[key]
    folder = cache / "dbt" / key[:16]
    if not (folder / "manifest.json").exists():
        staged = cache / "dbt" / f".{key[:16]}-{uuid.uuid4().hex}"
        staged.mkdir(parents=True)
        try:
            _parse(project_dir, staged)
            try:
                os.rename(staged, folder)
            except OSError:  # another process was first with the same bytes
                if not (folder / "manifest.json").exists():
                    raise
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    _parsed[key] = ParsedProject(folder, key)
    return _parsed[key]


def _parse(project_dir: Path, target: Path) -> None:
    from dbt.cli.main import dbtRunner

    result = dbtRunner().invoke(
        ["--quiet", "parse", "--no-partial-parse", *project_arguments(project_dir, target)]
    )
    if not result.success:
        raise DbtProjectError(f"the dbt project does not parse: {result.exception}")


def project_arguments(project_dir: Path, target: Path) -> list[str]:
    """dbt arguments that keep every run's target and logs in a folder of its own."""
    return [
        "--project-dir",
        str(project_dir),
        "--profiles-dir",
        str(project_dir),
        "--target-path",
        str(target),
        "--log-path",
        str(target),
    ]
