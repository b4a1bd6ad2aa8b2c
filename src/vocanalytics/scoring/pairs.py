"""Who stands behind what on a given day, before anything is ranked: what the monthly triage reads."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import polars as pl

from vocanalytics.scoring.checks import check, counted_accounts
from vocanalytics.scoring.contributions import reduce_mentions, theme_accounts
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.scoring.rules import rules
from vocanalytics.scoring.scope import in_scope_mentions, scope_feedback
from vocanalytics.settings import Model


class AccountPairs(NamedTuple):
    """Every feedback row with its scope, and `theme_accounts` as a day saw it."""

    feedback: pl.DataFrame
    theme_accounts: pl.DataFrame


def account_pairs(inputs: Inputs, as_of: dt.date, model: Model) -> AccountPairs:
    """The accounts behind each theme and the signal that counts, by the rules of the quarterly score.

    The CPO list plays no part: a customer who may leave over a compliance theme is as urgent as any other.

    Parameters
    ----------
    inputs
        The tables of the run; alignment, overrides and last quarter's scores are not read.
    as_of
        The day from which renewal days count; what was said after it (in UTC) forms no pair.
    model
        Every factor and rule.

    Returns
    -------
    AccountPairs
        All rows with `scope` and `scope_reason`, later ones too; and the table `theme_accounts`.

    Raises
    ------
    ScoringError
        When tables contradict each other, or a number could not be exact.
    """
    check(inputs)
    scoped = scope_feedback(inputs.feedback, inputs.accounts, inputs.mentions, ())
    heard = in_scope_mentions(scoped.filter(pl.col("created_at").dt.date() <= as_of), inputs.mentions)
    by_pair = reduce_mentions(heard, counted_accounts(inputs.accounts), as_of, rules(model))
    return AccountPairs(scoped, theme_accounts(by_pair))
