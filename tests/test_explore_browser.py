"""The explore notebook as people meet it: a real JupyterLab, a real Chromium, and every request outside refused."""

from __future__ import annotations

import csv
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from explore_projects import CODEBOOK, made_project
from playwright.sync_api import Browser, Locator, Page, Route, expect

from vocanalytics.themes import read_codebook

pytestmark = pytest.mark.end_to_end

WIDTH, HEIGHT = 1360, 900
#: Longer than any of it takes on a busy machine of two cores.
PATIENCE, SOON = 120_000, 20_000
IDLE = """(() => {
    const shown = window.jupyterapp && window.jupyterapp.shell.currentWidget;
    return shown?.sessionContext?.session?.kernel?.status === "idle";
})()"""
#: Where on the page the pointer is over a point of the map.
FIRST_POINT = """(() => {
    const canvas = document.querySelector(".voc-canvas");
    const box = canvas.getBoundingClientRect();
    for (let y = box.top; y < box.bottom; y += 5) {
        for (let x = box.left; x < box.right; x += 5) {
            canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y }));
            if (!document.querySelector(".voc-tip").hidden) return [x, y];
        }
    }
})()"""


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_project(root, tmp_path_factory.mktemp("explore") / "project with spaces")


def flags(root: Path) -> list[str]:
    """What `make explore` gives to JupyterLab, word by word."""
    line = re.search(r"^explore:.*\n\t@(.*)$", (root / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    assert line
    words = line[1].split()
    assert words[1:3] == ["-m", "jupyterlab"]
    return [word for word in words[3:] if word.startswith("--")]


@pytest.fixture(scope="module")
def server(root: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab as `make explore` starts it, on loopback, with settings of its own."""
    home = tmp_path_factory.mktemp("jupyter")
    folders = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    own = {f"JUPYTER_{name}": str(home / name.lower()) for name in folders}
    own |= {f"JUPYTERLAB_{name}_DIR": str(home / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", *flags(root), "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--IdentityProvider.token=t", "--allow-root", "--LabApp.expose_app_in_browser=True"]
    environment = {**os.environ, **own, "PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1"}
    with (home / "server.log").open("w") as log:
        started = subprocess.Popen(
            [*command, str(project / "notebooks")], cwd=root, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token=t", started, home / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        started.terminate()
        started.wait(30)


def _wait_for(address: str, started: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert started.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start: {log.read_text()}")


class Lab:
    """The notebook in a page, all cells run, with what it asked for and what it complained about."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        self.page: Page = self.context.new_page()
        self.refused: list[str] = []
        self.errors: list[str] = []
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=SOON)
        self.page.route("**/*", lambda route: self._only_loopback(route, server))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{server}/lab/tree/explore_themes.ipynb?token=t&reset")
        self.page.wait_for_function(IDLE)
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_selector(".voc-canvas")
        self.page.set_default_timeout(SOON)

    def _only_loopback(self, route: Route, server: str) -> None:
        if route.request.url.startswith((server, "data:", "blob:")):
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()

    @property
    def map(self) -> Locator:
        return self.page.locator(".voc-x", has=self.page.locator(".voc-canvas"))

    def show(self, selector: str) -> None:
        self.page.locator(selector).first.evaluate("element => element.scrollIntoView()")

    def choose(self, theme_id: str) -> None:
        name = self.page.locator(f"tr[data-theme='{theme_id}'] .voc-name")
        if name.get_attribute("aria-pressed") == "false":
            name.click()
        expect(name).to_have_attribute("aria-pressed", "true")

    def do(self, action: str, *, why: str = "", **given: str) -> str:
        """Fill in the form of an action, save, and return what the panel says."""
        self.page.locator(f".voc-tool[data-do={action}]").click()
        for name, value in given.items():
            field = self.page.locator(f".voc-form [name={name}]")
            field.select_option(value) if name == "into" else field.fill(value)
        self.page.locator(".voc-form [name=why]").fill(why)
        return self.answered(self.page.locator(".voc-save").click)

    def answered(self, act: Callable[[], None]) -> str:
        act()
        notice = self.map.locator(".voc-notice")
        expect(notice).not_to_have_text("Writing…")
        return notice.inner_text()

    def undo(self) -> str:
        return self.answered(self.map.get_by_role("button", name="Undo").click)

    def shown_rows(self) -> int:
        return self.page.locator(".voc-verbatims tbody tr").count()

    def brush(self, left: float, top: float, right: float, bottom: float) -> None:
        """Drag over a part of the map, in shares of its width and height."""
        box = self.page.locator(".voc-canvas").bounding_box()
        assert box
        self.page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=6)
        self.page.mouse.up()


@pytest.fixture(scope="module")
def opened(browser: Browser, server: str) -> Iterator[Lab]:
    lab = Lab(browser, server)
    yield lab
    lab.context.close()


@pytest.fixture
def lab(opened: Lab) -> Lab:
    """The page with nothing chosen, brushed or searched."""
    opened.show(".voc-x")
    chips = opened.page.locator(".voc-chip button")
    while chips.count():
        chips.first.click()
    opened.map.locator(".voc-who input").fill("Maria")
    opened.map.locator(".voc-who input").press("Tab")
    return opened


def test_brushing_the_map_filters_the_table(lab: Lab) -> None:
    count = lab.page.locator(".voc-count")
    expect(count).to_have_text("151 verbatims")
    lab.brush(0.02, 0.02, 0.5, 0.98)
    expect(count).to_have_text(re.compile(r"^\d+ of 151 verbatims$"))
    left = int(count.inner_text().split()[0])
    assert 0 < left < 151
    lab.brush(0.5, 0.02, 0.98, 0.98)
    expect(count).not_to_have_text(f"{left} of 151 verbatims")
    assert 0 < int(count.inner_text().split()[0]) < 151
    lab.page.get_by_label("Remove: Selected on the map").click()
    expect(count).to_have_text("151 verbatims")


def test_search_filters_table_map_and_themes(lab: Lab) -> None:
    lab.page.locator(".voc-search").fill("my INSPECTORS")
    expect(lab.page.locator(".voc-count")).to_have_text(re.compile(r"^\d+ of 151"))
    words = lab.page.locator(".voc-verbatims .voc-words").all_inner_texts()
    assert words
    assert all("inspectors" in verbatim for verbatim in words)
    assert lab.page.locator("tr[data-theme]").count() < 12


def test_hovering_shows_the_words_and_a_click_chooses_the_theme(lab: Lab) -> None:
    lab.page.locator(".voc-search").fill("Dark mode")
    x, y = lab.page.evaluate(FIRST_POINT)
    lab.page.mouse.move(x, y)
    tip = lab.page.locator(".voc-tip")
    expect(tip).to_contain_text("Dark mode")
    lab.page.mouse.down()
    lab.page.mouse.up()
    expect(lab.page.locator(".voc-about h3")).to_contain_text("Dark mode")


def test_renaming_merging_and_undoing_reach_the_codebook(lab: Lab, project: Path) -> None:
    before = read_codebook(project / CODEBOOK)
    lab.choose("T-0011")
    said = lab.do("rename", name="Night <b>shift</b>", why="customers say so")
    assert said.endswith("Applies from the next make quarterly; the published run stays as it is.")
    text = (project / CODEBOOK).read_text(encoding="utf-8")
    assert "Night <b>shift</b>" in text
    assert text.startswith("# Ask Maria before you merge anything.")
    expect(lab.page.locator(".voc-about h3")).to_contain_text("Night <b>shift</b>")
    lab.do("merge", into="T-0010")
    merged = read_codebook(project / CODEBOOK).theme("T-0011")
    assert merged is not None
    assert (merged.status, merged.merged_into) == ("retired", "T-0010")
    expect(lab.page.locator(".voc-log li").first).to_contain_text("T-0011 merged into T-0010 · Maria")
    assert lab.undo().startswith("Taken back: T-0011 merged")
    assert lab.undo().startswith("Taken back: T-0011 renamed")
    assert read_codebook(project / CODEBOOK) == before


def test_verbatims_are_split_off_and_moved(lab: Lab, project: Path) -> None:
    lab.choose("T-0001")
    for tick in range(2):
        lab.page.locator(".voc-verbatims tbody input").nth(tick).check()
    assert lab.do("split", name="Paper at night").startswith("2 verbatims split off T-0001")
    made = read_codebook(project / CODEBOOK).theme("T-0012")
    assert made is not None
    assert (made.name, len(made.exemplars)) == ("Paper at night", 2)
    lab.choose("T-0002")
    lab.page.locator(".voc-verbatims thead input").check()
    rows = lab.shown_rows()
    assert lab.do("move", into="T-0003").startswith(f"{rows} verbatims moved to T-0003")
    assert len(read_codebook(project / CODEBOOK).pins) == rows
    assert lab.undo() == f"Taken back: {rows} verbatims moved to T-0003."
    assert not read_codebook(project / CODEBOOK).pins


def test_a_conflict_is_one_line_and_reading_again_solves_it(lab: Lab, project: Path) -> None:
    path = project / CODEBOOK
    lab.choose("T-0004")
    lab.do("describe", description="The board reads paper.")
    edited = path.read_text(encoding="utf-8").replace("Bulk editing of assets", "Editing in bulk")
    path.write_text(edited, encoding="utf-8")
    said = lab.do("rename", name="PDF on a schedule")
    assert "changed by someone else" in said
    assert "\n" not in said
    assert lab.page.locator(".voc-notice.voc-error").count() == 1
    assert path.read_text(encoding="utf-8") == edited
    lab.answered(lab.page.get_by_role("button", name="Read again").click)
    expect(lab.page.locator("tr[data-theme='T-0006']")).to_contain_text("Editing in bulk")
    lab.do("rename", name="PDF on a schedule")
    names = {theme.theme_id: theme.name for theme in read_codebook(path).themes}
    assert (names["T-0004"], names["T-0006"]) == ("PDF on a schedule", "Editing in bulk")


def test_letters_stay_in_the_page(lab: Lab) -> None:
    """D twice deletes a cell and R spoils it, when they reach the notebook."""
    kinds = "window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.type).join()"
    before = lab.page.evaluate(kinds)
    for selector in ("tr[data-theme] .voc-name", ".voc-verbatims thead button", ".voc-search"):
        lab.page.locator(selector).first.focus()
        lab.page.keyboard.type("ddrxa")
    assert lab.page.evaluate(kinds) == before


def test_the_form_of_an_action_is_on_the_screen_and_so_is_what_came_of_it(lab: Lab) -> None:
    lab.choose("T-0003")
    lab.show(".voc-x")
    lab.page.locator(".voc-tool[data-do=describe]").click()
    expect(lab.page.locator(".voc-save")).to_be_in_viewport(ratio=1)
    lab.page.locator(".voc-form textarea").fill("Who may do what.")
    lab.answered(lab.page.locator(".voc-save").click)
    expect(lab.map.locator(".voc-notice")).to_be_in_viewport(ratio=1)
    lab.undo()


def test_the_list_follows_a_theme_chosen_elsewhere(lab: Lab) -> None:
    lab.page.locator(".voc-fact .voc-near").last.click()
    lab.page.locator(".voc-list").evaluate("list => list.scrollIntoView({ block: 'end' })")
    expect(lab.page.locator("tr.voc-chosen")).to_be_in_viewport(ratio=1)
    expect(lab.page.locator(".voc-verbatims thead th:nth-child(3)")).to_be_hidden()


def test_three_labels_are_saved_and_counted(lab: Lab, project: Path) -> None:
    lab.show(".voc-sheet")
    sheet = lab.page.locator(".voc-sheet")
    sheet.locator(".voc-who input").fill("Maria")
    sheet.locator(".voc-who input").press("Tab")
    expect(sheet.locator(".voc-notice")).to_have_text("Labels are saved in labels-maria.csv.")
    for number in (1, 2):
        sheet.locator("[data-do=right]").click()
        expect(sheet.locator(".voc-card")).to_contain_text(f"{number} labelled")
    sheet.locator("[data-do=wrong]").click()
    right = sheet.locator("select option").nth(1).get_attribute("value")
    sheet.locator("select").select_option(right)
    sheet.get_by_role("button", name="Save").click()
    expect(sheet.locator(".voc-result")).to_have_text(
        "Maria: 2 of 3 in the right theme, 67% (95% interval 21% to 94%)."
    )
    with (project / "data/curated/2026Q3/labels-maria.csv").open(encoding="utf-8", newline="") as stream:
        labels = list(csv.DictReader(stream))
    assert [label["verdict"] for label in labels] == ["right", "right", "wrong"]
    assert labels[2]["right_theme_id"] == right


def test_the_page_fits_and_asked_nobody_outside(lab: Lab) -> None:
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    boxes = "[...document.querySelectorAll('.voc-scroll, .voc-panel')]"
    assert lab.page.evaluate(f"{boxes}.filter(box => box.scrollWidth > box.clientWidth + 1).length") == 0
    assert lab.errors == []
    assert lab.refused == []
    assert "news" not in lab.page.locator("body").inner_text().lower()
