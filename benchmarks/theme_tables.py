"""Tables in Markdown, and their place in a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from own_process import Measured
from theme_measures import Agreement

QUALITY = (
    *("method", "themes", "NMI", "AMI", "ARI", "accuracy", "purity", "left out"),
    *("CPU s per 10,000", "times the first", "peak MB"),
)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = (heads, ["---"] * len(heads), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def quality_row(
    method: str, good: Agreement, cost: Measured, *, rows: int, embedding: float = 0.0, first: float | None = None
) -> tuple[str, ...]:
    """One method on one set; CPU also as a multiple of the first method's, which a noisy machine leaves alone.

    Parameters
    ----------
    method
        What ran.
    good, cost
        How well, and at which cost.
    rows
        Verbatims in the set.
    embedding
        CPU seconds spent on vectors before, by a process of its own.
    first
        CPU seconds of the first method, its embedding included.
    """
    seconds = cost.cpu + embedding
    return (
        method,
        f"{good.found} of {good.true}",
        *(f"{share:.3f}" for share in (good.nmi, good.ami, good.ari, good.accuracy, good.purity)),
        f"{good.left_out:.1%}",
        f"{seconds / rows * 10_000:.1f}",
        f"{seconds / (first or seconds):.1f}",
        f"{cost.peak_mb:,.0f}",
    )


def markers(block: str) -> tuple[str, str]:
    """The comments between which a page keeps a block."""
    return f"<!-- measured: {block} -->", f"<!-- end of {block} -->"


def write_between(page: Path, block: str, content: str) -> bool:
    """Put a block in its place in a page; False, and nothing changed, where the page keeps no place for it."""
    first, last = markers(block)
    text = page.read_text(encoding="utf-8")
    if text.count(first) != 1 or text.count(last) != 1 or text.index(first) > text.index(last):
        return False
    before, after = text.split(first)[0], text.split(last)[1]
    page.write_text(f"{before}{first}\n\n{content}\n\n{last}{after}", encoding="utf-8")
    return True
