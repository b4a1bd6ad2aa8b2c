"""Appendix A: for each theme the accounts behind it, why it has its scores, and what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from vocanalytics.report.baselines import TIER_NAMES
from vocanalytics.report.cards import rationales
from vocanalytics.report.facts import Facts, Theme, total
from vocanalytics.report.languages import one_language_note, one_language_themes
from vocanalytics.report.points import urgency
from vocanalytics.report.quotes import Quote, quotes_by_theme
from vocanalytics.report.ranking import flags_line
from vocanalytics.report.safe_text import in_sentence, one_line, visible
from vocanalytics.report.shown import Shown
from vocanalytics.report.theme_lines import Aside, Line, aside, theme_lines
from vocanalytics.report.wording import capital, clip, counted, joined, joined_up_to, sentence, tallied, verb
from vocanalytics.vocabulary import Flag, Start

_DEPENDENCY = {Decimal("1.000"): "blocker", Decimal("0.500"): "would help"}


class Behind(Shown):
    """One account behind a theme; `weighted` is what it adds to the theme's revenue."""

    account_id: str
    account: str
    tier: str
    arr: Decimal
    renewal_date: dt.date | None
    days: int | None
    urgent: bool
    overdue: bool
    signal: str
    dependency: str
    expansion: Decimal
    weighted: Decimal
    csm: str


class Reason(Shown):
    """Why a dimension has its score."""

    name: str
    text: str


class ThemeFile(Shown):
    """Everything the page knows about one theme."""

    theme: Theme
    summary: str
    description: str
    sentence: str
    reasons: tuple[Reason, ...]
    lines: tuple[Line, ...]
    note: str
    accounts: tuple[Behind, ...]
    left_out: str
    quotes: tuple[Quote, ...]


def theme_files(facts: Facts) -> tuple[ThemeFile, ...]:
    """One file per theme, in the order of the ranking."""
    quotes, said, beside = quotes_by_theme(facts), rationales(facts), aside(facts)
    behind = {theme_id: rows for (theme_id,), rows in facts.pairs.group_by("theme_id", maintain_order=True)}
    about = {row["theme_id"]: row for row in facts.run["themes"].iter_rows(named=True)}
    none = facts.pairs.clear()
    return tuple(
        _file(
            theme,
            facts,
            behind.get(theme.theme_id, none),
            about.get(theme.theme_id, {}),
            said.get(theme.theme_id, {}),
            beside,
            quotes.get(theme.theme_id, ()),
        )
        for theme in facts.themes
    )


def _file(
    theme: Theme,
    facts: Facts,
    behind: pl.DataFrame,
    about: Mapping[str, Any],
    said: Mapping[str, Any],
    beside: Aside,
    quotes: tuple[Quote, ...],
) -> ThemeFile:
    shown, left_out = _accounts(theme, behind, facts)
    money, asks = facts.words.money, verb(theme.accounts, "asks", "ask")
    score = f"{theme.composite} of 15" if theme.composite is not None else "not scored"
    accounts, start = (
        counted(theme.accounts, "account"),
        "no start yet" if theme.start is Start.UNSCORED else theme.start.value,
    )
    return ThemeFile(
        theme=theme,
        summary=f"{score}, {money(theme.arr_exposed)} behind it, {tallied(theme.accounts, 'account')}, {start}",
        description=clip(visible(about.get("description")).strip(), 600),
        sentence=f"{capital(accounts)} with {money(theme.arr_exposed)} of ARR {asks} for it. "
        f"{capital(urgency(theme, facts))}.",
        reasons=_reasons(theme, facts, behind, said),
        lines=theme_lines(theme, said, beside),
        note=_note(theme, facts, behind, about),
        accounts=shown,
        left_out=left_out,
        quotes=quotes,
    )


def _accounts(theme: Theme, behind: pl.DataFrame, facts: Facts) -> tuple[tuple[Behind, ...], str]:
    by_size = behind.sort("arr", "account_id", descending=[True, False], maintain_order=True).with_row_index("_place")
    kept = (pl.col("_place") < facts.model.report.accounts_shown) | pl.col("urgent")
    shown, others = by_size.filter(kept), by_size.filter(~kept)
    left = ""
    if others.height:
        many, worth = others.height, facts.words.money(total(others, "arr"))
        are = verb(many, "is", "are")
        left = f"{capital(counted(many, 'smaller account'))} worth {worth}, none of them urgent, {are} in the workbook."
    return tuple(_behind(row) for row in shown.iter_rows(named=True)), left


