"""Publishing: a run is in the ledger and on the disk, or in neither, whenever the machine stops."""

from __future__ import annotations

import shutil
from pathlib import Path

from vocanalytics.errors import LedgerError
from vocanalytics.ledger.chain import append, entries, last_published
from vocanalytics.ledger.manifest import Manifest, read_manifest
from vocanalytics.ledger.places import Places, sha256_file, sync_folder, sync_tree, write_durably


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
    earlier = last_published(places.ledger, run_id[:6])
    append(places.ledger, run_id, "intent", digest)
    _move(staged_tables, places.tables(run_id))
    _move(staged_report, places.report(run_id))
    append(places.ledger, run_id, "published", digest)
    if earlier is not None and earlier != run_id:
        append(places.ledger, earlier, "superseded", sha256_file(places.report(earlier) / "manifest.json"))
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


def reconcile(places: Places) -> list[str]:
    """Bring ledger and folders together after a run that did not end, and clear what it left in staging.

    A run with a line of intent whose files are all there is published now; of any other nothing stays.
    Call it with the project's lock held.

    Returns
    -------
    list of str
        One sentence for each thing that was put right.
    """
    said: list[str] = []
    open_intents: dict[str, str] = {}
    for entry in entries(places.ledger):
        if entry.event == "intent":
            open_intents[entry.run_id] = entry.manifest_sha256
        elif entry.event == "published":
            open_intents.pop(entry.run_id, None)
    for run_id, digest in open_intents.items():
        _move(places.staged_tables(run_id), places.tables(run_id))
        _move(places.staged_report(run_id), places.report(run_id))
        if _is_whole(places, run_id, digest):
            append(places.ledger, run_id, "published", digest)
            said.append(f"Run {run_id} was complete but not in the ledger; it is published now.")
        elif places.tables(run_id).exists() or places.report(run_id).exists():
            shutil.rmtree(places.tables(run_id), ignore_errors=True)
            shutil.rmtree(places.report(run_id), ignore_errors=True)
            said.append(f"Run {run_id} stopped half-way; what it left was removed.")
    for folder in (places.root / "data" / "processed" / ".staging", places.reports / ".staging"):
        shutil.rmtree(folder, ignore_errors=True)
    return said


def _is_whole(places: Places, run_id: str, digest: str) -> bool:
    path = places.report(run_id) / "manifest.json"
    if not path.is_file() or sha256_file(path) != digest:
        return False
    try:
        outputs = read_manifest(path).outputs
    except LedgerError:
        return False
    files = [(places.root / output.path, output.sha256) for output in outputs]
    return all(file.is_file() and sha256_file(file) == expected for file, expected in files)
