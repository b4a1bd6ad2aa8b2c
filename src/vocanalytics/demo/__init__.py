"""A fictitious company, Torvane, and two quarters of what its customers say: something to run before any export is.

Torvane sells software for field service: a planning board, a mobile app for technicians, and reports. Accounts, people,
products and messages are invented; the messages were written by hand, and a seed decides who says what when.
"""

from __future__ import annotations

from pathlib import Path

QUARTERS = ("2026Q2", "2026Q3")


def write_demo(root: Path, seed: int = 7, *, overwrite: bool = False) -> list[Path]:
    """Two quarters to try everything on: exports below `data/raw`, what people decided below `data/curated`.

    The same seed gives the same bytes. Files that are already there with these bytes are left alone.

    Parameters
    ----------
    root
        The folder that holds, or will hold, `data/`.
    seed
        Decides phrasing, dates, channels and the ARR of SMB accounts; the planned cases hold for every seed.
    overwrite
        Whether files of the same name with other content may be replaced.

    Returns
    -------
    list of Path
        Every file of the demonstration, in order of path.

    Raises
    ------
    SourceError
        If a file of that name is there with other content and may not be replaced; then nothing is written.
    """
    from vocanalytics.demo.files import demo_files, write_files

    return write_files(root, demo_files(seed), overwrite=overwrite)


def planted_themes(seed: int = 7) -> dict[str, dict[str, tuple[str, ...]]]:
    """Which theme each message was written for: the answer sheet that no export carries.

    Returns
    -------
    dict
        Quarter to feedback id to the keys of its themes: ids of the codebook, `new` for the theme that is in none;
        empty for chatter, two where one message asks for two things. The pair of a reused id keeps the first.
    """
    from vocanalytics.demo.quarters import demo_quarters

    return {quarter.name: quarter.truth() for quarter in demo_quarters(seed)}
