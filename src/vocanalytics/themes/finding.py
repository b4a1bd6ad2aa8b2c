"""From feedback to themes, in order: tags of people, known themes, new themes, labels and quotes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from vocanalytics.themes.codebook import Codebook
from vocanalytics.themes.describing import describe_themes
from vocanalytics.themes.result import Summary, ThemesResult
from vocanalytics.themes.texts import with_texts
from vocanalytics.vocabulary import MENTIONS, UNCLUSTERED, AssignedBy, folded, polars_schema

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings


def find(by_feedback: pl.DataFrame, codebook: Codebook, settings: ThemeSettings) -> ThemesResult:
    """See `vocanalytics.themes.find_themes`."""
    feedback = with_texts(by_feedback, clip_chars=settings.clip_chars).sort("feedback_id")
    tags = _resolve_tags(feedback, codebook)
    feedback = feedback.join(tags, on="theme", how="left", maintain_order="left")
    tagged = feedback.filter(pl.col("theme_id").is_not_null())
    free = feedback.filter(pl.col("theme_id").is_null() & ~pl.col("too_short"))
    placed, method = _place(free, tagged, codebook, settings)
    new_ids = _new_ids(placed)
    mentions = _mentions(tagged, placed, new_ids)
    unclustered = _unclustered(feedback, placed)
    themes = describe_themes(mentions, feedback, tags, codebook, seed=settings.seed)
    counts = _count(feedback, mentions, unclustered, new_ids)
    return ThemesResult(mentions, themes, unclustered, counts | {"themes": themes.height} | method)


def _resolve_tags(feedback: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    """Each tag with the theme it means, `theme, theme_id, theme_name`: one of the codebook, else the tag itself.

    Tags that differ only in case, spacing or underscores are one theme; the first spelling names it.
    """
    distinct = feedback["theme"].drop_nulls().unique().sort()
    own: dict[str, str] = {}
    rows = []
    for tag in distinct.filter(distinct.str.strip_chars() != ""):
        known = codebook.resolve(tag)
        spelling = own.setdefault(folded(tag), tag)
        rows.append((tag, known.theme_id, known.name) if known else (tag, spelling, spelling))
    return pl.DataFrame(rows, schema={"theme": pl.String, "theme_id": pl.String, "theme_name": pl.String}, orient="row")


def _place(
    free: pl.DataFrame, tagged: pl.DataFrame, codebook: Codebook, settings: ThemeSettings
) -> tuple[pl.DataFrame, Summary]:
    """Where each free verbatim goes: `feedback_id, text, theme_id, cluster, similarity`, the last three may be null."""
    if free.is_empty():
        ids = {"feedback_id": pl.String, "text": pl.String, "theme_id": pl.String}
        empty = {**ids, "cluster": pl.Int64, "similarity": pl.Float64}
        return pl.DataFrame(schema=empty), {"encoder": None, "criterion": "none: every verbatim is tagged or too short"}
    from vocanalytics.themes.placing import place_texts

    examples = _examples(tagged, codebook, settings)
    by_text = free.group_by("text").agg(verbatims=pl.len()).sort("text")
    by_text, method = place_texts(by_text, examples, settings)
    return free.select("feedback_id", "text").join(by_text, on="text", how="left").drop("verbatims"), method


def _examples(tagged: pl.DataFrame, codebook: Codebook, settings: ThemeSettings) -> pl.DataFrame:
    """Examples of known themes, `theme_id, text`, from the codebook and from tags; a retired theme teaches nothing."""
    retired = [theme.theme_id for theme in codebook.themes if theme.status == "retired"]
    rows = [(theme.theme_id, exemplar.text) for theme in codebook.themes for exemplar in theme.exemplars]
    kept = pl.DataFrame(rows, schema={"theme_id": pl.String, "verbatim": pl.String}, orient="row")
    kept = with_texts(kept.with_columns(subject=pl.lit(None, pl.String)), clip_chars=settings.clip_chars)
    both = pl.concat([kept.select("theme_id", "text", "too_short"), tagged.select("theme_id", "text", "too_short")])
    return both.filter(~pl.col("too_short") & ~pl.col("theme_id").is_in(retired)).select("theme_id", "text")


def _new_ids(placed: pl.DataFrame) -> pl.DataFrame:
    """Ids of the new themes, `cluster, new_id`: made from the words of the verbatim nearest to the centre.

    The number of a codebook theme is given by a person. Until then the id says which theme is meant, so that what was
    decided about it can never be read as being about another one that is found next time.
    """
    central = (
        placed.filter(pl.col("cluster").is_not_null())
        .sort("cluster", "similarity", "text", descending=[False, True, False])
        .group_by("cluster", maintain_order=True)
        .agg(pl.col("text").first())
    )
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in central["text"]]
    length = next(length for length in range(6, 65) if len({digest[:length] for digest in digests}) == len(digests))
    new_id = pl.Series("new_id", [f"P-{digest[:length]}" for digest in digests], dtype=pl.String)
    return central.select("cluster", new_id)


def _mentions(tagged: pl.DataFrame, placed: pl.DataFrame, new_ids: pl.DataFrame) -> pl.DataFrame:
    schema = polars_schema(MENTIONS)
    by_person = tagged.select(
        "feedback_id", "theme_id", similarity=pl.lit(1.0), assigned_by=pl.lit(AssignedBy.PERSON.value)
    )
    by_machine = (
        placed.join(new_ids, on="cluster", how="left")
        .with_columns(theme_id=pl.coalesce("theme_id", "new_id"))
        .filter(pl.col("theme_id").is_not_null())
        .select("feedback_id", "theme_id", "similarity", assigned_by=pl.lit(AssignedBy.MACHINE.value))
    )
    return pl.concat([by_person, by_machine]).cast(pl.Schema(schema)).sort("feedback_id", "theme_id")


def _unclustered(feedback: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    short = feedback.filter(pl.col("theme_id").is_null() & pl.col("too_short"))
    alone = placed.filter(pl.col("theme_id").is_null() & pl.col("cluster").is_null())
    parts = [
        short.select("feedback_id", reason=pl.lit("too_short")),
        alone.select("feedback_id", reason=pl.lit("nothing_like_it")),
    ]
    return pl.concat(parts).cast(pl.Schema(polars_schema(UNCLUSTERED))).sort("feedback_id")


def _count(feedback: pl.DataFrame, mentions: pl.DataFrame, unclustered: pl.DataFrame, new_ids: pl.DataFrame) -> Summary:
    """Counts that add up: tagged + joined_known + in_new_themes + unclustered = verbatims."""
    tagged = int((mentions["assigned_by"] == AssignedBy.PERSON.value).sum())
    new = int(mentions["theme_id"].is_in(new_ids["new_id"].implode()).sum())
    return {
        "verbatims": feedback.height,
        "tagged": tagged,
        "joined_known": mentions.height - tagged - new,
        "in_new_themes": new,
        "unclustered": unclustered.height,
        "too_short": int((unclustered["reason"] == "too_short").sum()),
        "nothing_like_it": int((unclustered["reason"] == "nothing_like_it").sum()),
        "unclustered_share": round(unclustered.height / max(1, feedback.height), 6),
        "new_themes": new_ids.height,
    }
