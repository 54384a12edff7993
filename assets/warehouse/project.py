"""The dbt project and its parsed manifest.

Parsing costs more than a small build, so the manifest is parsed once for each state of the
project's files and each engine, and kept, by their hash, in a cache folder. The cache is
derived and disposable; concurrent writers put the same bytes under the same name.
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
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PROJECT_DIR = Path(__file__).parents[2] / "dbt_project"

#: The catalog name of every per-run database, and so of every relation in the manifest.
DATABASE = "egov"


#: Environment variable that names the engine, which is the dbt target.
ENGINE_VARIABLE = "EGOV_ENGINE"

#: dbt target -> the adapter it needs (docs/engines.md).
ENGINES = {"duckdb": "dbt-duckdb", "spark_local": "dbt-spark", "spark": "dbt-spark"}


class EngineError(Exception):
    """EGOV_ENGINE names no engine, or one that is not installed; the message says what to do."""


def engine_name() -> str:
    """The engine that EGOV_ENGINE names, DuckDB if it is not set."""
    name = os.environ.get(ENGINE_VARIABLE) or "duckdb"
    if name not in ENGINES:
        raise EngineError(
            f"{ENGINE_VARIABLE} is {name!r}; write one of {', '.join(ENGINES)}, or leave it out"
        )
    return name


class DbtProjectError(Exception):
    """The dbt project does not parse; the message is dbt's own."""


def project_hash(engine: str, project_dir: Path = PROJECT_DIR) -> str:
    """Hash over the project's files (names and bytes), the engine, and the versions of dbt.

    Raises `EngineError` if the engine's adapter is not installed.
    """
    digest = hashlib.sha256(f"{engine}\n".encode())
    for name in ("dbt-core", ENGINES[engine]):
        digest.update(f"{name}={_version(name, engine)}\n".encode())
    for path in sorted(project_dir.rglob("*")):
        relative = path.relative_to(project_dir)
        if path.is_file() and relative.parts[0] not in ("target", "logs"):
            digest.update(f"{relative.as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _version(package: str, engine: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        raise EngineError(
            f"{ENGINE_VARIABLE} is {engine!r}, which needs {package}; install egov-index[spark] "
            f"(requirements-spark.lock)"
        ) from None


@dataclass(frozen=True)
class ParsedProject:
    """A parsed project on disk: `manifest.json` for Dagster, the msgpack for dbt's runner."""

    folder: Path
    hash: str
    engine: str

    @property
    def on_spark(self) -> bool:
        """Whether Spark builds the models."""
        return ENGINES[self.engine] == "dbt-spark"

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest as dagster-dbt wants it."""
        manifest: Mapping[str, Any] = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return manifest

    @cached_property
    def dbt_manifest(self) -> Any:
        """The manifest as dbt's runner wants it; loading it replaces a parse of the project."""
        return self.loaded_manifest()

    def loaded_manifest(self) -> Any:
        """As `dbt_manifest`, for who changes it."""
        from dbt.contracts.graph.manifest import Manifest

        return Manifest.from_msgpack((self.folder / "partial_parse.msgpack").read_bytes())


_parsed: dict[str, ParsedProject] = {}


def parsed_project(
    cache: Path, project_dir: Path = PROJECT_DIR, engine: str | None = None
) -> ParsedProject:
    """The project as parsed for the engine (default: EGOV_ENGINE's) and the present files; it is
    parsed only if no cache entry fits.

    Raises `DbtProjectError` with dbt's message when the project does not parse, and
    `EngineError`.
    """
    engine = engine or engine_name()
    key = project_hash(engine, project_dir)
    if key in _parsed:
        return _parsed[key]
    folder = cache / "dbt" / key[:16]
    if not (folder / "manifest.json").exists():
        staged = cache / "dbt" / f".{key[:16]}-{uuid.uuid4().hex}"
        staged.mkdir(parents=True)
        try:
            _parse(project_dir, staged, engine)
            try:
                os.rename(staged, folder)
            except OSError:  # another process was first with the same bytes
                if not (folder / "manifest.json").exists():
                    raise
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    _parsed[key] = ParsedProject(folder, key, engine)
    return _parsed[key]


def _parse(project_dir: Path, target: Path, engine: str) -> None:
    from dbt.cli.main import dbtRunner

    result = dbtRunner().invoke(
        ["--quiet", "parse", "--no-partial-parse", *project_arguments(project_dir, target, engine)]
    )
    if not result.success:
        raise DbtProjectError(f"the dbt project does not parse: {result.exception}")


def project_arguments(project_dir: Path, target: Path, engine: str = "duckdb") -> list[str]:
    """dbt arguments that name the engine and keep every run's artifacts in a folder of its own."""
    return [
        "--target",
        engine,
        "--project-dir",
        str(project_dir),
        "--profiles-dir",
        str(project_dir),
        "--target-path",
        str(target),
        "--log-path",
        str(target),
    ]
