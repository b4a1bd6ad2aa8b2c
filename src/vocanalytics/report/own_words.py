"""What an account said last about a theme, unless its words name another customer."""

from __future__ import annotations

import polars as pl

from vocanalytics.decisions import CustomerNames
from vocanalytics.report.run import RunTables
from vocanalytics.vocabulary import Scope

_COUNTED = [Scope.SCORED.value, Scope.COMPLIANCE.value]


def own_words(run: RunTables, names: CustomerNames) -> pl.DataFrame:
    """The latest verbatim of each in-scope account on each theme.

    The customer's own words come before a paraphrase, however recent that is. Words that name another customer are
    withheld, also where a capital at the start of a sentence leaves it open: a pack shows its reader no other customer.
    A customer that the theme is called after is its subject.

    Parameters
    ----------
    run
        Its `mentions`, `feedback` and the names in `theme_scores`.
    names
        The customers that may not be named.

    Returns
    -------
    polars.DataFrame
        One row per pair: `theme_id, account_id, said, said_on, channel, paraphrase, withheld`; `said` is null where it
        is withheld.
    """
    feedback = run["feedback"].filter(pl.col("scope").is_in(_COUNTED) & pl.col("account_id").is_not_null())
    columns = ("feedback_id", "account_id", "verbatim", "created_at", "channel", "voice")
    paraphrase = (pl.col("voice") == "paraphrase").fill_null(value=False)
    latest = (
        run["mentions"]
        .select("theme_id", "feedback_id")
        .join(feedback.select(columns), on="feedback_id", how="inner")
        .with_columns(paraphrase.alias("paraphrase"))
        .filter(pl.col("verbatim").str.strip_chars() != "")
        .sort(
            *("theme_id", "account_id", "paraphrase", "created_at", "feedback_id"),
            descending=[False, False, False, True, False],
            maintain_order=True,
        )
        .unique(["theme_id", "account_id"], keep="first", maintain_order=True)
    )
    themes = dict(run["theme_scores"].select("theme_id", "theme_name").iter_rows())
    withheld = [
        any(name.likely for name in names.find(verbatim, ordinary=(themes.get(theme_id, ""),), own=(account_id,)))
        for theme_id, account_id, verbatim in latest.select("theme_id", "account_id", "verbatim").iter_rows()
    ]
    return latest.with_columns(pl.Series("withheld", withheld, dtype=pl.Boolean)).select(
        "theme_id",
        "account_id",
        pl.when(~pl.col("withheld")).then(pl.col("verbatim")).alias("said"),
        pl.col("created_at").alias("said_on"),
        "channel",
        "paraphrase",
        "withheld",
    )
