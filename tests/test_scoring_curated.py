"""What people decide: alignment, overrides, disputes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from quarters import Row, aligned, in_days, overridden, scored
from scoring_cases import changed, large, quarter, ranked_pair, small, theme, with_others

from vocanalytics.errors import ScoringError


@pytest.mark.parametrize(
    ("cs", "product", "counts", "flags"),
    [
        ("3", "", 3, ["preliminary_alignment"]),
        ("", "3", 3, []),
        ("2", "3", 3, []),
        ("5", "3", 3, ["disputed_score"]),
        ("1", "3", 3, ["disputed_score"]),
        ("", "", None, ["unscored"]),
    ],
)
def test_the_score_of_product_counts_once_given(cs: str, product: str, counts: int | None, flags: list[str]) -> None:
    found = scored(with_others(quarter({"T": small(2)}, alignment=[aligned("T", "adjacent", cs, product)])))
    row = theme(found, "T")
    assert (row["alignment_score"], row["flags"]) == (counts, flags)
    assert (row["composite"] is None, row["rank"] is None) == (counts is None, counts is None)


def test_themes_without_alignment_stand_apart_and_are_named() -> None:
    """After the ranked ones come the CPO list, then the unscored ones by what is known of them."""
    behind = {"few": large("a"), "rich": large("b", "c"), "poor": small(1), "GDPR": small(1)}
    overrides = [overridden("GDPR", "compliance")]
    rows = quarter(behind, alignment=[aligned("poor", "none", "1")], overrides=overrides)
    found = scored(with_others(rows))
    assert found.theme_scores.select("theme_id", "rank", "start").rows() == [
        ("poor", 1, "decline"),
        ("GDPR", None, "escalate"),
        ("rich", None, "unscored"),
        ("few", None, "unscored"),
    ]
    assert "Open work: 2 themes without alignment, ranked apart: rich, few." in found.notes


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            aligned("T", "direct", "", "3"),
            r"alignment.csv, line 2, theme 'T': relation and score do not agree .*expected 4 to 5",
        ),
        (aligned("T", "none", "2"), r"relation none with the score 2 of CS, expected 1\)"),
        (aligned("T", "direct", "3", "1"), "relation direct with the score 1 of Product"),
        (aligned("T", "adjacent", "3", rationale_cs=" "), "score_cs has no rationale"),
        (aligned("T", "adjacent", "2", "3", rationale_product=""), "score_product has no rationale.*rationale_product"),
        (aligned("T", "direct", "6"), "score_cs is outside the scale .*found 6, expected 1 to 5"),
    ],
)
def test_a_contradiction_in_the_alignment_file_stops_the_run(row: Row, message: str) -> None:
    with pytest.raises(ScoringError, match=message):
        scored(quarter({"T": small(1)}, alignment=[row]))


def test_the_preliminary_score_may_leave_the_band_once_product_decided() -> None:
    assert (
        theme(scored(quarter({"T": small(1)}, alignment=[aligned("T", "none", "5", "1")])), "T")["alignment_score"] == 1
    )


def test_curated_files_name_themes_by_id_or_by_name_as_people_write() -> None:
    themes = {"T-1": "Regional filtering", "T-2": "Bulk_user import"}
    rows = replace(quarter({"T-1": small(1), "T-2": small(1)}), themes=themes)
    alignment = [aligned(" regional   FILTERING ", "none", "1"), aligned("bulk user_import", "adjacent", "2")]
    found = scored(replace(rows, alignment=alignment))
    assert (theme(found, "T-1")["alignment_score"], theme(found, "T-2")["alignment_score"]) == (1, 2)


def test_a_name_that_fits_no_theme_is_a_note() -> None:
    stray = aligned("Gone", "none", "1", export_row="7")
    found = scored(quarter({"T": small(1)}, alignment=[stray], overrides=[overridden("Lost", "compliance")]))
    assert (
        "The alignment file names 1 theme that this quarter does not have: 'Gone' (alignment.csv, line 7)."
        in found.notes
    )
    assert any(note.startswith("The overrides file names 1 theme") for note in found.notes)
    assert found.override_status.is_empty()


def test_a_name_that_fits_two_themes_or_a_theme_named_twice_stops_the_run() -> None:
    rows = replace(quarter({"T-1": [], "T-2": []}), themes={"T-1": "Same", "T-2": "same"})
    with pytest.raises(ScoringError, match=r"fits more than one theme .*which fits T-1, T-2"):
        scored(replace(rows, alignment=[aligned("SAME", "none", "1")]))
    twice = [aligned("T-1", "none", "1"), aligned("t-1", "none", "1", export_row="3")]
    with pytest.raises(ScoringError, match=r"line 3: the same theme stands twice .*also at alignment.csv, line 2"):
        scored(quarter({"T-1": []}, alignment=twice))


def test_a_roadmap_theme_that_was_not_published_is_a_note() -> None:
    bets = [{"roadmap_id": "R1", "name": "A bet", "published_on": "2026-07-01"}]
    rows = quarter({"T": [], "U": []}, roadmap=bets)
    leaning = [aligned("T", "direct", "4", roadmap_id="R1"), aligned("U", "direct", "5", roadmap_id="R9")]
    notes = scored(replace(rows, alignment=leaning)).notes
    assert "The alignment file leans on roadmap themes that are not published: 'R9' (alignment.csv, line 2)." in notes


def test_a_direct_fit_says_with_which_bet() -> None:
    rows = quarter({"T": large("a"), "U": large("b"), "V": large("c")})
    given = [aligned("T", "direct", "4"), aligned("U", "adjacent", "3"), aligned("V", "direct", "5", roadmap_id="R1")]
    notes = [note for note in scored(replace(rows, alignment=given)).notes if "direct fit" in note]
    assert notes == ["Called a direct fit without naming a published roadmap theme: 'T' (alignment.csv, line 2)."]


def test_an_approved_compliance_override_leaves_the_ranking() -> None:
    found = scored(ranked_pair(overridden("first", "compliance")))
    assert found.theme_scores.select("theme_id", "rank", "start").rows() == [
        ("second", 1, "decline"),
        ("first", None, "escalate"),
    ]
    row = found.override_status.row(0, named=True)
    assert (row["status"], row["why"], row["rank"], row["start"]) == ("approved", None, None, "escalate")
    assert (row["rank_without"], row["start_without"]) == (1, "defer")
    assert theme(found, "first")["arr_exposed"] == Decimal("1000000.00")  # the CPO list still shows what is behind it


@pytest.mark.parametrize("kind", ["referenceable_logo", "competitive_emergency"])
def test_the_other_overrides_start_the_theme_as_build_and_keep_its_rank(kind: str) -> None:
    found = scored(ranked_pair(overridden("second", kind)))
    assert (theme(found, "second")["rank"], theme(found, "second")["start"]) == (2, "build")
    row = found.override_status.row(0, named=True)
    assert (row["rank"], row["start"], row["rank_without"], row["start_without"]) == (2, "build", 2, "decline")
    assert f"override_{kind}" in theme(found, "second")["flags"]


def test_an_override_may_start_a_theme_that_is_not_scored_yet() -> None:
    rows = replace(ranked_pair(overridden("second", "referenceable_logo")), alignment=[])
    assert (theme(scored(rows), "second")["rank"], theme(scored(rows), "second")["start"]) == (None, "build")


@pytest.mark.parametrize(
    ("flaw", "why"),
    [
        ({"reason": ""}, "no reason"),
        ({"requested_by": "  "}, "nobody requested it"),
        ({"approved_by": ""}, "nobody approved it"),
        ({"expires_on": ""}, "no expiry"),
        ({"expires_on": in_days(-1)}, "expired on 2026-09-29"),
        ({"reason": "", "approved_by": ""}, "no reason; nobody approved it"),
    ],
)
def test_an_override_without_what_it_needs_changes_nothing(flaw: dict[str, str], why: str) -> None:
    found, plain = scored(ranked_pair(overridden("second", "compliance", **flaw))), scored(ranked_pair())
    row = found.override_status.row(0, named=True)
    assert (row["status"], row["why"]) == ("not_applied", why)
    assert (row["rank"], row["start"]) == (row["rank_without"], row["start_without"]) == (2, "decline")
    assert found.theme_scores.drop("flags").equals(plain.theme_scores.drop("flags"))
    assert "override_not_applied" in theme(found, "second")["flags"]
    assert f"The override compliance of second is not applied: {why}." in found.notes


def test_an_override_holds_on_its_last_day() -> None:
    found = scored(ranked_pair(overridden("second", "referenceable_logo", expires_on=in_days(0))))
    assert found.override_status["status"].to_list() == ["approved"]


def test_the_effect_of_a_dispute_is_rescored() -> None:
    alignment = [aligned("T", "adjacent", "5", "2"), aligned("U", "adjacent", "3", "3")]
    rows = with_others(quarter({"T": large("a"), "U": large("b")}, alignment=alignment))
    found = scored(rows, changed("reading", build_at=10, defer_at=8))
    row = found.disputes.row(0, named=True)
    assert found.disputes.height == 1
    assert (row["composite"], row["rank"], row["start"]) == (7, 2, "settle")
    assert (row["composite_cs"], row["rank_cs"], row["start_cs"], row["start_product"]) == (10, 1, "build", "decline")
    assert (row["rationale_cs"], row["rationale_product"]) == ("seen by CS", "seen by Product")


def test_a_refused_override_may_stand_beside_an_approved_one() -> None:
    refused = overridden("first", "competitive_emergency", approved_by="")
    found = scored(ranked_pair(overridden("first", "referenceable_logo"), refused))
    assert found.override_status.select("kind", "status").sort("kind").rows() == [
        ("competitive_emergency", "not_applied"),
        ("referenceable_logo", "approved"),
    ]
    flags = theme(found, "first")["flags"]
    assert {"override_referenceable_logo", "override_not_applied"} <= set(flags)
    assert found.theme_scores.height == 2
    with pytest.raises(ScoringError, match="the same theme stands twice"):
        scored(ranked_pair(overridden("first", "referenceable_logo"), overridden("first", "compliance")))


def test_an_exact_id_wins_over_a_name_that_reads_the_same() -> None:
    rows = replace(
        quarter({"Billing": small(1), "billing": small(1)}), alignment=[aligned("Billing", "none", "1", "1")]
    )
    assert theme(scored(rows), "Billing")["alignment_score"] == 1
    assert theme(scored(rows), "billing")["alignment_score"] is None


def test_every_fault_of_the_alignment_file_is_said_at_once() -> None:
    rows = quarter({"T": large("a"), "U": large("b")})
    wrong = [aligned("T", "none", "2"), aligned("U", "direct", "4", "9"), aligned("U", "direct", "4", roadmap_id="R1")]
    with pytest.raises(ScoringError, match=r"has 2 faults to correct: \(1\) .*theme 'T'.* \(2\) .*theme 'U'.*1 to 5"):
        scored(replace(rows, alignment=wrong))
