"""Every single fact behind a theme that might be otherwise, and the composite that the theme would then have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from vocanalytics.scoring.footing import Footing, Whole, weighted
from vocanalytics.scoring.rules import Rules
from vocanalytics.scoring.shaking import reached, totals
from vocanalytics.vocabulary import ChurnSignal

SIGNALS = tuple(signal.value for signal in ChurnSignal)
#: The scores in the order in which a point of them is a smaller fact: a judgement, a count of accounts, a sum of money.
DIMENSIONS = ("alignment", "breadth", "revenue")
_LOWEST, _HIGHEST = 1, 5

#: How large a fact is, by what it touches: one word about one account, by one class or two; the whole account; a score.
ONE_CLASS, TWO_CLASSES, ACCOUNT, POINT = 1, 2, 3, 4

_FACT = pl.Schema(
    {
        "theme": pl.Int64,
        "size": pl.Int64,
        "kind": pl.String,
        "dimension": pl.String,
        "pair": pl.Int64,
        "from_value": pl.String,
        "to_value": pl.String,
        "composite_after": pl.Int64,
    }
)


class Stand(NamedTuple):
    """Where the themes stand as published: per theme its totals and alignment, per pair what it adds, in cents."""

    revenue: Whole
    weighted_count: Whole
    accounts: Whole
    alignment: Whole
    weighted: Whole


def stand(ground: Footing, rules: Rules) -> Stand:
    """The published totals from which every fact takes something away, or to which it adds."""
    figures = weighted(ground.pairs, rules)
    found = totals(ground, figures[:, np.newaxis], np.ones((ground.accounts.height, 1), dtype=np.int64))
    asking = found.asking[:, :, 0]
    counts = (asking * np.array(rules.tier)).sum(axis=1)
    return Stand(found.revenue[:, 0], counts, asking.sum(axis=1), ground.whole("alignment_score"), figures)


def candidates(ground: Footing, rules: Rules) -> pl.DataFrame:
    """List every single fact about the ranked themes: no sample, no short cut.

    Parameters
    ----------
    ground
        The scored quarter.
    rules
        The model it was scored by.

    Returns
    -------
    polars.DataFrame
        `theme` (its row), `size, kind, dimension, pair` (its row), `from_value, to_value, composite_after` (null when
        no account would be left). Themes that an approved override holds have none.
    """
    published = stand(ground, rules)
    parts = [_leaving(ground, rules, published), *_signals(ground, rules, published), *_points(ground)]
    every = pl.concat([pl.DataFrame(part, schema=_FACT) for part in parts])
    movable = ground.themes.select((pl.col("rank").is_not_null() & pl.col("override").is_null()).alias("movable"))
    return every.filter(movable["movable"].gather(every["theme"]))


def _leaving(ground: Footing, rules: Rules, published: Stand) -> dict[str, object]:
    revenue = published.revenue[ground.theme] - published.weighted
    weighted_count = published.weighted_count[ground.theme] - np.array(rules.tier)[ground.tier]
    composite = _composite(ground, rules, published, revenue, weighted_count)
    left = published.accounts[ground.theme] > 1
    return {
        "theme": ground.theme,
        "size": np.full(len(revenue), ACCOUNT),
        "kind": ["account_leaves"] * len(revenue),
        "dimension": [None] * len(revenue),
        "pair": np.arange(len(revenue)),
        "from_value": [None] * len(revenue),
        "to_value": [None] * len(revenue),
        "composite_after": pl.Series(composite).set(pl.Series(~left), None),
    }


def _signals(ground: Footing, rules: Rules, published: Stand) -> Iterator[dict[str, object]]:
    stated = ground.pairs["churn_signal"]
    classes = stated.replace_strict(SIGNALS, range(len(SIGNALS)), return_dtype=pl.Int64).to_numpy()
    for number, signal in enumerate(SIGNALS):
        pair = np.flatnonzero(classes != number)
        otherwise = weighted(ground.pairs.with_columns(churn_signal=pl.lit(signal)), rules)
        revenue = published.revenue[ground.theme] - published.weighted + otherwise
        composite = _composite(ground, rules, published, revenue, published.weighted_count[ground.theme])
        yield {
            "theme": ground.theme[pair],
            "size": np.where(np.abs(classes - number) == 1, ONE_CLASS, TWO_CLASSES)[pair],
            "kind": ["signal_wrong"] * len(pair),
            "dimension": [None] * len(pair),
            "pair": pair,
            "from_value": stated.gather(pair),
            "to_value": [signal] * len(pair),
            "composite_after": composite[pair],
        }


def _composite(ground: Footing, rules: Rules, published: Stand, revenue: Whole, weighted_count: Whole) -> Whole:
    """The composite of each pair's theme with these totals behind it."""
    money = reached(revenue[:, np.newaxis], [rules.revenue_breakpoints])[:, 0]
    breadth = reached(weighted_count[:, np.newaxis], [rules.breadth_breakpoints])[:, 0]
    composite: Whole = money + breadth + published.alignment[ground.theme]
    return composite


def _points(ground: Footing) -> Iterator[dict[str, object]]:
    composite = ground.whole("composite")
    for dimension in DIMENSIONS:
        score = ground.whole(f"{dimension}_score")
        for point in (-1, 1):
            theme = np.flatnonzero((score > 0) & (score + point >= _LOWEST) & (score + point <= _HIGHEST))
            yield {
                "theme": theme,
                "size": np.full(len(theme), POINT),
                "kind": ["score_point"] * len(theme),
                "dimension": [dimension] * len(theme),
                "pair": [None] * len(theme),
                "from_value": [str(value) for value in score[theme]],
                "to_value": [str(value) for value in score[theme] + point],
                "composite_after": composite[theme] + point,
            }
