"""Every phrase, guard and sign of the language tables is shown by a text: an example beside it, a line of
fixtures/phrases, a fixture message or a text of fixtures/reader. What nothing shows is dead, or misspelt."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus import fixtures, judge

from allegro_privacy.core.heard import heard, matches
from allegro_privacy.core.letter import open_letter
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.core.rules import Rules
from allegro_privacy.sources.mime import parse

FIXTURES = Path(__file__).parent.parent / "fixtures"


def texts() -> Iterator[str]:
    yield from (shown for _, shown in judge().rules.examples)
    for path in sorted((FIXTURES / "phrases").glob("*.txt")):
        yield from path.read_text(encoding="utf-8").splitlines()
    for path in sorted((FIXTURES / "reader").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield from (row["subject"], row["text"])
    for fixture in fixtures():
        message = parse(RawMessage(fixture.mail.read_bytes(), Origin("eml:", fixture.name)))
        letter = open_letter(message, judge().rules, judge().rules.markers, judge().shop)
        yield from (letter.title, letter.own.own, message.text)


def unshown(rules: Rules, texts: Iterable[str]) -> list[str]:
    """Every phrase, guard and sign that none of the texts shows: dead, misspelt, or without an example."""
    shown: set[int] = set()
    others = (rules.guards, rules.signs)
    for text in texts:
        folded = rules.fold(text)
        shown.update(id(phrase) for phrase, _, _ in heard(rules.phrases, folded, rules.courtesy))
        rows = [row for index in others for row in index.worth_running(folded.places) if id(row) not in shown]
        shown.update(id(row) for row in rows if next(matches(row.pattern, folded), None))
    phrases = [f"{phrase.rule.id}: {phrase.pattern.source}" for phrase in rules.phrases if id(phrase) not in shown]
    return phrases + [f"{row.id}: {row.pattern.source}" for index in others for row in index if id(row) not in shown]


def test_every_phrase_guard_and_sign_is_shown_by_a_text() -> None:
    assert unshown(judge().rules, (text[:3000] for text in texts())) == []
