"""How good the themes are by the word of people, for whoever asks whether the machine sorted well."""

from __future__ import annotations

from collections.abc import Iterator

from vocanalytics.report.facts import Facts
from vocanalytics.report.method_beyond import Rule
from vocanalytics.report.safe_text import one_line
from vocanalytics.report.wording import tallied
from vocanalytics.themes.label_sheets import Accuracy, Judged

_NOT_MEASURED = (
    "Not measured in this quarter: nobody has judged a draw of verbatims yet. The labelling sheet of explore_themes "
    "draws 50"
)


def accuracy_rules(facts: Facts) -> Iterator[Rule]:
    """One row of the method: the share in the right theme with its interval, and how far two people agree."""
    found = facts.run.accuracy
    yield Rule(name="Right theme", value=_said(found) if found else _NOT_MEASURED)


def _said(found: Accuracy) -> str:
    drawn = f"Verbatims drawn by lot from run {one_line(found.run_id)}, judged by people. "
    return drawn + "; ".join(map(_share, found.people)) + _agreement(found)


def _share(judged: Judged) -> str:
    return (
        f"{one_line(judged.by)}: {judged.right} of {judged.labelled} in the right theme, {judged.share:.0%} "
        f"(95% interval {judged.low:.0%} to {judged.high:.0%})"
    )


def _agreement(found: Accuracy) -> str:
    """Only where two people judged the same verbatims, and chance could not have agreed as well."""
    if found.alpha is None:
        return ""
    both = tallied(found.shared, "verbatim")
    return f". Agreement of people on {both}: {found.alpha:.2f} (Krippendorff's alpha; 1 is always, 0 is chance)"
