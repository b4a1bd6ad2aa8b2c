"""The files of a triage: the page, the list for a spreadsheet, and every number as JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from vocanalytics.report.outputs import FOLDER
from vocanalytics.report.safe_text import inert
from vocanalytics.report.triage_page import TriagePage, triage_html
from vocanalytics.triage import Triaged


def write_triage(view: TriagePage, triaged: Triaged, run_dir: Path) -> tuple[Path, ...]:
    """Write `triage.html`, `triage.csv` and `triage.json` into the folder `report` of the run.

    Returns
    -------
    tuple of Path
        The files written; the same view and triage give the same bytes.
    """
    folder = Path(run_dir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "triage.html": triage_html(view).encode(),
        # The mark at the start tells a spreadsheet that the file is UTF-8.
        "triage.csv": triage_csv(triaged).encode("utf-8-sig"),
        "triage.json": triage_json(view, triaged).encode(),
    }
    return tuple(_write(folder / name, content) for name, content in contents.items())


def triage_csv(triaged: Triaged) -> str:
    """Every urgent pair, then those without a renewal date; no cell can act as a formula.

    Returns
    -------
    str
        CSV with `list` (urgent or renewal_unknown) and the columns of the urgent pairs.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["list", *triaged.urgent.columns])
    for name, pairs in (("urgent", triaged.urgent), ("renewal_unknown", triaged.renewal_unknown)):
        for row in pairs.iter_rows():
            writer.writerow([name, *(_cell(value) for value in row)])
    return stream.getvalue()


def _cell(value: Any) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return inert(value if isinstance(value, str) or value is None else _plain(value))


def triage_json(view: TriagePage, triaged: Triaged) -> str:
    """Every number that the page shows, and every row that it leaves to the list, with whole verbatims."""
    frames: dict[str, pl.DataFrame] = {
        "urgent": triaged.urgent,
        "renewal_unknown": triaged.renewal_unknown,
        "logos": triaged.logos,
        "emergencies": triaged.emergencies,
        "counts": triaged.counts,
    }
    content = {
        "month": view.month,
        "as_of": view.as_of,
        "run_id": view.run_id,
        "currency": view.currency,
        "headline": view.headline,
        "accounts": view.accounts,
        "arr": view.arr,
        **{name: frame.to_dicts() for name, frame in frames.items()},
        "notes": triaged.notes,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}Z"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, dt.date) else str(Decimal(value))


def _write(path: Path, content: bytes) -> Path:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
    return path
