"""Score a quarter again many times at once: one row per theme, one column per scenario, whole numbers throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vocanalytics.errors import ScoringError
from vocanalytics.formulas import ONE
from vocanalytics.scoring.footing import TIERS, Footing, Whole
from vocanalytics.scoring.rules import Rules
from vocanalytics.settings import ReadingSettings
from vocanalytics.vocabulary import OverrideKind, Start

Marks = NDArray[np.bool_]

#: The starting positions by the number that stands for each in an array.
STARTS = tuple(start.value for start in Start)
_CELLS = 4_000_000  # pairs times scenarios held in memory at a time, about 32 MB
_LARGEST = 2**63 - 1


class Totals(NamedTuple):
    """What stands behind the themes: `revenue` in cents per theme and scenario, `asking` accounts per theme, tier and
    scenario, and all in-scope accounts `of` each tier per scenario.
    """

    revenue: Whole
    asking: Whole
    of: Whole


class Facts(NamedTuple):
    """Everything that decides a place, per theme and scenario; an alignment of 0 is none."""

    revenue: Whole
    accounts: Whole
    revenue_score: Whole
    breadth_score: Whole
    alignment: Whole
    is_disputed: Marks
    is_baseline: Marks


class Places(NamedTuple):
    """Composite, rank and start per theme and scenario: 0 is no composite and no rank, starts are rows of `STARTS`."""

    composite: Whole
    rank: Whole
    start: Whole
    accounts: Whole


def totals(ground: Footing, weighted: Whole, times: Whole) -> Totals:
    """Sum the pairs behind each theme for every scenario at once, each account as often as the scenario counts it.

    Parameters
    ----------
    ground
        The scored quarter.
    weighted
        What each pair adds, in cents: pairs x scenarios, or pairs x 1 where it is the same in all.
    times
        How often each account counts: accounts x scenarios; 0 has left.

    Raises
    ------
    ScoringError
        When a sum could leave 64 bits.
    """
    _countable(weighted, times)
    parts = [
        _totals(ground, weighted if weighted.shape[1] == 1 else weighted[:, columns], times[:, columns])
        for columns in _chunks(times.shape[1], len(weighted))
    ]
    return Totals(*(np.concatenate(part, axis=-1) for part in zip(*parts, strict=True)))


def _totals(ground: Footing, weighted: Whole, times: Whole) -> Totals:
    counted = times[ground.account]
    asking = _by_theme_and_tier(ground, counted)
    counted *= weighted
    tiers = ground.accounts["tier"].to_numpy()
    of = np.stack([times[tiers == tier].sum(axis=0) for tier in TIERS])
    return Totals(_by_theme_and_tier(ground, counted).sum(axis=1), asking, of)


def _by_theme_and_tier(ground: Footing, values: Whole) -> Whole:
    sums = np.zeros((ground.themes.height * len(TIERS), values.shape[1]), dtype=np.int64)
    groups = ground.theme * len(TIERS) + ground.tier
    firsts = np.flatnonzero(np.diff(groups, prepend=-1))
    if firsts.size:
        sums[groups[firsts]] = np.add.reduceat(values, firsts, axis=0)
    return sums.reshape(ground.themes.height, len(TIERS), values.shape[1])


def _chunks(scenarios: int, pairs: int) -> Iterator[slice]:
    width = max(1, _CELLS // max(1, pairs))
    return (slice(first, first + width) for first in range(0, max(1, scenarios), width))


def _countable(weighted: Whole, times: Whole) -> None:
    # Whole numbers wrap around silently; a float bound is near enough to see it coming.
    bound = weighted.sum(axis=0, dtype=np.float64).max(initial=0) * float(times.max(initial=0))
    if bound > _LARGEST * 0.9:
        raise ScoringError("revenue is too large to be shaken exactly", found=f"about {bound / 100:.3g}")


def facts(found: Totals, rules: Sequence[Rules], alignment: Whole, is_disputed: Marks) -> Facts:
    """Read the first two scores and the baselines off the totals, by the breakpoints of each scenario.

    Parameters
    ----------
    found
        As `totals` returns it.
    rules
        One per scenario, or a single one for all.
    alignment, is_disputed
        Themes x scenarios.
    """
    is_baseline: Marks = found.asking * ONE > found.of * np.array([rule.baseline_share for rule in rules])
    tier_weights = np.array([rule.tier for rule in rules], dtype=np.int64).T
    return Facts(
        revenue=found.revenue,
        accounts=found.asking.sum(axis=1),
        revenue_score=reached(found.revenue, [rule.revenue_breakpoints for rule in rules]),
        breadth_score=reached(
            (found.asking * tier_weights).sum(axis=1), [rule.breadth_breakpoints for rule in rules]
        ),
        alignment=alignment,
        is_disputed=is_disputed,
        is_baseline=np.any(is_baseline, axis=1),
    )  # fmt: skip


def reached(values: Whole, breakpoints: Sequence[Sequence[int]]) -> Whole:
    """A score from 1 to 5 per row and scenario: one more for each breakpoint of the scenario that the value reaches."""
    rising = np.array(breakpoints, dtype=np.int64)
    score: Whole = 1 + (values[:, :, np.newaxis] >= rising).sum(axis=-1, dtype=np.int64)
    return score


def disputed(ground: Footing, product: Whole, difference: int) -> Marks:
    """Where CS and Product differ by so much that the room must settle it; 0 stands for a score that is not given."""
    cs = ground.whole("alignment_cs")[:, np.newaxis]
    differ: Marks = (cs > 0) & (product > 0) & (np.abs(cs - product) >= difference)
    return differ


def places(known: Facts, ground: Footing, reading: ReadingSettings) -> Places:
    """Give every theme its composite, rank and start in every scenario, by the rule that `ranks.place` publishes.

    Parameters
    ----------
    known
        As `facts` returns it.
    ground
        The scored quarter, for the approved overrides.
    reading
        Thresholds of the starting positions.
    """
    sums = known.revenue_score + known.breadth_score + known.alignment
    composite = np.where((known.alignment > 0) & (known.accounts > 0), sums, 0)
    kinds = ground.themes["override"]
    escalated = (kinds == OverrideKind.COMPLIANCE.value).fill_null(False).to_numpy()[:, np.newaxis]
    overridden = kinds.is_not_null().to_numpy()[:, np.newaxis]
    ranked = np.where(escalated, 0, composite)
    rank = _ranks((-known.revenue, -known.revenue_score, -ranked)) * (ranked > 0)
    rules: list[tuple[Marks, Start]] = [
        (escalated, Start.ESCALATE),
        (overridden, Start.BUILD),
        (composite == 0, Start.UNSCORED),
        (composite >= reading.build_at, Start.BUILD),
        (_unsettled(known, reading), Start.SETTLE),
        (composite >= reading.defer_at, Start.DEFER),
    ]
    conditions = [np.broadcast_to(fits, composite.shape) for fits, _ in rules]
    numbers = [np.int64(STARTS.index(start)) for _, start in rules]
    start = np.select(conditions, numbers, np.int64(STARTS.index(Start.DECLINE)))
    return Places(composite, rank, start, known.accounts)


def _ranks(keys: tuple[Whole, ...]) -> Whole:
    # Themes stand in the order of their ids and the sort is stable, so the id is the last key.
    order = np.lexsort(keys, axis=0)
    rank = np.empty_like(order, dtype=np.int64)
    np.put_along_axis(rank, order, np.arange(1, len(order) + 1)[:, np.newaxis], axis=0)
    return rank


def _unsettled(known: Facts, reading: ReadingSettings) -> Marks:
    high, low = reading.trade_off_high, reading.trade_off_low
    far = (known.revenue_score >= high) & (known.alignment > 0) & (known.alignment <= low)
    many = (known.breadth_score >= high) & (known.revenue_score <= low)
    unsettled: Marks = known.is_disputed | known.is_baseline | far | many
    return unsettled
