"""Verify: nothing of a published run changed on disk, and the ledger's chain holds."""

from __future__ import annotations

from vocanalytics.errors import LedgerError
from vocanalytics.ledger.chain import entries
from vocanalytics.ledger.manifest import read_manifest
from vocanalytics.ledger.places import Places, sha256_file


def verify(places: Places, run_id: str) -> list[str]:
    """What does not hold for a run; an empty list when everything does.

    Raises
    ------
    LedgerError
        When the ledger itself is broken, or the run was never published.
    """
    chain = entries(places.ledger)
    published = [entry for entry in chain if entry.run_id == run_id and entry.event == "published"]
    if not published:
        raise LedgerError("the ledger has no such run", where=str(places.ledger), found=run_id)
    path = places.report(run_id) / "manifest.json"
    manifest = read_manifest(path)
    faults = []
    if sha256_file(path) != published[-1].manifest_sha256:
        faults.append(f"{path.relative_to(places.root)}: not the manifest that the ledger records")
    if manifest.run_id != run_id or manifest.fingerprint.run_id != run_id:
        faults.append(f"{path.relative_to(places.root)}: not the manifest of {run_id}")
    if manifest.ledger_head not in {entry.prev_hash for entry in chain}:
        faults.append("the ledger's head that the report prints is not in the chain")
    for output in manifest.outputs:
        file = places.root / output.path
        if not file.is_file():
            faults.append(f"{output.path}: gone")
        elif sha256_file(file) != output.sha256:
            faults.append(f"{output.path}: changed since it was published")
    listed = {output.path for output in manifest.outputs}
    for folder in (places.tables(run_id), places.report(run_id)):
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(places.root).as_posix()
            inner = file.relative_to(folder).as_posix()
            known = name in listed or inner in ("manifest.json", "run.json") or inner.startswith("notebooks")
            if file.is_file() and not known:
                faults.append(f"{name}: not part of the run")
    return faults
