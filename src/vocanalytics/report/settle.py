"""Section 4: what the room can close, most urgent first, and what it can only pass on to leadership."""

from __future__ import annotations

from vocanalytics.report.baselines import BaselineGrid, baseline_grid
from vocanalytics.report.cards import Dispute, TradeOff, trade_offs
from vocanalytics.report.challenges import Challenges, challenges
from vocanalytics.report.cpo import CpoList, cpo_list
from vocanalytics.report.facts import Facts
from vocanalytics.report.overrides import Overrides, overrides
from vocanalytics.report.shown import Heading, Shown
from vocanalytics.report.wording import capital, counted, joined, number, verb
from vocanalytics.vocabulary import Flag

#: More cards than this nobody reads before a session; the others are counted and stand in the theme files.
_CARDS = 12


class Settle(Shown):
    """The open items, with as many cards as a session can bear."""

    heading: Heading
    disputed: int
    disputes_heading: str
    disputes: tuple[Dispute, ...]
    disputes_note: str
    trading: int
    trade_offs_heading: str
    trade_offs: tuple[TradeOff, ...]
    trade_offs_note: str
    baseline: BaselineGrid
    challenges: Challenges
    overrides: Overrides
    cpo: CpoList


def settle(facts: Facts, disputed: tuple[Dispute, ...]) -> Settle:
    """Disputes, trade-offs, baselines, challenges, overrides and the CPO list; what is not open is one sentence."""
    trading, grid, asked = trade_offs(facts), baseline_grid(facts), overrides(facts)
    unanswered = challenges(facts)
    return Settle(
        heading=_heading(len(disputed), len(trading), grid.flagged, len(asked.rows), unanswered.count),
        disputed=len(disputed),
        disputes_heading=_disputes_heading(len(disputed)),
        disputes=disputed[:_CARDS],
        disputes_note=_disputes_note(facts, len(disputed)),
        trading=len(trading),
        trade_offs_heading=_trade_offs_heading(len(trading)),
        trade_offs=trading[:_CARDS],
        trade_offs_note=_trade_offs_note(facts, len(trading)),
        baseline=grid,
        challenges=unanswered,
        overrides=asked,
        cpo=cpo_list(facts),
    )


def _heading(disputed: int, trading: int, baselines: int, asked: int, challenged: int) -> str:
    nouns = (
        (disputed, "disputed score", "disputed scores"),
        (trading, "trade-off", "trade-offs"),
        (baselines, "baseline flag", "baseline flags"),
        (asked, "override", "overrides"),
        (challenged, "challenge to leadership", "challenges to leadership"),
    )
    named = [counted(count, noun, plural) for count, noun, plural in nouns if count]
    return capital(joined(named)) if named else "Nothing is open: every starting position follows from the rule alone"


def _disputes_heading(disputed: int) -> str:
    if not disputed:
        return "No alignment score is in dispute"
    return f"CS and Product disagree on {counted(disputed, 'alignment score')}"


def _disputes_note(facts: Facts, disputed: int) -> str:
    if disputed:
        return f"Alignment runs from 1 to 5. C marks the CS score, P the Product score. {_left_out(disputed)}".strip()
    both = [theme for theme in facts.themes if theme.alignment_cs is not None and theme.alignment_product is not None]
    if not both:
        return "No theme has a score from both CS and Product."
    apart = number(facts.model.alignment.dispute_difference)
    return f"Where both have scored, CS and Product are less than {apart} apart."


def _trade_offs_heading(trading: int) -> str:
    return (
        f"{capital(counted(trading, 'trade-off'))} that the score cannot decide"
        if trading
        else "No ranked theme is a trade-off"
    )


def _trade_offs_note(facts: Facts, trading: int) -> str:
    flagged = facts.flagged(Flag.TRADE_OFF_REVENUE, Flag.TRADE_OFF_BREADTH)
    apart = sum(theme.rank is None for theme in flagged)
    none = "" if trading else "No ranked theme is high on one dimension and low on the one it depends on."
    are, them = verb(apart, "is a trade-off", "are trade-offs"), verb(apart, "it", "them")
    also = f"{capital(counted(apart, 'theme'))} without a rank {are} too; section 2 flags {them}." if apart else ""
    return " ".join(said for said in (none, _left_out(trading), also) if said)


def _left_out(cards: int) -> str:
    more = cards - _CARDS
    return f"The first {_CARDS} by rank; {counted(more, 'other')} in the theme files." if more > 0 else ""
