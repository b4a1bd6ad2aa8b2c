"""The first screen: what this is, who decides, and how much is at stake, each account counted once."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import polars as pl

from vocanalytics.report.facts import Facts, total
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import HEADING_WORDS, capital, counted, fitting, full_day, number, verb
from vocanalytics.vocabulary import Start


class Role(Shown):
    """A line about the session: its label and what the session file says."""

    label: str
    text: str


class Figure(Shown):
    """One of the four amounts of the masthead, with the number of distinct accounts behind it."""

    amount: Decimal
    accounts: int
    label: str
    tone: Literal["plain", "risk", "grow"]


class Masthead(Shown):
    """The head of the page."""

    company: str
    mark: str | None
    quarter: str
    quarter_label: str
    as_of: str
    headline: Heading
    standfirst: str
    roles: tuple[Role, ...]
    figures: tuple[Figure, ...]
    warning: str | None


def masthead(facts: Facts, reading_minutes: int) -> Masthead:
    """What a reader learns in ten seconds."""
    run = facts.run
    return Masthead(
        company=one_line(run.session.company or facts.model.report.company),
        mark=one_line(run.session.mark) or None,
        quarter=str(run.quarter),
        quarter_label=run.quarter.label,
        as_of=full_day(run.as_of),
        headline=_headline(facts),
        standfirst=_standfirst(facts),
        roles=_roles(facts, reading_minutes),
        figures=_figures(facts),
        warning=_warning(facts),
    )


def _headline(facts: Facts) -> str:
    label = facts.run.quarter.label
    build, settle = len(facts.starting(Start.BUILD)), len(facts.starting(Start.SETTLE))
    open_scores = len(facts.starting(Start.UNSCORED))
    if not facts.themes:
        return f"{label}: no theme was {'asked for in scope' if facts.tracked else 'found'}"
    if not facts.ranked:
        return f"{label}: {counted(len(facts.themes), 'theme')} heard, none of them ranked yet"
    start = f"{label}: {counted(build, 'theme')} {verb(build, 'starts', 'start')} as build"
    room = f"{number(settle)} {verb(settle, 'needs', 'need')} the room" if settle else "nothing is left to settle"
    waiting = f"{number(open_scores)} {verb(open_scores, 'waits', 'wait')} for a score"
    return fitting(HEADING_WORDS, f"{start}, {room}, {waiting}" if open_scores else f"{start}, {room}")


def _standfirst(facts: Facts) -> str:
    quarter, heard = facts.run.quarter, facts.heard.height
    days = f"{quarter.first_day.day} {full_day(quarter.first_day).split()[1]} and {_day_and_month(facts)}"
    told = f"Between {days}, {counted(heard, 'customer account')} told us what {verb(heard, 'it needs', 'they need')}."
    if facts.ranked:
        return f"{told} A published rule scores it and gives each theme a starting position. The session decides."
    return f"{told} No theme can be ranked before its alignment is scored."


def _day_and_month(facts: Facts) -> str:
    last = min(facts.run.quarter.last_day, facts.run.as_of)
    return " ".join(full_day(last).split()[:2])


def _roles(facts: Facts, reading_minutes: int) -> tuple[Role, ...]:
    session = facts.run.session
    said = (
        ("Session", None if session.when is None else str(session.when)),
        ("Decides", session.decides),
        ("Brings the facts", session.brings_facts),
        ("Counted as of", full_day(facts.run.as_of)),
        ("Read before", f"Sections 1–4, about {counted(reading_minutes, 'minute')}"),
    )
    roles = [Role(label=label, text=one_line(text)) for label, text in said if text]
    # Four facts fit a row; with a full session file the as-of date stands in the first figure's section anyway.
    return tuple(role for role in roles if len(roles) <= 4 or role.label != "Counted as of")


def _figures(facts: Facts) -> tuple[Figure, ...]:
    revenue = facts.model.revenue
    heard, signalled, urgent = facts.heard, *(facts.heard.filter(pl.col(mark)) for mark in ("signalled", "urgent"))
    growing = heard.filter(pl.col("expansion") > 0)
    accounts = counted(signalled.height, "account")
    return (
        _figure(heard, "arr", f"ARR of the {counted(heard.height, 'in-scope account')} heard", "plain"),
        _figure(
            signalled,
            "arr",
            f"ARR of {accounts} with a churn signal, overdue or renewing within {revenue.far_days} days",
            "risk",
        ),
        _figure(
            urgent,
            "arr",
            f"of it overdue or renewing within {revenue.near_days} days, {counted(urgent.height, 'account')}",
            "risk",
        ),
        _figure(
            growing,
            "expansion",
            f"expansion that {counted(growing.height, 'account')} {_tie(growing)} to a theme",
            "grow",
        ),
    )


def _tie(accounts: pl.DataFrame) -> str:
    return verb(accounts.height, "ties", "tie")


def _figure(accounts: pl.DataFrame, column: str, label: str, tone: Literal["plain", "risk", "grow"]) -> Figure:
    return Figure(amount=total(accounts, column), accounts=accounts.height, label=label, tone=tone)


def _warning(facts: Facts) -> str | None:
    failed = [check for check in facts.run.validation.checks if check.is_failure]
    if not failed:
        return None
    names = counted(len(failed), "data check")
    return f"{capital(names)} failed; section 6 says which. Read the ranking with that in mind."
