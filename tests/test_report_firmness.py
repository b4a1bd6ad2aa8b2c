"""Section 6: how firm the ranking is, what would flip a place, and what counting voices would have led with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from report_runs import MODEL, THEMES, Spec, loaded, page

from vocanalytics.charts import rank_range
from vocanalytics.report import PreRead, build_view
from vocanalytics.report.facts import Facts, gather
from vocanalytics.report.firmness import firmness
from vocanalytics.report.flips import flip_sentence, flips
from vocanalytics.report.points import MOST_POINTS, points
from vocanalytics.report.points_beyond import challenge, firm_and_kept, recalibrate
from vocanalytics.report.run import RunTables
from vocanalytics.report.steadiness import steadiness
from vocanalytics.report.wording import CHART_TITLE_WORDS, HEADING_WORDS, POINT_WORDS, Words, word_count

SHAKEN = ("sensitivity", "rank_ranges", "flips", "loudness")
HOSTILE = "<script>x</script>‮=1"
WORDS = Words("USD", Spec().as_of)
HELD, SHAKY = {"scenarios": 40, "builds": 40}, {"scenarios": 40, "builds": 31}
ONE_ACCOUNT, ONE_POINT, NOTHING = {"kind": "account_leaves", "size": 3}, {"kind": "score_point", "size": 4}, {}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    """A run of twelve themes, all its frames made by the real steps."""
    return loaded(Spec(), tmp_path_factory.mktemp("firm"))


@pytest.fixture(scope="module")
def view(run: RunTables) -> PreRead:
    return build_view(run, MODEL)


def having(run: RunTables, **frames: pl.DataFrame | None) -> RunTables:
    """A run with other frames for reading; None takes a frame away, as in a run of an older version."""
    kept = {name: frame for name, frame in {**run.reading, **frames}.items() if frame is not None}
    return replace(run, reading=kept)


def shaken(run: RunTables, *places: Mapping[str, Any], facts: Sequence[Mapping[str, Any]] = ()) -> Facts:
    """The facts of a run in which the first themes of the ranking have these ranges and these smallest facts."""
    ranges = run.reading["rank_ranges"].to_dicts()
    flipped = run.reading["flips"].to_dicts()
    nothing = dict.fromkeys(("kind", "size", "rank_after", "composite_after", "start_after"))
    rows = [row | place for row, place in zip(ranges, places, strict=False)]
    said = [row | nothing | fact for row, fact in zip(flipped, facts, strict=False)]
    frames = {
        "rank_ranges": pl.DataFrame(rows, schema=run.reading["rank_ranges"].schema),
        "flips": pl.DataFrame(said, schema=run.reading["flips"].schema),
    }
    return gather(having(run, **frames), MODEL)


def built(*places: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ranges of themes that start as build."""
    return [{"start": "build", **place} for place in places]


HEADINGS = [
    ([HELD], [NOTHING], "The one build holds in every scenario; no single account could turn it"),
    ([HELD], [ONE_ACCOUNT], "The one build holds in every scenario; one account could still turn it"),
    ([SHAKY], [ONE_POINT], "The one build holds in 31 of 40 scenarios; no single account could turn it"),
    ([HELD, HELD], [ONE_POINT, NOTHING], "Both builds hold in every scenario; no single account could turn one"),
    (
        [HELD, SHAKY],
        [NOTHING, ONE_ACCOUNT],
        "One of two builds holds in every scenario; one account could turn one",
    ),
    (
        [SHAKY, SHAKY, HELD],
        [ONE_ACCOUNT, ONE_ACCOUNT, NOTHING],
        "One of three builds holds in every scenario; one account could turn two",
    ),
    (
        [SHAKY, SHAKY],
        [NOTHING, NOTHING],
        "None of two builds holds in every scenario; no single account could turn one",
    ),
]


