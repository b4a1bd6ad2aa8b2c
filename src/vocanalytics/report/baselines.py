"""Requests that are no longer requests: what a large share of a tier asks for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from vocanalytics.report.facts import Facts, Theme, ThemeRef
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import capital, counted, joined, joined_up_to, percent_beside, verb
from vocanalytics.vocabulary import Flag, Tier

TIER_NAMES = {Tier.ENTERPRISE.value: "Enterprise", Tier.MID_MARKET.value: "Mid-Market", Tier.SMB.value: "SMB"}
#: Themes this near to the threshold stand in the grid too, so that a reader sees what nearly counted.
_NEAR = Decimal("0.02")
_ROWS = 24
_FLAG = {
    Tier.ENTERPRISE.value: Flag.BASELINE_ENTERPRISE,
    Tier.MID_MARKET.value: Flag.BASELINE_MID_MARKET,
    Tier.SMB.value: Flag.BASELINE_SMB,
}


class TierShare(Shown):
    """How many of the in-scope accounts of a tier ask for a theme."""

    asking: int
    of: int
    text: str
    above: bool
    shade: int


class BaselineRow(Shown):
    """One theme and its share of each tier."""

    theme: ThemeRef
    shares: tuple[TierShare, ...]


class BaselineGrid(Shown):
    """The shares that make, or nearly make, a baseline expectation."""

    heading: str
    sentence: str
    tiers: tuple[str, ...]
    rows: tuple[BaselineRow, ...]
    flagged: int


def baseline_grid(facts: Facts) -> BaselineGrid:
    """The grid of section 4; without rows when no tier comes near the threshold."""
    shares = _shares(facts)
    of_tier = {
        tier: max((share[1] for (_, kind), share in shares.items() if kind == tier), default=0) for tier in TIER_NAMES
    }
    rows = tuple(_row(theme, shares, of_tier, facts) for theme in facts.themes if _near(theme, shares, facts))[:_ROWS]
    flagged = facts.flagged(*_FLAG.values())
    return BaselineGrid(
        heading=_heading(flagged),
        sentence=_sentence(facts, flagged, shares),
        tiers=tuple(f"{name} ({of_tier[tier]})" for tier, name in TIER_NAMES.items()),
        rows=rows,
        flagged=len(flagged),
    )


def _shares(facts: Facts) -> Mapping[tuple[str, str], tuple[int, int]]:
    frame = facts.run.reading["baseline"]
    return (
        {}
        if frame.is_empty()
        else {
            (row["theme_id"], row["tier"]): (row["asking"], row["of"])
            for row in frame.select("theme_id", "tier", pl.col("asking", "of").cast(pl.Int64)).iter_rows(named=True)
        }
    )


def _near(theme: Theme, shares: Mapping[tuple[str, str], tuple[int, int]], facts: Facts) -> bool:
    threshold = facts.model.breadth.baseline_share - _NEAR
    found = (shares.get((theme.theme_id, tier)) for tier in TIER_NAMES)
    return theme.has(*_FLAG.values()) or any(share and share[0] >= threshold * share[1] for share in found)


def _row(theme: Theme, shares: Mapping[tuple[str, str], Any], of_tier: Mapping[str, int], facts: Facts) -> BaselineRow:
    return BaselineRow(
        theme=theme.ref,
        shares=tuple(
            _share(*shares.get((theme.theme_id, tier), (0, of_tier[tier])), above=theme.has(_FLAG[tier]), facts=facts)
            for tier in TIER_NAMES
        ),
    )


def _share(asking: int, of: int, *, above: bool, facts: Facts) -> TierShare:
    threshold = facts.model.breadth.baseline_share
    steps = (threshold * of * Decimal(part) for part in ("0.33", "0.66"))
    shade = 5 if above else 1 + sum(asking > step for step in steps)
    return TierShare(
        asking=asking,
        of=of,
        text=f"{percent_beside(asking, of, threshold)}, {asking} of {of}",
        above=above,
        shade=shade,
    )


def _heading(flagged: tuple[Theme, ...]) -> str:
    if not flagged:
        return "No theme is a baseline expectation in a tier"
    many = len(flagged)
    are = verb(many, "is a baseline expectation", "are baseline expectations")
    return f"{capital(counted(many, 'theme'))} {are} in a tier"


def _sentence(facts: Facts, flagged: tuple[Theme, ...], shares: Mapping[tuple[str, str], tuple[int, int]]) -> str:
    threshold = f"{(facts.model.breadth.baseline_share * 100).normalize():f}%"
    if not flagged:
        return f"No theme is asked for by more than {threshold} of the in-scope accounts of a tier."
    named = [f"{theme.short} ({_tiers(theme, shares)})" for theme in flagged]
    return (
        f"More than {threshold} of a tier asks for {joined_up_to(named, 5)}. "
        f"Not having {verb(len(flagged), 'it', 'these')} is a retention risk of the segment. "
        f"■ marks a share above {threshold}."
    )


def _tiers(theme: Theme, shares: Mapping[tuple[str, str], tuple[int, int]]) -> str:
    said = [
        f"{TIER_NAMES[tier]}, {shares[theme.theme_id, tier][0]} of {shares[theme.theme_id, tier][1]}"
        if (theme.theme_id, tier) in shares
        else TIER_NAMES[tier]
        for tier, flag in _FLAG.items()
        if theme.has(flag)
    ]
    return joined(said)
