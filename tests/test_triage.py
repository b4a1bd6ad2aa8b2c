"""The monthly triage: who is urgent, which logos and competitors do not wait, and that in and out are all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quarters import AS_OF, MODEL, Row, Rows, account, frame, in_days, inputs, overridden, said, seeded

from vocanalytics.errors import ScoringError, SettingsError
from vocanalytics.scoring import Inputs, account_pairs, score
from vocanalytics.settings import Model, Month
from vocanalytics.triage import Triaged, triage, write_triaged
from vocanalytics.triage.competitors import Naming, burst_of
from vocanalytics.triage.urgent import COLUMNS
from vocanalytics.vocabulary import QUARANTINE

SEPTEMBER = Month(2026, 9)
RULES = MODEL.triage.model_copy(
    update={
        "renewal_days": 90,
        "high_arr": Decimal(250_000),
        "competitor_accounts": 3,
        "competitor_days": 14,
    }
)
FIXED = MODEL.model_copy(update={"triage": RULES})
SIGNAL = {"churn_signal": "explicit"}


def of(given: Inputs, *, as_of: dt.date = AS_OF, month: Month = SEPTEMBER, model: Model = FIXED) -> Triaged:
    """The triage of a month, composed as the notebook composes it."""
    pairs = account_pairs(given, as_of, model)
    return triage(
        pairs.feedback, given.accounts, given.mentions, given.themes, pairs.theme_accounts, month, as_of, model
    )


def heard(accounts: list[Row], feedback: list[Row], **changes: Any) -> Triaged:
    """The triage of a quarter in which all feedback speaks of one theme."""
    return of(inputs(quarter(accounts, feedback)), **changes)


def quarter(accounts: list[Row], feedback: list[Row]) -> Rows:
    return Rows(feedback, accounts, {"T": "Offline"}, {row["feedback_id"]: ["T"] for row in feedback})


def number(found: Triaged, part: str, what: str) -> Any:
    return found.counts.row(by_predicate=(pl.col("part") == part) & (pl.col("what") == what), named=True)["number"]


@pytest.mark.parametrize(
    ("days", "signal", "health", "case"),
    [
        (-400, "explicit", "healthy", "urgent"),
        (-1, "explicit", "healthy", "urgent"),
        (0, "inferred", "healthy", "urgent"),
        (89, "explicit", "healthy", "urgent"),
        (90, "explicit", "healthy", "urgent"),
        (91, "explicit", "healthy", "renewal_later"),
        (None, "explicit", "healthy", "renewal_unknown"),
        (30, "none", "at_risk", "no_signal"),
        (30, "", "at_risk", "urgent"),
        (30, "", "healthy", "no_signal"),
        (None, "", "", "no_signal"),
    ],
)
def test_what_makes_a_pair_urgent(days: int | None, signal: str, health: str, case: str) -> None:
    renewal = "" if days is None else in_days(days)
    found = heard([account("a", renewal_date=renewal, health=health)], [said("f:1", "a", churn_signal=signal)])
    assert found.counts.filter((pl.col("part") == "pairs") & (pl.col("number") > 0))["what"].to_list() == [case]
    assert found.urgent["is_overdue"].to_list() == ([days is not None and days < 0] if case == "urgent" else [])
    assert found.renewal_unknown.height == (case == "renewal_unknown")


@pytest.mark.parametrize(
    "changes", [{"lifecycle": "prospect"}, {"lifecycle": "churned"}, {"is_icp": "false"}], ids=lambda each: min(each)
)
def test_who_does_not_count_is_not_urgent(changes: Row) -> None:
    found = heard([account("a", renewal_date=in_days(1), **changes)], [said("f:1", "a", **SIGNAL)])
    assert found.urgent.is_empty()


def test_a_compliance_theme_is_as_urgent_as_any_other() -> None:
    rows = quarter([account("a", renewal_date=in_days(1))], [said("f:1", "a", **SIGNAL)])
    found = of(inputs(replace(rows, overrides=[overridden("T", "compliance")])))
    assert found.urgent["account_id"].to_list() == ["a"]


def test_the_order_is_that_of_the_meeting() -> None:
    accounts = [
        account("late", renewal_date=in_days(60)),
        account("small", renewal_date=in_days(5), arr="1000.00"),
        account("large", renewal_date=in_days(5), arr="9000.00"),
        account("overdue", renewal_date=in_days(-3), arr="1.00"),
    ]
    feedback = [said(f"{row['account_id']}:1", row["account_id"], **SIGNAL) for row in accounts]
    feedback += [said("large:2", "large", churn_signal="inferred"), said("large:3", "large", **SIGNAL)]
    mentions = {row["feedback_id"]: ["T2"] for row in feedback} | {"large:2": ["T1"], "large:3": ["T3"]}
    rows = Rows(feedback, accounts, {"T1": "One", "T2": "Two", "T3": "Three"}, mentions)
    found = of(inputs(rows)).urgent
    assert found.select("account_id", "theme_id").rows() == [
        ("overdue", "T2"),
        ("large", "T2"),
        ("large", "T3"),
        ("large", "T1"),
        ("small", "T2"),
        ("late", "T2"),
    ]


def test_a_signal_of_july_is_urgent_in_september_and_marked_as_not_new() -> None:
    feedback = [said("f:1", "a", created_at="2026-07-02T10:00:00Z", **SIGNAL)]
    old = heard([account("a", renewal_date=in_days(1))], feedback)
    assert old.urgent["new_this_month"].to_list() == [False]
    later = [*feedback, said("f:2", "a", created_at="2026-09-01T00:00:00Z")]
    assert heard([account("a", renewal_date=in_days(1))], later).urgent["new_this_month"].to_list() == [True]


def test_what_was_said_after_the_day_is_left_out_and_counted() -> None:
    feedback = [
        said("f:1", "a", created_at="2026-08-31T23:59:59Z"),
        said("f:2", "a", created_at="2026-09-01T00:00:00Z", **SIGNAL),
    ]
    accounts = [account("a", renewal_date="2026-10-01")]
    august = heard(accounts, feedback, as_of=dt.date(2026, 8, 31), month=Month(2026, 8))
    assert august.urgent.is_empty()
    assert number(august, "feedback", "later") == 1
    assert august.notes == ("1 row of feedback was written after 2026-08-31 and left out.",)
    assert heard(accounts, feedback).urgent["mentions"].to_list() == [2]


def test_what_validation_kept_out_as_later_is_counted_too(root: Path) -> None:
    from vocanalytics.contracts import validate
    from vocanalytics.settings import Quarter
    from vocanalytics.vocabulary import INCOMING, names

    day = dt.date(2026, 8, 31)
    rows = [
        said("f:1", "a", export="f.csv", export_row="2"),
        said("f:2", "a", export="f.csv", export_row="3") | {"created_at": "2026-09-05T10:00:00Z"},
    ]
    accounts = [account("a", export="a.csv", export_row="2")]
    tables = {
        name: pl.DataFrame(
            {
                key: [row.get(key) or None for row in {"feedback": rows, "accounts": accounts}.get(name, [])]
                for key in names(table)
            },
            schema=dict.fromkeys(names(table), pl.String),
        ).with_columns(pl.col("export_row").cast(pl.Int64))
        for name, table in INCOMING.items()
    }
    validated = validate(tables, root / "expectations", Quarter(2026, 3), day, MODEL)
    assert validated.accepted["feedback"].height == 1
    given = inputs(quarter(accounts, rows[:1]))
    pairs = account_pairs(given, day, MODEL)
    found = triage(
        pairs.feedback,
        given.accounts,
        given.mentions,
        given.themes,
        pairs.theme_accounts,
        Month(2026, 8),
        day,
        MODEL,
        quarantine=validated.quarantine,
    )
    assert number(found, "feedback", "later") == 1
    none = frame([], QUARANTINE)
    assert number(heard(accounts, rows[:1]), "feedback", "later") == 0 == none.height


def test_the_customers_own_words_come_before_a_later_paraphrase() -> None:
    feedback = [
        said("f:1", "a", verbatim="my words", voice="customer", created_at="2026-07-03T10:00:00Z", **SIGNAL),
        said("f:2", "a", verbatim="older words", voice="customer", created_at="2026-07-02T10:00:00Z"),
        said("f:3", "a", verbatim="what I heard", voice="paraphrase", created_at="2026-09-03T10:00:00Z"),
    ]
    row = heard([account("a", renewal_date=in_days(1))], feedback).urgent.row(0, named=True)
    assert (row["verbatim"], row["feedback_id"], row["said_on"]) == ("my words", "f:1", dt.date(2026, 7, 3))
    only = heard([account("a", renewal_date=in_days(1), health="at_risk")], feedback[2:]).urgent
    assert only["verbatim"].to_list() == ["what I heard"]


def test_whom_to_ask_is_the_accounts_csm_or_the_latest_one_named() -> None:
    feedback = [
        said("f:1", "a", csm="old", created_at="2026-07-02T10:00:00Z", **SIGNAL),
        said("f:2", "a", csm="new", created_at="2026-08-02T10:00:00Z"),
        said("f:3", "a", created_at="2026-09-02T10:00:00Z"),
    ]
    assert heard([account("a", renewal_date=in_days(1), csm="own")], feedback).urgent["csm"].to_list() == ["own"]
    assert heard([account("a", renewal_date=in_days(1))], feedback).urgent["csm"].to_list() == ["new"]
    nobody = heard([account("a", renewal_date=in_days(1))], [said("f:1", "a", **SIGNAL)])
    assert nobody.urgent["csm"].to_list() == [None]
    assert nobody.notes == ("No CSM is named for Account a.",)


def test_a_logo_goes_to_its_path_and_the_latest_signal_starts_the_clock() -> None:
    accounts = [
        account("logo", renewal_date=in_days(10), is_referenceable="true"),
        account("plain", renewal_date=in_days(10), is_referenceable="false"),
        account("far", renewal_date=in_days(91), is_referenceable="true"),
    ]
    feedback = [said(f"{row['account_id']}:1", row["account_id"], **SIGNAL) for row in accounts]
    feedback += [
        said("logo:2", "logo", created_at="2026-09-10T08:30:00Z", churn_signal="inferred"),
        said("logo:3", "logo", created_at="2026-09-20T08:30:00Z", churn_signal="none"),
    ]
    (logo,) = heard(accounts, feedback).logos.rows(named=True)
    assert (logo["account_id"], logo["path"], logo["channel"]) == ("logo", "VP Customer Success", "#logo-at-risk")
    assert logo["reported_at"] == dt.datetime(2026, 9, 10, 8, 30, tzinfo=dt.UTC)
    assert logo["due_at"] - logo["reported_at"] == dt.timedelta(hours=24)


def test_a_logo_without_a_renewal_date_is_at_risk_as_well() -> None:
    logo = account("a", renewal_date="", is_referenceable="true")
    (found,) = heard([logo], [said("f:1", "a", **SIGNAL)]).logos.rows(named=True)
    assert (found["account_id"], found["days_to_renewal"], found["is_overdue"]) == ("a", None, False)
    assert heard([logo], [said("f:1", "a", churn_signal="none")]).logos.is_empty()


def test_the_latest_signal_of_any_theme_starts_the_clock_of_a_logo() -> None:
    logo = account("a", renewal_date=in_days(10), is_referenceable="true")
    feedback = [said("f:1", "a", **SIGNAL), said("f:2", "a", created_at="2026-09-02T10:00:00Z", **SIGNAL)]
    rows = Rows(feedback, [logo], {"T1": "One", "T2": "Two"}, {"f:1": ["T1"], "f:2": ["T2"]})
    (found,) = of(inputs(rows)).logos.rows(named=True)
    assert found["themes"] == ["One", "Two"]
    assert found["reported_at"] == dt.datetime(2026, 9, 2, 10, tzinfo=dt.UTC)


def test_where_only_health_speaks_the_latest_mention_starts_the_clock() -> None:
    sick = account("a", renewal_date=in_days(10), is_referenceable="true", health="at_risk")
    feedback = [said("f:1", "a"), said("f:2", "a", created_at="2026-09-02T10:00:00Z")]
    assert heard([sick], feedback).logos["reported_at"].to_list() == [dt.datetime(2026, 9, 2, 10, tzinfo=dt.UTC)]


def named(account_id: str, day: str, competitor: str = "Kuvero", **changes: str) -> Row:
    return said(f"{account_id}:{day}", account_id, created_at=f"2026-{day}T09:00:00Z", competitor=competitor, **changes)


LARGE = [account(name, arr="250000.00") for name in "abc"]


@pytest.mark.parametrize(
    ("days", "emergency"),
    [
        (("09-01", "09-08", "09-15"), True),  # 14 days apart, the last one included
        (("09-01", "09-08", "09-16"), False),
        (("09-08", "09-08", "09-08"), True),
        (("08-20", "08-25", "09-02"), True),  # the window ends in the month
        (("08-18", "08-25", "09-02"), False),
        (("08-18", "08-25", "08-31"), False),  # it ended the month before
    ],
)
def test_the_window_of_an_emergency(days: tuple[str, ...], emergency: bool) -> None:
    found = heard(LARGE, [named(name, day) for name, day in zip("abc", days, strict=True)])
    assert found.emergencies.height == emergency


@pytest.mark.parametrize(
    ("changes", "emergency"),
    [
        ({"arr": "250000.00"}, True),
        ({"arr": "249999.99"}, False),
        ({"lifecycle": "prospect"}, False),
        ({"is_icp": "false"}, False),
        ({"lifecycle": "churned"}, False),
    ],
)
def test_only_high_arr_accounts_in_scope_count(changes: Row, emergency: bool) -> None:
    third = account("c", **{"arr": "900000.00", **changes})
    found = heard([*LARGE[:2], third], [named(name, "09-10") for name in "abc"])
    assert found.emergencies.height == emergency


def test_one_account_naming_it_thrice_is_one_account() -> None:
    assert heard(LARGE, [named("a", day) for day in ("09-01", "09-02", "09-03")]).emergencies.is_empty()


@pytest.mark.parametrize("written", ["none", "N/A", " - ", "Unknown", "None mentioned", "No competitor", "tbd"])
def test_a_cell_that_names_no_competitor_is_no_emergency(written: str) -> None:
    assert heard(LARGE, [named(name, "09-10", written) for name in "abc"]).emergencies.is_empty()


@pytest.mark.parametrize("written", ["Nona", "Other Bank", "NA Software", "No Code Inc"])
def test_a_competitor_with_an_odd_name_is_an_emergency(written: str) -> None:
    assert heard(LARGE, [named(name, "09-10", written) for name in "abc"]).emergencies.height == 1


def test_an_emergency_says_who_what_and_by_when() -> None:
    feedback = [
        named("a", "09-02", "Kuvero"),
        named("b", "09-05", " KUVERO "),
        named("c", "09-09", "Ｋuvero"),
        named("a", "09-12", "Kuvero"),
        named("a", "09-13", "Other"),
    ]
    (row,) = heard(LARGE, feedback).emergencies.rows(named=True)
    assert (row["competitor"], row["accounts"], row["themes"]) == (
        "Kuvero", ["Account a", "Account b", "Account c"], ["Offline"],
    )  # fmt: skip
    assert row["arr"] == Decimal("750000.00")
    assert (row["first_on"], row["last_on"]) == (dt.date(2026, 9, 2), dt.date(2026, 9, 12))
    assert row["due_at"] == dt.datetime(2026, 9, 10, 9, tzinfo=dt.UTC), "24 hours after the third account"
    assert (row["path"], row["channel"], row["hours"]) == ("PM lead", "#competitive-emergency", 24)


def test_an_emergency_of_last_month_keeps_its_clock() -> None:
    feedback = [named(name, "08-30") for name in "abc"] + [named("a", "09-03")]
    (row,) = heard(LARGE, feedback).emergencies.rows(named=True)
    assert row["due_at"] == dt.datetime(2026, 8, 31, 9, tzinfo=dt.UTC)


START = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abcd")), max_size=25), st.integers(1, 4))
def test_windows_against_every_pair_of_ends(events: list[tuple[int, str]], needed: int) -> None:
    namings = [
        Naming(START + dt.timedelta(days=day), f"f:{n}", who, who, 1, "K")
        for n, (day, who) in enumerate(sorted(events))
    ]
    month_start = dt.date(2026, 9, 1)
    expected = {
        naming
        for end in namings
        if end.at.date() >= month_start
        for window in [[each for each in namings if 0 <= (end.at - each.at).days <= 14]]
        if len({each.account_id for each in window}) >= needed
        for naming in window
    }
    found = burst_of(namings, month_start, needed, 14)
    assert set(found.namings if found else ()) == expected
    assert not found or list(found.namings) == sorted(found.namings, key=lambda each: namings.index(each))


@pytest.mark.parametrize("seed", range(5))
def test_in_and_out_are_all_and_agree_with_the_score(seed: int) -> None:
    given = inputs(seeded(seed))
    found = of(given)
    scored = score(given, AS_OF, MODEL)
    pairs = scored.theme_accounts
    near = (pl.col("churn_signal") != "none") & (pl.col("days_to_renewal") <= 90)
    assert sorted(found.urgent.select("theme_id", "account_id").rows()) == sorted(
        pairs.filter(near).select("theme_id", "account_id").rows()
    )
    by_part = dict(found.counts.group_by("part").agg(pl.col("number").sum()).iter_rows())
    assert by_part == {"pairs": pairs.height, "feedback": given.feedback.height}


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rng: Any) -> None:
    given = inputs(seeded(3))
    shuffled = replace(
        given,
        **{
            name: getattr(given, name).sample(fraction=1, shuffle=True, seed=rng.randrange(2**32))
            for name in ("feedback", "accounts", "mentions", "themes")
        },
    )
    before, after = of(given), of(shuffled)
    assert all(
        getattr(before, name).equals(getattr(after, name)) for name in ("urgent", "renewal_unknown", "logos", "counts")
    )


def test_pairs_of_other_feedback_stop_the_run() -> None:
    given = inputs(quarter(LARGE, [said("f:1", "a"), said("f:2", "b")]))
    pairs = account_pairs(given, AS_OF, MODEL).theme_accounts.head(1)
    scoped = account_pairs(given, AS_OF, MODEL).feedback
    with pytest.raises(ScoringError, match="the pairs do not belong to this feedback"):
        triage(scoped, given.accounts, given.mentions, given.themes, pairs, SEPTEMBER, AS_OF, MODEL)


@pytest.mark.parametrize("day", [dt.date(2026, 8, 31), dt.date(2026, 10, 1)])
def test_the_day_lies_in_the_month(day: dt.date) -> None:
    with pytest.raises(SettingsError, match=r"does not lie in the month .* expected 2026-09-01 to 2026-09-30"):
        heard(LARGE, [said("f:1", "a")], as_of=day)


def test_a_quarter_without_feedback_is_calm(tmp_path: Path) -> None:
    found = heard(LARGE, [])
    assert found.urgent.columns == list(COLUMNS)
    assert [getattr(found, name).height for name in ("urgent", "renewal_unknown", "logos", "emergencies")] == [0] * 4
    write_triaged(found, tmp_path)
    assert sorted(path.name for path in (tmp_path / "reading").iterdir()) == [
        "triage_counts.parquet",
        "triage_emergencies.parquet",
        "triage_logos.parquet",
        "triage_renewal_unknown.parquet",
        "triage_urgent.parquet",
    ]
    assert (tmp_path / "triage.json").read_text() == '{\n  "notes": []\n}\n'


@pytest.mark.parametrize(
    ("text", "first", "last", "of_quarter", "label"),
    [
        ("2026-09", "2026-09-01", "2026-09-30", "2026Q3", "September 2026"),
        ("2026-12", "2026-12-01", "2026-12-31", "2026Q4", "December 2026"),
        ("2028-02", "2028-02-01", "2028-02-29", "2028Q1", "February 2028"),
        ("2027-04", "2027-04-01", "2027-04-30", "2027Q2", "April 2027"),
    ],
)
def test_months(text: str, first: str, last: str, of_quarter: str, label: str) -> None:
    month = Month.parse(text)
    days = (month.first_day.isoformat(), month.last_day.isoformat())
    assert (str(month), *days, str(month.quarter), month.label) == (text, first, last, of_quarter, label)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-9", "2026-13", "2026-00", "0000-01", "2026-09 ", "2026-09\n", "２０２６-09", "../2026-09"],
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(SettingsError, match="not a month"):
        Month.parse(text)
