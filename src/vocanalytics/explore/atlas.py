"""Everything that the page shows of a quarter: points of the map, themes, their sizes, trends and neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vocanalytics.explore.projection import embed, nearest_themes, project
from vocanalytics.explore.records import OnRecord, read_record
from vocanalytics.explore.said import draw_for_map, read_said
from vocanalytics.explore.sizes import shown_size, theme_sizes, trend
from vocanalytics.explore.today import stands_for, themes_today
from vocanalytics.settings import ThemeSettings, read_model
from vocanalytics.themes import Codebook
from vocanalytics.themes.codebook.pinning import pinned

Encode = Callable[[list[str], ThemeSettings], NDArray[np.float64]]

_NO_SIZE: dict[str, object] = {"mentions": 0, "accounts": 0, "arr": 0.0}


@dataclass(frozen=True, repr=False)
class Atlas:
    """A quarter's themes, ready to be looked at.

    Attributes
    ----------
    record
        The published run.
    settings
        How its themes were found.
    by_said
        One row a mention; see `read_said`.
    by_point
        The rows on the map, with their place `x`, `y`.
    vectors
        The unit vector of each point.
    """

    record: OnRecord
    settings: ThemeSettings
    by_said: pl.DataFrame
    by_point: pl.DataFrame
    vectors: NDArray[np.float64]

    def __repr__(self) -> str:
        verbatims, drawn = self.by_said["feedback_id"].n_unique(), self.by_point.height
        on_map = "all of them on the map" if drawn == self.by_said.height else f"{drawn:,} of them on the map, by lot"
        themes = self.record.themes.height
        return f"{self.record.quarter}, run {self.record.run_id}: {verbatims:,} verbatims in {themes} themes, {on_map}."

    @property
    def currency(self) -> str:
        """The currency of the accounts, such as USD."""
        return str(next(iter(self.record.accounts["currency"]), "USD"))

    def points(self) -> dict[str, Any]:
        """What never changes while people curate, column by column, for the page."""
        frame = self.by_point
        return {
            "run_id": self.record.run_id,
            "quarter": str(self.record.quarter),
            "currency": self.currency,
            "verbatims": self.by_said["feedback_id"].n_unique(),
            "x": frame["x"].to_list(),
            "y": frame["y"].to_list(),
            "feedback_id": frame["feedback_id"].to_list(),
            "verbatim": frame["verbatim"].to_list(),
            "account": frame["account_name"].fill_null("").to_list(),
            "arr": frame["arr"].cast(pl.Float64).to_list(),
            "similarity": frame["similarity"].round(2).to_list(),
            "by_person": (frame["assigned_by"] == "person").fill_null(value=False).to_list(),
        }

    def said_today(self, codebook: Codebook) -> pl.DataFrame:
        """Every mention in the theme where it stands after the changes so far."""
        return _today(self.by_said, codebook)

    def points_today(self, codebook: Codebook) -> pl.DataFrame:
        """The points of the map, in their order, in the themes where they stand after the changes so far."""
        return _today(self.by_point, codebook)

    def view(self, codebook: Codebook) -> dict[str, Any]:
        """What changes with every operation: the theme of each point, where people placed it, all said of themes."""
        said, points = self.said_today(codebook), self.points_today(codebook)
        themes = self._themes(said, points, codebook)
        place = {theme["theme_id"]: at for at, theme in enumerate(themes)}
        pins = set(pinned(self.by_point.select("feedback_id", "text").unique(), codebook)["feedback_id"])
        return {
            "themes": themes,
            "of": [place.get(theme_id, -1) for theme_id in points["theme_id"]],
            "placed": [feedback_id in pins for feedback_id in points["feedback_id"]],
        }

    def _themes(self, said: pl.DataFrame, points: pl.DataFrame, codebook: Codebook) -> list[dict[str, Any]]:
        sizes = {row["theme_id"]: shown_size(row) for row in theme_sizes(said).iter_rows(named=True)}
        trends = trend(self.record.past, stands_for(codebook))
        near = nearest_themes(points["theme_id"].to_list(), self.vectors)
        spoken = dict(said.group_by("theme_id").len().iter_rows())
        known = {theme.theme_id: theme for theme in codebook.themes}
        found = {row["theme_id"]: row for row in self.record.themes.iter_rows(named=True)}
        shown = [
            _shown(theme_id, _found_as(theme_id, found, known.get(theme_id)), known.get(theme_id))
            | sizes.get(theme_id, _NO_SIZE)
            | {"verbatims": spoken.get(theme_id, 0), "trend": trends.get(theme_id, [])}
            | {"near": near.filter(theme_id=theme_id).select("other_id", "similarity").rows()}
            for theme_id in {*spoken, *known} - {None}
        ]
        return sorted(shown, key=lambda theme: (-theme["arr"], -theme["mentions"], theme["theme_id"]))


def _today(rows: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    ids = themes_today(rows, codebook)
    return rows.with_columns(pl.Series("theme_id", ids, dtype=pl.String))


def _found_as(theme_id: str, found: dict[str, dict[str, Any]], known: Any) -> dict[str, Any]:
    """What the run says of a theme; of one that was confirmed since, what it said of the first proposal."""
    former = known.found_as if known else ()
    return next((found[name] for name in (theme_id, *former) if name in found), {})


def _shown(theme_id: str, found: dict[str, Any], known: Any) -> dict[str, Any]:
    """What people say of a theme, else what the machine says of it."""
    return {
        "theme_id": theme_id,
        "name": known.name if known else found.get("theme_name", theme_id),
        "description": (known.description if known else found.get("description")) or "",
        "status": known.status if known else found.get("status", "proposed"),
        "in_codebook": known is not None,
        "merged_into": known.merged_into if known else None,
        "phrases": found.get("phrases") or [],
    }


def read_atlas(root: Path, quarter: str = "", *, encode: Encode = embed) -> Atlas:
    """The themes of a published quarter, drawn as a map.

    Raises
    ------
    SettingsError
        When no run is published, or none of this quarter.
    ContractError
        When the tables of the run were cleared away.
    ThemeError
        When the encoder's weights are not here.
    """
    settings = read_model(root / "pipelines" / "model.yml").themes
    record = read_record(root, quarter)
    by_said = read_said(record, clip_chars=settings.clip_chars)
    drawn = draw_for_map(by_said)
    texts = drawn["text"].to_list()
    vectors = encode(texts, settings)
    spots = project(texts, vectors)
    placed = drawn.with_columns(pl.Series("x", spots[:, 0]), pl.Series("y", spots[:, 1]))
    return Atlas(record, settings, by_said, placed, vectors)
