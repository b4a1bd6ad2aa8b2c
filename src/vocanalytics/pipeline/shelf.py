"""The shelf of published runs: `reports/index.html`, made again after every run from what the ledger lists."""

from __future__ import annotations

from vocanalytics.ledger import Entry, Places, entries, read_manifest
from vocanalytics.ledger.places import write_durably


def published_runs(places: Places) -> list[Entry]:
    """The published runs whose report is still there, newest first, each once."""
    seen: dict[str, Entry] = {}
    for entry in reversed(entries(places.ledger)):
        if entry.event == "published" and (places.report(entry.run_id) / "manifest.json").is_file():
            seen.setdefault(entry.run_id, entry)
    return list(seen.values())


def write_index(places: Places) -> None:
    """Write the index of all runs."""
    from vocanalytics import report
    from vocanalytics.tables import read_table

    rows = []
    superseded = {entry.run_id for entry in entries(places.ledger) if entry.event == "superseded"}
    for entry in published_runs(places):
        scores = read_table(places.tables(entry.run_id), "theme_scores")
        ranked = scores.filter(scores["rank"].is_not_null()).sort("rank")
        rows.append(
            report.IndexEntry(
                quarter=entry.run_id[:6],
                run_id=entry.run_id,
                as_of=read_manifest(places.report(entry.run_id) / "manifest.json").fingerprint.as_of,
                themes=scores.height,
                top_themes=tuple(ranked["theme_name"].head(3).to_list()),
                ledger_hash=entry.hash,
                link=f"{entry.run_id[:6]}/{entry.run_id}/preread.html",
                superseded=entry.run_id in superseded,
            )
        )
    write_durably(places.reports / "index.html", report.build_index(rows))
