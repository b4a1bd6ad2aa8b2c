"""Beside the ranking: who counts and who does not, the Sales list, the CPO list, and bets that came too late."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import Row, Rows, account, aligned, in_days, overridden, said, scored, seeded
from scoring_cases import changed, quarter, small, theme, with_others

from vocanalytics.errors import ScoringError
from vocanalytics.scoring import Scored
from vocanalytics.scoring.compliance import feedback_with_words

WORDS = ("GDPR", "SOC 2", "SOC2", "DORA", "DPA", "right to be forgotten", "privacy policy", "subprocessor", "C5+")
OUTSIDE = {"prospect": {"lifecycle": "prospect"}, "churned": {"lifecycle": "churned"}, "non_icp": {"is_icp": "false"}}


# Who counts


def scope_of(row: Row, accounts: dict[str, Row], theme_ids: list[str]) -> str:
    """The scope of a row as docs/formulas.md states it: the first line that fits."""
    owner = accounts.get(row["account_id"])
    if owner is None:
        return "unmatched"
    if owner["lifecycle"] != "customer":
        return owner["lifecycle"]
    if owner["is_icp"] == "false":
        return "non_icp"
    return "compliance" if theme_ids and set(theme_ids) == {"GDPR"} else "scored"


@st.composite
def quarters_of_any_scope(draw: st.DrawFn) -> Rows:
    owners = [
        account(f"A-{n}", lifecycle=lifecycle, is_icp=icp, arr=f"{arr / 100:.2f}")
        for n, (lifecycle, icp, arr) in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(("customer", "customer", "prospect", "churned")),
                        st.sampled_from(("true", "true", "false")),
                        st.integers(0, 10**9),
                    ),
                    max_size=6,
                )
            )
        )
    ]
    ids = ["", "A-none", *(row["account_id"] for row in owners)]
    themes = st.sampled_from(([], ["T"], ["GDPR"], ["GDPR", "T"]))
    heard = draw(st.lists(st.tuples(st.sampled_from(ids), themes), max_size=25))
    return Rows(
        feedback=[said(f"x:{n}", account_id) for n, (account_id, _) in enumerate(heard)],
        accounts=owners,
        themes={"T": "T", "GDPR": "GDPR"},
        mentions={f"x:{n}": theme_ids for n, (_, theme_ids) in enumerate(heard)},
        overrides=[overridden("GDPR", "compliance")],
    )


@given(rows=quarters_of_any_scope())
@settings(max_examples=60, deadline=None)
def test_what_is_in_and_what_is_out_is_all_that_came_in_counted_and_valued(rows: Rows) -> None:
    found = scored(rows)
    owners = {row["account_id"]: row for row in rows.accounts}
    by_scope: dict[str, list[Row]] = defaultdict(list)
    for row in rows.feedback:
        by_scope[scope_of(row, owners, rows.mentions[row["feedback_id"]])].append(row)
    assert found.scope_summary["rows"].sum() == len(rows.feedback)
    for line in found.scope_summary.iter_rows(named=True):
        heard = by_scope[line["scope"]]
        named = {row["account_id"] for row in heard} - {""}
        arr = sum((Decimal(owners[key]["arr"]) for key in named & owners.keys()), Decimal(0))
        unknown = line["scope"] == "unmatched" and heard
        assert (line["rows"], line["accounts"], line["arr"]) == (len(heard), len(named), None if unknown else arr)
    ids = found.feedback["feedback_id"].to_list()
    assert ids == [row["feedback_id"] for row in rows.feedback]


def test_an_account_may_stand_in_the_score_and_on_the_cpo_list_once_in_each() -> None:
    """Lines of the summary add up in rows; the two lines that may share accounts say so."""
    rows = quarter(
        {"T": [account("a")], "GDPR": [account("a"), account("b")]}, overrides=[overridden("GDPR", "compliance")]
    )
    found = scored(rows)
    line = {row["scope"]: row for row in found.scope_summary.iter_rows(named=True)}
    assert (line["scored"]["accounts"], line["compliance"]["accounts"]) == (1, 2)
    assert (line["scored"]["arr"], line["compliance"]["arr"]) == (Decimal("100000.00"), Decimal("200000.00"))
    shared = "1 account has rows in the score and rows on the CPO list, and stands once in each of the two lines."
    assert shared in found.notes
    assert shared not in scored(replace(rows, overrides=[])).notes


# The Sales list


def of_prospects(*stated: dict[str, str], **arr: str) -> Scored:
    """One theme, and what prospects said of it: `account_id` and further columns; the last row is read first."""
    owners = [account(name, lifecycle="prospect", arr=arr.get(name, "0.00")) for name in ("p", "q", "r", "s")]
    feedback = [said(f"x:{n}", **columns) for n, columns in enumerate(stated)][::-1]
    return scored(
        Rows(feedback, [*owners, account("in")], {"T": "Theme"}, {row["feedback_id"]: ["T"] for row in feedback})
    )


JULY, AUGUST = "2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z"


@pytest.mark.parametrize(
    ("stated", "outcome"),
    [
        ([], None),
        ([("", JULY)], None),
        ([("open", JULY)], "open"),
        ([("open", JULY), ("lost", AUGUST)], "lost"),
        ([("won", AUGUST), ("open", JULY)], "won"),  # the order of rows says nothing
        ([("lost", JULY), ("", AUGUST)], "lost"),  # what is not stated takes nothing back
        ([("open", JULY), ("won", JULY)], "won"),  # at the same moment: the last id
    ],
)
def test_the_latest_stated_outcome_of_a_deal_counts(stated: list[tuple[str, str]], outcome: str | None) -> None:
    rows = [{"account_id": "p", "deal_outcome": deal, "created_at": when} for deal, when in stated]
    found = of_prospects(*rows, {"account_id": "p", "created_at": "2026-07-01T00:00:00Z"})
    assert found.sales_accounts["deal_outcome"].to_list() == [outcome]
    counts = {name: found.sales_list[name].item() for name in ("won", "lost", "open")}
    assert counts == {name: int(name == outcome) for name in ("won", "lost", "open")}


def test_the_sales_list_counts_each_prospect_and_its_deal_once() -> None:
    found = of_prospects(
        {"account_id": "p", "deal_outcome": "lost", "competitor": "Kuvero", "verbatim": "We chose another"},
        {"account_id": "p", "created_at": "2026-09-01T00:00:00Z", "verbatim": "Is it there now?"},
        {"account_id": "q", "deal_outcome": "won"},
        {"account_id": "r", "deal_outcome": "won"},
        {"account_id": "s"},
        {"account_id": "in", "deal_outcome": "won"},
        p="1000.50",
        q="20.25",
    )  # fmt: skip
    assert found.sales_list.rows(named=True) == [
        {
            "theme_id": "T", "theme_name": "Theme", "prospects": 4, "mentions": 5, "is_repeated": True,
            "prospect_arr": Decimal("1020.75"), "won": 2, "lost": 1, "open": 0,
        }
    ]  # fmt: skip
    assert found.sales_accounts["account_id"].to_list() == ["p", "q", "r", "s"]
    assert found.sales_accounts.row(0, named=True) == {
        "theme_id": "T", "theme_name": "Theme", "account_id": "p", "account_name": "Account p",
        "arr": Decimal("1000.50"), "mentions": 2, "deal_outcome": "lost", "competitor": "Kuvero",
        "verbatim": "Is it there now?", "feedback_id": "x:1",
    }  # fmt: skip


def test_an_outcome_of_a_deal_scores_nothing() -> None:
    rows = seeded(5)
    dealt = [row | {"deal_outcome": ("won", "lost", "open", "")[n % 4]} for n, row in enumerate(rows.feedback)]
    one, other = scored(rows), scored(replace(rows, feedback=dealt))
    assert one.theme_scores.equals(other.theme_scores)
    assert other.sales_accounts["deal_outcome"].null_count() < other.sales_accounts.height


# The CPO list


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GDPR", ["GDPR"]),
        ("Is it gdpr-compliant?", ["GDPR"]),
        ("(GDPR)", ["GDPR"]),
        ("the gdpr_export", ["GDPR"]),
        ("ＧＤＰＲ対応", []),  # touched by a letter
        ("ＧＤＰＲ、お願いします", ["GDPR"]),  # full width
        ("GDPRX and 2GDPR", []),
        ("We run Fedora on pandora", []),
        ("DORA applies from January", ["DORA"]),
        ("SOC 2 report", ["SOC 2"]),
        ("soc\u00a02, SOC-2", ["SOC 2"]),
        ("SOC2 Type II", ["SOC2"]),
        ("SOC 25", []),
        ("SOC 2: SOC2", ["SOC 2", "SOC2"]),
        ("We need DPAs signed", ["DPA"]),
        ("the DPA's text", ["DPA"]),
        ("update the adpage", []),
        ("Your subprocessors, please", ["subprocessor"]),
        ("Privacy policies", ["privacy policy"]),
        ("privacy policyholder", []),
        ("Right-to-be-forgotten", ["right to be forgotten"]),
        ("right to be  forgotten", ["right to be forgotten"]),
        ("right to be quickly forgotten", []),
        ("C5+ attested", ["C5+"]),
        ("", []),
        (None, []),
    ],
)
def test_words_are_found_whole_in_any_case_width_and_number(text: str | None, words: list[str]) -> None:
    for columns in ({"subject": None, "verbatim": text}, {"subject": text, "verbatim": "hello"}):
        frame = pl.DataFrame({"feedback_id": ["x"], **{name: [said] for name, said in columns.items()}})
        found = feedback_with_words(frame.cast(pl.String), WORDS)
        assert found.sort("place")["word"].to_list() == words


def test_a_phrase_does_not_begin_in_the_subject_and_end_in_the_verbatim() -> None:
    frame = pl.DataFrame({"feedback_id": ["x"], "subject": ["About SOC"], "verbatim": ["2 things"]})
    assert feedback_with_words(frame, WORDS).is_empty()


def test_a_word_that_would_be_found_everywhere_stops_the_run() -> None:
    with pytest.raises(
        ScoringError, match=r"compliance.words: a word .* holds neither letter nor digit \(found ' -'\)"
    ):
        scored(quarter({"T": small(1)}), changed("compliance", words=("GDPR", " -")))


def speaking(total: int, spoken: int, **changes: Any) -> Rows:
    """One theme with so many mentions, of which so many speak of the GDPR."""
    rows = quarter({"T": small(total)}, **changes)
    words = ["We need GDPR erasure", *["It is slow"] * total]
    feedback = [row | {"verbatim": words[0 if n < spoken else 1]} for n, row in enumerate(rows.feedback)]
    return replace(rows, feedback=feedback)


@pytest.mark.parametrize(
    ("total", "spoken", "share", "suggested"),
    [
        (10, 1, "0.10", True),
        (11, 1, "0.10", False),
        (20, 2, "0.10", True),
        (20, 1, "0.10", False),
        (9, 9, "1", True),
        (9, 8, "1", False),
        (9, 1, "0", True),
        (9, 0, "0", False),
    ],
)
def test_words_suggest_a_theme_from_a_share_of_its_mentions_on(
    total: int, spoken: int, share: str, suggested: bool
) -> None:
    found = scored(speaking(total, spoken), changed("compliance", share=Decimal(share)))
    assert (found.cpo_list.height == 1) is suggested
    note = f"T (GDPR in {spoken} of {total} mentions)"
    assert any(note in said for said in found.notes) is suggested


@pytest.mark.parametrize("scope", OUTSIDE)
def test_only_mentions_in_scope_suggest(scope: str) -> None:
    rows = speaking(4, 4)
    outside = [row | OUTSIDE[scope] for row in rows.accounts]
    assert scored(replace(rows, accounts=outside)).cpo_list.is_empty()


def test_the_cpo_list_says_who_put_a_theme_there_or_that_only_words_did() -> None:
    behind = {name: small(2, start=name) for name in ("listed", "requested", "suggested", "silent")}
    rows = quarter(behind, alignment=[aligned(name, "none", "1") for name in behind])
    spoken = [row | {"subject": "SOC 2"} if "silent" not in row["account_id"] else row for row in rows.feedback]
    overrides = [
        overridden("requested", "compliance", approved_by=""),
        overridden("requested", "compliance", reason="", expires_on=in_days(-1)),
        overridden("listed", "compliance", reason=""),
        overridden("listed", "compliance"),
        overridden("suggested", "referenceable_logo"),
    ]
    found = scored(with_others(replace(rows, feedback=spoken, overrides=overrides)))
    kept = found.cpo_list.select("theme_id", "status", "approved_by", "why", "words", "word_mentions", "rank").rows()
    assert kept == [
        ("listed", "listed", "cpo", None, ["SOC 2"], 2, None),
        ("requested", "requested", None, "nobody approved it", ["SOC 2"], 2, 1),
        ("suggested", "suggested", None, None, ["SOC 2"], 2, 3),
    ]
    assert found.cpo_list.select("mentions", "accounts", "arr_exposed").rows() == [(2, 2, Decimal("2400.00"))] * 3
    assert found.cpo_list.columns == [
        "theme_id", "theme_name", "status", "reason", "requested_by", "approved_by", "expires_on", "why", "words",
        "word_mentions", "mentions", "accounts", "arr_exposed", "rank",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_suggestion_changes_no_scope_rank_or_score(seed: int) -> None:
    rows = seeded(seed)
    spoken = replace(rows, feedback=[row | {"subject": "GDPR, SOC 2 and DORA"} for row in rows.feedback])
    deaf = scored(spoken, changed("compliance", words=()))
    hearing = scored(spoken)
    assert "suggested" in hearing.cpo_list["status"].to_list()
    assert "suggested" not in deaf.cpo_list["status"].to_list()
    for field in fields(Scored):
        if field.name not in ("cpo_list", "notes"):
            assert getattr(hearing, field.name).equals(getattr(deaf, field.name)), field.name


# Alignment, and bets that came too late

BANDS = {"direct": {4, 5}, "adjacent": {2, 3}, "none": {1}}


@pytest.mark.parametrize("who", ["cs", "product", "product after cs"])
@pytest.mark.parametrize("relation", BANDS)
@pytest.mark.parametrize("given", range(7))
def test_the_score_that_counts_lies_in_the_band_of_its_relation(given: int, relation: str, who: str) -> None:
    """CS's preliminary score must agree too while it counts; once Product has scored it may lie outside."""
    outside = min({1, 2, 3, 4, 5} - BANDS[relation])
    scores = {"cs": (str(given), ""), "product": ("", str(given)), "product after cs": (str(outside), str(given))}
    rows = quarter({"T": small(1)}, alignment=[aligned("T", relation, *scores[who])])
    if given in BANDS[relation]:
        row = theme(scored(rows), "T")
        assert (row["alignment_score"], "preliminary_alignment" in row["flags"]) == (given, who == "cs")
        return
    refused = "relation and score do not agree" if 1 <= given <= 5 else "is outside the scale"
    with pytest.raises(ScoringError, match=rf"alignment.csv, line 2, theme 'T': .*{refused}|{refused}"):
        scored(rows)


