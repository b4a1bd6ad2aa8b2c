"""How firm the ranking is: scored again under named scenarios and resampled accounts, and what would flip a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.scoring.flips import flips
from vocanalytics.scoring.footing import Footing, Whole, footing, weighted
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.scoring.loudness import loudness
from vocanalytics.scoring.rules import rules
from vocanalytics.scoring.scenarios import Scenario, scenarios
from vocanalytics.scoring.scored import Scored
from vocanalytics.scoring.shaking import STARTS, Facts, Places, disputed, facts, places, totals
from vocanalytics.settings import FirmnessSettings, Model
from vocanalytics.tables import write_frame
from vocanalytics.vocabulary import Start

_LOW, _HIGH = 5, 95  # percentiles of the rank over all draws


@dataclass(frozen=True)
class Firm:
    """What shaking the ranking found; each frame is described in `docs/firmness.md`.

    Attributes
    ----------
    sensitivity
        `scenario, family, label, theme_id, composite, rank, start`: every theme in every named scenario.
    rank_ranges
        `theme_id, theme_name, rank, start, lowest, highest, scenarios, builds, bootstrap_low, bootstrap_high,
        bootstrap_builds, bootstraps`: every ranked theme.
    flips
        The smallest single fact that moves a theme onto the shortlist or off it.
    loudness
        Ranks by mentions and by the loudest account, beside the rank by score.
    """

    sensitivity: pl.DataFrame
    rank_ranges: pl.DataFrame
    flips: pl.DataFrame
    loudness: pl.DataFrame


def firmness(inputs: Inputs, scored: Scored, model: Model) -> Firm:
    """Shake the ranking so that the session knows which places hold and which hang on one fact.

    Parameters
    ----------
    inputs
        The tables that were scored.
    scored
        What scoring made of them.
    model
        The model they were scored by; `model.firmness` says how hard to shake.

    Raises
    ------
    ScoringError
        When the rescoring does not give the published places, or a sum could not be exact.
    """
    ground = footing(inputs, scored)
    named = scenarios(model, largest_accounts(ground, model.firmness.largest_accounts))
    shaken, drawn = shake(ground, named), bootstrap(ground, model)
    _reproduces(ground, shaken)
    return Firm(
        _sensitivity(ground, named, shaken), _rank_ranges(ground, shaken, drawn), flips(ground, model), loudness(ground)
    )


def write_firmness(firm: Firm, run_dir: Path | str) -> None:
    """Keep the frames beside the tables of a run, in `reading/`, for the report."""
    for field in fields(firm):
        write_frame(Path(run_dir) / "reading" / f"{field.name}.parquet", getattr(firm, field.name))


def largest_accounts(ground: Footing, count: int) -> pl.DataFrame:
    """The largest accounts by ARR among those behind a theme: losing a silent one would change no sum."""
    heard = ground.accounts.join(ground.pairs, on="account_id", how="semi", maintain_order="left")
    return heard.sort("arr", "account_id", descending=[True, False]).head(count)


def shake(ground: Footing, named: Sequence[Scenario]) -> Places:
    """Score the quarter once per named scenario, all at once.

    Returns
    -------
    Places
        Themes x scenarios, in the order of the scenarios.
    """
    return places(facts_in(ground, named), ground, named[0].model.reading)


def facts_in(ground: Footing, named: Sequence[Scenario]) -> Facts:
    """What decides the places in each named scenario: revenue, accounts, scores, alignment, what is open."""
    numbers = [rules(scenario.model) for scenario in named]
    by_factors = {(rule.renewal, rule.churn): rule for rule in numbers}
    worth = {factors: weighted(ground.pairs, rule) for factors, rule in by_factors.items()}
    figures = np.stack([worth[rule.renewal, rule.churn] for rule in numbers], axis=1)
    times = np.stack([_times_without(ground, scenario) for scenario in named], axis=1)
    product = ground.whole("alignment_product")[:, np.newaxis]
    differ = disputed(ground, product, named[0].model.alignment.dispute_difference)
    alignment = np.stack([_alignment(ground, scenario) for scenario in named], axis=1)
    return facts(totals(ground, figures, times), numbers, alignment, differ)


def _times_without(ground: Footing, scenario: Scenario) -> Whole:
    return (~ground.accounts["account_id"].is_in(scenario.without)).cast(pl.Int64).to_numpy()


def _alignment(ground: Footing, scenario: Scenario) -> Whole:
    if scenario.alignment == "product":
        return ground.whole("alignment_product")
    published, cs = ground.whole("alignment_score"), ground.whole("alignment_cs")
    return np.where(cs > 0, cs, published) if scenario.alignment == "cs" else published


def bootstrap(ground: Footing, model: Model) -> Places:
    """Score the quarter once per draw of as many accounts as there are, each as often as it was drawn.

    Returns
    -------
    Places
        Themes x draws.
    """
    number = rules(model)
    figures = weighted(ground.pairs, number)[:, np.newaxis]
    alignment, product = (ground.whole(f"alignment_{name}")[:, np.newaxis] for name in ("score", "product"))
    differ = disputed(ground, product, model.alignment.dispute_difference)
    known = facts(totals(ground, figures, draws(ground.accounts.height, model.firmness)), [number], alignment, differ)
    return places(known, ground, model.reading)


def draws(accounts: int, settings: FirmnessSettings) -> Whole:
    """How often each in-scope account is drawn, with replacement, in each draw: the same seed, the same draws.

    Returns
    -------
    numpy.ndarray
        Accounts x draws; each column sums to the number of accounts.
    """
    count = settings.bootstraps
    if not accounts:
        return np.zeros((0, count), dtype=np.int64)
    drawn = np.random.default_rng(settings.seed).integers(accounts, size=(count, accounts))
    cells = (drawn + accounts * np.arange(count)[:, np.newaxis]).ravel()
    times: Whole = np.bincount(cells, minlength=count * accounts).astype(np.int64).reshape(count, accounts).T
    return np.ascontiguousarray(times)


def _reproduces(ground: Footing, shaken: Places) -> None:
    published = ground.themes["start"].replace_strict(STARTS, range(len(STARTS)), return_dtype=pl.Int64).to_numpy()
    found = (shaken.composite[:, 0], shaken.rank[:, 0], shaken.start[:, 0])
    wanted = (ground.whole("composite"), ground.whole("rank"), published)
    if not all(np.array_equal(one, other) for one, other in zip(found, wanted, strict=True)):
        raise ScoringError(
            "scored again without any change, the themes do not keep their places",
            where="firmness",
            advice="Score the quarter anew with the model it is shaken by",
        )


def _sensitivity(ground: Footing, named: Sequence[Scenario], shaken: Places) -> pl.DataFrame:
    themes = len(ground.order)
    said = {name: [getattr(one, name) for one in named] for name in ("scenario", "family", "label")}
    in_order = {name: getattr(shaken, name)[ground.order].T.ravel() for name in ("composite", "rank", "start")}
    return pl.DataFrame(
        {
            **{name: [value for value in values for _ in range(themes)] for name, values in said.items()},
            "theme_id": ground.themes["theme_id"].gather(ground.order).to_list() * len(named),
            "composite": pl.Series(in_order["composite"]).replace(0, None),
            "rank": pl.Series(in_order["rank"]).replace(0, None),
            "start": [STARTS[number] for number in in_order["start"]],
        },
        schema_overrides=dict.fromkeys((*said, "theme_id", "start"), pl.String),
    )


def _rank_ranges(ground: Footing, shaken: Places, drawn: Places) -> pl.DataFrame:
    """Best and worst rank over the named scenarios, and the middle nine tenths of the ranks over the draws."""
    named, sampled = _standing(ground, shaken), np.sort(_standing(ground, drawn), axis=1)
    count, build = sampled.shape[1], STARTS.index(Start.BUILD)
    columns = {
        "lowest": np.where(named > 0, named, named.max(initial=0)).min(axis=1),
        "highest": named.max(axis=1),
        "scenarios": (named > 0).sum(axis=1),
        "builds": ((shaken.start == build) & (named > 0)).sum(axis=1),
        "bootstrap_low": _percentile(sampled, _LOW),
        "bootstrap_high": _percentile(sampled, _HIGH),
        "bootstrap_builds": (drawn.start == build).sum(axis=1),
    }
    return (
        ground.themes.select("theme_id", "theme_name", "rank", "start")
        .with_columns(
            *(pl.Series(name, values, dtype=pl.Int64) for name, values in columns.items()),
            pl.lit(count, dtype=pl.Int64).alias("bootstraps"),
        )
        .filter(pl.col("rank").is_not_null())
        .sort("rank")
    )


def _standing(ground: Footing, found: Places) -> Whole:
    """The rank, the last place where no account is left behind a theme, and 0 where its alignment does not count."""
    last = ground.themes["rank"].count()
    standing: Whole = np.where(found.accounts > 0, found.rank, last)
    return standing


def _percentile(sorted_ranks: Whole, percent: int) -> Whole | list[None]:
    """The smallest rank that at least so many percent of the draws do not exceed; whole, never interpolated."""
    count = sorted_ranks.shape[1]
    if not count:
        return [None] * len(sorted_ranks)
    found: Whole = sorted_ranks[:, -(-count * percent // 100) - 1]
    return found
