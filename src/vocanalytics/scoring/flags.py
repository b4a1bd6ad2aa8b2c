"""What a reader must know beside a score: flags, and the named cases with their reading."""

from __future__ import annotations

import polars as pl

from vocanalytics.settings import ReadingSettings
from vocanalytics.vocabulary import Flag, OverrideKind, Start

#: The cases that `docs/formulas.md` names, and the flag that marks each.
_CASES = {
    "trade_off_revenue": Flag.TRADE_OFF_REVENUE,
    "trade_off_breadth": Flag.TRADE_OFF_BREADTH,
    "challenge_to_leadership": Flag.CHALLENGE,
    "isolated": Flag.ISOLATED,
    "emerging": Flag.EMERGING,
}
_READINGS = {
    "trade_off_revenue": "much revenue stands behind a request that is far from the roadmap",
    "challenge_to_leadership": "high ARR asks, two quarters running, for what no roadmap theme touches: leadership "
    "confirms the roadmap or changes it",
    "isolated": "one account only: shown, never a trend",
    "emerging": "not among the themes of last quarter: new, or back after a pause",
}
_BREADTH_READINGS = {
    "grow_smb": "many accounts and little revenue: speaks for it, since the stated intent is to grow SMB",
    "move_upmarket": "many accounts and little revenue: speaks against it, since the stated intent is to move upmarket",
    "neutral": "many accounts and little revenue: its reading depends on the intent, and none is stated",
}


def flagged(placed: pl.DataFrame) -> pl.DataFrame:
    """Add the flags of each theme as a list, always in the order of the vocabulary.

    Parameters
    ----------
    placed
        Themes as `place` returns them, with the marks of alignment, overrides, baselines and history.

    Returns
    -------
    polars.DataFrame
        The rows with `flags`.
    """
    marks = _marks()
    listed = pl.concat_list(pl.when(marks[flag]).then(pl.lit(flag.value)) for flag in Flag)
    return placed.with_columns(listed.list.drop_nulls().alias("flags"))


def _marks() -> dict[Flag, pl.Expr]:
    return {
        Flag.DISPUTED: pl.col("is_disputed"),
        Flag.PRELIMINARY: pl.col("is_preliminary"),
        Flag.TRADE_OFF_REVENUE: pl.col("trades_off_revenue"),
        Flag.TRADE_OFF_BREADTH: pl.col("trades_off_breadth"),
        Flag.CHALLENGE: pl.col("is_challenge"),
        Flag.BASELINE_ENTERPRISE: pl.col("baseline_enterprise"),
        Flag.BASELINE_MID_MARKET: pl.col("baseline_mid_market"),
        Flag.BASELINE_SMB: pl.col("baseline_smb"),
        Flag.ISOLATED: pl.col("accounts") == 1,
        Flag.OUT_OF_SCOPE: pl.col("accounts") == 0,
        Flag.EMERGING: pl.col("is_emerging"),
        Flag.UNSCORED: pl.col("alignment_score").is_null(),
        Flag.OVERRIDE_LOGO: pl.col("override") == OverrideKind.REFERENCEABLE_LOGO.value,
        Flag.OVERRIDE_COMPLIANCE: pl.col("override") == OverrideKind.COMPLIANCE.value,
        Flag.OVERRIDE_COMPETITIVE: pl.col("override") == OverrideKind.COMPETITIVE_EMERGENCY.value,
        Flag.OVERRIDE_NOT_APPLIED: pl.col("has_override_not_applied"),
    }


def named_cases(with_flags: pl.DataFrame, reading: ReadingSettings) -> pl.DataFrame:
    """The themes whose scores need a reading: trade-offs, challenges to leadership, isolated and emerging ones.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, case, reading`; trade-offs first, each case in the order of rank.
    """
    readings = {**_READINGS, "trade_off_breadth": _BREADTH_READINGS[reading.intent]}
    shown = [
        with_flags.filter(pl.col("flags").list.contains(flag.value)).select(
            "theme_id", "theme_name", pl.lit(case).alias("case"), pl.lit(readings[case]).alias("reading")
        )
        for case, flag in _CASES.items()
    ]
    return pl.concat(shown)


def shortlist(placed: pl.DataFrame) -> pl.DataFrame:
    """The themes that start as build, in the order of rank; the rule is never stretched to fill it."""
    return placed.filter(pl.col("start") == Start.BUILD.value)