@pytest.mark.parametrize(("places", "facts", "said"), HEADINGS)
def test_the_heading_answers_the_question(
    places: list[dict[str, Any]], facts: list[dict[str, Any]], said: str, run: RunTables
) -> None:
    flipped = [{"start": "build", **fact} for fact in facts]
    found = steadiness(shaken(run, *built(*places), facts=flipped))
    assert found.heading == said
    assert word_count(found.heading) <= HEADING_WORDS
    assert (found.builds, found.held) == (len(places), sum(place is HELD for place in places))
    assert found.hanging == sum(fact is ONE_ACCOUNT for fact in facts)


@pytest.mark.parametrize(
    ("builds", "said"),
    [
        ((0, 0), "No theme starts as build, nor in any of 40 scenarios"),
        ((0, 3), "No theme starts as build; one would in at least one of 40 scenarios"),
        ((2, 3), "No theme starts as build; two would in at least one of 40 scenarios"),
    ],
)
def test_without_a_build_the_heading_says_how_near_the_others_are(
    builds: tuple[int, ...], said: str, run: RunTables
) -> None:
    places = [{"start": "settle", "scenarios": 40, "builds": many} for many in builds]
    assert steadiness(shaken(run, *places)).heading == said


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([(1, 1), (2, 2)], "Every theme keeps its rank in every scenario."),
        ([(1, 1), (2, 4)], "{0} ranks first in every scenario; {1} moves most, from 2 to 4."),
        ([(1, 3), (2, 2)], "{0}, first as published, ranks 1 to 3, the widest range of all."),
        ([(1, 2), (1, 2), (3, 3)], "{0}, first as published, ranks 1 to 2; no theme moves over more than one place."),
        ([(1, 2), (1, 4)], "{0}, first as published, ranks 1 to 2; {1} moves most, from 1 to 4."),
        ([(1, 1)], ""),
    ],
)
def test_the_spread_names_the_first_and_the_least_firm(spans: list[tuple[int, int]], said: str, run: RunTables) -> None:
    facts = shaken(run, *({"lowest": low, "highest": high} for low, high in spans))
    assert steadiness(facts).spread == said.format(*(theme.short for theme in facts.ranked))


def test_the_table_shows_the_frame(run: RunTables, view: PreRead) -> None:
    frame = run.reading["rank_ranges"].to_dicts()
    assert len(view.firmness.steadiness.rows) == len(frame) > 5
    for shown, row in zip(view.firmness.steadiness.rows, frame, strict=True):
        assert (shown.theme.theme_id, shown.lowest, shown.highest) == (row["theme_id"], row["lowest"], row["highest"])
        assert shown.built == f"{row['builds']} of {row['scenarios']}"
        assert shown.drawn.split("–")[0] == str(row["bootstrap_low"])
        assert shown.places.split("–")[-1] == str(row["highest"])
    (cut,) = [row for row in view.firmness.steadiness.rows if row.cut]
    above = [theme for theme in view.themes if (theme.composite or 0) >= MODEL.reading.build_at and theme.rank]
    assert cut.theme.theme_id == above[-1].theme_id


def test_a_range_of_one_rank_is_one_number_and_no_draw_is_a_dash(run: RunTables) -> None:
    firm = {"lowest": 1, "highest": 1, "bootstrap_low": None, "bootstrap_high": None, "bootstraps": 0}
    found = steadiness(shaken(run, firm))
    assert (found.rows[0].places, found.rows[0].drawn, found.draws) == ("1", "–", 0)
    assert "drawn again" not in found.note and "by chance" not in found.shaken


def test_a_long_ranking_shows_24_and_says_where_the_rest_is(tmp_path: Path) -> None:
    themes = [(f"{name} {copy}", *facts) for copy in range(3) for name, *facts in THEMES]
    found = firmness(gather(loaded(Spec(themes=themes, overrides=False), tmp_path), MODEL)).steadiness
    assert len(found.rows) == 24
    assert re.fullmatch(
        r"The first 24 of \d\d ranked themes; all are in the workbook, sheet Firmness\.", found.left_out
    )


