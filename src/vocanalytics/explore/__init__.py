"""What people open in JupyterLab: the themes of a published run as a map, their curation, and a sheet to judge them.

Nothing here runs in a pipeline. A published run is only read; what people decide goes to `data/curated/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from vocanalytics.explore.atlas import Atlas
    from vocanalytics.explore.widgets import LabelSheet, ThemeMap

__all__ = ["curate", "label", "open_atlas"]


def open_atlas(root: Path, quarter: str = "") -> Atlas:
    """The themes of the run that stands for a quarter, drawn as a map.

    Parameters
    ----------
    root
        The project.
    quarter
        Such as 2026Q3; empty for the newest quarter that has a published run.

    Raises
    ------
    SettingsError
        When no run is published, or none of this quarter.
    ContractError
        When the tables of the run were cleared away.
    ThemeError
        When the weights of the encoder are not here.
    """
    from vocanalytics.explore.atlas import read_atlas
    from vocanalytics.explore.telling import in_one_line

    with in_one_line():
        return read_atlas(root, quarter)


def curate(atlas: Atlas, codebook: Path, now: Callable[[], dt.datetime]) -> ThemeMap:
    """The map with the panel where people rename, merge, split and move; each change is in the codebook at once.

    Parameters
    ----------
    atlas
        From `open_atlas`.
    codebook
        `data/curated/codebook.yml`.
    now
        The clock, for the log of the codebook.

    Raises
    ------
    ThemeError
        When the codebook cannot be read.
    """
    from vocanalytics.explore.desk import Desk
    from vocanalytics.explore.telling import in_one_line
    from vocanalytics.explore.widgets import ThemeMap

    with in_one_line():
        return ThemeMap(Desk(atlas, codebook, now))


def label(atlas: Atlas, curated_dir: Path, now: Callable[[], dt.datetime]) -> LabelSheet:
    """Fifty verbatims by lot, to be judged one at a time; from them follows how good the themes are, with an interval.

    Parameters
    ----------
    atlas
        From `open_atlas`.
    curated_dir
        `data/curated`; each person's labels go to a file of their own in the folder of the quarter.
    now
        The clock, for the labels.
    """
    from vocanalytics.explore.labelling import Sheet
    from vocanalytics.explore.telling import in_one_line
    from vocanalytics.explore.widgets import LabelSheet

    with in_one_line():
        return LabelSheet(Sheet(atlas, curated_dir, now))
