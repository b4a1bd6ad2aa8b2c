"""The view model: its numbers against the tables, its sentences against its numbers, and its edge cases."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError
from report_runs import AS_OF, MODEL, THEMES, Spec, loaded, previous_scores, viewed

from vocanalytics.report import PreRead, build_view
from vocanalytics.report.rendering import render
from vocanalytics.report.wording import Words, number, percent, word_count
from vocanalytics.settings import Model
from vocanalytics.vocabulary import Start

WORDS = Words("USD", AS_OF)
NOTHING = pl.lit(None, dtype=pl.Decimal(6, 3))
#: Nobody signals, nobody renews soon, nobody ties an expansion to a theme.
QUIET = Spec(
    signals=False,
    account_changes={"health": pl.lit("healthy"), "renewal_date": pl.lit(dt.date(2027, 9, 1))},
    feedback_changes={"dependency": NOTHING},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("view")


@pytest.fixture(scope="module")
def view(folder: Path) -> PreRead:
    return viewed(Spec(), folder / "standard")


def strings(content: Any) -> Iterator[str]:
    """Every text in a dumped view."""
    if isinstance(content, dict):
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)
    elif isinstance(content, str):
        yield content


def test_the_four_figures_count_each_account_once(folder: Path) -> None:
    run = loaded(Spec(), folder / "figures")
    view = build_view(run, MODEL)
    accounts = {row["account_id"]: row for row in run["accounts"].iter_rows(named=True)}
    rows = [row for row in run["feedback"].iter_rows(named=True) if row["scope"] in ("scored", "compliance")]
    heard = {row["account_id"] for row in rows}
    pairs = list(run["theme_accounts"].iter_rows(named=True))
    stated = {row["account_id"] for row in rows if row["churn_signal"] in ("explicit", "inferred")}
    signals = stated | {row["account_id"] for row in pairs if row["churn_signal"] != "none"}
    days = {key: (row["renewal_date"] - AS_OF).days for key, row in accounts.items() if row["renewal_date"]}
    signalled = {key for key in signals if key in days and days[key] <= 180}
    urgent = {key for key in signalled if days[key] <= 90}
    expansion = sum(
        max(row["expansion"] for row in pairs if row["account_id"] == key) for key in {p["account_id"] for p in pairs}
    )
    arr = lambda keys: sum((accounts[key]["arr"] for key in keys), Decimal(0))  # noqa: E731
    assert [figure.amount for figure in view.masthead.figures] == [arr(heard), arr(signalled), arr(urgent), expansion]
    assert [figure.accounts for figure in view.masthead.figures[:3]] == [len(heard), len(signalled), len(urgent)]
    assert {row.account_id for row in view.money.urgent} == urgent


def test_every_number_in_a_sentence_is_in_the_json(view: PreRead) -> None:
    dump = json.loads(view.model_dump_json())
    said = [
        view.masthead.headline, view.masthead.standfirst, view.bottom_line.heading, view.ranking.heading,
        view.money.heading, view.money.paragraph, view.settle.heading, view.firmness.heading,
        *(point.text for point in view.bottom_line.points), *(file.sentence for file in view.theme_files),
        *(file.summary for file in view.theme_files), *(card.effect for card in view.settle.disputes),
    ]  # fmt: skip
    money, counts = set(), {15, 5, *_settings_numbers()}
    for value in _leaves(dump):
        if isinstance(value, str) and re.fullmatch(r"\d+\.\d\d", value):
            money.add(WORDS.money(Decimal(value)))
        elif isinstance(value, int):
            counts.add(value)
    counts |= {len(value) for value in _lists(dump)} | {row.rows for row in view.firmness.scopes}
    counts |= {len([theme for theme in view.themes if theme.start is start]) for start in Start}
    counts |= {
        sum(not row.counts for row in view.firmness.scopes),
        sum(row.rows for row in view.firmness.scopes if not row.counts),
    }
    counts |= {len([row for row in view.settle.overrides.rows if row.approved])}
    for sentence in said:
        plain = re.sub(r"Q\d 20\d\d|\d+ (?:July|September|Oct|Nov|Dec|Jan)\b(?: 20\d\d)?|sections? \d", "", sentence)
        for amount in re.findall(r"\$[\d.,]+[KMB]?(?<![.,])", plain):
            assert amount in money, (amount, sentence)
        for digits in re.findall(r"(?<![\d$.,])\d[\d,]*(?![\d.]*[KMB\d])", re.sub(r"\$[\d.,]+[KMB]?", "", plain)):
            assert int(digits.replace(",", "")) in counts, (digits, sentence)
        for word in re.findall(r"\b(?:one|two|three|four|five|six|seven|eight|nine)\b", plain.lower()):
            assert any(number(count) == word for count in counts), (word, sentence)


def _leaves(content: Any) -> Iterator[Any]:
    if isinstance(content, dict):
        for value in content.values():
            yield from _leaves(value)
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value)
    else:
        yield content


def _lists(content: Any) -> Iterator[list[Any]]:
    if isinstance(content, dict):
        for value in content.values():
            yield from _lists(value)
    elif isinstance(content, list):
        yield content
        for value in content:
            yield from _lists(value)


def _settings_numbers() -> set[int]:
    reading, revenue = MODEL.reading, MODEL.revenue
    return {reading.build_at, reading.defer_at, reading.shortlist_min, reading.shortlist_max, revenue.near_days,
            revenue.far_days, int(MODEL.breadth.baseline_share * 100)}  # fmt: skip


def test_the_json_is_the_view(view: PreRead) -> None:
    assert PreRead.model_validate_json(view.model_dump_json()) == view


def test_the_same_run_gives_the_same_view_whatever_the_order_of_its_rows(folder: Path) -> None:
    run = loaded(Spec(), folder / "order")
    unordered = ("accounts", "theme_accounts", "theme_scores", "themes")
    turned = replace(run, tables={**run.tables, **{name: run[name].reverse() for name in unordered}})
    assert build_view(turned, MODEL) == build_view(run, MODEL)


def test_the_ranking_is_the_table_in_rank_order(view: PreRead, folder: Path) -> None:
    scores = {row["theme_id"]: row for row in loaded(Spec(), folder / "rank")["theme_scores"].iter_rows(named=True)}
    assert [row.theme.rank for row in view.ranking.rows] == list(range(1, len(view.ranking.rows) + 1))
    assert {row.theme.start for row in view.ranking.apart} <= {Start.ESCALATE, Start.UNSCORED}
    for row in (*view.ranking.rows, *view.ranking.apart):
        theme, expected = row.theme, scores[row.theme.theme_id]
        for name in (
            "arr_exposed",
            "arr_signalled",
            "arr_at_risk",
            "expansion",
            "revenue",
            "accounts",
            "composite",
            "rank",
        ):
            assert getattr(theme, name) == expected[name]


def test_the_cuts_stand_under_the_thresholds(view: PreRead) -> None:
    cut = [row.theme.composite for row in view.ranking.rows if row.cut]
    after = [view.ranking.rows[place + 1].theme.composite for place, row in enumerate(view.ranking.rows) if row.cut]
    assert cut and all(
        any(above >= threshold > below for threshold in (MODEL.reading.build_at, MODEL.reading.defer_at))
        for above, below in zip(cut, after, strict=True)
    )  # type: ignore[operator]


def test_theme_files_name_the_largest_accounts_and_every_urgent_one(folder: Path) -> None:
    model = MODEL.model_copy(update={"report": MODEL.report.model_copy(update={"accounts_shown": 3})})
    run = loaded(Spec(), folder / "few")
    view = build_view(run, model)
    for file in view.theme_files:
        behind = run["theme_accounts"].filter(theme_id=file.theme.theme_id)
        largest = set(behind.sort("arr", "account_id", descending=[True, False])["account_id"].head(3))
        urgent = set(
            behind.filter((pl.col("churn_signal") != "none") & (pl.col("days_to_renewal") <= 90))["account_id"]
        )
        assert {row.account_id for row in file.accounts} == largest | urgent
        assert bool(file.left_out) == (behind.height > len(largest | urgent))
        assert file.theme.urgent_arr == sum(behind.filter(pl.col("account_id").is_in(urgent))["arr"], Decimal(0))


def test_quotes_are_exact_and_from_accounts_that_count(view: PreRead, folder: Path) -> None:
    feedback = {row["feedback_id"]: row for row in loaded(Spec(), folder / "quotes")["feedback"].iter_rows(named=True)}
    for file in view.theme_files:
        assert 1 <= len(file.quotes) <= MODEL.report.quotes_shown
        accounts = [feedback[quote.feedback_id]["account_id"] for quote in file.quotes]
        assert len(set(accounts)) == len(accounts)
        for quote in file.quotes:
            row = feedback[quote.feedback_id]
            assert quote.text == row["verbatim"]
            assert quote.paraphrase == (row["voice"] == "paraphrase")
            assert ("not counted" in quote.role) == (row["scope"] not in ("scored", "compliance"))


def test_rows_in_are_rows_out(view: PreRead) -> None:
    total = view.firmness.rows_total
    assert total.rows_in == total.accepted + total.quarantined + total.duplicates
    assert sum(row.rows for row in view.firmness.scopes) == view.firmness.rows[0].accepted


def test_a_dispute_says_what_rescoring_found(view: PreRead, folder: Path) -> None:
    rescored = loaded(Spec(), folder / "dispute").reading["disputes"]
    assert view.settle.disputed == rescored.height > 0
    for card, row in zip(view.settle.disputes, rescored.iter_rows(named=True), strict=True):
        assert (card.theme.theme_id, card.cs, card.product) == (row["theme_id"], row["score_cs"], row["score_product"])
        assert f"from {row['composite']} to {row['composite_cs']}" in card.effect
        assert row["start_cs"] in card.effect
        assert card.crosses == (row["start_cs"] != row["start_product"])


def test_an_override_shows_where_the_theme_stood_without_it(view: PreRead) -> None:
    applied = [row for row in view.settle.overrides.rows if row.approved]
    refused = [row for row in view.settle.overrides.rows if not row.approved]
    assert len(applied) == 2 and len(refused) == 1
    assert all(re.match(r"Rank \d+, (build|settle|defer|decline)", row.without) for row in applied)
    themes = {theme.theme_id: theme for theme in view.themes}
    stands = [themes[row.theme.theme_id] for row in applied if row.theme]
    places = [f"Rank {theme.rank}, {theme.start.value}" if theme.rank else "Escalate" for theme in stands]
    assert [row.with_it for row in applied] == places and "Escalate" in places
    assert refused[0].with_it == refused[0].without
    html = render("settle", view, lines=dict.fromkeys(themes, ""))
    assert '>With it</th><th scope="col" class="p2">Without it</th>' in html
    assert all(f'<td class="p2">{row.with_it}</td><td class="p2">{row.without}</td>' in html for row in applied)
    assert refused[0].why == "Nobody approved it"
    assert refused[0].approved_by == "nobody yet"


def test_baseline_cells_show_both_numbers(view: PreRead) -> None:
    assert view.settle.baseline.flagged == 1
    for row in view.settle.baseline.rows:
        for share in row.shares:
            assert share.text == f"{percent(share.asking, share.of)}, {share.asking} of {share.of}"
            assert share.above == (share.asking * 100 > 30 * share.of)


def test_trade_offs_come_without_invented_options(folder: Path) -> None:
    cards = viewed(QUIET, folder / "quiet-cards").settle.trade_offs
    assert cards
    assert {card.options for card in cards} == {"To be written by the PM lead."}


@pytest.mark.parametrize(
    ("spec", "headline", "changed"),
    [
        (Spec(themes=()), "Q3 2026: no theme was found", "First quarter: nothing to compare"),
        (Spec(alignment=False, overrides=False), "Q3 2026: 12 themes heard, none of them ranked yet", "First quarter"),
        (Spec(themes=THEMES[:1], overrides=False), "Q3 2026: one theme starts as build", "First quarter"),
    ],
    ids=["no theme", "no alignment", "one theme"],
)
def test_edge_cases_have_sentences_of_their_own(spec: Spec, headline: str, changed: str, tmp_path: Path) -> None:
    view = viewed(spec, tmp_path)
    assert view.masthead.headline.startswith(headline)
    assert view.changes.heading.startswith(changed)
    assert 1 <= len(view.bottom_line.points) <= 6


def test_nothing_urgent_is_said_in_words(tmp_path: Path) -> None:
    view = viewed(QUIET, tmp_path)
    assert view.money.heading == "No account with a churn signal renews within 90 days"
    assert view.money.chart is None
    assert view.money.urgent == ()
    assert "No account behind any theme shows a churn signal" in view.money.paragraph
    assert view.masthead.figures[1].amount == 0


def test_without_alignment_nothing_has_a_rank(tmp_path: Path) -> None:
    view = viewed(Spec(alignment=False, overrides=False), tmp_path)
    assert view.ranking.rows == ()
    assert [row.theme.start for row in view.ranking.apart] == [Start.UNSCORED] * 12
    known = [
        (row.theme.revenue_score + row.theme.breadth_score, row.theme.revenue_score, row.theme.revenue)
        for row in view.ranking.apart
    ]
    assert known == sorted(known, reverse=True)
    assert [revenue for *_, revenue in known] != sorted((revenue for *_, revenue in known), reverse=True)
    assert view.ranking.heading == "12 themes in order of revenue and breadth score; none is ranked"
    assert view.money.chart and "; themes in order of revenue and breadth score; " in view.money.chart.subtitle
    assert view.bottom_line.points[1].text.startswith("12 themes have no alignment score and cannot be ranked")


@pytest.mark.parametrize("aligned", [True, False])
def test_the_page_has_the_order_of_the_score_step(aligned: bool, tmp_path: Path) -> None:
    run = loaded(Spec(alignment=aligned), tmp_path)
    view = build_view(run, MODEL)
    heard = run["theme_scores"].filter(pl.col("accounts") > 0)["theme_id"].to_list()
    assert [theme.theme_id for theme in view.themes] == heard
    starts = [row.theme.start for row in view.ranking.apart]
    assert starts[0] is Start.ESCALATE and Start.UNSCORED in starts[1:] and Start.ESCALATE not in starts[1:]
    assert view.ranking.apart_note.startswith(
        "Without a rank: the CPO list first, then in order of revenue and breadth score added, then weighted revenue. "
    )
    rule = next(rule.value for rule in view.method.rules if rule.name == "Composite and rank")
    assert rule.endswith(
        "Without a rank: the CPO list first; then by revenue and breadth score added, weighted revenue, theme id"
    )


def test_last_quarter_is_compared_and_its_decisions_are_followed_up(tmp_path: Path) -> None:
    decisions = (
        {"theme": "bulk_editing of Assets", "status": "decline", "owner": "P. Vance"},
        {"theme": "T-0001", "status": "build_next_quarter"},
        {"theme": "Saved views", "status": "defer_q_plus_2", "rationale": "Small."},
    )
    previous = previous_scores(Spec(), tmp_path / "before")
    view = viewed(Spec(previous=previous, decisions=decisions), tmp_path / "now")
    assert view.changes.heading == (
        "The one build has no report; no declined or deferred theme came back with more ARR"
    )
    assert [(row.name, row.verdict) for row in view.changes.kept.rows] == [
        ("Offline mode for inspectors", "Not reported"),
        ("Bulk editing of assets", "Returned"),
        ("Saved views", "Waiting"),
    ]
    assert view.changes.kept.rows[2].standing == "Not heard this quarter."
    before = dict(previous.select("theme_id", "rank").iter_rows())
    for row in view.ranking.rows:
        then = before.get(row.theme.theme_id)
        expected = "new" if row.theme.theme_id not in before else "–" if not then else None
        assert expected is None or row.moved == expected
        if then and row.theme.rank:
            assert row.moved_by == then - row.theme.rank
    assert view.ranking.since == "Since Q2"


def test_without_decisions_the_largest_moves_head_the_comparison(tmp_path: Path) -> None:
    previous = previous_scores(Spec(), tmp_path / "before")
    turned = previous.with_columns(
        rank=pl.when(pl.col("rank").is_not_null()).then(pl.col("rank").max() + 1 - pl.col("rank"))
    )
    view = viewed(Spec(previous=turned), tmp_path / "now")
    assert re.fullmatch(r".+ rose from rank \d+ to \d+(; .+ fell from rank \d+ to \d+)?", view.changes.heading)
    same = loaded(Spec(), tmp_path / "same")["theme_scores"]
    assert viewed(Spec(previous=same), tmp_path / "again").changes.heading.startswith("No theme ranked in both")


def test_a_text_over_its_limit_never_reaches_the_page(view: PreRead) -> None:
    point = view.bottom_line.points[0]
    with pytest.raises(ValidationError, match="more than 25 words"):
        type(point).model_validate(point.model_dump() | {"text": "word " * 26})


def test_many_themes_stay_within_every_limit(tmp_path: Path) -> None:
    long = "an awfully long theme name of far too many words to stand in any heading at all " * 2
    themes = [(f"{place} {long}"[:120], 3 + place % 9, place % 5 + 1, 5 - place % 5, "Please.") for place in range(60)]
    view = viewed(Spec(themes=themes), tmp_path)
    assert len(view.money.chart.bars) == 20  # type: ignore[union-attr]
    assert "the first 20 of 60" in view.money.chart.subtitle  # type: ignore[union-attr]
    assert len(view.settle.disputes) <= 12 < view.settle.disputed
    assert "other" in view.settle.disputes_note
    assert all(word_count(point.text) <= 25 for point in view.bottom_line.points)
    assert all(len(group.themes) <= 8 for group in view.bottom_line.slate)
    assert {theme.theme_id for theme in view.themes} == {f"T-{place:04d}" for place in range(1, 61)}


def test_a_session_takes_between_60_and_75_minutes(folder: Path, tmp_path: Path) -> None:
    for number_of, spec in enumerate((Spec(), Spec(themes=THEMES[:1]), QUIET)):
        agenda = viewed(spec, tmp_path / str(number_of)).bottom_line.agenda
        ends = [tuple(map(int, item.minutes.split("–"))) for item in agenda]
        assert ends[0][0] == 0
        assert all(before[1] == after[0] < after[1] for before, after in itertools.pairwise(ends))
        assert 60 <= ends[-1][1] <= 75


@pytest.mark.parametrize("build_at", [3, 7, 15])
def test_the_rule_that_is_printed_is_the_rule_of_the_model(build_at: int, tmp_path: Path) -> None:
    reading = MODEL.reading.model_copy(update={"build_at": build_at, "defer_at": min(7, build_at)})
    model: Model = MODEL.model_copy(update={"reading": reading})
    view = viewed(Spec(), tmp_path, model)
    assert f"Composite {build_at} or more" in view.ranking.legend[0].rule
    assert any(f"Build from {build_at}" in rule.value for rule in view.method.rules)


def test_failed_checks_come_before_everything(tmp_path: Path) -> None:
    run = loaded(Spec(), tmp_path)
    failed = run.validation.checks[0].model_copy(update={"success": False, "on_failure": "stop", "failed": 3})
    doubtful = replace(run, validation=run.validation.model_copy(update={"checks": (failed,)}))
    view = build_view(doubtful, MODEL)
    assert view.masthead.warning == "One data check failed; section 6 says which. Read the ranking with that in mind."
    assert "failed" in view.bottom_line.points[-1].text
    assert any(check.verdict == "Fail" for check in view.firmness.checks)


def test_at_risk_is_always_weighted(view: PreRead) -> None:
    for text in strings(json.loads(view.model_dump_json())):
        for place in re.finditer(r"\bat risk\b", text):
            around = text[max(0, place.start() - 20) : place.end() + 12]
            assert "weighted" in around or "account at risk" in around, text
