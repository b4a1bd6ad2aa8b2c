"""The parts of the pre-read as a notebook shows them and as the page is put together from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from vocanalytics.report.rendering import asset, render
from vocanalytics.report.safe_text import ours
from vocanalytics.report.view import PreRead

#: The parts of a complete page, in reading order; the executed notebook must show each once.
PARTS = ("masthead", "bottom_line", "ranking", "money", "settle", "changes_and_firmness", "decisions", "appendices")
#: The key under which a part is known in the metadata of a notebook output.
KEY = "vocanalytics"


@dataclass(frozen=True)
class Part:
    """A piece of the page that JupyterLab shows as HTML and that the template finds again by its name."""

    name: str
    html: Markup
    about: Mapping[str, str] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        data = {"text/html": self._repr_html_(), "text/plain": f"{self.name} of the pre-read"}
        return data, {KEY: {"part": self.name, **self.about}}

    def _repr_html_(self) -> str:
        return str(Markup('<div class="preread">\n{}\n</div>').format(self.html))


@dataclass(frozen=True)
class Pages:
    """The pre-read, part by part, from one view."""

    view: PreRead

    @property
    def style(self) -> Part:
        """The look of the report, inside the notebook's outputs only."""
        sheet = "\n".join([asset("tokens.css").replace(":root", ":scope"), asset("parts.css"), asset("notebook.css")])
        said = f"The pre-read of {self.view.masthead.quarter_label} follows, part by part, as the report shows it."
        return Part("style", Markup("<style>@scope (.preread){{\n{}\n}}</style><p>{}</p>").format(ours(sheet), said))

    @property
    def masthead(self) -> Part:
        """Headline, who decides, four figures."""
        head = self.view.masthead
        about = {"title": head.headline, "quarter": head.quarter_label, "run_id": self.view.run_id}
        return Part("masthead", render("masthead", self.view), about)

    @property
    def bottom_line(self) -> Part:
        """Section 1 and the contents."""
        return self._part("bottom_line")

    @property
    def ranking(self) -> Part:
        """Section 2: the scored matrix."""
        return self._part("ranking")

    @property
    def money(self) -> Part:
        """Section 3: figure 1 and what falls due first."""
        return self._part("money", pictures=self._pictures())

    @property
    def settle(self) -> Part:
        """Section 4: disputes, trade-offs, baselines, overrides."""
        from vocanalytics.charts import score_line

        cards = self.view.settle.disputes
        return self._part("settle", lines={card.theme.theme_id: score_line(card.cs, card.product) for card in cards})

    @property
    def changes_and_firmness(self) -> Part:
        """Sections 5 and 6: since last quarter; how firm the ranking is, row accounting, scope, votes, checks."""
        from vocanalytics.charts import rank_range

        steady = self.view.firmness.steadiness
        ranges = {
            row.theme.theme_id: rank_range(row.rank, row.lowest, row.highest, steady.ranked) for row in steady.rows
        }
        both = [render("changes", self.view), render("firmness", self.view, ranges=ranges)]
        return Part("changes_and_firmness", Markup("\n").join(both))

    @property
    def decisions(self) -> Part:
        """Section 7: the sheet to fill in."""
        return self._part("decisions")

    @property
    def appendices(self) -> Part:
        """Appendices A to C: themes, accounts, method."""
        return self._part("appendices")

    def _part(self, name: str, **pictures: object) -> Part:
        return Part(name, render(name, self.view, **pictures))

    def _pictures(self) -> list[Markup]:
        from vocanalytics.charts import MoneyRow, figure, money_bars

        chart = self.view.money.chart
        if chart is None:
            return []
        rows = [
            MoneyRow(bar.label, float(bar.signalled), float(bar.expansion), bar.signalled_text, bar.expansion_text)
            for bar in chart.bars
        ]
        drawn = {
            "wide": money_bars(rows, chart.left, chart.right),
            "narrow": money_bars(rows, chart.left, chart.right, narrow=True),
        }
        return [
            figure(raw, "figure-1", variant=variant, title=chart.short, description=chart.description)
            for variant, raw in drawn.items()
        ]
