"""The scoring model and the pipeline, read from YAML into objects that cannot change and know every key."""

from vocanalytics.settings.model import (
    AlignmentSettings,
    BreadthSettings,
    Model,
    ReadingSettings,
    ReportSettings,
    RevenueSettings,
    ThemeSettings,
    ValidationSettings,
    read_model,
)
from vocanalytics.settings.pipeline import Pipeline, Step, read_pipeline
from vocanalytics.settings.project import enter_project
from vocanalytics.settings.quarter import Quarter
from vocanalytics.settings.reading import config_sha256

__all__ = [
    "AlignmentSettings",
    "BreadthSettings",
    "Model",
    "Pipeline",
    "Quarter",
    "ReadingSettings",
    "ReportSettings",
    "RevenueSettings",
    "Step",
    "ThemeSettings",
    "ValidationSettings",
    "config_sha256",
    "enter_project",
    "read_model",
    "read_pipeline",
]
