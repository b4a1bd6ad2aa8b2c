"""The shelf of published runs: `reports/index.html`, made again after every run from what the ledger lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vocanalytics.errors import VocError
from vocanalytics.ledger import Entry, Places, entries, last_published, read_manifest
from vocanalytics.ledger.places import write_durably

if TYPE_CHECKING:
    from vocanalytics.report import IndexEntry


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

    rows = [_row(places, entry) for entry in published_runs(places)]
    write_durably(places.reports / "index.html", report.build_index(rows))


def _row(places: Places, entry: Entry) -> IndexEntry:
    from vocanalytics import report

    run_id, quarter = entry.run_id, entry.run_id[:6]
    as_of, recorded = _recorded(places, run_id)
    scored, top_themes = _scored(places, run_id)
    return report.IndexEntry(
        quarter=quarter,
        run_id=run_id,
        as_of=as_of,
        themes=recorded if scored is None else scored,
        top_themes=top_themes,
        ledger_hash=entry.hash,
        link=f"{quarter}/{run_id}/preread.html",
        superseded=last_published(places.ledger, quarter) != run_id,
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
