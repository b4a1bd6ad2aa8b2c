"""A line of all ranks with the range of one theme on it and a dot at its published rank."""

from __future__ import annotations

from markupsafe import Markup

from vocanalytics.charts.palette import NAVY, RULE, RULE_DARK

_WIDTH, _HEIGHT, _EDGE = 200, 14, 6


def rank_range(rank: int, lowest: int, highest: int, of: int) -> Markup:
    """How far one place could move, as a small picture; the numbers beside it say the same.

    Parameters
    ----------
    rank
        As published.
    lowest, highest
        The best and the worst rank over all scenarios.
    of
        How many themes are ranked; the first rank stands left, the last one right.
    """
    left, right, dot = (_x(place, of) for place in (lowest, highest, rank))
    shapes = [
        _line(_x(1, of), _x(of, of), RULE, 1),
        *([_line(left, right, RULE_DARK, 6)] if highest > lowest else []),
        Markup('<circle cx="{}" cy="{}" r="4.5" fill="{}"/>').format(dot, _HEIGHT // 2, NAVY),
    ]
    return Markup('<svg aria-hidden="true" width="{w}" height="{h}" viewBox="0 0 {w} {h}">{}</svg>').format(
        Markup("").join(shapes), w=_WIDTH, h=_HEIGHT
    )


def _x(place: int, of: int) -> int:
    share = (place - 1) / (of - 1) if of > 1 else 0.5
    return round(_EDGE + share * (_WIDTH - 2 * _EDGE))


def _line(start: int, end: int, color: str, width: int) -> Markup:
    return Markup('<line x1="{}" x2="{}" y1="{y}" y2="{y}" stroke="{}" stroke-width="{}"/>').format(
        start, end, color, width, y=_HEIGHT // 2
    )
