"""Placing texts: learn on a sample, then send every text to a known theme, to a new cluster, or nowhere, in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from vocanalytics.themes.cluster import LIKE_NOTHING, Clusters, Labels, cluster, nearest_centre
from vocanalytics.themes.encoders import LexicalEncoder, make_encoder
from vocanalytics.themes.known import FAR, KnownThemes, learn_known_themes, pick_examples
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
    clusters
        Groups of verbatims, whether or not they joined a known theme.
    is_new
        For each group, whether it is proposed as a new theme: most of it joined nothing, and what did not is enough.
        One more, False, stands for "no group" (-1).
    """

    encoder: LexicalEncoder
    known: KnownThemes
    clusters: Clusters
    is_new: Flags

    def place(self, batch: pl.DataFrame) -> pl.DataFrame:
        """A batch of `text` with `theme_id` (joined), `cluster` (new) and `similarity`, null where nowhere.

        A verbatim near a known theme joins it. Else the group it lies in decides: a new one takes it, one that mostly
        joined known themes sends it to the likeliest of them if that is not far.
        """
        vectors = self.encoder.transform(batch["text"].to_list())
        which, cosines = self.known.likeliest(vectors)
        group, nearness = nearest_centre(vectors, self.clusters.centres)
        joins = cosines >= self.known.near
        in_new = ~joins & self.is_new[group] & (nearness >= LIKE_NOTHING)
        joins |= (group >= 0) & ~self.is_new[group] & (cosines >= FAR * self.known.near)
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
        `text` (distinct, sorted) and `verbatims`, how many share it.
    examples
        `theme_id, text` of the known themes; may be empty.
    settings
        Sample size, batch size and everything the parts need.

    Returns
    -------
    tuple
        The rows with `theme_id` (known theme joined), `cluster` (new group) and `similarity`, null where nowhere;
        and how it was done.
    """
    with threadpool_limits(limits=1):
        sample = _sample(by_text, settings)
        places = learn_places(sample, examples, settings)
        placed = pl.concat([places.place(batch) for batch in by_text.iter_slices(settings.batch_rows)])
    method = _method(places, settings) | {"fitted_on_texts": sample.height}
    return _same_words_same_theme(placed, examples), method


def _sample(by_text: pl.DataFrame, settings: ThemeSettings) -> pl.DataFrame:
    drawn = draw(by_text["text"], settings.sample_rows, seed=settings.seed)
    return pl.DataFrame({"text": drawn}, schema={"text": pl.String}).join(by_text, on="text", maintain_order="left")


def learn_places(sample: pl.DataFrame, examples: pl.DataFrame, settings: ThemeSettings) -> Places:
    """Fit the encoder on the sample and the examples, the known themes on the examples, the groups on the sample."""
    picked = pick_examples(examples, seed=settings.seed)
    encoder = make_encoder(settings).fit(sorted({*sample["text"], *picked["text"]}))
    vectors = encoder.transform(sample["text"].to_list())
    taught = encoder.transform(picked["text"].to_list()) if picked.height else np.empty((0, vectors.shape[1]))
    known = learn_known_themes(picked, taught, settings)
    which, cosines = known.likeliest(vectors)
    joined = (which >= 0) & (cosines >= known.near) | sample["text"].is_in(examples["text"].implode()).to_numpy()
    weights: Labels = sample["verbatims"].cast(pl.Int64).to_numpy()
    clusters = cluster(vectors, weights, settings)
    group, _ = nearest_centre(vectors, clusters.centres)
    least = max(settings.min_theme_size, _half_a_known_theme(picked, known, which[joined], weights[joined]))
    return Places(encoder, known, clusters, _are_new(group, weights, joined, len(clusters.centres), least))


def _half_a_known_theme(picked: pl.DataFrame, known: KnownThemes, which: Labels, weights: Labels) -> int:
    """Half of what a middling known theme holds: beside known themes, a few leftovers do not make a new one.

    What it holds is counted as the groups are, in the sample, with its examples.
    """
    if not known.theme_ids:
        return 0
    told = dict(picked.group_by("theme_id").len().iter_rows())
    joined = np.bincount(which, weights=weights, minlength=len(known.theme_ids))
    return int(np.median([told[theme_id] + joined[at] for at, theme_id in enumerate(known.theme_ids)]) / 2)


def _are_new(group: Labels, weights: Labels, joined: Flags, n_groups: int, min_size: int) -> Flags:
    size = np.bincount(group + 1, weights=weights, minlength=n_groups + 1)
    left = np.bincount(group + 1, weights=weights * ~joined, minlength=n_groups + 1)
    return np.append((2 * left > size)[1:] & (left >= min_size)[1:], False)


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
    criterion = "set by themes.n_themes" if settings.n_themes else "highest modularity of the neighbour graph"
    return {
        "encoder": settings.encoder,
        "criterion": criterion,
        "groups": len(places.clusters.centres),
        "groups_tried": len(places.clusters.tried),
        "known_themes": len(places.known.theme_ids),
        "join_similarity": round(places.known.near, 6) if places.known.theme_ids else None,
    }
