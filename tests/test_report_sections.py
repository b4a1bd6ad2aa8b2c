"""What single sections say: themes outside the scope, urgent accounts, cards, the agenda, and names as people read."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from report_runs import MODEL, THEMES, Spec, loaded, page, viewed

from vocanalytics.report import PreRead, build_view
from vocanalytics.report.baselines import TIER_NAMES
from vocanalytics.report.bottom_line import OpenItems, bottom_line
from vocanalytics.report.cards import Dispute
from vocanalytics.report.decision_sheet import decisions_csv
from vocanalytics.report.facts import gather
from vocanalytics.report.money import money
from vocanalytics.report.points import points
from vocanalytics.report.rendering import render
from vocanalytics.report.run import RunTables
from vocanalytics.report.workbook import workbook
from vocanalytics.vocabulary import Start

#: The first four themes are asked for by prospects, an account outside the profile and a churned one only.
OUTSIDE = ("Kiosk mode", "label_printing", "Voice|shift_notes", "Barcode scans")
TRACKED = Spec(themes=(*((name, 0, 4, None, "We would buy it.") for name in OUTSIDE), *THEMES))
TAGS = Spec(themes=[(name.replace(" ", "_").lower(), *facts) for name, *facts in THEMES])
NOTHING_OPEN = OpenItems(disputes=0, trade_offs=0, baselines=0, overrides=0, refused=0, decided_before=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sections")


@pytest.fixture(scope="module")
def tracked(folder: Path) -> tuple[RunTables, PreRead]:
    run = loaded(TRACKED, folder / "tracked")
    return run, build_view(run, MODEL)


def test_themes_heard_only_outside_the_scope_are_counted_and_not_decided_on(
    tracked: tuple[RunTables, PreRead],
) -> None:
    _, view = tracked
    assert [theme.name for theme in view.tracked] == ["Kiosk mode", "Label printing", "Voice | shift notes", OUTSIDE[3]]
    assert view.firmness.outside == (
        "Four themes were asked for only outside the scope and are tracked, not scored: "
        "Kiosk mode, Label printing, Voice | shift notes (and one more)."
    )
    decided = view.model_dump(mode="json", exclude={"tracked", "firmness", "changes", "method"})
    assert not [name for name in ("Kiosk mode", "Label printing", "T-0001") if name in json.dumps(decided)]
    assert len(view.themes) == len(view.decision_sheet.rows) == len(THEMES)


def test_the_sales_list_keeps_what_only_prospects_ask_for(tracked: tuple[RunTables, PreRead], folder: Path) -> None:
    run, view = tracked
    asked = {row.theme.name for row in view.firmness.prospects}
    assert asked == {"Kiosk mode", "Label printing"}
    assert "10 of" not in view.firmness.prospects_note
    html = page(view, folder / "tracked-page").read_text(encoding="utf-8")
    assert 'href="#"' not in html
    assert html.index("tracked, not scored") > html.index('<section id="trust"')
    book = openpyxl.load_workbook(io.BytesIO(workbook(view, run, most_verbatims=50_000)))
    listed = [row for row in book["Sales list"].iter_rows(min_row=2, values_only=True) if row[3]]
    assert [row[0] for row in listed] == run.reading["sales_list"]["theme_name"].to_list()
    said = [row[0] for row in book["Verbatims"].iter_rows(min_row=2, values_only=True) if row[-1]]
    assert len(said) == run["mentions"].height and set(OUTSIDE) <= set(said)


def test_a_long_sales_list_says_how_much_of_it_is_shown(tracked: tuple[RunTables, PreRead]) -> None:
    run, _ = tracked
    ids = [f"T-{place:04d}" for place in range(1, 13)]
    asked = pl.DataFrame({"theme_id": ids, "theme_name": ids, "prospects": 2, "mentions": 2, "is_repeated": True})
    view = build_view(replace(run, reading={**run.reading, "sales_list": asked}), MODEL)
    assert len(view.firmness.prospects) == 10
    assert ". 10 of 12 shown; all are in the workbook" in view.firmness.prospects_note


def test_a_run_with_nothing_in_scope_says_so(folder: Path) -> None:
    view = viewed(replace(TRACKED, themes=TRACKED.themes[:1], overrides=False), folder / "nothing")
    assert view.masthead.headline == "Q3 2026: no theme was asked for in scope"
    assert view.bottom_line.heading == "Nothing to decide: no theme was asked for in scope"
    assert view.firmness.outside.startswith("One theme was asked for only outside the scope and is tracked")


def test_a_decision_on_a_theme_now_outside_the_scope_is_not_lost(folder: Path) -> None:
    decided = ({"theme": "kiosk Mode", "status": "decline"}, {"theme": "T-0002", "status": "decline"})
    view = viewed(replace(TRACKED, decisions=decided), folder / "decided")
    assert [row.name for row in view.changes.kept.rows] == ["Kiosk mode", "Label printing"]
    assert {row.standing for row in view.changes.kept.rows} == {"Asked for only outside the scope."}
    assert {row.verdict for row in view.changes.kept.rows} == {"Quiet"}


def test_urgent_accounts_stand_beside_the_themes_of_their_signal_only(folder: Path) -> None:
    run = loaded(Spec(), folder / "urgent")
    view = build_view(run, MODEL)
    pairs = run["theme_accounts"]
    shown = {row.account_id: {theme.theme_id for theme in row.themes} for row in view.money.urgent}
    for account_id, themes in shown.items():
        asked = pairs.filter(account_id=account_id)
        assert themes == set(asked.filter(pl.col("churn_signal") != "none")["theme_id"])
    assert any(themes < set(pairs.filter(account_id=account)["theme_id"]) for account, themes in shown.items())


def test_an_account_whose_signal_is_on_no_theme_says_so(folder: Path) -> None:
    run = loaded(Spec(), folder / "no-theme")
    account = build_view(run, MODEL).money.urgent[0].account_id
    silent = pl.when(pl.col("account_id") == account).then(pl.lit("none")).otherwise("churn_signal")
    tables = {**run.tables, "theme_accounts": run["theme_accounts"].with_columns(churn_signal=silent)}
    view = build_view(replace(run, tables=tables), MODEL)
    row = next((row for row in view.money.urgent if row.account_id == account), None)
    assert row is not None and row.themes == ()
    html = page(view, folder / "no-theme-page").read_text(encoding="utf-8")
    assert '<td class="p2">No theme</td>' in html


def scored(run: RunTables, **changes: object) -> PreRead:
    """The view of a run whose first theme is a trade-off with other scores."""
    first = pl.col("rank") == 1
    columns = {
        name: pl.when(first).then(pl.lit(value)).otherwise(name).cast(run["theme_scores"].schema[name])
        for name, value in changes.items()
        if name != "flags"
    }
    flags = pl.when(first).then(pl.lit([changes["flags"]])).otherwise("flags").alias("flags")
    scores = run["theme_scores"].with_columns(flags, **columns)
    return build_view(replace(run, tables={**run.tables, "theme_scores": scores}), MODEL)


@pytest.mark.parametrize(("breadth", "side"), [(5, "pros"), (4, "pros"), (3, "neither"), (2, "cons"), (1, "cons")])
def test_breadth_argues_on_its_own_side(breadth: int, side: str, folder: Path) -> None:
    run = loaded(Spec(), folder / "trade")
    view = scored(run, flags="trade_off_revenue", breadth_score=breadth)
    card = next(card for card in view.settle.trade_offs if card.theme.rank == 1)
    said = f"the breadth score is {breadth} of 5."
    assert [name for name in ("pros", "cons") if any(said in line for line in getattr(card, name))] == (
        [] if side == "neither" else [side]
    )


def test_money_argues_on_its_own_side(folder: Path) -> None:
    run = loaded(Spec(), folder / "trade-money")
    facts = {"flags": "trade_off_breadth", "revenue_score": 2, "expansion": Decimal("0.00")}
    poor = scored(run, **facts, arr_signalled=Decimal("0.00"), arr_exposed=Decimal("9000.00")).settle.trade_offs[0]
    assert poor.cons[0] == "Together they bring $9K of ARR; the revenue score is 2 of 5."
    assert "None of its ARR shows a churn signal and is overdue or renews within 180 days." in poor.cons
    assert "No expansion is tied to it." in poor.cons
    rich = scored(run, **facts | {"expansion": Decimal("5000.00")}, arr_signalled=Decimal("7000.00"))
    assert "$5K of expansion is tied to it." in rich.settle.trade_offs[0].pros
    said = "$7K of its ARR shows a churn signal and is overdue or renews within 180 days."
    assert said in rich.settle.trade_offs[0].pros


def test_a_rationale_is_a_sentence_of_its_own(folder: Path) -> None:
    run = loaded(Spec(), folder / "rationale")
    plain = pl.lit("checked against the roadmap")
    tables = {
        **run.tables,
        "alignment": run["alignment"].with_columns(rationale_cs=plain, rationale_product=plain),
    }
    dump = build_view(replace(run, tables=tables), MODEL).model_dump_json()
    assert "Checked against the roadmap." in dump
    assert "checked against the roadmap" not in dump


def dispute(folder: Path, name: str, by_product: Start, by_cs: Start) -> Dispute:
    """A dispute that moves a theme from one start to another."""
    card = viewed(Spec(), folder).settle.disputes[0]
    theme = card.theme.model_copy(update={"name": name})
    return card.model_copy(update={"theme": theme, "by_product": by_product, "by_cs": by_cs})


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        (["off"], "the CS score would take One off the build list"),
        (["on"], "the CS score would add One to the build list"),
        (["same"], "the CS score would change no starting position"),
        (["off", "off", "on"], "the CS scores would take two themes off the build list and add Three"),
        (["off", "on", "on"], "the CS scores would take One off the build list and add two"),
        (["on", "on", "same"], "the CS scores would add two themes to the build list"),
        (["off", "other"], "the CS scores would take One off the build list and give Two another start"),
        (
            ["off"] * 4 + ["on"] * 3,
            "the CS scores would take four themes off the build list and add three",
        ),
    ],
)
def test_the_point_on_disputes_counts_every_move(moves: list[str], said: str, folder: Path) -> None:
    ends = {
        "off": (Start.BUILD, Start.SETTLE),
        "on": (Start.DEFER, Start.BUILD),
        "same": (Start.SETTLE, Start.SETTLE),
        "other": (Start.DEFER, Start.DECLINE),
    }
    names = ("One", "Two", "Three", "Four", "Five", "Six", "Seven")
    cards = tuple(dispute(folder / "dispute", name, *ends[move]) for name, move in zip(names, moves, strict=False))
    found = points(gather(loaded(Spec(), folder / "dispute"), MODEL), cards)
    (point,) = [point.text for point in found if "disagree" in point.text]
    assert point.endswith(f"; {said}.")


def test_section_6_says_what_became_of_the_feedback_rows(folder: Path) -> None:
    run = loaded(Spec(), folder / "rows")
    view = build_view(run, MODEL)
    feedback = next(row for row in view.firmness.rows if row.table == "feedback")
    out = sum(row.rows for row in view.firmness.scopes if not row.counts)
    said = re.fullmatch(
        r"All (\d+) feedback rows are accounted for: one in quarantine, three repeat another, (\w+) do not count",
        view.firmness.rows_title,
    )
    assert said and int(said[1]) == feedback.rows_in < view.firmness.rows_total.rows_in
    assert said[2] == {6: "six", 7: "seven", 8: "eight", 9: "nine"}.get(out, str(out))


def test_each_scope_says_its_accounts_and_whether_their_arr_is_nothing_or_unknown(folder: Path) -> None:
    run = loaded(Spec(), folder / "scopes")
    view = build_view(run, MODEL)
    said = {row.name: (row.accounts_said, row.arr_said) for row in view.firmness.scopes}
    assert said["Prospects"] == ("2", "0")
    assert said["Churned accounts"] == said["Outside the customer profile"] == ("1", "40")
    assert said["No matching account"] == ("unknown", "unknown")
    heard = run["feedback"].filter(scope="scored")["account_id"].n_unique()
    assert said["Counted in the score"][0] == str(heard)
    html = render("firmness", view, ranges=dict.fromkeys((theme.theme_id for theme in view.themes), ""))
    assert '<th scope="col" class="n p2">Accounts</th><th scope="col" class="n">ARR</th>' in html
    cells = '<td class="n">2</td><td class="n p2">2</td><td class="n">0</td>'
    assert f'Prospects<span class="fl">Sales list</span></th>{cells}' in html
    assert '<td class="n p2">unknown</td><td class="n">unknown</td>' in html


def test_a_theme_of_one_account_is_never_a_trend(folder: Path) -> None:
    view = viewed(Spec(), folder / "isolated")
    said = {file.theme.theme_id: "One account only: shown, never a trend." in file.note for file in view.theme_files}
    assert said == {theme.theme_id: theme.accounts == 1 for theme in view.themes}
    assert sum(said.values()) >= 1
    assert not [file.note for file in view.theme_files if "One account only." in file.note]
    (row,) = [row for row in (*view.ranking.rows, *view.ranking.apart) if row.theme.accounts == 1]
    assert "one account only" in row.flags.lower()


def test_a_baseline_is_a_retention_risk(folder: Path) -> None:
    grid = viewed(Spec(), folder / "standard-baseline").settle.baseline
    assert "asks for offline mode for inspectors" in grid.sentence.lower()
    assert "Not having it is a retention risk of the segment." in grid.sentence
    wide = Spec(themes=(THEMES[0], (THEMES[1][0], 40, *THEMES[1][2:]), *THEMES[2:]))
    sentence = viewed(wide, folder / "wide").settle.baseline.sentence
    assert "Not having these is a retention risk of the segment." in sentence


@pytest.mark.parametrize(
    ("themes", "heading"),
    [
        (0, "Decision sheet: there is no theme to decide on"),
        (1, "Decision sheet: one theme, an owner for every build, a reason for every decision"),
        (12, "Decision sheet: 12 themes, an owner for every build, a reason for every decision"),
    ],
)
def test_the_decision_sheet_asks_for_what_the_checker_asks_for(themes: int, heading: str, folder: Path) -> None:
    assert viewed(Spec(themes=THEMES[:themes]), folder / f"deciding-{themes}").decision_sheet.heading == heading


def test_names_are_shown_as_people_read_them_and_kept_as_they_are(folder: Path) -> None:
    run = loaded(TAGS, folder / "tags")
    view = build_view(run, MODEL)
    assert "Two-way calendar sync" in {theme.name for theme in view.themes}
    shown = page(view, folder / "tags-page").read_text(encoding="utf-8")
    html = re.sub(r"Words that set it apart: [^<]*", "", shown)
    tags = [name.replace(" ", "_").lower() for name, *_ in THEMES]
    assert not [tag for tag in tags if "_" in tag and tag in html]
    rows = list(csv.DictReader(io.StringIO(decisions_csv(view.themes))))
    assert sorted(row["theme"] for row in rows) == sorted(tags)
    assert view.settle.disputes[0].cs_says != "No reason was given."


def test_notes_of_other_steps_name_themes_as_the_page_does(folder: Path) -> None:
    run = replace(loaded(TAGS, folder / "notes"), notes=("Open work: dark_mode, dark_mode_2, not_a_theme.",))
    assert build_view(run, MODEL).firmness.notes == ("Open work: Dark mode, dark_mode_2, not_a_theme.",)


@pytest.mark.parametrize(
    ("minutes", "work"),
    [
        (12, "Read sections 1–4 in silence"),
        (19, "Read on in sections 1–4 (19 minutes in all; begin before the session)"),
    ],
)
def test_the_agenda_does_not_promise_to_read_faster_than_people_do(minutes: int, work: str, folder: Path) -> None:
    facts = gather(loaded(Spec(), folder / "agenda"), MODEL)
    assert bottom_line(facts, (), NOTHING_OPEN, minutes).agenda[0].work == work


def test_the_agenda_of_many_rows_confirms_instead_of_walking(folder: Path) -> None:
    few = viewed(Spec(), folder / "few")
    assert few.bottom_line.agenda[-2].work == "Walk the decision sheet, 12 rows"
    many = viewed(
        Spec(themes=[(f"{name} {copy}", *facts) for copy in range(2) for name, *facts in THEMES]), folder / "m"
    )
    starts = [theme.start for theme in many.themes]
    others = len(starts) - starts.count(Start.BUILD) - starts.count(Start.SETTLE)
    assert many.bottom_line.agenda[-2].work == (
        f"Confirm the builds and settles; the other {others} rows stand as they start unless someone objects"
    )


def test_without_a_ranking_the_session_only_scores(folder: Path) -> None:
    view = viewed(Spec(alignment=False), folder / "unscored")
    agenda = view.bottom_line.agenda
    assert view.masthead.headline == "Q3 2026: 12 themes heard, none of them ranked yet"
    assert view.bottom_line.heading.startswith("Score the alignment of")
    assert [item.minutes.split("–")[0] for item in agenda] == ["0", "10", agenda[-1].minutes.split("–")[0]]
    assert view.bottom_line.agenda_title == f"Scoring first: {agenda[-1].minutes.split('–')[1]} minutes"
    assert not [item for item in agenda if "decision sheet" in item.work or "ettle" in item.work]
    many = viewed(Spec(themes=THEMES * 2, alignment=False, overrides=False), folder / "unscored-many")
    assert many.bottom_line.agenda[1].work == "Score the alignment of the first 12 themes; share out the other 12"
    assert int(many.bottom_line.agenda[-1].minutes.split("–")[1]) < 45


def test_a_share_shows_on_which_side_of_the_threshold_it_is(folder: Path) -> None:
    run = loaded(Spec(), folder / "share")
    (theme_id,) = run["theme_scores"].filter(rank=1)["theme_id"]
    row = (
        run.reading["baseline"]
        .head(1)
        .with_columns(theme_id=pl.lit(theme_id), tier=pl.lit("smb"), asking=pl.lit(10), of=pl.lit(33))
    )
    view = build_view(replace(run, reading={**run.reading, "baseline": row}), MODEL)
    shares = next(row.shares for row in view.settle.baseline.rows if row.theme.theme_id == theme_id)
    assert shares[list(TIER_NAMES).index("smb")].text == "30.3%, 10 of 33"


def test_the_method_says_what_became_of_the_verbatims(folder: Path) -> None:
    counters = {
        "verbatims": 580, "tagged": 0, "joined_known": 517, "in_new_themes": 39, "unclustered": 24, "too_short": 9,
        "nothing_like_it": 15, "unclustered_share": 0.041379, "new_themes": 2,
    }  # fmt: skip
    run = loaded(Spec(), folder / "method")
    rules = {rule.name: rule.value for rule in build_view(replace(run, theme_summary=counters), MODEL).method.rules}
    assert rules["Themes"] == (
        "Of 580 verbatims, 517 joined a known theme, 39 were placed in a new one and 24 are in none: "
        "9 too short and 15 like nothing else."
    )
    assert "includes day 90" in rules["Signalled ARR"] and "fewer than 90 days" in rules["Signalled ARR"]
    tagged = {"verbatims": 1, "tagged": 1, "joined_known": 0, "in_new_themes": 0, "unclustered": 0}
    rules = {rule.name: rule.value for rule in build_view(replace(run, theme_summary=tagged), MODEL).method.rules}
    assert rules["Themes"] == "Of 1 verbatim, 1 brought its theme with it."
    again = {"verbatims": 20, "joined_known": 20, "remembered": 17}
    rules = {rule.name: rule.value for rule in build_view(replace(run, theme_summary=again), MODEL).method.rules}
    assert rules["Themes"] == (
        "Of 20 verbatims, 20 joined a known theme; 17 kept the theme that the same words had in an earlier quarter."
    )


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ({"encoder": "lexical"}, "lexical, which needs no weights"),
        (
            {"encoder": "static", "encoder_model": "MiniLM", "encoder_weights_sha256": "74d1"},
            "static, made of MiniLM, weights SHA-256 74d1",
        ),
        ({"encoder": None}, None),
    ],
)
def test_the_method_says_what_compared_the_verbatims(
    folder: Path, summary: dict[str, object], said: str | None
) -> None:
    run = loaded(Spec(), folder / f"encoder-{len(str(summary))}")
    rules = {rule.name: rule.value for rule in build_view(replace(run, theme_summary=summary), MODEL).method.rules}
    assert rules.get("Encoder") == said


def test_an_agenda_with_more_than_it_can_settle_says_what_comes_first(folder: Path) -> None:
    facts = gather(loaded(Spec(), folder / "agenda-open"), MODEL)
    works = [
        [item.work for item in bottom_line(facts, (), NOTHING_OPEN.model_copy(update=opened), 5).agenda]
        for opened in ({"disputes": 19, "trade_offs": 33, "baselines": 1}, {"disputes": 3, "trade_offs": 2})
    ]
    assert "Settle 19 disputed scores, those that move a build first" in works[0]
    assert "33 trade-offs, one baseline flag, the highest ranked first" in works[0]
    assert {"Settle three disputed scores", "Two trade-offs"} <= set(works[1])


@pytest.mark.parametrize(
    ("overrides", "refused", "work"),
    [
        (2, 0, "Look over two approved overrides"),
        (1, 1, "Approve or close one override request"),
        (4, 1, "Look over three approved overrides; approve or close one override request"),
    ],
)
def test_the_agenda_asks_only_for_overrides_that_wait(overrides: int, refused: int, work: str, folder: Path) -> None:
    facts = gather(loaded(Spec(), folder / "agenda-overrides"), MODEL)
    items = NOTHING_OPEN.model_copy(update={"overrides": overrides, "refused": refused})
    assert work in [item.work for item in bottom_line(facts, (), items, 5).agenda]


def test_no_dispute_does_not_mean_that_both_gave_the_same_score(folder: Path) -> None:
    near = [(name, asking, 4, 3, said) for name, asking, *_, said in THEMES[:3]]
    section = viewed(Spec(themes=near), folder / "near").settle
    assert section.disputes_heading == "No alignment score is in dispute"
    assert section.disputes_note == "Where both have scored, CS and Product are less than two apart."


def test_the_title_of_the_chart_names_a_bar_that_it_shows(folder: Path) -> None:
    facts = gather(loaded(Spec(), folder / "bars"), MODEL)
    loud = facts.themes[-1].model_copy(update={"arr_signalled": Decimal("99000000.00")})
    copies = [facts.themes[0].model_copy(update={"theme_id": f"T-9{place:03d}"}) for place in range(40)]
    chart = money(replace(facts, themes=(*facts.themes[:-1], *copies, loud))).chart
    assert chart is not None
    assert loud.short not in chart.title