def test_one_sentence_says_what_was_shaken_and_by_how_much(run: RunTables, view: PreRead) -> None:
    times = run.reading["sensitivity"]["scenario"].n_unique() - 1
    assert view.firmness.steadiness.shaken == (
        f"The quarter was scored again {times} times, each time with one thing changed: a threshold, factor or weight "
        "moved by about a quarter, alignment taken from CS first or from Product only, or the largest accounts gone. "
        f"Then {MODEL.firmness.bootstraps} times with accounts drawn from ours by chance."
    )


@pytest.mark.parametrize(
    ("families", "said"),
    [
        ([], "The quarter was scored again 500 times with accounts drawn from ours by chance."),
        (
            ["alignment"],
            "The quarter was scored again 1 time, each time with one thing changed: alignment taken from CS first or "
            "from Product only. Then 500 times with accounts drawn from ours by chance.",
        ),
        (
            ["factor", "largest_accounts"],
            "The quarter was scored again 2 times, each time with one thing changed: a threshold, factor or weight "
            "moved by about a quarter, or the largest accounts gone. Then 500 times with accounts drawn from ours by "
            "chance.",
        ),
    ],
)
def test_only_what_was_shaken_is_said(families: list[str], said: str, run: RunTables) -> None:
    rows = pl.DataFrame({"scenario": ["published", *families], "family": ["published", *families]})
    assert steadiness(gather(having(run, sensitivity=rows), MODEL)).shaken == said


FLIPS = [
    (
        {"kind": "account_leaves", "account_name": "Alder Clinics", "arr": Decimal("320000.00"), "composite_after": 11},
        "One leaves the shortlist if Alder Clinics (ARR $320K) leaves.",
    ),
    (
        {"kind": "account_leaves", "account_name": "Alder Clinics", "arr": Decimal("9000.00"), "composite_after": None},
        "One leaves the shortlist if Alder Clinics (ARR $9K), its only account, leaves.",
    ),
    (
        {"kind": "signal_wrong", "from_value": "explicit", "to_value": "inferred", "account_name": "Birch",
         "arr": Decimal("50000.00"), "composite_after": 11},
        "One leaves the shortlist if the churn signal of Birch (ARR $50K) on it is inferred, not explicit.",
    ),
    (
        {"kind": "signal_wrong", "from_value": "explicit", "to_value": "none", "account_name": "Birch",
         "arr": Decimal("50000.00"), "composite_after": 11},
        "One leaves the shortlist if Birch (ARR $50K) gives no churn signal on it, not an explicit one.",
    ),
    (
        {"kind": "signal_wrong", "from_value": "none", "to_value": "inferred", "account_name": "", "account_id": "A-1",
         "arr": Decimal("1200000.00"), "direction": "in", "composite_after": 12},
        "One joins the shortlist if A-1 (ARR $1.2M) gives an inferred churn signal on it, not none.",
    ),
    (
        {"kind": "score_point", "dimension": "alignment", "from_value": "4", "to_value": "3", "composite_after": 11},
        "One leaves the shortlist if its alignment is scored 3, not 4.",
    ),
    (
        {"kind": "score_point", "dimension": "breadth", "from_value": "4", "to_value": "5", "direction": "in",
         "composite_after": 12},
        "One joins the shortlist if its breadth is scored 5, not 4.",
    ),
    ({"kind": None}, "No single fact takes One off the shortlist."),
    ({"kind": None, "direction": "in"}, "No single fact puts One on the shortlist."),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "said"), FLIPS)
def test_the_smallest_fact_is_one_sentence(fact: dict[str, Any], said: str, run: RunTables) -> None:
    theme = gather(run, MODEL).ranked[0].model_copy(update={"name": "One", "flags": ()})
    row = {"direction": "out", "account_name": None, "account_id": None, "dimension": None, **fact}
    assert flip_sentence(row, theme, WORDS) == said


