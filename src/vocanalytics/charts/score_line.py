"""A line from 1 to 5 with the letters C and P where CS and Product stand."""

from __future__ import annotations

from markupsafe import Markup

from vocanalytics.charts.palette import INK_SECOND, NAVY, RULE, RULE_DARK

_STEP, _FIRST, _MIDDLE = 26, 12, 13


def score_line(cs: int, product: int) -> Markup:
    """The disagreement on one alignment score as a small picture; the words beside it say the same.

    Parameters
    ----------
    cs, product
        Scores from 1 to 5.
    """
    shapes = [
        _line(_x(1) + 7, _x(5) - 7, RULE, 1),
        *(_circle(score, 1.6, RULE_DARK) for score in (2, 3, 4)),
        *(_text(score, f"{score}", INK_SECOND, 11, 400) for score in (1, 5) if score not in (cs, product)),
        _line(_x(cs), _x(product), INK_SECOND, 2),
        *(_circle(score, 8.5, color) for score, color in ((cs, INK_SECOND), (product, NAVY))),
        *(_text(score, letter, "#fff", 10.5, 700) for score, letter in ((cs, "C"), (product, "P"))),
    ]
    return Markup('<svg class="duel" aria-hidden="true" width="128" height="26" viewBox="0 0 128 26">{}</svg>').format(
        Markup("").join(shapes)
    )


def _x(score: int) -> int:
    return _FIRST + _STEP * (score - 1)


def _line(start: int, end: int, color: str, width: int) -> Markup:
    return Markup('<line x1="{}" x2="{}" y1="{y}" y2="{y}" stroke="{}" stroke-width="{}"/>').format(
        start, end, color, width, y=_MIDDLE
    )


def _circle(score: int, radius: float, color: str) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="{}" fill="{}"/>').format(_x(score), _MIDDLE, radius, color)


def _text(score: int, text: str, color: str, size: float, weight: int) -> Markup:
    return Markup(
        '<text x="{}" y="17" text-anchor="middle" font-size="{}" font-weight="{}" fill="{}">{}</text>'
    ).format(_x(score), size, weight, color, text)
