"""With a codebook of some of the true themes, what joins it; and what a million verbatims cost."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import polars as pl
from own_process import answer_one
from theme_data import by_feedback, placed
from theme_measures import agreement

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import Codebook, CodebookTheme, Exemplar, find_themes

SEED = 0
EXAMPLES = 20
#: Every fourth true theme is missing from the codebook.
NOT_KNOWN = 4
HEADS = (
    *("encoder", "known", "of theirs join", "of those are right", "of the others join", "proposed", "left out"),
    *("NMI", "ARI"),
)


def known(*, verbatims: list[str], labels: list[str], settings: dict[str, Any]) -> list[str]:
    """One row of the table: a codebook with examples of three quarters of the labels, and all other verbatims."""
    members = _members(labels)
    examples = {label: members[label][:EXAMPLES] for label in known_labels(members)}
    if not examples:
        return [settings["encoder"], "no label has more than twenty verbatims", *[""] * (len(HEADS) - 2)]
    ids = {label: f"T-{at:04d}" for at, label in enumerate(examples, start=1)}
    themes = tuple(
        CodebookTheme(
            theme_id=ids[label], name=ids[label], exemplars=tuple(Exemplar(text=verbatims[row]) for row in rows)
        )
        for label, rows in examples.items()
    )
    taken = {row for rows in examples.values() for row in rows}
    rest = [row for row in range(len(labels)) if row not in taken]
    incoming = by_feedback([verbatims[row] for row in rest])
    result = find_themes(incoming, Codebook(themes=themes), ThemeSettings(**settings))
    truth, where = [labels[row] for row in rest], placed(result, len(rest))
    joins = share_joining([ids.get(label) for label in truth], where, set(ids.values()))
    whole = agreement(truth, where)
    numbers = (str(result.summary["new_themes"]), f"{whole.left_out:.1%}", f"{whole.nmi:.3f}", f"{whole.ari:.3f}")
    return [settings["encoder"], f"{len(ids)} of {len(members)}", *(f"{share:.1%}" for share in joins), *numbers]


def _members(labels: Sequence[str]) -> dict[str, list[int]]:
    """The rows of each label, labels sorted, rows shuffled."""
    members: dict[str, list[int]] = {label: [] for label in sorted(set(labels))}
    for row in random.Random(SEED).sample(range(len(labels)), len(labels)):
        members[labels[row]].append(row)
    return members


def known_labels(members: dict[str, list[int]]) -> list[str]:
    """Labels with enough verbatims for a codebook, without every fourth."""
    large = [label for label, rows in members.items() if len(rows) > EXAMPLES]
    return [label for at, label in enumerate(large) if at % NOT_KNOWN]


def share_joining(
    theirs: Sequence[str | None], where: Sequence[str | None], known_ids: set[str]
) -> tuple[float, float, float]:
    """Who joins a known theme: of its own verbatims the share, of those the share that are right, of others the share.

    Parameters
    ----------
    theirs
        The known theme that each verbatim belongs to by its label, None where that is not known.
    where
        The theme that it was given.
    known_ids
        Themes in the codebook.
    """
    of_known = [(theme, given) for theme, given in zip(theirs, where, strict=True) if theme]
    joined = [(theme, given) for theme, given in of_known if given in known_ids]
    others = [given for theme, given in zip(theirs, where, strict=True) if not theme]
    right = sum(theme == given for theme, given in joined) / max(1, len(joined))
    strangers = sum(given in known_ids for given in others) / max(1, len(others))
    return len(joined) / max(1, len(of_known)), right, strangers


def scale(*, verbatims: list[str], rows: int, tagged: bool, settings: dict[str, Any]) -> int:
    """Sort `rows` distinct verbatims, each one of the given with a number of its own; the number of themes."""
    numbers = random.Random(SEED)
    many = [f"{verbatims[row % len(verbatims)]} Ticket {numbers.randrange(10**9)}." for row in range(rows)]
    incoming = by_feedback(many)
    if tagged:
        incoming = incoming.with_columns(theme=pl.lit("One theme"))
    return find_themes(incoming, Codebook(), ThemeSettings(**settings)).themes.height


if __name__ == "__main__":
    answer_one({"known": known, "scale": scale})
