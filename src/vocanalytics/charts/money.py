"""Figure 1: signalled ARR to the left of a rule, named expansion to the right, one row per theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from vocanalytics.charts.palette import GROW, INK, INK_SECOND, RISK

_ROW, _BAR, _HEAD = 21, 14, 26
_LABEL_GAP = 8
#: How wide letters are, in parts of the font size, in the wider of the fonts that a reader may have.
_NARROW_LETTERS, _WIDE_LETTERS = frozenset("ijlftr.,:;|!'()[] "), frozenset("mwMW@%…")
_LAST_OF_EUROPE = 0x52F


class MoneyRow(NamedTuple):
    """A theme as the figure shows it: lengths in dollars, and the words at the ends of the bars."""

    label: str
    left: float
    right: float
    left_text: str
    right_text: str


class _Size(NamedTuple):
    """Pixels: where labels end, how wide the plot is, what the words at the ends of the bars need."""

    labels: int
    plot: int
    words: int
    font: float


_WIDE = _Size(labels=200, plot=590, words=58, font=13)
_NARROW = _Size(labels=172, plot=176, words=42, font=11.5)


def money_bars(rows: Sequence[MoneyRow], left: str, right: str, *, narrow: bool = False) -> str:
    """The figure as raw SVG from vl-convert, for `figure` to clean.

    Parameters
    ----------
    rows
        Themes in the order of the ranking; both lengths at or above zero.
    left, right
        What stands above the two sides.
    narrow
        The variant for a phone.

    Returns
    -------
    str
        SVG with fixed positions, so that it does not depend on the fonts of the machine.
    """
    import vl_convert

    size = _NARROW if narrow else _WIDE
    return str(vl_convert.vegalite_to_svg(_specification(rows, left, right, size), allowed_base_urls=[]))


def _specification(rows: Sequence[MoneyRow], left: str, right: str, size: _Size) -> dict[str, Any]:
    import altair as alt

    zero, per_dollar = _scale(rows, size)
    named = [row._replace(label=fitted(row.label, size.labels - _LABEL_GAP, size.font)) for row in rows]
    marks = [_marks(row, number, zero, per_dollar) for number, row in enumerate(named)]
    height = _HEAD + _ROW * len(rows)
    heads = [{"x": zero - 6, "text": left}, {"x": zero + 6, "text": right}]
    layers = [
        _text(marks, "label", "right", size, x=alt.value(-_LABEL_GAP), color=INK),
        _bars(marks, "left", RISK),
        _bars(marks, "right", GROW),
        _text(marks, "left_text", "right", size, x=_at("left_end"), color=INK),
        _text(marks, "right_text", "left", size, x=_at("right_end"), color=INK),
        _heads(heads[:1], "right", RISK, size),
        _heads(heads[1:], "left", GROW, size),
        _rule(zero, height),
    ]
    chart = alt.layer(*layers).properties(
        width=size.plot,
        height=height,
        padding={"left": size.labels, "top": 0, "right": 0, "bottom": 4},
        autosize="none",
    )
    specification: dict[str, Any] = chart.configure(background="transparent", view={"stroke": None}).to_dict()
    return specification


def fitted(label: str, width: float, font: float) -> str:
    """A label cut to a width in pixels, with an ellipsis where something is left out."""
    if _width(label) * font <= width:
        return label
    cut = label
    while cut and _width(f"{cut}…") * font > width:
        cut = cut[:-1]
    head, _, _ = cut.rpartition(" ")
    return f"{(head if len(head) > len(cut) // 2 else cut).rstrip(' ,;:.|')}…"


def _width(text: str) -> float:
    return sum(_letter(letter) for letter in text)


def _letter(letter: str) -> float:
    if letter in _NARROW_LETTERS:
        return 0.33
    if letter in _WIDE_LETTERS or ord(letter) > _LAST_OF_EUROPE:
        return 1.0
    return 0.7 if letter.isupper() else 0.57


def _scale(rows: Sequence[MoneyRow], size: _Size) -> tuple[float, float]:
    """Where the zero rule stands, and pixels per dollar: the same scale on both sides."""
    left, right = max(row.left for row in rows), max(row.right for row in rows)
    per_dollar = (size.plot - 2 * size.words) / (left + right) if left + right else 0.0
    # Neither side may become too small for its heading.
    room = 0.26 * size.plot
    zero = min(max(size.words + left * per_dollar, room), size.plot - room)
    return round(zero, 1), min(per_dollar, *(_room(zero, size, left, right)))


def _room(zero: float, size: _Size, left: float, right: float) -> list[float]:
    sides = [(zero - size.words, left), (size.plot - zero - size.words, right)]
    return [room / length for room, length in sides if length] or [0.0]


def _marks(row: MoneyRow, number: int, zero: float, per_dollar: float) -> dict[str, Any]:
    left, right = zero - row.left * per_dollar, zero + row.right * per_dollar
    return {
        **row._asdict(),
        "y": _HEAD + _ROW * number,
        "middle": _HEAD + _ROW * number + _BAR / 2 + 0.5,
        "zero": zero,
        "left": round(left, 1),
        "right": round(right, 1),
        "left_end": round(left - 5, 1),
        "right_end": round(right + 5, 1),
        "bottom": _HEAD + _ROW * number + _BAR,
    }


def _at(field: str) -> Any:
    import altair as alt

    return alt.X(f"{field}:Q", scale=None, axis=None)


def _bars(marks: list[dict[str, Any]], side: str, color: str) -> Any:
    import altair as alt

    drawn = [mark for mark in marks if mark[side] != mark["zero"]]
    return (
        alt.Chart(alt.Data(values=drawn))
        .mark_rect(color=color, opacity=1)
        .encode(x=_at("zero"), x2=f"{side}:Q", y=alt.Y("y:Q", scale=None, axis=None), y2="bottom:Q")
    )


def _text(marks: list[dict[str, Any]], field: str, align: Any, size: _Size, *, x: Any, color: str) -> Any:
    import altair as alt

    return (
        alt.Chart(alt.Data(values=marks))
        .mark_text(align=align, baseline="middle", fontSize=size.font, color=color, limit=0)
        .encode(x=x, y=alt.Y("middle:Q", scale=None, axis=None), text=f"{field}:N")
    )


def _heads(heads: list[dict[str, Any]], align: Any, color: str, size: _Size) -> Any:
    import altair as alt

    return (
        alt.Chart(alt.Data(values=heads))
        .mark_text(align=align, baseline="middle", fontSize=size.font - 0.5, fontWeight=600, color=color, limit=0)
        .encode(x=_at("x"), y=alt.value(10), text="text:N")
    )


def _rule(zero: float, height: int) -> Any:
    import altair as alt

    ends = [{"zero": zero, "y": _HEAD - 6, "bottom": height}]
    return (
        alt.Chart(alt.Data(values=ends))
        .mark_rule(color=INK_SECOND, strokeWidth=1, opacity=1)
        .encode(x=_at("zero"), y=alt.Y("y:Q", scale=None, axis=None), y2="bottom:Q")
    )
