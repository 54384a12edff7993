"""A browser for the explorer's tests: Debian's chromium, no network, every request written down."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")

#: Every view with an address that shows much of it.
VIEWS = {
    "ranking": "ranking?year=2022",
    "ranking_2016": "ranking?year=2016&index=assessment&category=policy",
    "ranking_made": "ranking?year=2022&universe=province_34",
    "body": "body?body=P-10",
    "body_ministry": "body?body=MIC",
    "compare": "compare?year=2022&index=dvc_index&universe=province_34&bodies=Q-01,Q-15,Q-31",
    "map": "map?year=2022",
    "map_34": "map?year=2022&index=dvc_index&universe=province_34",
    "whatif": "whatif",
    "ledger": "ledger",
    "methods": "papers",
    "dictionary": "papers?tab=dictionary&q=rank",
    "sources": "papers?tab=sources",
    "audit": "papers?tab=audit",
}


@dataclass
class Visit:
    """An open page, what it asked for and what went wrong in it."""

    page: Any
    folder: Path
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, view: str, **more: str) -> Any:
        """Open a view anew, with further values in the address."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.folder.as_uri()}/index.html#/{with_values(view, more)}")
        self.page.locator("h1").wait_for()
        return self.page

    def rows(self) -> list[list[str]]:
        """Texts of the cells of the first table of results."""
        found: list[list[str]] = self.page.eval_on_selector_all(
            "#results table:first-of-type tbody tr",
            "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))",
        )
        return found


def with_values(view: str, more: Mapping[str, str]) -> str:
    """The address of a view with further values."""
    added = "&".join(f"{name}={value}" for name, value in more.items())
    return view if not added else f"{view}{'&' if '?' in view else '?'}{added}"


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's chromium. Only one may be open at a time in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def visiting(
    browser: Any, folder: Path, width: int = 1280, height: int = 900, **options: Any
) -> Iterator[Visit]:
    """A page on the explorer in `folder`, in a context of its own; only files are let through."""
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, offline=True, **options)
    visit = Visit(context.new_page(), folder)
    visit.page.set_default_timeout(20_000)
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on(
        "console", lambda said: visit.errors.append(said.text) if said.type == "error" else None
    )
    visit.page.on("dialog", lambda dialog: visit.errors.append("a dialog: " + dialog.message))
    context.route("**/*", _only_files)
    yield visit
    context.close()


def _only_files(route: Any) -> None:
    if route.request.url.startswith("file:"):
        route.continue_()
    else:
        route.abort()
