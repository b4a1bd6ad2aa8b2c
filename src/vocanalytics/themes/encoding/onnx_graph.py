"""The sentence encoder as a graph that ONNX Runtime can run, built from the weights of a BERT-shaped model.

Weights are kept as eight-bit whole numbers, with a scale for every 32 of them (24 MB instead of 90), and multiplied as
floats: what flows between them is not rounded, so no text depends on the others and processors agree closely. Texts go
in one at a time, or several of equal length, so there is nothing to mask.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vocanalytics.themes.encoding.weights_file import Bert

Tensor = NDArray[np.float32]

_OPSET, _IR = 21, 10
_BLOCK = 32


def build_graph(bert: Bert) -> bytes:
    """The model file: in `input_ids` (texts, tokens), out `embedding` (texts, directions) of length one.

    The mean over the tokens of the last layer, as the model was taught.
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph(bert.tensors)
    state = _embeddings(graph, bert)
    for number in range(bert.layers):
        state = _layer(graph, bert, state, f"encoder.layer.{number}.")
    mean = graph.add("ReduceMean", [state, graph.constant("axis_1", np.array([1], np.int64))], keepdims=0)
    graph.nodes.append(helper.make_node("LpNormalization", [mean], ["embedding"], axis=1, p=2))
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", bert.width])
    whole = helper.make_graph(graph.nodes, "sentence", [ids], [out], graph.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
    checker.check_model(model)
    made: bytes = model.SerializeToString(deterministic=True)
    return made


@dataclass
class _Graph:
    """Nodes and constants, each named by what it is or by its place in the order."""

    tensors: dict[str, Tensor]
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Put a constant in, once."""
        from onnx import numpy_helper

        if all(known.name != name for known in self.constants):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """Put a node in and name its answer."""
        from onnx import helper

        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def given(self, name: str) -> str:
        """A tensor of the model as it is."""
        return self.constant(name, self.tensors[name])

    def linear(self, state: str, name: str) -> str:
        """Multiply by the weights of this name, kept in eight bits, and add its bias."""
        weights = self.tensors[f"{name}.weight"].T
        codes, scales = _eight_bits(weights.reshape(-1, _BLOCK, weights.shape[1]), axis=1)
        inputs = [
            self.constant(f"{name}.codes", codes.reshape(weights.shape)),
            self.constant(f"{name}.scales", scales[:, 0]),
        ]
        product = self.add("MatMul", [state, self.add("DequantizeLinear", inputs, axis=0, block_size=_BLOCK)])
        return self.add("Add", [product, self.given(f"{name}.bias")])

    def norm(self, state: str, name: str, epsilon: float) -> str:
        """Layer normalisation with the weights of this name."""
        inputs = [state, self.given(f"{name}.weight"), self.given(f"{name}.bias")]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=epsilon)


def _embeddings(graph: _Graph, bert: Bert) -> str:
    """Words, plus where they stand."""
    codes, scales = _eight_bits(bert.tensors["embeddings.word_embeddings.weight"], axis=1)
    picked = graph.add("Gather", [graph.constant("words.codes", codes), "input_ids"])
    scale = graph.add("Gather", [graph.constant("words.scales", scales), "input_ids"])
    words = graph.add("Mul", [graph.add("Cast", [picked], to=1), scale])
    zero = graph.constant("zero", np.array([0], np.int64))
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    places = graph.add("Slice", [graph.constant("positions", bert.positions()), zero, length, zero])
    return graph.norm(graph.add("Add", [words, places]), "embeddings.LayerNorm", bert.epsilon)


def _layer(graph: _Graph, bert: Bert, state: str, at: str) -> str:
    seen = graph.linear(_attention(graph, bert, state, f"{at}attention.self."), f"{at}attention.output.dense")
    state = graph.norm(graph.add("Add", [seen, state]), f"{at}attention.output.LayerNorm", bert.epsilon)
    inner = graph.add("Gelu", [graph.linear(state, f"{at}intermediate.dense")])
    outer = graph.linear(inner, f"{at}output.dense")
    return graph.norm(graph.add("Add", [outer, state]), f"{at}output.LayerNorm", bert.epsilon)


def _attention(graph: _Graph, bert: Bert, state: str, at: str) -> str:
    """Every token looks at every other, head by head."""
    size = bert.width // bert.heads
    split = graph.constant("split", np.array([0, 0, bert.heads, size], np.int64))
    join = graph.constant("join", np.array([0, 0, bert.width], np.int64))
    scale = graph.constant("scale", np.array(1 / np.sqrt(size), np.float32))

    def by_head(name: str, order: list[int]) -> str:
        return graph.add("Transpose", [graph.add("Reshape", [graph.linear(state, at + name), split])], perm=order)

    query, key, value = (by_head(name, order) for name, order in _ORDERS.items())
    alike = graph.add("Mul", [graph.add("MatMul", [query, key]), scale])
    mixed = graph.add("MatMul", [graph.add("Softmax", [alike], axis=-1), value])
    return graph.add("Reshape", [graph.add("Transpose", [mixed], perm=[0, 2, 1, 3]), join])


_ORDERS = {"query": [0, 2, 1, 3], "key": [0, 2, 3, 1], "value": [0, 2, 1, 3]}


def _eight_bits(tensor: Tensor, *, axis: int) -> tuple[NDArray[np.int8], Tensor]:
    """Whole numbers from -127 to 127 and the scale that gives the weights back, one scale along the axis."""
    scales = np.abs(tensor).max(axis=axis, keepdims=True) / np.float32(127)
    scales[scales == 0] = 1
    return np.round(tensor / scales).astype(np.int8), scales.astype(np.float32)
