"""What does not enter the score, and why: out of scope, without an account, without a theme, from prospects."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from vocanalytics.report.facts import Facts, ThemeRef
from vocanalytics.report.run import RunTables
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import capital, counted, number, thousands, verb
from vocanalytics.vocabulary import DealOutcome, Scope

_UNMATCHED_SHOWN = 10
_PROSPECTS_SHOWN = 10
_OUTSIDE_NAMED = 3
_UNKNOWN = "unknown"

_SCOPES = {
    Scope.SCORED: ("Counted in the score", "Sections 1 to 4"),
    Scope.COMPLIANCE: ("Compliance only", "CPO list"),
    Scope.PROSPECT: ("Prospects", "Sales list"),
    Scope.NON_ICP: ("Outside the customer profile", "Tracked, not scored"),
    Scope.CHURNED: ("Churned accounts", "Kept for the outcome analysis"),
    Scope.UNMATCHED: ("No matching account", "CS Ops to match"),
}


class ScopeRow(Shown):
    """How many feedback rows are in one scope, and the ARR of their accounts, each once.

    Without ARR no account is known; an ARR of 0 is known to be nothing, as a prospect pays nothing yet.
    """

    name: str
    went_to: str
    rows: int
    accounts: int
    arr: Decimal | None
    accounts_said: str
    arr_said: str
    counts: bool
    largest: str


class Unmatched(Shown):
    """Why feedback has no account, and how many rows."""

    reason: str
    rows: int
    hints: str


class Asked(Shown):
    """What prospects ask for; it never enters the score."""

    theme: ThemeRef
    prospects: int
    mentions: int
    repeated: bool
    deals: str


def scopes(facts: Facts) -> tuple[ScopeRow, ...]:
    """Every scope that has rows, the counted one first; together they are all accepted feedback."""
    summary = {row["scope"]: row for row in facts.run.reading["scope_summary"].iter_rows(named=True)}
    if not summary:
        counted_rows = facts.run["feedback"].group_by("scope", maintain_order=True).agg(pl.len().alias("rows"))
        summary = {row["scope"]: {**row, "accounts": 0, "arr": None} for row in counted_rows.iter_rows(named=True)}
    largest = _largest_asks(facts)
    return tuple(
        ScopeRow(
            name=name,
            went_to=went_to,
            rows=summary[scope]["rows"],
            accounts=summary[scope]["accounts"],
            arr=summary[scope]["arr"],
            accounts_said=_accounts_said(summary[scope]),
            arr_said=_arr_said(summary[scope]["arr"]),
            counts=scope is Scope.SCORED,
            largest=largest.get(scope.value, "–"),
        )
        for scope, (name, went_to) in _SCOPES.items()
        if scope in summary and summary[scope]["rows"]
    )


def _accounts_said(row: Mapping[str, Any]) -> str:
    return _UNKNOWN if row["arr"] is None else f"{row['accounts']:,}"


def _arr_said(arr: Decimal | None) -> str:
    if arr is None:
        return _UNKNOWN
    return thousands(arr) if arr else "0"


def _largest_asks(facts: Facts) -> dict[str, str]:
    """The theme most often mentioned in each scope, with the number of rows."""
    named = facts.named.values()
    names = pl.DataFrame(
        {"theme_id": [theme.theme_id for theme in named], "name": [theme.short for theme in named]},
        schema={"theme_id": pl.String, "name": pl.String},
    )
    asked = (
        facts.run["mentions"]
        .select("feedback_id", "theme_id")
        .join(facts.run["feedback"].select("feedback_id", "scope"), on="feedback_id", maintain_order="left")
        .group_by("scope", "theme_id", maintain_order=True)
        .agg(pl.len().alias("rows"))
        .join(names, on="theme_id", maintain_order="left")
        .sort("scope", "rows", "theme_id", descending=[False, True, False], maintain_order=True)
        .unique("scope", keep="first", maintain_order=True)
    )
    return {row["scope"]: f"{row['name']} ({row['rows']:,})" for row in asked.iter_rows(named=True)}


def scopes_title(scopes: tuple[ScopeRow, ...]) -> str:
    """How many rows do not count."""
    total, out = sum(row.rows for row in scopes), sum(row.rows for row in scopes if not row.counts)
    return f"{out:,} of {total:,} feedback rows are not counted" if out else f"All {total:,} feedback rows are counted"


def unmatched(facts: Facts) -> tuple[Unmatched, ...]:
    """Feedback without an account by reason, with some of the hints given, so that it can be matched."""
    rows = facts.run["feedback"].filter(pl.col("scope") == Scope.UNMATCHED.value)
    hint = pl.coalesce("account_hint", "account_id")
    by_reason = (
        rows.group_by("scope_reason", maintain_order=True)
        .agg(pl.len().alias("rows"), hint.drop_nulls().unique().sort().head(3).alias("hints"))
        .sort("rows", "scope_reason", descending=[True, False], maintain_order=True)
    )
    return tuple(
        Unmatched(reason=capital(one_line(row["scope_reason"])), rows=row["rows"], hints=_hints(row["hints"]))
        for row in by_reason.head(_UNMATCHED_SHOWN).iter_rows(named=True)
    )


def _hints(hints: list[str]) -> str:
    return ", ".join(one_line(hint)[:60] for hint in hints) or "none given"


def unclustered(facts: Facts) -> tuple[Unmatched, ...]:
    """Verbatims without a theme, by reason."""
    by_reason = (
        facts.run["unclustered"]
        .group_by("reason", maintain_order=True)
        .agg(pl.len().alias("rows"))
        .sort("rows", "reason", descending=[True, False], maintain_order=True)
    )
    return tuple(
        Unmatched(reason=capital(one_line(row["reason"].replace("_", " "))), rows=row["rows"], hints="")
        for row in by_reason.head(_UNMATCHED_SHOWN).iter_rows(named=True)
    )


def outside(facts: Facts) -> str:
    """The themes that nobody in scope asks for, those with the most mentions named; empty where there is none."""
    many = len(facts.tracked)
    if not many:
        return ""
    mentions = dict(facts.run["mentions"].group_by("theme_id").len().iter_rows())
    heard = sorted(facts.tracked, key=lambda theme: (-mentions.get(theme.theme_id, 0), theme.theme_id))
    names = ", ".join(theme.short for theme in heard[:_OUTSIDE_NAMED])
    more = f" (and {number(many - _OUTSIDE_NAMED)} more)" if many > _OUTSIDE_NAMED else ""
    asked = f"{capital(counted(many, 'theme'))} {verb(many, 'was', 'were')} asked for only outside the scope"
    return f"{asked} and {verb(many, 'is', 'are')} tracked, not scored: {names}{more}."


def prospects(facts: Facts) -> tuple[Asked, ...]:
    """The themes most prospects ask for."""
    rows, known = _sales_list(facts), facts.named
    return tuple(
        Asked(
            theme=known[row["theme_id"]],
            prospects=row["prospects"],
            mentions=row["mentions"],
            repeated=row["is_repeated"],
            deals=_deals(row),
        )
        for row in rows[:_PROSPECTS_SHOWN]
    )


def _deals(row: Mapping[str, Any]) -> str:
    """How the deals of these prospects stand: "one lost, two open"; a dash where no export says it."""
    counts = [(row.get(outcome.value) or 0, outcome.value) for outcome in DealOutcome]
    return ", ".join(f"{number(many)} {how}" for many, how in counts if many) or "–"


def prospects_title(facts: Facts) -> str:
    """How many themes several prospects raise, which is what Sales Ops and the PM lead look at."""
    several = sum(row["is_repeated"] for row in _sales_list(facts))
    raised = f"several prospects raise {counted(several, 'theme')}" if several else "no theme is raised by several"
    return f"What prospects ask for: {raised}"


def prospects_note(facts: Facts) -> str:
    """What the Sales list is, how much of it the page shows, what is in no theme, and where the words are."""
    said, many = "The Sales list; none of it enters the score", len(_sales_list(facts))
    left = f". {_PROSPECTS_SHOWN} of {many} shown; all are in the workbook" if many > _PROSPECTS_SHOWN else ""
    left += f". {without}" if (without := prospects_without_theme(facts.run)) else ""
    return (
        f"{said}{left}. Each prospect with its words is in sales_list.csv."
        if facts.run.rows("sales_accounts")
        else (said + left)
    )


def prospects_without_theme(run: RunTables) -> str:
    """How many rows of prospects stand behind no line of the Sales list; empty where every row has a theme."""
    said = run["feedback"].filter(pl.col("scope") == Scope.PROSPECT.value)
    many = said.join(run["mentions"], on="feedback_id", how="anti").height
    rows = f"{capital(counted(many, 'row'))} of prospects {verb(many, 'is', 'are')} in no theme"
    return f"{rows}; the workbook has {verb(many, 'it', 'them')}, sheet Not counted" if many else ""


def _sales_list(facts: Facts) -> list[dict[str, Any]]:
    return [row for row in facts.run.reading["sales_list"].iter_rows(named=True) if row["theme_id"] in facts.named]