@pytest.mark.parametrize("flag", ["override_referenceable_logo", "override_competitive_emergency"])
def test_a_theme_with_an_override_says_that_no_fact_moves_it(flag: str, run: RunTables) -> None:
    theme = gather(run, MODEL).ranked[0].model_copy(update={"name": "One", "flags": (flag,)})
    said = flip_sentence({"direction": "out", "kind": None}, theme, WORDS)
    assert said == "One has an approved override, so no fact about it takes it off the shortlist."


def test_the_shortlist_and_the_three_themes_outside_it_have_a_sentence(run: RunTables, view: PreRead) -> None:
    frame = run.reading["flips"]
    on_list = frame.filter(pl.col("start") == "build")["theme_id"].to_list()
    outside = frame.filter(pl.col("start") != "build")["theme_id"].to_list()
    assert [flip.theme.theme_id for flip in view.firmness.flips.on_list] == on_list
    assert [flip.theme.theme_id for flip in view.firmness.flips.outside] == outside[:3]
    assert all((flip.after == "") == (flip.kind is None) for flip in view.firmness.flips.on_list)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ({"kind": None}, ""),
        (
            {"kind": "score_point", "size": 4, "composite_after": 11, "rank_after": 7, "start_after": "defer"},
            "It would then rank 7 with composite 11 and start as defer.",
        ),
        (
            {"kind": "account_leaves", "size": 3, "account_name": "Birch", "composite_after": None},
            "It would then not be ranked.",
        ),
    ],
)
def test_where_the_theme_would_stand(fact: dict[str, Any], said: str, run: RunTables) -> None:
    facts = shaken(run, *built(HELD), facts=[{"start": "build", "arr": Decimal("1.00"), **fact}])
    assert flips(facts).on_list[0].after == said


def test_of_a_long_shortlist_those_that_hang_on_the_smallest_facts_are_shown(tmp_path: Path) -> None:
    themes = [(f"{name} {copy}", *facts) for copy in range(3) for name, *facts in THEMES[:4]]
    run = loaded(Spec(themes=themes, overrides=False), tmp_path)
    last = run.reading["flips"].height - 1
    marked = run.reading["flips"].with_row_index().with_columns(
        start=pl.lit("build"),
        size=pl.when(pl.col("index") == last).then(1).otherwise(pl.lit(None, dtype=pl.Int64)),
        kind=pl.lit(None, dtype=pl.String),
    )  # fmt: skip
    found = flips(gather(having(run, flips=marked.drop("index")), MODEL))
    assert len(found.on_list) == 8
    assert found.on_list[-1].theme.theme_id == marked["theme_id"][last]
    more = last + 1 - 8
    assert found.left_out.endswith("in the workbook, sheet Flips.") and more > 1


@pytest.mark.parametrize("absent", [SHAKEN, ("rank_ranges", "flips", "sensitivity")])
def test_a_run_that_was_not_shaken_says_nothing_of_it(absent: tuple[str, ...], run: RunTables, tmp_path: Path) -> None:
    older = build_view(having(run, **dict.fromkeys(absent)), MODEL)
    part = older.firmness
    assert part.heading.startswith("All ") and part.heading.endswith("do not count")
    assert part.rows_title == "Every row that came in"
    assert (part.steadiness.shaken, part.steadiness.spread, part.steadiness.rows, part.flips.title) == ("", "", (), "")
    assert older.method.shaken_note.endswith("This run was not shaken.")
    assert not [point for point in older.bottom_line.points if "scenario" in point.text]
    html = page(older, tmp_path).read_text(encoding="utf-8")
    assert 'id="ranges"' not in html and 'id="flips"' not in html


