"""Who may use whom, in the order of the folders (README, Develop): found by reading every file."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import assets

ROOT = Path(assets.__path__[0])

#: What imports nothing of ours.
GROUND = frozenset({"registry", "lake"})
#: What sources stand on; none of it imports a source.
BELOW = GROUND | {
    "assetspec",
    "codeversion",
    "csvtext",
    "entities",
    "gates",
    "intake",
    "method",
    "plaintext",
    "publication",
    "received",
    "webaddress",
    "years",
}
#: What reads files from outside and knows what they say; none of it imports another.
SOURCES = frozenset({"reports", "submissions", "crawl", "services"})

#: Folders and modules of `crawl`, each of which uses only those before it.
CRAWL = (
    "model",
    "fetch",
    "pages",
    "checks",
    "evidence",
    "targets",
    "rounds",
    "results",
    "campaign",
    "window_asset",
    "assets",
)

#: A module, or a function in one, as a process is told which to run.
_NAMED = re.compile(r"(?:assets|orchestration)(?:\.[a-z_]+)+(?::[a-z_]+)?")


def named_in(code: str) -> set[str]:
    """Modules of ours, or things in them, that code imports anywhere or names in a string."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value} if _NAMED.fullmatch(node.value) else set()
    return {name for name in found if name.partition(".")[0] in ("assets", "orchestration")}


def misplaced(part: str, code: str) -> set[str]:
    """What code of a folder or module of `assets` names and may not."""
    named = named_in(code)
    wrong = {name for name in named if not name.startswith("assets.")}
    if part in GROUND:
        allowed = frozenset({part})
    elif part in BELOW | SOURCES:
        allowed = BELOW | {part}
    else:
        return wrong
    return wrong | {name for name in named - wrong if name.split(".")[1] not in allowed}


def too_early(part: str, code: str) -> set[str]:
    """What code of a folder or module of `crawl` names of `crawl` that does not stand before it."""
    names = {name for name in named_in(code) if f"{name}.".startswith("assets.crawl.")}
    before = CRAWL[: CRAWL.index(part) + 1]
    return {name for name in names if f"{name}..".split(".")[2] not in before}


def test_every_file_uses_what_stands_below_it() -> None:
    found = {}
    parts = set()
    for path in sorted(ROOT.rglob("*.py")):
        part = path.relative_to(ROOT).parts[0].removesuffix(".py")
        parts.add(part)
        if wrong := misplaced(part, path.read_text("utf-8")):
            found[path.relative_to(ROOT).as_posix()] = sorted(wrong)
    assert found == {}
    assert parts > BELOW | SOURCES


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("registry", "from assets.lake import Lake"),
        ("lake", "from assets import registry"),
        ("release", "import orchestration.cli"),
        ("release", "from orchestration import cli"),
        ("explorer", "def late():\n    from orchestration.paths import home"),
        ("crawl", "from assets.submissions.form import COLUMNS"),
        ("crawl", "from assets import services"),
        ("services", "import assets.crawl.fetch.guard as guard"),
        ("services", "if TYPE_CHECKING:\n    from assets.reports.cells import Cell"),
        ("services", "READER = 'assets.submissions.reader:read_plain'"),
        ("submissions", "from assets.release.cells import SPELLED"),
        ("received", "from assets.submissions.form import COLUMNS"),
        ("received", "command = ['-m', 'assets.services.cases.worker']"),
        ("method", "from assets.submissions.form import COLUMNS"),
        ("plaintext", "from assets.crawl import words"),
    ],
)
def test_a_wrong_import_is_found(part: str, code: str) -> None:
    assert len(misplaced(part, code)) == 1


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("lake", "from assets.lake.paths import Lake"),
        ("crawl", "from assets.received.setaside import told"),
        ("crawl", "'words as in assets.submissions.form of other text'"),
        ("received", "from assets.lake import Lake\nimport json"),
        ("explain", "from assets.crawl.checks.names import check_names"),
    ],
)
def test_a_right_import_is_not_found(part: str, code: str) -> None:
    assert misplaced(part, code) == set()


def test_the_crawl_stands_in_its_order() -> None:
    found = {}
    parts = set()
    folder = ROOT / "crawl"
    for path in sorted(folder.rglob("*.py")):
        part = path.relative_to(folder).parts[0].removesuffix(".py")
        code = path.read_text("utf-8")
        if part == "__init__":
            assert named_in(code) == set(), "whoever imports a part of crawl imports no other by it"
            continue
        parts.add(part)
        if wrong := too_early(part, code):
            found[path.relative_to(folder).as_posix()] = sorted(wrong)
    assert found == {}
    assert parts == set(CRAWL)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("model", "from assets.crawl.fetch.limits import Limits"),
        ("fetch", "from assets.crawl.pages.html import read_page"),
        ("fetch", "from assets.crawl import checks"),
        ("fetch", "import assets.crawl"),
        ("pages", "import assets.crawl.checks.words as words"),
        ("checks", "def late():\n    from assets.crawl.results.uptime import wilson"),
        ("evidence", "if TYPE_CHECKING:\n    from assets.crawl.rounds.window import Window"),
        ("targets", "from assets.crawl.rounds.progress import Progress"),
        ("rounds", "command = ['-m', 'assets.crawl.results.reading']"),
        ("rounds", "from assets.crawl.campaign import Campaign"),
        ("results", "from assets.crawl.window_asset import CRAWL_WINDOW"),
        ("campaign", "from assets.crawl.assets import crawl"),
    ],
)
def test_a_use_against_the_order_of_the_crawl_is_found(part: str, code: str) -> None:
    assert len(too_early(part, code)) == 1


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("fetch", "from assets.crawl.model import Visit\nfrom assets.webaddress import PORTS"),
        ("fetch", "from assets.crawl.fetch import limits"),
        ("checks", "from assets.crawl.pages.page import Page\n'see assets.crawl.results'"),
        ("results", "from assets.crawl.rounds.window import Window"),
        ("assets", "from assets.crawl.window_asset import CRAWL_WINDOW"),
    ],
)
def test_a_use_in_the_order_of_the_crawl_is_not_found(part: str, code: str) -> None:
    assert too_early(part, code) == set()
