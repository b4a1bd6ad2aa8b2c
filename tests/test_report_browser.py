"""The page in a real browser: nothing leaves it, nothing hostile runs, nothing needs a sideways scroll or a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Browser, Page
from report_runs import Spec, page, viewed
from test_report_page import hostile_spec

WIDTHS = (360, 390, 768, 1100, 1360)


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standard")
    return page(viewed(Spec(), folder), folder / "page")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    return page(viewed(hostile_spec(), folder), folder / "page")


class Visit:
    """A page being looked at, with everything it asked for and everything it complained about."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append("dialog"))
        self.page.goto(path.as_uri())

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def open_everything(shown: Page) -> None:
    """Open every theme file and the account list."""
    shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def test_no_request_leaves_the_page_and_the_console_is_silent(browser: Browser, standard: Path) -> None:
    with Visit(browser, standard) as visit:
        open_everything(visit.page)
        visit.page.emulate_media(media="print")
        visit.page.pdf(format="A4")
        assert visit.requests == [standard.as_uri()]
        assert visit.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("which", ["standard", "hostile"])
def test_nothing_needs_a_sideways_scroll(
    browser: Browser, which: str, width: int, request: pytest.FixtureRequest
) -> None:
    with Visit(browser, request.getfixturevalue(which), viewport={"width": width, "height": 900}) as visit:
        open_everything(visit.page)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1360])
def test_the_matrix_itself_fits(browser: Browser, standard: Path, width: int) -> None:
    with Visit(browser, standard, viewport={"width": width, "height": 900}) as visit:
        wide = (
            "[...document.querySelectorAll('#ranking .scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        )
        assert visit.page.evaluate(wide) == 0


LONG = [
    ("unable" * 9, 12, 5, 5, "Please."),
    ("Refund_not_showing_up", 8, 3, 5, "Please."),
    ("x" * 90, 6, 1, 4, "Please."),
]
ADDRESS = "bartholomew.featherstonehaugh@company.example"


@pytest.mark.parametrize("width", [390, 1360])
def test_names_without_a_space_hide_no_column_and_split_no_number(browser: Browser, width: int, tmp_path: Path) -> None:
    spec = Spec(themes=LONG, account_changes={"csm": pl.lit(ADDRESS)})
    with Visit(
        browser, page(viewed(spec, tmp_path), tmp_path / "page"), viewport={"width": width, "height": 900}
    ) as visit:
        open_everything(visit.page)
        wide = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        assert visit.page.evaluate(wide) == 0
        lines = "[...document.querySelectorAll('.slate li span')].map(e => e.getClientRects().length)"
        assert set(visit.page.evaluate(lines)) == {1}
        assert ADDRESS in visit.page.locator("#money").text_content()


def test_a_hostile_verbatim_does_not_run(browser: Browser, hostile: Path) -> None:
    with Visit(browser, hostile) as visit:
        open_everything(visit.page)
        visit.page.wait_for_timeout(200)
        assert visit.page.evaluate("window.hacked") is None
        assert visit.requests == [hostile.as_uri()]
        assert visit.complaints == []
        assert "<script>window.hacked=1</script>" in visit.page.inner_text("main")


def test_the_harness_would_see_a_script_run(browser: Browser, hostile: Path, tmp_path: Path) -> None:
    html = hostile.read_text(encoding="utf-8")
    policy = html[html.index('<meta http-equiv="Content-Security-Policy"') :].split("\n", 1)[0]
    open_door = html.replace(policy, "").replace(
        "&lt;script&gt;window.hacked=1&lt;/script&gt;", "<script>window.hacked=1</script>"
    )
    (tmp_path / "open.html").write_text(open_door, encoding="utf-8")
    with Visit(browser, tmp_path / "open.html") as visit:
        assert visit.page.evaluate("window.hacked") == 1


def test_the_policy_holds_even_where_escaping_would_fail(browser: Browser, standard: Path, tmp_path: Path) -> None:
    injected = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2></main>"
    html = standard.read_text(encoding="utf-8").replace("</main>", injected)
    (tmp_path / "injected.html").write_text(html, encoding="utf-8")
    with Visit(browser, tmp_path / "injected.html") as visit:
        visit.page.wait_for_timeout(200)
        assert visit.page.evaluate("window.hacked") is None
        assert visit.complaints


def test_sorting_and_announcing(browser: Browser, standard: Path) -> None:
    with Visit(browser, standard, viewport={"width": 1360, "height": 900}) as visit:
        ranks = (
            "[...document.querySelectorAll('#ranking table.sort:not(.apart) tbody tr')].map(r => +r.cells[0].dataset.v)"
        )
        before = visit.page.evaluate(ranks)
        assert before == sorted(before)
        head = visit.page.locator("#ranking table.sort:not(.apart) thead button", has_text="Rank")
        head.click()
        head.click()
        assert visit.page.evaluate(ranks) == before[::-1]
        assert visit.page.locator("#ranking th[aria-sort]").count() == 1
        assert visit.page.inner_text("#live") == "Sorted by Rank, descending"


def test_links_open_the_theme_they_lead_to(browser: Browser, standard: Path) -> None:
    with Visit(browser, standard, viewport={"width": 1360, "height": 900}) as visit:
        last = visit.page.locator("#ranking tbody th a").last
        anchor = last.get_attribute("href")
        last.click()
        assert visit.page.locator(f"{anchor} blockquote").first.is_visible()


def test_without_script_everything_can_be_read(browser: Browser, standard: Path) -> None:
    with Visit(browser, standard, viewport={"width": 1360, "height": 900}, java_script_enabled=False) as visit:
        assert visit.page.locator("#ranking tbody tr").count() == 12
        assert visit.page.locator("#ranking thead button").count() == 0
        assert visit.page.locator("svg.wide").is_visible()
        visit.page.locator("#themes summary").nth(1).click()
        assert visit.page.locator("#themes details").nth(1).locator("table").is_visible()


def test_a_phone_gets_the_narrow_chart(browser: Browser, standard: Path) -> None:
    with Visit(browser, standard, viewport={"width": 390, "height": 844}) as visit:
        assert visit.page.locator("svg.narrow").is_visible()
        assert not visit.page.locator("svg.wide").is_visible()
        box = visit.page.locator("svg.narrow").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
