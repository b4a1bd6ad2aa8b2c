"""The files that a run reads, so that its id follows every one of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from vocanalytics.errors import SettingsError, SourceError
from vocanalytics.ledger import InputFile
from vocanalytics.settings import Quarter, ThemeSettings

CODEBOOK = "data/curated/codebook.yml"
#: Names that a model suggested before; a run reads them and asks nobody.
NAMES_ON_RECORD = "data/curated/naming/answers.jsonl"


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
    kept = [path for path in (root / CODEBOOK, root / NAMES_ON_RECORD) if path.is_file()]
    return sorted({*_read(root, quarter), *_visible(raw), *noted, *kept})


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


def read_otherwise(tables: Path, inputs: Iterable[InputFile]) -> list[str]:
    """Files that a step read in another state than the run's id says, even if they are as they were by now.

    Somebody may save the codebook while a run is going on and take the change back before it ends.
    """
    summary = tables / "themes.json"
    if not summary.is_file():
        return []
    read = json.loads(summary.read_text(encoding="utf-8")).get("codebook_sha256")
    planned = next((item.sha256 for item in inputs if item.name == CODEBOOK), None)
    return [CODEBOOK] if read != planned else []


def weight_files(root: Path, settings: ThemeSettings) -> list[Path]:
    """The record of the weights that the chosen encoder needs, which holds their hashes; `lexical` needs none.

    Raises
    ------
    ThemeError
        When weights or packages are missing or are not as they were prepared, before anything runs.
    """
    if settings.encoder == "lexical":
        return []
    from vocanalytics.themes.encoding.weights import RECORD, read_weights

    read_weights(root / settings.encoders_dir, settings.encoder)
    return [root / settings.encoders_dir / settings.encoder / RECORD]


def _visible(folder: Path) -> Iterator[Path]:
    """Files, without hidden ones and the locks of open workbooks."""
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
