"""Memos and packs in a real browser: no sideways scroll at any width, nothing asked for, one memo a page on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from decision_cases import MODEL, review, run, sheet
from playwright.sync_api import Browser

from vocanalytics.report.memos import write_memos
from vocanalytics.report.packs import write_packs

PAGES = ("memos/index", "memos/T-0001", "packs/index", "packs/ines-okafor")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, decided = tmp_path_factory.mktemp("browser"), review(sheet()).decided()
    write_memos(decided, run(), MODEL, folder, "2026Q3-decisions-abcdef012345")
    write_packs(decided, run(), MODEL, folder, "2026Q3-decisions-abcdef012345")
    return folder / "report"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width_and_asks_for_nothing(browser: Browser, report: Path, name: str) -> None:
    page = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((report / f"{name}.html").as_uri())
    for width in (320, 360, 390, 768, 1100, 1360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(requests) == 1 and complaints == []
    page.close()


def test_the_index_prints_one_memo_a_page(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / "memos/index.html").as_uri())
    printed = page.pdf(format="Letter", tagged=False)
    page.close()
    # The slate, then five memos.
    assert max(int(count) for count in re.findall(rb"/Type\s*/Pages[^>]*?/Count (\d+)", printed)) == 6
