"""Section 6: how firm the ranking is, then the usual challenges: what came in, what does not count, what votes say."""

from __future__ import annotations

import re

from vocanalytics.report.data_checks import CheckRow, check_rows, checks_heading
from vocanalytics.report.facts import Facts
from vocanalytics.report.flips import Flips, flips
from vocanalytics.report.not_counted import (
    Asked,
    ScopeRow,
    Unmatched,
    outside,
    prospects,
    prospects_note,
    prospects_title,
    scopes,
    scopes_title,
    unclustered,
    unmatched,
)
from vocanalytics.report.run import RowCount
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.steadiness import Steadiness, steadiness
from vocanalytics.report.votes import Votes, votes
from vocanalytics.report.wording import HEADING_WORDS, capital, fitting, number, verb


class Firmness(Shown):
    """How much the ranking can bear."""

    heading: Heading
    steadiness: Steadiness
    flips: Flips
    ties: str
    rows_title: str
    rows: tuple[RowCount, ...]
    rows_total: RowCount
    scopes_title: str
    scopes: tuple[ScopeRow, ...]
    outside: str
    votes: Votes
    checks_title: str
    checks: tuple[CheckRow, ...]
    unmatched: tuple[Unmatched, ...]
    unclustered: tuple[Unmatched, ...]
    prospects: tuple[Asked, ...]
    prospects_title: str
    prospects_note: str
    notes: tuple[str, ...]

    @property
    def rows_and_total(self) -> tuple[RowCount, ...]:
        """The exports and their sum, as the table shows them."""
        return (*self.rows, self.rows_total)

    @property
    def unplaced(self) -> tuple[Unmatched, ...]:
        """Feedback without an account, then verbatims without a theme."""
        return (*self.unmatched, *self.unclustered)


def firmness(facts: Facts) -> Firmness:
    """What holds when the ranking is shaken; then row accounting, scope, votes and checks of the run."""
    checks = check_rows(facts)
    rows = facts.run.validation.rows
    scoped, steady = scopes(facts), steadiness(facts)
    counted_rows = _rows_said(rows, scoped)
    return Firmness(
        heading=steady.heading or counted_rows,
        steadiness=steady,
        flips=flips(facts),
        ties=_ties(facts),
        rows_title=counted_rows if steady.heading else "Every row that came in",
        rows=tuple(row.model_copy(update={"export": one_line(row.export)}) for row in rows),
        rows_total=_total(rows),
        scopes_title=scopes_title(scoped),
        scopes=scoped,
        outside=outside(facts),
        votes=votes(facts),
        checks_title=checks_heading(checks),
        checks=checks,
        unmatched=unmatched(facts),
        unclustered=unclustered(facts),
        prospects=prospects(facts),
        prospects_title=prospects_title(facts),
        prospects_note=prospects_note(facts),
        notes=tuple(as_named(note, facts) for note in (*facts.run.validation.notes, *facts.run.notes)),
    )


def as_named(note: str, facts: Facts) -> str:
    """A note of another step with the themes named as everywhere on the page, not by their tags."""
    tags = {theme.theme_name: theme.name for theme in facts.named.values() if theme.name != theme.theme_name}
    if not tags:
        return one_line(note)
    longest_first = "|".join(re.escape(tag) for tag in sorted(tags, key=len, reverse=True))
    return one_line(re.sub(rf"(?<![\w|])(?:{longest_first})(?![\w|])", lambda found: tags[found[0]], note))


def _total(rows: tuple[RowCount, ...]) -> RowCount:
    sums = {
        name: sum(getattr(row, name) for row in rows) for name in ("rows_in", "accepted", "quarantined", "duplicates")
    }
    return RowCount(table="", export="All exports", **sums)


def _rows_said(rows: tuple[RowCount, ...], scopes: tuple[ScopeRow, ...]) -> str:
    """What became of the feedback; rows of accounts and curated files stand in the table below."""
    out = sum(row.rows for row in scopes if not row.counts)
    total = _total(tuple(row for row in rows if row.table == "feedback"))
    if not total.rows_in:
        return fitting(
            HEADING_WORDS, f"{out:,} of {sum(row.rows for row in scopes):,} feedback rows do not count in the score"
        )
    apart = [
        (total.quarantined, "in quarantine"),
        (total.duplicates, f"{verb(total.duplicates, 'repeats', 'repeat')} another"),
        (out, f"{verb(out, 'does', 'do')} not count"),
    ]
    parts = [f"{number(many)} {what}" for many, what in apart if many]
    whole = f"All {total.rows_in:,} feedback rows are accounted for"
    return fitting(HEADING_WORDS, f"{whole}: {', '.join(parts) or 'every one counts'}", whole)


def _ties(facts: Facts) -> str:
    """How many places hang on the tie-break alone: the part of the order that a small change could turn."""
    composites = [theme.composite for theme in facts.ranked]
    tied = sum(composites.count(composite) > 1 for composite in composites)
    if not composites:
        return ""
    if not tied:
        return "Every ranked theme has a composite of its own, so no place hangs on a tie-break."
    return (
        f"{capital(number(tied))} of the {number(len(composites))} ranked themes share a composite with another; "
        "there the revenue score, then weighted revenue, decides the place. Read them as groups."
    )
