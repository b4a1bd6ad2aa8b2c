"""What a person looks at before accepting breakpoints: the accounts, the proposal, the quarters scored again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import polars as pl

from vocanalytics.errors import ContractError
from vocanalytics.settings import Model, Quarter
from vocanalytics.tables import read_table
from vocanalytics.thresholds import proposing, rescoring
from vocanalytics.thresholds.accounts import arr_bins, arr_deciles, arr_tiers, in_scope
from vocanalytics.thresholds.proposing import Breakpoints, Proposal, propose, tier_rule, written

#: When this share of themes has one score, in hundredths, the breakpoints hardly tell themes apart.
_LOPSIDED = 80


@dataclass(frozen=True)
class Recorded:
    """A quarter on record: the run that stands for it, and its scores."""

    quarter: Quarter
    run_id: str
    theme_scores: pl.DataFrame


class _Twice(NamedTuple):
    """A quarter scored with the present and with the proposed breakpoints."""

    quarter: str
    run_id: str
    now: pl.DataFrame
    proposed: pl.DataFrame


@dataclass(frozen=True)
class Study:
    """The proposal and all that speaks for and against it.

    Attributes
    ----------
    run_id, currency
        The run whose accounts were read, and the currency of every amount.
    present, proposal
        The breakpoints that runs use now, and those proposed.
    deciles, tiers, bins
        The ARR of the in-scope accounts, as `arr_deciles`, `arr_tiers` and `arr_bins` return it.
    breakpoints
        `score, revenue, revenue_proposed, revenue_rule, breadth, breadth_proposed, breadth_rule`, for 2 to 5.
    scores
        `quarter, dimension, breakpoints` (present, proposed), `score, themes`.
    quarters
        `quarter, run_id, themes, composites_changed, ranks_changed, shortlist, shortlist_proposed`.
    changes
        `quarter` and the columns of `rescoring.changes`.
    notes
        Sentences: what stays as it is, where scores hardly tell themes apart.
    """

    run_id: str
    currency: str
    present: Breakpoints
    proposal: Proposal
    deciles: pl.DataFrame
    tiers: pl.DataFrame
    bins: pl.DataFrame
    breakpoints: pl.DataFrame
    scores: pl.DataFrame
    quarters: pl.DataFrame
    changes: pl.DataFrame
    notes: tuple[str, ...]

    @property
    def is_written(self) -> bool:
        """Whether the proposal is what runs use already."""
        return self.proposal.breakpoints == self.present


def read_recorded(run_dir: Path, run_id: str, quarter: Quarter) -> Recorded:
    """The scores that the run of a quarter left.

    Raises
    ------
    ContractError
        When its tables were cleared away.
    """
    _there(run_dir, run_id, quarter, "theme_scores")
    return Recorded(quarter, run_id, read_table(run_dir, "theme_scores"))


def read_accounts(run_dir: Path, run_id: str, quarter: Quarter) -> pl.DataFrame:
    """The accounts that a run accepted.

    Raises
    ------
    ContractError
        When its tables were cleared away.
    """
    _there(run_dir, run_id, quarter, "accounts")
    return read_table(run_dir, "accounts")


def _there(run_dir: Path, run_id: str, quarter: Quarter, name: str) -> None:
    if not (run_dir / f"{name}.parquet").is_file():
        raise ContractError(
            f"the run {run_id} has no table {name}: its tables were cleared away",
            where=f"data/processed/{run_id}",
            advice=f"Run make quarterly QUARTER={quarter} again, or name another quarter",
        )


def study(accounts: pl.DataFrame, recorded: Sequence[Recorded], model: Model) -> Study:
    """Propose breakpoints from accounts and show what they would have done to the quarters on record.

    Parameters
    ----------
    accounts
        The table `accounts` of the first quarter.
    recorded
        Quarters, newest first; at least one.
    model
        Present breakpoints, tier weights, and the composite from which a theme starts as build.

    Returns
    -------
    Study
        Nothing of it is written anywhere.
    """
    proposal, present = propose(accounts, model), written(model)
    counted, build_at = in_scope(accounts, tier_rule(model)), model.reading.build_at
    twice = [
        _Twice(
            str(one.quarter),
            one.run_id,
            rescoring.rescore(one.theme_scores, present, build_at),
            rescoring.rescore(one.theme_scores, proposal.breakpoints, build_at),
        )
        for one in recorded
    ]
    scores = pl.concat(_scores(quarter) for quarter in twice)
    return Study(
        run_id=recorded[0].run_id,
        currency=model.currency,
        present=present,
        proposal=proposal,
        deciles=arr_deciles(counted),
        tiers=arr_tiers(counted),
        bins=arr_bins(counted),
        breakpoints=_side_by_side(present, proposal, model.currency),
        scores=scores,
        quarters=pl.concat(_quarter(quarter) for quarter in twice),
        changes=pl.concat(_changes(quarter) for quarter in twice),
        notes=(*proposal.notes, *_lopsided(scores)),
    )


def _side_by_side(present: Breakpoints, proposal: Proposal, currency: str) -> pl.DataFrame:
    typical, base, points = proposal.typical_arr, proposal.weighted_count, proposal.breakpoints
    many = [f"{number} × {currency} {typical:,.0f}" for number in proposing.TYPICAL_ACCOUNTS]
    shares = [
        f"{Decimal(share) / 10:f}% of {base:,}, at least {least} SMB"
        for share, least in zip(proposing.BASE_THOUSANDTHS, proposing.AT_LEAST_SMB, strict=True)
    ]
    return pl.DataFrame(
        {
            "score": [2, 3, 4, 5],
            "revenue": pl.Series(present.revenue, dtype=pl.Decimal(18, 2)),
            "revenue_proposed": pl.Series(points.revenue, dtype=pl.Decimal(18, 2)),
            "revenue_rule": many,
            "breadth": present.breadth,
            "breadth_proposed": points.breadth,
            "breadth_rule": shares,
        }
    )


def _scores(twice: _Twice) -> pl.DataFrame:
    counted = [
        rescoring.score_counts(rescored).with_columns(breakpoints=pl.lit(name))
        for name, rescored in (("present", twice.now), ("proposed", twice.proposed))
    ]
    both = pl.concat(counted).sort("dimension", descending=True, maintain_order=True)
    return both.select(pl.lit(twice.quarter).alias("quarter"), "dimension", "breakpoints", "score", "themes")


def _changes(twice: _Twice) -> pl.DataFrame:
    return rescoring.changes(twice.now, twice.proposed).select(pl.lit(twice.quarter).alias("quarter"), pl.all())


def _quarter(twice: _Twice) -> pl.DataFrame:
    changed = rescoring.changes(twice.now, twice.proposed)
    moved = [
        changed.filter(pl.col(name).ne_missing(pl.col(f"{name}_proposed"))).height for name in ("composite", "rank")
    ]
    before, after = rescoring.shortlists(twice.now, twice.proposed)
    schema: dict[str, pl.DataType] = {
        "quarter": pl.String(),
        "run_id": pl.String(),
        "themes": pl.Int64(),
        "composites_changed": pl.Int64(),
        "ranks_changed": pl.Int64(),
        "shortlist": pl.List(pl.String),
        "shortlist_proposed": pl.List(pl.String),
    }
    row = (twice.quarter, twice.run_id, twice.now.height, *moved, before, after)
    return pl.DataFrame([row], schema=schema, orient="row")


def _lopsided(scores: pl.DataFrame) -> Iterator[str]:
    """Where the proposal would have put nearly every theme of the newest quarter into one score."""
    newest = scores.filter(pl.col("quarter") == scores["quarter"].first(), pl.col("breakpoints") == "proposed")
    for dimension in ("revenue", "breadth"):
        counts = newest.filter(pl.col("dimension") == dimension).sort("themes", "score", descending=True)
        most, of = counts.row(0, named=True), int(counts["themes"].sum())
        if of and most["themes"] * 100 >= of * _LOPSIDED:
            yield (
                f"With the proposal {most['themes']} of {of} themes would score {most['score']} in {dimension}, "
                "which hardly tells them apart: look at the scores before accepting."
            )
