"""Requests: a message that makes two of them, and says so, is a mention of both themes.

A message is cut where its writer set the next request apart: by a list, or by a word such as "Also" or "Zweitens" at
the beginning of a sentence. Plain sentences are cut only between themes that people know, since two sentences are most
often one request and its story. A message that is not clearly two requests stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from vocanalytics.themes.texts import comparable

Place = Callable[[pl.DataFrame], pl.DataFrame]

#: A message counts in at most so many themes.
MOST_REQUESTS = 3
#: A part must be nearer to its theme than this share of the theme's whole messages: set apart by the writer, or not.
_SET_APART, _PLAIN = 0.1, 0.5
#: Shorter parts are greetings and thanks (bytes of UTF-8, so that scripts without spaces may be shorter).
_FEWEST_BYTES = 20
_WHOLE_WORDS = 1.0

#: What begins the next request, in the languages of most exports.
_NEXT = "|".join(
    (
        r"also|additionally|in addition|moreover|furthermore|on top of that|apart from that|one more thing",
        r"another (?:thing|issue|point|question|request|problem)|(?:second|third|plus|besides|separately)[,:]",
        r"secondly|thirdly|besides that",
        r"außerdem|ausserdem|zweitens|drittens|zudem|zusätzlich|des weiteren|weiterhin|darüber hinaus|noch etwas",
        r"de plus|en outre|par ailleurs|deuxièmement|troisièmement|autre chose|aussi,",
        r"además|también|por otra parte|por otro lado|en segundo lugar|otra cosa",
        r"inoltre|in secondo luogo|un'altra cosa|além disso|também|em segundo lugar|outra coisa",
        r"daarnaast|bovendien|ten tweede|verder|nog iets|dessutom|poza tym|ponadto|po drugie",
    )
)
_LEAD = rf"(?:and\s+)?(?:{_NEXT})(?!\w)[,:]?\s*"
_LEADING = re.compile(rf"^{_LEAD}", re.IGNORECASE)
_BULLET = r"[•▪‣●◦]\s*|^[ \t]*[-*–][ \t]+"
_SET_APART_AT = re.compile(rf"(?:(?<=[.!?;:])\s+|\n[^\S\n]*)(?={_LEAD})|{_BULLET}", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"(?:^|(?<=\s))\(?[1-9][.)]\s+")
_NUMBERED = re.compile(r"(?:^|\s)\(?1[.)]\s.*\s\(?2[.)]\s", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*|\n+")
# What a message must hold to be looked at; the patterns above are slower.
_MAY_BE_SEVERAL = r"[.!?;:。！？\n]\s*\S|[•▪‣●◦]|[1-9][.)]\s"


class Cut(NamedTuple):
    """A message in parts, and whether the writer set them apart."""

    parts: tuple[str, ...]
    set_apart: bool


def cut(said: str) -> Cut:
    """The parts of a message: items of a list, or what words such as "Also" set apart; else its sentences."""
    items = _parts((_NUMBER if _NUMBERED.search(said) else _SET_APART_AT).split(said))
    if len(items) > 1:
        return Cut(items, set_apart=True)
    return Cut(_parts(_SENTENCE_END.split(said)), set_apart=False)


def _parts(pieces: Sequence[str]) -> tuple[str, ...]:
    """Pieces that can be requests: long enough, and not the words that announce a list."""
    trimmed = (_LEADING.sub("", piece.strip()).strip() for piece in pieces)
    return tuple(part for part in trimmed if len(part.encode()) >= _FEWEST_BYTES and not part.endswith(":"))


def split(by_text: pl.DataFrame, place: Place, *, clip_chars: int) -> pl.DataFrame:
    """Messages that make two or three requests, once for each theme; all others as they are.

    Parts must lie in different themes, each nearer to its own than a tenth of the whole messages there (half of them,
    where only the ends of sentences divide the parts), and on average no farther from it than the message as a whole.
    Of more than three themes, the three nearest count.

    Parameters
    ----------
    by_text
        Distinct texts where they were placed whole: `text, theme_id, cluster, similarity`, the last three may be null,
        and `said`, the message without its subject and with its lines. A similarity of 1 says that these words belong
        to the theme as a whole, by a person or an example: they stay.
    place
        Places a frame of `text` as `by_text` was placed.
    clip_chars
        How much of a message is read.

    Returns
    -------
    polars.DataFrame
        `by_text` without `said`, and `part`: 0 for a message that stayed whole, from 1 for the requests of one that
        was cut, in their order. A text stands at most once in a theme. `similarity` is that of the part to its theme.
    """
    whole = by_text.drop("said").with_columns(part=pl.lit(0, pl.Int64))
    read = by_text.with_columns(pl.col("said").str.head(clip_chars))
    open_rows = (pl.col("similarity").fill_null(0) < _WHOLE_WORDS) & pl.col("said").str.contains(_MAY_BE_SEVERAL)
    by_part = _cut_all(read.filter(open_rows), any_known=by_text["theme_id"].null_count() < by_text.height)
    if by_part.is_empty():
        return whole
    placed = _place_parts(by_part, place, clip_chars)
    requests = _requests(placed, by_text)
    replaced = whole.join(requests, on="text", how="anti", maintain_order="left")
    kept = whole.drop("theme_id", "cluster", "similarity", "part").join(requests, on="text", maintain_order="left")
    return pl.concat([replaced, kept.select(whole.columns)]).sort("text", "part")


def _cut_all(by_text: pl.DataFrame, *, any_known: bool) -> pl.DataFrame:
    """Each part of the messages that have several: `text, part, said, set_apart`."""
    schema = {"text": pl.String, "part": pl.Int64, "said": pl.String, "set_apart": pl.Boolean}
    return pl.DataFrame(_cut_rows(by_text, any_known=any_known), schema=schema, orient="row")


def _cut_rows(by_text: pl.DataFrame, *, any_known: bool) -> Iterator[tuple[str, int, str, bool]]:
    for text, said in by_text.select("text", "said").iter_rows():
        parts, set_apart = cut(said)
        if len(parts) > 1 and (set_apart or any_known):
            yield from ((text, number, part, set_apart) for number, part in enumerate(parts, start=1))


def _place_parts(by_part: pl.DataFrame, place: Place, clip_chars: int) -> pl.DataFrame:
    compared = by_part.with_columns(compared=comparable(pl.col("said"), clip_chars=clip_chars)).drop("said")
    distinct = compared.select(text="compared").unique().sort("text")
    placed = place(distinct).select("theme_id", "cluster", "similarity", compared="text")
    return compared.join(placed, on="compared", how="left", maintain_order="left")


def _requests(placed: pl.DataFrame, by_text: pl.DataFrame) -> pl.DataFrame:
    """The parts that stand as mentions of their own: `text, part, theme_id, cluster, similarity`."""
    where = ["theme_id", "cluster"]
    whole = by_text.select("text", as_whole=pl.col("similarity").fill_null(0.0))
    usual = by_text.filter(pl.col("similarity") < _WHOLE_WORDS).group_by(where)
    quantiles: Mapping[str, pl.Expr] = {
        name: pl.col("similarity").quantile(share, "lower") for name, share in (("low", _SET_APART), ("half", _PLAIN))
    }
    near = pl.when("set_apart").then("low").otherwise("half")
    home = pl.col("theme_id").is_not_null() | (pl.col("set_apart") & pl.col("cluster").is_not_null())
    clear = (
        placed.filter(home)
        .join(usual.agg(**quantiles), on=where, nulls_equal=True)
        .filter(pl.col("similarity") >= near)
        .sort("text", "similarity", "part", descending=[False, True, False])
        .unique(["text", *where], keep="first", maintain_order=True)
    )
    counted = clear.group_by("text", maintain_order=True).head(MOST_REQUESTS).join(whole, on="text")
    several = counted.filter((pl.len() > 1).over("text") & _near_enough().over("text"))
    return several.sort("text", "part").select("text", "part", *where, "similarity")


def _near_enough() -> pl.Expr:
    """Set apart, the parts lie on average as near as the whole; divided by sentences alone, each of them does."""
    similarity, whole = pl.col("similarity"), pl.col("as_whole").first()
    least = pl.when(pl.col("set_apart").first()).then(similarity.mean()).otherwise(similarity.min())
    return least.round(6) >= whole
