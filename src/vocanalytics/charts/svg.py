"""SVG made fit for the page: only known shapes and attributes pass, so nothing in a label can act."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markupsafe import Markup, escape

from vocanalytics.errors import ReportError

_SPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset({"g", "path", "line", "rect", "circle", "text", "tspan"})
_NUMERIC = frozenset(
    {"d", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "dx", "dy", "width", "height", "points"}
)
_PLAIN = frozenset({"fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "text-anchor", "font-weight"})
_VALUE = re.compile(r"[#\w\s.,()+-]*")
_NUMBER = re.compile(r"-?\d+\.\d+")
_PAGE_BACKGROUNDS = frozenset({"transparent", "none"})


def figure(raw: str, name: str, *, variant: str, title: str, description: str) -> Markup:
    """A figure for the page from the SVG of vl-convert, with a name and a description that states every value.

    Parameters
    ----------
    raw
        SVG text.
    name
        Letters, digits and hyphens; makes the ids of the page unique.
    variant
        `wide` or `narrow`; the stylesheet shows one of them.
    title, description
        What a screen reader says.

    Returns
    -------
    Markup
        An `svg` element without styles, links, scripts, classes and ids of the renderer.

    Raises
    ------
    ReportError
        When the text is not SVG.
    """
    try:
        # The renderer wrote this a moment ago; it has no document type, and what a label holds is escaped.
        root = ElementTree.fromstring(raw)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ReportError(f"the renderer gave no SVG: {error}", where=f"figure {name}") from None
    if root.tag != f"{_SPACE}svg":
        raise ReportError("the renderer gave no SVG", where=f"figure {name}", found=root.tag)
    width, height = (f"{float(root.get(side, '0')):g}" for side in ("width", "height"))
    ids = f"{name}-{variant}-title", f"{name}-{variant}-desc"
    head = Markup(
        '<svg class="chart {}" role="img" aria-labelledby="{} {}" viewBox="0 0 {} {}" style="max-width:{}px">'
        '<title id="{}">{}</title><desc id="{}">{}</desc>'
    ).format(variant, *ids, width, height, width, ids[0], title, ids[1], description)
    return head + _without_empty_groups("".join(_clean(child) for child in root)) + Markup("</svg>")


def _clean(element: ElementTree.Element) -> str:
    tag = element.tag.removeprefix(_SPACE)
    if tag not in _SHAPES or _invisible(element, tag):
        return ""
    attributes = "".join(_attributes(element))
    inner = str(escape(element.text or "")) if tag in ("text", "tspan") else ""
    inner += "".join(_clean(child) for child in element)
    if tag == "g" and not attributes:
        return inner
    return f"<{tag}{attributes}>{inner}</{tag}>" if inner or tag in ("g", "text") else f"<{tag}{attributes}/>"


def _invisible(element: ElementTree.Element, tag: str) -> bool:
    """Whether a shape draws nothing: the renderer puts a clear background under every group."""
    if tag not in ("path", "rect"):
        return False
    return element.get("fill", "none") in _PAGE_BACKGROUNDS and element.get("stroke", "none") in _PAGE_BACKGROUNDS


def _attributes(element: ElementTree.Element) -> list[str]:
    kept = []
    for name, value in element.items():
        size = value.removesuffix("px") if name == "font-size" else None
        if name in _NUMERIC or size is not None:
            kept.append((name, _rounded(size or value)))
        elif name in _PLAIN and not (name == "opacity" and value == "1"):
            kept.append((name, value))
    return [
        f' {name}="{value}"' for name, value in kept if _VALUE.fullmatch(value) and value not in ("", "translate(0,0)")
    ]


def _rounded(value: str) -> str:
    return _NUMBER.sub(lambda match: f"{round(float(match[0]), 1):g}", value)


def _without_empty_groups(content: str) -> Markup:
    while (shorter := re.sub(r"<g(?: [^<>]*)?></g>", "", content)) != content:
        content = shorter
    # Every tag and attribute above came from a fixed list and every text was escaped.
    return Markup(content)  # noqa: S704
