"""Fixtures for every test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the runs from end to end: they take longest, so the other worker has something to do beside them."""
    items.sort(key=lambda item: item.get_closest_marker("end_to_end") is None)


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


@pytest.fixture(scope="session")
def encoders() -> Path:
    """The prepared weights of `static` and `sentence`; a machine without them skips the test, CI may not."""
    folder = Path(os.environ.get("VOCANALYTICS_ENCODERS", ROOT / "data" / "encoders"))
    if not all((folder / name / "weights.json").is_file() for name in ("sentence", "static")):
        if os.environ.get("CI"):
            pytest.fail(f"no prepared encoders in CI (looked in {folder}): make encoders comes before make test")
        pytest.skip(f"no prepared encoders (looked in {folder}); make encoders prepares them")
    return folder


CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; a machine without one skips the test, CI may not."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium in CI: the browser tests must run there")
        pytest.skip("no Chromium on this machine")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()
