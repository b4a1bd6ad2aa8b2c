"""Verify: nothing of a published run changed on disk, and the ledger's chain holds."""

from __future__ import annotations

import json

from vocanalytics.errors import LedgerError
from vocanalytics.ledger.chain import entries
from vocanalytics.ledger.manifest import read_manifest
from vocanalytics.ledger.places import Places, sha256_file


def verify(places: Places, run_id: str) -> list[str]:
    """What does not hold for a run; an empty list when everything does.

    The chain vouches for the manifest and the manifest for every output. Executed notebooks carry times, so they are
    compared with `run.json`, which nothing vouches for: who replaces both together is not found out here.

    Raises
    ------
    LedgerError
        When the ledger itself is broken, or the run was never published.
    """
    chain = entries(places.ledger)
    published = [entry for entry in chain if entry.run_id == run_id and entry.event == "published"]
    if not published:
        raise LedgerError(
            "the ledger has no such run", where=str(places.ledger), found=run_id, advice="make runs lists them"
        )
    path = places.report(run_id) / "manifest.json"
    manifest = read_manifest(path)
    faults = []
    if sha256_file(path) != published[-1].manifest_sha256:
        faults.append(f"{path.relative_to(places.root)}: not the manifest that the ledger records")
    if manifest.run_id != run_id or manifest.fingerprint.run_id != run_id:
        faults.append(f"{path.relative_to(places.root)}: not the manifest of {run_id}")
    if manifest.ledger_head not in {entry.prev_hash for entry in chain}:
        faults.append("the ledger's head that the report prints is not in the chain")
    noted, unreadable = _notebooks(places, run_id)
    faults += unreadable
    expected = {output.path: output.sha256 for output in manifest.outputs} | noted
    for name, sha256 in expected.items():
        file = places.root / name
        if not file.is_file():
            faults.append(f"{name}: gone")
        elif sha256_file(file) != sha256:
            faults.append(f"{name}: changed since it was published")
    return faults + _strangers(places, run_id, set(expected))


def _notebooks(places: Places, run_id: str) -> tuple[dict[str, str], list[str]]:
    """Path to hash of the executed notebooks, as `run.json` notes them, and what is wrong with that file."""
    path = places.report(run_id) / "run.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["run_id"] != run_id:
            return {}, [f"{path.relative_to(places.root)}: not the record of {run_id}"]
        folder = path.parent.relative_to(places.root).as_posix()
        return {f"{folder}/notebooks/{name}.ipynb": str(digest) for name, digest in record["notebooks"].items()}, []
    except FileNotFoundError:
        return {}, [f"{path.relative_to(places.root)}: gone"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}, [f"{path.relative_to(places.root)}: not the record of a run"]


def _strangers(places: Places, run_id: str, expected: set[str]) -> list[str]:
    """Files in the folders of a run that are not part of it."""
    report = places.report(run_id)
    known = {places.root / name for name in expected} | {report / "manifest.json", report / "run.json"}
    found = [file for folder in (places.tables(run_id), report) for file in sorted(folder.rglob("*"))]
    strange = [file for file in found if file not in known and (file.is_symlink() or not file.is_dir())]
    return [f"{file.relative_to(places.root).as_posix()}: not part of the run" for file in strange]
