"""Text from outside as a reader may safely see it: nothing hides in it, nothing turns the line."""

from __future__ import annotations

import re


def visible(text: str) -> str:
    """The text as a reader may safely see it: whatever is invisible, or turns the writing round, is written out.

    Control characters become their pictures (␀), others their number (⟨U+202E⟩). Line breaks and tabs stay. So do
    joiners, direction marks and variants where scripts and emoji need them.
    """
    return _UNSEEN.sub(_written_out, text)


_UNSEEN = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f)"  # the flag of a region is spelt in tags: left as it is
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    "|[\u061c\u115f\u1160\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
    "|[\U000e0000-\U000e007f]"
    "|(?<![^\x00-\x7f\u200b-\u200f])[\u200c-\u200f]|[\u200c-\u200f](?![^\x00-\x7f\u200b-\u200f])"
    "|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]"
    "|(?<![\u3400-\u9fff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)


def _written_out(match: re.Match[str]) -> str:
    if match[1]:
        return match[0]
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
