"""From feedback to themes, in order: tags of people, known themes, new themes, labels and quotes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from vocanalytics.themes.codebook.book import Codebook
from vocanalytics.themes.codebook.lineage import Lineage, teaching, trace
from vocanalytics.themes.codebook.pinning import pin_counts, pinned
from vocanalytics.themes.codebook.remembering import recalled
from vocanalytics.themes.grouping.areas import find_areas
from vocanalytics.themes.languages import Found, detect, read_languages
from vocanalytics.themes.result import Summary, ThemesResult
from vocanalytics.themes.texts import both_texts, with_texts
from vocanalytics.themes.wording.describing import describe_themes
from vocanalytics.vocabulary import MENTIONS, UNCLUSTERED, UNDETERMINED, AssignedBy, folded, polars_schema

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings


_TAGS = ("theme", "theme_id", "theme_name", "entry_id")


def find(
    by_feedback: pl.DataFrame, codebook: Codebook, settings: ThemeSettings, remembered: pl.DataFrame | None = None
) -> ThemesResult:
    """See `vocanalytics.themes.find_themes`."""
    told = detect(by_feedback)
    known = told.select("feedback_id", pl.col("language").replace(UNDETERMINED, None))
    feedback = with_texts(by_feedback.drop("language").join(known, on="feedback_id"), clip_chars=settings.clip_chars)
    feedback = feedback.sort("feedback_id")
    tags = _resolve_tags(feedback, codebook)
    feedback = feedback.join(tags, on="theme", how="left", maintain_order="left")
    tagged = feedback.filter(pl.col("theme_id").is_not_null())
    free = feedback.filter(pl.col("theme_id").is_null() & ~pl.col("too_short"))
    placed, method = _place(free, tagged, codebook, settings, remembered)
    new_ids = _new_ids(placed)
    by_pin = pinned(feedback.select("feedback_id", text=both_texts()), codebook)
    mentions = _mentions(tagged, placed, new_ids, by_pin)
    unclustered = _unclustered(feedback, placed, by_pin)
    areas = find_areas(mentions, feedback, settings) if method["encoder"] else {}
    themes = describe_themes(mentions, feedback, tags, codebook, seed=settings.seed, areas=areas)
    counts = _count(feedback, mentions, unclustered, new_ids) | pin_counts(by_pin, codebook)
    counts |= {"themes": themes.height, "codebook_sha256": codebook.source}
    languages = read_languages(told, by_feedback, Found(mentions, unclustered, new_ids["new_id"]))
    summary = counts | method | languages.summary()
    return ThemesResult(mentions, themes, unclustered, summary, languages=languages, aliases=_aliases(codebook))


def _aliases(codebook: Codebook) -> pl.DataFrame:
    """Other words for a theme, as curated files and earlier quarters may have them."""
    schema = {"alias": pl.String, "theme_id": pl.String}
    return pl.DataFrame(sorted(codebook.aliases()), schema=schema, orient="row")


def _resolve_tags(feedback: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    """Each tag with the theme it means, `theme, theme_id, theme_name, entry_id`: one of the codebook, else the tag.

    Tags that differ only in case, spacing or underscores are one theme; the first spelling names it. A tag that names a
    merged theme means the one it went into, and goes on standing for the entry that it names.
    """
    distinct = feedback["theme"].drop_nulls().unique().sort()
    calls = codebook.calls()
    own: dict[str, str] = {}
    rows = []
    for tag in distinct.filter(distinct.str.strip_chars() != ""):
        entry = calls.get(folded(tag))
        known = codebook.root(entry.theme_id) if entry else None
        spelling = own.setdefault(folded(tag), tag)
        named = (known.theme_id, known.name, entry.theme_id) if known and entry else (spelling, spelling, spelling)
        rows.append((tag, *named))
    return pl.DataFrame(rows, schema=dict.fromkeys(_TAGS, pl.String), orient="row")


def _place(
    free: pl.DataFrame,
    tagged: pl.DataFrame,
    codebook: Codebook,
    settings: ThemeSettings,
    remembered: pl.DataFrame | None,
) -> tuple[pl.DataFrame, Summary]:
    """Where each free verbatim goes: `feedback_id, text, theme_id, cluster, similarity`, the last three may be null."""
    if free.is_empty():
        ids = {"feedback_id": pl.String, "text": pl.String, "theme_id": pl.String}
        empty = {**ids, "cluster": pl.Int64, "similarity": pl.Float64}
        return pl.DataFrame(schema=empty), {"encoder": None, "criterion": "none: every verbatim is tagged or too short"}
    from vocanalytics.themes.grouping.placing import place_texts

    examples = _examples(tagged, codebook, settings)
    lineage = trace(codebook, tagged, settings)
    by_text = free.group_by("text").agg(verbatims=pl.len(), said=pl.col("verbatim").first()).sort("text")
    known = _known_words(by_text, examples, remembered, lineage, settings)
    settled = pl.col("text").is_in(known["text"].implode())
    by_text, method = place_texts(by_text.with_columns(settled=settled), examples, settings)
    by_text = lineage.told_apart(by_text.select("text", "theme_id", "cluster", "similarity"), settings)
    by_text = lineage.rooted(_put(_recall(by_text, known), lineage.owners))
    if remembered is not None:
        method = method | {"remembered": int(free["text"].is_in(known["text"].implode()).sum())}
    return free.select("feedback_id", "text").join(by_text, on="text", how="left"), method


def _known_words(
    by_text: pl.DataFrame,
    examples: pl.DataFrame,
    remembered: pl.DataFrame | None,
    lineage: Lineage,
    settings: ThemeSettings,
) -> pl.DataFrame:
    """Texts that stay where they were, `text, theme_id, similarity`; an example belongs to its theme all the same."""
    if remembered is None:
        return pl.DataFrame(schema={"text": pl.String, "theme_id": pl.String, "similarity": pl.Float64})
    return recalled(by_text.join(examples, on="text", how="anti"), remembered, lineage, settings)


def _recall(by_text: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    rest = by_text.join(known, on="text", how="anti")
    again = known.select("text", "theme_id", pl.lit(None, pl.Int64).alias("cluster"), "similarity")
    return pl.concat([rest, again]).sort("text", "theme_id", "cluster")


def _put(by_text: pl.DataFrame, owners: Mapping[str, str]) -> pl.DataFrame:
    """Words that a split put into a theme are in it, wherever the machine would have them."""
    put = pl.col("text").is_in(list(owners))
    return by_text.with_columns(
        theme_id=pl.when(put).then(pl.col("text").replace_strict(dict(owners), default=None)).otherwise("theme_id"),
        cluster=pl.when(~put).then("cluster"),
        similarity=pl.when(put).then(1.0).otherwise("similarity"),
    ).unique(["text", "theme_id", "cluster"], keep="first", maintain_order=True)


def _examples(tagged: pl.DataFrame, codebook: Codebook, settings: ThemeSettings) -> pl.DataFrame:
    """Examples of known themes, `theme_id, text`, from the codebook and from tags; a retired theme teaches nothing."""
    dead = [theme.theme_id for theme in codebook.themes if not codebook.lives(theme.theme_id)]
    schema = {"theme_id": pl.String, "verbatim": pl.String}
    kept = pl.DataFrame(list(teaching(codebook)), schema=schema, orient="row")
    kept = with_texts(kept.with_columns(subject=pl.lit(None, pl.String)), clip_chars=settings.clip_chars)
    said = tagged.filter(~pl.col("entry_id").is_in(dead)).select("text", "too_short", theme_id="entry_id")
    both = pl.concat([kept.select("theme_id", "text", "too_short"), said.select("theme_id", "text", "too_short")])
    return both.filter(~pl.col("too_short")).select("theme_id", "text")


def _new_ids(placed: pl.DataFrame) -> pl.DataFrame:
    """Ids of the new themes, `cluster, new_id`: made from the words of the verbatim nearest to the centre.

    The number of a codebook theme is given by a person. Until then the id says which theme is meant, so that what was
    decided about it can never be read as being about another one that is found next time.
    """
    several = pl.col("feedback_id").is_duplicated()
    central = (
        placed.with_columns(several=several)
        .filter(pl.col("cluster").is_not_null())
        .sort("cluster", "several", "similarity", "text", descending=[False, False, True, False])
        .group_by("cluster", maintain_order=True)
        .agg(pl.col("text").first())
    )
    again = pl.int_range(pl.len()).over("text")
    words = central.select(pl.when(again > 0).then(pl.format("{} {}", "text", again)).otherwise("text")).to_series()
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in words]
    length = next(length for length in range(6, 65) if len({digest[:length] for digest in digests}) == len(digests))
    new_id = pl.Series("new_id", [f"P-{digest[:length]}" for digest in digests], dtype=pl.String)
    return central.select("cluster", new_id)


def _mentions(tagged: pl.DataFrame, placed: pl.DataFrame, new_ids: pl.DataFrame, by_pin: pl.DataFrame) -> pl.DataFrame:
    """A verbatim in a theme: where a pin says, else where its tag says, else where the machine placed it."""
    person, machine = pl.lit(AssignedBy.PERSON.value), pl.lit(AssignedBy.MACHINE.value)
    by_person = pl.concat([by_pin.drop_nulls(), _but(tagged, by_pin).select("feedback_id", "theme_id")])
    by_machine = (
        _but(placed, by_pin)
        .join(new_ids, on="cluster", how="left")
        .with_columns(theme_id=pl.coalesce("theme_id", "new_id"))
        .filter(pl.col("theme_id").is_not_null())
        .sort("feedback_id", "theme_id", "similarity", descending=[False, False, True])
        .unique(["feedback_id", "theme_id"], keep="first", maintain_order=True)
        .select("feedback_id", "theme_id", "similarity", assigned_by=machine)
    )
    placed_by_person = by_person.with_columns(similarity=pl.lit(1.0), assigned_by=person)
    both = pl.concat([placed_by_person, by_machine]).cast(pl.Schema(polars_schema(MENTIONS)))
    return both.sort("feedback_id", "theme_id")


def _but(rows: pl.DataFrame, by_pin: pl.DataFrame) -> pl.DataFrame:
    return rows.join(by_pin, on="feedback_id", how="anti", maintain_order="left")


def _unclustered(feedback: pl.DataFrame, placed: pl.DataFrame, by_pin: pl.DataFrame) -> pl.DataFrame:
    short = _but(feedback.filter(pl.col("theme_id").is_null() & pl.col("too_short")), by_pin)
    alone = _but(placed.filter(pl.col("theme_id").is_null() & pl.col("cluster").is_null()), by_pin)
    parts = [
        short.select("feedback_id", reason=pl.lit("too_short")),
        alone.select("feedback_id", reason=pl.lit("nothing_like_it")),
        by_pin.filter(pl.col("theme_id").is_null()).select("feedback_id", reason=pl.lit("set_aside")),
    ]
    return pl.concat(parts).cast(pl.Schema(polars_schema(UNCLUSTERED))).sort("feedback_id")


def _count(feedback: pl.DataFrame, mentions: pl.DataFrame, unclustered: pl.DataFrame, new_ids: pl.DataFrame) -> Summary:
    """Counts of verbatims that add up: tagged + joined_known + in_new_themes + unclustered = verbatims.

    What people placed counts as tagged, by a tag or by a pin; one with two requests, once.
    """
    person = pl.col("assigned_by") == AssignedBy.PERSON.value
    new = pl.col("theme_id").is_in(new_ids["new_id"].implode())
    by_verbatim = mentions.group_by("feedback_id").agg(person=person.any(), new=new.all(), themes=pl.len())
    tagged = int(by_verbatim["person"].sum())
    only_new = int((by_verbatim["new"] & ~by_verbatim["person"]).sum())
    return {
        "verbatims": feedback.height,
        "tagged": tagged,
        "joined_known": by_verbatim.height - tagged - only_new,
        "in_new_themes": only_new,
        "unclustered": unclustered.height,
        "too_short": int((unclustered["reason"] == "too_short").sum()),
        "nothing_like_it": int((unclustered["reason"] == "nothing_like_it").sum()),
        "unclustered_share": round(unclustered.height / max(1, feedback.height), 6),
        "in_several_themes": int((by_verbatim["themes"] > 1).sum()),
        "new_themes": mentions.filter(new)["theme_id"].n_unique(),
    }
