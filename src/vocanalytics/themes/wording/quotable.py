"""What can be quoted: whole sentences that say something; no greetings, fragments, templates or words of a machine."""

from __future__ import annotations

import re

from vocanalytics.themes.wording.redacting import holds_personal

_WHOLE = re.compile(r"^[\"“'(¿¡«„]?[\w$€£#].*[.!?…。！？][\"”'»)“]*$", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”'»)]*\s+|(?<=[。！？])|\n+")
_CLAUSE_END = re.compile(r"\s*[,;:]\s+|\s+[-–—]+\s+|\s*[(\[]|,?\s+(?:but|because|so that|which|although|while)\s+")
#: Scripts without spaces make long words: there the characters tell whether it is more than a fragment.
_FEW_WORDS, _FEW_CHARACTERS = 5, 40
_LONG, _TOO_LONG = 280, 600
_LINE_WORDS, _LINE_CHARACTERS = 24, 160

#: What comes before the point: a greeting, or a few words and a colon.
_OPENING = re.compile(
    r"(?i)^(?:(?:hi|hello|hey|dear|bonjour|hallo|hola|olá|ciao)\b(?:\s+\w+){0,2}\s*[,!.:–-]\s*|\w+(?:\s+\w+){0,2}:\s+|"
    r"(?:also|and|but|so|well|yes|no|ok|okay|look|still|again|right|because)\b[,:]?\s+)+"
)
#: It speaks of something said before, so it says less by itself.
_LEANS_BACK = re.compile(r"(?i)^(?:it|this|that|these|those|they|he|she|which|then|there)\b")

_HOLLOW = re.compile(
    r"(?i)^\W*(?:"
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b(?:\s+\w+){0,3}|"
    r"thanks?(?: you)?(?: (?:so|very) much| a lot| in advance| for .{1,40})?|"
    r"(?:(?:best|kind|warm)\s+)?regards.*|cheers.*|sincerely.*|"
    r"(?:is there |do you have )?any (?:update|news|progress)s?(?: on (?:this|that|it))?(?: please)?|"
    r"(?:just )?following up.*|"
    r"(?:please |kindly )?(?:advise|help|call me(?: back)?|get back to me)(?: me| us)?(?: please)?|"
    r"what(?:'s| is) (?:happening|going on)|"
    r"can (?:you|someone|anyone|anybody) (?:please )?help(?: me| us)?(?: (?:with|on) this)?(?: please)?|"
    r"(?:i |we )?(?:have|need|need some|would like) (?:help|a question|some help)(?: please)?|"
    r"same (?:here|problem|issue)|\+1|works? (?:fine|great)|it (?:does not|doesn't|didn't) work|not working|"
    r"n/?a|none|nothing|no comment"
    r")\W*$"
)
_MACHINE = re.compile(
    r"(?im)^\s*at [\w.$<>]+\(|Traceback \(most recent|^\s*File \"[^\"]+\", line \d+|\b(?:Exception|Error) in thread|"
    r"\bstack ?trace\b|\b0x[0-9a-f]{6,}\b|\{\{|\}\}|<%|\$\{|%[A-Z_]{3,}%|<\/?[a-z][^>]{0,80}>|^\s*[{\[]\s*\"|"
    r"\bHTTP/\d|\b[\w.]{1,80}\.(?:java|py|js|cs|cpp):\d+|lorem ipsum|\[image|\[cid:|-{4,}|_{4,}|={4,}"
)
_AUTOMATIC = re.compile(
    r"(?i)\b(?:out of (?:the )?office|automatic(?:ally)? (?:reply|response|generated)|auto-?reply|do not reply|"
    r"no-?reply|this (?:is an automated|e-?mail (?:and|is confidential))|confidential(?:ity)? notice|unsubscribe|"
    r"abwesenheitsnotiz|ticket (?:#|id|number|has been)|case (?:#|number|has been)|sent from my|forwarded message|"
    r"your (?:ticket|case|request) (?:has been|was)|original message|on .{6,60} wrote:|rate (?:us|this))"
)


def fitness(verbatim: str) -> float:
    """How well a verbatim reads as a quote, from 0 to 1; below 0.2 it stands only where nothing else does."""
    text = verbatim.strip()
    form = 1.0 if _WHOLE.match(text) else 0.75
    form *= min(1.0, max(len(text.split()) / _FEW_WORDS, len(text) / _FEW_CHARACTERS)) ** 2
    form *= 1.0 if len(text) <= _LONG else 0.7 if len(text) <= _TOO_LONG else 0.3
    if is_shouted(text):
        form *= 0.6
    if _MACHINE.search(text) or _AUTOMATIC.search(text) or not _says_something(text):
        form *= 0.1
    return form * 0.05 if holds_personal(text) else form


def is_shouted(text: str) -> bool:
    """Whether more than half of the letters are capitals."""
    letters = [sign for sign in text if sign.isalpha()]
    return 2 * sum(letter.isupper() for letter in letters) > len(letters) > 12


def _says_something(text: str) -> bool:
    """Whether there is a sentence left when greetings, thanks and bare questions are gone."""
    return any(len(part.split()) > 2 or len(part) > _FEW_CHARACTERS / 2 for part in sentences(text))


def sentences(text: str) -> list[str]:
    """The sentences of a verbatim that say something."""
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(text))
    return [part for part in parts if part and not _HOLLOW.match(part)]


def line_of(sentence: str) -> str | None:
    """A sentence short enough for one line, cut at the end of a clause; nothing where that cannot be done.

    A cut is marked by an ellipsis. Nothing that must not be shown, is shouted or was written by a machine is a line.
    """
    line = _OPENING.sub("", sentence.strip(" \"“”'«»-–—•*>"))
    if not _fits(line):
        ends = [match.start() for match in _CLAUSE_END.finditer(line)]
        cuts = [line[:end] for end in ends if _fits(line[:end]) and len(line[:end].split()) >= _FEW_WORDS]
        if not cuts:
            return None
        line = f"{cuts[-1].rstrip()} …"
    is_fragment = len(line.split()) < _FEW_WORDS and len(line) < _FEW_CHARACTERS / 2
    unfit = (
        is_fragment or is_shouted(line) or _MACHINE.search(line) or _AUTOMATIC.search(line) or holds_personal(sentence)
    )
    return None if unfit or not line[:1].isalnum() else line[:1].upper() + line[1:]


def line_worth(line: str) -> float:
    """How well a line tells what a theme is about, from 0 to 1: whole, of some length, and understood by itself."""
    worth = min(1.0, (len(line.split()) + 3) / 10, len(line) / 12)
    worth *= 0.85 if line.endswith("…") else 1.0
    return worth * 0.8 if _LEANS_BACK.match(line) else worth


def _fits(line: str) -> bool:
    return len(line.split()) <= _LINE_WORDS and len(line) <= _LINE_CHARACTERS
