"""What the steps left on record, gathered for the manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vocanalytics.ledger import Manifest, build_manifest
from vocanalytics.ledger.places import sha256_file
from vocanalytics.pipeline.plan import Plan


def _read(tables: Path, name: str) -> Any:
    path = tables / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def manifest_of(plan: Plan, tables: Path, report: Path, ledger_head: str) -> Manifest:
    """The manifest of a run whose tables and report lie in staging."""
    validation = _read(tables, "validation.json")
    themes = dict(_read(tables, "themes.json"))
    root = plan.places.root
    return build_manifest(
        root,
        plan.fingerprint,
        configuration={
            "model": plan.model.model_dump(mode="json"),
            "pipeline": plan.pipeline.model_dump(mode="json"),
        },
        seed=plan.model.themes.seed,
        records={
            "exports": _read(tables, "receipts.json") or [],
            "validation": {"checks": validation.get("checks", [])},
            "row_accounting": validation.get("rows", []),
            "themes": {**themes, **_assignment(tables / "mentions.parquet")},
        },
        ledger_head=ledger_head,
        folders={
            plan.places.tables(plan.run_id).relative_to(root).as_posix(): tables,
            plan.places.report(plan.run_id).relative_to(root).as_posix(): report,
        },
    )


def _assignment(mentions: Path) -> dict[str, str]:
    """The hash of which verbatim is in which theme, where the run has themes."""
    return {"assignment_sha256": sha256_file(mentions)} if mentions.is_file() else {}


#: Where the steps keep their notes, in the order of the steps.
_NOTED = ("validation.json", "scoring.json", "triage.json", "decisions.json")


def notes_of(tables: Path) -> list[str]:
    """What the steps found worth saying, in the order of the steps."""
    noted = [note for name in _NOTED for note in _read(tables, name).get("notes", ())]
    return noted + _names_to_ask_for(_read(tables, "themes.json"))


def _names_to_ask_for(themes: Mapping[str, Any]) -> list[str]:
    """Where a model may suggest names and was not asked yet: a run asks nobody, so it says who does."""
    number = themes.get("names_not_asked_for") or 0
    if not number:
        return []
    who = f"{number} new themes" if number > 1 else "A new theme"
    return [f"{who} could have a name from {themes['names_asked_of']}: make naming shows first what would be sent"]
