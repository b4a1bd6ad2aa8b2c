"""A pipeline: its steps in order, each a notebook with parameters."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, field_validator

from vocanalytics.settings.reading import Frozen, read_settings

Parameter = str | int | float | bool

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NOTEBOOK = re.compile(r"[0-9]{2}_[a-z][a-z0-9_]*")

#: Parameters that the runner gives to every step; a pipeline file may not set them.
RUN_PARAMETERS = (
    "quarter",
    "month",
    "as_of",
    "run_dir",
    "model",
    "run_id",
    "previous_dir",
    "history_dirs",
    "scored_dir",
    "ledger_head",
)


class Step(Frozen):
    """One notebook of a pipeline and what goes into its parameters cell."""

    notebook: str
    title: str
    parameters: dict[str, Parameter] = Field(default_factory=dict)

    @field_validator("notebook")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not _NOTEBOOK.fullmatch(value):
            raise ValueError("a notebook is two digits, an underscore and a lower-case name, such as 10_pull")
        return value

    @field_validator("parameters")
    @classmethod
    def _plain_names(cls, value: dict[str, Parameter]) -> dict[str, Parameter]:
        # A parameter name becomes code in the executed notebook, so only plain names pass.
        for name in value:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a parameter name: lower-case letters, digits and underscores")
            if name in RUN_PARAMETERS:
                raise ValueError(f"{name!r} is given by the run and cannot be set here")
        return value


class Pipeline(Frozen):
    """The steps of a run, in order."""

    name: str
    steps: tuple[Step, ...]

    @field_validator("steps")
    @classmethod
    def _some_steps(cls, value: tuple[Step, ...]) -> tuple[Step, ...]:
        if not value:
            raise ValueError("a pipeline needs at least one step")
        notebooks = [step.notebook for step in value]
        if len(set(notebooks)) < len(notebooks):
            raise ValueError("a notebook stands twice in the pipeline")
        return value


def read_pipeline(path: Path) -> Pipeline:
    """The pipeline that a YAML file describes; anything wrong raises `SettingsError` with file and key."""
    return read_settings(path, Pipeline)
