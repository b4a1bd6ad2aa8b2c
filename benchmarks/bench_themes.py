"""How good the themes are against labels that people gave, beside other methods, how firm they stand, what they cost.

    make bench-themes                       the public sets, printed
    make bench-themes WRITE=yes             and written into docs/themes_benchmarks.md
    make bench-themes DATA=mine.csv         your own labelled verbatims (columns text and label), printed only
    make bench-themes SCALE=1000000         time and memory for that many verbatims, and nothing else

Every method runs in a process of its own, held to one thread; `--help` has what make does not pass on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import theme_known
import theme_stability
from own_process import CallFailedError, measure
from theme_data import PUBLIC, ROOT, Labelled, read_all, shared_folder
from theme_quality import HERE, PYTHON, measure_quality
from theme_tables import table, write_between

from vocanalytics.settings import ThemeSettings

PAGE = ROOT / "docs/themes_benchmarks.md"
ENCODERS = ("lexical", "static", "sentence")
PARTS = ("quality", "stability", "known")
SCALE = ("encoder", "verbatims", "wall s", "CPU s", "peak MB")

#: What a part says about one set: the table, and a line for each thing that could not be measured.
Said = tuple[str, list[str]]


def row_by_encoder(script: str, call: str, heads: Sequence[str], encoders: Sequence[str], **order: Any) -> Said:
    """A table with one row an encoder, each made by a process of its own."""
    rows, lines = [], []
    for encoder in encoders:
        settings = {"encoder": encoder, "encoders_dir": str(order["encoders_dir"])}
        arguments = {name: value for name, value in order.items() if name != "encoders_dir"}
        try:
            rows.append(measure(PYTHON, HERE / script, call, settings=settings, **arguments).answer)
        except CallFailedError as error:
            lines.append(f"{call} with the {encoder} encoder was not measured: {error}")
    return table(heads, rows), lines


def measure_parts(
    data: Labelled, parts: Sequence[str], encoders: Sequence[str], encoders_dir: Path, folder: Path
) -> Iterator[tuple[str, Said]]:
    """Each part asked for, as `part, (table, lines)`; quality first, since it pays for the embeddings of all."""
    where = {"verbatims": data.verbatims, "encoders_dir": encoders_dir}
    if "quality" in parts:
        yield "quality", measure_quality(data, encoders, encoders_dir, folder)
    if "stability" in parts:
        yield "stability", row_by_encoder("theme_stability.py", "stability", theme_stability.HEADS, encoders, **where)
    if "known" in parts:
        labels = {"labels": data.labels}
        yield "known", row_by_encoder("theme_known.py", "known", theme_known.HEADS, encoders, **where, **labels)


def measure_scale(data: Labelled, rows: int, encoders: Sequence[str], encoders_dir: Path) -> Said:
    """Wall, CPU and peak memory for many distinct verbatims, with as many threads as the product takes by itself."""
    measured, lines = [], []
    for encoder in encoders:
        settings = {"encoder": encoder, "encoders_dir": str(encoders_dir)}
        order = {"verbatims": data.verbatims, "rows": rows, "tagged": False, "settings": settings}
        try:
            cost = measure(PYTHON, HERE / "theme_known.py", "scale", one_thread=False, **order)
        except CallFailedError as error:
            lines.append(f"scale with the {encoder} encoder was not measured: {error}")
            continue
        measured.append((encoder, f"{rows:,}", f"{cost.wall:.0f}", f"{cost.cpu:.0f}", f"{cost.peak_mb:,.0f}"))
    return table(SCALE, measured), lines


def fresh_weights(prepared: Path, folder: Path) -> Path:
    """The prepared weights under another roof, without the embeddings made before, so that embedding is paid here."""
    fresh = folder / "encoders"
    fresh.mkdir()
    for weights in sorted(prepared.iterdir()) if prepared.is_dir() else ():
        if weights.is_dir():
            (fresh / weights.name).symlink_to(weights.resolve(), target_is_directory=True)
    return fresh


def say(part: str, name: str, said: Said, *, write: bool) -> None:
    """Print a table and its lines; write the table where the page keeps a place for it."""
    content, lines = said
    print(f"\n{part} {name}\n\n{content}\n", *lines, sep="\n", flush=True)
    if write and not write_between(PAGE, f"{part} {name}", content):
        print(f"not written: {PAGE.name} keeps no place for {part} {name}")


def read_arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for on the command line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", nargs="+", type=Path, help="labelled CSV files, in place of the public sets")
    asked.add_argument("--write", action="store_true", help=f"write the tables into docs/{PAGE.name}")
    asked.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    asked.add_argument("--encoders", nargs="+", choices=ENCODERS, default=ENCODERS, help="encoders to measure")
    asked.add_argument(
        "--encoders-dir", type=Path, default=ROOT / ThemeSettings().encoders_dir, help="prepared weights"
    )
    asked.add_argument("--scale", type=int, metavar="ROWS", help="only time and memory for that many verbatims")
    return asked.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Measure everything that was asked for and is there; 1 where no labelled data is."""
    asked = read_arguments(words)
    sets, lines = read_all(asked.data or [shared_folder() / f"{name}.csv" for name in PUBLIC])
    print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        encoders_dir = fresh_weights(asked.encoders_dir, Path(folder))
        if asked.scale and sets:
            said = measure_scale(sets[0], asked.scale, asked.encoders, encoders_dir)
            say("scale", sets[0].name, said, write=asked.write)
            return 0
        for data in sets:
            for part, said in measure_parts(data, asked.only, asked.encoders, encoders_dir, Path(folder)):
                say(part, data.name, said, write=asked.write)
    return 0 if sets else 1


if __name__ == "__main__":
    sys.exit(main())
