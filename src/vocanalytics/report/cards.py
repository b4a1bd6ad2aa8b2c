"""Cards of section 4: disputed scores and trade-offs, each with what follows from either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import name_key, one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import capital, clip, counted, sentence, verb
from vocanalytics.vocabulary import Flag, Start

_RATIONALE_CHARACTERS = 400
_NO_OPTIONS = "To be written by the PM lead."


class Dispute(Shown):
    """An alignment score on which CS and Product differ, with both reasons and what the CS score would change."""

    theme: ThemeRef
    kind: str
    cs: int
    product: int
    cs_says: str
    product_says: str
    effect: str
    crosses: str | None


class TradeOff(Shown):
    """A theme that is high on one dimension and low on another, with the facts for and against."""

    theme: ThemeRef
    kind: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    options: str


def rationales(facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """The alignment line of each theme, found by its id or by its name."""
    known = facts.by_id
    by_name = {name_key(theme.name): theme.theme_id for theme in facts.themes}
    lines = {}
    for line in facts.run["alignment"].iter_rows(named=True):
        given = line["theme"]
        theme_id = given if given in known else by_name.get(name_key(given))
        if theme_id is not None:
            lines[theme_id] = line
    return lines


def disputes(facts: Facts) -> tuple[Dispute, ...]:
    """One card for each disputed score, in rank order; the effect comes from rescoring, never from an estimate."""
    said = rationales(facts)
    rescored = {row["theme_id"]: row for row in facts.run.reading["disputes"].iter_rows(named=True)}
    return tuple(
        _dispute(theme, said.get(theme.theme_id, {}), rescored.get(theme.theme_id, {}), facts)
        for theme in facts.flagged(Flag.DISPUTED)
    )


def _dispute(theme: Theme, said: Mapping[str, Any], rescored: Mapping[str, Any], facts: Facts) -> Dispute:
    by_cs, by_product = rescored.get("start_cs"), rescored.get("start_product") or theme.start.value
    crosses = None if by_cs in (None, by_product) else _move(Start(by_product), Start(by_cs))
    return Dispute(
        theme=theme.ref,
        kind=f"Rank {theme.rank or '–'}. CS {theme.alignment_cs}, Product {theme.alignment_product}",
        cs=theme.alignment_cs or 0,
        product=theme.alignment_product or 0,
        cs_says=_reason(said.get("rationale_cs")),
        product_says=_reason(said.get("rationale_product")),
        effect=_effect(theme, rescored),
        crosses=crosses,
    )


def _reason(text: str | None) -> str:
    return sentence(clip(one_line(text), _RATIONALE_CHARACTERS)) or "No reason was given."


def _move(now: Start, then: Start) -> str:
    if now is Start.BUILD:
        return f"off the build list, to {then.value}"
    return "onto the build list" if then is Start.BUILD else f"from {now.value} to {then.value}"


def _effect(theme: Theme, rescored: Mapping[str, Any]) -> str:
    composite, rank, start = (rescored.get(name) for name in ("composite_cs", "rank_cs", "start_cs"))
    if composite is None:
        return "The CS score was not rescored in this run."
    moved = f", rank {theme.rank} to {rank}," if rank and rank != theme.rank else ""
    product = rescored.get("start_product") or theme.start.value
    if start == product:
        return (
            f"The CS score takes it from {theme.composite} to {composite}{moved} and it starts as {start} either way."
        )
    return (
        f"The CS score takes it from {theme.composite} to {composite}{moved} and to {start}; "
        f"the Product score, confirmed, to {product}."
    )


def trade_offs(facts: Facts) -> tuple[TradeOff, ...]:
    """One card for each trade-off among the ranked themes; one that is both appears once for each."""
    ranked = facts.ranked
    high_revenue = [_high_revenue(theme, facts) for theme in ranked if theme.has(Flag.TRADE_OFF_REVENUE)]
    high_breadth = [_high_breadth(theme, facts) for theme in ranked if theme.has(Flag.TRADE_OFF_BREADTH)]
    return tuple(sorted([*high_revenue, *high_breadth], key=lambda card: (card.theme.rank or 0, card.kind)))


def _high_revenue(theme: Theme, facts: Facts) -> TradeOff:
    money = facts.words.money
    worth = f"{money(theme.arr_exposed)} of ARR in {counted(theme.accounts, 'account')}"
    pros = [f"{worth}; {_signalled(theme, facts)}."]
    if theme.expansion:
        pros.append(f"{money(theme.expansion)} of expansion is tied to it.")
    reason = _counted_reason(theme, rationales(facts).get(theme.theme_id, {}))
    who = "Product" if theme.alignment_product else "CS, for now,"
    return TradeOff(
        theme=theme.ref,
        kind=f"High revenue, low alignment. {_standing(theme)}",
        pros=tuple(pros),
        cons=(f"{who} scores its alignment {theme.alignment_score} of 5. {reason}", _few(theme, facts)),
        options=_NO_OPTIONS,
    )


def _high_breadth(theme: Theme, facts: Facts) -> TradeOff:
    money, high = facts.words.money, facts.heard.height
    intent = {
        "grow_smb": "The stated intent is to grow SMB, where many small accounts count.",
        "move_upmarket": "The stated intent is to move upmarket, where many small accounts count less.",
    }.get(facts.model.reading.intent)
    pros = [f"{capital(counted(theme.accounts, 'account'))} of {high} {verb(theme.accounts, 'asks', 'ask')} for it."]
    named = f"{money(theme.expansion)} of expansion" if theme.expansion else "no named expansion"
    cons = [f"{money(theme.arr_exposed)} of ARR and {named}; {_signalled(theme, facts)}."]
    growing = facts.model.reading.intent == "grow_smb"
    (pros if growing else cons).extend([intent] if intent else [])
    return TradeOff(
        theme=theme.ref,
        kind=f"High breadth, low revenue. {_standing(theme)}",
        pros=tuple(pros),
        cons=tuple(cons),
        options=_NO_OPTIONS,
    )


def _standing(theme: Theme) -> str:
    return f"Rank {theme.rank}, composite {theme.composite}"


def _signalled(theme: Theme, facts: Facts) -> str:
    if not theme.signalled_accounts:
        return f"none of it is signalled within {facts.model.revenue.far_days} days"
    return f"{facts.words.money(theme.arr_signalled)} of it is signalled within {facts.model.revenue.far_days} days"


def _few(theme: Theme, facts: Facts) -> str:
    asks = (
        f"{capital(counted(theme.accounts, 'account'))} of {facts.heard.height} {verb(theme.accounts, 'asks', 'ask')}"
    )
    return f"{asks} for it; the breadth score is {theme.breadth_score} of 5."


def _counted_reason(theme: Theme, said: Mapping[str, Any]) -> str:
    reason = said.get("rationale_product") if theme.alignment_product else said.get("rationale_cs")
    return sentence(clip(one_line(reason), _RATIONALE_CHARACTERS))
