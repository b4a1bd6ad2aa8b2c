"""Templates into HTML: everything is escaped, and no template computes."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from vocanalytics.report.safe_text import ours
from vocanalytics.report.view import PreRead
from vocanalytics.report.wording import Words, counted, thousands


def asset(name: str) -> str:
    """A stylesheet or script that ships with the package, without its last line break."""
    return files("vocanalytics.report").joinpath("templates", "assets", name).read_text(encoding="utf-8").rstrip()


def render(name: str, view: PreRead, **pictures: object) -> Markup:
    """One part of the page.

    Parameters
    ----------
    name
        Template in `templates/parts`, without its ending.
    view
        What the part shows.
    pictures
        SVG that the charts made, as Markup.
    """
    template = _environment(Words(view.currency, view.as_of)).get_template(f"{name}.html.j2")
    return ours(template.render(view=view, **pictures))


@lru_cache(maxsize=8)
def _environment(words: Words) -> Environment:
    environment = plain_environment()
    environment.filters["money"] = words.money
    environment.filters["day"] = words.day
    environment.filters["thousand_sign"] = lambda _: f"{words.sign}K"
    return environment


def plain_environment() -> Environment:
    """Templates with escaping on and a failure for every name that does not exist."""
    environment = Environment(
        loader=PackageLoader("vocanalytics.report", "templates/parts"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["thousands"] = thousands
    environment.filters["count"] = _count
    environment.filters["days"] = _days
    environment.filters["breaking"] = _breaking
    return environment


def _count(value: int) -> str:
    return f"{value:,}".replace("-", "−")


def _breaking(text: str) -> Markup:
    """A text that may break after an @, so that a long address parts where a reader expects it."""
    return Markup("<wbr>").join(escape(part) for part in re.split("(?<=@)", text))


def _days(value: int) -> str:
    return counted(value, "day") if value in (0, 1) else f"{value} days"
