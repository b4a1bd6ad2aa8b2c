"""Verbatims with labels that people gave: the public sets kept beside the project, or a file of your own."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from vocanalytics.themes import ThemesResult

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = ("banking77", "minibar_en")
COLUMNS = ("text", "label")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled set: its name, the verbatims, and the label of each."""

    name: str
    verbatims: tuple[str, ...]
    labels: tuple[str, ...]


def shared_folder() -> Path:
    """Where the public sets are kept."""
    return Path(os.environ.get("VOCANALYTICS_SHARED", ROOT.parent / "shared")) / "data/verbatims"


def read_labelled(path: Path) -> Labelled | str:
    """A CSV with the columns text and label, or the line that says why there is none."""
    if not path.is_file():
        return f"{path.name} is not there: looked for {path}; VOCANALYTICS_SHARED names the folder with data/verbatims"
    with path.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
            return f"{path.name} lacks the column {' and '.join(missing)}: found {', '.join(rows.fieldnames or ())}"
        pairs = [(row["text"] or "", row["label"]) for row in rows if (row["label"] or "").strip()]
    if len({label for _, label in pairs}) < 2:
        return f"{path.name} holds {len(pairs)} labelled rows: at least two different labels are needed"
    return Labelled(path.stem, tuple(text for text, _ in pairs), tuple(label for _, label in pairs))


def read_all(paths: Iterable[Path]) -> tuple[list[Labelled], list[str]]:
    """The sets that are there, and a line for each that is not."""
    read = [read_labelled(path) for path in paths]
    return [one for one in read if isinstance(one, Labelled)], [one for one in read if isinstance(one, str)]


def by_feedback(verbatims: Sequence[str]) -> pl.DataFrame:
    """Verbatims as the themes stage receives them, untagged; an id says the place in the sequence."""
    frame = pl.DataFrame({"verbatim": verbatims}, schema={"verbatim": pl.String}).with_row_index("row")
    nothing = pl.lit(None, pl.String)
    return frame.select(
        pl.concat_str(pl.lit("bench:"), pl.col("row").cast(pl.String).str.zfill(8)).alias("feedback_id"),
        "verbatim",
        subject=nothing,
        theme=nothing,
        voice=pl.lit("customer"),
        language=nothing,
        account_id=nothing,
    )


def placed(result: ThemesResult, rows: int) -> list[str | None]:
    """The theme of each verbatim, None where it has none; where one message has two requests, the nearer theme."""
    best_last = result.mentions.sort("similarity", "theme_id", descending=[False, True])
    where = dict(best_last.select("feedback_id", "theme_id").iter_rows())
    return [where.get(f"bench:{row:08d}") for row in range(rows)]
