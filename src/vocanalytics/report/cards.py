"""Cards of section 4: disputed scores and trade-offs, each with what follows from either side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import capital, clip, counted, sentence, verb
from vocanalytics.vocabulary import Flag, Start, folded

_RATIONALE_CHARACTERS = 400
_NO_OPTIONS = "To be written by the PM lead."
_INTENT = {
    "grow_smb": "Growing SMB, as stated in the model: many small accounts speak for it.",
    "move_upmarket": "Moving upmarket, as stated in the model: many small accounts speak against it.",
    "neutral": "None is stated: growing SMB would speak for it, moving upmarket against it.",
}


class Dispute(Shown):
    """An alignment score on which CS and Product differ, with both reasons and what the CS score would change."""

    theme: ThemeRef
    kind: str
    cs: int
    product: int
    cs_says: str
    product_says: str
    effect: str
    by_product: Start
    by_cs: Start | None

    @property
    def crosses(self) -> bool:
        """Whether the two scores lead to different starting positions."""
        return self.by_cs not in (None, self.by_product)


class TradeOff(Shown):
    """A theme that is high on one dimension and low on another, with the facts for and against.

    `intent` is how the stated intent reads it, empty where the reading does not depend on one.
    """

    theme: ThemeRef
    kind: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    intent: str
    options: str


def rationales(facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """The alignment line of each theme, found by its id or by its name."""
    lines = alignment_lines(facts.run["alignment"], facts.themes)
    return {theme_id: line for theme_id, line in lines if theme_id is not None}


def alignment_lines(alignment: pl.DataFrame, themes: Iterable[ThemeRef]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """Each line of the alignment file with the id of its theme; None where it fits none of these themes."""
    name_of = {theme.theme_id: theme.theme_name for theme in themes}
    by_name = {folded(name): theme_id for theme_id, name in name_of.items()}
    for line in alignment.iter_rows(named=True):
        given = line["theme"].strip()
        yield given if given in name_of else by_name.get(folded(given)), line


def disputes(facts: Facts) -> tuple[Dispute, ...]:
    """One card for each disputed score, in rank order; the effect comes from rescoring, never from an estimate."""
    said = rationales(facts)
    rescored = {row["theme_id"]: row for row in facts.run.reading["disputes"].iter_rows(named=True)}
    return tuple(
        _dispute(theme, said.get(theme.theme_id, {}), rescored.get(theme.theme_id, {}), facts)
        for theme in facts.flagged(Flag.DISPUTED)
    )


def _dispute(theme: Theme, said: Mapping[str, Any], rescored: Mapping[str, Any], facts: Facts) -> Dispute:
    by_cs = rescored.get("start_cs")
    return Dispute(
        theme=theme.ref,
        kind=f"Rank {theme.rank or '–'}. CS {theme.alignment_cs}, Product {theme.alignment_product}",
        cs=theme.alignment_cs or 0,
        product=theme.alignment_product or 0,
        cs_says=reason(said.get("rationale_cs")),
        product_says=reason(said.get("rationale_product")),
        effect=_effect(theme, rescored),
        by_product=Start(rescored.get("start_product") or theme.start),
        by_cs=Start(by_cs) if by_cs else None,
    )


def reason(text: str | None) -> str:
    """A rationale in the words of who gave it, as a sentence; said so where nobody gave one."""
    return _own_sentence(text) or "No reason was given."


def _own_sentence(text: str | None) -> str:
    return capital(sentence(clip(one_line(text), _RATIONALE_CHARACTERS)))


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
    pros = [
        f"{facts.words.money(theme.arr_exposed)} of ARR is behind it; the revenue score is {theme.revenue_score} of 5."
    ]
    who = "Product" if theme.alignment_product else "CS, for now,"
    why = _counted_reason(theme, rationales(facts).get(theme.theme_id, {}))
    cons = [f"{who} scores its alignment {theme.alignment_score} of 5. {why}".strip()]
    high, low = facts.model.reading.trade_off_high, facts.model.reading.trade_off_low
    if theme.breadth_score >= high or theme.breadth_score <= low:
        (pros if theme.breadth_score >= high else cons).append(_asked(theme, facts))
    _argue_money(theme, facts, pros, cons)
    return TradeOff(
        theme=theme.ref,
        kind=f"High revenue, low alignment. {_standing(theme)}",
        pros=tuple(pros),
        cons=tuple(cons),
        intent="",
        options=_NO_OPTIONS,
    )


def _high_breadth(theme: Theme, facts: Facts) -> TradeOff:
    pros = [_asked(theme, facts)]
    behind = facts.words.money(theme.arr_exposed)
    cons = [f"Together they bring {behind} of ARR; the revenue score is {theme.revenue_score} of 5."]
    _argue_money(theme, facts, pros, cons)
    return TradeOff(
        theme=theme.ref,
        kind=f"High breadth, low revenue. {_standing(theme)}",
        pros=tuple(pros),
        cons=tuple(cons),
        intent=_INTENT[facts.model.reading.intent],
        options=_NO_OPTIONS,
    )


def _standing(theme: Theme) -> str:
    return f"Rank {theme.rank}, composite {theme.composite}"


def _argue_money(theme: Theme, facts: Facts, pros: list[str], cons: list[str]) -> None:
    """Put signalled ARR and named expansion where they argue: for a theme that has them, against one that has none."""
    money, due = facts.words.money, f"is overdue or renews within {facts.model.revenue.far_days} days"
    if theme.arr_signalled:
        pros.append(f"{money(theme.arr_signalled)} of its ARR shows a churn signal and {due}.")
    else:
        cons.append(f"None of its ARR shows a churn signal and {due}.")
    if theme.expansion:
        pros.append(f"{money(theme.expansion)} of expansion is tied to it.")
    else:
        cons.append("No expansion is tied to it.")


def _asked(theme: Theme, facts: Facts) -> str:
    asks = (
        f"{capital(counted(theme.accounts, 'account'))} of {facts.heard.height} {verb(theme.accounts, 'asks', 'ask')}"
    )
    return f"{asks} for it; the breadth score is {theme.breadth_score} of 5."


def _counted_reason(theme: Theme, said: Mapping[str, Any]) -> str:
    return _own_sentence(said.get("rationale_product" if theme.alignment_product else "rationale_cs"))
