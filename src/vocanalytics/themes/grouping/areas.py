"""Areas: themes that speak of the same part of the product, for a reader who faces more than a dozen of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from vocanalytics.themes.texts import lot

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings
    from vocanalytics.themes.encoding.vectors import Vectors

#: With fewer themes a reader needs no second level.
FROM_THEMES = 12
#: Areas hold from two to six themes each in the middle; one that holds more than a third of all tells nothing.
_LARGEST, _SMALLEST, _MOST = 6, 2, 1 / 3
#: Below this mean silhouette the themes do not fall into areas, and none are named.
_CLEAR = 0.05
_READ = 50


def find_areas(mentions: pl.DataFrame, feedback: pl.DataFrame, settings: ThemeSettings) -> dict[str, str]:
    """The area of each theme that has one; empty where there are few themes or they do not fall into areas.

    A theme lies where the mean of its verbatims lies; themes are joined by their mean nearness, into the number of
    areas at which each lies nearest to its own compared with the next (mean silhouette). An area is called what sets
    its verbatims apart from those of the others. A theme that is alone has no area.

    Parameters
    ----------
    mentions
        `feedback_id, theme_id`.
    feedback
        `feedback_id, text, verbatim, too_short`.
    settings
        For the encoder and the seed.
    """
    spoken = _draw(mentions, feedback, settings.seed)
    theme_ids = spoken["theme_id"].unique().sort().to_list()
    if len(theme_ids) < FROM_THEMES:
        return {}
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        together = _together(_centres(spoken, settings))
    themes = pl.DataFrame({"theme_id": theme_ids, "area": [f"{at:04d}" for at in together]})
    return _named(themes, spoken)


def _draw(mentions: pl.DataFrame, feedback: pl.DataFrame, seed: int) -> pl.DataFrame:
    """At most fifty texts a theme, `theme_id, text, verbatim`, whatever the order of rows."""
    said = feedback.filter(~pl.col("too_short")).select("feedback_id", "text", "verbatim")
    joined = mentions.select("feedback_id", "theme_id").join(said, on="feedback_id")
    distinct = joined.sort("theme_id", "text", "feedback_id").unique(["theme_id", "text"], keep="first")
    lots = pl.Series("lot", [lot(text, seed=seed) for text in distinct["text"]], dtype=pl.Binary)
    drawn = distinct.with_columns(lots).sort("theme_id", "lot", "text")
    return drawn.group_by("theme_id", maintain_order=True).head(_READ).select("theme_id", "text", "verbatim")


def _centres(spoken: pl.DataFrame, settings: ThemeSettings) -> Vectors:
    """One unit vector a theme, in order of its id."""
    import numpy as np

    from vocanalytics.themes.encoding.encoders import make_encoder
    from vocanalytics.themes.encoding.vectors import unit

    texts = spoken["text"].unique().sort().to_list()
    position = {text: at for at, text in enumerate(texts)}
    vectors = make_encoder(settings).fit_transform(texts)
    members = [
        [position[text] for text in group["text"]] for _, group in spoken.group_by("theme_id", maintain_order=True)
    ]
    return unit(np.vstack([vectors[sorted(rows)].mean(axis=0) for rows in members]))


def _together(centres: Vectors) -> Sequence[int]:
    """For each theme the number of its area; every theme in one area of its own where they do not fall into areas."""
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.metrics import silhouette_score

    best: tuple[float, Sequence[int]] = (_CLEAR, range(len(centres)))
    for number in range(max(2, len(centres) // _LARGEST), len(centres) // _SMALLEST + 1):
        labels = AgglomerativeClustering(number, metric="cosine", linkage="average").fit_predict(centres)
        score = round(float(silhouette_score(centres, labels, metric="cosine")), 6)
        if score > best[0] and np.bincount(labels).max() <= _MOST * len(centres):
            best = (score, labels.tolist())
    return best[1]


def _named(themes: pl.DataFrame, spoken: pl.DataFrame) -> dict[str, str]:
    """Theme to the name of its area, for areas of two themes and more."""
    from vocanalytics.themes.wording.labels import label_themes

    shared = themes.filter(pl.len().over("area") > 1).sort("area", "theme_id")
    if shared.is_empty():
        return {}
    said = shared.join(spoken, on="theme_id", maintain_order="left").group_by("area", maintain_order=True)
    by_area = {str(area): group["verbatim"].to_list() for (area,), group in said}
    labels = label_themes(by_area, {})
    return {theme_id: labels[area].name for theme_id, area in shared.iter_rows()}
