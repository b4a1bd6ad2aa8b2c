"""`vocanalytics encoders`: prepares what the encoders `static` and `sentence` know, once, and says what to do next."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vocanalytics.errors import ThemeError
from vocanalytics.pipeline.plan import MODEL_FILE
from vocanalytics.settings import read_model

if TYPE_CHECKING:
    from vocanalytics.themes.encoding.weights import Weights


def run_encoders(root: Path, *, source: str, other: bool) -> None:
    """Prepare both encoders from a folder, or say that they are prepared.

    Raises
    ------
    ThemeError
        When they are not prepared and no folder is named, or the folder does not hold the model.
    """
    from vocanalytics.themes.encoding.preparing import is_made_from, prepared

    settings = read_model(root / MODEL_FILE).themes
    here = prepared(root / settings.encoders_dir)
    if here and (not source or is_made_from(here, Path(source))):
        click.echo(
            f"Both encoders are in {settings.encoders_dir}, made from {_model(here)}; every file is as prepared."
        )
    elif source:
        _prepare(root, settings.encoders_dir, Path(source), other)
    else:
        raise ThemeError(
            "the encoders' weights are not prepared",
            where=settings.encoders_dir,
            advice="Run make encoders, or name a folder that holds the model: vocanalytics encoders --from FOLDER",
        )
    click.echo(_next(settings.encoder))


def _prepare(root: Path, encoders_dir: str, source: Path, other: bool) -> None:
    from vocanalytics.themes.encoding.preparing import prepare_sentence, prepare_static

    begun = time.perf_counter()
    sentence = prepare_sentence(source, root / encoders_dir, other=other)
    click.echo(_line(sentence, encoders_dir, time.perf_counter() - begun))
    for name, digest in sentence.source.items() if other else ():
        click.echo(f"    made from {name}: {digest}")
    begun = time.perf_counter()
    static = prepare_static(root / encoders_dir)
    click.echo(_line(static, encoders_dir, time.perf_counter() - begun))


def _line(weights: Weights, encoders_dir: str, seconds: float) -> str:
    size = sum((weights.folder / name).stat().st_size for name in weights.sha256) / 1e6
    place = f"{encoders_dir}/{weights.encoder}"
    return f"  {weights.encoder:<9} {place}, {size:.0f} MB, from {weights.source['model']} ({seconds:.0f} s)"


def _model(here: list[Weights]) -> str:
    return " and ".join(sorted({weights.source["model"] for weights in here}))


def _next(encoder: str) -> str:
    if encoder != "lexical":
        return f"{MODEL_FILE} sets themes.encoder to {encoder}; the next run uses it."
    return (
        f"Runs still use lexical. To use them, set themes.encoder to static or sentence in {MODEL_FILE}, between two "
        "quarters: another encoder sorts verbatims differently."
    )
