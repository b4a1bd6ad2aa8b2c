"""Projects with published runs to explore: an invented company, twelve themes, eleven of them in the codebook."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from report_runs import THEMES, Spec, theme_id, write_run

from vocanalytics.ledger import append, build_manifest
from vocanalytics.ledger.places import sha256_file, write_durably
from vocanalytics.pipeline import make_plan
from vocanalytics.settings import Quarter

CODEBOOK = "data/curated/codebook.yml"
#: The theme that nobody has confirmed yet stands in the run only.
PROPOSAL = "P-0123abcd"
_PAST = "2026Q2"
_NOW = "2026Q3"


def made_project(root: Path, folder: Path) -> Path:
    """A project with two quarters published, the older one with other accounts behind the themes."""
    for name in ("pipelines", "notebooks"):
        shutil.copytree(root / name, folder / name)
    (folder / "expectations").symlink_to(root / "expectations")
    write_durably(folder / CODEBOOK, codebook_text())
    spec = Spec()
    before = Quarter.parse(_PAST)
    _publish(folder, replace(spec, quarter=before, as_of=before.last_day, seed=107))
    _publish(folder, spec)
    return folder


def codebook_text() -> str:
    """The codebook, with a comment that must survive; the last two themes are not in it."""
    lines = ["# Ask Maria before you merge anything.", "themes:"]
    for place, (name, _, _, _, said) in enumerate(THEMES[:-1]):
        lines += [f"- theme_id: {theme_id(place)}", f"  name: {name}", "  exemplars:", f'  - text: "{said}"']
    return "\n".join(lines) + "\n"


def _publish(project: Path, spec: Spec) -> str:
    """Tables, manifest and the line in the ledger, without the notebooks."""
    import polars as pl

    for name in ("feedback.csv", "accounts.csv"):
        write_durably(project / "data/raw" / str(spec.quarter) / name, str(spec.quarter))
    plan = make_plan(project, spec.quarter)
    tables, report = plan.places.tables(plan.run_id), plan.places.report(plan.run_id)
    tables.mkdir(parents=True)
    write_run(spec, tables)
    for name in ("mentions", "themes", "theme_accounts"):
        path = tables / f"{name}.parquet"
        renamed = pl.read_parquet(path).with_columns(pl.col("theme_id").replace(theme_id(len(THEMES) - 1), PROPOSAL))
        if name == "themes":
            renamed = renamed.with_columns(
                status=pl.when(theme_id=PROPOSAL).then(pl.lit("proposed")).otherwise("status")
            )
        renamed.write_parquet(path)
    records = {"exports": [], "validation": {}, "row_accounting": [], "themes": {}}
    manifest = build_manifest(
        project, plan.fingerprint, configuration={}, seed=7, records=records, ledger_head="", folders={}
    )
    write_durably(report / "manifest.json", manifest.text())
    append(plan.places.ledger, plan.run_id, "published", sha256_file(report / "manifest.json"))
    return plan.run_id
