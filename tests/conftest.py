"""Fixtures for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real verbatims and borrowed hostile cases, kept beside the project; a machine without them skips the test."""
    folder = Path(os.environ.get("VOCANALYTICS_SHARED", ROOT.parent / "shared"))
    if not (folder / "cases").is_dir():
        pytest.skip(f"no shared cases beside the project (looked in {folder})")
    return folder
