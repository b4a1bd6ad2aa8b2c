"""Each theme's mentions counted by channel, voice, register, tone and the like: beside the score, never in it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from vocanalytics.beside.marks import in_decimals
from vocanalytics.tables import write_frame
from vocanalytics.vocabulary import Scope

NOT_GIVEN = "not given"
NOT_RATED = "not rated"
MEASURES = ("channel", "voice", "register", "tone", "insight", "usage_trend", "nps_group", "language")

_GIVEN = ("channel", "voice", "usage_trend", "language")
_MARKED = ("register", "tone", "insight")
_IN_SCOPE = (Scope.SCORED.value, Scope.COMPLIANCE.value)


@dataclass(frozen=True)
class Beside:
    """What the report shows beside the score; nothing in it is an input of a score.

    Attributes
    ----------
    beside
        `theme_id, measure, value, mentions`: in-scope mentions by each measure; those of a measure add up to all
        in-scope mentions of the theme. Most mentions first within a measure.
    heat
        `theme_id, mentions, angry, delighted, calm, heat`: mentions of each tone, and the mean heat of the rated ones
        from 0 to 10 in three decimals; null where none was rated.
    verbatim_marks
        `feedback_id, tone, heat, register, insight`, as `read_marks` returns them, in the order of `feedback_id`.
    """

    beside: pl.DataFrame
    heat: pl.DataFrame
    verbatim_marks: pl.DataFrame


def by_theme(marks: pl.DataFrame, scoped_feedback: pl.DataFrame, mentions: pl.DataFrame) -> Beside:
    """How the mentions behind each theme came in and what they sound like, for people to read beside its score.

    Parameters
    ----------
    marks
        As `read_marks` returns them.
    scoped_feedback
        SCOPED_FEEDBACK; rows of the scopes scored and compliance count.
    mentions
        Which row speaks of which theme.

    Returns
    -------
    Beside
        Three frames, each in a total order; a theme without in-scope mentions is in none of the first two.
    """
    counted = scoped_feedback.filter(pl.col("scope").is_in(_IN_SCOPE)).select("feedback_id", *_GIVEN, "nps")
    heard = (
        mentions.select("theme_id", "feedback_id")
        .join(counted, on="feedback_id", how="inner", maintain_order="left")
        .join(marks, on="feedback_id", how="left", maintain_order="left")
        .with_columns(nps_group().alias("nps_group"), pl.col("language").str.strip_chars().str.to_lowercase())
    )
    return Beside(_counts(heard), _theme_heat(heard), marks.sort("feedback_id"))


def nps_group() -> pl.Expr:
    """The group of an NPS answer as the survey defines it: 9 and 10 promoter, 7 and 8 passive, 0 to 6 detractor."""
    nps = pl.col("nps")
    return (
        pl.when(nps.is_between(0, 6))
        .then(pl.lit("detractor"))
        .when(nps.is_between(7, 8))
        .then(pl.lit("passive"))
        .when(nps.is_between(9, 10))
        .then(pl.lit("promoter"))
    )


def _counts(heard: pl.DataFrame) -> pl.DataFrame:
    said = heard.select("theme_id", *MEASURES).with_columns(
        _or(measure, NOT_RATED if measure in _MARKED else NOT_GIVEN) for measure in MEASURES
    )
    long = said.unpivot(on=MEASURES, index="theme_id", variable_name="measure", value_name="value")
    return (
        long.group_by("theme_id", "measure", "value")
        .agg(pl.len().cast(pl.Int64).alias("mentions"))
        .with_columns(pl.col("measure").replace_strict(MEASURES, range(len(MEASURES))).alias("place"))
        .sort("theme_id", "place", "mentions", "value", descending=[False, False, True, False])
        .drop("place")
    )


def _or(measure: str, otherwise: str) -> pl.Expr:
    given = pl.col(measure).cast(pl.String)
    return pl.when(given == "").then(None).otherwise(given).fill_null(otherwise).alias(measure)


def _theme_heat(heard: pl.DataFrame) -> pl.DataFrame:
    thousandths = (pl.col("heat").cast(pl.Decimal(18, 3)) * pl.lit(1000).cast(pl.Decimal(18, 0))).cast(pl.Int64)
    tones = [(pl.col("tone") == tone).sum().cast(pl.Int64).alias(tone) for tone in ("angry", "delighted", "calm")]
    summed = heard.group_by("theme_id").agg(
        pl.len().cast(pl.Int64).alias("mentions"),
        *tones,
        thousandths.sum().alias("points"),
        pl.col("heat").count().cast(pl.Int64).alias("rated"),
    )
    half_up = (pl.col("points") * 2 + pl.col("rated")) // (pl.col("rated") * 2)
    heat = in_decimals(pl.when(pl.col("rated") > 0).then(half_up)).alias("heat")
    return summed.with_columns(heat).drop("points", "rated").sort("theme_id")


def write_beside(frames: Beside, run_dir: Path | str) -> None:
    """Keep what is shown beside the score in the folder of a run, under `reading/`.

    Parameters
    ----------
    frames
        As `by_theme` returns them.
    run_dir
        Folder of the run; written are `beside`, `heat` and `verbatim_marks`.
    """
    for field in fields(frames):
        write_frame(Path(run_dir) / "reading" / f"{field.name}.parquet", getattr(frames, field.name))
