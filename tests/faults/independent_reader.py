"""A reader of the lake that shares no code with it: JSON, hashes and row counts by hand.

It answers one question: is what the pointer names one complete version, all of it?
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


class Broken(AssertionError):  # noqa: N818 (a verdict)
    """What a reader finds is not one complete version."""


def demand(condition: bool, what: str) -> None:
    if not condition:
        raise Broken(what)


def read_version(root: Path, unit: str = "marts", key: str = "2016") -> tuple[int, int]:
    """(counter, value) of the current version; see lake_publisher for what a version holds."""
    return read_folder(root / "pointers" / unit / f"{key}.json", root / "versions" / unit / key)


def read_folder(pointer_path: Path, versions: Path) -> tuple[int, int]:
    """As `read_version`, from a pointer and the folder that its version is in."""
    try:
        pointer = json.loads(pointer_path.read_bytes())
        folder = versions / pointer["version"]
        data = (folder / "manifest.json").read_bytes()
        demand(hashlib.sha256(data).hexdigest() == pointer["manifest_sha256"], "manifest")
        manifest = json.loads(data)
        demand(manifest["counter"] == pointer["counter"], "counter")
        contents = {}
        for entry in manifest["files"]:
            content = (folder / entry["name"]).read_bytes()
            demand(hashlib.sha256(content).hexdigest() == entry["sha256"], entry["name"])
            demand(len(content) == entry["bytes"], f"size of {entry['name']}")
            contents[entry["name"]] = content
        totals = json.loads(contents["totals.json"])
        for name in ("values", "ranks"):
            column = pq.read_table(io.BytesIO(contents[f"{name}.parquet"]))["v"].to_pylist()
            demand(set(column) == {totals["value"]}, f"{name} holds rows of another version")
            demand(len(column) == totals["rows"], f"{name} has lost rows")
            demand(sum(column) == totals["sum"], f"{name} has another sum")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Broken(f"{type(error).__name__}: {error}") from error
    return pointer["counter"], totals["value"]


def read_release(root: Path, key: str = "2016") -> tuple[int, int]:
    """As `read_version`, of a release, whose journal, or what is about to be, must tell of it."""
    counter, value = read_folder(root / "releases" / key / "current.json", root / "releases" / key)
    # What is about to be is asked first: it takes the journal's place in one step.
    told = [line["counter"] for name in (".next", ".jsonl") for line in _lines(root, key, name)]
    demand(counter in told, f"no entry tells of {counter}")
    return counter, value


def read_journal(root: Path, key: str = "2016") -> list[dict[str, Any]]:
    """The lines of a release's journal, each with its own hash and that of the one before."""
    lines = _lines(root, key, ".jsonl")
    before = ""
    for number, line in enumerate(lines, start=1):
        demand((line["no"], line["before"]) == (number, before), f"line {number} hangs on nothing")
        body = {name: value for name, value in line.items() if name != "check"}
        text = json.dumps(body, sort_keys=True, ensure_ascii=False) + "\n"
        before = hashlib.sha256(text.encode()).hexdigest()
        demand(line["check"] == before, f"line {number} is not what was written")
    return lines


def _lines(root: Path, key: str, suffix: str) -> list[dict[str, Any]]:
    try:
        data = (root / "vintages" / key / f"journal{suffix}").read_bytes()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in data.splitlines()]
