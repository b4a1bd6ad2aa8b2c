"""What stands beside the score in a theme file: the nearest bet, the tone, the channels, whose words, which kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from report_runs import MODEL, Spec, loaded

from vocanalytics.report import build_view
from vocanalytics.report.facts import gather
from vocanalytics.report.rendering import render
from vocanalytics.report.run import RunTables
from vocanalytics.report.theme_files import theme_files

HEAT: dict[str, Any] = {
    "theme_id": pl.String, "mentions": pl.Int64, "angry": pl.Int64, "delighted": pl.Int64, "calm": pl.Int64,
    "heat": pl.Decimal(6, 3),
}  # fmt: skip
BESIDE: dict[str, Any] = {"theme_id": pl.String, "measure": pl.String, "value": pl.String, "mentions": pl.Int64}
NEAREST: dict[str, Any] = {
    "theme_id": pl.String, "theme_name": pl.String, "roadmap_id": pl.String, "roadmap_name": pl.String,
    "similarity": pl.Float64,
}  # fmt: skip
#: A theme of the fixture whose alignment names the bet R-1, and one without alignment.
SCORED, UNSCORED = "T-0001", "T-0012"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    """A run whose frames beside the score are empty."""
    made = loaded(Spec(), tmp_path_factory.mktemp("beside"))
    frames = {"heat": HEAT, "beside": BESIDE, "roadmap_suggestions": NEAREST}
    return replace(made, reading={**made.reading, **{name: pl.DataFrame(schema=has) for name, has in frames.items()}})


def lines(run: RunTables, theme_id: str) -> dict[str, str]:
    """The lines of a theme file, by label."""
    (file,) = [file for file in theme_files(gather(run, MODEL)) if file.theme.theme_id == theme_id]
    return {line.label: line.text for line in file.lines}


def having(run: RunTables, name: str, schema: dict[str, Any], rows: Sequence[tuple[Any, ...]]) -> RunTables:
    return replace(run, reading={**run.reading, name: pl.DataFrame(list(rows), schema=schema, orient="row")})


BET = "Nearest bet by wording:"
ASIDE = "Beside the score, never in it."


@pytest.mark.parametrize(
    ("theme_id", "roadmap_id", "shown"),
    [(UNSCORED, "R-1", True), (SCORED, "R-1", False), (SCORED, "R-2", True)],
    ids=["without alignment", "the bet that its alignment names", "another bet than its alignment names"],
)
def test_the_nearest_bet_is_a_suggestion_and_never_a_score(
    run: RunTables, theme_id: str, roadmap_id: str, shown: bool
) -> None:
    near = having(run, "roadmap_suggestions", NEAREST, [(theme_id, "x", roadmap_id, "Fewer clicks a day", 0.31)])
    expected = {BET: "Fewer clicks a day. A suggestion, not a score."} if shown else {}
    assert lines(near, theme_id) == expected
    before, after = (gather(each, MODEL).themes for each in (run, near))
    assert before == after


def test_a_theme_without_a_score_gets_its_suggestion_even_where_somebody_named_that_bet(run: RunTables) -> None:
    near = having(run, "roadmap_suggestions", NEAREST, [(UNSCORED, "x", "R-1", "Fewer clicks a day", 0.31)])
    named = (
        run["alignment"]
        .head(1)
        .with_columns(
            theme=pl.lit(UNSCORED), roadmap_id=pl.lit("R-1"), score_cs=pl.lit(None), score_product=pl.lit(None)
        )
    )
    assert BET in lines(replace(near, tables={**near.tables, "alignment": named}), UNSCORED)


TONES: Sequence[tuple[tuple[int, int, int, int, str | None], str]] = [
    ((74, 10, 1, 60, "0.479"), "Tone: 10 angry and 1 delighted of 71 rated mentions, heat 0.5 of 10; 3 not rated."),
    ((24, 1, 0, 23, "0.250"), "Tone: 1 angry of 24 rated mentions, heat 0.3 of 10."),
    ((1, 0, 1, 0, "4.000"), "Tone: 1 delighted of 1 rated mention, heat 4.0 of 10."),
    ((27, 0, 0, 25, "0.000"), "Tone: calm in all 25 rated mentions; 2 not rated."),
    ((1, 0, 0, 1, "0.000"), "Tone: calm in its one rated mention."),
    ((5, 0, 0, 0, None), "Tone: not rated."),
]


@pytest.mark.parametrize(("counts", "said"), TONES)
def test_the_tone_is_said_with_its_counts(
    run: RunTables, counts: tuple[int, int, int, int, str | None], said: str
) -> None:
    *numbers, heat = counts
    row = (SCORED, *numbers, None if heat is None else Decimal(heat))
    assert lines(having(run, "heat", HEAT, [row]), SCORED) == {ASIDE: said}


MIXES: Sequence[tuple[str, list[tuple[str, int]], str]] = [
    ("channel", [("csm_note", 12), ("qbr", 3)], "Channels: CSM note 12, QBR 3."),
    (
        "channel",
        [("support_ticket", 1200), ("call", 6), ("survey", 3), ("community", 1), ("other", 1)],
        "Channels: support ticket 1,200, call 6, survey 3, others 2.",
    ),
    ("voice", [("paraphrase", 13), ("customer", 10), ("not given", 1)],
     "Voice: paraphrase 13, own words 10, not given 1."),
    ("insight", [("not rated", 9), ("understanding_gap", 6), ("bug", 2), ("churn_reason", 1), ("wish", 1)],
     "Kinds of insight: understanding gap 6, bug 2, churn reason 1, others 1."),
    ("insight", [("not rated", 9)], ""),
    ("language", [("en", 9)], ""),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "counts", "said"), MIXES)
def test_each_mix_names_the_most_frequent(
    run: RunTables, measure: str, counts: list[tuple[str, int]], said: str
) -> None:
    rows = [(SCORED, measure, value, mentions) for value, mentions in counts]
    assert lines(having(run, "beside", BESIDE, rows), SCORED) == ({ASIDE: said} if said else {})


def test_an_older_run_has_no_lines_beside_the_score(run: RunTables) -> None:
    older = replace(run, reading={name: run.reading[name] for name in ("scope_summary", "override_status", "disputes",
                                                                       "baseline", "sales_list")})  # fmt: skip
    assert all(file.lines == () for file in theme_files(gather(older, MODEL)))


def test_the_lines_stand_in_the_file_and_hostile_names_are_text(run: RunTables) -> None:
    near = having(run, "roadmap_suggestions", NEAREST, [(UNSCORED, "x", "R-9", "<script>x</script>\u202e", 0.3)])
    both = having(near, "heat", HEAT, [(UNSCORED, 2, 1, 0, 1, Decimal("3.000"))])
    html = render("appendices", build_view(both, MODEL))
    assert (
        f"<b>{BET}</b> &lt;script&gt;x&lt;/script&gt;⟨U+202E⟩. A suggestion, not a score." in html
        and f"<b>{ASIDE}</b> Tone: 1 angry of 2 rated mentions, heat 3.0 of 10." in html
    )
    assert "<script" not in html