@pytest.mark.parametrize("who", ["cs", "product"])
@pytest.mark.parametrize("words", ["", "  ", "\n"])
def test_each_score_needs_its_rationale_also_the_one_that_does_not_count(who: str, words: str) -> None:
    row = aligned("T", "adjacent", "2", "3") | {f"rationale_{who}": words}
    with pytest.raises(ScoringError, match=f"score_{who} has no rationale"):
        scored(quarter({"T": small(1)}, alignment=[row]))


SESSION = dt.date(2026, 10, 15)


def leaning(published_on: str, *, roadmap_id: str = "R2", session_day: dt.date | None = SESSION) -> Rows:
    """A theme that leans on a bet, and a second bet published on a given day."""
    bets = [
        {"roadmap_id": "R1", "name": "In time", "published_on": "2026-09-21"},
        {
            "roadmap_id": "R2",
            "name": "Perhaps",
            "published_on": published_on,
            "export": "roadmap.csv",
            "export_row": "3",
        },
    ]
    alignment = [aligned("T", "direct", "4", roadmap_id=roadmap_id, export_row="7")]
    return quarter({"T": small(1)}, alignment=alignment, roadmap=bets, session_day=session_day)


@pytest.mark.parametrize("published_on", ["2026-09-21", "2026-10-14", "2026-10-15"])
def test_a_bet_published_by_the_session_day_may_be_leaned_on(published_on: str) -> None:
    found = scored(leaning(published_on))
    assert theme(found, "T")["alignment_score"] == 4
    assert not any("Published after" in note for note in found.notes)


