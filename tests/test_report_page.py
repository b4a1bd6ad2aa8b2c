"""The page: put together from the notebook's parts, self-contained, escaped, and the same bytes every time."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import polars as pl
import pytest
from report_runs import HEAD, MODEL, RUN_ID, THEMES, Spec, loaded, notebook_of, page, viewed

from vocanalytics.errors import ReportError
from vocanalytics.report import IndexEntry, Pages, build_index, build_view, render_notebook
from vocanalytics.report.checking import check_page
from vocanalytics.report.exporting import page_of, policy
from vocanalytics.report.pages import PARTS
from vocanalytics.report.rendering import asset

HOSTILE = (
    "<script>window.hacked=1</script>",
    "</title></style></script><script>window.hacked=1</script>",
    '"><img src=x onerror=window.hacked=1>',
    "<svg onload=window.hacked=1>",
    "{{ 7*7 }}{% raw %}",
    "<!-- --!><iframe srcdoc='<script>parent.hacked=1</script>'>",
    "&lt;b&gt;&#60;script&#62;",
    "<style>@import 'https://other.example/x.css'</style>",
    "]]><a href='javascript:window.hacked=1'>x</a>",
)


def attribute_names(html: str) -> set[str]:
    """Every attribute that a parser finds in a page."""
    names: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: names.update(name for name, _ in attrs)  # type: ignore[method-assign]
    parser.feed(html)
    return names


def hostile_spec() -> Spec:
    """A run in which every text that comes from outside is hostile."""
    themes = [(f"{text} {place}", 3 + place, place % 5 + 1, 5 - place % 4, text) for place, text in enumerate(HOSTILE)]
    texts = pl.lit(" ".join(HOSTILE))
    return Spec(
        themes=themes,
        account_changes={"account_name": pl.concat_str(texts, "account_id"), "csm": texts},
        feedback_changes={
            "source": texts,
            "account_hint": texts,
            "url": pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("javascript:window.hacked=1")).otherwise(texts),
        },
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return page(viewed(Spec(), folder / "run"), folder / "first").read_text(encoding="utf-8")


def test_the_page_has_every_part_and_no_code(html: str) -> None:
    sections = [
        "bottom-line",
        "ranking",
        "money",
        "settle",
        "changed",
        "trust",
        "decide",
        "themes",
        "accounts",
        "method",
    ]
    places = [html.index(f'<section id="{name}"') for name in sections]
    assert places == sorted(places)
    assert html.count("<h1>") == 1
    assert "pages." not in html
    assert "stray" not in html
    assert "@scope" not in html
    assert RUN_ID in html
    assert HEAD in html


def test_the_same_view_gives_the_same_bytes(html: str, folder: Path) -> None:
    again = page(viewed(Spec(), folder / "run-again"), folder / "second").read_text(encoding="utf-8")
    assert again == html


def test_nothing_is_loaded_from_elsewhere(html: str) -> None:
    assert not re.search(r"\ssrc=|@import|url\(|<link|<iframe|<object|<base", html)
    outside = re.findall(r'(?<![a-z])https?://[^"\s<]+', html)
    assert outside and all(address.startswith("https://desk.example/tickets/") for address in outside)
    assert set(re.findall(r'(\w+)="https?://', html)) == {"href"}
    assert html.count('rel="noopener noreferrer nofollow"') == len(outside)


def test_the_policy_lets_only_our_script_run(html: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    said = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert said
    assert said[1].replace("&#39;", "'") == policy(asset("page.js"))
    assert f"sha256-{digest}" in said[1]
    assert said[1].startswith("default-src &#39;none&#39;;")


def test_links_inside_the_page_lead_somewhere_and_ids_are_unique(html: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    labelled = [name for names in re.findall(r'aria-labelledby="([^"]+)"', html) for name in names.split()]
    assert set(labelled) <= set(ids)


@pytest.mark.parametrize("spec", [Spec(themes=()), Spec(alignment=False, overrides=False), Spec(themes=THEMES[:1])])
def test_links_hold_in_edge_cases_too(spec: Spec, tmp_path: Path) -> None:
    test_links_inside_the_page_lead_somewhere_and_ids_are_unique(
        page(viewed(spec, tmp_path), tmp_path / "page").read_text(encoding="utf-8")
    )


def test_the_page_stays_small(html: str) -> None:
    assert len(html.encode()) <= 300_000
    style = re.search(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    assert style and len(style[1].encode()) <= 20_000
    assert len(asset("page.js").encode()) <= 3_000


def test_svg_keeps_its_spelling(html: str) -> None:
    assert html.count("viewBox=") >= 2
    assert "viewbox=" not in html


def test_tables_have_captions_and_scoped_heads(html: str) -> None:
    for table in re.findall(r"<table.*?</table>", html, flags=re.DOTALL):
        assert "<caption" in table
        assert not re.search(r"<th(?! scope=)[ >]", table)


def test_hostile_text_is_text(tmp_path: Path) -> None:
    html = page(viewed(hostile_spec(), tmp_path), tmp_path / "page").read_text(encoding="utf-8")
    assert "&lt;script&gt;window.hacked=1&lt;/script&gt;" in html
    assert html.count("<script") == 1
    assert "javascript:" not in "".join(re.findall(r'href="[^"]*"', html))
    assert not [name for name in attribute_names(html) if name.startswith("on")]
    assert "{{ 7*7 }}" in html


def test_an_incomplete_notebook_is_no_report(folder: Path, tmp_path: Path) -> None:
    notebook = notebook_of(viewed(Spec(), folder / "part"))
    notebook.cells.pop()
    nbformat.write(notebook, tmp_path / "50_preread.ipynb")
    with pytest.raises(ReportError, match=r"does not show the whole pre-read.*no appendices"):
        render_notebook(tmp_path / "50_preread.ipynb", tmp_path / "preread.html")
    assert not (tmp_path / "preread.html").exists()


def test_what_is_no_notebook_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "50_preread.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(ReportError, match=r"50_preread\.ipynb: not a notebook"):
        render_notebook(tmp_path / "50_preread.ipynb", tmp_path / "preread.html")


def test_an_output_that_no_template_wrote_stops_the_page(folder: Path, tmp_path: Path) -> None:
    notebook = notebook_of(viewed(Spec(), folder / "part"))
    notebook.cells[-1].outputs[0].data["text/html"] += "<script>window.hacked=1</script>"
    nbformat.write(notebook, tmp_path / "50_preread.ipynb")
    with pytest.raises(ReportError, match="a script that is not ours"):
        render_notebook(tmp_path / "50_preread.ipynb", tmp_path / "preread.html")


def test_cell_ids_and_counts_leave_no_trace(folder: Path) -> None:
    view = viewed(Spec(), folder / "part")
    first, second = notebook_of(view), notebook_of(view)
    for number, cell in enumerate(second.cells):
        cell.id, cell.execution_count = f"other-{number}", 90 + number
        cell.metadata["papermill"] = {"start_time": "2026-10-01T00:00:00"}
    assert page_of(first, where="first") == page_of(second, where="second")


@pytest.mark.parametrize(
    "snippet",
    [
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='//other.example'>x</a>",
        "<a href='../../etc/passwd'>x</a>",
        "<p onclick='x()'>x</p>",
        "<p style='background:url(https://other.example)'>x</p>",
        "<style>p{background:url(//other.example)}</style>",
        "<style>@import '//other.example'</style>",
        "<script>alert(1)</script>",
        "<svg><use href='#x'/></svg>",
        "<svg><foreignObject></foreignObject></svg>",
        "<iframe></iframe>",
        "<form action='/x'></form>",
        "<meta http-equiv='refresh' content='0;url=//other.example'>",
        "<base href='//other.example'>",
        "<link rel='stylesheet' href='x.css'>",
        "<?php ?>",
        "<![CDATA[x]]>",
    ],
)
def test_the_last_look_sees_what_does_not_belong(snippet: str) -> None:
    with pytest.raises(ReportError, match="would not be safe to send"):
        check_page(f"<html><body>{snippet}</body></html>")


def test_the_last_look_lets_our_own_script_pass() -> None:
    check_page("<html><body><script>ours()</script><a href='#top'>x</a></body></html>", script="ours()")


def test_jupyterlab_gets_the_look_inside_the_outputs_only(folder: Path) -> None:
    shown = Pages(viewed(Spec(), folder / "lab")).style._repr_html_()
    assert shown.count("<style>@scope (.preread){") == 1
    assert ":root" not in shown
    assert not re.search(r"(?:^|[},])\s*(?:html|body)[ {,]", shown)
    data, about = Pages(viewed(Spec(), folder / "lab")).masthead._repr_mimebundle_()
    assert data["text/html"].startswith('<div class="preread">')
    assert about["vocanalytics"]["part"] == "masthead"
    assert len(PARTS) == 8


def entry(quarter: str, **changes: object) -> IndexEntry:
    """A published run of a quarter."""
    run_id = f"{quarter}-0123456789ab"
    facts = {"quarter": quarter, "run_id": run_id, "as_of": "2026-09-30", "themes": 12, "top_themes": ("A", "B", "C"),
             "ledger_hash": "f" * 64, "link": f"{quarter}/{run_id}/preread.html"}  # fmt: skip
    return IndexEntry.model_validate(facts | changes)


def test_the_index_lists_every_run_in_the_order_given() -> None:
    html = build_index([entry("2026Q3"), entry("2026Q2", superseded=True, top_themes=("<script>x</script>",))])
    assert html.index("2026Q3/2026Q3-") < html.index("2026Q2/2026Q2-")
    assert "Two published runs, newest first" in html
    assert "superseded" in html
    assert "<script" not in html
    assert "ffffffffffff<" in html
    assert not re.search(r"https?://|\ssrc=|url\(", html)


def test_an_index_without_runs_says_so() -> None:
    assert "No run has been published yet" in build_index([])


def test_an_index_never_links_outside() -> None:
    with pytest.raises(ReportError, match="a link that leads neither"):
        build_index([entry("2026Q3", link="../../../etc/passwd")])


def test_session_roles_stand_in_the_masthead(tmp_path: Path) -> None:
    (tmp_path / "2026Q3").mkdir()
    lines = [
        "when: Thu 15 October 2026, 10:00",
        "decides: P. Vance, PM lead, with R. Amari, VP CS",
        "brings_facts: L. Brandt, CS Ops",
    ]
    (tmp_path / "2026Q3" / "session.yml").write_text("\n".join(lines), encoding="utf-8")
    view = build_view(loaded(Spec(), tmp_path), MODEL)
    assert [role.label for role in view.masthead.roles] == ["Session", "Decides", "Brings the facts", "Read before"]
    assert view.masthead.roles[1].text == "P. Vance, PM lead, with R. Amari, VP CS"
