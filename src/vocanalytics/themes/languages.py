"""Languages: which one each verbatim is in, how the themes stage fared with it, and themes that are only a language.

The export's word wins. Else the words tell, by py3langid: a naive Bayes model over pieces of bytes that comes with its
wheel, asks neither the network nor the clock, and answers the same for the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from vocanalytics.vocabulary import UNDETERMINED, language_code, language_name

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

    from vocanalytics.themes.result import Summary

#: The languages told apart; few, because each one more takes short English texts for itself.
TOLD_APART = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "cs", "sk", "ro", "hu", "el", "tr"),
    *("ru", "uk", "bg", "hr", "he", "ar", "ja", "zh", "ko", "th", "vi", "id", "hi"),
)
#: Below this probability among them, or with fewer bytes of letters, the language stays undetermined.
SURE = 0.5
_BYTES_OF_LETTERS = 10
_CHARACTERS_READ = 300
_NOT_WORDS = r"https?://\S+|www\.\S+|\S+@\S+"
# Two of these in plain ASCII are English; no language told apart uses them. It spares the model most of its work.
_ONLY_ENGLISH = (
    r"(?i)\b(?:the|our|you|your|this|that|with|would|when|what|which|they|please|my|been|should|could|there|from|it's|"
    r"don't|can't|doesn't|isn't|didn't|how|why)\b"
)
_ONLY_ASCII = r"^[ -~]*$"

#: A found theme is flagged when more than this share of it is in one language that less than half speak in all.
_ONE_LANGUAGE, _MINORITY = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Languages:
    """Who speaks what, and what that did to the themes.

    Attributes
    ----------
    by_verbatim
        `feedback_id, language` (two letters, or `und`), `detected` (false: the export says so), sorted by id.
    by_language
        `language, name, verbatims, detected, accounts, unclustered, joined_known`, most verbatims first. Verbatims add
        up to all; accounts need not, since one may write in two languages.
    one_language_themes
        Found themes that are of one minority language rather than of one topic: `theme_id, language, name, verbatims,
        of`, sorted by id.
    """

    by_verbatim: pl.DataFrame
    by_language: pl.DataFrame
    one_language_themes: pl.DataFrame

    def summary(self) -> Summary:
        """What the summary of the run says of it: `languages` (`en 92.1%, de 4.0%`) and `one_language_themes`."""
        of = max(1, self.by_verbatim.height)
        said = [f"{row['language']} {100 * row['verbatims'] / of:.1f}%" for row in self.by_language.to_dicts()]
        flagged = [f"{row['theme_id']} ({row['name']})" for row in self.one_language_themes.to_dicts()]
        return {"languages": ", ".join(said) or None, "one_language_themes": ", ".join(flagged) or None}


class Found(NamedTuple):
    """What the stage made of the verbatims: `mentions`, `unclustered`, and the ids of themes it found itself."""

    mentions: pl.DataFrame
    unclustered: pl.DataFrame
    new_theme_ids: Collection[str]


def read_languages(by_verbatim: pl.DataFrame, by_feedback: pl.DataFrame, found: Found) -> Languages:
    """What each language got.

    Parameters
    ----------
    by_verbatim
        As `detect` returns it.
    by_feedback
        `feedback_id, account_id` of the same verbatims.
    found
        What became of them.

    Returns
    -------
    Languages
        The same rows give the same answer, whatever their order.
    """
    spoken = by_verbatim.join(by_feedback.select("feedback_id", "account_id"), on="feedback_id", maintain_order="left")
    return Languages(by_verbatim, _count(spoken, found), _of_one_language(by_verbatim, found))


def detect(by_feedback: pl.DataFrame) -> pl.DataFrame:
    """The language of every verbatim, from the export where it says one known here, else from the words.

    Parameters
    ----------
    by_feedback
        `feedback_id` (unique), `verbatim`, `language` (as the export writes it); the last two may be null.

    Returns
    -------
    polars.DataFrame
        `feedback_id, language, detected`, sorted by id: two letters or `und`; false where the export says it.
    """
    rows = by_feedback.select("feedback_id", given=_as_given(by_feedback["language"]), words=_words())
    open_words = rows.filter(pl.col("given").is_null())["words"].unique().sort()
    told = pl.DataFrame({"words": open_words, "told": _tell(open_words)})
    joined = rows.join(told, on="words", how="left", maintain_order="left")
    language = pl.coalesce("given", "told", pl.lit(UNDETERMINED)).alias("language")
    return joined.select("feedback_id", language, detected=pl.col("given").is_null()).sort("feedback_id")


def _as_given(written: pl.Series) -> pl.Series:
    distinct = written.cast(pl.String).drop_nulls().unique()
    codes = [language_code(value) for value in distinct]
    return written.cast(pl.String).replace_strict(distinct, codes, default=None, return_dtype=pl.String)


def _words() -> pl.Expr:
    """What the model reads: the beginning of a verbatim, on one line, without addresses."""
    return (
        pl.col("verbatim")
        .fill_null("")
        .str.head(_CHARACTERS_READ)
        .str.replace_all(_NOT_WORDS, " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )


def _tell(words: pl.Series) -> pl.Series:
    """The language of each of the distinct texts."""
    letters = words.str.replace_all(r"\P{L}", "").str.len_bytes()
    english = words.str.contains(_ONLY_ASCII) & (words.str.count_matches(_ONLY_ENGLISH) >= 2)
    unclear = (letters >= _BYTES_OF_LETTERS) & ~english
    told = pl.select(pl.when(english).then(pl.lit("en")).otherwise(pl.lit(UNDETERMINED))).to_series()
    asked = pl.Series([_ask(text) for text in words.filter(unclear)], dtype=pl.String)
    return told.scatter(unclear.arg_true(), asked)


def _ask(text: str) -> str:
    language, probability = _identifier().classify(text)
    # Processors disagree about the last digits of a sum.
    return str(language) if round(probability, 3) >= SURE else UNDETERMINED


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(TOLD_APART)
    return identifier


def _count(spoken: pl.DataFrame, found: Found) -> pl.DataFrame:
    is_new = pl.col("theme_id").is_in(sorted(found.new_theme_ids))
    of_machine = found.mentions.filter((pl.col("assigned_by") == "machine") & ~is_new)["feedback_id"]
    counts: Mapping[str, pl.Expr] = {
        "verbatims": pl.len(),
        "detected": pl.col("detected").sum(),
        "accounts": pl.col("account_id").drop_nulls().n_unique(),
        "unclustered": pl.col("feedback_id").is_in(found.unclustered["feedback_id"].implode()).sum(),
        "joined_known": pl.col("feedback_id").is_in(of_machine.implode()).sum(),
    }
    table = spoken.group_by("language").agg(count.cast(pl.Int64).alias(name) for name, count in counts.items())
    named = table.with_columns(_named().alias("name")).select("language", "name", *counts)
    return named.sort("verbatims", "language", descending=[True, False])


def _of_one_language(by_verbatim: pl.DataFrame, found: Found) -> pl.DataFrame:
    of_all = by_verbatim.group_by("language").agg(share=pl.len() / max(1, by_verbatim.height))
    counted = (
        found.mentions.filter(pl.col("theme_id").is_in(sorted(found.new_theme_ids)))
        .select("theme_id", "feedback_id")
        .join(by_verbatim, on="feedback_id")
        .group_by("theme_id", "language")
        .agg(verbatims=pl.len().cast(pl.Int64))
        .with_columns(of=pl.col("verbatims").sum().over("theme_id"))
        .join(of_all, on="language")
    )
    mostly = pl.col("verbatims") > _ONE_LANGUAGE * pl.col("of")
    flagged = counted.filter(mostly & (pl.col("share") < _MINORITY) & (pl.col("language") != UNDETERMINED))
    named = flagged.with_columns(_named().alias("name")).select("theme_id", "language", "name", "verbatims", "of")
    return named.sort("theme_id")


def _named() -> pl.Expr:
    return pl.col("language").map_elements(language_name, return_dtype=pl.String)
