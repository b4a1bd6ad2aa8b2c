"""What a run will do, settled before the first notebook starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vocanalytics.errors import SettingsError
from vocanalytics.ledger import Fingerprint, Places, code_state, hash_inputs, last_published
from vocanalytics.settings import Model, Pipeline, Quarter, config_sha256, read_model, read_pipeline

MODEL_FILE = "pipelines/model.yml"


@dataclass(frozen=True)
class Plan:
    """A run that could start now: its quarter, its settings, its inputs, and the id that follows from them."""

    places: Places
    quarter: Quarter
    as_of: dt.date
    model: Model
    pipeline: Pipeline
    fingerprint: Fingerprint

    @property
    def run_id(self) -> str:
        """The id of the run; the same work has the same id."""
        return self.fingerprint.run_id

    @property
    def previous_run(self) -> str | None:
        """The published run of the quarter before, with which this one is compared."""
        return self.fingerprint.previous_run


def make_plan(root: Path, quarter: Quarter, *, as_of: dt.date | None = None, pipeline: str = "quarterly") -> Plan:
    """Read the settings and fingerprint the inputs of a run.

    Parameters
    ----------
    root
        The project.
    quarter
        The quarter to score.
    as_of
        The day on which the scoring clock stands still; the last day of the quarter if not given.
    pipeline
        The name of a file in `pipelines/`.

    Raises
    ------
    SettingsError
        When the settings are wrong, the quarter has no exports, or the as-of date lies before the quarter.
    """
    as_of = as_of or quarter.last_day
    if as_of < quarter.first_day:
        raise SettingsError(
            "the as-of date lies before the quarter",
            where="AS_OF",
            found=as_of.isoformat(),
            expected=f"{quarter.first_day.isoformat()} or later",
        )
    model = read_model(root / MODEL_FILE)
    steps = read_pipeline(root / "pipelines" / f"{pipeline}.yml")
    places = Places(root)
    _notebooks_exist(root, steps)
    fingerprint = Fingerprint(
        quarter=str(quarter),
        as_of=as_of.isoformat(),
        inputs=hash_inputs(root, input_files(root, quarter)),
        previous_run=_comparable_run(places, quarter.previous),
        config_sha256=config_sha256(model, steps),
        code=code_state(root, [step.notebook for step in steps.steps]),
    )
    return Plan(places, quarter, as_of, model, steps, fingerprint)


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


def _comparable_run(places: Places, quarter: Quarter) -> str | None:
    run_id = last_published(places.ledger, str(quarter))
    return run_id if run_id and (places.tables(run_id) / "theme_scores.parquet").is_file() else None


def input_files(root: Path, quarter: Quarter) -> list[Path]:
    """Every file that a run of the quarter may read.

    Raises
    ------
    SettingsError
        When the quarter has no exports at all.
    """
    raw = root / "data" / "raw" / str(quarter)
    exports = list(_visible(raw))
    if not exports:
        raise SettingsError(
            "there are no exports for this quarter",
            where=f"data/raw/{quarter}",
            expected="files such as feedback.csv and accounts.csv",
            advice="Put the exports there, or name another quarter with QUARTER=",
        )
    curated = root / "data" / "curated"
    others = [curated / "codebook.yml", curated / str(quarter.previous) / "decisions.csv"]
    return [*exports, *_visible(curated / str(quarter)), *(path for path in others if path.is_file())]


def _visible(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith("."))
