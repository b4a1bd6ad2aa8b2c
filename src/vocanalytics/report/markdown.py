"""Text from outside inside Markdown: it reads as it was written, and nothing in it becomes markup."""

from __future__ import annotations

import re

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = re.compile(r"[\\`*_\[\](){}#|~!$@^=]|[&<>]|(?<=[A-Za-z]):(?=//)|(?<=www)\.|(?<=WWW)\.")
_LEADING = re.compile(r"^([-+]|\d+(?=[.)]))")


def escaped(text: str) -> str:
    """A visible text on one line in which every sign that Markdown or HTML would take for its own stands for itself."""
    one_line = " ".join(text.split())
    plain = _MARKUP.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), one_line)
    return _LEADING.sub(lambda match: f"\\{match[0]}" if match[0] in "-+" else f"{match[0]}\\", plain)
