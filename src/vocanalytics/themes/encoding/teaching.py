"""Sentences to teach with: patterns in which customers speak, filled with words that belong together.

They need not make sense. They show the sentence encoder each word in many sentences, beside many other words, so that
what a word adds to a sentence can be told from what the others add. All patterns are written for this purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vocanalytics.themes.wording.stopwords import STOP_WORDS

_PATTERNS = """
how do i {a} the {b}|how can i {a} my {b} from {c}|what is the {a} for {b}|where can i see my {a}
why is my {a} {b} so {c}|why did the {a} not {b}|when will {a} be {b}|can you {a} the {b} please
could we get {a} for our {b}|is there a way to {a} {b} and {c}|is it possible to {a} the {b} by {c}
i want to {a} a {b}|i would like to {a} my {b}|i need {a} {b} for my {c}|i need help with {a}
i tried to {a} but the {b} said {c}|i have been waiting for {a} since {b}|i cannot find the {a}
i can't {a} the {b} anymore|i don't understand the {a} on my {b}|i think the {a} is wrong
i still have not received my {a}|i was told that {a} includes {b}|it would be great if {a} could {b}
it takes too long to {a} a {b}|it does not {a} when i {b}|my {a} does not {b}|my {a} was {b} but {c}
my {a} is {b}, what should i do?|our team uses {a} every day and the {b} is {c}
our {a} needs {b} before we can {c}|we love the {a} but the {b} is {c}|we are {a} because of {b}
we would use {a} more if {b} were {c}|we switched from {a} to {b}|the {a} is {b}|the {a} is too {b}
the {a} keeps {b} after {c}|the {a} of the {b} shows {c} instead of {d}|the new {a} is much {b} than {c}
the {a} {b} app is {c}|the {a} did not {b} with {c}|there is a problem with {a}|there is no {a} in the {b}
there should be {a} for {b}|please {a} the {b}|please add {a} to {b}|please help me {a}
please let us {a} {b} without {c}|thanks for the {a}, but {b} {c}|do you {a} {b}?|do you offer {a} for {b}
does it {a} {b} in {c}|does {a} work with {b}?|are there any {a} on {b}|am i able to {a} {b} with {c}
who can {a} my {b}|which {a} are {b}|what happens if {a} {b}|what do i do if my {a} {b}|what are your {a}
how long does {a} take|how much is {a} {b}|how many {a} can i {b}|someone {a} my {b} yesterday
something is {a} with {b}|after the {a} all {b} were {c}|since {a} nothing {b}
every time i {a}, the {b} {c}|whenever we {a} {b}, it {c}|if {a} had {b} i would {c}|love {a}, hate {b}
great {a}, bad {b}|very {a} {b}|not {a} at all|no {a} for {b}|{a} not {b}|{a} is {b} and {c}
{a} and {b} {c}|{a} for {b}|{a} with {b} would {c}|{a} {b} {c} {d}|{a} {b} {c}|{a} {b}|{a}? {b} {c}
{a} was {b} by {c} on {d}|{a}: {b} {c} {d}|cancel {a}|compare {a} to {b}|tell me about {a} {b}|show me {a}
give me {a} in {b}|turn the {a} {b}|set {a} to {b}|remind me to {a} {b}|find {a} near {b}|you {a} me {b} twice
you should {a} {b}|they {a} the {b} without {c}|he {a} her {b}|she said the {a} was {b}
hi, {a} {b}? thanks|hello, i {a} {b} last {c} and it {d}|sorry but {a} is {b}
"""
PATTERNS = tuple(pattern for line in _PATTERNS.strip().splitlines() for pattern in line.split("|"))
_LINKS = (". ", " and ", ", ", " ", "! ")
_SMALL_WORDS = tuple(sorted(word for word in STOP_WORDS if word.isascii() and word.isalpha()))

#: Words that belong together; what share of a sentence they make; what share of sentences follows a pattern.
_TOGETHER, _SHARE_TOGETHER, _SHARE_PATTERN = 40, 0.6, 0.75
_SENTENCES_A_TOPIC, _LONGEST, _TOPICS_AT_ONCE = 12, 3, 200


def teaching_texts(words: Sequence[str], vectors: NDArray[np.float64], number: int, *, seed: int) -> list[str]:
    """Distinct texts of one to three sentences about one thing, the same every time.

    Parameters
    ----------
    words
        To fill in, the commonest first; common ones are drawn more often, but not by as much as they are spoken.
    vectors
        What each word means by itself, of length one, shape (words, directions): neighbours belong together.
    number
        How many texts.
    seed
        For drawing.
    """
    drawing = np.random.default_rng(seed)
    chances = 1 / np.sqrt(np.arange(len(words)) + 100)
    rising = np.cumsum(chances / chances.sum())
    made: dict[str, None] = {}
    for _ in range(number):  # more rounds than are needed, so that few words cannot keep it going forever
        if len(made) >= number:
            break
        topics = np.searchsorted(rising, drawing.random(_TOPICS_AT_ONCE)).clip(max=len(words) - 1)
        for together in _nearest(vectors, topics):
            made |= dict.fromkeys(_about_one_thing(drawing, _Words(drawing, words, together, rising)))
    return list(made)[:number]


def _nearest(vectors: NDArray[np.float64], topics: NDArray[np.int64]) -> NDArray[np.int64]:
    """The words that belong to each topic, shape (topics, words), in the order of how common they are."""
    kept = min(_TOGETHER, len(vectors))
    nearest = np.argpartition(-(vectors[topics] @ vectors.T), kept - 1, axis=1)[:, :kept]
    return np.sort(nearest, axis=1)


class _Words:
    """Draws a word: often one that belongs to the topic, else any."""

    def __init__(
        self,
        drawing: np.random.Generator,
        words: Sequence[str],
        together: NDArray[np.int64],
        rising: NDArray[np.float64],
    ) -> None:
        self._drawing, self._words, self._together, self._rising = drawing, words, together, rising

    def __call__(self) -> str:
        if self._drawing.random() < _SHARE_TOGETHER:
            at = int(self._together[self._drawing.integers(len(self._together))])
            return self._words[at]
        return self._words[min(int(np.searchsorted(self._rising, self._drawing.random())), len(self._words) - 1)]


def _about_one_thing(drawing: np.random.Generator, word: _Words) -> Iterator[str]:
    """Twelve sentences with words of one topic, one to three of them in a text."""
    sentences = [_sentence(drawing, word) for _ in range(_SENTENCES_A_TOPIC)]
    step = int(drawing.integers(1, _LONGEST + 1))
    for start in range(0, len(sentences), step):
        yield _LINKS[drawing.integers(len(_LINKS))].join(sentences[start : start + step])


def _sentence(drawing: np.random.Generator, word: _Words) -> str:
    if drawing.random() < _SHARE_PATTERN:
        return PATTERNS[drawing.integers(len(PATTERNS))].format(a=word(), b=word(), c=word(), d=word())
    small = _SMALL_WORDS
    length = int(drawing.integers(2, 10))
    return " ".join(
        word() if drawing.random() < _SHARE_TOGETHER else small[drawing.integers(len(small))] for _ in range(length)
    )
