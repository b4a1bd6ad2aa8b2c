"""Every method on one labelled set, in one sitting."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from own_process import CallFailedError, Measured, measure
from theme_data import ROOT, Labelled
from theme_measures import agreement
from theme_tables import QUALITY, quality_row, table

HERE = Path(__file__).resolve().parent
OTHER_PYTHON = ROOT / ".venv-bench" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
PYTHON = Path(sys.executable)


@dataclass
class Sitting:
    """One labelled set, measured: what ran, and a line for each method that could not.

    Attributes
    ----------
    data
        The labelled set.
    encoders_dir
        Prepared weights with an empty cache of embeddings, so that no text is there from before.
    folder
        For vectors on their way from one process to another.
    """

    data: Labelled
    encoders_dir: Path
    folder: Path
    embedding: dict[str, float] = field(default_factory=dict)
    ran: dict[str, tuple[Measured, float]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def try_out(self, method: str, call: str, *, embedded_by: str | None = None, **arguments: Any) -> None:
        """Run a method, and count what its vectors cost; what it cannot do becomes a line."""
        python, script = (OTHER_PYTHON, "theme_bertopic.py") if call == "bertopic" else (PYTHON, "theme_methods.py")
        try:
            cost = measure(python, HERE / script, call, **arguments)
        except (CallFailedError, FileNotFoundError) as error:
            self.lines.append(f"{self.data.name}: {method} was not measured: {error}")
            return
        self.ran[method] = cost, self.embedding.get(embedded_by or "", 0.0)
        print(f"{self.data.name}: {method}, {cost.cpu:.0f} CPU s", file=sys.stderr, flush=True)

    def embed(self, encoder: str) -> bool:
        """Make the vectors that several methods share, once; what it costs is added to each of them."""
        try:
            order: dict[str, Any] = {"settings": self.settings(encoder), "to": self.vectors(encoder)}
            cost = measure(PYTHON, HERE / "theme_methods.py", "vectors", verbatims=self.data.verbatims, **order)
        except CallFailedError as error:
            self.lines.append(f"{self.data.name}: no vectors of the {encoder} encoder: {error}")
            return False
        self.embedding[encoder] = cost.cpu
        return True

    def settings(self, encoder: str) -> dict[str, Any]:
        """The product's settings, all at their defaults but the encoder."""
        return {"encoder": encoder, "encoders_dir": str(self.encoders_dir)}

    def vectors(self, encoder: str) -> str:
        """Where the vectors of an encoder are, row by row."""
        return str(self.folder / f"{self.data.name}-{encoder}.npy")

    def rows(self) -> list[tuple[str, ...]]:
        """The table's rows, in the order in which the methods ran."""
        labels = self.data.labels
        first = next((cost.cpu + embedding for cost, embedding in self.ran.values()), None)
        return [
            quality_row(
                method, agreement(labels, cost.answer), cost, rows=len(labels), embedding=embedding, first=first
            )
            for method, (cost, embedding) in self.ran.items()
        ]


def measure_quality(data: Labelled, encoders: Sequence[str], encoders_dir: Path, folder: Path) -> tuple[str, list[str]]:
    """The table of one set, and a line for each method that could not be measured."""
    sitting = Sitting(data, encoders_dir, folder)
    verbatims, true = data.verbatims, len(set(data.labels))
    if "sentence" in encoders and not sitting.embed("sentence"):
        encoders = [encoder for encoder in encoders if encoder != "sentence"]
    shared = "sentence" if "sentence" in encoders else "lexical"
    if shared == "lexical":
        sitting.embed("lexical")
    for encoder in encoders:
        paid = encoder if encoder == "sentence" else None
        settings = sitting.settings(encoder)
        sitting.try_out(f"ours, {encoder}", "ours", embedded_by=paid, verbatims=verbatims, settings=settings)
    sitting.try_out("TF-IDF, KMeans, told the number", "words_kmeans", verbatims=verbatims, themes=true)
    sitting.try_out("TF-IDF, KMeans, number by silhouette", "words_kmeans", verbatims=verbatims, themes=None)
    given = {"embedded_by": shared, "vectors": sitting.vectors(shared)}
    sitting.try_out(f"{shared} vectors, KMeans, told the number", "vectors_kmeans", themes=true, **given)
    sitting.try_out(f"{shared} vectors, BERTopic", "bertopic", verbatims=verbatims, **given)
    return table(QUALITY, sitting.rows()), sitting.lines
