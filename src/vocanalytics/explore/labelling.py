"""The labelling sheet: verbatims drawn by lot, judged by a person one at a time, each saved at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from vocanalytics.errors import ThemeError, VocError
from vocanalytics.explore.atlas import Atlas
from vocanalytics.explore.desk import Answer
from vocanalytics.explore.telling import as_sentence
from vocanalytics.ledger.places import write_durably
from vocanalytics.themes.label_sheets import (
    RIGHT,
    WRONG,
    Accuracy,
    Label,
    accuracy_on_record,
    labels_path,
    labels_text,
    read_labels,
)
from vocanalytics.themes.texts import lot
from vocanalytics.vocabulary import AssignedBy

#: How many verbatims a person judges.
SHEET = 50


def draw_sheet(by_said: pl.DataFrame, run_id: str, *, size: int = SHEET) -> pl.DataFrame:
    """A simple random sample of what the machine placed, the same for everybody, another one for every run.

    The lot of a verbatim is a digest of run, feedback and theme: nobody chooses, every verbatim has the same chance,
    and so the Wilson interval holds for all that the machine placed. What people tagged or pinned is not drawn.
    """
    placed = by_said.filter((pl.col("assigned_by") == AssignedBy.MACHINE.value) & pl.col("theme_id").is_not_null())
    keys = placed.select("feedback_id", "theme_id").iter_rows()
    lots = [lot(f"{run_id}\n{feedback_id}\n{theme_id}", seed=0) for feedback_id, theme_id in keys]
    drawn = placed.with_columns(pl.Series("lot", lots, dtype=pl.Binary)).sort("lot", "feedback_id", "theme_id")
    return drawn.head(size).drop("lot")


class Sheet:
    """What one or more people say of a draw; each has a file of their own in `data/curated/<quarter>/`.

    Parameters
    ----------
    atlas
        The quarter.
    curated_dir
        `data/curated`.
    now
        The clock, for the labels.
    """

    def __init__(self, atlas: Atlas, curated_dir: Path, now: Callable[[], dt.datetime]) -> None:
        self._atlas, self._curated, self._now = atlas, curated_dir, now
        self.drawn = draw_sheet(atlas.by_said, atlas.record.run_id)
        self._by = ""

    def items(self) -> list[dict[str, Any]]:
        """The verbatims to judge, in the order of their lots."""
        found = {row["theme_id"]: row for row in self._atlas.record.themes.iter_rows(named=True)}
        return [
            {
                "feedback_id": row["feedback_id"],
                "said": row["said"],
                "theme_id": row["theme_id"],
                "theme": found[row["theme_id"]]["theme_name"],
                "description": found[row["theme_id"]]["description"] or "",
                "phrases": found[row["theme_id"]]["phrases"] or [],
            }
            for row in self.drawn.iter_rows(named=True)
        ]

    def themes(self) -> list[tuple[str, str]]:
        """The themes that may be the right one, by name."""
        rows = self._atlas.record.themes.sort("theme_name", "theme_id").select("theme_id", "theme_name")
        return list(rows.iter_rows())

    def view(self) -> dict[str, Any]:
        """What the person who labels has said so far, and what follows from all labels of this run."""
        said = {label.unit: label for label in self._own()} if self._by else {}
        units = self.drawn.select("feedback_id", "theme_id").iter_rows()
        run_id = self._atlas.record.run_id
        own = [said.get((run_id, feedback_id, theme_id)) for feedback_id, theme_id in units]
        return {
            "by": self._by,
            "verdicts": [label.verdict if label else "" for label in own],
            "rights": [label.right_theme_id if label else "" for label in own],
            "result": result_lines(accuracy_on_record(self._curated, self._atlas.record.quarter, run_id)),
        }

    def handle(self, asked: Mapping[str, Any]) -> Answer:
        """Open a person's sheet, or save one label; nothing raises, and what cannot be done is said in one line."""
        try:
            self._by = str(asked.get("by") or "").strip()
            path = self._path()
            if asked.get("do") == "open":
                return Answer(ok=True, line=f"Labels are saved in {path.name}.")
            self._save(asked)
            return Answer(ok=True, line=f"Saved in {path.name}.")
        except VocError as error:
            return Answer(ok=False, line=as_sentence(error))
        except OSError as error:
            return Answer(ok=False, line=f"The label cannot be saved: {error.strerror}.")

    def _save(self, asked: Mapping[str, Any]) -> None:
        at, verdict, right = asked.get("at"), asked.get("verdict"), str(asked.get("right_theme_id") or "")
        if not isinstance(at, int) or not 0 <= at < self.drawn.height or verdict not in (RIGHT, WRONG):
            raise ThemeError("not a label", where="labelling sheet", found=str(verdict))
        row = self.drawn.row(at, named=True)
        label = Label(
            run_id=self._atlas.record.run_id,
            feedback_id=row["feedback_id"],
            theme_id=row["theme_id"],
            verdict=verdict,
            right_theme_id=right if verdict == WRONG else "",
            labelled_by=self._by,
            labelled_at=self._now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        kept = {held.unit: held for held in self._own()} | {label.unit: label}
        write_durably(self._path(), labels_text(kept.values()))

    def _own(self) -> tuple[Label, ...]:
        return read_labels(self._path())

    def _path(self) -> Path:
        return labels_path(self._curated, self._atlas.record.quarter, self._by)


def result_lines(found: Accuracy | None) -> list[str]:
    """The accuracy so far as sentences."""
    if found is None:
        return ["Nothing is labelled yet."]
    lines = [
        f"{judged.by}: {judged.right} of {judged.labelled} in the right theme, {judged.share:.0%} "
        f"(95% interval {judged.low:.0%} to {judged.high:.0%})."
        for judged in found.people
    ]
    if found.shared:
        agree = "cannot be told yet" if found.alpha is None else f"is {found.alpha:.2f}"
        both = "1 verbatim was" if found.shared == 1 else f"{found.shared} verbatims were"
        lines.append(f"{both} labelled by two people; their agreement (Krippendorff's alpha) {agree}.")
    return lines
