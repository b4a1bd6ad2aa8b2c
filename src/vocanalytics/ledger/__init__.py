"""The record of every run: manifest, run record, append-only ledger, and publishing that survives a crash."""

from vocanalytics.ledger.chain import Entry, append, entries, head, last_published, runs_that_stand
from vocanalytics.ledger.fingerprint import CodeState, Fingerprint, InputFile, code_state, hash_inputs
from vocanalytics.ledger.lock import project_lock
from vocanalytics.ledger.manifest import Manifest, build_manifest, read_manifest
from vocanalytics.ledger.places import Places, RunId
from vocanalytics.ledger.publish import Standing, publish, reconcile, standing
from vocanalytics.ledger.verify import verify

__all__ = [
    "CodeState",
    "Entry",
    "Fingerprint",
    "InputFile",
    "Manifest",
    "Places",
    "RunId",
    "Standing",
    "append",
    "build_manifest",
    "code_state",
    "entries",
    "hash_inputs",
    "head",
    "last_published",
    "project_lock",
    "publish",
    "read_manifest",
    "reconcile",
    "runs_that_stand",
    "standing",
    "verify",
]
