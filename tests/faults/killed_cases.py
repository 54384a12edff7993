"""Reading files of case records in a process of its own, to be killed: argv is the lake's root."""

import shutil
import sys
from pathlib import Path

from assets.lake import Lake, current
from assets.services.cases.read import case_files_table, read_cases, write_parts


def main(root: Path) -> None:
    lake = Lake(root / "lake")
    files = read_cases(
        lake, current(lake, 2016), year=2016, bodies={"P-10": "P-10"}, say=lambda line: None
    )
    out = root / "parts"
    shutil.rmtree(out, ignore_errors=True)  # of a run that was killed as it put the parts together
    out.mkdir()
    write_parts(files, out)
    rows = case_files_table(files).to_pylist()
    (out / "files.txt").write_text("\n".join(str(row) for row in rows), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
