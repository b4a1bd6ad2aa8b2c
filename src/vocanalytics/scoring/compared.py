"""The quarter beside the ones before: what came back, what expired, what was promised."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import polars as pl

from vocanalytics.scoring.alignment import Aligned
from vocanalytics.scoring.challenges import challenges
from vocanalytics.scoring.decided import decided
from vocanalytics.scoring.history import OVERRIDE_STATUS, overridden_quarters, recurrence
from vocanalytics.scoring.inputs import Inputs
from vocanalytics.scoring.notes import decision_notes, outcome_notes, override_notes
from vocanalytics.scoring.outcomes import outcomes
from vocanalytics.scoring.overrides import APPROVED, Overridden, overrides_expired
from vocanalytics.settings import Model, Quarter


class Compared(NamedTuple):
    """The frames that look back, each described in `docs/formulas.md`, and what they say in words."""

    challenges: pl.DataFrame
    overrides_expired: pl.DataFrame
    outcomes: pl.DataFrame
    recurrence: pl.DataFrame
    notes: tuple[str, ...]


def _status_before(inputs: Inputs) -> pl.DataFrame:
    return inputs.history[0].override_status if inputs.history else pl.DataFrame(schema=OVERRIDE_STATUS)


def compare(
    placed: pl.DataFrame, aligned: Aligned, overridden: Overridden, inputs: Inputs, as_of: dt.date, model: Model
) -> Compared:
    """Hold this quarter beside the published ones before it; it changes no score, no rank and no start.

    Parameters
    ----------
    placed
        Themes as `place` returns them, with `is_challenge`.
    aligned, overridden
        The curated files of this quarter, fitted to the themes.
    inputs
        Its history, decisions and delivery; its quarter, or else that of the as-of date.
    as_of
        The day on which an override must still hold.
    model
        `recalibrate_quarters`, and the currency in which amounts are said.

    Raises
    ------
    ScoringError
        When a decision or a delivery report names a theme that fits two, or the same theme twice.
    """
    quarter = inputs.quarter or Quarter(as_of.year, (as_of.month + 2) // 3)
    on_record = decided(inputs.decisions, inputs.delivery, inputs.themes, inputs.history, quarter)
    became = outcomes(on_record, placed, inputs.history, quarter)
    expired = overrides_expired(_status_before(inputs), overridden.by_theme, placed, as_of)
    routine = overridden_quarters(inputs.history) + 1 if (overridden.by_theme["status"] == APPROVED).any() else 0
    return Compared(
        challenges=challenges(placed, aligned.by_theme, inputs.history),
        overrides_expired=expired,
        outcomes=became,
        recurrence=recurrence(placed, inputs.history, quarter),
        notes=(
            *override_notes(expired, routine, model.reading),
            *outcome_notes(became, model.currency),
            *decision_notes(on_record),
        ),
    )
