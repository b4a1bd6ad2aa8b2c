"""How much themes move when what customers said does not: another order, repeats, rows that leave, a new quarter."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import polars as pl
from own_process import answer_one
from theme_data import by_feedback, placed
from theme_measures import Placed, likeness

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import Codebook, CodebookTheme, Exemplar, ThemesResult, find_themes, remember

SEED = 0
REPEATED, LEFT, NEW = 0.02, 0.10, 0.25
#: A person who confirms a proposal keeps this many of its most central verbatims as examples.
EXAMPLES = 20
HEADS = (
    *("encoder", "themes", "other order: themes, ARI", "2% said twice: themes, ARI", "10% left: themes, ARI"),
    *("25% new: old kept", "new that join", "themes proposed", "old kept without memory"),
)


def stability(*, verbatims: list[str], settings: dict[str, Any]) -> list[str]:
    """One row of the table: each variation's number of themes, and how alike it is on the verbatims in common."""
    chosen = ThemeSettings(**settings)
    before = placed(find_themes(by_feedback(verbatims), Codebook(), chosen), len(verbatims))
    cells = [chosen.encoder, str(_number(before))]
    for vary in (in_other_order, with_repeats, without_some):
        rows = vary(len(verbatims))
        after = placed(find_themes(by_feedback([verbatims[row] for row in rows]), Codebook(), chosen), len(rows))
        common = dict(zip(rows, after, strict=True))
        alike = likeness([before[row] for row in common], list(common.values()))
        cells.append(f"{_number(after)}, {alike:.3f}")
    return [*cells, *next_quarter(verbatims, chosen)]


def in_other_order(rows: int) -> list[int]:
    """Every row, shuffled."""
    return random.Random(SEED).sample(range(rows), rows)


def with_repeats(rows: int) -> list[int]:
    """Every row, and two in a hundred once more."""
    return [*range(rows), *random.Random(SEED).sample(range(rows), round(rows * REPEATED))]


def without_some(rows: int) -> list[int]:
    """Nine rows in ten."""
    return sorted(random.Random(SEED).sample(range(rows), rows - round(rows * LEFT)))


def next_quarter(verbatims: Sequence[str], settings: ThemeSettings) -> tuple[str, ...]:
    """What happens when a quarter more verbatims arrive, as the last four cells of the row.

    Last quarter's proposals were all confirmed, with their most central verbatims as examples, as a click on "confirm"
    does, and nobody touched the codebook since. Without memory only those examples speak for a theme.
    """
    rows = in_other_order(len(verbatims))
    old = rows[: round(len(rows) / (1 + NEW))]
    earlier, now = (by_feedback([verbatims[row] for row in some]) for some in (old, rows))
    last = find_themes(earlier, Codebook(), settings)
    codebook, ids = confirm_all(last, [verbatims[row] for row in old])
    before = [ids.get(theme or "") for theme in placed(last, len(old))]
    memory = remember(last.mentions, earlier, codebook, settings.clip_chars)
    result = find_themes(now, codebook, settings, memory)
    after = placed(result, len(rows))
    without = placed(find_themes(now, codebook, settings), len(rows))
    join = sum(theme in set(ids.values()) for theme in after[len(old) :]) / max(1, len(rows) - len(old))
    proposed = str(result.summary["new_themes"])
    return f"{kept(before, after):.1%}", f"{join:.1%}", proposed, f"{kept(before, without):.1%}"


def kept(before: Placed, after: Placed) -> float:
    """Share of the verbatims that had a theme and have the same one now; `after` may go on with new verbatims."""
    had = [(theme, now) for theme, now in zip(before, after, strict=False) if theme is not None]
    return sum(theme == now for theme, now in had) / max(1, len(had))


def confirm_all(result: ThemesResult, verbatims: Sequence[str]) -> tuple[Codebook, dict[str, str]]:
    """A codebook with every proposal, and which permanent id each proposal got."""
    nearest = result.mentions.sort("theme_id", "similarity", "feedback_id", descending=[False, True, False])
    by_theme = nearest.group_by("theme_id", maintain_order=True).agg(pl.col("feedback_id").head(EXAMPLES))
    ids = {theme_id: f"T-{at:04d}" for at, theme_id in enumerate(by_theme["theme_id"], start=1)}
    said = {f"bench:{row:08d}": verbatim for row, verbatim in enumerate(verbatims)}
    exemplars = {found: tuple(Exemplar(text=said[one]) for one in central) for found, central in by_theme.iter_rows()}
    themes = (
        CodebookTheme(theme_id=ids[found], name=ids[found], found_as=(found,), exemplars=exemplars[found])
        for found in ids
    )
    return Codebook(themes=tuple(themes)), ids


def _number(themes: Placed) -> int:
    return len({theme for theme in themes if theme is not None})


if __name__ == "__main__":
    answer_one({"stability": stability})
