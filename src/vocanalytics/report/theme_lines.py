"""What stands beside the score of a theme: the nearest bet by wording, how it is said, and by which way it came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from vocanalytics.report.facts import Facts, Theme
from vocanalytics.report.safe_text import in_sentence, one_line
from vocanalytics.report.shown import Shown
from vocanalytics.report.wording import clip, verb

SUGGESTIONS, HEAT, BESIDE = "roadmap_suggestions", "heat", "beside"
_CHANNELS_NAMED, _INSIGHTS_NAMED = 3, 3
_NOT_RATED = "not rated"
_VALUES = {"customer": "own words", "csm_note": "CSM note", "qbr": "QBR"}


class Line(Shown):
    """One line of a theme file: what it is about, and what is said."""

    label: str
    text: str


@dataclass(frozen=True)
class Aside:
    """The frames beside the score by theme, read once for all theme files."""

    suggestions: Mapping[str, Mapping[str, Any]]
    heat: Mapping[str, Mapping[str, Any]]
    counts: Mapping[str, Mapping[str, Sequence[tuple[str, int]]]]


def aside(facts: Facts) -> Aside:
    """The suggestions, the heat and the counts of a run; nothing where an older run did not write them."""
    counts: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for row in facts.run.rows(BESIDE):
        by_measure = counts.setdefault(row["theme_id"], {})
        by_measure.setdefault(row["measure"], []).append((row["value"], row["mentions"]))
    return Aside(
        suggestions={row["theme_id"]: row for row in facts.run.rows(SUGGESTIONS)},
        heat={row["theme_id"]: row for row in facts.run.rows(HEAT)},
        counts=counts,
    )


def theme_lines(theme: Theme, said: Mapping[str, Any], beside: Aside) -> tuple[Line, ...]:
    """The lines of a theme file under its three reasons.

    Parameters
    ----------
    theme
        The theme.
    said
        Its line of the alignment file; empty where it has none.
    beside
        From `aside`.

    Returns
    -------
    tuple of Line
        The nearest bet where no alignment names it, and what is beside the score; none of it enters a score.
    """
    lines = [*_nearest_bet(theme, said, beside), *_beside_the_score(theme, beside)]
    return tuple(lines)


def _nearest_bet(theme: Theme, said: Mapping[str, Any], beside: Aside) -> Iterator[Line]:
    found = beside.suggestions.get(theme.theme_id)
    if found is None or (theme.alignment_score is not None and said.get("roadmap_id") == found["roadmap_id"]):
        return
    bet = in_sentence(clip(one_line(found["roadmap_name"]), 80)) or one_line(found["roadmap_id"])
    yield Line(label="Nearest bet by wording:", text=f"{bet}. A suggestion, not a score.")


def _beside_the_score(theme: Theme, beside: Aside) -> Iterator[Line]:
    counts = beside.counts.get(theme.theme_id, {})
    said = [
        _tone(beside.heat.get(theme.theme_id)),
        _mix("Channels", counts.get("channel", ()), _CHANNELS_NAMED),
        _mix("Voice", counts.get("voice", ()), len(counts.get("voice", ()))),
        _mix("Kinds of insight", _rated(counts.get("insight", ())), _INSIGHTS_NAMED),
    ]
    if any(said):
        yield Line(label="Beside the score, never in it.", text=" ".join(filter(None, said)))


def _tone(heat: Mapping[str, Any] | None) -> str:
    if heat is None:
        return ""
    angry, delighted, of = heat["angry"], heat["delighted"], heat["mentions"]
    rated = angry + delighted + heat["calm"]
    if not rated:
        return "Tone: not rated."
    felt = [f"{many:,} {name}" for many, name in ((angry, "angry"), (delighted, "delighted")) if many]
    if not felt:
        calm = "calm in its one rated mention" if rated == 1 else f"calm in all {rated:,} rated mentions"
        return f"Tone: {calm}{_unrated(of - rated)}."
    of_all = f"of {rated:,} rated {verb(rated, 'mention', 'mentions')}"
    return f"Tone: {' and '.join(felt)} {of_all}, heat {_one_decimal(heat['heat'])} of 10{_unrated(of - rated)}."


def _unrated(many: int) -> str:
    return f"; {many:,} not rated" if many else ""


def _one_decimal(heat: Decimal) -> str:
    return f"{heat.quantize(Decimal('0.1'), ROUND_HALF_UP)}"


def _mix(label: str, counts: Sequence[tuple[str, int]], named: int) -> str:
    """The most frequent values with their counts, the others together: "Channels: survey 12, call 3, others 2"."""
    if not counts:
        return ""
    others = sum(many for _, many in counts[named:])
    said = [f"{_value(value)} {many:,}" for value, many in counts[:named]]
    return f"{label}: {', '.join([*said, *([f'others {others:,}'] if others else [])])}."


def _rated(counts: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    """Without the mentions in other languages: the tone says already how many are not rated."""
    return [(value, many) for value, many in counts if value != _NOT_RATED]


def _value(value: str) -> str:
    return _VALUES.get(value) or one_line(value).replace("_", " ")
