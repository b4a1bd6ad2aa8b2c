"""The published run that people look at, and the quarters before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from vocanalytics.ledger import Places, RunId, read_manifest
from vocanalytics.pipeline.history import history, standing_run
from vocanalytics.settings import Quarter
from vocanalytics.tables import read_table

#: How many quarters a trend shows, the chosen one included.
QUARTERS = 5


@dataclass(frozen=True)
class OnRecord:
    """What a published run left about its themes.

    Attributes
    ----------
    run_id, quarter
        Which run.
    feedback, mentions, themes, unclustered, accounts, alignment
        Its tables.
    past
        Quarter and `theme_accounts` of the run and of up to four before it, oldest first.
    """

    run_id: str
    quarter: Quarter
    feedback: pl.DataFrame
    mentions: pl.DataFrame
    themes: pl.DataFrame
    unclustered: pl.DataFrame
    accounts: pl.DataFrame
    alignment: pl.DataFrame
    past: tuple[tuple[Quarter, pl.DataFrame], ...]


def read_record(root: Path, quarter: str = "") -> OnRecord:
    """The tables of the run that stands for a quarter, with the quarters before it.

    Raises
    ------
    SettingsError
        When there is no such run.
    ContractError
        When its tables were cleared away.
    """
    places = Places(root)
    run_id = standing_run(places, quarter, purpose="its themes are shown here")
    named = Quarter.parse(RunId.parse(run_id).period)
    inputs = read_manifest(places.report(run_id) / "manifest.json").fingerprint.inputs
    runs = (run_id, *history(places, named, inputs))[:QUARTERS]
    past = [
        (Quarter.parse(RunId.parse(run).period), read_table(places.tables(run), "theme_accounts"))
        for run in reversed(runs)
    ]
    names = ("feedback", "mentions", "themes", "unclustered", "accounts", "alignment")
    read = {name: read_table(places.tables(run_id), name) for name in names}
    return OnRecord(run_id=run_id, quarter=named, past=tuple(past), **read)
