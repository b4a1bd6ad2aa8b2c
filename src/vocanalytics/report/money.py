"""Section 3: plain dollars behind each theme, and the names that fall due first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from vocanalytics.report.account_rows import ListedAccount, listed
from vocanalytics.report.facts import Facts, Theme, total
from vocanalytics.report.points import due, urgency
from vocanalytics.report.ranking import UNRANKED_ORDER
from vocanalytics.report.safe_text import in_sentence, one_line
from vocanalytics.report.shown import ChartTitle, Heading, Shown
from vocanalytics.report.wording import (
    CHART_TITLE_WORDS,
    HEADING_WORDS,
    capital,
    clip,
    counted,
    elsewhere,
    fitting,
    joined_up_to,
    verb,
)
from vocanalytics.vocabulary import ChurnSignal

CHART_ROWS, CHART_ROWS_SHOWN = 24, 20
_LABEL_CHARACTERS = 60
_URGENT_SHOWN = 60


class Bar(Shown):
    """One row of figure 1."""

    label: str
    signalled: Decimal
    expansion: Decimal
    signalled_text: str
    expansion_text: str


class MoneyChart(Shown):
    """Figure 1: signalled ARR to the left, named expansion to the right, themes in rank order."""

    title: ChartTitle
    subtitle: str
    short: str
    description: str
    left: str
    right: str
    bars: tuple[Bar, ...]


class Money(Shown):
    """What is at stake, and by when."""

    heading: Heading
    paragraph: str
    chart: MoneyChart | None
    urgent_heading: str
    urgent_caption: str
    urgent: tuple[ListedAccount, ...]
    urgent_left_out: str


def money(facts: Facts) -> Money:
    """Amount, then time, then names."""
    urgent = facts.heard.filter("urgent")
    left_out = urgent.height - _URGENT_SHOWN
    near = facts.model.revenue.near_days
    return Money(
        heading=_heading(facts, urgent),
        paragraph=_paragraph(facts),
        chart=_chart(facts),
        urgent_heading="Urgent: what falls due first" if urgent.height else "No urgent renewal",
        urgent_caption=f"Accounts with a churn signal that are overdue or renew within {near} days of "
        f"{facts.words.day(facts.run.as_of)}, with the themes on which they showed it",
        urgent=_urgent(facts, urgent.head(_URGENT_SHOWN)),
        urgent_left_out=f"{capital(elsewhere(left_out, 'account', 'appendix B'))}." if left_out > 0 else "",
    )


def _most_urgent(facts: Facts) -> Theme | None:
    """The theme with the most urgent ARR; none where two are level or nothing is urgent."""
    by_urgent = sorted(facts.themes, key=lambda theme: (-theme.urgent_arr, theme.rank or 10**6, theme.theme_id))
    return by_urgent[0] if by_urgent and by_urgent[0].urgent_arr else None


def _heading(facts: Facts, urgent: pl.DataFrame) -> str:
    near = facts.model.revenue.near_days
    if urgent.is_empty():
        return f"No account with a churn signal renews within {near} days"
    worth, many = facts.words.money(total(urgent, "arr")), urgent.height
    said = f"{capital(counted(many, 'account'))} worth {worth} {verb(many, 'shows', 'show')} "
    said += "a churn signal" if many == 1 else "churn signals"
    over = f" or {verb(many, 'is', 'are')} overdue" if urgent["overdue"].any() else ""
    ends = f" and {verb(many, 'renews', 'renew')} within {near} days"
    return fitting(HEADING_WORDS, said + ends + over, said + ends, said)


def _paragraph(facts: Facts) -> str:
    first = _most_urgent(facts)
    signalled = sorted(facts.themes, key=lambda theme: (-theme.arr_signalled, theme.rank or 10**6, theme.theme_id))
    most = signalled[0] if signalled and signalled[0].arr_signalled else None
    if first is None:
        if most is None:
            far = facts.model.revenue.far_days
            return f"No account behind any theme shows a churn signal and renews within {far} days."
        return f"{most.short}: {urgency(most, facts)}."
    return " ".join(sentence for sentence in (_names(facts, first), _beyond(facts, first, most)) if sentence)


def _names(facts: Facts, theme: Theme) -> str:
    behind = facts.pairs.filter(pl.col("urgent") & (pl.col("theme_id") == theme.theme_id))
    largest = behind.sort("arr", "account_id", descending=[True, False], maintain_order=True)
    names = joined_up_to([in_sentence(clip(one_line(name), 40)) for name in largest["account_name"]], 3)
    many, money = theme.urgent_accounts, facts.words.money
    when = f"{verb(many, 'renews', 'renew')} by {facts.words.day(theme.urgent_until)}"
    when = due(theme, facts.model.revenue.near_days) if theme.urgent_overdue else when
    return (
        f"{names}, worth {money(theme.urgent_arr)}, {verb(many, 'asks', 'ask')} for {theme.short}, "
        f"{verb(many, 'shows a churn signal', 'show churn signals')} and {when}."
    )


def _beyond(facts: Facts, first: Theme, most: Theme | None) -> str:
    if most is None or most.theme_id == first.theme_id:
        return ""
    money, revenue = facts.words.money, facts.model.revenue
    part = f"{money(most.urgent_arr)} of it" if most.urgent_arr else "none of it"
    return (
        f"{most.short} has {money(most.arr_signalled)} with a churn signal, overdue or renewing within "
        f"{revenue.far_days} days, {part} within {revenue.near_days}."
    )


def _chart(facts: Facts) -> MoneyChart | None:
    bearing = [theme for theme in facts.themes if theme.arr_signalled or theme.expansion]
    if not bearing:
        return None
    shown = facts.themes if len(facts.themes) <= CHART_ROWS else facts.themes[:CHART_ROWS_SHOWN]
    order = "rank order" if facts.ranked else f"order of {UNRANKED_ORDER}"
    cut = f"; the first {len(shown)} of {len(facts.themes)}" if len(shown) < len(facts.themes) else ""
    bars = tuple(_bar(theme, facts) for theme in shown)
    revenue = facts.model.revenue
    return MoneyChart(
        title=_chart_title(shown),
        subtitle=f"ARR with a churn signal, overdue or renewing within {revenue.far_days} days, and named expansion by "
        f"theme; themes in {order}{cut}; {facts.words.day(facts.run.as_of)}",
        short="Bar chart: signalled ARR and expansion by theme",
        description="; ".join(
            f"{bar.label}: {bar.signalled_text} signalled, {bar.expansion_text} expansion" for bar in bars
        ),
        left="Signalled ARR",
        right="Expansion",
        bars=bars,
    )


def _bar(theme: Theme, facts: Facts) -> Bar:
    text = [facts.words.money(amount) if amount else "none" for amount in (theme.arr_signalled, theme.expansion)]
    name = clip(theme.name, _LABEL_CHARACTERS)
    return Bar(
        label=f"{theme.rank} {name}" if theme.rank else name,
        signalled=theme.arr_signalled,
        expansion=theme.expansion,
        signalled_text=text[0],
        expansion_text=text[1],
    )


def _chart_title(shown: Sequence[Theme]) -> str:
    order = sorted(shown, key=lambda theme: -theme.arr_signalled)
    plain = "Signalled ARR and named expansion, theme by theme"
    if not order[0].arr_signalled:
        return "Expansion is named, and no ARR is signalled"
    if len(order) > 1 and order[0].arr_signalled == order[1].arr_signalled:
        return plain
    one = f"{order[0].short} carries the most signalled ARR"
    if len(order) > 2 and order[1].arr_signalled > order[2].arr_signalled:
        two = f"{order[0].short} and {order[1].short} carry the most signalled ARR"
        return fitting(CHART_TITLE_WORDS, two, one, plain)
    return fitting(CHART_TITLE_WORDS, one, plain)


def _urgent(facts: Facts, rows: pl.DataFrame) -> tuple[ListedAccount, ...]:
    with_signal = facts.pairs.filter(pl.col("churn_signal") != ChurnSignal.NONE.value)
    return listed(facts, rows, with_signal)
