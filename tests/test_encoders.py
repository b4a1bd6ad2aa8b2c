"""The encoders as scikit-learn transformers: the same vectors whatever the order, the batches, the threads."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_model
from sklearn.base import clone
from theme_feedback import everything

from vocanalytics.settings import ThemeSettings
from vocanalytics.themes.encoding.encoders import FusedEncoder, LexicalEncoder, make_encoder
from vocanalytics.themes.encoding.preparing import prepare_sentence, prepare_static
from vocanalytics.themes.encoding.sentence import SentenceEncoder
from vocanalytics.themes.encoding.static import StaticEncoder, mean_vectors

TEXTS = sorted({verbatim.lower() for verbatim in everything()[0]})
ALL = ("lexical", "static", "sentence")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encoders prepared from a small model with made-up weights: enough to see that every part fits."""
    folder = tmp_path_factory.mktemp("encoders")
    prepare_sentence(write_model(folder / "model"), folder, other=True)
    prepare_static(folder)
    return folder


@pytest.fixture
def fresh(small: Path) -> Path:
    """The small encoders without any vector kept."""
    for path in small.glob("embeddings-*"):
        path.unlink()
    return small


def _settings(encoder: str, folder: Path) -> ThemeSettings:
    return ThemeSettings(encoder=encoder, encoders_dir=str(folder), svd_dim=20)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ALL)
def test_an_encoder_is_a_transformer_of_scikit_learn(name: str, fresh: Path) -> None:
    encoder = make_encoder(_settings(name, fresh))
    twin = clone(encoder)
    assert twin is not encoder
    assert repr(twin) == repr(encoder)
    vectors = encoder.fit_transform(TEXTS)
    assert vectors.dtype == np.float64
    assert vectors.shape == (len(TEXTS), 20)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors, vectors.round(8))
    assert np.abs(twin.fit(TEXTS).transform(TEXTS) - vectors).max() < 1e-6
    assert twin.fingerprint_ == encoder.fingerprint_
    assert encoder.fingerprint_["encoder"] == name


def test_every_parameter_can_be_set() -> None:
    encoder = FusedEncoder(StaticEncoder("here"), LexicalEncoder(svd_dim=9), lexical_weight=0.3, dims=8)
    encoder.set_params(semantic__encoders_dir="there", lexical__svd_dim=7, dims=5)
    assert encoder.get_params()["semantic__encoders_dir"] == "there"
    assert (encoder.lexical.svd_dim, encoder.dims) == (7, 5)


@pytest.mark.parametrize("name", ALL)
def test_a_vector_depends_on_its_text_alone(name: str, fresh: Path) -> None:
    encoder = make_encoder(_settings(name, fresh)).fit(TEXTS)
    whole = encoder.transform(TEXTS)
    order = list(range(len(TEXTS)))
    random.Random(3).shuffle(order)
    assert np.array_equal(encoder.transform([TEXTS[at] for at in order]), whole[order])
    by_one = np.vstack([encoder.transform([text]) for text in TEXTS])
    assert np.abs(by_one - whole).max() < 1e-7
    assert np.array_equal(encoder.transform([*TEXTS, *TEXTS])[len(TEXTS) :], whole)


@pytest.mark.parametrize("name", ALL)
def test_a_text_of_which_nothing_is_known_lies_at_the_origin(name: str, fresh: Path) -> None:
    encoder = make_encoder(_settings(name, fresh)).fit(TEXTS)
    assert not encoder.transform(["", "ж", "日本"]).any()
    assert np.isfinite(encoder.transform(["half a pair \ud800"])).all()
    assert encoder.transform([]).shape == (0, 20)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("texts", [["dark mode"], ["dark", "export"], ["same same"] * 3])
def test_few_texts_can_be_encoded(name: str, texts: list[str], fresh: Path) -> None:
    vectors = make_encoder(_settings(name, fresh)).fit_transform(texts)
    assert vectors.shape[0] == len(texts)
    assert np.isfinite(vectors).all()


