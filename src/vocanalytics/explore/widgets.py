"""The widgets of the explore notebooks: scripts and styles of this package, nothing from a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from vocanalytics.charts import palette
from vocanalytics.errors import VocError
from vocanalytics.explore.desk import Answer, Desk
from vocanalytics.explore.labelling import Sheet
from vocanalytics.explore.telling import as_sentence

_PAGE = Path(__file__).parent / "page"
_COLORS = {
    "ink": palette.INK,
    "ink_second": palette.INK_SECOND,
    "rule": palette.RULE,
    "rule_dark": palette.RULE_DARK,
    "risk": palette.RISK,
    "grow": palette.GROW,
    "navy": palette.NAVY,
    "font": 'Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
}


def script(*names: str) -> str:
    """Parts of the page as one module, in their order; the last one says how it is drawn."""
    return "\n".join((_PAGE / f"{name}.js").read_text(encoding="utf-8") for name in names)


class _Page(anywidget.AnyWidget):
    """A widget whose page asks for something, is answered in one line, and then shows how things stand."""

    _css = (_PAGE / "page.css").read_text(encoding="utf-8")
    view = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, keeper: Desk | Sheet, **given: Any) -> None:
        super().__init__(view=keeper.view(), **given)
        self._keeper, self._answers = keeper, 0
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return "Choose Run, Run All Cells in the menu: it is shown here again, as things stand then."

    def _hear(self, _: Any, content: dict[str, Any], __: Any) -> None:
        answer = self._keeper.handle(content)
        if answer.ok:
            try:
                self.view = self._keeper.view() | {"follow": answer.follow}
            except VocError as error:
                answer = Answer(ok=False, line=as_sentence(error))
        self._answers += 1
        self.answer = {**answer._asdict(), "number": self._answers}


class ThemeMap(_Page):
    """Map, table, list of themes and the panel where people curate; every change is in the codebook at once."""

    _esm = script("dom", "map", "table", "themes", "panel", "explorer")
    points = traitlets.Dict().tag(sync=True)
    palette = traitlets.Dict(_COLORS).tag(sync=True)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, points=desk.atlas.points())


class LabelSheet(_Page):
    """A draw of verbatims that a person judges, and the accuracy that follows."""

    _esm = script("dom", "labels")
    items = traitlets.List().tag(sync=True)
    themes = traitlets.List().tag(sync=True)

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet, items=sheet.items(), themes=sheet.themes())
