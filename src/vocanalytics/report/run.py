"""The tables and records of one run, as the report reads them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from vocanalytics.errors import ReportError
from vocanalytics.settings import Quarter, Session, read_session
from vocanalytics.tables import conform, empty, read_table
from vocanalytics.themes.label_sheets import Accuracy, accuracy_on_record
from vocanalytics.vocabulary import TABLES

#: Tables without which there is nothing to report.
NEEDED = ("feedback", "accounts", "mentions", "themes", "theme_accounts", "theme_scores")
#: What the score step wrote beside the tables, for reading only.
READING = (
    "scope_summary",
    "override_status",
    "disputes",
    "baseline",
    "sales_list",
    "sales_accounts",
    "cpo_list",
    "roadmap_suggestions",
    "challenges",
    "overrides_expired",
    "outcomes",
    "recurrence",
    "sensitivity",
    "rank_ranges",
    "flips",
    "loudness",
    "beside",
    "heat",
    "languages",
    "one_language_themes",
    "verbatim_languages",
)


class Record(BaseModel):
    """A record that another step wrote; what the report does not show may be in it too."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Receipt(Record):
    """Which file came in, and the hash by which it can be recognised."""

    path: str
    sha256: str
    bytes: int | None = None
    rows: int | None = None
    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    table: str | None = None


class Check(Record):
    """One expectation of a suite and how many rows broke it."""

    table: str
    suite: str = ""
    expectation: str
    column: str | None = None
    on_failure: str = "quarantine"
    rows: int | None = None
    failed: int | None = None
    success: bool
    message: str | None = None

    @property
    def is_failure(self) -> bool:
        """Whether it casts doubt on the run itself: rows that a suite set aside or kept with a note do not."""
        return not self.success and self.on_failure == "stop"


class RowCount(Record):
    """What became of the rows of one export."""

    table: str
    export: str
    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int = 0


class Validation(Record):
    """What the validate step found."""

    checks: tuple[Check, ...] = ()
    rows: tuple[RowCount, ...] = ()
    notes: tuple[str, ...] = ()


class Scoring(Record):
    """What the score step noted for the reader."""

    notes: tuple[str, ...] = ()


class Receipts(Record):
    """The files of a run."""

    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunTables:
    """Everything the report shows comes from here: the tables of `vocabulary.TABLES` and the records of the steps."""

    quarter: Quarter
    as_of: dt.date
    run_id: str
    ledger_head: str | None
    tables: Mapping[str, pl.DataFrame]
    reading: Mapping[str, pl.DataFrame]
    previous: pl.DataFrame | None = None
    session: Session = field(default_factory=Session)
    receipts: tuple[Receipt, ...] = ()
    validation: Validation = field(default_factory=Validation)
    theme_summary: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    accuracy: Accuracy | None = None

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.tables[name]

    def has(self, name: str) -> bool:
        """Whether the run wrote a frame for reading; an older run may not have known it."""
        return name in self.reading and self.reading[name].width > 0

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a frame for reading; none where the run did not write it."""
        return self.reading[name].to_dicts() if self.has(name) else []


def load_run(
    run_dir: Path,
    *,
    quarter: Quarter,
    as_of: dt.date,
    curated_dir: Path,
    previous_dir: Path | str | None = None,
    run_id: str,
    ledger_head: str | None = None,
) -> RunTables:
    """The run of a folder.

    Parameters
    ----------
    run_dir
        Where the earlier steps wrote their tables and records.
    quarter, as_of
        The quarter reported and the day on which its clock stands.
    curated_dir
        Holds `<quarter>/session.yml` and what people said of a draw of verbatims; both may be absent.
    previous_dir
        Tables of the last published run of the quarter before; None or empty in a first quarter.
    run_id, ledger_head
        Printed so that the page can be traced; the head is None before anything was published.

    Raises
    ------
    ReportError
        When a record cannot be read.
    ContractError
        When a needed table is absent.
    ThemeError
        When a file of labels cannot be read.
    """
    run_dir = Path(run_dir)
    return RunTables(
        quarter=quarter,
        as_of=as_of,
        run_id=run_id,
        ledger_head=ledger_head,
        tables={name: _table(run_dir, name) for name in TABLES},
        reading={name: _frame(run_dir / "reading" / f"{name}.parquet") for name in READING},
        previous=_previous(previous_dir),
        session=read_session(curated_dir, quarter),
        receipts=_receipts(run_dir / "receipts.json"),
        validation=_record(run_dir / "validation.json", Validation),
        theme_summary=_json(run_dir / "themes.json", {}),
        notes=_record(run_dir / "scoring.json", Scoring).notes,
        accuracy=accuracy_on_record(curated_dir, quarter),
    )


def _table(run_dir: Path, name: str) -> pl.DataFrame:
    if name in NEEDED or (run_dir / f"{name}.parquet").is_file():
        return conform(read_table(run_dir, name), TABLES[name], name=name)
    return empty(TABLES[name])


def _frame(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path) if path.is_file() else pl.DataFrame()


def _previous(previous_dir: Path | str | None) -> pl.DataFrame | None:
    return (
        None
        if not previous_dir
        else conform(read_table(previous_dir, "theme_scores"), TABLES["theme_scores"], name="theme_scores")
    )


def _json(path: Path, absent: Any) -> Any:
    if not path.is_file():
        return absent
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ReportError(f"cannot be read: {error}", where=str(path), advice="Run the earlier steps again") from None


Kind = TypeVar("Kind", bound=Record)


def _record(path: Path, kind: type[Kind]) -> Kind:
    try:
        return kind.model_validate(_json(path, {}))
    except ValidationError as error:
        detail = error.errors()[0]
        where = f"{path}, {'.'.join(str(part) for part in detail['loc'])}"
        raise ReportError(f"not the record expected: {detail['msg']}", where=where) from None


def _receipts(path: Path) -> tuple[Receipt, ...]:
    content = _json(path, [])
    listed = content.get("receipts", []) if isinstance(content, dict) else content
    try:
        return Receipts.model_validate({"receipts": listed}).receipts
    except ValidationError as error:
        raise ReportError(f"not the record expected: {error.errors()[0]['msg']}", where=str(path)) from None
