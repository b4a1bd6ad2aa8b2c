"""Merges and splits without side effects: themes are told apart by the examples they had before, and mapped after.

What a theme was merged into changes only the id that comes out. What was split off a theme is told from it in a second
decision, among its own verbatims only. So the first decision is the same before and after, and no third theme can gain
or lose a verbatim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from vocanalytics.themes.codebook.book import Codebook
from vocanalytics.themes.texts import comparable, draw

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings


def teaching(codebook: Codebook) -> Iterator[tuple[str, str]]:
    """Which words stand for which theme when all themes are told apart: `theme_id` before any split, and text.

    A retired theme teaches nothing; one that was merged goes on teaching.
    """
    for theme in codebook.themes:
        if codebook.lives(theme.theme_id):
            yield from ((held.origin or theme.theme_id, held.text) for held in theme.exemplars if not held.inside)


@dataclass(frozen=True, slots=True)
class Lineage:
    """What was split off what, and the words that tell the parts apart.

    Attributes
    ----------
    codebook
        Gives merges and statuses.
    words
        Comparable texts of each entry, from its exemplars and from verbatims that people tagged.
    children
        For each theme, the living ones that were split off it, sorted.
    owners
        Words that a split put into a theme, with the entry that holds them.
    """

    codebook: Codebook
    words: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, str]

    def rooted(self, by_text: pl.DataFrame) -> pl.DataFrame:
        """The same rows with the theme that each entry means today."""
        roots = {theme.theme_id: self.codebook.root(theme.theme_id) for theme in self.codebook.themes}
        ids = {theme_id: root.theme_id for theme_id, root in roots.items() if root and root.theme_id != theme_id}
        return by_text.with_columns(pl.col("theme_id").replace(ids)) if ids else by_text

    def told_apart(self, by_text: pl.DataFrame, settings: ThemeSettings) -> pl.DataFrame:
        """Rows of `text, theme_id` in which verbatims of a theme that was split are in it or in a part of it.

        Words that the split itself named are where it put them.
        """
        split = [theme_id for theme_id in by_text["theme_id"].drop_nulls().unique().sort() if theme_id in self.children]
        rows = []
        for theme_id in split:
            texts = by_text.filter(pl.col("theme_id") == theme_id)["text"].unique().sort().to_list()
            decided = self._decide(theme_id, texts, settings, frozenset())
            rows += [(text, theme_id, entry) for text, entry in decided.items()]
        schema = {"text": pl.String, "theme_id": pl.String, "entry": pl.String}
        known = pl.DataFrame(rows, schema=schema, orient="row")
        joined = by_text.join(known, on=["text", "theme_id"], how="left", maintain_order="left")
        return joined.with_columns(theme_id=pl.coalesce("entry", "theme_id")).drop("entry")

    def _decide(
        self, theme_id: str, texts: Sequence[str], settings: ThemeSettings, above: frozenset[str]
    ) -> dict[str, str]:
        choices = [theme_id] if self.codebook.lives(theme_id) else []
        choices += [child for child in self.children.get(theme_id, ()) if child not in above]
        worded = {choice: self.words[choice] for choice in choices if self.words.get(choice)}
        chosen = _nearest(worded or {theme_id: ()}, texts, settings)
        parts: defaultdict[str, list[str]] = defaultdict(list)
        for text, choice in chosen.items():
            parts[choice].append(text)
        for child in parts.keys() & self.children.keys() - {theme_id} - above:
            chosen |= self._decide(child, parts[child], settings, above | {theme_id})
        return chosen


def trace(codebook: Codebook, tagged: pl.DataFrame, settings: ThemeSettings) -> Lineage:
    """The lineage of a codebook, with the words of exemplars and of tagged verbatims (`entry_id, text, too_short`)."""
    children: defaultdict[str, set[str]] = defaultdict(set)
    for theme in codebook.themes:
        if theme.split_from and codebook.lives(theme.theme_id):
            for parent in theme.split_from:
                children[parent].add(theme.theme_id)
    if not children:
        return Lineage(codebook, {}, {}, {})
    members = sorted({*children, *(child for found in children.values() for child in found)})
    held = _held_words(codebook, members, settings)
    said = tagged.filter(pl.col("entry_id").is_in(members) & ~pl.col("too_short")).select("entry_id", "text")
    both = pl.concat([held.select("entry_id", "text"), said]).unique().sort("entry_id", "text")
    words = {str(entry): tuple(rows["text"]) for (entry,), rows in both.group_by("entry_id", maintain_order=True)}
    put = held.filter(pl.col("put")).sort("text", "entry_id").unique("text", keep="first", maintain_order=True)
    return Lineage(
        codebook,
        words,
        {parent: tuple(sorted(found)) for parent, found in children.items()},
        dict(put.select("text", "entry_id").iter_rows()),
    )


def _held_words(codebook: Codebook, members: Sequence[str], settings: ThemeSettings) -> pl.DataFrame:
    rows = [
        (theme.theme_id, held.text, held.inside or held.origin is not None)
        for theme in codebook.themes
        if theme.theme_id in members and codebook.lives(theme.theme_id)
        for held in theme.exemplars
    ]
    frame = pl.DataFrame(rows, schema={"entry_id": pl.String, "text": pl.String, "put": pl.Boolean}, orient="row")
    return frame.with_columns(comparable(pl.col("text"), clip_chars=settings.clip_chars))


def _nearest(words: Mapping[str, Sequence[str]], texts: Sequence[str], settings: ThemeSettings) -> dict[str, str]:
    """For each text the theme whose words lie nearest to it; equally near ones go to the first."""
    choices = list(words)
    if len(choices) == 1:
        return dict.fromkeys(texts, choices[0])
    import numpy as np
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from vocanalytics.themes.encoding.encoders import make_encoder
    from vocanalytics.themes.encoding.vectors import unit
    from vocanalytics.themes.grouping.cluster import nearest_centre

    with threadpool_limits(limits=1):
        sample = {
            *draw(texts, settings.sample_rows, seed=settings.seed),
            *(word for held in words.values() for word in held),
        }
        encoder = make_encoder(settings).fit(sorted(sample))
        centres = unit(np.vstack([encoder.transform(list(held)).sum(axis=0) for held in words.values()]))
        batches = range(0, len(texts), settings.batch_rows)
        which = [
            nearest_centre(encoder.transform(list(texts[at : at + settings.batch_rows])), centres)[0] for at in batches
        ]
    return {text: choices[at] for text, at in zip(texts, np.concatenate(which), strict=True)}
