"""The base of everything shown: values that cannot change, and texts held to the length a reader bears."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from vocanalytics.report.wording import CHART_TITLE_WORDS, HEADING_WORDS, POINT_WORDS, word_count


class Shown(BaseModel):
    """A part of the view model: frozen, and without a field that no reader sees."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _at_most(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if word_count(text) > limit:
            raise ValueError(f"more than {limit} words: {text}")
        return text

    return AfterValidator(check)


Heading = Annotated[str, _at_most(HEADING_WORDS)]
PointText = Annotated[str, _at_most(POINT_WORDS)]
ChartTitle = Annotated[str, _at_most(CHART_TITLE_WORDS)]
