"""The whole of step 60: from the pairs of the month to what the meeting takes up, in order."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from vocanalytics.errors import SettingsError
from vocanalytics.settings import Model, Month
from vocanalytics.tables import write_frame
from vocanalytics.triage.competitors import emergencies
from vocanalytics.triage.counts import Heard, counts, later_in_quarantine
from vocanalytics.triage.logos import logos_at_risk
from vocanalytics.triage.mentions import heard_until
from vocanalytics.triage.notes import notes_of
from vocanalytics.triage.urgent import RENEWAL_UNKNOWN, URGENT, sorted_pairs

_FRAMES = ("urgent", "renewal_unknown", "logos", "emergencies", "counts")


@dataclass(frozen=True)
class Triaged:
    """What cannot wait for the session; `docs/triage.md` describes each frame.

    Attributes
    ----------
    urgent
        Every pair of account and theme with a churn signal and a renewal that is overdue or near.
    renewal_unknown
        The pairs with a churn signal whose renewal date nobody recorded; same columns.
    logos
        Referenceable accounts among the urgent ones and those without a renewal date, with path, channel and the hour
        of the answer.
    emergencies
        Competitors that several high-ARR accounts named within a few days, with path, channel and the hour.
    counts
        What is in and out, and why: `part, what, number, accounts, arr`.
    notes
        What somebody should put right: dates and names that are missing, rows that came too late.
    """

    urgent: pl.DataFrame
    renewal_unknown: pl.DataFrame
    logos: pl.DataFrame
    emergencies: pl.DataFrame
    counts: pl.DataFrame
    notes: tuple[str, ...]


def triage(
    feedback: pl.DataFrame,
    accounts: pl.DataFrame,
    mentions: pl.DataFrame,
    themes: pl.DataFrame,
    theme_accounts: pl.DataFrame,
    month: Month,
    as_of: dt.date,
    model: Model,
    *,
    quarantine: pl.DataFrame | None = None,
) -> Triaged:
    """Find what a 30-minute meeting must take up before the next session.

    All feedback of the quarter up to the as-of day counts: a signal of July is still urgent in September.

    Parameters
    ----------
    feedback
        All accepted rows with their scope; those after the as-of day are left out and counted.
    accounts, mentions, themes
        As the run keeps them.
    theme_accounts
        The pairs of the as-of day, with the signal that counts and the days to renewal.
    month
        The month whose triage it is.
    as_of
        The day on which the clock stands still; a day of the month.
    model
        What is urgent, and whom it goes to.
    quarantine
        Rows that validation kept out; those it kept out as later than the as-of day are counted.

    Returns
    -------
    Triaged
        Frames in their final, total order.

    Raises
    ------
    SettingsError
        When the as-of day does not lie in the month.
    ScoringError
        When the pairs were not made from this feedback, or in and out do not add up.
    """
    _in_month(as_of, month)
    settings = model.triage
    heard = heard_until(feedback, as_of)
    kept_out = later_in_quarantine(quarantine) if quarantine is not None else 0
    pairs = sorted_pairs(
        theme_accounts,
        accounts,
        themes,
        heard,
        mentions,
        month_start=month.first_day,
        renewal_days=settings.renewal_days,
    )
    urgent, unknown = (pairs.filter(pl.col("case") == case).drop("case") for case in (URGENT, RENEWAL_UNKNOWN))
    cut = Heard(heard, feedback.height - heard.height, kept_out)
    return Triaged(
        urgent=urgent,
        renewal_unknown=unknown,
        logos=logos_at_risk(pl.concat([urgent, unknown]), settings.paths.referenceable_logo),
        emergencies=emergencies(heard, accounts, mentions, themes, month.first_day, settings),
        counts=counts(pairs, cut, accounts, mentions, feedback.height),
        notes=tuple(notes_of(urgent, unknown, cut.later + kept_out, as_of)),
    )


def _in_month(as_of: dt.date, month: Month) -> None:
    if not month.first_day <= as_of <= month.last_day:
        raise SettingsError(
            "the as-of date does not lie in the month",
            where="AS_OF",
            found=as_of.isoformat(),
            expected=f"{month.first_day.isoformat()} to {month.last_day.isoformat()}",
        )


def write_triaged(triaged: Triaged, run_dir: Path | str) -> None:
    """Keep a triage in the folder of the run: frames in `reading/triage_*.parquet`, notes in `triage.json`."""
    folder = Path(run_dir)
    for name in _FRAMES:
        write_frame(folder / "reading" / f"triage_{name}.parquet", getattr(triaged, name))
    text = json.dumps({"notes": triaged.notes}, indent=2, ensure_ascii=False)
    (folder / "triage.json").write_text(f"{text}\n", encoding="utf-8")
