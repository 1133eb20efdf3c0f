"""The second reader: how much a text sounds like somebody's wish, by the words of many examples.

The rules decide. This reader has one right: to raise a doubt. Where the rules find nothing and it hears a wish, a
person is asked; where the rules would act on a phrase and it hears something else, a person is asked. It never lets
anything through, so nothing that was done has to be explained by a number. It is a linear model over words, pairs of
words and beginnings of words: the sentence that weighed most is quoted, and each word's weight can be looked up in
data/reader.json, which contrib/train_reader.py makes of the texts in fixtures/reader.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

from allegro_privacy.core.fold import BREAKS, COMMA, Folded

# A text of this length is weighed as a whole; of a longer one its sentences are, three at a time.
WHOLE = 90
_SENTENCES = 3
_MOST_SENTENCES = 120
_STEM = 5
_SHORT_STEM = 4
_NOTHING = 99.0
# Below this nobody asks which kind of wish it could be.
_DOUBTLESS = -1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text sounds like most: a kind of request, the words that weighed most, and how strongly (log-odds that it
    is a wish at all; below 0 it rather is none, and far below the kind is not told)."""

    kind: str
    quote: str
    strength: float


class Reader:
    """The weights in force; without any it hears nothing.

    weights: feature -> (its weight times its rarity, its rarity squared).  kind_weights: feature -> one for each kind.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.kinds: tuple[str, ...] = tuple(table.get("kinds", ()))
        self._bias: float = table.get("bias", -_NOTHING)
        self._weights: Mapping[str, tuple[float, float]] = table.get("weights", {})
        # A word that was never met says nothing, and makes the rest say less.
        self._unknown: tuple[float, float] = (0.0, table.get("unknown", 1.0))
        self._kind_bias: tuple[float, ...] = tuple(table.get("kind_bias", ()))
        self._kind_weights: Mapping[str, list[float]] = table.get("kind_weights", {})

    def hear(self, subject: Folded, text: Folded) -> Heard:
        """The stretch of a letter that sounds most like a wish."""
        told = subject_features(subject.tokens)
        best, place, found = -_NOTHING, (0, 0), told
        for start, end in windows(text.tokens):
            features = [*features_of(text.tokens[start:end]), *told]
            strength = self._strength(features)
            if strength > best:
                best, place, found = strength, (start, end), features
        quote = _words(text, *place) or _words(subject, 0, len(subject.tokens))
        return Heard(self._kind(found) if best > _DOUBTLESS else "", quote, best)

    def _strength(self, features: Iterable[str]) -> float:
        total, square, weights, unknown = 0.0, 0.0, self._weights, self._unknown
        for feature in features:
            weight, rarity = weights.get(feature, unknown)
            total += weight
            square += rarity
        return self._bias + (total / sqrt(square) if square else 0.0)

    def _kind(self, features: Iterable[str]) -> str:
        sums, square = [0.0] * len(self.kinds), 0.0
        for feature in features:
            square += self._weights.get(feature, self._unknown)[1]
            for number, weight in enumerate(self._kind_weights.get(feature, ())):
                sums[number] += weight
        scores = [bias + each / (sqrt(square) or 1) for bias, each in zip(self._kind_bias, sums, strict=True)]
        return self.kinds[scores.index(max(scores))] if scores else ""


def windows(tokens: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The stretches of a text that are weighed: all of a short text; of a longer one each few sentences."""
    if len(tokens) <= WHOLE:
        yield 0, len(tokens)
        return
    edges = [-1, *(place for place, token in enumerate(tokens) if token in BREAKS), len(tokens)]
    sentences = [(left + 1, right) for left, right in pairwise(edges) if right - left > 1][:_MOST_SENTENCES]
    for number, (start, _) in enumerate(sentences):
        _, end = sentences[min(number + _SENTENCES, len(sentences)) - 1]
        yield start, min(end, start + WHOLE)


def subject_features(tokens: tuple[str, ...]) -> list[str]:
    """The words of a subject, marked as such: they weigh otherwise than in the text."""
    return [f"s:{word}" for word in _plain(tokens)]


def features_of(tokens: tuple[str, ...]) -> list[str]:
    """Each word, each pair of neighbours, each beginning of a longer word; once each."""
    words = _plain(tokens)
    features = dict.fromkeys(words)
    features.update(dict.fromkeys(f"{left} {right}" for left, right in pairwise(("^", *tokens, "$"))))
    features.update(dict.fromkeys(f"{word[:_STEM]}~" for word in words if len(word) > _STEM))
    features.update(dict.fromkeys(f"{word[:_SHORT_STEM]}~" for word in words if len(word) > _SHORT_STEM))
    return list(features)


def _plain(tokens: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(token for token in tokens if token not in BREAKS and token != COMMA))


def _words(folded: Folded, start: int, end: int) -> str:
    if start >= end:
        return ""
    return folded.quote(folded.starts[start], folded.starts[end - 1] + len(folded.tokens[end - 1]))
