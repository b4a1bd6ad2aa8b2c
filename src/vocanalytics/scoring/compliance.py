"""Compliance is a threshold, not a request: what people put on the CPO list, and what its words suggest for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import polars as pl

from vocanalytics.errors import ScoringError
from vocanalytics.formulas import ONE, thousandths
from vocanalytics.scoring.overrides import APPROVED
from vocanalytics.settings import ComplianceSettings
from vocanalytics.tables import dollars
from vocanalytics.vocabulary import OverrideKind

LISTED = "listed"
REQUESTED = "requested"
SUGGESTED = "suggested"

_IN_ORDER = (LISTED, REQUESTED, SUGGESTED)
_ASKED = ("reason", "requested_by", "approved_by", "expires_on", "why")
_KEPT = ("theme_id", "theme_name", "status", *_ASKED, "words", "word_mentions", "mentions", "accounts")
_OUTSIDE_A_WORD = r"[^\p{L}\p{M}\p{N}]"
_BETWEEN_WORDS = r"[\s\p{Pd}_]+"
_NOT_ASCII = r"[^\x00-\x7F]"


def cpo_list(
    placed: pl.DataFrame,
    overridden: pl.DataFrame,
    scoped: pl.DataFrame,
    in_scope: pl.DataFrame,
    settings: ComplianceSettings,
) -> pl.DataFrame:
    """What the CPO must know of: themes that people listed, that they asked to list, and that only words suggest.

    It is read off the finished score and nothing is read off it: a suggestion moves no theme.

    Parameters
    ----------
    placed
        Themes as `place` returns them: `theme_id, theme_name, mentions, accounts, arr_exposed` (cents), `rank`.
    overridden
        Every override with its `status` and `why`.
    scoped
        Feedback with `subject` and `verbatim`.
    in_scope
        `feedback_id, theme_id` of the mentions that count.
    settings
        The words, and the share of a theme's mentions from which they suggest it.

    Returns
    -------
    polars.DataFrame
        `theme_id, theme_name, status` (listed: an approved compliance override; requested: one that is not applied;
        suggested: by words only), `reason, requested_by, approved_by, expires_on, why` of the override, `words` (those
        of the settings that were found, as written there), `word_mentions, mentions, accounts, arr_exposed, rank`.
        Listed before requested before suggested, then most ARR first.

    Raises
    ------
    ScoringError
        When a word of the settings has neither letter nor digit, and so would be found everywhere.
    """
    found = _words_by_theme(scoped, in_scope, settings.words)
    rows = placed.join(_asked_for(overridden), on="theme_id", how="left", maintain_order="left").join(
        found, on="theme_id", how="left", maintain_order="left"
    )
    rows = rows.with_columns(
        pl.col("word_mentions").fill_null(0), pl.col("words").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    )
    suggested = pl.when(_is_suggested(settings)).then(pl.lit(SUGGESTED))
    listed = rows.with_columns(pl.coalesce("status", suggested).alias("status")).filter(pl.col("status").is_not_null())
    order = pl.col("status").replace_strict(_IN_ORDER, range(len(_IN_ORDER)), return_dtype=pl.Int8)
    listed = listed.sort(order, "arr_exposed", "theme_id", descending=[False, True, False])
    return listed.select(*_KEPT, dollars(pl.col("arr_exposed")).alias("arr_exposed"), "rank")


def _asked_for(overridden: pl.DataFrame) -> pl.DataFrame:
    """One compliance override per theme: the approved one if there is one, else the first by its reason."""
    approved = pl.col("status") == APPROVED
    order = [~approved, *(pl.col(name) for name in _ASKED)]
    asked = overridden.filter(pl.col("kind") == OverrideKind.COMPLIANCE.value).sort(order, nulls_last=True)
    status = pl.when(approved).then(pl.lit(LISTED)).otherwise(pl.lit(REQUESTED)).alias("status")
    return asked.unique("theme_id", keep="first", maintain_order=True).select("theme_id", status, *_ASKED)


def _is_suggested(settings: ComplianceSettings) -> pl.Expr:
    enough = pl.col("word_mentions") * ONE >= thousandths(settings.share) * pl.col("mentions")
    return enough & (pl.col("word_mentions") > 0)


def _words_by_theme(scoped: pl.DataFrame, in_scope: pl.DataFrame, words: Sequence[str]) -> pl.DataFrame:
    """Per theme `words`, in the order of the settings, and `word_mentions`: mentions in which any of them stands."""
    said = feedback_with_words(scoped.join(in_scope, on="feedback_id", how="semi", maintain_order="left"), words)
    by_mention = in_scope.select("feedback_id", "theme_id").join(said, on="feedback_id", maintain_order="left")
    word_mentions = pl.col("feedback_id").n_unique().cast(pl.Int64).alias("word_mentions")
    by_theme = by_mention.sort("theme_id", "place", "feedback_id").group_by("theme_id", maintain_order=True)
    return by_theme.agg(pl.col("word").unique(maintain_order=True).alias("words"), word_mentions)


def feedback_with_words(feedback: pl.DataFrame, words: Sequence[str]) -> pl.DataFrame:
    """Which words stand in which rows of feedback, as whole words in any case, width, plural or hyphenation.

    Parameters
    ----------
    feedback
        `feedback_id, subject, verbatim`.
    words
        Words or phrases; those that differ only in case or width count as one, the first spelling stands.

    Returns
    -------
    polars.DataFrame
        `feedback_id, word, place` (position of the word in `words`), one row per pair.

    Raises
    ------
    ScoringError
        When a word has neither letter nor digit.
    """
    by_fold: dict[str, tuple[int, str]] = {}
    for place, word in enumerate(words):
        by_fold.setdefault(_folded(word), (place, word))
    nothing = {"feedback_id": pl.String, "word": pl.String, "place": pl.Int64}
    if not by_fold:
        return pl.DataFrame(schema=nothing)
    spoken = _texts(feedback).filter(pl.col("text").str.contains(_whole(by_fold)))
    found = [
        spoken.filter(pl.col("text").str.contains(_whole([fold]))).select(
            "feedback_id", pl.lit(word).alias("word"), pl.lit(place, dtype=pl.Int64).alias("place")
        )
        for fold, (place, word) in by_fold.items()
    ]
    return pl.concat(found)


def _texts(feedback: pl.DataFrame) -> pl.DataFrame:
    # The bar keeps a phrase from beginning in the subject and ending in the verbatim.
    both = pl.concat_str("subject", "verbatim", separator=" | ", ignore_nulls=True).alias("text")
    texts = feedback.select("feedback_id", both)
    is_wide = texts["text"].str.contains(_NOT_ASCII)
    narrowed = texts.filter(is_wide).with_columns(pl.col("text").str.normalize("NFKC"))
    lower = pl.col("text").str.to_lowercase()
    return pl.concat([texts.filter(~is_wide), narrowed]).with_columns(lower)


def _folded(word: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", word).lower().split())
    if not any(character.isalnum() for character in folded):
        raise ScoringError(
            "a word of the compliance list holds neither letter nor digit",
            where="compliance.words",
            found=repr(word),
            advice="Correct the word in model.yml, or leave it out",
        )
    return folded


def _whole(folds: Sequence[str] | dict[str, tuple[int, str]]) -> str:
    """A pattern for any of the folded words that no letter or digit touches on either side."""
    phrases = "|".join(_phrase(fold) for fold in folds)
    return f"(?:^|{_OUTSIDE_A_WORD})(?:{phrases})(?:$|{_OUTSIDE_A_WORD})"


def _phrase(fold: str) -> str:
    """One phrase: any spaces or hyphens between its words, and a plural or genitive of the last."""
    parts = fold.replace("-", " ").replace("_", " ").split()
    pattern = _BETWEEN_WORDS.join(pl.escape_regex(part) for part in parts)
    if pattern[-1] == "y":
        return f"{pattern[:-1]}(?:y|ies|y['’]s)"
    return f"{pattern}(?:['’]?s|es)?" if pattern[-1].isalpha() else pattern
