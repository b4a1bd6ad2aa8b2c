"""How good the themes are against labels that people gave, and what they cost.

    .venv/bin/python benchmarks/bench_themes.py [rows for the scale test, 0 for none]

Two situations on public verbatims kept beside the project: nothing known (themes are found), and a codebook with twenty
examples of three quarters of the true themes (verbatims join, the rest is found). Then time and memory at scale.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes import Codebook, CodebookTheme, Exemplar, ThemesResult, find_themes

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("VOCANALYTICS_SHARED", ROOT.parent / "shared"))
EXAMPLES = 20
NOT_KNOWN = 4  # every fourth true theme is missing from the codebook


def by_feedback(verbatims: Sequence[str]) -> pl.DataFrame:
    """Verbatims as the themes stage receives them, untagged."""
    frame = pl.DataFrame({"verbatim": verbatims}, schema={"verbatim": pl.String}).with_row_index("row")
    nothing = pl.lit(None, pl.String)
    return frame.select(
        pl.concat_str(pl.lit("bench:"), pl.col("row").cast(pl.String).str.zfill(8)).alias("feedback_id"),
        "verbatim",
        subject=nothing,
        theme=nothing,
        voice=pl.lit("customer"),
        language=nothing,
        account_id=nothing,
    )


def placed(result: ThemesResult, rows: int) -> list[str]:
    """The theme of each row, the reason where it has none."""
    where = dict(result.mentions.select("feedback_id", "theme_id").iter_rows()) | dict(result.unclustered.iter_rows())
    return [where[f"bench:{row:08d}"] for row in range(rows)]


def find_from_nothing(name: str, verbatims: list[str], labels: list[str], settings: ThemeSettings) -> None:
    """NMI, ARI, number found and share unclustered with an empty codebook."""
    start = time.process_time()
    result = find_themes(by_feedback(verbatims), Codebook(), settings)
    seconds = time.process_time() - start
    themes = placed(result, len(verbatims))
    print(
        f"{name:12} found {result.summary['new_themes']:>3} of {len(set(labels)):>3}"
        f"  NMI {normalized_mutual_info_score(labels, themes):.3f}  ARI {adjusted_rand_score(labels, themes):.3f}"
        f"  unclustered {result.summary['unclustered_share']:.1%}"
        f"  CPU s per 10,000 {seconds / len(verbatims) * 10_000:.1f}"
    )


def join_the_known(name: str, verbatims: list[str], labels: list[str], settings: ThemeSettings) -> None:
    """With a codebook: of the verbatims of known themes, how many join and are right; of the others, how many join."""
    order = list(range(len(labels)))
    random.Random(0).shuffle(order)
    members: dict[str, list[int]] = {}
    for row in order:
        members.setdefault(labels[row], []).append(row)
    large = [label for label in sorted(members) if len(members[label]) > EXAMPLES]
    known = [label for at, label in enumerate(large) if at % NOT_KNOWN]
    if not known:
        print(f"{name:12} no true theme has more than {EXAMPLES} verbatims, so no codebook is made of it")
        return
    ids = {label: f"T-{at:04d}" for at, label in enumerate(known, start=1)}
    taken = {row for label in known for row in members[label][:EXAMPLES]}
    themes = tuple(
        CodebookTheme(
            theme_id=ids[label],
            name=label,
            exemplars=tuple(Exemplar(text=verbatims[row]) for row in members[label][:EXAMPLES]),
        )
        for label in known
    )
    rest = [row for row in range(len(labels)) if row not in taken]
    result = find_themes(by_feedback([verbatims[row] for row in rest]), Codebook(themes=themes), settings)
    where, truth = placed(result, len(rest)), [labels[row] for row in rest]
    joined = [(ids.get(label), theme) for label, theme in zip(truth, where, strict=True) if theme in ids.values()]
    of_known = sum(label in ids for label in truth)
    own = [(label, theme) for label, theme in joined if label]
    right = sum(a == b for a, b in own) / max(1, len(own))
    nmi, ari = normalized_mutual_info_score(truth, where), adjusted_rand_score(truth, where)
    print(
        f"{name:12} {len(known)} themes known, {EXAMPLES} examples each: {len(own) / of_known:.1%} of theirs join"
        f" and {right:.1%} of those are right;"
        f" {(len(joined) - len(own)) / max(1, len(rest) - of_known):.1%} of the others join;"
        f" {result.summary['new_themes']} proposed, {result.summary['unclustered_share']:.1%} unclustered;"
        f" whole NMI {nmi:.3f}, ARI {ari:.3f}"
    )


def at_scale(verbatims: list[str], rows: int, settings: ThemeSettings) -> None:
    """Wall, CPU and peak memory for many distinct verbatims."""
    numbers = random.Random(0)
    many = [f"{verbatims[row % len(verbatims)]} Ticket {numbers.randrange(10**9)}." for row in range(rows)]
    frame = by_feedback(many)
    for kind, incoming in (("untagged", frame), ("tagged", frame.with_columns(theme=pl.lit("One theme")))):
        wall, cpu = time.perf_counter(), time.process_time()
        find_themes(incoming, Codebook(), settings)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(
            f"{rows:,} {kind}: wall {time.perf_counter() - wall:.0f} s, CPU {time.process_time() - cpu:.0f} s,"
            f" peak so far {peak:.1f} GiB"
        )


def main(rows: int) -> None:
    """Run everything that the data beside the project allows."""
    settings = ThemeSettings()
    print(settings)
    for name in ("banking77", "minibar_en"):
        source = SHARED / "data/verbatims" / f"{name}.csv"
        if not source.is_file():
            print(f"{source} is not there: set VOCANALYTICS_SHARED to a folder with data/verbatims/{name}.csv")
            continue
        with source.open(newline="", encoding="utf-8") as lines:
            pairs = [(line["text"], line["label"]) for line in csv.DictReader(lines)]
        verbatims, labels = [text for text, _ in pairs], [label for _, label in pairs]
        find_from_nothing(name, verbatims, labels, settings)
        join_the_known(name, verbatims, labels, settings)
        if rows and name == "banking77":
            at_scale(verbatims, rows, settings)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
