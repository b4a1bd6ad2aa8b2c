"""The files that a run reads, so that its id follows every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vocanalytics.errors import SettingsError, SourceError
from vocanalytics.settings import Quarter


def export_files(root: Path, quarter: Quarter) -> list[Path]:
    """Every file that a run over exports reads, and every file that it only notes as not read.

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
            advice="Put the exports there, or name another period with QUARTER= or MONTH=",
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


def decision_files(root: Path, quarter: Quarter) -> list[Path]:
    """What the session of a quarter left: its decisions, and what is known of the meeting.

    Raises
    ------
    SettingsError
        When nobody has filled in the decisions yet.
    """
    folder = root / "data" / "curated" / str(quarter)
    found = [path for path in _visible(folder) if path.stem.casefold() == "decisions"]
    if not found:
        raise SettingsError(
            "there are no decisions for this quarter",
            where=f"data/curated/{quarter}",
            expected="the sheet decisions.csv of the run, filled in at the session",
            advice="Fill it in and save it there, or name another quarter with QUARTER=",
        )
    return sorted([*found, *(path for path in _visible(folder) if path.name == "session.yml")])


def _visible(folder: Path) -> Iterator[Path]:
    """Files, without hidden ones and the locks of open workbooks."""
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
