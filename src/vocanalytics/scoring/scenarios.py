"""The named scenarios: each changes one thing that people chose or might lose, by a stated step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

import polars as pl

from vocanalytics.formulas import ONE, cents, thousandths
from vocanalytics.settings import Model

Voice = Literal["published", "cs", "product"]

_LARGEST_MONEY = 10**14  # cents, the largest breakpoint that a model may hold
_LARGEST_COUNT = 10**6
_LARGEST_DAYS = 3650
_LARGEST_FACTOR = 10 * ONE
_WORDS = {"mid_market": "Mid-Market", "enterprise": "Enterprise", "smb": "SMB"}


class Scenario(NamedTuple):
    """One way in which the ranking might have been computed.

    `model` is a whole model that a run could use; `alignment` says whose scores count; `without` are accounts that
    have left.
    """

    scenario: str
    family: str
    label: str
    model: Model
    alignment: Voice = "published"
    without: tuple[str, ...] = ()


def scenarios(model: Model, largest: pl.DataFrame) -> tuple[Scenario, ...]:
    """Every named scenario of a run, the published one first; `docs/firmness.md` lists them.

    Parameters
    ----------
    model
        The model of the run.
    largest
        `account_id, account_name, arr` (cents) of the largest accounts behind the themes, largest first.
    """
    return (
        Scenario("published", "published", "As published", model),
        *_revenue_breakpoints(model),
        *_breadth_breakpoints(model),
        *_days(model),
        *_renewal_factors(model),
        *_churn_factors(model),
        *_tier_weights(model),
        Scenario("alignment_cs", "alignment", "The score of CS counts wherever CS gave one", model, "cs"),
        Scenario("alignment_product", "alignment", "Only scores given by Product count", model, "product"),
        *_without(model, largest),
    )


def steps(value: int, *, below: int = 0, above: int | None = None, most: int) -> Iterator[tuple[str, int]]:
    """One step down and one step up: a quarter of the value, at least one unit, at most halfway to a neighbour.

    Parameters
    ----------
    value
        In whole units: cents, thousandths, days or accounts.
    below, above
        The neighbours that the value must stay between.
    most
        The largest value that a model may hold, where there is no neighbour above.

    Yields
    ------
    tuple
        `lower` or `higher`, and the moved value. A step that has no room is left out.
    """
    step = max(1, value // 4)
    lower = max(value - step, (below + value + 1) // 2)
    higher = min(value + step, most if above is None else (value + above) // 2)
    yield from ((word, moved) for word, moved in (("lower", lower), ("higher", higher)) if moved != value)


def _stepped(points: tuple[int, ...], most: int) -> Iterator[tuple[int, str, int]]:
    for place, point in enumerate(points):
        below = points[place - 1] if place else 0
        above = points[place + 1] if place + 1 < len(points) else None
        for word, moved in steps(point, below=below, above=above, most=most):
            yield place, word, moved


def _revenue_breakpoints(model: Model) -> Iterator[Scenario]:
    points = model.revenue.breakpoints
    for place, word, moved in _stepped(tuple(map(cents, points)), _LARGEST_MONEY):
        point = Decimal(moved).scaleb(-2)
        amounts = [_money(amount, model.currency) for amount in (point, points[place])]
        label = f"Revenue breakpoint {place + 1} at {amounts[0]}, not {amounts[1]}"
        changed = (*points[:place], point, *points[place + 1 :])
        yield _model(f"revenue_breakpoint_{place + 1}_{word}", "breakpoint", label, model, "revenue", changed)


def _breadth_breakpoints(model: Model) -> Iterator[Scenario]:
    points = model.breadth.breakpoints
    for place, word, moved in _stepped(points, _LARGEST_COUNT):
        label = f"Breadth breakpoint {place + 1} at {moved}, not {points[place]}"
        changed = (*points[:place], moved, *points[place + 1 :])
        yield _model(f"breadth_breakpoint_{place + 1}_{word}", "breakpoint", label, model, "breadth", changed)


def _model(
    scenario: str, family: str, label: str, model: Model, part: str, breakpoints: tuple[object, ...]
) -> Scenario:
    return Scenario(scenario, family, label, _changed(model, part, breakpoints=breakpoints))


def _days(model: Model) -> Iterator[Scenario]:
    bounds = (model.revenue.near_days, model.revenue.far_days)
    for place, word, moved in _stepped(bounds, _LARGEST_DAYS):
        name = ("near_days", "far_days")[place]
        label = f"{('Near', 'Far')[place]} renewals {('below', 'beyond')[place]} {moved} days, not {bounds[place]}"
        yield Scenario(f"{name}_{word}", "breakpoint", label, _changed(model, "revenue", **{name: moved}))


def _renewal_factors(model: Model) -> Iterator[Scenario]:
    for name, factor in model.revenue.renewal_factor:
        for word, moved in _factor_steps(factor):
            factors = model.revenue.renewal_factor.model_copy(update={name: moved})
            label = f"Renewal factor {name} at {moved.normalize():f}, not {factor.normalize():f}"
            changed = _changed(model, "revenue", renewal_factor=factors)
            yield Scenario(f"renewal_{name}_{word}", "factor", label, changed)


def _churn_factors(model: Model) -> Iterator[Scenario]:
    for name, factor in model.revenue.churn_factor:
        for word, moved in _factor_steps(factor):
            factors = model.revenue.churn_factor.model_copy(update={name: moved})
            label = f"Churn factor {name} at {moved.normalize():f}, not {factor.normalize():f}"
            changed = _changed(model, "revenue", churn_factor=factors)
            yield Scenario(f"churn_{name}_{word}", "factor", label, changed)


def _factor_steps(factor: Decimal) -> Iterator[tuple[str, Decimal]]:
    """A factor of 0 switches something off on purpose, so it is not shaken."""
    whole = thousandths(factor)
    moves = steps(whole, most=_LARGEST_FACTOR) if whole else ()
    return ((word, Decimal(moved).scaleb(-3)) for word, moved in moves)


def _tier_weights(model: Model) -> Iterator[Scenario]:
    for name, weight in model.breadth.tier_weight:
        for word, moved in steps(weight, most=_LARGEST_COUNT):
            weights = model.breadth.tier_weight.model_copy(update={name: moved})
            label = f"Tier weight {_WORDS[name]} at {moved}, not {weight}"
            yield Scenario(f"tier_{name}_{word}", "factor", label, _changed(model, "breadth", tier_weight=weights))


def _without(model: Model, largest: pl.DataFrame) -> Iterator[Scenario]:
    ids = tuple(largest["account_id"].to_list())
    if len(ids) > 1:
        label = f"Without the {len(ids)} largest accounts together"
        yield Scenario("without_largest", "largest_accounts", label, model, without=ids)
    for row in largest.iter_rows(named=True):
        label = f"Without {row['account_name']} ({_money(Decimal(row['arr']).scaleb(-2), model.currency)})"
        yield Scenario(f"without:{row['account_id']}", "largest_accounts", label, model, without=(row["account_id"],))


def _changed(model: Model, part: str, **values: object) -> Model:
    return model.model_copy(update={part: getattr(model, part).model_copy(update=values)})


def _money(amount: Decimal, currency: str) -> str:
    sign = "$" if currency == "USD" else f"{currency} "
    return f"{sign}{amount:,.2f}".removesuffix(".00")
