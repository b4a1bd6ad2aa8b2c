"""Verbatims as rows of words: spelling made even, phrases taken as one word, signs and emoji kept as words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_lowercase

import polars as pl

END = "."

_LETTERS = [letter for letter in ascii_lowercase if letter != "w"]  # www is an address
_DRAWN_OUT = "|".join(f"{letter}{{3,}}" for letter in _LETTERS)
_ADDRESS = r"(?i)https?://\S+|www\.\S+|\S+@\S+\.\S+"
_SAD, _HAPPY = r"(?:^|\s)[:;=]['-]?[(\[/|]", r"(?:^|\s)[:;=]-?[)\]D]"
_STOPS = r"[.,;:!?\n()–—…]+"
_SIGNS = r"(\p{Extended_Pictographic}|[$€£])"
_LEFT_OUT = r"[^\p{L}\p{N}\p{Extended_Pictographic}'_$€£.\s]+"


def token_of(cue: str) -> str:
    """A cue of one or several words as the single word that stands for it."""
    return cue.replace(" ", "_")


def spaced(words: str) -> str:
    """Words with two blanks between them and one at either end, so that neighbouring phrases never share a blank."""
    even = re.sub(r"[-/+\s]+", " ", words.lower().replace("’", "'")).strip()
    return f" {even.replace(' ', '  ')} " if even else ""


def loudness(text: pl.Expr, shouted: str) -> pl.Expr:
    """How loud the writing is: exclamation marks (to 3), letters drawn out, ?? and ?! (2), capitals (2 a word)."""
    exclaimed = text.str.count_matches("[!‼]").clip(upper_bound=3)
    drawn_out = text.str.to_lowercase().str.contains(_DRAWN_OUT).cast(pl.UInt32)
    doubted = text.str.contains(r"\?\s*[?!]|!\s*\?").cast(pl.UInt32) * 2
    return (exclaimed + drawn_out + doubted + text.str.count_matches(shouted).clip(upper_bound=2) * 2).cast(pl.Int32)


def words_of(texts: pl.Series, phrases: Mapping[str, str]) -> pl.DataFrame:
    """The words of each text in order, with a full stop wherever a clause ends.

    Parameters
    ----------
    texts
        Verbatims, without nulls.
    phrases
        Phrases in spaced text, longest first, and the token that takes the place of each.

    Returns
    -------
    polars.DataFrame
        `row` (place in `texts`), `token`; each text ends in a full stop.
    """
    even = _without_drawn_out(texts.str.replace_all("’", "'", literal=True))
    spread = even.to_frame("text").select(
        pl.col("text")
        .str.replace_all(_ADDRESS, " ")
        .str.replace_all(_SAD, " sad_face ")
        .str.replace_all(_HAPPY, " happy_face ")
        .str.to_lowercase()
        .str.replace_all(_STOPS, " . ")
        .str.replace_all(_SIGNS, " $1 ")
        .str.replace_all(_LEFT_OUT, " ")
        .str.replace_all(r"\s+", "  ")
    )
    padded = pl.concat_str(pl.lit("  "), "text", pl.lit("  .  "))
    folded = padded.str.replace_many(list(phrases), list(phrases.values()), leftmost=True)
    tokens = spread.select(folded.str.split("  ").alias("token")).with_row_index("row")
    return tokens.explode("token").with_columns(pl.col("token").str.strip_chars(" '"))


def _without_drawn_out(texts: pl.Series) -> pl.Series:
    drawn_out = texts.str.contains(f"(?i){_DRAWN_OUT}")
    if not drawn_out.any():
        return texts
    shorter = texts.filter(drawn_out)
    for letter in _LETTERS:
        shorter = shorter.str.replace_all(f"(?i){letter}{{3,}}", letter)
    return texts.scatter(drawn_out.arg_true(), shorter)
