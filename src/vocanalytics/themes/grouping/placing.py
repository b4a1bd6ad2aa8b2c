"""Placing texts: learn on a sample, then send every text to a known theme, to a new cluster, or nowhere, in batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from vocanalytics.themes.encoding.encoders import Encoder, make_encoder
from vocanalytics.themes.grouping.cluster import LIKE_NOTHING
from vocanalytics.themes.grouping.graph import Labels
from vocanalytics.themes.grouping.groups import Groups, learn_groups
from vocanalytics.themes.grouping.known import (
    A_LITTLE_FARTHER,
    FAIRLY_SURE,
    SURE,
    KnownThemes,
    learn_known_themes,
    pick_examples,
)
from vocanalytics.themes.requests import split
from vocanalytics.themes.result import Summary
from vocanalytics.themes.texts import draw

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a verbatim can go.

    Attributes
    ----------
    encoder
        Makes vectors.
    known
        Themes that people know.
    groups
        Groups of verbatims, whether or not they joined a known theme.
    is_new
        For each group, whether it is proposed as a new theme: most of it joined nothing, and what did not is enough.
        One more, False, stands for "no group" (-1).
    """

    encoder: Encoder
    known: KnownThemes
    groups: Groups
    is_new: Flags

    def place(self, batch: pl.DataFrame) -> pl.DataFrame:
        """A batch of `text` with `theme_id` (joined), `cluster` (new) and `similarity`, null where nowhere.

        A verbatim that surely belongs to a known theme joins it. Else the group it lies in decides: a new one takes it,
        one that mostly joined known themes sends it to the likeliest of them if that is fairly sure.
        """
        texts = batch["text"].to_list()
        vectors = self.encoder.transform(texts)
        which, certainty, cosines = self.known.likeliest(vectors)
        group, nearness = self.groups.of(texts, vectors)
        joins = (certainty >= SURE) & (cosines >= self.known.near)
        in_new = ~joins & self.is_new[group] & (nearness >= LIKE_NOTHING)
        follows = (certainty >= FAIRLY_SURE) & (cosines >= A_LITTLE_FARTHER * self.known.near)
        joins |= follows & (group >= 0) & ~self.is_new[group]
        ids = [self.known.theme_ids[at] if joining else None for at, joining in zip(which, joins, strict=True)]
        return batch.with_columns(
            pl.Series("theme_id", ids, dtype=pl.String),
            pl.Series("cluster", np.where(in_new, group, -1)).replace(-1, None),
            pl.Series("similarity", np.where(in_new, nearness, cosines)),
        )


def place_texts(by_text: pl.DataFrame, examples: pl.DataFrame, settings: ThemeSettings) -> tuple[pl.DataFrame, Summary]:
    """Where each distinct text goes.

    One thread does the arithmetic, so that sums are taken in the same order on every machine.

    Parameters
    ----------
    by_text
        `text` (distinct, sorted), `verbatims`, how many share it, `said`, the message without its subject, and
        `settled`, whether its words have a theme already.
    examples
        `theme_id, text` of the known themes; may be empty.
    settings
        Sample size, batch size and everything the parts need.

    Returns
    -------
    tuple
        The rows with `theme_id` (known theme joined), `cluster` (new group) and `similarity`, null where nowhere; a
        message that makes two requests stands in a row for each. And how it was done.
    """
    with threadpool_limits(limits=1):
        sample = _sample(by_text, settings)
        places = learn_places(sample, examples, settings)
        fitted = by_text.join(sample, on="text", how="semi", maintain_order="left")
        rest = by_text.join(sample, on="text", how="anti", maintain_order="left")
        for_rest = _for_the_rest(places, sample, rest, settings)
        placed = pl.concat([_in_batches(places, fitted, settings), _in_batches(for_rest, rest, settings)]).sort("text")
        placed = _same_words_same_theme(placed, examples)
        if settings.split_requests:
            place = partial(_in_batches, for_rest, settings=settings)
            placed = split(placed, place, clip_chars=settings.clip_chars)
    return placed, _method(for_rest, settings) | {"fitted_on_texts": sample.height}


def _in_batches(places: Places, texts: pl.DataFrame, settings: ThemeSettings) -> pl.DataFrame:
    """Every text in its place, so many at a time that memory stays flat."""
    return pl.concat([places.place(batch) for batch in texts.iter_slices(settings.batch_rows)] or [places.place(texts)])


