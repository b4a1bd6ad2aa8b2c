"""A small model of the BERT shape, weights of its size, and folders to prepare encoders from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

WORDS = [
    *("the", "export", "of", "invoices", "fails", "dark", "mode", "please", "slow", "dashboard", "we", "need", "a"),
    *("report", "thanks", "renew", "contract"),
]
TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *(f"##{letter}" for letter in "sed"), "?", "!", "."]
WIDTH, LAYERS, HEADS, INNER, PLACES = 64, 2, 2, 128, 256


def write_model(folder: Path, seed: int = 7, **changes: object) -> Path:
    """A folder as a publisher would give it: `model.safetensors`, `tokenizer.json`, `config.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder / "tokenizer.json")
    config = {"num_attention_heads": HEADS, "layer_norm_eps": 1e-12, "hidden_act": "gelu", **changes}
    (folder / "config.json").write_text(json.dumps(config))
    write_tensors(folder / "model.safetensors", tensors(seed))
    return folder


def write_tokenizer(path: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(models.WordPiece({token: at for at, token in enumerate(TOKENS)}, unk_token=TOKENS[1]))
    made.add_special_tokens(TOKENS[:5])
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    made.save(str(path))


def tensors(seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return random.normal(0, 0.3, shape).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": some(len(TOKENS), WIDTH),
        "embeddings.position_embeddings.weight": some(PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for at in (f"encoder.layer.{number}." for number in range(LAYERS)):
        sizes = {f"attention.self.{name}": (WIDTH, WIDTH) for name in ("query", "key", "value")}
        sizes |= {"attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (INNER, WIDTH)}
        sizes |= {"output.dense": (WIDTH, INNER)}
        for name, shape in sizes.items():
            made |= {f"{at}{name}.weight": some(*shape), f"{at}{name}.bias": some(shape[0])}
        norms += [f"{at}attention.output.LayerNorm", f"{at}output.LayerNorm"]
    for name in norms:
        made |= {f"{name}.weight": 1 + some(WIDTH), f"{name}.bias": some(WIDTH)}
    return made


def write_tensors(path: Path, named: dict[str, np.ndarray]) -> None:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    content = b""
    for name, value in named.items():
        begin, content = len(content), content + value.tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [begin, len(content)]}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content)
