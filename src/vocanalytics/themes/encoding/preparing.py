"""Preparing the weights of `sentence` and `static`, once, from the files of a model in a folder.

Nothing is fetched here and nothing of the folder is run. What was made is compared with the original before it may
stand: a converted model may be silently wrong.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from vocanalytics.errors import ThemeError
from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.encoding.weights import (
    FILES,
    PACKAGES,
    RECIPE,
    RECORD,
    Weights,
    expect_packages,
    expect_sha256,
    read_json,
    read_weights,
    sha256_of,
    write_record,
)
from vocanalytics.themes.encoding.weights_file import Bert, forward, read_bert

#: all-MiniLM-L6-v2 as its publishers give it.
OFFICIAL_MODEL = "all-MiniLM-L6-v2"
OFFICIAL = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
READY = ("model.onnx", "tokenizer.json")
#: The converted model and the original must point the same way, to this cosine.
ALIKE = 0.995
_SENTENCES = (
    "dark mode, please!",
    "we cannot export invoices in bulk and it takes our team hours every month",
    "thanks",
    "the new dashboard is slower than the old one, pages need ten seconds to load",
    "when does our contract renew and who is our contact now?",
    "sso with okta fails since yesterday: error 403",
    "könnten sie bitte die rechnung noch einmal senden",
    "it would be great if the mobile app worked without a connection, because our people are often in the field "
    "and there is none; today they write on paper and type it in at night, which nobody likes",
    "price went up 20% and nothing got better",
    "?",
)


def prepared(encoders_dir: Path) -> list[Weights]:
    """The weights that are there and hold; empty where some are missing or are not as they were prepared."""
    try:
        found = [read_weights(encoders_dir, encoder) for encoder in FILES if _is_current(encoders_dir / encoder)]
    except ThemeError:
        return []
    return found if len(found) == len(FILES) else []


def is_made_from(weights: Sequence[Weights], source: Path) -> bool:
    """Whether the weights were made from just these files of a folder."""
    (sentence,) = [found for found in weights if found.encoder == "sentence"]
    recorded = {name: digest for name, digest in sentence.source.items() if name != "model"}
    return all((source / name).is_file() and sha256_of(source / name) == digest for name, digest in recorded.items())


def _is_current(folder: Path) -> bool:
    return (folder / RECORD).is_file() and read_json(folder / RECORD).get("recipe") == RECIPE


def prepare_sentence(source: Path, encoders_dir: Path, *, other: bool = False) -> Weights:
    """Build `sentence/` from a folder that holds a model.

    Parameters
    ----------
    source
        Holds `model.safetensors`, `tokenizer.json` and `config.json`, or a ready `model.onnx` with its
        `tokenizer.json`.
    encoders_dir
        Where `sentence/` is put.
    other
        Accept another model than the official one; its hashes are recorded instead of checked.

    Raises
    ------
    ThemeError
        When a package or a file is missing, a file is not the official one, or the converted model differs from
        the original.
    """
    names = _source_names(source)
    expect_packages("sentence", PACKAGES["sentence"] if names == READY else (*PACKAGES["sentence"], "onnx"))
    if not other:
        for name in OFFICIAL:
            _expect_official(source, name)
    with _folder(encoders_dir, "sentence") as made:
        if names == READY:
            shutil.copyfile(source / "model.onnx", made / "model.onnx")
        shutil.copyfile(source / "tokenizer.json", made / "tokenizer.json")
        told: dict[str, float] = {}
        if names != READY:
            told["cosine_to_original"] = _convert(source, made)
        _try_it(made)
        hashes = {name: sha256_of(source / name) for name in names}
        write_record(made, "sentence", {"model": _model_name(hashes, source), **hashes}, **told)
    return read_weights(encoders_dir, "sentence")


def _source_names(source: Path) -> tuple[str, ...]:
    for names in (tuple(OFFICIAL), READY):
        if all((source / name).is_file() for name in names):
            return names
    raise ThemeError(
        "the folder does not hold a sentence encoder",
        where=source.as_posix(),
        expected=f"{', '.join(OFFICIAL)} of {OFFICIAL_MODEL}, or a ready {' and '.join(READY)}",
    )


def _expect_official(source: Path, name: str) -> None:
    advice = f"Fetch {OFFICIAL_MODEL} again, or accept another model with --other-model"
    if not (source / name).is_file():
        raise ThemeError("a file of the model is missing", where=(source / name).as_posix(), advice=advice)
    expect_sha256(source / name, OFFICIAL[name], advice=advice)


def _model_name(hashes: dict[str, str], source: Path) -> str:
    return OFFICIAL_MODEL if hashes == OFFICIAL else source.resolve().name


def _convert(source: Path, made: Path) -> float:
    """Write `model.onnx`; return the least cosine to the original over ten sentences."""
    from vocanalytics.themes.encoding.onnx_graph import build_graph

    bert = read_bert(source)
    (made / "model.onnx").write_bytes(build_graph(bert))
    least = least_cosine(bert, made)
    if not least >= ALIKE:
        raise ThemeError(
            "the converted model is not the original: a converted model may be silently wrong",
            where=source.as_posix(),
            found=f"cosine {least:.4f}",
            expected=f"at least {ALIKE}",
        )
    return round(least, 4)


def least_cosine(bert: Bert, made: Path) -> float:
    """How far the converted model strays at most from what the original weights say, over ten sentences."""
    by_sentence, vectors = _say(made)
    return min(float(vector @ forward(bert, ids)) for ids, vector in zip(by_sentence, vectors, strict=True))


def _try_it(made: Path) -> None:
    _, vectors = _say(made)
    if not np.isfinite(vectors).all() or not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=0.01):
        raise ThemeError("the model gives no vector for a sentence", where=(made / "model.onnx").as_posix())


def _say(made: Path) -> tuple[list[list[int]], Vectors]:
    """The tokens of ten sentences, and what the model in a folder says about them."""
    from vocanalytics.themes.encoding.sentence import embed_equal, open_model
    from vocanalytics.themes.encoding.tokens import read_tokenizer, token_ids

    model = open_model(made / "model.onnx")
    by_sentence = token_ids(read_tokenizer(made / "tokenizer.json"), _SENTENCES, ends=True)
    return by_sentence, np.vstack([embed_equal(model, [ids]) for ids in by_sentence])


def prepare_static(encoders_dir: Path) -> Weights:
    """Build `static/` from the sentence encoder prepared before, which teaches each token its vector.

    Raises
    ------
    ThemeError
        When the sentence encoder is not there.
    """
    from vocanalytics.themes.encoding.distilling import distil

    sentence = read_weights(encoders_dir, "sentence")
    with _folder(encoders_dir, "static") as made:
        np.save(made / "vectors.npy", distil(sentence))
        shutil.copyfile(sentence.tokenizer, made / "tokenizer.json")
        write_record(made, "static", {"model": sentence.source["model"], **sentence.sha256})
    return read_weights(encoders_dir, "static")


@contextmanager
def _folder(encoders_dir: Path, encoder: str) -> Iterator[Path]:
    """A folder to fill; when it is whole it takes the place of the one before."""
    encoders_dir.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=f".{encoder}-", dir=encoders_dir))
    place = encoders_dir / encoder
    try:
        yield made
        made.chmod(0o755)
        if place.exists():
            before = Path(mkdtemp(prefix=f".{encoder}-before-", dir=encoders_dir))
            place.replace(before / encoder)
            made.replace(place)
            shutil.rmtree(before)
        else:
            made.replace(place)
    finally:
        shutil.rmtree(made, ignore_errors=True)
