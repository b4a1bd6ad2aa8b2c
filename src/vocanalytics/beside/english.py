"""Which verbatims are rated: the lexicon is English, and a mark on words it cannot read would be a guess."""

from __future__ import annotations

import polars as pl

_ENGLISH = (
    r"(?i)\b(?:the|is|are|was|we|our|us|you|your|to|of|and|it|its|this|that|for|with|not|i|my|can|have|has|had|be|been|"
    r"would|when|how|what|where|why|which|who|there|they|their|please|from|by|at|if|but|after|every|more|just|need|"
    r"does|do|don't|can't|it's)\b"
)
_OTHER = (
    r"(?i)\b(?:der|die|das|und|ist|nicht|wir|ich|ein|eine|für|mit|auf|bei|zu|el|la|los|las|que|de|en|un|una|por|para|"
    r"con|es|le|les|est|nous|vous|pas|des|du|et|pour|dans|não|os|um|uma|com|il|che|di|het|een|van|niet|wij|och|att|"
    r"som|jest|nie|się|och|det)\b"
)
_NOT_LATIN = r"[^\p{Latin}\p{Common}\p{Inherited}]"


def is_english(language: pl.Expr, text: pl.Expr) -> pl.Expr:
    """Whether a verbatim is rated: its language is English, or none is given and its words look English."""
    given = language.str.strip_chars().str.to_lowercase()
    few = text.str.count_matches(r"\p{L}{2,}") < 4
    english = text.str.count_matches(_ENGLISH)
    more = english > text.str.count_matches(_OTHER)
    looks_english = pl.when(few).then(~text.str.contains(_NOT_LATIN)).otherwise(more)
    return (
        pl.when(given.is_null() | (given == ""))
        .then(looks_english)
        .otherwise(given.str.contains("^(?:en(?:[-_].*)?|eng|english)$"))
    )
