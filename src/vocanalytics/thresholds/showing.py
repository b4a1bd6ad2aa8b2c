"""Frames as people read them, in a notebook or a terminal."""

from __future__ import annotations

import polars as pl

from vocanalytics.vocabulary import Tier

_TIERS = {Tier.ENTERPRISE.value: "Enterprise", Tier.MID_MARKET.value: "Mid-Market", Tier.SMB.value: "SMB"}


def readable(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame as people read it: `median_arr` 7642.80 is Median ARR 7,643, `mid_market` is Mid-Market, no ids.

    Amounts become text without cents; lists are joined, yes and no written out.
    """
    named = frame.drop("theme_id", strict=False)
    columns = [_readable_cells(series).alias(_heading(series.name)) for series in named]
    return pl.DataFrame(columns)


def _readable_cells(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.List(pl.String):
        return cells.list.join(", ")
    if cells.dtype.is_decimal():
        return pl.Series([None if cell is None else f"{cell:,.0f}" for cell in cells], dtype=pl.String)
    if cells.dtype == pl.Boolean:
        return pl.Series(["yes" if cell else "no" for cell in cells], dtype=pl.String)
    return cells.replace(_TIERS) if cells.name == "tier" else cells


def _heading(name: str) -> str:
    words = " ".join(name.removeprefix("is_").removesuffix("_id").split("_")).replace("arr", "ARR")
    return words[:1].upper() + words[1:]
