"""LibreOffice on files of a test, with a profile of the test's own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SECONDS = 120

#: Makes it compute every formula anew when it opens a file, whatever the file says they give.
_RECALCULATE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


def convert(folder: Path, kind: str, files: list[Path]) -> Path:
    """Convert the files to another kind; formulas are computed anew. The folder of results."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("soffice is not on this machine; CI has it and allows no skip")
    to, profile = folder / kind, folder / "profile"
    settings = profile / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(_RECALCULATE, "utf-8")
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(to),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=SECONDS,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    return to
