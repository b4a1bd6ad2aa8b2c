"""The table of themes: names, phrases and quotes, from at most two hundred distinct verbatims each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from vocanalytics.themes.codebook.book import Codebook, CodebookTheme
from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.texts import lot
from vocanalytics.themes.wording.labels import Label, label_themes
from vocanalytics.themes.wording.quotes import Candidate, choose_quotes, describe_in_a_line, majority_language
from vocanalytics.vocabulary import THEMES, polars_schema

VERBATIMS_READ = 200
_CHARACTERS_READ = 1000


def describe_themes(
    mentions: pl.DataFrame,
    feedback: pl.DataFrame,
    tags: pl.DataFrame,
    codebook: Codebook,
    *,
    seed: int,
    areas: Mapping[str, str] | None = None,
    encode: Callable[[Sequence[str]], Vectors] | None = None,
) -> pl.DataFrame:
    """One row a theme with a mention, named by people where they named it, else by its most telling phrase.

    Parameters
    ----------
    mentions
        `feedback_id, theme_id`, and `similarity` where it is known.
    feedback
        `feedback_id, verbatim, text, too_short, voice, account_id`, and `language` where it is known.
    tags
        `theme_id, theme_name` of tags.
    codebook
        Names, descriptions and statuses that stand.
    seed
        Which verbatims are read where a theme has more than two hundred.
    areas
        The area of themes by id; what the codebook says of a theme wins.
    encode
        Unit vectors of comparable texts, where an encoder that knows meanings is at hand; phrases follow it.
    """
    sizes = mentions.group_by("theme_id").agg(mentions=pl.len())
    order = sizes.sort(["mentions", "theme_id"], descending=[True, False])["theme_id"].to_list()
    candidates = _candidates(mentions, feedback, order, seed)
    known = {theme.theme_id: theme for theme in codebook.themes}
    names = dict(zip(tags["theme_id"], tags["theme_name"], strict=True))
    names |= {theme_id: theme.name for theme_id, theme in known.items()}
    labels = label_themes({theme_id: _spoken(candidates[theme_id]) for theme_id in order}, names, encode=encode)
    quotes = choose_quotes(candidates)
    new = {theme_id: candidates[theme_id] for theme_id in order if theme_id not in names}
    lines = describe_in_a_line(new, quotes)
    tagged = set(tags["theme_id"])
    rows = [
        {
            "theme_id": theme_id,
            **_said_of(known.get(theme_id), labels[theme_id], lines.get(theme_id), (areas or {}).get(theme_id)),
            "status": known[theme_id].status if theme_id in known else "taxonomy" if theme_id in tagged else "proposed",
            "quotes": quotes[theme_id],
            "mentions": count,
        }
        for theme_id, count in sizes.sort("theme_id").iter_rows()
    ]
    return pl.DataFrame(rows, schema=polars_schema(THEMES))


def _said_of(known: CodebookTheme | None, label: Label, line: str | None, area: str | None) -> dict[str, object]:
    """Name, description, area and phrases; what people wrote into the codebook wins."""
    return {
        "theme_name": label.name,
        "description": known.description if known else line,
        "area": getattr(known, "area", None) or area,
        "phrases": list(label.phrases),
    }


def _spoken(candidates: Sequence[Candidate]) -> list[str]:
    """The verbatims that phrases are taken from: those in the language of most, where languages are known."""
    majority = majority_language(candidates)
    return [candidate.verbatim for candidate in candidates if candidate.language in (majority, None)]


def _candidates(
    mentions: pl.DataFrame, feedback: pl.DataFrame, order: list[str], seed: int
) -> dict[str, list[Candidate]]:
    """Distinct verbatims a theme, drawn by their words; of equal words, a customer's stands for the paraphrase."""
    columns = ["feedback_id", "verbatim", "text", "too_short", "voice", "account_id"]
    similarity = pl.col("similarity") if "similarity" in mentions.columns else pl.lit(1.0).alias("similarity")
    language = _language() if "language" in feedback.columns else pl.lit(None, pl.String).alias("language")
    readable = mentions.select("feedback_id", "theme_id", similarity).join(
        feedback.select(*columns, language), on="feedback_id"
    )
    is_customer = pl.col("voice").fill_null("customer") == "customer"
    readable = readable.filter(~pl.col("too_short")).with_columns(is_customer=is_customer)
    # A message that makes two requests speaks for a theme only where no other does.
    readable = readable.with_columns(one=~pl.col("feedback_id").is_duplicated())
    readable = readable.filter(pl.col("one") | ~pl.col("one").any().over("theme_id")).drop("one")
    readable = readable.sort(["theme_id", "text", "is_customer", "feedback_id"], descending=[False, False, True, False])
    distinct = readable.unique(["theme_id", "text"], keep="first", maintain_order=True)
    lots = pl.Series("lot", [lot(text, seed=seed) for text in distinct["text"]], dtype=pl.Binary)
    drawn = distinct.with_columns(lots).sort("theme_id", "lot", "text")
    drawn = drawn.group_by("theme_id", maintain_order=True).head(VERBATIMS_READ)
    candidates: dict[str, list[Candidate]] = {theme_id: [] for theme_id in order}
    clipped = pl.col("verbatim").str.head(_CHARACTERS_READ)
    read = drawn.select(
        "theme_id", "feedback_id", clipped, "text", "is_customer", "account_id", "language", "similarity"
    )
    for row in read.iter_rows():
        candidates[row[0]].append(Candidate(*row[1:]))
    return candidates


def _language() -> pl.Expr:
    """The language as two letters, "en" for "en-US" too; null where it stayed open."""
    said = pl.col("language").str.to_lowercase().str.head(3)
    return pl.when(said != "und").then(said.str.head(2)).alias("language")
