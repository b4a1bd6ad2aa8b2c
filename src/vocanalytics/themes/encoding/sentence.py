"""The sentence encoder: what a verbatim means as a whole, so that a paraphrase lies near although it shares no word."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted

from vocanalytics.errors import ThemeError
from vocanalytics.themes.encoding.embeddings import kept_vectors
from vocanalytics.themes.encoding.tokens import read_tokenizer, token_ids
from vocanalytics.themes.encoding.vectors import Vectors, unit
from vocanalytics.themes.encoding.weights import Weights, read_weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

Half = NDArray[np.float16]

#: Texts that run beside each other; each is computed by one thread, so the number changes no digit.
THREADS = 2
#: Tokens that say nothing by themselves, in the tokenizers of the usual models.
_EMPTY = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "<pad>", "<unk>", "<s>", "</s>")


class SentenceEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts that mean the same lie near each other, whatever their words.

    Each text goes through the model by itself, so its vector is the same whatever else is embedded, on one thread or
    several. Vectors are kept by the hash of their text in `<encoders_dir>/embeddings-….sqlite`.

    Parameters
    ----------
    encoders_dir
        Where `sentence/` and the kept vectors lie.
    threads
        Texts at a time.
    """

    def __init__(self, encoders_dir: str | Path = "data/encoders", threads: int = THREADS) -> None:
        self.encoders_dir = encoders_dir
        self.threads = threads

    def fit(self, X: Sequence[str], y: object = None) -> Self:  # noqa: N803
        """Check the weights; there is nothing to learn from the texts X.

        Raises
        ------
        ThemeError
            When weights or packages are missing, or a file is not the one that was prepared.
        """
        self.weights_ = read_weights(Path(self.encoders_dir), "sentence")
        self.fingerprint_ = self.weights_.fingerprint
        self.directions_ = directions(open_model(self.weights_.numbers))
        return self

    def transform(self, X: Sequence[str]) -> Vectors:  # noqa: N803
        """Vectors of texts, shape (texts, directions); a text without a known token lies at the origin."""
        check_is_fitted(self)
        kept = kept_vectors(self._kept_in(), list(X), _Embedding(self.weights_, self.threads), self.directions_)
        return unit(kept.astype(np.float64))

    def _kept_in(self) -> Path:
        both = "".join(self.weights_.sha256[name] for name in ("model.onnx", "tokenizer.json"))
        return Path(self.encoders_dir) / f"embeddings-{hashlib.sha256(both.encode()).hexdigest()[:12]}.sqlite"


class _Embedding:
    """Embeds texts, one by one; the model is opened when the first text needs it."""

    def __init__(self, weights: Weights, threads: int) -> None:
        self._weights, self._threads = weights, threads
        self._embed: Callable[[list[int]], Half] | None = None
        self._tokenizer: Any = None

    def __call__(self, texts: Sequence[str]) -> Half:
        if self._embed is None:
            self._tokenizer = read_tokenizer(self._weights.tokenizer)
            self._embed = one_by_one(open_model(self._weights.numbers), self._tokenizer)
        by_text = token_ids(self._tokenizer, texts, ends=True)
        if self._threads == 1:
            return np.stack([self._embed(ids) for ids in by_text])
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._embed, by_text)))


def one_by_one(model: InferenceSession, tokenizer: Any) -> Callable[[list[int]], Half]:
    """The function from the tokens of one text to its vector; nothing where no token is known."""
    empty = {tokenizer.token_to_id(token) for token in _EMPTY}
    nothing = np.zeros(directions(model), dtype=np.float16)

    def embed(ids: list[int]) -> Half:
        return nothing if empty.issuperset(ids) else embed_equal(model, [ids])[0].astype(np.float16)

    return embed


def embed_equal(model: InferenceSession, by_text: Sequence[Sequence[int]]) -> Vectors:
    """Vectors of length one of texts with equally many tokens, shape (texts, directions)."""
    tokens = np.array(by_text, dtype=np.int64)
    given = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
    wanted = {name.name: given[name.name] for name in model.get_inputs()}
    found: Vectors = model.run([_answers(model)[0].name], wanted)[0].astype(np.float64)
    pooled: Vectors = normalize(found if found.ndim == 2 else found.mean(axis=1))
    return pooled


def open_model(path: Path) -> InferenceSession:
    """A model that runs on the processor, on one thread, always optimised the same way, and tells nobody.

    Raises
    ------
    ThemeError
        When the file is not a model, or not one that takes tokens and gives vectors.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.add_session_config_entry("session.disable_quant_qdq", "1")  # weights become floats once, when it opens
    options.log_severity_level = 3
    try:
        model = onnxruntime.InferenceSession(path.as_posix(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises a dozen kinds
        raise ThemeError("not a model that can be run", where=path.as_posix(), found=str(error)[:200]) from None
    strange = {given.name for given in model.get_inputs()} - {"input_ids", "attention_mask", "token_type_ids"}
    if strange or not _answers(model):
        raise ThemeError(
            "the model does not take tokens and give vectors",
            where=path.as_posix(),
            found=", ".join(sorted(strange)) or None,
            expected="inputs input_ids, attention_mask, token_type_ids; an output of floats",
        )
    return model


def _answers(model: InferenceSession) -> list[Any]:
    """Outputs of a fixed number of directions: a vector a text before a vector a token."""
    usable = [out for out in model.get_outputs() if len(out.shape) in (2, 3) and isinstance(out.shape[-1], int)]
    return sorted(usable, key=lambda out: len(out.shape))


def directions(model: InferenceSession) -> int:
    """Numbers in a vector of the model."""
    return int(_answers(model)[0].shape[-1])