def test_lexical_and_meaning_stand_side_by_side(fresh: Path) -> None:
    fused = FusedEncoder(StaticEncoder(fresh), LexicalEncoder(svd_dim=20), lexical_weight=0.5, dims=1000)
    vectors = fused.fit_transform(TEXTS)
    semantic, lexical = StaticEncoder(fresh).fit_transform(TEXTS), LexicalEncoder(svd_dim=20).fit_transform(TEXTS)
    beside = np.hstack([semantic, 0.5 * lexical])
    assert np.allclose(vectors, beside / np.linalg.norm(beside, axis=1, keepdims=True), atol=1e-7)


def test_a_text_is_the_mean_of_its_tokens() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 2.0], [4.0, 4.0]])
    means = mean_vectors([[0, 1], [2, 2, 0], []], vectors)
    assert means.tolist() == [[0.5, 1.0], [3.0, 8 / 3], [0.0, 0.0]]


def test_threads_and_order_change_no_digit(small: Path) -> None:
    found = []
    for threads, backwards in ((1, False), (2, False), (2, True), (5, True)):
        for path in small.glob("embeddings-*"):
            path.unlink()
        encoder = SentenceEncoder(small, threads=threads).fit(TEXTS)
        vectors = encoder.transform(TEXTS[::-1])[::-1] if backwards else encoder.transform(TEXTS)
        found.append(vectors.tobytes())
    assert len(set(found)) == 1


_ELSEWHERE = """
import hashlib, socket, sys
def refuse(*words, **named):
    raise OSError("no network in this test")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from vocanalytics.settings import ThemeSettings
from vocanalytics.themes.encoding.encoders import make_encoder
texts = sys.stdin.read().split("\\n")
for name in ("static", "sentence"):
    settings = ThemeSettings(encoder=name, encoders_dir=sys.argv[1], svd_dim=20)
    print(name, hashlib.sha256(make_encoder(settings).fit_transform(texts).tobytes()).hexdigest())
"""


def _elsewhere(folder: Path, threads: int) -> str:
    for path in folder.glob("embeddings-*"):
        path.unlink()
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    command = [sys.executable, "-c", _ELSEWHERE, str(folder)]
    done = subprocess.run(command, input="\n".join(TEXTS), capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_process_without_a_network_gives_the_same_bytes(small: Path) -> None:
    one = _elsewhere(small, threads=1)
    assert one.count("\n") == 2
    assert _elsewhere(small, threads=1) == one


# From here on with the weights that `make encoders` prepares.

PARAPHRASES = [
    ("how do we download all our invoices at once", "bulk export of every bill"),
    ("the screen is too bright at night", "please add a dark theme"),
    ("pages take ages to load", "the dashboard is very slow"),
    ("our people cannot sign in", "login fails for the whole team"),
]


@pytest.mark.parametrize("encoder", [StaticEncoder, SentenceEncoder])
def test_a_paraphrase_is_nearer_than_anything_else(encoder: type, encoders: Path, tmp_path: Path) -> None:
    for name in ("sentence", "static"):
        (tmp_path / name).symlink_to((encoders / name).resolve())
    left, right = zip(*PARAPHRASES, strict=True)
    fitted = encoder(tmp_path).fit(left)
    cosines = fitted.transform(left) @ fitted.transform(right).T
    assert cosines.argmax(axis=1).tolist() == list(range(len(PARAPHRASES)))


HAPPY = "That is a happy person"
#: As the model's publishers show them, three decimals.
PUBLISHED = [("That is a happy dog", 0.695), ("That is a very happy person", 0.943), ("Today is a sunny day", 0.257)]


@pytest.mark.parametrize(("sentence", "cosine"), PUBLISHED)
def test_the_model_says_what_its_publishers_say(sentence: str, cosine: float, encoders: Path, tmp_path: Path) -> None:
    (tmp_path / "sentence").symlink_to((encoders / "sentence").resolve())
    one, other = SentenceEncoder(tmp_path).fit([]).transform([HAPPY, sentence])
    assert one @ other == pytest.approx(cosine, abs=0.01)
