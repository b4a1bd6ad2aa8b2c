"""Section 4: challenges to leadership, overrides that ended, the CPO list, and how the intent reads a trade-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from report_runs import MODEL, Spec, loaded, previous_scores

from vocanalytics.report import Pages, PreRead, build_view
from vocanalytics.report.cards import disputes
from vocanalytics.report.facts import gather
from vocanalytics.report.ranking import ranking
from vocanalytics.report.run import RunTables
from vocanalytics.report.settle import Settle, settle
from vocanalytics.vocabulary import Flag

MONEY = pl.Decimal(18, 2)
HOSTILE = "<script>x</script>\u202e"
CHALLENGES: dict[str, Any] = {
    "theme_id": pl.String, "theme_name": pl.String, "quarters": pl.Int64, "arr_exposed": MONEY, "arr_before": MONEY,
    "rank": pl.Int64, "composite": pl.Int64, "rationale_cs": pl.String, "rationale_product": pl.String,
}  # fmt: skip
EXPIRED: dict[str, Any] = {
    "theme_id": pl.String, "theme_name": pl.String, "kind": pl.String, "reason": pl.String, "approved_by": pl.String,
    "expires_on": pl.Date, "rank": pl.Int64, "start": pl.String,
}  # fmt: skip
CPO: dict[str, Any] = {
    "theme_id": pl.String, "theme_name": pl.String, "status": pl.String, "reason": pl.String,
    "requested_by": pl.String, "approved_by": pl.String, "expires_on": pl.Date, "why": pl.String,
    "words": pl.List(pl.String), "word_mentions": pl.Int64, "mentions": pl.Int64, "accounts": pl.Int64,
    "arr_exposed": MONEY, "rank": pl.Int64,
}  # fmt: skip
CHALLENGE = {
    "theme_id": "T-0009", "theme_name": "Own servers", "quarters": 2, "arr_exposed": Decimal("1500000.00"),
    "arr_before": Decimal("1100000.00"), "rank": 9, "composite": 8, "rationale_cs": "Two renewals hang on it",
    "rationale_product": "We run in the cloud only.",
}  # fmt: skip
ENDED = {
    "theme_id": "T-0002", "theme_name": "Sync", "kind": "referenceable_logo", "reason": "r", "approved_by": "V. Stone",
    "expires_on": dt.date(2026, 9, 15), "rank": 2, "start": "settle",
}  # fmt: skip
LISTED = {
    "theme_id": "T-0007", "theme_name": "Audit", "status": "listed", "reason": "A duty from January on",
    "requested_by": "M", "approved_by": "V", "expires_on": dt.date(2027, 1, 31), "why": None,
    "words": ["GDPR", "audit"], "word_mentions": 4, "mentions": 31, "accounts": 2,
    "arr_exposed": Decimal("310000.00"), "rank": None,
}  # fmt: skip
REQUESTED = LISTED | {"theme_id": "T-0003", "status": "requested", "why": "nobody approved it", "rank": 3}
SUGGESTED = LISTED | {
    "theme_id": "T-0004", "status": "suggested", "reason": None, "expires_on": None, "approved_by": None, "rank": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    """A run with an earlier one."""
    folder = tmp_path_factory.mktemp("settle")
    return loaded(Spec(previous=previous_scores(Spec(), folder / "before")), folder / "now")


def with_frame(run: RunTables, name: str, schema: dict[str, Any], rows: Sequence[dict[str, Any]]) -> RunTables:
    """A run whose frame has these rows."""
    frame = pl.DataFrame(list(rows), schema=schema, orient="row") if rows else pl.DataFrame(schema=schema)
    return replace(run, reading={**run.reading, name: frame})


def section(run: RunTables, **reading: Any) -> Settle:
    """Section 4 of a run."""
    model = MODEL.model_copy(update={"reading": MODEL.reading.model_copy(update=reading)})
    facts = gather(run, model)
    return settle(facts, disputes(facts))


def shown(view: PreRead) -> str:
    """Section 4 as HTML, with its pictures."""
    data, _ = Pages(view).settle._repr_mimebundle_()
    return str(data["text/html"])


def challenged(run: RunTables, *rows: dict[str, Any]) -> Settle:
    """Section 4 with these challenges."""
    return section(with_frame(run, "challenges", CHALLENGES, rows))


def test_a_challenge_is_a_card_with_both_reasons_and_the_arr_then_and_now(run: RunTables) -> None:
    found = challenged(run, CHALLENGE).challenges
    (card,) = found.cards
    assert found.heading == "One challenge to leadership: much ARR asks for what no bet covers"
    assert found.sentence == (
        "This theme has $500K of ARR or more behind it and alignment 1 in two quarters running or more. "
        "Leadership confirms the roadmap or changes it; until then the rank stays."
    )
    assert card.kind == "Rank 9. Alignment 1 for two quarters running"
    assert card.behind == "$1.5M of ARR asks for it now, $1.1M in Q2 2026."
    assert (card.cs_says, card.product_says) == ("Two renewals hang on it.", "We run in the cloud only.")


@pytest.mark.parametrize(
    ("changed", "name", "said"),
    [
        ({"rank": None, "quarters": 4}, "kind", "Not ranked. Alignment 1 for four quarters running"),
        (
            {"arr_before": None},
            "behind",
            "$1.5M of ARR asks for it now; how much in Q2 2026 is not on record.",
        ),
        ({"arr_before": Decimal("1500100.00")}, "behind", "$1.5M of ARR asks for it, as much as in Q2 2026."),
        ({"rationale_cs": None}, "cs_says", "No reason was given."),
        ({"rationale_product": " "}, "product_says", "No reason was given."),
        ({"theme_id": "T-9999"}, "name", "Own servers"),
    ],
)
def test_a_challenge_says_what_it_lacks(run: RunTables, changed: dict[str, Any], name: str, said: str) -> None:
    (card,) = challenged(run, CHALLENGE | changed).challenges.cards
    assert getattr(card, name) == said


def test_many_challenges_are_counted_and_the_largest_shown(run: RunTables) -> None:
    found = challenged(run, *[CHALLENGE] * 8).challenges
    assert found.heading.startswith("Eight challenges to leadership: ")
    assert found.sentence.startswith("These themes have $500K of ARR or more behind each and ")
    assert found.sentence.endswith("The 6 with the most ARR; two others are flagged in section 2.")
    assert (found.count, len(found.cards)) == (8, 6)


def test_without_a_challenge_one_sentence_says_what_would_be_one(run: RunTables) -> None:
    found = challenged(run).challenges
    assert (found.heading, found.cards) == ("No theme is a challenge to leadership", ())
    assert found.sentence == "No theme has $500K of ARR or more behind it and alignment 1 in two quarters running."
    first = challenged(replace(run, previous=None)).challenges
    assert first.sentence == (
        "First quarter: a challenge is $500K of ARR or more and alignment 1 in two quarters running."
    )


@pytest.mark.parametrize(
    ("many", "said"), [(0, ""), (1, " and one challenge to leadership"), (2, " and two challenges to leadership")]
)
def test_the_heading_counts_challenges(run: RunTables, many: int, said: str) -> None:
    heading = challenged(run, *[CHALLENGE] * many).heading
    assert heading.endswith(said) if many else "challenge" not in heading


def test_the_matrix_flags_a_challenge(run: RunTables) -> None:
    marked = run["theme_scores"].with_columns(
        flags=pl.when(rank=1).then(pl.lit([Flag.CHALLENGE.value])).otherwise(pl.lit([], dtype=pl.List(pl.String)))
    )
    rows = ranking(gather(replace(run, tables={**run.tables, "theme_scores": marked}), MODEL)).rows
    assert [row.flags for row in rows if row.flags] == ["Challenge to leadership"]


@pytest.mark.parametrize(
    ("changed", "now"),
    [
        ({}, "starts as settle now, rank 2"),
        ({"rank": None, "start": "escalate"}, "starts as escalate now"),
        ({"rank": None, "start": "unscored"}, "no start yet"),
        ({"rank": None, "start": None, "theme_id": "T-9999"}, "not heard this quarter"),
    ],
)
def test_an_expired_override_says_where_its_theme_starts_now(run: RunTables, changed: dict[str, Any], now: str) -> None:
    found = section(with_frame(run, "overrides_expired", EXPIRED, [ENDED | changed])).overrides
    (row,) = found.expired
    assert (row.kind, row.approved_by, row.expired, row.now) == ("referenceable logo", "V. Stone", "15 Sep", now)
    assert found.expired_title == "One override expired since last quarter and was not renewed:"


def test_many_expired_overrides_are_counted(run: RunTables) -> None:
    none = section(with_frame(run, "overrides_expired", EXPIRED, [])).overrides
    assert (none.expired_title, none.expired, none.ended) == ("", (), 0)
    found = section(with_frame(run, "overrides_expired", EXPIRED, [ENDED] * 14)).overrides
    assert found.expired_title == "14 overrides expired since last quarter and were not renewed; the first 12:"
    assert (found.ended, len(found.expired)) == (14, 12)


def test_the_recalibration_notice_stands_at_the_overrides(run: RunTables) -> None:
    notes = ("Open work: one theme.", "Recalibrate the model: 2 of 5 on the shortlist are overridden, more than 25%.",
             "Recalibrate the model: overrides in 3 quarters running, this one included.")  # fmt: skip
    noted = replace(run, notes=notes)
    assert section(noted).overrides.recalibrate == notes[1:]
    html = shown(build_view(noted, MODEL))
    assert html.count('<p class="warn">Recalibrate the model: ') == 2
    assert section(replace(run, notes=())).overrides.recalibrate == ()


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        ([LISTED], "One theme is on the CPO list"),
        ([LISTED, LISTED], "Two themes are on the CPO list"),
        ([LISTED, REQUESTED], "One theme is on the CPO list; one request is not approved"),
        ([REQUESTED, REQUESTED], "No theme is on the CPO list; two requests are not approved"),
        ([SUGGESTED], "No theme is on the CPO list; words suggest one theme"),
        ([SUGGESTED, SUGGESTED], "No theme is on the CPO list; words suggest two themes"),
        (
            [LISTED, REQUESTED, SUGGESTED],
            "One theme is on the CPO list; one request is not approved; words suggest one more",
        ),
        ([], "No theme is on the CPO list"),
    ],
)
def test_the_cpo_list_counts_what_people_did_apart_from_what_words_say(
    run: RunTables, rows: list[dict[str, Any]], heading: str
) -> None:
    assert section(with_frame(run, "cpo_list", CPO, rows)).cpo.heading == heading


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            LISTED,
            {"status": "Listed", "listed": True, "why": "A duty from January on.", "deadline": "31 Jan 2027",
             "words": "GDPR and audit: 4 of 31 mentions", "arr_exposed": Decimal("310000.00"), "rank": None},
        ),
        (
            REQUESTED,
            {"status": "Requested", "listed": False, "rank": 3,
             "why": "A duty from January on. Not applied: nobody approved it."},
        ),
        (REQUESTED | {"reason": None}, {"why": "No reason given. Not applied: nobody approved it."}),
        (
            SUGGESTED,
            {"status": "Suggested", "why": "By its words alone; nobody asked for it.", "deadline": "–", "rank": 4},
        ),
        (SUGGESTED | {"word_mentions": 1, "mentions": 1, "words": ["DPA"]}, {"words": "DPA: 1 of 1 mention"}),
        (SUGGESTED | {"words": list("ABCDEF")}, {"words": "A, B, C, D and two others: 4 of 31 mentions"}),
        (LISTED | {"word_mentions": 0, "words": []}, {"words": ""}),
    ],
)  # fmt: skip
def test_a_row_of_the_cpo_list_says_who_decided_or_which_words_suggest(
    run: RunTables, row: dict[str, Any], expected: dict[str, Any]
) -> None:
    (listed,) = section(with_frame(run, "cpo_list", CPO, [row])).cpo.rows
    assert {name: getattr(listed, name) for name in expected} == expected


def test_the_cpo_list_never_lets_words_decide(run: RunTables) -> None:
    full = section(with_frame(run, "cpo_list", CPO, [LISTED, SUGGESTED])).cpo
    assert full.sentence == (
        "Compliance is a threshold, not a request: a listed theme leaves the ranking. People list it, by an approved "
        "override; words alone suggest it and change nothing."
    )
    empty = section(with_frame(run, "cpo_list", CPO, [])).cpo
    assert empty.sentence == "Nobody asked for one, and no theme uses words of compliance in 10% of its mentions."
    long = section(with_frame(run, "cpo_list", CPO, [SUGGESTED] * 14)).cpo
    assert len(long.rows) == 12
    assert long.left_out == "Two more themes are in the workbook."


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("grow_smb", "Growing SMB, as stated in the model: many small accounts speak for it."),
        ("move_upmarket", "Moving upmarket, as stated in the model: many small accounts speak against it."),
        ("neutral", "None is stated: growing SMB would speak for it, moving upmarket against it."),
    ],
)
def test_the_stated_intent_reads_a_trade_off_of_breadth(run: RunTables, intent: str, said: str) -> None:
    flag = pl.when(rank=1).then(pl.lit([Flag.TRADE_OFF_BREADTH.value])).when(rank=2).then(
        pl.lit([Flag.TRADE_OFF_REVENUE.value])
    )  # fmt: skip
    marked = run["theme_scores"].with_columns(flags=flag.otherwise(pl.lit([], dtype=pl.List(pl.String))))
    cards = section(replace(run, tables={**run.tables, "theme_scores": marked}), intent=intent).trade_offs
    assert [card.intent for card in cards] == [said, ""]


def test_an_older_run_says_nothing_of_what_it_did_not_look_for(run: RunTables) -> None:
    unknown = {"challenges", "overrides_expired", "cpo_list"}
    older = replace(run, reading={name: frame for name, frame in run.reading.items() if name not in unknown}, notes=())
    view = build_view(older, MODEL)
    html = shown(view)
    assert (view.settle.challenges.heading, view.settle.cpo.heading, view.settle.overrides.ended) == ("", "", 0)
    assert not [name for name in ("challenges", "cpo", "expired") if f'id="{name}"' in html]


def test_hostile_words_are_text(run: RunTables) -> None:
    names = {"theme_id": "T-9999", "theme_name": HOSTILE}
    for name, schema, row in (
        ("challenges", CHALLENGES, CHALLENGE | names | {"rationale_cs": HOSTILE, "rationale_product": HOSTILE}),
        ("overrides_expired", EXPIRED, ENDED | names | {"kind": HOSTILE, "approved_by": HOSTILE}),
        ("cpo_list", CPO, REQUESTED | names | {"reason": HOSTILE, "why": HOSTILE, "words": [HOSTILE]}),
    ):
        run = with_frame(run, name, schema, [row])
    html = shown(build_view(replace(run, notes=(f"Recalibrate the model: {HOSTILE}",)), MODEL))
    assert html.count("&lt;script&gt;x&lt;/script&gt;⟨U+202E⟩") == 11
    assert "<script" not in html and "\u202e" not in html
