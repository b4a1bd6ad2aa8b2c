"""What the words of a verbatim add up to, once it is seen what denies, strengthens, supposes or turns them round."""

from __future__ import annotations

import polars as pl

from vocanalytics.beside.lexicon import INSIGHT_POINTS, REGISTER_POINTS, Lexicon
from vocanalytics.beside.wording import words_of

_NEGATION_REACH = 3
_SUPPOSITION_REACH = 5
_STRENGTH_REACH = 2


def cue_points(texts: pl.Series, lexicon: Lexicon) -> pl.DataFrame:
    """The points that the words of each text add up to, after negation, strengthening, supposition and contrast.

    Parameters
    ----------
    texts
        Verbatims, without nulls.
    lexicon
        What each word stands for.

    Returns
    -------
    polars.DataFrame
        One row per text: thousandths for each tone, insight and register, and `denied`: how many words negate
        something other than a fault.
    """
    placed = words_of(texts, lexicon.phrases).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    cues = placed.join(lexicon.tokens, on="token", how="inner", maintain_order="left").with_columns(
        (_last("negates", _NEGATION_REACH)).alias("negated"),
        (_last("supposes", _SUPPOSITION_REACH)).alias("supposed"),
        (_last("strengthens", _STRENGTH_REACH)).alias("strengthened"),
        (_last("weakens", _STRENGTH_REACH)).alias("weakened"),
        _turned_from().alias("turned_from"),
    )
    summed = cues.group_by("row", maintain_order=True).agg(value.sum().alias(name) for name, value in _values().items())
    rows = pl.DataFrame({"row": pl.Series(range(len(texts)), dtype=pl.UInt32)})
    return rows.join(summed, on="row", how="left", maintain_order="left").drop("row").fill_null(0)


def _last(effect: str, reach: int) -> pl.Expr:
    """Whether a modifier stands within reach before the word, in the same clause."""
    nearest, clause = (pl.when(name).then("place").shift(1).forward_fill() for name in (effect, "ends"))
    return ((pl.col("place") - nearest <= reach) & (nearest > clause.fill_null(-1))).fill_null(False)


def _turned_from() -> pl.Expr:
    """Whether the text turns to something else after the word: great tool, but..."""
    return (pl.when("turns").then("row").backward_fill() == pl.col("row")).fill_null(False)


def _values() -> dict[str, pl.Expr]:
    negated, supposed = pl.col("negated"), pl.col("supposed")
    angry, delighted = _weighed("angry"), _weighed("delighted")
    unhappy = pl.when(negated).then(delighted).otherwise(0)
    hoped = pl.when(supposed & (pl.col("delighted") > 0)).then(2_000).otherwise(0)
    kept = {name: pl.col(name) for name in (*INSIGHT_POINTS, *REGISTER_POINTS)}
    for name in ("bug", "churn_reason"):
        kept[name] = pl.when(negated).then(0).otherwise(pl.col(name))
    return {
        "angry": pl.when(negated).then(0).otherwise(angry) + pl.when(supposed).then(0).otherwise(unhappy),
        "delighted": pl.when(negated | supposed).then(0).otherwise(delighted),
        **kept,
        "wish": kept["wish"] + hoped,
        "denied": pl.col("negates").cast(pl.Int32) - (negated & (pl.col("bug") > 0)).cast(pl.Int32),
    }


def _weighed(name: str) -> pl.Expr:
    points = pl.col(name)
    stronger = points + pl.when((points > 0) & pl.col("strengthened")).then(1_000).otherwise(0)
    weaker = pl.when("weakened").then(stronger // 2).otherwise(stronger)
    return pl.when("turned_from").then(weaker // 2).otherwise(weaker)
