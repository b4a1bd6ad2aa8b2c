"""The published runs that a run reads: the quarters before it, or the one whose session it follows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vocanalytics.errors import SettingsError
from vocanalytics.ledger import InputFile, Places, RunId, entries, last_published, read_manifest
from vocanalytics.ledger.places import QUARTERLY
from vocanalytics.pipeline.demonstration import is_made_of_demonstration
from vocanalytics.settings import Quarter
from vocanalytics.settings.quarter import LOOKS_BACK

_DECISIONS = re.compile(r"data/curated/(\d{4}Q[1-4])/decisions\..+", re.IGNORECASE)


def history(places: Places, quarter: Quarter, inputs: tuple[InputFile, ...]) -> tuple[str, ...]:
    """The runs that stand for the quarters before one, nearest first; a quarter without one ends them."""
    return tuple(_running(places, quarter, inputs))


def _running(places: Places, quarter: Quarter, inputs: tuple[InputFile, ...]) -> Iterator[str]:
    for _ in range(LOOKS_BACK):
        quarter = quarter.previous
        run_id = last_published(places.ledger, str(quarter))
        if run_id is None or not _is_comparable(places, run_id, inputs):
            return
        yield run_id


def _is_comparable(places: Places, run_id: str, inputs: tuple[InputFile, ...]) -> bool:
    """Whether the tables of a run are there, and it is about the same company."""
    if not _has_tables(places, run_id):
        return False
    before = read_manifest(places.report(run_id) / "manifest.json").fingerprint.inputs
    now, then = (
        is_made_of_demonstration(places.root, {item.name: item.sha256 for item in part}) for part in (inputs, before)
    )
    return now == then


def _has_tables(places: Places, run_id: str) -> bool:
    needed = (places.tables(run_id) / "theme_scores.parquet", places.report(run_id) / "manifest.json")
    return all(path.is_file() for path in needed)


def scored_run(places: Places, quarter: Quarter) -> str:
    """The run that stands for a quarter, whose themes its session decided on.

    Raises
    ------
    SettingsError
        When there is none, or its tables were cleared away.
    """
    run_id = last_published(places.ledger, str(quarter))
    if run_id is None or not _has_tables(places, run_id):
        raise SettingsError(
            "this quarter has no published run to decide on",
            where=str(quarter),
            advice=f"Run it first with: make quarterly QUARTER={quarter}",
        )
    return run_id


def standing_run(places: Places, quarter: str = "", *, purpose: str) -> str:
    """The run that stands for a quarter; for the newest quarter on record if none is named.

    Parameters
    ----------
    places
        The folders of the project.
    quarter
        Such as 2026Q3, or empty.
    purpose
        What the run is wanted for, as the end of a sentence.

    Raises
    ------
    SettingsError
        When no run is published yet, or none of this quarter.
    """
    runs = [RunId.parse(entry.run_id) for entry in entries(places.ledger) if entry.event == "published"]
    quarters = sorted({Quarter.parse(run.period) for run in runs if run.pipeline == QUARTERLY})
    if not quarters:
        raise SettingsError("no run is published yet", advice=f"Run make quarterly first; {purpose}")
    wanted = Quarter.parse(quarter) if quarter else quarters[-1]
    run_id = last_published(places.ledger, str(wanted))
    if run_id is None:
        raise SettingsError(
            "this quarter has no published run",
            where=str(wanted),
            expected=f"one of {', '.join(map(str, quarters))}",
            advice=f"Run make quarterly QUARTER={wanted} first",
        )
    return run_id


def changed_decisions(places: Places, inputs: tuple[InputFile, ...]) -> list[str]:
    """What a reader must know of decisions that are not as the ledger recorded them, a sentence for each file."""
    said = []
    for item in inputs:
        match = _DECISIONS.fullmatch(item.name)
        if match is None:
            continue
        run_id = last_published(places.ledger, f"{match[1]}-decisions")
        manifest = places.report(run_id) / "manifest.json" if run_id else None
        if manifest is None or not manifest.is_file():
            continue
        recorded = {recorded.name: recorded.sha256 for recorded in read_manifest(manifest).fingerprint.inputs}
        if recorded.get(item.name) != item.sha256:
            said.append(
                f"{item.name} was changed after run {run_id} recorded it; make decisions QUARTER={match[1]} records "
                "what it says now"
            )
    return said
