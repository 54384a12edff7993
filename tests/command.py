"""Running the command `egov` as a person would: in a process of its own, on a lake of its own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parents[1]
#: Longest that a command may take before it counts as hung; machines may be busy otherwise.
SECONDS = 900


def environment(lake: Path, **more: str) -> dict[str, str]:
    """The environment of a run on `lake`, with Dagster's home inside it."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DAGSTER_HOME", "EGOV_FAULT")}
    return {**kept, "EGOV_LAKE": str(lake), "DO_NOT_TRACK": "1", **more}


def start(lake: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    """Start `egov WORDS` on the lake."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", *words],
        env=environment(lake, **more),
        cwd=REPO,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def egov(lake: Path, *words: str, **more: str) -> tuple[int, str]:
    """Run `egov WORDS` to its end: (return code, everything it said)."""
    process = start(lake, *words, **more)
    said, _ = process.communicate(timeout=SECONDS)
    return process.returncode, said


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