def _behind(row: Mapping[str, Any]) -> Behind:
    return Behind(
        account_id=row["account_id"],
        account=one_line(row["account_name"]) or row["account_id"],
        tier=TIER_NAMES.get(row["tier"], "–"),
        arr=row["arr"],
        renewal_date=row["renewal_date"],
        days=row["days_to_renewal"],
        urgent=row["urgent"],
        overdue=row["overdue"],
        signal=row["churn_signal"],
        dependency=_DEPENDENCY.get(row["dependency"], "–"),
        expansion=row["expansion"],
        weighted=row["weighted"],
        csm=clip(one_line(row["csm"]), 80) or "–",
    )


def _reasons(theme: Theme, facts: Facts, behind: pl.DataFrame, said: Mapping[str, Any]) -> tuple[Reason, ...]:
    return (
        Reason(name=f"Revenue {theme.revenue_score} of 5", text=_revenue(theme, facts)),
        Reason(name=f"Breadth {theme.breadth_score} of 5", text=_breadth(theme, behind)),
        Reason(name=_alignment_name(theme), text=_alignment(theme, facts, said)),
    )


def _revenue(theme: Theme, facts: Facts) -> str:
    money, points = facts.words.money, facts.model.revenue.breakpoints
    at_risk, expansion = money(theme.arr_at_risk), money(theme.expansion)
    parts = f"{money(theme.revenue)} weighted: {at_risk} at risk, weighted, and {expansion} expansion"
    if theme.revenue_score > len(points):
        return f"{parts}. The top score starts at {money(points[-1])}."
    return f"{parts}. The next score starts at {money(points[theme.revenue_score - 1])}."


def _breadth(theme: Theme, behind: pl.DataFrame) -> str:
    tiers = dict(behind.group_by("tier").len().iter_rows()) if behind.height else {}
    named = [f"{tiers[tier]} {name}" for tier, name in TIER_NAMES.items() if tier in tiers]
    return f"Weighted count {theme.weighted_count}: {joined(named)}." if named else "No in-scope account."


def _alignment_name(theme: Theme) -> str:
    if theme.alignment_score is None:
        return "Alignment not scored"
    return f"Alignment {theme.alignment_score} of 5{'' if theme.alignment_product is not None else ', preliminary'}"


def _alignment(theme: Theme, facts: Facts, said: Mapping[str, Any]) -> str:
    if theme.alignment_score is None:
        return "Neither CS nor Product has given a score yet."
    reason = said.get("rationale_product") if theme.alignment_product is not None else said.get("rationale_cs")
    bets = dict(facts.run["roadmap"].select("roadmap_id", "name").iter_rows())
    bet = one_line(bets.get(said.get("roadmap_id"), ""))
    relation = {"direct": "Direct fit with", "adjacent": "Adjacent to"}.get(said.get("relation") or "")
    fit = f"{relation} {bet}. " if relation and bet else ""
    return f"{fit}{capital(sentence(clip(one_line(reason), 300)))}"


def _note(theme: Theme, facts: Facts, behind: pl.DataFrame, about: Mapping[str, Any]) -> str:
    said = [f"{capital(counted(theme.mentions, 'mention'))} by in-scope accounts."]
    if theme.rank and theme.rank_by_mentions:
        said.append(f"Place {theme.rank_by_mentions} by mentions, {theme.rank} by score.")
    if theme.has(Flag.ISOLATED):
        said.append("One account only: shown, never a trend.")
    if flags := flags_line(theme, facts, but=frozenset({Flag.ISOLATED})):
        said.append(f"{flags}.")
    growing = behind.filter(pl.col("expansion") > 0).sort("expansion", "account_id", descending=[True, False])
    if growing.height:
        named = [
            f"{in_sentence(clip(one_line(row['account_name']), 40))} {facts.words.money(row['expansion'])}"
            for row in growing.iter_rows(named=True)
        ]
        said.append(f"Expansion: {joined_up_to(named, 4)}.")
    if phrases := [one_line(phrase) for phrase in about.get("phrases") or ()]:
        said.append(f"Words that set it apart: {', '.join(clip(phrase, 40) for phrase in phrases[:5])}.")
    if of_one := one_language_themes(facts).get(theme.theme_id):
        said.append(one_language_note(of_one))
    return " ".join(said)
