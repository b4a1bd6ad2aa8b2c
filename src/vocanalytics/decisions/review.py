"""A checked decision sheet: what was found, and the decisions once nothing stops them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from vocanalytics.decisions.findings import Finding, as_frame, refusal
from vocanalytics.settings import Quarter
from vocanalytics.vocabulary import Decision

DECIDED = pl.Schema(
    {
        "theme_id": pl.String(),
        "theme_name": pl.String(),
        "rank": pl.Int64(),
        "start": pl.String(),
        "composite": pl.Int64(),
        "status": pl.String(),
        "owner": pl.String(),
        "rationale": pl.String(),
        "csm_words": pl.String(),
        "line": pl.Int64(),
    }
)

OPEN = pl.Schema({"theme_id": pl.String(), "theme_name": pl.String(), "start": pl.String()})


@dataclass(frozen=True)
class Decided:
    """What the session committed to: one row per decided theme, each of them fit to be told.

    Attributes
    ----------
    quarter
        The quarter that was decided on.
    rows
        Columns of `DECIDED`, in the order of the ranking; `line` is where the decision stands in the sheet.
    left_open
        Themes that needed no decision and got none: on the CPO list, or asked for by no account in scope. Columns of
        `OPEN`.
    builds_reason
        Why fewer or more themes than the shortlist allows are built; None where the number is within it.
    sheet
        The file that was read.
    """

    quarter: Quarter
    rows: pl.DataFrame
    left_open: pl.DataFrame
    builds_reason: str | None
    sheet: str


@dataclass(frozen=True, repr=False)
class Review:
    """Everything found in a decision sheet, and the decisions in it; shown, it lists every finding in full.

    Attributes
    ----------
    faults
        Each finding, in the order of the sheet.
    """

    faults: Sequence[Finding]
    _decided: Decided

    @property
    def findings(self) -> pl.DataFrame:
        """Every finding as a table, those that stop first."""
        return as_frame(self.faults)

    def __repr__(self) -> str:
        ordered = sorted(self.faults, key=lambda finding: not finding.stops)
        lines = [f"{'Stops' if finding.stops else 'Check'}  {finding.line}" for finding in ordered]
        return "\n".join(lines) or "Nothing to correct, nothing to check."

    @property
    def notes(self) -> tuple[str, ...]:
        """What the run goes on with and a person should look at, a sentence each."""
        reason = self._decided.builds_reason
        builds = self._decided.rows.filter(pl.col("status") == Decision.BUILD.value).height
        said = [f"The number of builds, {builds}, is outside the shortlist: {reason}"] if reason else []
        return (*(f"Check {finding.line}" for finding in self.faults if not finding.stops), *said)

    def decided(self) -> Decided:
        """The decisions, if nothing stops them.

        Raises
        ------
        ContractError
            When a rule is broken that stops; the one error counts all faults and names the first twelve.
        """
        if any(finding.stops for finding in self.faults):
            raise refusal(self.faults, self._decided.sheet)
        return self._decided


def write_notes(review: Review, run_dir: Path | str) -> Path:
    """Keep what is to be checked in `decisions.json` of the run, so that whoever ran it is told."""
    path = Path(run_dir) / "decisions.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"notes": review.notes}, indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path
