"""A last look at a finished page: nothing in it may load, run or send anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from vocanalytics.errors import ReportError
from vocanalytics.report.safe_text import link

_ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "div",
        "header",
        "main",
        "section",
        "nav",
        "footer",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "b",
        "small",
        "span",
        "abbr",
        "bdi",
        "br",
        "wbr",
        "code",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "blockquote",
        "details",
        "summary",
        "script",
        "svg",
        "g",
        "path",
        "line",
        "rect",
        "circle",
        "text",
        "tspan",
        "desc",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "class",
        "id",
        "href",
        "rel",
        "title",
        "scope",
        "dir",
        "open",
        "style",
        "aria-labelledby",
        "aria-label",
        "aria-hidden",
        "role",
        "data-v",
        "data-s",
        "data-k",
        "viewbox",
        "width",
        "height",
        "d",
        "fill",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "opacity",
        "text-anchor",
        "font-size",
        "font-weight",
        "transform",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "points",
        "type",
    ]
)
_STYLE = re.compile(r"max-width:[\d.]+px")
_RELATIVE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*")
_LOADS = re.compile(r"@import|url\(|expression\(|javascript:|behavior:", re.IGNORECASE)


def check_page(html: str, *, script: str = "") -> None:
    """Stop a page that holds an element, attribute, link or style that no template of ours writes.

    Escaping keeps hostile text from acting; this is the second wall, and it also catches a template that was changed
    without thinking of it.

    Parameters
    ----------
    html
        The whole page.
    script
        The only script that may stand in it.

    Raises
    ------
    ReportError
        Naming the element and the line.
    """
    _Checker(script).run(html)


class _Checker(HTMLParser):
    def __init__(self, script: str) -> None:
        super().__init__(convert_charrefs=True)
        self.script, self.inside = script, ""

    def run(self, html: str) -> None:
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            self._stop(f"<{tag}>")
        for name, value in attrs:
            self._check(tag, name, value or "")
        self.inside = tag if tag in ("script", "style") else ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.inside = ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script" and data.strip() and data != self.script:
            self._stop("a script that is not ours")
        if self.inside == "style" and _LOADS.search(data):
            self._stop("a style that loads something")

    def handle_pi(self, data: str) -> None:
        self._stop("a processing instruction")

    def unknown_decl(self, data: str) -> None:
        self._stop("a declaration")

    def _check(self, tag: str, name: str, value: str) -> None:
        if name not in _ATTRIBUTES:
            self._stop(f"{name} on <{tag}>")
        if name == "href" and not (value.startswith("#") or _RELATIVE.fullmatch(value) or link(value)):
            self._stop("a link that leads neither to the page, nor to a report beside it, nor to the web")
        if name == "style" and not _STYLE.fullmatch(value):
            self._stop(f"a style on <{tag}>")
        if name == "http-equiv" and value != "Content-Security-Policy":
            self._stop("a meta refresh or the like")

    def _stop(self, found: str) -> None:
        line, _ = self.getpos()
        raise ReportError(
            "the page would not be safe to send",
            where=f"line {line} of the page",
            found=found,
            advice="Correct the template that writes it",
        )