@pytest.mark.parametrize(
    ("spec", "heading", "title"),
    [
        (Spec(themes=()), "No theme is ranked, so there is no order to shake", ""),
        (Spec(alignment=False, overrides=False), "No theme is ranked, so there is no order to shake", ""),
        (Spec(themes=THEMES[:1], overrides=False), None, "One theme is ranked, so no place can move"),
    ],
)
def test_fewer_than_two_ranked_themes(spec: Spec, heading: str | None, title: str, tmp_path: Path) -> None:
    view = build_view(loaded(spec, tmp_path / "run"), MODEL)
    part = view.firmness.steadiness
    assert part.title == title and part.spread == ""
    assert view.firmness.heading == (heading or part.heading)
    assert heading is not None or part.heading.startswith(("The one build holds in", "No theme starts as build"))
    page(view, tmp_path / "page")


def test_votes_and_the_loudest_account_stand_beside_the_score(run: RunTables, view: PreRead) -> None:
    loudness = {row["theme_id"]: row for row in run.reading["loudness"].to_dicts()}
    assert view.firmness.votes.has_loudest
    for vote in view.firmness.votes.rows:
        row = loudness[vote.theme.theme_id]
        assert (vote.by_loudest, vote.by_score, vote.mentions) == (row["rank_by_loudest"], row["rank"], row["mentions"])
        many = row["loudest_mentions"]
        assert vote.loudest == f"{row['loudest_account_name']}, {many} mention{'' if many == 1 else 's'}"


def test_the_note_names_the_loudest_account_unless_the_title_says_it(run: RunTables) -> None:
    notes = set()
    for rank in range(1, 5):
        led = pl.when(pl.col("rank") == rank).then(1).otherwise(9)
        loud = run.reading["loudness"].with_columns(rank_by_loudest=led, loudest_account_name=pl.lit("Birch"))
        facts = gather(having(run, loudness=loud), MODEL)
        found = firmness(facts).votes
        said = f"The loudest account, Birch, would have led with {facts.ranked[rank - 1].short}."
        assert found.note.endswith(said) == (facts.ranked[rank - 1].short not in found.title)
        notes.add(found.note.endswith(said))
    assert notes == {True, False}


@pytest.mark.parametrize(
    ("mentions", "loudest", "title", "point"),
    [
        ([9, 5], 1, "A count of mentions would also have led with One", None),
        ([5, 5], 1, "Mentions alone would not even name a leader", None),
        (
            [5, 9],
            1,
            "A count of mentions would have led with Two",
            "Counting mentions would put Two first; by score it ranks 2 of 2, with $9K behind it.",
        ),
        (
            [9, 5],
            2,
            "The loudest account would have led with Two, rank 2 by score",
            "The loudest account, Birch, would put Two first; by score it ranks 2 of 2.",
        ),
    ],
)
def test_what_counting_voices_would_have_led_with(
    mentions: list[int], loudest: int, title: str, point: str | None, run: RunTables
) -> None:
    order = [sorted(mentions, reverse=True).index(many) + 1 for many in mentions]
    facts = gather(run, MODEL)
    themes = tuple(
        theme.model_copy(
            update={"name": name, "mentions": many, "rank_by_mentions": place, "arr_exposed": Decimal("9000.00")}
        )
        for theme, name, many, place in zip(facts.ranked, ("One", "Two"), mentions, order, strict=False)
    )
    led = pl.col("rank").replace_strict({loudest: 1, 3 - loudest: 2}, default=9)
    loud = run.reading["loudness"].with_columns(rank_by_loudest=led, loudest_account_name=pl.lit("Birch"))
    facts = replace(facts, themes=themes, run=having(run, loudness=loud))
    assert firmness(facts).votes.title == title
    found = [point.text for point in points(facts, ()) if point.anchor == "votes"]
    assert found == ([point] if point else [])


def test_without_the_loudest_account_the_votes_stay(run: RunTables) -> None:
    found = firmness(gather(having(run, loudness=None), MODEL)).votes
    assert not found.has_loudest and {vote.by_loudest for vote in found.rows} == {None}
    assert found.note == "Place by number of in-scope mentions and by score. Mentions never enter the score."


