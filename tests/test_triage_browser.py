"""The triage page in a real browser: one screen, one sheet, a phone, and nothing hostile runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_report_browser import Visit, browser
from triage_pages import ATTACK, month_of, triage_page

__all__ = ["browser"]


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return triage_page(month_of(12), tmp_path_factory.mktemp("ordinary"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    name = ATTACK + "unbroken" * 40
    return triage_page(month_of(4, account_name=name, competitor=ATTACK, csm=name), tmp_path_factory.mktemp("hostile"))


def test_an_ordinary_month_is_one_screen(browser: Browser, ordinary: Path) -> None:
    with Visit(browser, ordinary, viewport={"width": 1360, "height": 900}) as visit:
        assert visit.page.locator(".tri tbody tr").count() == 12
        assert visit.page.evaluate("document.documentElement.scrollHeight") <= 900


def test_the_first_rows_of_a_long_month_are_on_the_screen(browser: Browser, tmp_path: Path) -> None:
    with Visit(browser, triage_page(month_of(40), tmp_path), viewport={"width": 1360, "height": 900}) as visit:
        bottom = visit.page.locator(".tri tbody tr").nth(9).bounding_box()
        assert bottom and bottom["y"] + bottom["height"] <= 900


@pytest.mark.parametrize("width", [360, 390, 768, 1100, 1360])
@pytest.mark.parametrize("which", ["ordinary", "hostile"])
def test_nothing_needs_a_sideways_scroll(
    browser: Browser, which: str, width: int, request: pytest.FixtureRequest
) -> None:
    with Visit(browser, request.getfixturevalue(which), viewport={"width": width, "height": 900}) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("sheet", ["A4", "Letter"])
def test_it_prints_on_one_sheet(browser: Browser, ordinary: Path, sheet: str) -> None:
    with Visit(browser, ordinary) as visit:
        printed = visit.page.pdf(format=sheet)
        assert printed.count(b"/Type /Page\n") == 1
        assert visit.requests == [ordinary.as_uri()]


def test_a_hostile_name_does_not_run(browser: Browser, hostile: Path) -> None:
    with Visit(browser, hostile) as visit:
        visit.page.wait_for_timeout(200)
        assert visit.page.evaluate("window.hacked") is None
        assert visit.requests == [hostile.as_uri()]
        assert visit.complaints == []
        assert "<script>window.hacked=1" in visit.page.inner_text("main")


def test_the_policy_holds_even_where_escaping_would_fail(browser: Browser, ordinary: Path, tmp_path: Path) -> None:
    injected = tmp_path / "injected.html"
    injected.write_text(ordinary.read_text(encoding="utf-8").replace("</main>", f"{ATTACK}</main>"), encoding="utf-8")
    with Visit(browser, injected) as visit:
        visit.page.wait_for_timeout(200)
        assert visit.page.evaluate("window.hacked") is None
        assert visit.complaints
