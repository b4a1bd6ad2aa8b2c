"""The decision sheet against its run: every rule at its boundary, every fault at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from decision_cases import QUARTER, THEMES, accounts, review, scores, sheet
from hypothesis import given, settings
from hypothesis import strategies as st

from vocanalytics import decisions
from vocanalytics.decisions import write_notes
from vocanalytics.errors import ContractError, SourceError
from vocanalytics.settings import Quarter, Session
from vocanalytics.sources.curated_file import read_curated
from vocanalytics.vocabulary import QUARANTINE, polars_schema

Changes = Mapping[str, Mapping[str, str | None] | None]


def rules(changes: Changes, **options: object) -> list[str]:
    """The rules that a changed sheet breaks, in the order in which they are found."""
    return [finding.rule for finding in review(sheet(changes), **options).faults]  # type: ignore[arg-type]


def test_a_sheet_that_keeps_every_rule_is_given_out_in_the_order_of_the_ranking() -> None:
    decided = review(sheet().reverse()).decided()
    assert decided.rows["theme_id"].to_list() == ["T-0001", "T-0002", "T-0003", "T-0004", "T-0005"]
    assert decided.rows["status"].to_list() == [*["build_next_quarter"] * 3, "defer_q_plus_2", "decline"]
    assert decided.left_open["theme_id"].to_list() == ["P-a1/b2", "T-0006"]
    assert decided.rows["line"].to_list() == [2, 3, 4, 5, 6]
    assert decided.builds_reason is None


@pytest.mark.parametrize(
    ("start", "asking", "rules_broken"),
    [("unscored", 1, ["not_decided"]), ("unscored", 0, []), ("escalate", 1, []), ("decline", 1, ["not_decided"])],
)
def test_every_theme_that_accounts_in_scope_ask_for_is_decided(
    start: str, asking: int, rules_broken: list[str]
) -> None:
    here = pl.col("theme_id") == "P-a1/b2"
    run = scores().with_columns(
        start=pl.when(here).then(pl.lit(start)).otherwise(pl.col("start")),
        accounts=pl.when(here).then(asking).otherwise(pl.col("accounts")),
    )
    assert [finding.rule for finding in review(sheet(), scores=run).faults] == rules_broken


@pytest.mark.parametrize(
    ("cell", "means"),
    [
        ("build_next_quarter", "build_next_quarter"),
        (" Build ", "build_next_quarter"),
        ("BUILD NEXT-QUARTER", "build_next_quarter"),
        ("Build in Q4 2026", "build_next_quarter"),
        ("Build in Q1 2027", None),
        ("Defer", "defer_q_plus_2"),
        ("Defer to Q1 2027 (Q+2)", "defer_q_plus_2"),
        ("Defer to Q+2", "defer_q_plus_2"),
        ("defer_q_plus_2", "defer_q_plus_2"),
        ("Defer to Q4 2026", None),
        ("Decline", "decline"),
        ("declined\u200b", "decline"),
        ("settle", None),
        ("buildx", None),
    ],
)
def test_a_status_is_read_as_people_write_it(cell: str, means: str | None) -> None:
    assert decisions.status_of(cell, QUARTER) == means


BREAKS: dict[str, tuple[Changes, list[str]]] = {
    "a blank line": ({"T-0004": dict.fromkeys(("status", "owner", "rationale", "csm_words"), "")}, ["not_decided"]),
    "a line taken out": ({"T-0004": None}, ["not_decided"]),
    "placeholders only": (
        {"T-0004": {"status": "tbd", "owner": "?", "rationale": "N/A", "csm_words": "–"}},
        ["not_decided"],
    ),
    "no status": ({"T-0004": {"status": ""}}, ["not_decided"]),
    "no status where none is needed, but words": (
        {"T-0006": {"csm_words": "We look into it."}},
        ["not_decided", "rationale_missing"],
    ),
    "another word": ({"T-0004": {"status": "maybe"}}, ["status_unknown"]),
    "a build without an owner": ({"T-0001": {"owner": ""}}, ["owner_missing"]),
    "a build with an owner to come": ({"T-0001": {"owner": "TBD"}}, ["owner_missing"]),
    "no rationale": ({"T-0005": {"rationale": " "}}, ["rationale_missing"]),
    "a rationale of three words": ({"T-0005": {"rationale": "No bet here"}}, []),
    "a rationale of two words": ({"T-0005": {"rationale": "No bet"}}, ["rationale_short"]),
    "no words": ({"T-0001": {"csm_words": ""}}, ["words_missing"]),
    "an unknown theme": ({"T-0006": {"theme_id": "T-9999"}}, ["theme_unknown"]),
    "no theme": ({"T-0006": {"theme_id": "", "theme": ""}}, ["theme_missing"]),
    "the id of another theme": ({"T-0001": {"theme_id": "T-0006"}}, ["theme_mismatch", "not_decided", "builds_count"]),
    "a theme twice": ({"T-0006": {"theme_id": "T-0005", "theme": "Kiosk mode", "status": "decline"}}, ["theme_twice"]),
    "a name instead of an id": ({"T-0001": {"theme_id": "", "theme": "offline_work  ORDERS"}}, []),
    "an id as the name": ({"T-0001": {"theme_id": "", "theme": "T-0001"}}, []),
    "two builds": ({"T-0003": {"status": "decline"}}, ["builds_count"]),
    "the same words twice": (
        {"T-0003": {"csm_words": "We are building offline job lists next quarter. I will show you the first version."}},
        ["words_repeated"],
    ),
}


@pytest.mark.parametrize("case", BREAKS)
def test_every_rule_of_the_sheet_at_its_boundary(case: str) -> None:
    changes, expected = BREAKS[case]
    assert rules(changes) == expected


@pytest.mark.parametrize(("builds", "stops"), [(2, True), (3, False), (5, False), (6, True)])
def test_three_to_five_builds_or_a_reason(builds: int, stops: bool) -> None:
    told = {"status": "build", "owner": "Radu", "rationale": "It is the bet"}
    changes = {
        theme_id: {**told, "csm_words": f"We are building part {place} of it."}
        if place < builds
        else {
            "status": "decline",
            "csm_words": f"We decided against part {place}, since few asked. I can help you another way.",
        }
        for place, (theme_id, *_) in enumerate(THEMES[:6])
    }
    changes["T-0006"] = {**changes["T-0006"], "rationale": "A legal duty it is"}
    assert ("builds_count" in rules(changes)) is stops
    said = review(sheet(changes), Session(builds_reason="One team is on parental leave")).decided()
    assert said.builds_reason == ("One team is on parental leave" if stops else None)
    assert ("builds_count" in rules(changes, session=Session(builds_reason="TBD"))) is stops


FORTY = " ".join(["We", *["build"] * 39])

WORDS: dict[str, tuple[str, str, list[str]]] = {
    "forty words": ("T-0001", FORTY, []),
    "forty-one words": ("T-0001", f"{FORTY} it", ["words_long"]),
    "a dash is no word": ("T-0001", f"{FORTY} –", []),
    "nobody speaks": ("T-0001", "Offline job lists are being built.", ["words_not_first_person"]),
    "the US does not speak": ("T-0001", "Being built for the US first.", ["words_not_first_person"]),
    "with an apostrophe": ("T-0001", "I'm glad: it is being built.", []),
    "our": ("T-0001", "It is on our list of builds.", []),
    "the reason again": ("T-0001", "Leads on all three dimensions", ["words_not_first_person", "words_copy_rationale"]),
    "a day in a build": ("T-0001", "We build it by 3 November.", ["words_date"]),
    "an ISO day in a build": ("T-0001", "We build it by 2026-11-03.", ["words_date"]),
    "a short day in a build": ("T-0001", "We build it by 11/3.", ["words_date"]),
    "a month in a build": ("T-0001", "We build it in November.", ["words_date"]),
    "a month in small letters": ("T-0001", "We build it in november.", ["words_date"]),
    "a year in a build": ("T-0001", "We build it before 2027.", ["words_date"]),
    "the quarter of the build": ("T-0001", "We build it in Q4 2026.", []),
    "the quarter of the build, short": ("T-0001", "We build it in Q4.", []),
    "the quarter after": ("T-0001", "We build it in Q1 2027.", ["words_date"]),
    "may as a verb": ("T-0001", "We build it. You may test it. May I call you?", []),
    "May as a month": ("T-0001", "We build it in May.", ["words_date"]),
    "march as a verb": ("T-0001", "We march on and build it.", []),
    "24/7 is no day": ("T-0001", "We build it, and our support is there 24/7.", []),
    "a week": ("T-0001", "We build it. I call you next week.", ["words_time"]),
    "Friday": ("T-0001", "We build it. I call you on Friday.", ["words_time"]),
    "a defer with its month": ("T-0004", "We review it in February.", []),
    "a defer with month and year": ("T-0004", "We review it in February 2027.", []),
    "a defer with a short month": ("T-0004", "We review it in Feb.", []),
    "a defer with the last month of Q+2": ("T-0004", "We review it in March.", []),
    "a defer beyond Q+2": ("T-0004", "We review it in April.", ["words_review_month"]),
    "a defer in the quarter that is over": ("T-0004", "We review it in September.", ["words_review_month"]),
    "a defer without a month": ("T-0004", "We review it later.", ["words_no_review_month"]),
    "a defer with a day": ("T-0004", "We review it on 12 February.", ["words_date"]),
    "a defer with a year alone": ("T-0004", "We review it in February. It comes in 2027.", ["words_date"]),
    "a defer with a quarter": ("T-0004", "We review it in February for Q2.", ["words_date"]),
    "a defer that promises": ("T-0004", "We build it next quarter, or look in February.", ["words_time"]),
    "a decline of eight words": ("T-0005", "We decided against it. A shared login helps.", []),
    "a decline of seven words": ("T-0005", "We decided against it. Shared logins help.", ["words_decline_short"]),
    "a decline in a sentence": ("T-0005", "We decided against it since only one site asked.", ["words_one_sentence"]),
    "a decline may name a date": ("T-0005", "We decided against it in May 2026. A shared login helps.", []),
    "a customer": ("T-0001", "We build it as Norrdal Wind wants it.", ["words_customer"]),
    "a customer in small letters": ("T-0001", "We build it as norrdal  wind wants it.", ["words_customer"]),
    "a customer without its legal form": ("T-0001", "We build what umbra works asked for.", ["words_customer"]),
    "an alias": ("T-0001", "We build what Tessaly wants.", ["words_customer"]),
    "a possessive": ("T-0001", "We build Tessaly's form.", ["words_customer"]),
    "part of a word is no name": ("T-0001", "We build tessalyan forms.", []),
    "an alias in small letters": ("T-0001", "We build what tessaly wants.", ["words_maybe_customer"]),
    "a word that starts a sentence": ("T-0001", "We build it. Target dates come later.", ["words_maybe_customer"]),
    "the same word inside one": ("T-0001", "We build it as Target wants it.", ["words_customer"]),
    "the same word in small letters": ("T-0001", "We build it; that is our target.", ["words_maybe_customer"]),
    "an abbreviation": ("T-0001", "We build it for NDW and others.", ["words_maybe_customer"]),
    "a name that the theme has too": ("T-0002", "We build the HubSpot link.", ["words_maybe_customer"]),
    "a name that the theme does not have": ("T-0001", "We build what HubSpot wants.", ["words_customer"]),
    "a month in capitals": ("T-0001", "We build it in NOVEMBER.", ["words_date"]),
    "a short month in small letters": ("T-0001", "We build it by nov.", ["words_date"]),
    "a quarter in small letters": ("T-0001", "We build it in q1.", ["words_date"]),
    "a quarter in words": ("T-0001", "We build it in the fourth quarter.", ["words_time"]),
    "a season": ("T-0001", "We build it by summer.", ["words_time"]),
    "the end of the year": ("T-0001", "We build it by EOY, by Christmas.", ["words_time"]),
    "a number is no year": ("T-0001", "We build exports of 2000 rows to SQL Server 2022.", []),
    "a person called like a month": ("T-0001", "Jan Novak and April Jones show you what we build.", []),
    "a month before a name": ("T-0001", "We build it: in June Marek shows it.", ["words_date"]),
    "a defer with a second month": ("T-0004", "We review it in February, for June.", ["words_review_month"]),
    "a defer with a quarter in small letters": ("T-0004", "We review it in February, for q2.", ["words_date"]),
    "a defer that ships": ("T-0004", "We ship it in February.", ["words_time"]),
    "a defer that will be ready": ("T-0004", "I come back to you: it will be ready by March.", ["words_time"]),
    "the reason and more": ("T-0001", "We build it: leads on all three dimensions!", ["words_copy_rationale"]),
    "ARR": ("T-0001", "We build it, since much ARR asks for it.", ["words_internal"]),
    "churn": ("T-0001", "We build it, since you may churn.", ["words_internal"]),
    "an amount": ("T-0001", "We build it for your $620K.", ["words_maybe_internal"]),
    "a renewal": ("T-0001", "We build it before your renewal.", ["words_maybe_internal"]),
    "a carrier is no ARR": ("T-0001", "We build it for the carrier, and arrange tests.", []),
    "blame": ("T-0001", "We build it, because engineering failed before.", ["words_blame"]),
    "no blame": ("T-0001", "We build it; it works by default.", []),
}  # fmt: skip


@pytest.mark.parametrize("case", WORDS)
def test_every_rule_for_words_at_its_boundary(case: str) -> None:
    theme_id, words, expected = WORDS[case]
    assert rules({theme_id: {"csm_words": words}}) == expected


NAMES: dict[str, tuple[str, tuple[str, list[str]], str, list[str]]] = {
    "February is a month": ("T-0004", ("February", []), "We review it in February.", ["words_maybe_customer"]),
    "may is a verb": ("T-0001", ("May", []), "We build it, and you may test it.", []),
    "it is not IT": ("T-0001", ("Lumber", ["IT", "US"]), "We build it for us.", []),
    "an alias of two letters": ("T-0001", ("Lumber", ["GE"]), "We build it for GE.", ["words_maybe_customer"]),
    "I'm is not I&M": ("T-0001", ("I&M", ["IT-S GmbH"]), "I'm glad: we build it, and it's free.", []),
    "at T is not AT&T": ("T-0001", ("AT&T", []), "We look at T shirts and build them.", []),
    "AT&T": ("T-0001", ("AT&T", []), "We build what AT&T asked for.", ["words_customer"]),
    "your company": ("T-0001", ("Your Company Inc", []), "We build what your team asked for.", []),
    "our own company": ("T-0001", ("Torvane", []), "We at Torvane build it.", ["words_maybe_customer"]),
    "on time": ("T-0001", ("On Time", []), "We build it and go live on time.", ["words_maybe_customer"]),
    "On Time": ("T-0001", ("On Time", []), "We build what On Time wants.", ["words_customer"]),
    "over the end of a sentence": ("T-0001", ("Best Buy", []), "We build it as best. Buy it later.", []),
    "a name of two words that the theme has": (
        "T-0001", ("Work Orders", []), "We build offline work orders.", ["words_maybe_customer"],
    ),
    "a name of two words that it has not": (
        "T-0001", ("Home Depot", []), "We build what home depot wants.", ["words_customer"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_customers_with_names_like_ordinary_words(case: str) -> None:
    theme_id, (name, aliases), words, expected = NAMES[case]
    known = accounts([("B-1", name, aliases, "customer", None)])
    own = {"accounts": known, "session": Session(company="Torvane")}
    assert rules({theme_id: {"csm_words": words}}, **own) == expected


def test_a_theme_about_churn_may_be_called_so() -> None:
    named = scores().with_columns(theme_name=pl.col("theme_name").replace({"Offline work orders": "Churn report"}))
    changes = {"T-0001": {"theme": "", "csm_words": "We build the churn report."}}
    assert review(sheet(changes), scores=named).faults == ()


@pytest.mark.parametrize("name", ["گزارش\u200cها", "👨\u200d👩\u200d👧 seats"])
def test_a_theme_name_with_joiners_is_found_by_its_name(name: str) -> None:
    named = scores().with_columns(theme_name=pl.col("theme_name").replace({"Dark mode": name}))
    assert review(sheet({"T-0004": {"theme_id": "", "theme": name}}), scores=named).faults == ()


def test_a_date_may_be_named_once_engineering_confirmed_it() -> None:
    words = {"csm_words": "We build it and ship it on 3 November."}
    assert rules({"T-0001": words}) == ["words_date"]
    assert rules({"T-0001": {**words, "rationale": "It leads, and engineering confirmed 3 November"}}) == []
    assert rules({"T-0004": {**words, "rationale": "Engineering confirmed it"}}) == ["words_date", "words_time"]


def test_what_software_can_only_suspect_never_stops() -> None:
    suspected = {rule for _, _, expected in WORDS.values() for rule in expected if not decisions.RULES[rule]}
    assert suspected == {
        "words_maybe_customer",
        "words_maybe_internal",
        "words_time",
        "words_review_month",
        "words_one_sentence",
        "words_blame",
    }
    for _, (theme_id, words, expected) in WORDS.items():
        checked = review(sheet({theme_id: {"csm_words": words}}))
        if any(decisions.RULES[rule] for rule in expected):
            with pytest.raises(ContractError):
                checked.decided()
        else:
            assert checked.decided().rows.height == 5


def test_every_rule_is_broken_by_some_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [rule for rule in decisions.RULES if f'"{rule}"' not in text] == []


def test_the_documentation_names_every_rule_and_what_it_does(root: Path) -> None:
    text = (root / "docs/decisions.md").read_text(encoding="utf-8")
    said = {
        rule: row.rstrip("| ").endswith("stops")
        for row in re.findall(
            r"^\| `(?:theme|line|quarter|sheet|not|status|owner|rationale|builds|words)_.*$", text, re.M
        )
        for rule in re.findall(r"`(\w+)`", row.split(" | ")[0])
    }
    assert said == decisions.RULES
    links = re.findall(r"\[`(\w+)`\]\(\.\./((?:src|tests)/[\w/]+\.py)\)", text)
    broken = [
        link for link in links if not re.search(rf"(?:def |^){link[0]}\b", (root / link[1]).read_text("utf-8"), re.M)
    ]
    assert len(links) > 30
    assert broken == []


def test_all_faults_come_together_and_the_error_counts_them() -> None:
    checked = review(sheet({theme_id: {"rationale": "", "csm_words": "", "owner": ""} for theme_id, *_ in THEMES[:5]}))
    assert len(checked.faults) == 13
    with pytest.raises(ContractError) as caught:
        checked.decided()
    said = str(caught.value)
    assert "the decision sheet has 13 faults to correct" in said
    assert "(1) decisions.csv, line 2, Offline work orders: a build without an owner." in said
    assert "(12) " in said and "(13)" not in said and "And 1 more, in the table of the notebook" in said
    assert repr(checked).count("\n") == 12
    assert checked.findings["stops"].all()


def test_findings_stand_in_the_order_of_the_sheet() -> None:
    found = review(sheet({"T-0006": {"theme_id": "X"}, "T-0005": {"rationale": ""}, "T-0001": None})).faults
    assert [(item.rule, item.where) for item in found] == [
        ("rationale_missing", "decisions.csv, line 5"),
        ("theme_unknown", "decisions.csv, line 6"),
        ("not_decided", "decisions.csv"),
        ("builds_count", "decisions.csv"),
    ]


def test_findings_that_stop_come_first() -> None:
    checked = review(sheet({"T-0001": {"csm_words": "We call you next week."}, "T-0005": {"rationale": ""}}))
    assert checked.findings["rule"].to_list() == ["rationale_missing", "words_time"]
    assert repr(checked).splitlines()[1].startswith("Check  decisions.csv, line 2, Offline work orders: ")


def test_what_is_to_be_checked_is_kept_with_the_run(tmp_path: Path) -> None:
    changes = {"T-0003": {"status": "decline"}, "T-0001": {"csm_words": "We build it and call you on Friday."}}
    checked = review(sheet(changes), Session(builds_reason="One team is away"))
    kept = json.loads(write_notes(checked, tmp_path).read_text(encoding="utf-8"))["notes"]
    assert kept == [
        "Check decisions.csv, line 2, Offline work orders: the words for CSMs name a time (found 'Friday'). "
        "Make sure that it does not promise a delivery.",
        "The number of builds, 2, is outside the shortlist: One team is away",
    ]


def test_a_blank_sheet_is_one_fault() -> None:
    blank = sheet(
        {theme_id: dict.fromkeys(("status", "owner", "rationale", "csm_words"), "") for theme_id, *_ in THEMES}
    )
    assert [finding.rule for finding in review(blank).faults] == ["sheet_blank"]


def test_an_unreadable_line_is_a_fault() -> None:
    line = ("decisions", "decisions.xlsx", 4, None, "a;b", "2 cells where there are 9", "Complete the line")
    broken = pl.DataFrame([line], schema=polars_schema(QUARANTINE), orient="row")
    (finding,) = review(sheet(), unreadable=broken).faults
    assert finding.rule == "line_unreadable"
    assert finding.line == (
        "decisions.xlsx, row 4: the line cannot be read: 2 cells where there are 9 (found 'a;b'). Complete the line."
    )


def test_a_sheet_of_another_quarter_is_refused() -> None:
    found = review(sheet(decided_in="2026Q2")).faults
    assert {finding.rule for finding in found} == {"quarter_wrong"} and len(found) == 5
    assert review(sheet(decided_in="2026q3")).faults == ()


def test_a_name_that_two_themes_have_needs_an_id() -> None:
    twins = scores().with_columns(
        pl.when(pl.col("theme_id") == "T-0005").then(pl.lit("dark_mode")).otherwise("theme_name").alias("theme_name")
    )
    changes = {"T-0004": {"theme_id": ""}, "T-0005": {"theme": "dark mode"}}
    assert [item.rule for item in review(sheet(changes), scores=twins).faults] == ["theme_ambiguous", "not_decided"]


def test_the_apostrophe_that_kept_a_cell_from_being_a_formula_is_not_part_of_it() -> None:
    named = scores().with_columns(theme_name=pl.col("theme_name").replace({"Dark mode": "=Dark mode"}))
    assert review(sheet({"T-0004": {"theme_id": "", "theme": "'=Dark mode"}}), scores=named).faults == ()


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=80), st.sampled_from(["status", "owner", "rationale", "csm_words", "theme", "theme_id"]))
def test_no_cell_can_break_the_check(text: str, column: str) -> None:
    checked = review(sheet({"T-0004": {column: text}}))
    assert repr(checked)
    assert all("\n" not in finding.line for finding in checked.faults)


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(7)))
def test_the_order_of_lines_changes_no_decision(order: list[int]) -> None:
    rows = sheet()[list(order)]
    assert review(rows).decided().rows.equals(review(sheet()).decided().rows)


def test_many_accounts_cost_little() -> None:
    many = [(f"B-{number}", f"Branch {number} of Umbra", [f"U{number}"], "customer", None) for number in range(3000)]
    assert review(sheet(), accounts=accounts(many)).faults == ()
    found = rules({"T-0001": {"csm_words": "We build it for branch 2999 of umbra."}}, accounts=accounts(many))
    assert found == ["words_customer"]


@pytest.mark.parametrize("name", ["decisions.csv", "Decisions.CSV"])
def test_the_sheet_is_found_in_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("theme,status,rank\nExports,decline,1\nToo,few\n", encoding="utf-8")
    found = read_curated(tmp_path, "decisions")
    assert found.rows.drop("export").rows() == [("Exports", "decline", 2)]
    assert found.broken["export_row"].to_list() == [3]
    assert found.notes == (f"{name}: columns left out: rank",)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no file for decisions"),
        ({"decisions (1).csv": "theme\n"}, "expected decisions.csv"),
        ({"decisions.csv": "theme\nA\n", "decisions.jsonl": "{}"}, "two files for decisions"),
        ({"decisions.csv": "theme;status\nA;decline\n"}, "cells divided by semicolons"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_what_to_do(tmp_path: Path, files: Mapping[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said.replace("(", r"\(")):
        read_curated(tmp_path, "decisions")


def test_the_demonstration_decisions_keep_every_rule(root: Path) -> None:
    found = read_curated(root / "src/vocanalytics/demo/curated/2026Q2", "decisions")
    themes = [(row["theme"], f"Theme {row['theme']}") for row in found.rows.iter_rows(named=True)]
    run = scores().clear().select("theme_id", "theme_name", "rank", "start", "composite", "accounts")
    known = pl.DataFrame(
        [(theme, name, place, "defer", 9, 1) for place, (theme, name) in enumerate(themes, 1)], run.schema, orient="row"
    )
    assert review(found.rows, scores=known, quarter=Quarter(2026, 2)).faults == ()
