"""Static vectors learnt from the sentence encoder: what each token means, so that their mean says what a text means.

Each token first gets the vector of itself alone, short when it is common. Then texts written for the purpose are given
to the sentence encoder, and the vectors move to where the means of the texts come closest to what it said: a ridge
regression towards the first vectors, solved by conjugate gradients. docs/encoders.md has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from vocanalytics.errors import ThemeError
from vocanalytics.themes.encoding.sentence import embed_equal, open_model
from vocanalytics.themes.encoding.static import token_shares
from vocanalytics.themes.encoding.teaching import teaching_texts
from vocanalytics.themes.encoding.tokens import read_tokenizer, token_ids
from vocanalytics.themes.encoding.vectors import Vectors
from vocanalytics.themes.wording.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

    from vocanalytics.themes.encoding.weights import Weights

Tensor = NDArray[np.float32]

DIRECTIONS = 256
#: Texts to teach with, for each token of the vocabulary.
TEXTS_A_TOKEN = 2
_SEED = 7
#: How strongly common tokens are made short at first; tokens stand in the order of how common they are (Zipf).
_COMMON = 1e-4
#: How strongly vectors are held where they were, and how long they move: few steps hold them too.
_RIDGE, _STEPS, _ROUNDS = 1.0, 12, 2
_LEAST_SCALE = 0.05
_AT_ONCE = 64


def distil(sentence: Weights) -> NDArray[np.float16]:
    """The vectors of all tokens, shape (tokens, directions), the same bytes every time on the same machine.

    Raises
    ------
    ThemeError
        When the vocabulary of the sentence encoder has no whole words to teach with.
    """
    tokenizer, model = read_tokenizer(sentence.tokenizer), open_model(sentence.numbers)
    with threadpool_limits(limits=1):
        alone = _each_alone(tokenizer, model)
        told = teaching_texts(*_words(tokenizer, alone), TEXTS_A_TOKEN * len(alone), seed=_SEED)
        said = embed_all(model, token_ids(tokenizer, told, ends=True))
        centre, axes = _axes(said)
        begun = (alone - alone.mean(axis=0)) @ axes * _shortness(len(alone))[:, None]
        shares = token_shares(token_ids(tokenizer, told, ends=False), len(alone)).astype(np.float32)
        vectors = learn(shares, ((said - centre) @ axes).astype(np.float32), begun.astype(np.float32))
    vectors[_special(tokenizer)] = 0
    return vectors.astype(np.float16)


def _each_alone(tokenizer: Any, model: InferenceSession) -> Vectors:
    """What each token says by itself."""
    first, last = tokenizer.encode("").ids
    return embed_all(model, [[first, token, last] for token in range(tokenizer.get_vocab_size())])


def _words(tokenizer: Any, alone: Vectors) -> tuple[list[str], Vectors]:
    """Whole words among the tokens, commonest first, and what each says, measured from the middle of all."""
    by_word = [(tokenizer.id_to_token(token), token) for token in range(tokenizer.get_vocab_size())]
    whole = [(word, token) for word, token in by_word if _is_word(word)]
    if not whole:
        raise ThemeError("the vocabulary has no whole words in Latin letters", where="the static encoder")
    vectors = alone[[token for _, token in whole]]
    vectors = vectors - vectors.mean(axis=0)
    return [word for word, _ in whole], vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _is_word(token: str) -> bool:
    return len(token) >= 3 and token.isascii() and token.isalpha() and token.islower() and token not in STOP_WORDS


def _special(tokenizer: Any) -> list[int]:
    return [token for token, added in tokenizer.get_added_tokens_decoder().items() if added.special]


def embed_all(model: InferenceSession, by_text: list[list[int]]) -> Vectors:
    """Vectors of length one, texts of equal length together: quicker, and exact enough to learn from."""
    order = sorted(range(len(by_text)), key=lambda at: (len(by_text[at]), at))
    vectors = np.empty((len(by_text), embed_equal(model, by_text[:1]).shape[1]))
    start = 0
    while start < len(order):
        alike = [at for at in order[start : start + _AT_ONCE] if len(by_text[at]) == len(by_text[order[start]])]
        vectors[alike] = embed_equal(model, [by_text[at] for at in alike])
        start += len(alike)
    return vectors


def _axes(said: Vectors) -> tuple[Vectors, Vectors]:
    """The middle of the vectors, and the directions in which they differ most, shape (directions, kept)."""
    centre = said.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((said - centre).T))
    return centre, axes[:, ::-1][:, :DIRECTIONS]


def _shortness(n_tokens: int) -> Vectors:
    share = 1 / (np.arange(n_tokens) + 2.7)
    share /= share.sum()
    weights: Vectors = _COMMON / (_COMMON + share)
    return weights


def learn(shares: csr_array, said: Tensor, begun: Tensor) -> Tensor:
    """Move the vectors so that the mean of each text points to what was said about it.

    Only directions matter, so each target is as long as the mean is by now: all alike in the first round, each by
    itself afterwards.

    Parameters
    ----------
    shares
        Which share of each text every token has, shape (texts, tokens).
    said
        What the sentence encoder says, shape (texts, directions).
    begun
        The first vectors, shape (tokens, directions).
    """
    vectors, turned = begun, csr_array(shares.T)
    squares = np.maximum((said * said).sum(axis=1), np.float32(1e-9))
    for number in range(_ROUNDS):
        scales = np.maximum(((shares @ vectors) * said).sum(axis=1) / squares, np.float32(_LEAST_SCALE))
        if number == 0:
            scales = np.full_like(scales, np.median(scales))
        vectors = _solve(shares, turned, scales[:, None] * said, begun)
    return vectors


def _solve(shares: csr_array, turned: csr_array, targets: Tensor, begun: Tensor) -> Tensor:
    """A few conjugate gradient steps of ridge regression from the first vectors, each direction by itself."""
    moved = np.zeros_like(begun)
    rest = turned @ (targets - shares @ begun)
    step, size = rest.copy(), (rest * rest).sum(axis=0)
    for _ in range(_STEPS):
        pushed = turned @ (shares @ step) + np.float32(_RIDGE) * step
        length = size / np.maximum((step * pushed).sum(axis=0), np.float32(1e-20))
        moved += length * step
        rest -= length * pushed
        before, size = size, (rest * rest).sum(axis=0)
        step = rest + (size / np.maximum(before, np.float32(1e-20))) * step
    return begun + moved
