"""What a run will do, settled before the first notebook starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vocanalytics.errors import SettingsError, SourceError
from vocanalytics.ledger import (
    Fingerprint,
    InputFile,
    Places,
    code_state,
    hash_inputs,
    last_published,
    read_manifest,
)
from vocanalytics.pipeline.demonstration import is_made_of_demonstration
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
    inputs = hash_inputs(root, input_files(root, quarter))
    fingerprint = Fingerprint(
        quarter=str(quarter),
        as_of=as_of.isoformat(),
        inputs=inputs,
        previous_run=_comparable_run(places, quarter, inputs),
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


def _comparable_run(places: Places, quarter: Quarter, inputs: tuple[InputFile, ...]) -> str | None:
    """The published run of the quarter before, if its tables are there and it is about the same company."""
    run_id = last_published(places.ledger, str(quarter.previous))
    if run_id is None:
        return None
    needed = (places.tables(run_id) / "theme_scores.parquet", places.report(run_id) / "manifest.json")
    if not all(path.is_file() for path in needed):
        return None
    before = read_manifest(places.report(run_id) / "manifest.json").fingerprint.inputs
    real = [
        is_made_of_demonstration(places.root, {item.name: item.sha256 for item in part}) for part in (inputs, before)
    ]
    return run_id if real[0] == real[1] else None


def input_files(root: Path, quarter: Quarter) -> list[Path]:
    """Every file that a run of the quarter reads, and every file that it only notes as not read.

    Raises
    ------
    SettingsError
        When the quarter has no exports at all.
    SourceError
        When an export is missing, or a file cannot be one.
    """
    raw, curated = root / "data" / "raw" / str(quarter), root / "data" / "curated"
    if not list(_visible(raw)):
        raise SettingsError(
            "there are no exports for this quarter",
            where=f"data/raw/{quarter}",
            expected="files such as feedback.csv and accounts.csv",
            advice="Put the exports there, or name another quarter with QUARTER=",
        )
    noted = [path for path in _visible(curated / str(quarter)) if path.stem.casefold() != "decisions"]
    codebook = curated / "codebook.yml"
    return sorted({*_read(root, quarter), *_visible(raw), *noted, *([codebook] if codebook.is_file() else [])})


def _read(root: Path, quarter: Quarter) -> list[Path]:
    """The files that the pull takes rows from."""
    from vocanalytics.sources.finding import find_files

    try:
        return [path for _, path in find_files(quarter, root / "data" / "raw", root / "data" / "curated").files]
    except SourceError as error:
        where = (error.where or "").removeprefix(f"{root.as_posix()}/")
        raise SourceError(
            error.what, where=where, found=error.found, expected=error.expected, advice=error.advice
        ) from None


def _visible(folder: Path) -> Iterator[Path]:
    """Files, without hidden ones and the locks of open workbooks."""
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
