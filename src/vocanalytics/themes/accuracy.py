"""How good the themes are on a company's own verbatims: a share with its interval, and whether two people agree."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

#: The 97.5% quantile of the normal distribution: intervals of 95%.
Z_95 = 1.959963984540054


def wilson_interval(right: int, of: int, *, z: float = Z_95) -> tuple[float, float]:
    """Between which shares the true one lies, when `right` of `of` verbatims drawn at random were right.

    The score interval, which unlike the textbook one holds for few verbatims and for shares near 0 and 1.

    Parameters
    ----------
    right, of
        Counts; `of` is at least 1.
    z
        Quantile of the normal distribution; 95% if not given.

    Returns
    -------
    tuple of float
        Lower and upper end, between 0 and 1.

    Raises
    ------
    ValueError
        When `of` is not positive or `right` is not between 0 and `of`.

    References
    ----------
    E. B. Wilson, Probable inference, the law of succession, and statistical inference. JASA 22 (1927), 209-212.
    """
    if not 0 <= right <= of or of < 1:
        raise ValueError(f"{right} right of {of}")
    share, widening = right / of, z * z / of
    middle = (share + widening / 2) / (1 + widening)
    half = z / (1 + widening) * math.sqrt(share * (1 - share) / of + widening / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def krippendorff_alpha(units: Iterable[Sequence[str | None]]) -> float | None:
    """Whether people agree beyond chance: 1 where they always do, 0 where they do as dice would; below 0 it is worse.

    Nominal data; a unit that fewer than two people judged says nothing about agreement and does not count.

    Parameters
    ----------
    units
        For each unit what each person said, None where a person said nothing.

    Returns
    -------
    float or None
        1 minus observed over expected disagreement; None where fewer than two values can be compared, or where all
        are the same, so that chance would agree as well.

    References
    ----------
    K. Krippendorff, Computing Krippendorff's alpha-reliability (2011), section C: nominal data, any number of
    observers, missing data.
    """
    pairable = [judged for unit in units if len(judged := [value for value in unit if value is not None]) >= 2]
    coincidences = sum((_agreements(judged) for judged in pairable), 0.0)
    totals = Counter(value for judged in pairable for value in judged)
    n = totals.total()
    by_chance = sum(count * (count - 1) for count in totals.values())
    possible = n * (n - 1)
    if possible == by_chance:
        return None
    return ((n - 1) * coincidences - by_chance) / (possible - by_chance)


def _agreements(judged: Sequence[str]) -> float:
    """The matching pairs of a unit, weighed so that a unit counts as much as it has values."""
    return sum(count * (count - 1) for count in Counter(judged).values()) / (len(judged) - 1)
