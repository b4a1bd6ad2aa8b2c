"""Section 7 and `decisions.csv`: the record the room fills in, and the file that the next quarter reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import inert
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import capital, counted
from vocanalytics.vocabulary import Start

DECISION_COLUMNS = ("theme_id", "theme", "rank", "start", "composite", "status", "owner", "rationale", "csm_words")
_STARTS = {Start.ESCALATE: "Goes to the CPO list", Start.UNSCORED: "No start yet: alignment not scored"}


class DecisionRow(Shown):
    """One theme to decide on."""

    theme: ThemeRef
    start: Start
    standing: str
    money: str


class DecisionSheet(Shown):
    """Three boxes for each theme, an owner, a reason and words for customers, all blank."""

    heading: Heading
    boxes: tuple[str, str, str]
    rows: tuple[DecisionRow, ...]


def decision_sheet(facts: Facts) -> DecisionSheet:
    """One row per theme, the ranked ones first: each gets a formal status."""
    quarter = facts.run.quarter
    return DecisionSheet(
        heading=_heading(len(facts.themes)),
        boxes=(f"Build in {quarter.next.label}", f"Defer to {quarter.next.next.label} (Q+2)", "Decline"),
        rows=tuple(_row(theme, facts) for theme in facts.themes),
    )


def _heading(themes: int) -> str:
    if not themes:
        return "Decision sheet: there is no theme to decide on"
    return f"Decision sheet: {counted(themes, 'theme')}, an owner for every build, a reason for every decision"


def _row(theme: Theme, facts: Facts) -> DecisionRow:
    start = _STARTS.get(theme.start, f"Starts as {theme.start.value}")
    scored = f", composite {theme.composite}" if theme.composite is not None else ""
    worth = facts.words.money(theme.arr_signalled)
    return DecisionRow(
        theme=theme.ref,
        start=theme.start,
        standing=f"{start}{scored}",
        money=f"{worth} signalled" if theme.arr_signalled else capital("nothing signalled"),
    )


def decisions_csv(themes: Iterable[Theme]) -> str:
    """The decision sheet as a file to fill in; `status` is empty, and no cell can act as a formula.

    Returns
    -------
    str
        CSV with the columns of `DECISION_COLUMNS`; the theme of a decision is found again by its id or its name.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(DECISION_COLUMNS)
    for theme in themes:
        known = (theme.theme_id, theme.theme_name, theme.rank, theme.start.value, theme.composite)
        writer.writerow([inert(value) for value in known] + [""] * (len(DECISION_COLUMNS) - len(known)))
    return stream.getvalue()
