"""Figures of the pre-read: Altair specifications, turned into small, safe SVG without a browser or a network."""

from vocanalytics.charts.breakpoints import arr_by_tier, score_distributions
from vocanalytics.charts.money import MoneyRow, money_bars
from vocanalytics.charts.rank_range import rank_range
from vocanalytics.charts.score_line import score_line
from vocanalytics.charts.svg import figure

__all__ = ["MoneyRow", "arr_by_tier", "figure", "money_bars", "rank_range", "score_distributions", "score_line"]