@pytest.mark.parametrize(
    ("deals", "said"),
    [((0, 0, 0), "–"), ((1, 0, 0), "one won"), ((0, 1, 2), "one lost, two open"), ((None, None, None), "–")],
)
def test_the_sales_list_says_how_the_deals_stand(deals: tuple[int | None, ...], said: str, run: RunTables) -> None:
    stated = dict(zip(("won", "lost", "open"), deals, strict=True))
    listed = run.reading["sales_list"].with_columns(pl.lit(many, pl.Int64).alias(how) for how, many in stated.items())
    assert {row.deals for row in firmness(gather(having(run, sales_list=listed), MODEL)).prospects} == {said}


@pytest.mark.parametrize(
    ("repeated", "said"),
    [
        ([True, True], "What prospects ask for: several prospects raise two themes"),
        ([True, False], "What prospects ask for: several prospects raise one theme"),
        ([False, False], "What prospects ask for: no theme is raised by several"),
    ],
)
def test_the_sales_list_is_headed_by_what_several_prospects_raise(
    repeated: list[bool], said: str, run: RunTables
) -> None:
    listed = run.reading["sales_list"].head(2).with_columns(is_repeated=pl.Series(repeated))
    part = firmness(gather(having(run, sales_list=listed), MODEL))
    assert part.prospects_title == said
    assert part.prospects_note.endswith("Each prospect with its words is in sales_list.csv.")
    names = ("theme_id", "theme_name", "prospects", "mentions", "is_repeated")
    older = firmness(gather(having(run, sales_list=listed.select(names), sales_accounts=None), MODEL))
    assert older.prospects_note == "The Sales list; none of it enters the score"


def test_hostile_names_are_text_and_stay_on_their_line(run: RunTables, tmp_path: Path) -> None:
    hostile = run.reading["flips"].with_columns(
        kind=pl.lit("account_leaves"), account_name=pl.lit(HOSTILE), arr=pl.lit(Decimal("10.00")), size=pl.lit(3)
    )
    loud = run.reading["loudness"].with_columns(loudest_account_name=pl.lit(HOSTILE))
    view = build_view(having(run, flips=hostile, loudness=loud), MODEL)
    html = page(view, tmp_path).read_text(encoding="utf-8")
    assert html.count("<script") == 1 and "&lt;script&gt;x&lt;/script&gt;" in html
    assert "‮" not in html


def test_numbers_of_section_6_are_in_the_json(view: PreRead) -> None:
    dump = json.loads(view.model_dump_json())["firmness"]
    assert {"builds", "held", "hanging", "scenarios", "draws"} <= set(dump["steadiness"])
    assert {"arr", "rank_after", "composite_after"} <= set(dump["flips"]["on_list"][0])
    titles = [view.firmness.steadiness.title, view.firmness.flips.title]
    assert all(word_count(title) <= CHART_TITLE_WORDS for title in titles)


@pytest.mark.parametrize(
    ("place", "dot", "bar"),
    [
        ((1, 1, 1, 9), 6, None),
        ((9, 8, 9, 9), 194, (170, 194)),
        ((5, 1, 9, 9), 100, (6, 194)),
        ((1, 1, 1, 1), 100, None),
    ],
)
def test_the_range_is_drawn_where_the_numbers_are(
    place: tuple[int, int, int, int], dot: int, bar: tuple[int, int] | None
) -> None:
    drawn = str(rank_range(*place))
    assert re.findall(r'<circle cx="(\d+)"', drawn) == [str(dot)]
    thick = re.findall(r'<line x1="(\d+)" x2="(\d+)"[^>]*stroke-width="6"', drawn)
    assert thick == ([(str(bar[0]), str(bar[1]))] if bar else [])
    assert 'aria-hidden="true"' in drawn


