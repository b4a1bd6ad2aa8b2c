"""Who counts: the scope of every feedback row, and the sum of what is in and out."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.tables import cents, dollars
from vocanalytics.vocabulary import Lifecycle, Scope

_NO_FIT = "the hint fits no account"
_NO_SUCH_ID = "no account has this id"
_UNMATCHED_REASON = {
    "none": "neither an account id nor a hint",
    "ambiguous": "the hint fits several accounts",
    "arr_unknown": "ARR unknown: the account is in quarantine",
}
_REASON = {
    Scope.PROSPECT: "a prospect: on the Sales list",
    Scope.CHURNED: "the account has churned",
    Scope.NON_ICP: "outside the ideal customer profile: tracked, not scored",
    Scope.COMPLIANCE: "compliance only: on the CPO list",
    Scope.SCORED: "a customer inside the ideal customer profile",
}


def scope_feedback(
    feedback: pl.DataFrame, accounts: pl.DataFrame, mentions: pl.DataFrame, compliance: Collection[str]
) -> pl.DataFrame:
    """Say for every feedback row whether it counts, and if not, why; no row is dropped.

    Parameters
    ----------
    feedback
        FEEDBACK columns with `account_match`; `account_id` is resolved where an account was found.
    accounts
        Accepted accounts.
    mentions
        Which row speaks of which theme.
    compliance
        Themes on the CPO list; a row that speaks of nothing else leaves the ranking.

    Returns
    -------
    polars.DataFrame
        The rows as they came, with `scope` and `scope_reason`.
    """
    known = accounts.select("account_id", "lifecycle", "is_icp")
    # A hash join of three narrow columns: the verbatims themselves are never copied.
    found = feedback.select("feedback_id", "account_id", "account_match").join(
        known, on="account_id", how="left", maintain_order="left"
    )
    scope = found.select(_scope(_compliance_rows(mentions, compliance)).alias("scope")).to_series()
    reason = found.with_columns(scope).select(_reason().alias("scope_reason")).to_series()
    return feedback.with_columns(scope, reason)


def _scope(compliance_rows: pl.Series) -> pl.Expr:
    lifecycle = pl.col("lifecycle")
    return (
        pl.when(lifecycle.is_null())
        .then(pl.lit(Scope.UNMATCHED.value))
        .when(lifecycle == Lifecycle.PROSPECT.value)
        .then(pl.lit(Scope.PROSPECT.value))
        .when(lifecycle == Lifecycle.CHURNED.value)
        .then(pl.lit(Scope.CHURNED.value))
        .when(~pl.col("is_icp"))
        .then(pl.lit(Scope.NON_ICP.value))
        .when(pl.col("feedback_id").is_in(compliance_rows.implode()))
        .then(pl.lit(Scope.COMPLIANCE.value))
        .otherwise(pl.lit(Scope.SCORED.value))
    )


def _reason() -> pl.Expr:
    nobody = pl.when(pl.col("account_id").is_null()).then(pl.lit(_NO_FIT)).otherwise(pl.lit(_NO_SUCH_ID))
    listed = pl.col("account_match").replace_strict(_UNMATCHED_REASON, default=None, return_dtype=pl.String)
    unmatched = pl.coalesce(listed, nobody)
    by_scope = {scope.value: reason for scope, reason in _REASON.items()}
    said = pl.col("scope").replace_strict(by_scope, default=None, return_dtype=pl.String)
    return pl.when(pl.col("scope") == Scope.UNMATCHED.value).then(unmatched).otherwise(said)


def _compliance_rows(mentions: pl.DataFrame, compliance: Collection[str]) -> pl.Series:
    if not compliance:
        return pl.Series("feedback_id", [], dtype=pl.String)
    listed = pl.col("theme_id").is_in(sorted(compliance))
    only = mentions.group_by("feedback_id", maintain_order=True).agg(listed.all().alias("only_compliance"))
    return only.filter("only_compliance")["feedback_id"]


def in_scope_mentions(scoped: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """The mentions whose account counts: one row per verbatim and theme.

    A compliance theme keeps its mentions, so that the CPO list shows what is behind it; it has no rank.
    """
    counted = scoped.filter(pl.col("scope").is_in([Scope.SCORED.value, Scope.COMPLIANCE.value]))
    signals = counted.select("feedback_id", "account_id", "churn_signal", "dependency")
    return mentions.select("feedback_id", "theme_id").join(
        signals, on="feedback_id", how="inner", maintain_order="left"
    )


def scope_summary(scoped: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """What is in and what is out, as a count and as ARR; the rows add up to what came in.

    Rows add up, accounts and ARR need not: whether an account counts is decided once for all its rows, except that a
    customer inside the ICP may have rows of its own in the score and others on the CPO list. It then stands in both
    lines, once in each.

    Parameters
    ----------
    scoped
        Feedback with its scope.
    accounts
        Accepted accounts.

    Returns
    -------
    polars.DataFrame
        `scope, rows, accounts, arr`, one row per scope of the vocabulary, in its order; `arr` counts each account of
        the scope once, and is null where feedback has no known account to value.

    Raises
    ------
    ScoringError
        When the rows do not add up.
    """
    rows = scoped.group_by("scope", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("account_id").drop_nulls().n_unique().cast(pl.Int64).alias("accounts"),
    )
    arr = (
        scoped.select("scope", "account_id")
        .unique(maintain_order=True)
        .join(accounts.select("account_id", cents(pl.col("arr")).alias("arr")), on="account_id", maintain_order="left")
        .group_by("scope", maintain_order=True)
        .agg(dollars(pl.col("arr").sum()).alias("arr"))
    )
    scopes = pl.DataFrame({"scope": [scope.value for scope in Scope]})
    summary = scopes.join(rows, on="scope", how="left", maintain_order="left").join(
        arr, on="scope", how="left", maintain_order="left"
    )
    summary = summary.with_columns(pl.col("rows", "accounts").fill_null(0))
    if summary["rows"].sum() != scoped.height:
        raise ScoringError(
            "in and out do not add up", found=f"{summary['rows'].sum()}", expected=f"{scoped.height} rows"
        )
    nothing = pl.lit("0.00").cast(pl.Decimal(18, 2))
    return summary.with_columns(pl.when(pl.col("rows") == 0).then(nothing).otherwise(pl.col("arr")).alias("arr"))
