"""Which account a row of feedback belongs to: by its id, else by a hint that fits exactly one account."""

from __future__ import annotations

import polars as pl

from vocanalytics.contracts.validation import Validated

#: How a hint is compared, in this order; the first kind of key that any account has decides.
HINTS = ("domain", "name", "alias")

#: What each way of matching, or of not matching, means.
MEANINGS = {
    "id": "by account id",
    "domain": "by domain",
    "name": "by account name",
    "alias": "by another name of the account",
    "arr_unknown": "the account is in quarantine, so that its ARR is unknown",
    "ambiguous": "several accounts fit",
    "unknown": "no account fits",
    "none": "names no account",
}

_ACCOUNT = ("account_id", "account_name", "domains", "aliases")


def match_accounts(validated: Validated) -> pl.DataFrame:
    """Say of every row of feedback whose it is, or why nobody can tell.

    An id is taken at its word: one that no account has is not overruled by a hint. A hint is compared as a domain
    (of an e-mail address or a link too), then as a name, then as an alias, ignoring case, spacing and what is unseen.
    Accounts in quarantine take part, since feedback can name them even if nothing can weigh it.

    Returns
    -------
    polars.DataFrame
        The accepted feedback in its order, `account_id` filled in where exactly one account fits, and
        `account_match`: one of `MEANINGS`.
    """
    feedback = validated.accepted["feedback"]
    keys = _keys(validated.accepted["accounts"], validated.arr_unknown)
    ids = _fit(_distinct(feedback, "account_id").with_columns(_plain("given").alias("id")), keys, ("id",))
    spelt = {"domain": _domain("given"), "name": _name("given"), "alias": _name("given")}
    hints = _fit(_distinct(feedback, "account_hint").with_columns(**spelt), keys, HINTS)
    found = feedback.join(ids, left_on="account_id", right_on="given", how="left", maintain_order="left")
    found = found.join(
        hints, left_on="account_hint", right_on="given", how="left", maintain_order="left", suffix="_hint"
    )
    named = pl.col("account_id").is_not_null()
    match = pl.when(named).then(pl.col("match")).otherwise(pl.col("match_hint")).fill_null("none")
    account = pl.when(named).then(pl.coalesce("fit", "account_id")).otherwise(pl.col("fit_hint"))
    return found.with_columns(account.alias("account_id"), match.alias("account_match")).select(
        *feedback.columns, "account_match"
    )


def match_counts(matched: pl.DataFrame) -> pl.DataFrame:
    """How many rows of feedback found their account, in which way, and why the others did not.

    Returns
    -------
    polars.DataFrame
        `account_match, meaning, rows, accounts`, in the order of `MEANINGS`.
    """
    counted = matched.group_by("account_match").agg(
        pl.len().alias("rows"), pl.col("account_id").drop_nulls().n_unique().alias("accounts")
    )
    listed = pl.DataFrame({"account_match": list(MEANINGS), "meaning": list(MEANINGS.values())})
    return listed.join(counted, on="account_match", how="left", maintain_order="left").with_columns(
        pl.col("rows", "accounts").fill_null(0)
    )


def _distinct(feedback: pl.DataFrame, column: str) -> pl.DataFrame:
    return feedback.select(pl.col(column).alias("given")).drop_nulls().unique(maintain_order=True)


def _keys(accounts: pl.DataFrame, arr_unknown: pl.DataFrame) -> pl.DataFrame:
    """Every key of every account with how many accounts have it, which the first is, and whether its ARR is known."""
    known = accounts.select(*_ACCOUNT, pl.lit(True).alias("weighed"))
    both = pl.concat([known, arr_unknown.select(*_ACCOUNT, pl.lit(False).alias("weighed"))]).with_row_index()
    # An account may stand in quarantine twice; one without an id is an account of its own.
    both = both.with_columns(pl.coalesce("account_id", pl.concat_str(pl.lit("row "), "index")).alias("account"))
    spelt = {
        "id": both.with_columns(key=_plain("account_id")),
        "domain": both.explode("domains").with_columns(key=_domain("domains")),
        "name": both.with_columns(key=_name("account_name")),
        "alias": both.explode("aliases").with_columns(key=_name("aliases")),
    }
    kept = ("key", "account", "account_id", "weighed")
    listed = pl.concat(frame.select(pl.lit(how).alias("how"), *kept) for how, frame in spelt.items())
    by_key = listed.filter(pl.col("key") != "").group_by("how", "key", maintain_order=True)
    return by_key.agg(pl.col("account").n_unique().alias("accounts"), pl.col("account_id", "weighed").first())


def _fit(given: pl.DataFrame, keys: pl.DataFrame, order: tuple[str, ...]) -> pl.DataFrame:
    """For each id or hint as given: the account that it fits (`fit`) and how, or why not (`match`)."""
    for how in order:
        found = keys.filter(pl.col("how") == how).select(
            pl.col("key").alias(how), pl.struct("how", "accounts", "account_id", "weighed").alias(f"{how}_fit")
        )
        given = given.join(found, on=how, how="left", maintain_order="left")
    fit = pl.coalesce(f"{how}_fit" for how in order).struct
    match = (
        pl.when(fit.field("accounts").is_null())
        .then(pl.lit("unknown"))
        .when(fit.field("accounts") > 1)
        .then(pl.lit("ambiguous"))
        .when(~fit.field("weighed"))
        .then(pl.lit("arr_unknown"))
        .otherwise(fit.field("how"))
    )
    one = pl.when(fit.field("accounts") == 1).then(fit.field("account_id"))
    return given.select("given", one.alias("fit"), match.alias("match"))


def _plain(column: str) -> pl.Expr:
    """An id without what cannot be seen; its case counts, since some tools tell ids apart by case alone."""
    return pl.col(column).str.replace_all(r"[\p{Cf}\p{Cc}]", "").str.strip_chars()


def _name(column: str) -> pl.Expr:
    """A name without case, spacing and what cannot be seen."""
    visible = _plain(column).str.normalize("NFKC").str.to_lowercase()
    return visible.str.replace_all(r"\s+", " ").str.strip_chars()


def _domain(column: str) -> pl.Expr:
    """The domain in a hint, an e-mail address or a link."""
    bare = _name(column).str.replace(r"^[a-z][a-z0-9+.-]*://", "").str.replace(r"^.*@", "")
    return bare.str.extract(r"^(?:www\.)?([^/?#:>\s]+)").str.strip_chars_end(".")
