"""What each verbatim sounds like and what kind of insight it holds: read from its words, never from who wrote it."""

from __future__ import annotations

import polars as pl

from vocanalytics.beside.english import is_english
from vocanalytics.beside.lexicon import INSIGHT_POINTS, TONE_POINTS, Lexicon, read_lexicon
from vocanalytics.beside.points import cue_points
from vocanalytics.beside.wording import loudness

TONES = ("angry", "delighted", "calm")
REGISTERS = ("formal", "casual")
INSIGHTS = ("bug", "experience", "understanding_gap", "wish", "churn_reason", "pricing", "other")

_BATCH_ROWS = 100_000
_ENOUGH = 2_000
_LOUD = 2
_SHOUTED = 4
_STATED = 3_000
_LONG = 5
_HOTTEST = 10_000
_QUESTION = r"(?i)^\W*(?:how|where|what|which|who|when|is|are|does|do|did|can|could|may|under|in which|for which)\b"


def read_marks(feedback: pl.DataFrame) -> pl.DataFrame:
    """What each verbatim sounds like, shown beside the score so that nobody has to guess it, and never in the score.

    Parameters
    ----------
    feedback
        `feedback_id, verbatim, language`. Only English is read; a row in another language is *not rated*. Where no
        language is given, the verbatim must look like English.

    Returns
    -------
    polars.DataFrame
        `feedback_id, tone, heat, register, insight` in the order of the rows: the tone, its strength from 0 (calm) to
        10 in three decimals, formal or casual, and the kind of insight; all null where not rated.

    Raises
    ------
    SettingsError
        When a file of the lexicon has a mistake.
    """
    lexicon = read_lexicon()
    batches = [_batch(part, lexicon) for part in feedback.iter_slices(_BATCH_ROWS)]
    return pl.concat(batches) if batches else _batch(feedback, lexicon)


def _batch(feedback: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    said = feedback.select("feedback_id", "language", text=pl.col("verbatim").cast(pl.String).fill_null(""))
    points = cue_points(said["text"], lexicon)
    loud = said.select(loudness(pl.col("text"), lexicon.shouted).alias("loud"), _well_formed(pl.col("text")))
    heard = said.hstack(points).hstack(loud).with_columns(_heated())
    rated = is_english(pl.col("language"), pl.col("text"))
    toned = heard.with_columns(_tone().alias("tone"), rated.alias("rated")).with_columns(_insight_points())
    marks = {"tone": pl.col("tone"), "heat": _heat(), "register": _register(), "insight": _insight()}
    return toned.select("feedback_id", *(pl.when("rated").then(mark).alias(name) for name, mark in marks.items()))


def _heated() -> pl.Expr:
    """A matter of fact said loudly is said in anger; so is a denial that is shouted."""
    facts = pl.col("bug") + pl.col("churn_reason") + pl.col("pricing")
    loud = ((pl.col("loud") >= _LOUD) & (facts >= _ENOUGH)) | ((pl.col("loud") >= _SHOUTED) & (pl.col("denied") > 0))
    shouted = loud & (pl.col("delighted") < _ENOUGH)
    return (pl.col("angry") + pl.when(shouted).then(_ENOUGH).otherwise(0)).alias("angry")


def _tone() -> pl.Expr:
    angry, delighted = pl.col("angry"), pl.col("delighted")
    return (
        pl.when((angry >= _ENOUGH) & (angry >= delighted))
        .then(pl.lit("angry"))
        .when((delighted >= _ENOUGH) & (delighted > angry))
        .then(pl.lit("delighted"))
        .otherwise(pl.lit("calm"))
    )


def _heat() -> pl.Expr:
    strongest = pl.max_horizontal(TONE_POINTS) + pl.col("loud") * 500
    points = pl.when(pl.col("tone") == "calm").then(0).otherwise(strongest.clip(upper_bound=_HOTTEST))
    return in_decimals(points)


def in_decimals(thousandths: pl.Expr) -> pl.Expr:
    """Whole thousandths as exact decimals with three places."""
    return (thousandths.cast(pl.Decimal(18, 3)) / pl.lit(1000).cast(pl.Decimal(18, 0))).cast(pl.Decimal(6, 3))


def _register() -> pl.Expr:
    casual = pl.col("casual") + pl.col("loud") * 1_000
    formal = pl.col("formal") + pl.col("well_formed").cast(pl.Int32) * 2_000
    return pl.when(formal > casual).then(pl.lit("formal")).otherwise(pl.lit("casual"))


def _well_formed(text: pl.Expr) -> pl.Expr:
    """A sentence of at least five words that begins with a capital and ends with a full stop or a question mark."""
    return text.str.contains(r"^\s*[\"'(]?[\p{Lu}\p{N}](?:.*?\s){4,}(?s:.*)[.?]['\")]?\s*$").alias("well_formed")


def _insight_points() -> list[pl.Expr]:
    """Besides its words, a feeling, a long sentence, a question and a denial each say a little about the kind."""
    feeling = pl.when(pl.col("tone") != "calm").then(2_000).when(pl.max_horizontal(TONE_POINTS) > 0).then(1_000)
    long = pl.when(pl.col("text").str.count_matches(" ", literal=True) >= _LONG).then(100).otherwise(0)
    return [
        pl.max_horizontal("experience", feeling.otherwise(long)).alias("experience"),
        pl.max_horizontal("bug", pl.when(pl.col("denied") > 0).then(500).otherwise(0)).alias("bug"),
        pl.col("understanding_gap") + pl.when(pl.col("pricing") < _STATED).then(_asked(pl.col("text"))).otherwise(0),
    ]


def _insight() -> pl.Expr:
    """The kind with the most points, the graver one where two have as many; a stated reason to leave outweighs all."""
    most = pl.max_horizontal(INSIGHT_POINTS)
    stated = pl.when(pl.col("churn_reason") >= _STATED).then(pl.lit("churn_reason"))
    chosen = (pl.when((pl.col(name) == most) & (most > 0)).then(pl.lit(name)) for name in INSIGHT_POINTS)
    return pl.coalesce(stated, *chosen, pl.lit("other"))


def _asked(text: pl.Expr) -> pl.Expr:
    begins, marked = text.str.contains(_QUESTION), text.str.contains("?", literal=True)
    return pl.when(begins & marked).then(2_000).when(begins | marked).then(500).otherwise(0)
