"""How large a theme is by voices and by ARR, now and in the quarters before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from vocanalytics.settings import Quarter

#: The columns of a size: mentions, distinct accounts, and their ARR, each account once.
SIZE = ("mentions", "accounts", "arr")


def theme_sizes(by_said: pl.DataFrame) -> pl.DataFrame:
    """Mentions, accounts and ARR of each theme; only accounts that count in the score are counted here.

    Parameters
    ----------
    by_said
        `theme_id, account_id, arr`, one row a mention; `arr` is null where the account does not count.

    Returns
    -------
    polars.DataFrame
        `theme_id, mentions, accounts, arr`, sorted by id: the published figures while nothing was changed.
    """
    counted = by_said.filter(pl.col("theme_id").is_not_null() & pl.col("arr").is_not_null())
    pairs = counted.group_by("theme_id", "account_id").agg(mentions=pl.len(), arr=pl.col("arr").first())
    return _by_theme(pairs)


def trend(
    past: Sequence[tuple[Quarter, pl.DataFrame]], stands_for: Mapping[str, str | None]
) -> dict[str, list[dict[str, object]]]:
    """The size of each theme in each quarter on record, oldest first; a theme that nobody asked for then has zero.

    Parameters
    ----------
    past
        Quarter and `theme_accounts` of each run.
    stands_for
        For the id of an earlier run the theme that it is today; an id that is not in it is itself.

    Returns
    -------
    dict
        By theme id a list of `quarter, mentions, accounts, arr`, one entry a quarter.
    """
    by_quarter = [(str(quarter), _sizes_then(pairs, stands_for)) for quarter, pairs in past]
    names = sorted({theme_id for _, sizes in by_quarter for theme_id in sizes})
    none = {"mentions": 0, "accounts": 0, "arr": 0.0}
    return {
        theme_id: [{"quarter": quarter, **sizes.get(theme_id, none)} for quarter, sizes in by_quarter]
        for theme_id in names
    }


def _sizes_then(pairs: pl.DataFrame, stands_for: Mapping[str, str | None]) -> dict[str, dict[str, object]]:
    today = [stands_for.get(theme_id, theme_id) for theme_id in pairs["theme_id"]]
    named = pairs.with_columns(pl.Series("theme_id", today, dtype=pl.String)).drop_nulls("theme_id")
    joined = named.group_by("theme_id", "account_id").agg(pl.col("mentions").sum(), pl.col("arr").first())
    return {row["theme_id"]: shown_size(row) for row in _by_theme(joined).iter_rows(named=True)}


def _by_theme(pairs: pl.DataFrame) -> pl.DataFrame:
    sizes = pairs.group_by("theme_id").agg(
        mentions=pl.col("mentions").sum().cast(pl.Int64), accounts=pl.len().cast(pl.Int64), arr=pl.col("arr").sum()
    )
    return sizes.sort("theme_id")


def shown_size(row: Mapping[str, object]) -> dict[str, object]:
    """A size as the page takes it; the sum is exact, only the figure on the screen is a float."""
    return {"mentions": row["mentions"], "accounts": row["accounts"], "arr": float(str(row["arr"]))}