def test_leaning_on_a_bet_published_after_the_session_day_stops_the_run() -> None:
    with pytest.raises(ScoringError) as caught:
        scored(leaning("2026-10-16"))
    assert str(caught.value) == (
        "roadmap.csv, line 3: the roadmap theme 'R2' was published after the session, and theme 'T' leans on it "
        "(alignment.csv, line 7) (found 2026-10-16, expected 2026-10-15 or before). Align the theme with what was "
        "published by the session day, or correct published_on or the session day."
    )


def test_a_late_bet_that_nobody_leans_on_is_a_note() -> None:
    notes = scored(leaning("2026-10-16", roadmap_id="R1")).notes
    assert (
        "Published after the session on 2026-10-15, so no theme can be aligned with it: "
        "R2 Perhaps on 2026-10-16 (roadmap.csv, line 3)." in notes
    )


@pytest.mark.parametrize(("published_on", "noted"), [("2026-09-30", False), ("2026-10-01", True)])
def test_without_a_session_day_nothing_is_refused_and_late_bets_are_a_note(published_on: str, noted: bool) -> None:
    found = scored(leaning(published_on, session_day=None))
    assert theme(found, "T")["alignment_score"] == 4
    said = "Published after the as-of date 2026-09-30: R2 Perhaps on 2026-10-01 (roadmap.csv, line 3)."
    assert any(note.startswith(said) for note in found.notes) is noted


def test_nothing_in_scoring_reads_a_suggestion(root: Path) -> None:
    modules = list((root / "src/vocanalytics/scoring").glob("*.py"))
    assert len(modules) > 10
    assert not [
        path.name for path in modules if "suggest_roadmap" in path.read_text() or "roadmap_sugg" in path.read_text()
    ]
