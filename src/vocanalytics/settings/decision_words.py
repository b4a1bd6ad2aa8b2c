"""The three words of a decision, in the forms in which people write them: read alike before and after a session."""

from __future__ import annotations

import re
import unicodedata

from vocanalytics.settings.quarter import Quarter
from vocanalytics.vocabulary import Decision

_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")

#: What people enter where they have nothing to say yet; it counts as an empty cell.
_NOTHING_YET = frozenset({"", "tbd", "tba", "tbc", "na", "none", "open", "unknown", "later", "xxx", "pending"})


def plain(cell: str | None) -> str:
    """A cell without what cannot be seen and without the apostrophe that kept it from being a formula."""
    text = " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", cell or "")).split())
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@＝＋－＠") else text


def filled(cell: str | None) -> str | None:
    """What a cell says; nothing where it only holds the place: TBD, n/a, a dash, a question mark."""
    text = plain(cell)
    bare = re.sub(r"[\W_]+", "", text.casefold())
    return None if bare in _NOTHING_YET else text


def status_of(cell: str, quarter: Quarter | None) -> Decision | None:
    """The status that a cell means: the word of the table, or a box of the printed sheet of that quarter.

    Parameters
    ----------
    cell
        As written, in any case and spacing.
    quarter
        The quarter that was decided on, if it is known; `Build in Q4 2026` is a status of the session of Q3 2026 only.
    """
    return _accepted(quarter).get(_folded(cell))


_FORMS = {
    Decision.BUILD: ("build", "build next quarter"),
    Decision.DEFER: ("defer", "deferred", "defer q plus 2", "defer q+2", "defer to q+2"),
    Decision.DECLINE: ("decline", "declined"),
}


def _accepted(quarter: Quarter | None) -> dict[str, Decision]:
    accepted = {_folded(form): decision for decision, said in _FORMS.items() for form in said}
    if quarter is not None:
        later = f"defer to {quarter.next.next.label}"
        accepted[_folded(f"build in {quarter.next.label}")] = Decision.BUILD
        accepted |= {_folded(form): Decision.DEFER for form in (later, f"{later} (Q+2)")}
    return accepted


def _folded(text: str) -> str:
    """Without case, width, underscores, hyphens and brackets."""
    return " ".join(re.sub(r"[^\w+]+|_", " ", unicodedata.normalize("NFKC", plain(text)).casefold()).split())
