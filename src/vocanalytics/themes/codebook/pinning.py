"""Verbatims that people placed: a pin is a person's last word on where a message belongs."""

from __future__ import annotations

import polars as pl

from vocanalytics.themes.codebook.book import Codebook, Pin
from vocanalytics.themes.codebook.fingerprints import fingerprints
from vocanalytics.themes.result import Summary

_SCHEMA = {"text_sha256": pl.String, "pinned_id": pl.String, "pinned_to": pl.String}


def pinned(feedback: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    """The verbatims that a pin places: `feedback_id, theme_id`, null for no theme; sorted.

    A pin places its words wherever they are said. Where the same words are pinned more than once, each message keeps
    its own pin, and any other message follows the last. Pins of a merged theme follow it; pins to a retired one do not
    count.

    Parameters
    ----------
    feedback
        `feedback_id` and `text`: the whole words, comparable or not.
    codebook
        With the pins.
    """
    rows = [(pin.sha256, pin.feedback_id, _target(codebook, pin.theme_id)) for pin in _counting(codebook)]
    if not rows:
        return pl.DataFrame(schema={"feedback_id": pl.String, "theme_id": pl.String})
    pins = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    texts = feedback.select("text").unique().sort("text")
    marked = texts.with_columns(pl.Series("text_sha256", fingerprints(texts["text"]), dtype=pl.String))
    said = feedback.select("feedback_id", "text").join(
        marked.join(pins.select("text_sha256").unique(), on="text_sha256", how="semi"), on="text"
    )
    own = said.join(pins, left_on=["text_sha256", "feedback_id"], right_on=["text_sha256", "pinned_id"])
    words = said.join(own.select("feedback_id"), on="feedback_id", how="anti").join(
        pins.unique("text_sha256", keep="last", maintain_order=True), on="text_sha256"
    )
    both = [frame.select("feedback_id", theme_id="pinned_to") for frame in (own, words)]
    return pl.concat(both).sort("feedback_id")


def pin_counts(by_pin: pl.DataFrame, codebook: Codebook) -> Summary:
    """How many verbatims pins placed, and which pins count no more because their theme is retired."""
    idle = [pin.theme_id for pin in codebook.pins if pin not in _counting(codebook)]
    counts: Summary = {"pinned": by_pin.height, "set_aside": by_pin["theme_id"].null_count()}
    if idle:
        themes = ", ".join(sorted({theme_id for theme_id in idle if theme_id}))
        counts |= {"pins_ignored": len(idle), "pins_ignored_because_retired": themes}
    return counts


def _counting(codebook: Codebook) -> tuple[Pin, ...]:
    return tuple(pin for pin in codebook.pins if pin.theme_id is None or codebook.lives(pin.theme_id))


def _target(codebook: Codebook, theme_id: str | None) -> str | None:
    root = codebook.root(theme_id) if theme_id else None
    return root.theme_id if root else None
