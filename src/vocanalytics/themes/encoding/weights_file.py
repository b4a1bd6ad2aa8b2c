"""The weights of a BERT-shaped model as its publisher gives them, read without running anything.

A safetensors file is a length, a JSON header and numbers; nothing in it can act.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from vocanalytics.errors import ThemeError
from vocanalytics.themes.encoding.weights import read_json

Tensor = NDArray[np.float32]

_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "I64": np.dtype("<i8")}
_LONGEST_HEADER = 1 << 24
_PARTS = (
    *("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"),
    *("attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"),
)
_WORDS, _PLACES, _TYPE = (f"embeddings.{kind}_embeddings.weight" for kind in ("word", "position", "token_type"))


@dataclass(frozen=True)
class Bert:
    """A BERT-shaped model: its tensors by name, and the two numbers that they do not tell.

    Attributes
    ----------
    tensors
        As float32, without a leading `bert.` in the names.
    heads
        Attention heads a layer.
    epsilon
        Of the layer normalisation.
    """

    tensors: dict[str, Tensor]
    heads: int
    epsilon: float

    @property
    def width(self) -> int:
        """Directions of a vector."""
        return int(self.tensors[_WORDS].shape[1])

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len({name.split(".")[2] for name in self.tensors if name.startswith("encoder.layer.")})

    def positions(self) -> Tensor:
        """What is added for where a token stands, shape (tokens at most, directions)."""
        added: Tensor = self.tensors[_PLACES] + self.tensors[_TYPE][0]
        return added


def read_bert(folder: Path) -> Bert:
    """Read `model.safetensors` and `config.json` of a folder.

    Raises
    ------
    ThemeError
        When a file is missing or damaged, or the model is not one that pools the tokens of a BERT by their mean.
    """
    config = read_json(folder / "config.json")
    pooling = folder / "1_Pooling" / "config.json"
    if pooling.is_file() and not read_json(pooling).get("pooling_mode_mean_tokens"):
        raise ThemeError("the model does not take the mean of its tokens", where=str(pooling))
    named = {name.removeprefix("bert."): value for name, value in _read_tensors(folder / "model.safetensors").items()}
    heads, epsilon = config.get("num_attention_heads", 12), config.get("layer_norm_eps", 1e-12)
    _expect_shape(folder, named, config, heads)
    return Bert(named, int(heads), float(epsilon))


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        content = path.read_bytes()
        start = 8 + int.from_bytes(content[:8], "little")
        if not 8 < start <= min(len(content), _LONGEST_HEADER):
            raise ValueError("no header")
        header = json.loads(content[8:start])
        header.pop("__metadata__", None)
        return {name: _tensor(content, start, **entry) for name, entry in header.items()}
    except FileNotFoundError:
        raise ThemeError("a file of the model is missing", where=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ThemeError(
            "not a safetensors file", where=str(path), found=str(error), advice="Fetch the model's files again"
        ) from None


def _tensor(content: bytes, start: int, *, dtype: str, shape: list[int], data_offsets: list[int]) -> Tensor:
    begin, end = data_offsets
    if not 0 <= begin <= end <= len(content) - start:
        raise ValueError("a tensor lies outside the file")
    numbers = np.frombuffer(content[start + begin : start + end], dtype=_TYPES[dtype])
    tensor: Tensor = numbers.reshape(shape).astype(np.float32)
    return tensor


def _expect_shape(folder: Path, tensors: dict[str, Tensor], config: dict[str, Any], heads: Any) -> None:
    """Refuse a model of another kind, before a graph is made of it that would be wrong in silence."""
    numbers = {found[1] for name in tensors if (found := re.match(r"encoder\.layer\.(\d+)\.", name))}
    layers = [f"encoder.layer.{number}.{part}" for number in range(max(1, len(numbers))) for part in _PARTS]
    wanted = {_WORDS, _PLACES, _TYPE}
    wanted |= {f"{name}.{kind}" for name in [*layers, "embeddings.LayerNorm"] for kind in ("weight", "bias")}
    faults = [f"no {name}" for name in sorted(wanted - tensors.keys())]
    width = tensors[_WORDS].shape[1] if not faults else 0
    if width % int(heads) or width % 32:
        faults.append(f"{width} directions for {heads} heads")
    if config.get("hidden_act", "gelu") != "gelu":
        faults.append(f"activation {config['hidden_act']}")
    if faults:
        expected = "a sentence encoder such as all-MiniLM-L6-v2"
        raise ThemeError("not a model of the BERT shape", where=folder.as_posix(), found=faults[0], expected=expected)


def forward(bert: Bert, ids: list[int]) -> Tensor:
    """What the original weights say about one text, in plain NumPy: the measure for the converted model.

    Parameters
    ----------
    bert
        The model.
    ids
        Tokens of the text, the first and last one included.

    Returns
    -------
    numpy.ndarray
        The vector of length one, shape (directions,).
    """
    tensors, words = bert.tensors, np.asarray(ids)
    state = _norm(bert, tensors[_WORDS][words] + bert.positions()[: len(words)], "embeddings.LayerNorm")
    for number in range(bert.layers):
        at = f"encoder.layer.{number}."
        seen = _linear(bert, _attend(bert, state, f"{at}attention.self."), f"{at}attention.output.dense")
        state = _norm(bert, seen + state, f"{at}attention.output.LayerNorm")
        inner = _linear(bert, state, f"{at}intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(np.float32(2))))
        state = _norm(bert, _linear(bert, inner, f"{at}output.dense") + state, f"{at}output.LayerNorm")
    mean: Tensor = state.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _linear(bert: Bert, state: Tensor, name: str) -> Tensor:
    product: Tensor = state @ bert.tensors[f"{name}.weight"].T + bert.tensors[f"{name}.bias"]
    return product


def _norm(bert: Bert, state: Tensor, name: str) -> Tensor:
    centred = state - state.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + bert.epsilon)
    normed: Tensor = scaled * bert.tensors[f"{name}.weight"] + bert.tensors[f"{name}.bias"]
    return normed


def _attend(bert: Bert, state: Tensor, at: str) -> Tensor:
    """Head by head, which tokens each token mixes with."""
    size = bert.width // bert.heads
    query, key, value = (
        _linear(bert, state, at + name).reshape(len(state), bert.heads, size).swapaxes(0, 1)
        for name in ("query", "key", "value")
    )
    alike = query @ key.swapaxes(1, 2) / np.sqrt(np.float32(size))
    weights = np.exp(alike - alike.max(axis=-1, keepdims=True))
    mixed: Tensor = (weights / weights.sum(axis=-1, keepdims=True)) @ value
    return mixed.swapaxes(0, 1).reshape(len(state), bert.width)
