"""The checks of a run in the words Pass, Watch and Fail: the suites', and those the report can make by counting."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Literal

import polars as pl

from vocanalytics.report.facts import Facts, total
from vocanalytics.report.languages import one_language_themes, others_said, spread
from vocanalytics.report.run import Check
from vocanalytics.report.safe_text import in_sentence, one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import capital, clip, counted, joined_up_to, percent, tallied, verb
from vocanalytics.vocabulary import Flag, Scope

#: What becomes of rows that break an expectation, by what its suite says.
_BECAME = {
    "quarantine": "Set aside in quarantine",
    "note": "Kept, with a note",
    "stop": "Kept; the run should not be used",
}

Verdict = Literal["Pass", "Watch", "Fail"]


class CheckRow(Shown):
    """One check: what was looked at, what was found, and what it touches."""

    name: str
    result: str
    verdict: Verdict
    touches: str


def check_rows(facts: Facts) -> tuple[CheckRow, ...]:
    """Suites first, then what the report counts itself."""
    return (*_suites(facts), *_matched(facts), *_renewals(facts), *_themed(facts), *_spoken(facts), *_aligned(facts))


def checks_heading(checks: tuple[CheckRow, ...]) -> str:
    """How many failed and how many need watching."""
    failed, watched = (sum(check.verdict == verdict for check in checks) for verdict in ("Fail", "Watch"))
    fail = "none failed" if not failed else f"{counted(failed, 'check')} failed"
    return f"Data checks: {fail}, {counted(watched, 'check')} to watch"


def _suites(facts: Facts) -> Iterator[CheckRow]:
    """One row for each expectation of a table that did not hold everywhere, one for all that did."""
    for table, group in groupby(facts.run.validation.checks, key=lambda check: check.table):
        checks = list(group)
        broken = [check for check in checks if not check.success]
        yield from (_broken(check) for check in broken)
        if held := len(checks) - len(broken):
            which = "the other" if broken else "all"
            name = f"{capital(table)}: {which} {tallied(held, 'expectation')}"
            yield CheckRow(name=name, result=verb(held, "holds", "hold"), verdict="Pass", touches="–")


def _broken(check: Check) -> CheckRow:
    message = check.message or check.expectation.replace("_", " ")
    said = message if not check.column or check.column in message else f"{check.column}, {message}"
    rows = f"{check.failed:,}" if check.failed is not None else "some"
    of = f" of {tallied(check.rows, 'row')}" if check.rows is not None else " rows"
    return CheckRow(
        name=one_line(f"{capital(check.table)}: {said}"),
        result=rows + of,
        verdict="Fail" if check.is_failure else "Watch",
        touches=_BECAME.get(check.on_failure, "–"),
    )


def _row(name: str, good: int, of: int, touches: str) -> CheckRow:
    return CheckRow(
        name=name,
        result=f"{good:,} of {of:,} ({_share(good, of)})",
        verdict="Pass" if good == of else "Watch",
        touches=touches if good < of else "–",
    )


def _share(good: int, of: int) -> str:
    return "under 100%" if good < of and percent(good, of) == "100%" else percent(good, of) if of else "none"


def _matched(facts: Facts) -> Iterator[CheckRow]:
    scopes = facts.run["feedback"]["scope"]
    without = int((scopes == Scope.UNMATCHED.value).sum())
    if scopes.len():
        yield _row(
            "Feedback matched to an account",
            scopes.len() - without,
            scopes.len(),
            f"{tallied(without, 'row')} without an account",
        )


def _renewals(facts: Facts) -> Iterator[CheckRow]:
    heard = facts.heard
    if heard.is_empty():
        return
    unknown, overdue = heard.filter(pl.col("renewal_date").is_null()), heard.filter("overdue")
    yield _row("Renewal date recorded", heard.height - unknown.height, heard.height, _names(unknown, facts))
    yield _row("Renewal date not in the past", heard.height - overdue.height, heard.height, _names(overdue, facts))


def _names(accounts: pl.DataFrame, facts: Facts) -> str:
    if accounts.is_empty():
        return "–"
    largest = accounts.sort("arr", "account_id", descending=[True, False], maintain_order=True)
    names = joined_up_to([in_sentence(clip(one_line(name), 40)) for name in largest["account_name"]], 3)
    return f"{names}, {facts.words.money(total(accounts, 'arr'))}"


def _themed(facts: Facts) -> Iterator[CheckRow]:
    rows, without = facts.run["feedback"].height, facts.run["unclustered"].height
    if rows:
        yield _row("Verbatims in a theme", rows - without, rows, f"{tallied(without, 'verbatim')} in no theme")


def _spoken(facts: Facts) -> Iterator[CheckRow]:
    """How much is not English, where that is worth a word, and the found themes that may be a language."""
    if found := spread(facts):
        yield _row("Verbatims in English", found.of - found.not_english, found.of, others_said(found))
    if flagged := one_language_themes(facts):
        named = [f"{facts.named[theme_id].short} ({row['name']})" for theme_id, row in flagged.items()]
        touched = joined_up_to(named, 3)
        yield CheckRow(
            name="Found themes of one language", result=tallied(len(flagged), "theme"), verdict="Watch", touches=touched
        )


def _aligned(facts: Facts) -> Iterator[CheckRow]:
    themes = len(facts.themes)
    if not themes:
        return
    unscored, preliminary = len(facts.flagged(Flag.UNSCORED)), len(facts.flagged(Flag.PRELIMINARY))
    scored = sum(theme.alignment_product is not None for theme in facts.themes)
    said = (
        [f"{counted(preliminary, 'theme')} {verb(preliminary, 'stands', 'stand')} on a preliminary score"]
        if preliminary
        else []
    )
    said += [f"{counted(unscored, 'theme')} {verb(unscored, 'has', 'have')} none"] if unscored else []
    yield _row("Alignment scored by Product", scored, themes, capital("; ".join(said)) or "–")
