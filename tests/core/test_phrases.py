"""The grammar in which phrases are written as data."""

import re

import pytest

from allegro_privacy.core.phrases import PatternError, WordIndex, compile_classes, parse

CLASSES = compile_classes({"me": "me, my name", "list": "list, mailing list", "all": "<me>, <list>"})


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("stop sending me", " please stop sending me this ", True),
        ("stop sending me", " stop sending men ", False),
        ("remove <me> from ..2 <list>", " remove my name from your big mailing list ", True),
        ("remove <me> from ..2 <list>", " remove me from a b c list ", False),
        ("remove <me> from ..2 <list>", " remove me from . the list ", False),
        ("remove [<me>] please", " remove please ", True),
        ("remove [<me>] please", " remove me please ", True),
        ("(stop|quit) it", " quit it ", True),
        ("^ stop", " please stop ", False),
        ("^ stop", " well . stop ", True),
        ("stop $", " stop please . ", True),
        ("stop $", " stop by the office ", False),
        ("remove @addr", " remove @addr ", True),
        ("article @num", " article 17 ", True),
        ("catalog ~4 stop", " catalog . it must stop ", True),
        ("stop emailing me", " stop , emailing , me ", True),
    ],
)
def test_a_phrase_matches_what_it_says(phrase: str, text: str, matches: bool) -> None:
    assert bool(re.search(parse(phrase, CLASSES).expression, text)) is matches


@pytest.mark.parametrize("phrase", ["", "..", "[me]", "(stop|quit", "remove <nobody>", "stop) it", "<me"])
def test_a_phrase_outside_the_grammar_is_refused(phrase: str) -> None:
    with pytest.raises(PatternError):
        parse(phrase, CLASSES)


def test_a_class_that_contains_itself_is_refused() -> None:
    with pytest.raises(PatternError):
        compile_classes({"a": "<b>", "b": "<a>"})


def test_a_pattern_knows_the_words_that_it_can_begin_with() -> None:
    assert parse("[please] (stop|quit) <me>", CLASSES).firsts == {"please", "stop", "quit"}
    assert parse("..2 stop", CLASSES).firsts is None


def test_only_phrases_whose_words_a_text_has_are_run() -> None:
    index = WordIndex[str]()
    for phrase in ("stop <me>", "remove <me> from <list>", "(stop|quit) it"):
        index.add(parse(phrase, CLASSES).ways, phrase)
    assert index.worth_running(["please", "stop", "me"]) == ["stop <me>"]
    assert index.worth_running(["quit", "it"]) == ["(stop|quit) it"]
    assert index.worth_running(["hello"]) == []
