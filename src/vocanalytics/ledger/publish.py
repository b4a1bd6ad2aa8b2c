"""Publishing: a run is in the ledger and on the disk, or in neither, whenever the machine stops."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from vocanalytics.errors import LedgerError
from vocanalytics.ledger.chain import append, entries, events_since, runs_that_stand
from vocanalytics.ledger.manifest import Manifest, read_manifest
from vocanalytics.ledger.places import Places, sha256_file, sync_folder, sync_tree, write_durably

#: How far a run got: not even to its line of intent, so far that the next start publishes it, or all the way.
Standing = Literal["nothing", "complete", "published"]


def publish(places: Places, manifest: Manifest) -> Path:
    """Move a staged run to where people find it, and say so in the ledger.

    The order is: manifest, everything on the disk, a line of intent, the tables, the report, a line of publication.
    `reconcile` finishes or removes whatever a crash leaves between those. Call it with the project's lock held.

    Returns
    -------
    Path
        The published report folder.
    """
    run_id = manifest.run_id
    staged_tables, staged_report = places.staged_tables(run_id), places.staged_report(run_id)
    write_durably(staged_report / "manifest.json", manifest.text())
    digest = sha256_file(staged_report / "manifest.json")
    sync_tree(staged_tables)
    sync_tree(staged_report)
    append(places.ledger, run_id, "intent", digest)
    _move(staged_tables, places.tables(run_id))
    _move(staged_report, places.report(run_id))
    append(places.ledger, run_id, "published", digest)
    _supersede(places)
    return places.report(run_id)


def _move(staged: Path, final: Path) -> None:
    if not staged.exists():
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    if final.exists():
        shutil.rmtree(final)
    staged.rename(final)
    sync_folder(final.parent)
    sync_folder(staged.parent)


def standing(places: Places, run_id: str, since: str) -> Standing:
    """How far a run got after the ledger's head was `since`, for whoever must say so when it was stopped."""
    events = events_since(places.ledger, since, run_id)
    if "published" in events:
        return "published"
    return "complete" if "intent" in events else "nothing"


def _supersede(places: Places) -> list[str]:
    """Say of every published run that a later one of its series replaced it, where the ledger does not say so yet."""
    chain = entries(places.ledger)
    stand = set(runs_that_stand(chain).values())
    last_said = {entry.run_id: entry for entry in chain if entry.event in ("published", "superseded")}
    replaced = [entry for entry in last_said.values() if entry.event == "published" and entry.run_id not in stand]
    for entry in replaced:
        append(places.ledger, entry.run_id, "superseded", entry.manifest_sha256)
    return [entry.run_id for entry in replaced]


def reconcile(places: Places) -> list[str]:
    """Bring ledger and folders together after a run that did not end, and clear what it left in staging.

    A run with a line of intent whose files are all there is published now; of any other nothing stays, except what
    an earlier publication of the same run put there: that stands, and the intent to replace it comes to nothing.
    Call it with the project's lock held.

    Returns
    -------
    list of str
        One sentence for each thing that was put right.
    """
    said: list[str] = []
    published: dict[str, str] = {}
    open_intents: dict[str, str] = {}
    for entry in entries(places.ledger):
        if entry.event == "intent":
            open_intents[entry.run_id] = entry.manifest_sha256
        elif entry.event == "published":
            published[entry.run_id] = entry.manifest_sha256
            open_intents.pop(entry.run_id, None)
    for run_id, digest in open_intents.items():
        said += _settle(places, run_id, digest, published.get(run_id))
    said += [f"Run {run_id} is marked as superseded now." for run_id in _supersede(places)]
    for folder in (places.root / "data" / "processed" / ".staging", places.reports / ".staging"):
        shutil.rmtree(folder, ignore_errors=True)
    return said


def _settle(places: Places, run_id: str, intended: str, published: str | None) -> list[str]:
    """Finish what a run intended if its files are all there, else keep what it published, else remove it."""
    tables, report = places.tables(run_id), places.report(run_id)
    staged_tables, staged_report = places.staged_tables(run_id), places.staged_report(run_id)
    whole = _is_whole(
        places,
        run_id,
        intended,
        tables=staged_tables if staged_tables.exists() else tables,
        report=staged_report if staged_report.exists() else report,
    )
    if whole:
        _move(staged_tables, tables)
        _move(staged_report, report)
        append(places.ledger, run_id, "published", intended)
        return [f"Run {run_id} was complete but not in the ledger; it is published now."]
    if published and _is_whole(places, run_id, published, tables=tables, report=report):
        return []
    if not tables.exists() and not report.exists():
        return []
    shutil.rmtree(tables, ignore_errors=True)
    shutil.rmtree(report, ignore_errors=True)
    return [f"Run {run_id} stopped half-way; what it left was removed."]


def _is_whole(places: Places, run_id: str, digest: str, *, tables: Path, report: Path) -> bool:
    """Whether two folders hold every file of a run, as the manifest with this digest lists them."""
    manifest = report / "manifest.json"
    if not manifest.is_file() or sha256_file(manifest) != digest:
        return False
    try:
        outputs = read_manifest(manifest).outputs
    except LedgerError:
        return False
    return all(_holds(_now_at(places, run_id, output.path, tables, report), output.sha256) for output in outputs)


def _now_at(places: Places, run_id: str, output: str, tables: Path, report: Path) -> Path:
    """Where a file of a run lies while its folders are at these places."""
    path = places.root / output
    for final, now in ((places.tables(run_id), tables), (places.report(run_id), report)):
        if path.is_relative_to(final):
            return now / path.relative_to(final)
    return path


def _holds(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256
