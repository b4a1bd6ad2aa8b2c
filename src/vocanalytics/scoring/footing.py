"""What every rescoring stands on: the scored quarter as whole numbers, in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from vocanalytics import formulas
from vocanalytics.formulas import derive
from vocanalytics.scoring.checks import counted_accounts
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.scoring.overrides import APPROVED
from vocanalytics.scoring.rules import Rules
from vocanalytics.scoring.scored import Scored
from vocanalytics.tables import cents
from vocanalytics.vocabulary import Tier

Whole = NDArray[np.int64]

TIERS = tuple(tier.value for tier in Tier)
_SCORES = ("revenue_score", "breadth_score", "alignment_score", "alignment_cs", "alignment_product")


@dataclass(frozen=True, eq=False)
class Footing:
    """The scored quarter, ready to be scored again with something changed.

    Attributes
    ----------
    themes
        `theme_id, theme_name, mentions, composite, rank, start`, the scores, and `override` (the kind of an approved
        one, else null); sorted by id, the last key of the ranking.
    order
        The rows of `themes` in their published order.
    accounts
        Every in-scope account, silent ones too: `account_id, account_name, tier, arr` (cents); sorted by id.
    pairs
        `theme_id, account_id, account_name, tier, mentions, churn_signal, days_to_renewal, arr, expansion` (cents);
        sorted by theme, tier and account.
    theme, account, tier
        For each pair the row of its theme, the row of its account, and the place of its tier in the vocabulary.
    """

    themes: pl.DataFrame
    order: Whole
    accounts: pl.DataFrame
    pairs: pl.DataFrame
    theme: Whole
    account: Whole
    tier: Whole

    def whole(self, column: str) -> Whole:
        """A column of the themes as whole numbers, 0 where it is null."""
        numbers: Whole = self.themes[column].fill_null(0).cast(pl.Int64).to_numpy()
        return numbers


def footing(inputs: Inputs, scored: Scored) -> Footing:
    """Lay the tables of a score out as arrays; nothing is rounded, and nothing is scored yet.

    Parameters
    ----------
    inputs
        The tables that were scored: which accounts are in scope, whether they said something or not.
    scored
        What scoring made of them.
    """
    accounts = counted_accounts(inputs.accounts).select("account_id", "tier", "arr")
    named = inputs.accounts.select("account_id", "account_name")
    accounts = accounts.join(named, on="account_id", how="left", maintain_order="left")
    themes = _themes(scored)
    pairs = _pairs(scored.theme_accounts, themes, accounts)
    return Footing(
        themes=themes.drop("published"),
        order=themes["published"].arg_sort().cast(pl.Int64).to_numpy(),
        accounts=accounts,
        pairs=pairs.drop("theme_row", "account_row", "tier_row"),
        **{name: pairs[f"{name}_row"].to_numpy() for name in ("theme", "account", "tier")},
    )


def _themes(scored: Scored) -> pl.DataFrame:
    approved = scored.override_status.filter(pl.col("status") == APPROVED)
    kinds = approved.select("theme_id", pl.col("kind").alias("override"))
    return (
        scored.theme_scores.select("theme_id", "theme_name", "mentions", *_SCORES, "composite", "rank", "start")
        .with_row_index("published")
        .join(kinds, on="theme_id", how="left", maintain_order="left")
        .sort("theme_id")
    )


def _pairs(theme_accounts: pl.DataFrame, themes: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    theme_rows = themes.select("theme_id").with_row_index("theme_row")
    account_rows = accounts.drop("arr").with_row_index("account_row")
    return (
        theme_accounts.select(
            "theme_id", "account_id", "mentions", "churn_signal", "days_to_renewal",
            *(cents(pl.col(name)).alias(name) for name in ("arr", "expansion")),
        )
        .join(theme_rows, on="theme_id", how="inner")
        .join(account_rows, on="account_id", how="inner")
        .with_columns(
            pl.col("tier").replace_strict(TIERS, range(len(TIERS)), return_dtype=pl.Int64).alias("tier_row"),
            pl.col("theme_row", "account_row").cast(pl.Int64),
        )
        .sort("theme_row", "tier_row", "account_row")
    )  # fmt: skip


def weighted(pairs: pl.DataFrame, rules: Rules) -> Whole:
    """What each pair adds to the revenue of its theme under other factors, in cents, by the formulas themselves.

    Parameters
    ----------
    pairs
        As `Footing.pairs` holds them; `churn_signal` may have been changed.
    rules
        The renewal bands and the factors to use.
    """
    renewal = formulas.renewal_factor(nw.col("days_to_renewal"), rules.renewal)
    churn = formulas.churn_factor(nw.col("churn_signal"), rules.churn)
    at_risk = formulas.arr_at_risk(nw.col("arr"), renewal, churn)
    valued = derive(nw.from_native(pairs, eager_only=True), weighted=formulas.weighted(at_risk, nw.col("expansion")))
    figures: Whole = valued["weighted"].to_numpy()
    return figures
