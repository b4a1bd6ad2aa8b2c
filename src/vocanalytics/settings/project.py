"""Where a project is: the folder that holds `pipelines/`."""

from __future__ import annotations

import os
from pathlib import Path

from vocanalytics.errors import SettingsError


def enter_project() -> Path:
    """Go to the project's folder, from it or from a folder below it, so that relative paths mean the same everywhere.

    A pipeline starts a notebook in the project's folder, JupyterLab in the notebook's own.

    Raises
    ------
    SettingsError
        When no folder above holds `pipelines/`.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pipelines" / "model.yml").is_file():
            os.chdir(folder)
            return folder
    raise SettingsError("no project here", where=str(here), expected="a folder with pipelines/model.yml in it or above")