def promised(*verdicts: str) -> pl.DataFrame:
    """Outcomes of promised builds, and a deferral that is none."""
    rows = [{"status": "build_next_quarter", "verdict": verdict} for verdict in verdicts]
    return pl.DataFrame([*rows, {"status": "defer_q_plus_2", "verdict": "kept"}])


FIRM = "The one build holds in every scenario"


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ((), f"{FIRM}; no single account could turn it."),
        (("kept",), f"{FIRM}, no single account could turn it; the one build promised earlier shipped."),
        (("slipped",), f"{FIRM}, no single account could turn it; the one build promised earlier has not shipped."),
        (("kept", "dropped"), f"{FIRM}, no single account could turn it; of two builds promised earlier, one shipped."),
        (
            ("slipped", "unreported"),
            f"{FIRM}, no single account could turn it; of two builds promised earlier, none shipped.",
        ),
    ],
)
def test_the_point_on_firmness_and_promises(outcomes: tuple[str, ...], said: str, run: RunTables) -> None:
    facts = shaken(run, *built(HELD), facts=[{"start": "build"}])
    facts = replace(facts, run=having(facts.run, outcomes=promised(*outcomes)))
    (point,) = firm_and_kept(facts)
    assert (point.text, point.anchor) == (said, "trust")
    assert word_count(point.text) <= POINT_WORDS


def test_promises_stand_alone_where_nothing_was_shaken(run: RunTables) -> None:
    bare = having(run, **dict.fromkeys(SHAKEN), outcomes=promised("kept", "slipped", "slipped"))
    (point,) = firm_and_kept(gather(bare, MODEL))
    assert (point.text, point.anchor) == ("Of three builds promised earlier, one shipped.", "changed")
    assert not list(firm_and_kept(gather(having(bare, outcomes=None), MODEL)))


