"""A student speaks for the sentence encoder: taught by it on the sample, a hundred times as fast on the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from sklearn.linear_model import Ridge

from vocanalytics.errors import ThemeError
from vocanalytics.themes.encoding.encoders import Encoder, make_encoder
from vocanalytics.themes.encoding.vectors import Vectors, unit

if TYPE_CHECKING:
    from vocanalytics.settings import ThemeSettings


class Student:
    """Says where the sentence encoder would put a text, from its words alone.

    A ridge regression from `static` vectors (or `lexical` ones, where `static` is not prepared) to the directions of
    the teacher. It is used for texts beyond `sample_rows` only: what was fitted keeps the teacher's vectors.

    Parameters
    ----------
    texts
        The sample, sorted.
    vectors
        What the teacher makes of it, row by row.
    settings
        For the student's own encoder.
    """

    def __init__(self, texts: Sequence[str], vectors: Vectors, settings: ThemeSettings) -> None:
        self.own, learnt = _own_encoder(texts, settings)
        self.ridge = Ridge(alpha=1.0).fit(learnt, vectors)
        self.fingerprint_ = {"student": self.own.fingerprint_["encoder"]}

    def fit(self, X: Sequence[str], y: object = None) -> Self:  # noqa: N803
        """A student is taught when it is made; nothing is learnt from X."""
        return self

    def transform(self, X: Sequence[str]) -> Vectors:  # noqa: N803
        """Unit vectors of texts, shape (texts, directions of the teacher); what is unknown lies at the origin."""
        own = self.own.transform(X)
        return unit(self.ridge.predict(own).round(10) * own.any(axis=1, keepdims=True)) if len(own) else own

    def fit_transform(self, X: Sequence[str], y: object = None) -> Vectors:  # noqa: N803
        """The same as `transform`."""
        return self.transform(X)


def _own_encoder(texts: Sequence[str], settings: ThemeSettings) -> tuple[Encoder, Vectors]:
    try:
        static = make_encoder(settings.model_copy(update={"encoder": "static"}))
        return static, static.fit_transform(texts)
    except ThemeError:
        lexical = make_encoder(settings.model_copy(update={"encoder": "lexical"}))
        return lexical, lexical.fit_transform(texts)
