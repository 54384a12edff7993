"""Making the hashes of a changed release fit again, as one who knows how they are made would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assets.lake.atomic import canonical_json, sha256_of
from assets.lake.manifest import content_of, seal
from assets.release.package import sums


def sealed_again(manifest: dict[str, Any]) -> bytes:
    """The manifest with every hash in it made to fit."""
    body = content_of(manifest)
    content = {**body, "content_sha256": sha256_of(canonical_json(body))}
    return seal(content, manifest["counter"])


def reseal_sums(folder: Path) -> None:
    """Make MANIFEST.sha256 agree with what lies there."""
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    listed = [n for n in names if n not in ("MANIFEST.sha256", "manifest.json")]
    hashes = {name: sha256_of((folder / name).read_bytes()) for name in listed}
    (folder / "MANIFEST.sha256").write_text(sums(hashes))


def reseal(folder: Path, **changes: Any) -> None:
    """Make both lists agree with what lies there, as one who knows how they are made would."""
    reseal_sums(folder)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes()) | changes
    manifest["files"] = [
        {
            "rows": None,
            "schema_sha256": None,
            "name": file.relative_to(folder).as_posix(),
            "bytes": file.stat().st_size,
            "sha256": sha256_of(file.read_bytes()),
        }
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file != path
    ]
    path.write_bytes(sealed_again(manifest))


def reseal_manifest_only(folder: Path) -> None:
    kept = (folder / "MANIFEST.sha256").read_bytes()
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    for entry in manifest["files"]:
        if entry["name"] == "MANIFEST.sha256":
            entry |= {"sha256": sha256_of(kept), "bytes": len(kept)}
    path.write_bytes(sealed_again(manifest))