def _for_the_rest(places: Places, sample: pl.DataFrame, rest: pl.DataFrame, settings: ThemeSettings) -> Places:
    """Where texts go that were not fitted: the sentence encoder is too slow for many, so that a student stands in."""
    if settings.encoder != "sentence" or rest.height <= sample.height:
        return places
    from vocanalytics.themes.grouping.student import Student

    texts = sample["text"].to_list()
    student = Student(texts, places.encoder.transform(texts), settings)
    student.fingerprint_ |= places.encoder.fingerprint_
    return replace(places, encoder=student)


def _sample(by_text: pl.DataFrame, settings: ThemeSettings) -> pl.DataFrame:
    drawn = draw(by_text["text"], settings.sample_rows, seed=settings.seed)
    return pl.DataFrame({"text": drawn}, schema={"text": pl.String}).join(by_text, on="text", maintain_order="left")


def learn_places(sample: pl.DataFrame, examples: pl.DataFrame, settings: ThemeSettings) -> Places:
    """Fit the encoder on the sample and the examples, the known themes on the examples, the groups on the sample."""
    picked = pick_examples(examples, seed=settings.seed)
    encoder = make_encoder(settings).fit(sorted({*sample["text"], *picked["text"]}))
    texts = sample["text"].to_list()
    vectors = encoder.transform(texts)
    taught = encoder.transform(picked["text"].to_list()) if picked.height else np.empty((0, vectors.shape[1]))
    known = learn_known_themes(picked, taught, settings)
    which, certainty, cosines = known.likeliest(vectors)
    joined = (which >= 0) & (certainty >= SURE) & (cosines >= known.near)
    joined |= (sample["text"].is_in(examples["text"].implode()) | sample["settled"]).to_numpy()
    weights: Labels = sample["verbatims"].cast(pl.Int64).to_numpy()
    groups = learn_groups(texts, vectors, weights, settings)
    group, _ = groups.of(texts, vectors)
    held = _held(picked, known, which[joined], weights[joined])
    sizes = _sizes(group, weights, joined, len(groups.clusters.centres))
    return Places(encoder, known, groups, _are_new(*sizes, held, settings.min_theme_size))


def _held(picked: pl.DataFrame, known: KnownThemes, which: Labels, weights: Labels) -> Labels:
    """What each known theme holds, counted as the groups are: in the sample, with its examples."""
    told = dict(picked.group_by("theme_id").len().iter_rows())
    joined = np.bincount(which, weights=weights, minlength=len(known.theme_ids)).astype(np.int64)
    return np.array([told[theme_id] + joined[at] for at, theme_id in enumerate(known.theme_ids)], dtype=np.int64)


def _sizes(group: Labels, weights: Labels, joined: Flags, n_groups: int) -> tuple[Labels, Labels]:
    """How much each group holds, and how much of it joined no known theme."""
    size, left = (
        np.bincount(group + 1, weights=counted, minlength=n_groups + 1)[1:].astype(np.int64)
        for counted in (weights, weights * ~joined)
    )
    return size, left


def _are_new(size: Labels, left: Labels, held: Labels, min_size: int) -> Flags:
    """For each group, whether it is a new theme; one more, False, stands for "no group" (-1).

    Most of it joined nothing, and what did not is half of what a middling theme holds, known ones and those that may
    be new taken together: beside themes that people know, a few leftovers do not make a new one.
    """
    may_be = (2 * left > size) & (left >= min_size)
    least = np.median([*held, *left[may_be]]) / 2 if held.size else 0
    return np.append(may_be & (left >= least), False)


def _same_words_same_theme(placed: pl.DataFrame, examples: pl.DataFrame) -> pl.DataFrame:
    """A text that is, word for word, an example of a known theme belongs to it."""
    counted = examples.group_by("text", "theme_id").agg(times=pl.len())
    counted = counted.sort(["text", "times", "theme_id"], descending=[False, True, False])
    owners = counted.group_by("text", maintain_order=True).agg(owner=pl.col("theme_id").first())
    joined = placed.join(owners, on="text", how="left", maintain_order="left")
    owned = pl.col("owner").is_not_null()
    return joined.with_columns(
        theme_id=pl.coalesce("owner", "theme_id"),
        cluster=pl.when(~owned).then(pl.col("cluster")),
        similarity=pl.when(owned).then(1.0).otherwise(pl.col("similarity")),
    ).drop("owner")


def _method(places: Places, settings: ThemeSettings) -> Summary:
    criterion = "set by themes.n_themes" if settings.n_themes else "fewest groups that hold together and come back"
    return {
        **places.encoder.fingerprint_,
        "criterion": criterion,
        "groups": len(places.groups.clusters.centres),
        "groups_tried": len(places.groups.clusters.tried),
        "known_themes": len(places.known.theme_ids),
        "join_similarity": round(places.known.near, 6) if places.known.theme_ids else None,
    }
