"""The scoring model and the pipeline, read from YAML into objects that cannot change and know every key."""

from vocanalytics.settings.model import (
    AlignmentSettings,
    BreadthSettings,
    ComplianceSettings,
    FastPath,
    FirmnessSettings,
    Model,
    ReadingSettings,
    ReportSettings,
    RevenueSettings,
    ThemeSettings,
    TriageSettings,
    ValidationSettings,
    read_model,
)
from vocanalytics.settings.month import Month
from vocanalytics.settings.pipeline import Pipeline, Step, read_pipeline
from vocanalytics.settings.project import enter_project
from vocanalytics.settings.quarter import Quarter
from vocanalytics.settings.reading import config_sha256
from vocanalytics.settings.session import Session, read_session

__all__ = [
    "AlignmentSettings",
    "BreadthSettings",
    "ComplianceSettings",
    "FastPath",
    "FirmnessSettings",
    "Model",
    "Month",
    "Pipeline",
    "Quarter",
    "ReadingSettings",
    "ReportSettings",
    "RevenueSettings",
    "Session",
    "Step",
    "ThemeSettings",
    "TriageSettings",
    "ValidationSettings",
    "config_sha256",
    "enter_project",
    "read_model",
    "read_pipeline",
    "read_session",
]
