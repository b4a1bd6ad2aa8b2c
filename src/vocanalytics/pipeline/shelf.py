"""The shelf of published runs: `reports/index.html`, made again after every run from what the ledger lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vocanalytics.errors import VocError
from vocanalytics.ledger import Entry, Places, RunId, entries, read_manifest, runs_that_stand
from vocanalytics.ledger.places import QUARTERLY, write_durably
from vocanalytics.pipeline.plan import DECISIONS, TRIAGE
from vocanalytics.settings import Quarter
from vocanalytics.settings.month import Month

if TYPE_CHECKING:
    from vocanalytics.report import IndexEntry, TriageEntry

#: The page of a run that a reader opens first, by pipeline.
FIRST_PAGES = {QUARTERLY: "preread.html", TRIAGE: "triage.html", DECISIONS: "memos/index.html"}


def first_page(run_id: str) -> str:
    """Where a reader begins with a run, from the folder `reports`."""
    named = RunId.parse(run_id)
    return f"{named.period}/{run_id}/{FIRST_PAGES.get(named.pipeline, 'manifest.json')}"


def quarter_of(run_id: str) -> Quarter:
    """The quarter of a run, or the one that holds its month."""
    period = RunId.parse(run_id).period
    return Quarter.parse(period) if "Q" in period else Month.parse(period).quarter


def published_runs(places: Places) -> list[Entry]:
    """The published runs whose report is still there, newest first, each once."""
    seen: dict[str, Entry] = {}
    for entry in reversed(entries(places.ledger)):
        if entry.event == "published" and (places.report(entry.run_id) / "manifest.json").is_file():
            seen.setdefault(entry.run_id, entry)
    return list(seen.values())


def write_index(places: Places) -> None:
    """Write the index of all runs; a run whose tables were cleared away is listed with what its manifest knows."""
    from vocanalytics import report

    by_pipeline: dict[str, list[Entry]] = {QUARTERLY: [], TRIAGE: []}
    for entry in published_runs(places):
        by_pipeline.setdefault(RunId.parse(entry.run_id).pipeline, []).append(entry)
    stand = runs_that_stand(entries(places.ledger))
    rows = [_row(places, entry, stand) for entry in by_pipeline[QUARTERLY]]
    months = sorted(by_pipeline[TRIAGE], key=lambda entry: RunId.parse(entry.run_id).period, reverse=True)
    triages = [_triage(places, entry, stand) for entry in months]
    write_durably(places.reports / "index.html", report.build_index(rows, triages))


def _row(places: Places, entry: Entry, stand: Mapping[str, str]) -> IndexEntry:
    from vocanalytics import report

    run_id, quarter = entry.run_id, RunId.parse(entry.run_id).period
    as_of, recorded = _recorded(places, run_id)
    scored, top_themes = _scored(places, run_id)
    return report.IndexEntry(
        quarter=quarter,
        run_id=run_id,
        as_of=as_of,
        themes=recorded if scored is None else scored,
        top_themes=top_themes,
        ledger_hash=entry.hash,
        link=first_page(run_id),
        superseded=stand.get(quarter) != run_id,
        decisions=_decided_after(places, stand.get(f"{quarter}-{DECISIONS}"), run_id),
    )


def _decided_after(places: Places, decided: str | None, run_id: str) -> str:
    """Where the decisions of the quarter are, if its session had this run before it; else empty."""
    try:
        manifest = read_manifest(places.report(decided) / "manifest.json") if decided else None
    except VocError:
        return ""
    return first_page(decided) if decided and manifest and run_id in manifest.fingerprint.runs else ""


def _triage(places: Places, entry: Entry, stand: Mapping[str, str]) -> TriageEntry:
    from vocanalytics import report

    named = RunId.parse(entry.run_id)
    return report.TriageEntry(
        month=named.period,
        run_id=entry.run_id,
        as_of=_recorded(places, entry.run_id)[0],
        ledger_hash=entry.hash,
        link=first_page(entry.run_id),
        superseded=stand.get(named.series) != entry.run_id,
    )


def _recorded(places: Places, run_id: str) -> tuple[str, int]:
    """As-of date and number of themes by the manifest; a manifest that somebody broke is for `verify` to report."""
    try:
        manifest = read_manifest(places.report(run_id) / "manifest.json")
        return manifest.fingerprint.as_of, int(manifest.themes.get("themes", 0))
    except (VocError, ValueError, TypeError):
        return "unknown", 0


def _scored(places: Places, run_id: str) -> tuple[int | None, tuple[str, ...]]:
    """How many themes a run scored, and the first three; neither when its tables are gone."""
    import polars as pl

    from vocanalytics.tables import read_table

    try:
        scores = read_table(places.tables(run_id), "theme_scores")
        ranked = scores.filter(pl.col("rank").is_not_null()).sort("rank")
        return scores.height, tuple(ranked["theme_name"].head(3).to_list())
    except (VocError, OSError, pl.exceptions.PolarsError):
        return None, ()
