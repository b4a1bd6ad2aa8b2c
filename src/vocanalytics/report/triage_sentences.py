"""The sentences of the triage page: the answer first, then the rule and what was left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from vocanalytics.report.wording import (
    HEADING_WORDS,
    Words,
    capital,
    counted,
    fitting,
    full_day,
    joined,
    number,
    tallied,
    verb,
)
from vocanalytics.settings import FastPath, Model, Month, TriageSettings
from vocanalytics.triage import Triaged


def line_of(counts: pl.DataFrame, part: str, what: str) -> dict[str, Any]:
    """One line of the counts."""
    return counts.row(by_predicate=(pl.col("part") == part) & (pl.col("what") == what), named=True)


def headline(triaged: Triaged, month: Month, words: Words, renewal_days: int) -> str:
    """How many accounts, how much, by when: the month in one sentence."""
    urgent, within = line_of(triaged.counts, "pairs", "urgent"), f"within {tallied(renewal_days, 'day')}"
    accounts, overdue = urgent["accounts"], _overdue(triaged)
    if not accounts:
        return f"{month.label}: no account with a churn signal is overdue or renews {within}"
    signal = verb(accounts, "shows a churn signal", "show churn signals")
    if not overdue:
        when = f" and {verb(accounts, 'renews', 'renew')} {within}"
    elif overdue == accounts:
        when = f" and {verb(accounts, 'is', 'are')} overdue"
    else:
        when = f"; {number(overdue)} {verb(overdue, 'is', 'are')} overdue"
    who = f"{month.label}: {counted(accounts, 'account')} worth {words.money(urgent['arr'])} {signal}"
    return fitting(HEADING_WORDS, f"{who}{when}", who)


def _overdue(triaged: Triaged) -> int:
    return triaged.urgent.filter("is_overdue")["account_id"].n_unique()


def standfirst(triaged: Triaged, renewal_days: int) -> str:
    """What else is near, what to do first, and how to go through the rest."""
    return " ".join([*_others(triaged, renewal_days), _first(triaged)])


def _others(triaged: Triaged, renewal_days: int) -> list[str]:
    overdue = _overdue(triaged)
    left = line_of(triaged.counts, "pairs", "urgent")["accounts"] - overdue
    if not overdue or not left:
        return []
    who = "The other one" if left == 1 else f"The other {number(left)}"
    return [f"{who} {verb(left, 'renews', 'renew')} within {tallied(renewal_days, 'day')}."]


def _first(triaged: Triaged) -> str:
    kinds = (
        (triaged.emergencies.height, "competitive emergency", "competitive emergencies"),
        (triaged.logos.height, "logo at risk", "logos at risk"),
    )
    fast = [counted(height, noun, plural) for height, noun, plural in kinds if height]
    rows = triaged.urgent.height
    if not rows:
        undated = triaged.renewal_unknown["account_id"].n_unique()
        todo = f"find the renewal date of {counted(undated, 'account')}" if undated else "no meeting is needed"
        if fast:
            return f"To do: the fast track ({joined(fast)}){f'; then {todo}' if undated else ''}."
        return f"Nothing is on the fast track; {todo}."
    then = "the one row below" if rows == 1 else f"the {number(rows)} rows by renewal"
    return (
        f"First the fast track ({joined(fast)}), then {then}."
        if fast
        else f"Nothing is on the fast track; take {then}."
    )


def left_out(rows: int, noun: str, place: str = "triage.csv") -> str:
    """Where the rows are that the page does not show; nothing where it shows all."""
    return f"{capital(counted(rows, f'more {noun}'))} {verb(rows, 'is', 'are')} in {place}." if rows > 0 else ""


def rule(month: Month, as_of: dt.date, settings: TriageSettings) -> str:
    """What puts a row on the list."""
    since = full_day(month.quarter.first_day).rsplit(" ", 1)[0]
    return (
        "On the list: every account and theme with a churn signal, stated or inferred from the account's health, "
        f"whose renewal is overdue or at most {tallied(settings.renewal_days, 'day')} away. "
        f"All feedback from {since} to {full_day(as_of)} counts."
    )


def fast_rule(model: Model) -> str:
    """What puts a case on the fast track, and when its clock starts."""
    settings, words = model.triage, Words(model.currency, dt.date.min)
    logo, competitor = settings.paths.referenceable_logo, settings.paths.competitive_emergency
    return (
        f"Competitive emergency: one competitor named by {counted(settings.competitor_accounts, 'account')} of "
        f"{words.money(settings.high_arr)} or more within {tallied(settings.competitor_days, 'day')}; "
        f"an answer is due {_hours(competitor)} after the last account needed for that. "
        "Logo at risk: a referenceable account on the list, or with a churn signal and no renewal date; "
        f"an answer is due {_hours(logo)} after its latest signal."
    )


def _hours(path: FastPath) -> str:
    return tallied(path.hours, "hour")


def pairs_in_and_out(counts: pl.DataFrame, renewal_days: int) -> str:
    """How many rows are on the list, and how many are not, by reason."""
    pairs = counts.filter(pl.col("part") == "pairs")
    said = {what: f"{number:,}" for what, number in pairs.select("what", "number").iter_rows()}
    return (
        f"Of {tallied(int(pairs['number'].sum()), 'pair')} of account and theme, {said['urgent']} on the list. "
        f"Not on it: {said['renewal_later']} with a renewal more than {renewal_days} days away, "
        f"{said['renewal_unknown']} without a renewal date, {said['no_signal']} without a churn signal."
    )


_PLACES = {
    "no_theme": "in no theme",
    "prospect": "from prospects",
    "non_icp": "from outside the ideal customer profile",
    "churned": "from accounts that left",
    "unmatched": "from no known account",
    "later": "written later",
}


def feedback_in_and_out(counts: pl.DataFrame) -> str:
    """How many rows of feedback are behind the pairs, and where the others are."""
    rows = counts.filter(pl.col("part") == "feedback")
    behind = line_of(counts, "feedback", "in_pairs")["number"]
    others = [
        f"{line_of(counts, 'feedback', what)['number']:,} {said}"
        for what, said in _PLACES.items()
        if line_of(counts, "feedback", what)["number"]
    ]
    total = int(rows["number"].sum())
    aside = f"; set aside: {joined(others)}" if others else ""
    return (
        f"{behind:,} of {tallied(total, 'row')} of feedback {'is' if behind == 1 else 'are'} behind these pairs{aside}."
    )
