"""The triage page in a real browser: one screen, one sheet, a phone, and nothing hostile runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_report_browser import Visit
from triage_pages import ATTACK, full_month, month_of, triage_page

SCREEN = {"width": 1360, "height": 900}
#: How many quotes have words outside of what their box shows.
CLIPPED = """() => [...document.querySelectorAll('.qt')].filter(quote => {
    const words = document.createRange(), box = quote.getBoundingClientRect();
    words.selectNodeContents(quote);
    return [...words.getClientRects()].some(line => line.bottom > box.bottom + 2);
}).length"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('body *')]
    .filter(part => part.textContent.trim()).map(part => parseFloat(getComputedStyle(part).fontSize)))"""
TALLEST_ROW = "Math.max(...[...document.querySelectorAll('.tri tbody tr')].map(row => row.offsetHeight))"


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return triage_page(month_of(12), tmp_path_factory.mktemp("ordinary"))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return triage_page(full_month(), tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    name = ATTACK + "unbroken" * 40
    return triage_page(month_of(4, account_name=name, competitor=ATTACK, csm=name), tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize(("which", "rows", "cases"), [("ordinary", 12, 2), ("full", 18, 4)])
def test_a_month_is_one_screen(
    browser: Browser, which: str, rows: int, cases: int, request: pytest.FixtureRequest
) -> None:
    with Visit(browser, request.getfixturevalue(which), viewport=SCREEN) as visit:
        assert visit.page.locator(".tri tbody tr:visible").count() == rows
        assert visit.page.locator(".fast tbody tr:visible").count() == cases
        assert visit.page.evaluate("document.documentElement.scrollHeight") <= SCREEN["height"]
        assert visit.page.evaluate(TALLEST_ROW) <= 26
        assert visit.page.evaluate(SMALLEST) >= 12


def test_only_quotes_are_cut_on_a_wide_screen_and_nothing_on_a_phone_or_on_paper(
    browser: Browser, tmp_path: Path
) -> None:
    long = triage_page(full_month("We wait for the regional filter. " * 4), tmp_path)
    with Visit(browser, long, viewport=SCREEN) as visit:
        assert visit.page.evaluate(CLIPPED) == 18
        wider = "[...document.querySelectorAll('.page :is(th,td)')].filter(cell => cell.scrollWidth > cell.clientWidth)"
        assert visit.page.evaluate(f"{wider}.length") == 0
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate(CLIPPED) == 0
        visit.page.emulate_media(media="screen")
        visit.page.set_viewport_size({"width": 390, "height": 900})
        assert visit.page.evaluate(CLIPPED) == 0
        assert visit.page.evaluate(SMALLEST) >= 12


def test_the_first_rows_of_a_long_month_are_on_the_screen(browser: Browser, tmp_path: Path) -> None:
    with Visit(browser, triage_page(month_of(40), tmp_path), viewport=SCREEN) as visit:
        bottom = visit.page.locator(".tri tbody tr").nth(13).bounding_box()
        assert bottom and bottom["y"] + bottom["height"] <= 900


@pytest.mark.parametrize("width", [360, 390, 768, 1100, 1360])
@pytest.mark.parametrize("which", ["ordinary", "full", "hostile"])
def test_nothing_needs_a_sideways_scroll(
    browser: Browser, which: str, width: int, request: pytest.FixtureRequest
) -> None:
    with Visit(browser, request.getfixturevalue(which), viewport={"width": width, "height": 900}) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("sheet", ["A4", "Letter"])
def test_it_prints_on_one_sheet(browser: Browser, full: Path, sheet: str) -> None:
    with Visit(browser, full) as visit:
        printed = visit.page.pdf(format=sheet)
        assert printed.count(b"/Type /Page\n") == 1
        assert visit.requests == [full.as_uri()]


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
