"""Text that would be code stays text: names, raw lines, notes and addresses are shown as they are
(W1); and a lake without a release gives a page that says so. The frames are made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from explorer_browser import CHROMIUM, chromium, visiting

from assets.explorer.files import explorer_files
from assets.explorer.inputs import Inputs
from tests.unit.explorer.explorer_samples import FILE, frame, inputs, value

if CHROMIUM is None:
    pytest.skip(
        "Debian's chromium is not installed: the explorer was not looked at",
        allow_module_level=True,
    )

PAYLOADS = (
    '<img src=x onerror="alert(1)">',
    "</script><script>alert(1)</script>",
    "'); alert(1); ('",
    "\\'); alert(1); //",
    "javascript:alert(1)",
    '"><svg onload=alert(1)>',
    "__proto__",
    "${alert(1)} {{7*7}} \u2028 \u202e",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_shown_and_never_run(payload: str, tmp_path: Path) -> None:
    checked = {
        "body_code": "P-10", "check_id": "search", "check_answer": "yes",
        "evidence_url": payload, "deciding_words": payload,
    }  # fmt: skip
    asked = {"body_code": "P-10", "input_code": "x", "raw_text": payload, "sheet_name": payload}
    printed = {
        "body_code": "P-10",
        "website": payload,
        "table_no": "4.4",
        "file_sha256": FILE,
        "line_no": 7,
    }
    given = inputs(
        names={"P-10": payload, "P-48": "Đà Nẵng"},
        values={2016: [value(2016, "P-10", 1, "1.000"), value(2016, "P-48", 2, "0.9")]},
        raw=payload,
        rel_portal_checks=frame("rel_portal_checks", checked),
        rel_observations=frame("rel_observations", asked),
        rel_websites=frame("rel_websites", printed),
        rel_service_totals=frame("rel_service_totals", {"body_code": "P-10", "cases_online": 9}),
        rel_service_ranks=frame("rel_service_ranks", {"body_code": "P-10", "ranking": payload}),
    )
    _write(tmp_path, given)
    with chromium() as browser, visiting(browser, tmp_path) as visit:
        page = visit.go("body?body=P-10")
        shown = " ".join(payload.split())
        texts = page.eval_on_selector_all(
            "h1, td, th, option", "all => all.map(each => each.textContent.split(/\\s+/).join(' '))"
        )
        assert sum(shown in text for text in texts) >= 4
        page.locator("#results .sourced").first.click()
        assert page.locator("dialog blockquote").count() == 1
        for view in ("ranking", "compare?bodies=P-10,P-48", "map", "ledger", "papers?tab=sources"):
            visit.go(view)
        visit.go("ranking?q=<img src=x onerror=alert(1)>&year=<b>&sort=__proto__&lang=<i>")
        made = "document.querySelectorAll('main img, main script, main svg[onload], main b').length"
        assert page.evaluate(made) == 0
        assert page.evaluate("({}).polluted") is None
    assert visit.errors == []
    assert {url.split(":")[0] for url in visit.requests} <= {"file", "about"}


def test_a_lake_without_a_release_gives_a_page_that_says_so(tmp_path: Path) -> None:
    given = replace(inputs(), years={}, vintages={}, left_out={"2016": "no_release"})
    _write(tmp_path, given)
    with chromium() as browser, visiting(browser, tmp_path) as visit:
        for view in ("ranking", "body", "compare", "map", "whatif", "ledger"):
            page = visit.go(view)
            assert "Chưa có năm nào có bản công bố" in page.locator("main").inner_text()
        page.locator("footer summary").click()
        assert "2016: chưa có bản công bố" in page.locator("footer").inner_text()
        visit.go("papers")
    assert visit.errors == []


def _write(folder: Path, given: Inputs) -> None:
    for name, data in explorer_files(given).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