def challenged(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Challenges to leadership, the first theme of the ranking first."""
    first = {
        "theme_id": "T-0001", "theme_name": "Offline", "quarters": 2, "arr_exposed": Decimal("620000.00"),
        "arr_before": Decimal("600000.00"), "rank": 1, "composite": 9, "rationale_cs": "Asked.",
        "rationale_product": "No.",
    }  # fmt: skip
    return pl.DataFrame([first | row for row in rows])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [{}],
            "Offline mode for inspectors is a challenge to leadership: $620K of ARR asks for it, and it has alignment "
            "1 for two quarters running.",
        ),
        (
            [{"theme_id": "gone", "theme_name": "old_theme", "quarters": 3}],
            "Old theme is a challenge to leadership: $620K of ARR asks for it, and it has alignment 1 for three "
            "quarters running.",
        ),
        (
            [{}, {"theme_id": "T-0002"}],
            "Two themes are challenges to leadership; Offline mode for inspectors has the most behind it, $620K of "
            "ARR, and alignment 1 for two quarters running.",
        ),
    ],
)
def test_the_point_on_challenges(rows: list[dict[str, Any]], said: str, run: RunTables) -> None:
    facts = gather(having(run, challenges=challenged(*rows)), MODEL)
    assert [point.text for point in challenge(facts)] == [said]
    found = [point.text for point in points(facts, ())]
    assert said in found and not [text for text in found if "trade-off" in text][1:]


def test_the_point_on_a_challenge_is_never_cut(run: RunTables) -> None:
    name = "Reverse a payment that was sent abroad in another currency to the wrong person"
    rows = challenged({"theme_id": "T-gone", "theme_name": name})
    (point,) = challenge(gather(having(run, challenges=rows), MODEL))
    assert word_count(point.text) <= POINT_WORDS
    assert point.text.endswith("alignment 1 for two quarters running.")


@pytest.mark.parametrize(
    ("notes", "limits", "said"),
    [
        ((), {}, []),
        (("Open work: one theme.",), {}, []),
        (
            ("Recalibrate the model: 2 of 4 on the shortlist are overridden, more than 25%.", "Recalibrate the model."),
            {},
            ["Four themes start as build; 2 of 4 on the shortlist are overridden, more than 25%: recalibrate the "
             "model."],
        ),
        (
            ("Recalibrate the model: overrides in 3 quarters running, this one included.",),
            {"shortlist_max": 3},
            ["Four themes start as build, more than three to three; overrides in 3 quarters running, this one "
             "included: recalibrate the model."],
        ),
        (
            ("Recalibrate the model: overrides in 3 quarters running.",),
            {"shortlist_min": 5},
            ["Four themes start as build, fewer than five to five; overrides in 3 quarters running: recalibrate the "
             "model."],
        ),
    ],
)  # fmt: skip
def test_the_point_that_the_model_must_be_set_anew(
    notes: tuple[str, ...], limits: dict[str, int], said: list[str], run: RunTables
) -> None:
    model = MODEL.model_copy(update={"reading": MODEL.reading.model_copy(update=limits)})
    facts = gather(replace(run, notes=notes), model)
    assert [point.text for point in recalibrate(facts, "Four themes start as build")] == said
    assert [point.text for point in points(facts, ()) if "ecalibrate" in point.text] == said


def test_firmness_keeps_its_place_among_six_points(run: RunTables, tmp_path: Path) -> None:
    full = having(run, challenges=challenged({}, {"theme_id": "T-0002"}))
    noted = replace(full, notes=("Recalibrate the model: overrides in 3 quarters running, this one included.",))
    found = build_view(noted, MODEL).bottom_line.points
    assert len(found) == MOST_POINTS
    assert [point.anchor for point in found][-1] == "trust"
    html = page(build_view(noted, MODEL), tmp_path).read_text(encoding="utf-8")
    assert all(f'id="{point.anchor}"' in html for point in found)
    assert "recalibrate" in found[1].text and "challenges to leadership" in " ".join(point.text for point in found)
    failed = run.validation.checks[0].model_copy(update={"success": False, "on_failure": "stop", "failed": 3})
    doubtful = replace(noted, validation=run.validation.model_copy(update={"checks": (failed,)}))
    assert [point.anchor for point in build_view(doubtful, MODEL).bottom_line.points][-1] == "checks"


def test_the_method_prints_what_the_model_says(view: PreRead) -> None:
    rules = {rule.name: rule.value for rule in (*view.method.rules, *view.method.shaken)}
    assert all(word in rules["Words of compliance"] for word in MODEL.compliance.words)
    assert "10% of a theme's mentions" in rules["Words of compliance"]
    assert rules["Urgent between sessions"].endswith(
        "goes to VP Customer Success, #logo-at-risk, answer within 24 hours"
    )
    assert rules["Competitive emergency"].startswith("3 accounts of $150K or more name one competitor within 14 days")
    assert "more than 25%" in rules["Recalibrate the model"] and "3 quarters running" in rules["Recalibrate the model"]
    assert "$500K of ARR" in rules["Challenge to leadership"]
    assert rules["Accounts drawn again"].startswith("500 draws") and "seed 7" in rules["Accounts drawn again"]
    counts = [int(found) for rule in view.method.shaken for found in re.findall(r"\((\d+) scenarios?\)", rule.value)]
    assert f"All {sum(counts)} scenarios" in view.method.shaken_note


def test_what_never_entered_the_score_is_listed(view: PreRead, run: RunTables, tmp_path: Path) -> None:
    names = {rule.name for rule in view.method.apart}
    assert {"Heat and tone", "Number of mentions", "Channel and voice", "NPS and usage trend", "Register"} <= names
    html = page(view, tmp_path).read_text(encoding="utf-8")
    assert html.index("Nothing below entered the score") > html.index('<section id="method"')
    assert view.method.apart_note.endswith("for 12 themes.")
    silent = build_view(having(run, beside=None), MODEL).method.apart_note
    assert silent == "This run did not read tone, register and kind."
