"""The table of themes: names, phrases and quotes, from at most two hundred distinct verbatims each."""

from __future__ import annotations

import polars as pl

from vocanalytics.themes.codebook import Codebook
from vocanalytics.themes.labels import label_themes
from vocanalytics.themes.quotes import Candidate, choose_quotes
from vocanalytics.themes.texts import lot
from vocanalytics.vocabulary import THEMES, polars_schema

VERBATIMS_READ = 200
_CHARACTERS_READ = 1000


def describe_themes(
    mentions: pl.DataFrame, feedback: pl.DataFrame, tags: pl.DataFrame, codebook: Codebook, *, seed: int
) -> pl.DataFrame:
    """One row a theme with a mention, named by people where they named it, else by its most telling phrase.

    Parameters
    ----------
    mentions
        `feedback_id, theme_id`.
    feedback
        `feedback_id, verbatim, text, too_short, voice, account_id`.
    tags
        `theme_id, theme_name` of tags.
    codebook
        Names, descriptions and statuses that stand.
    seed
        Which verbatims are read where a theme has more than two hundred.
    """
    sizes = mentions.group_by("theme_id").agg(mentions=pl.len())
    order = sizes.sort(["mentions", "theme_id"], descending=[True, False])["theme_id"].to_list()
    candidates = _candidates(mentions, feedback, order, seed)
    names = dict(zip(tags["theme_id"], tags["theme_name"], strict=True))
    names |= {theme.theme_id: theme.name for theme in codebook.themes}
    by_theme = {theme_id: [candidate.verbatim for candidate in candidates[theme_id]] for theme_id in order}
    labels = label_themes(by_theme, names)
    quotes = choose_quotes(candidates)
    known = {theme.theme_id: theme for theme in codebook.themes}
    counts = dict(sizes.iter_rows())
    tagged = set(tags["theme_id"])
    rows = [
        {
            "theme_id": theme_id,
            "theme_name": labels[theme_id].name,
            "description": known[theme_id].description if theme_id in known else None,
            "status": known[theme_id].status if theme_id in known else "taxonomy" if theme_id in tagged else "proposed",
            "phrases": list(labels[theme_id].phrases),
            "quotes": quotes[theme_id],
            "mentions": counts[theme_id],
        }
        for theme_id in sorted(order)
    ]
    return pl.DataFrame(rows, schema=polars_schema(THEMES), orient="row")


def _candidates(
    mentions: pl.DataFrame, feedback: pl.DataFrame, order: list[str], seed: int
) -> dict[str, list[Candidate]]:
    """Distinct verbatims a theme, drawn by their words; of equal words, a customer's stands for the paraphrase."""
    columns = ["feedback_id", "verbatim", "text", "too_short", "voice", "account_id"]
    readable = mentions.select("feedback_id", "theme_id").join(feedback.select(columns), on="feedback_id")
    is_customer = pl.col("voice").fill_null("customer") == "customer"
    readable = readable.filter(~pl.col("too_short")).with_columns(is_customer=is_customer)
    readable = readable.sort(["theme_id", "text", "is_customer", "feedback_id"], descending=[False, False, True, False])
    distinct = readable.unique(["theme_id", "text"], keep="first", maintain_order=True)
    lots = pl.Series("lot", [lot(text, seed=seed) for text in distinct["text"]], dtype=pl.Binary)
    drawn = distinct.with_columns(lots).sort("theme_id", "lot", "text")
    drawn = drawn.group_by("theme_id", maintain_order=True).head(VERBATIMS_READ)
    candidates: dict[str, list[Candidate]] = {theme_id: [] for theme_id in order}
    clipped = pl.col("verbatim").str.head(_CHARACTERS_READ)
    for row in drawn.select("theme_id", "feedback_id", clipped, "text", "is_customer", "account_id").iter_rows():
        candidates[row[0]].append(Candidate(*row[1:]))
    return candidates
