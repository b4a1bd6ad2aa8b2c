"""What customers said: when two verbatims are the same message."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from vocanalytics.vocabulary import ChurnSignal

_SPACE = r"\s+"
# Unicode's own list of characters that are meant to leave no trace, and every control and format character.
_INVISIBLE = r"[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]+"
# Printable ASCII with single spaces needs no more than lower case; all else takes the long way.
_ODD = r"[^ -~]|  "
# Small letters that differ from others only by case rules.
_CASE_FOLDS = {"ß": "ss", "ς": "σ"}

#: From the strongest signal to the weakest; a folded mention keeps the strongest.
_SIGNALS = tuple(ChurnSignal)

#: A folded mention takes these from the first row that states them.
_FILLED = (
    "account_hint",
    "subject",
    "language",
    "nps",
    "csat",
    "competitor",
    "deal_outcome",
    "usage_trend",
    "csm",
    "url",
    "theme",
)


@dataclass(frozen=True)
class Folded:
    """Feedback in which a message that came twice is one mention.

    Attributes
    ----------
    feedback
        One row per mention, by `feedback_id`, with all their addresses in `links`.
    duplicates
        The rows folded into them: `feedback_id, duplicate_of, export, export_row`.
    """

    feedback: pl.DataFrame
    duplicates: pl.DataFrame


def normalised(verbatims: pl.Series) -> pl.Series:
    """The form in which two verbatims count as the same message.

    Compatibility forms, upper and lower case, kinds of white space and characters that cannot be seen make no
    difference; words, punctuation and emoji do. Null stays null, and so becomes text of which nothing is left.
    """
    plain = verbatims.str.to_lowercase().str.strip_chars(" ")
    is_odd = verbatims.str.contains(_ODD)
    odd = pl.select(_normalised(pl.lit(verbatims.filter(is_odd)))).to_series()
    text = plain.scatter(is_odd.arg_true(), odd)
    return text.set(text == "", None).alias(verbatims.name)


def _normalised(text: pl.Expr) -> pl.Expr:
    seen = text.str.replace_all(_SPACE, " ").str.replace_all(_INVISIBLE, "")
    folded = seen.str.normalize("NFKC").str.to_lowercase()
    for written, meant in _CASE_FOLDS.items():
        folded = folded.str.replace_all(written, meant, literal=True)
    settled = folded.str.normalize("NFKC").str.replace_all(_INVISIBLE, "").str.replace_all(_SPACE, " ")
    return settled.str.strip_chars(" ")


def fold_duplicates(feedback: pl.DataFrame) -> Folded:
    """Count a message once, however many channels it came through.

    Rows are the same mention when they belong to the same account and say the same (see `normalised`). Without an
    account they must carry the same hint; without account and hint nothing is folded, nor is a verbatim without text.
    Rows that a team filed under different themes stay apart, since each theme has its own claim to the account; a row
    without a theme joins the first.

    The customer's own row is kept before a colleague's paraphrase, then the smallest `feedback_id`. It takes the
    strongest churn signal and the highest dependency of all, and what it leaves open from the first row that says it,
    so that folding never lowers a score.

    Parameters
    ----------
    feedback
        Accepted feedback with the columns of `vocabulary.FEEDBACK`; further columns are kept from the kept row.

    Returns
    -------
    Folded
        Mentions and duplicates; together as many rows as came in.
    """
    ordered = feedback.sort(pl.col("voice") == "paraphrase", "feedback_id", maintain_order=True, nulls_last=False)
    rows = ordered.with_columns(normalised(ordered["verbatim"]).alias("_said"), _whose=_whose())
    may_repeat = pl.all_horizontal(pl.col("_whose", "_said").is_not_null()) & (pl.len().over("_whose", "_said") > 1)
    single = rows.filter(~may_repeat).with_columns(pl.concat_list("url").list.drop_nulls().alias("links"))
    repeated = _with_theme(rows.filter(may_repeat))
    kept = repeated.group_by(_MENTION, maintain_order=True).agg(
        *_merged(feedback.columns), pl.col("url").drop_nulls().unique(maintain_order=True).alias("links")
    )
    columns = [*feedback.columns, "links"]
    mentions = pl.concat([single.select(columns), kept.select(columns)]).sort("feedback_id", maintain_order=True)
    return Folded(mentions, _duplicates(repeated))


_MENTION = ("_whose", "_said", "_theme")


def _whose() -> pl.Expr:
    by_id = pl.lit("id ") + pl.col("account_id")
    return pl.coalesce(by_id, pl.lit("hint ") + pl.col("account_hint"))


def _with_theme(repeated: pl.DataFrame) -> pl.DataFrame:
    """Repeated rows with the theme under which they count: their own, or else the first of the same message."""
    stated = normalised(repeated["theme"].str.replace_all("_", " ", literal=True))
    first = pl.col("_theme").drop_nulls().first().over("_whose", "_said")
    return repeated.with_columns(stated.alias("_theme")).with_columns(pl.col("_theme").fill_null(first))


def _merged(columns: list[str]) -> list[pl.Expr]:
    return [_merge(name) for name in columns]


def _merge(name: str) -> pl.Expr:
    column = pl.col(name)
    if name == "churn_signal":
        strength = column.replace_strict(_SIGNALS, range(len(_SIGNALS)), return_dtype=pl.Int8)
        return strength.min().replace_strict(range(len(_SIGNALS)), _SIGNALS, return_dtype=pl.String).alias(name)
    if name == "dependency":
        return column.max()
    return column.drop_nulls().first() if name in _FILLED else column.first()


def _duplicates(repeated: pl.DataFrame) -> pl.DataFrame:
    kept_id = pl.col("feedback_id").first().over(_MENTION).alias("duplicate_of")
    is_later = pl.int_range(pl.len()).over(_MENTION) > 0
    return repeated.with_columns(kept_id).filter(is_later).select("feedback_id", "duplicate_of", "export", "export_row")
