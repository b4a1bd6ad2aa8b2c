"""What a run will do, settled before the first notebook starts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from vocanalytics.errors import SettingsError
from vocanalytics.ledger import Fingerprint, InputFile, Places, code_state, hash_inputs, read_manifest
from vocanalytics.ledger.places import QUARTERLY
from vocanalytics.pipeline.history import history, scored_run
from vocanalytics.pipeline.inputs import decision_files, export_files, weight_files
from vocanalytics.settings import Model, Pipeline, Quarter, config_sha256, read_model, read_pipeline, read_session
from vocanalytics.settings.month import Month
from vocanalytics.settings.pipeline import Parameter

MODEL_FILE = "pipelines/model.yml"

TRIAGE = "triage"
DECISIONS = "decisions"


@dataclass(frozen=True)
class Plan:
    """A run that could start now: its period, its settings, its inputs, and the id that follows from them."""

    places: Places
    quarter: Quarter
    month: Month | None
    as_of: dt.date
    model: Model
    pipeline: Pipeline
    fingerprint: Fingerprint

    @property
    def run_id(self) -> str:
        """The id of the run; the same work has the same id."""
        return self.fingerprint.run_id

    @property
    def label(self) -> str:
        """The period as a reader says it."""
        return self.month.label if self.month else self.quarter.label

    def given(self, ledger_head: str) -> dict[str, Parameter]:
        """What the run gives to every notebook that declares it; folders are relative to the project."""
        earlier = [self._folder(self.places.tables(run_id)) for run_id in self.fingerprint.runs]
        before = [] if self.pipeline.name == DECISIONS else earlier
        return {
            "quarter": str(self.quarter),
            "month": str(self.month or ""),
            "as_of": self.as_of.isoformat(),
            "run_dir": self._folder(self.places.staged_tables(self.run_id)),
            "model": MODEL_FILE,
            "run_id": self.run_id,
            "previous_dir": before[0] if before else "",
            "history_dirs": ",".join(before),
            "scored_dir": earlier[0] if self.pipeline.name == DECISIONS else "",
            "ledger_head": ledger_head,
        }

    def _folder(self, path: Path) -> str:
        return path.relative_to(self.places.root).as_posix()


def make_plan(
    root: Path,
    quarter: Quarter,
    *,
    as_of: dt.date | None = None,
    month: Month | None = None,
    pipeline: str = QUARTERLY,
) -> Plan:
    """Read the settings and fingerprint the inputs of a run.

    Parameters
    ----------
    root
        The project.
    quarter
        The quarter to score, or whose session has decided.
    as_of
        The day on which the clock stands still; if not given the last day of the period, and for decisions the day of
        the run that the session had before it.
    month
        The month of a triage; it lies in the quarter.
    pipeline
        The name of a file in `pipelines/`.

    Raises
    ------
    SettingsError
        When the settings are wrong, the quarter lacks what the pipeline reads, or the as-of date lies outside.
    """
    model = read_model(root / MODEL_FILE)
    steps = read_pipeline(root / "pipelines" / f"{pipeline}.yml")
    places = Places(root)
    _notebooks_exist(root, steps)
    inputs, runs, as_of = _read_by(places, model, quarter, month, as_of, pipeline)
    fingerprint = Fingerprint(
        pipeline=pipeline,
        quarter=str(quarter),
        month=str(month) if month else None,
        as_of=as_of.isoformat(),
        inputs=inputs,
        runs=runs,
        config_sha256=config_sha256(model, steps),
        code=code_state(root, [step.notebook for step in steps.steps]),
    )
    return Plan(places, quarter, month, as_of, model, steps, fingerprint)


def _read_by(
    places: Places, model: Model, quarter: Quarter, month: Month | None, as_of: dt.date | None, pipeline: str
) -> tuple[tuple[InputFile, ...], tuple[str, ...], dt.date]:
    """The files and published runs that a run reads, and the day on which its clock stands."""
    root = places.root
    read_session(root / "data" / "curated", quarter)  # a fault in it is said before anything runs
    if pipeline == DECISIONS:
        scored = scored_run(places, quarter)
        decided = dt.date.fromisoformat(read_manifest(places.report(scored) / "manifest.json").fingerprint.as_of)
        return hash_inputs(root, decision_files(root, quarter)), (scored,), decided
    first, last = (month.first_day, month.last_day) if month else (quarter.first_day, quarter.last_day)
    as_of = _within(as_of or last, first, last if month else None)
    inputs = hash_inputs(root, [*export_files(root, quarter), *weight_files(root, model.themes)])
    # A triage reads them too: words that had a theme in an earlier quarter keep it in the month as in the quarter.
    return inputs, history(places, quarter, inputs), as_of


def _within(as_of: dt.date, first: dt.date, last: dt.date | None) -> dt.date:
    """The as-of date, if it does not lie outside the period; a quarter may be looked at later, a month may not."""
    if first <= as_of and (last is None or as_of <= last):
        return as_of
    raise SettingsError(
        f"the as-of date lies {'before the quarter' if last is None else 'outside the month'}",
        where="AS_OF",
        found=as_of.isoformat(),
        expected=f"{first.isoformat()} {'or later' if last is None else f'to {last.isoformat()}'}",
    )


def _notebooks_exist(root: Path, pipeline: Pipeline) -> None:
    for step in pipeline.steps:
        path = root / "notebooks" / f"{step.notebook}.ipynb"
        if not path.is_file():
            raise SettingsError(
                "the pipeline names a notebook that does not exist",
                where=f"pipelines/{pipeline.name}.yml",
                found=step.notebook,
                expected=f"a file {path.relative_to(root)}",
            )
