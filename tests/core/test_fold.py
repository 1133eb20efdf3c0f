"""The thousand spellings of one word become one, and every quote leads back to the words as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core.fold import Spelling, edit_distance, fold, respell, sentences

SPELLING = Spelling(
    {"unsubscribe": 3, "unsubscribed": 2, "remove": 1, "unscribe": 2},
    frozenset({"subscribe", "subscribed", "removal"}),
    frozenset({"no", "stop", "email"}),
    {"unscribe": "unsubscribe"},
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("NO E-MAIL", " no email "),
        ("No e‑mail", " no email "),  # U+2011
        ("no e mails", " no emails "),
        ("ＮＯ ＥＭＡＩＬ", " no email "),  # full width
        ("no\u00a0e\u2013mail", " no email "),
        ("un\u200bsubscribe", " unsubscribe "),
        ("UN-SUBSCRIBE", " unsubscribe "),
        ("un subscribe", " unsubscribe "),
        ("S T O P", " stop "),
        ("no me envíen más correos", " no me envien mas correos "),
        ("don’t e-mail me", " dont email me "),
        ("¡Baja, baja!", " baja , baja . "),
        ("NO E-MAIL / NO SNAIL MAIL", " no email / no snail mail "),
        ("write to jane@example.org", " write to @addr "),
        ("see https://example.org/x?y=1 now", " see @url now "),
        ("call (305) 555-0123", " call @phone "),
        ("", "  "),
    ],
)
def test_spellings_fold_to_one_form(written: str, folded: str) -> None:
    assert fold(written).text == folded


def test_a_wrapped_line_does_not_end_a_sentence_but_a_short_one_does() -> None:
    wrapped = "Please would you be so very kind as to stop sending me\nall of these e-mails"
    assert " / " not in fold(wrapped).text
    assert " / " in fold("Stop\nThanks").text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("unsubcribe", "unsubscribe"),
        ("unsuscribe", "unsubscribe"),
        ("unsubscrive", "unsubscribe"),
        ("unscribe", "unsubscribe"),
        ("unsubscirbe", "unsubscribe"),
        ("ubsubscribe", "unsubscribe"),
        ("remvoe", "remove"),
        ("subscribe", "subscribe"),
        ("subscribed", "subscribed"),
        ("removal", "removal"),
        ("guitar", "guitar"),
    ],
)
def test_only_command_words_are_spelled_right(typed: str, meant: str) -> None:
    assert respell(fold(typed), SPELLING).tokens == (meant,)


def test_a_digit_for_a_letter_is_read_and_told() -> None:
    folded = respell(fold("N0 E-MAIL"), SPELLING)
    assert (folded.text, folded.disguised) == (" no email ", True)
    assert not respell(fold("no email 2026"), SPELLING).disguised


@pytest.mark.parametrize(
    ("one", "other", "edits"), [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("", "abc", 3)]
)
def test_edits_between_words(one: str, other: str, edits: int) -> None:
    assert edit_distance(one, other) == edits


@given(st.text(max_size=300))
def test_folding_never_raises_and_every_token_knows_where_it_stood(text: str) -> None:
    folded = fold(text)
    assert len(folded.tokens) == len(folded.starts) == len(folded.spans)
    for token, start in zip(folded.tokens, folded.starts, strict=True):
        assert folded.text[start : start + len(token)] == token
        assert folded.quote(start - 1, start + len(token)) in " ".join(folded.original.split())
    for start, end in sentences(folded):
        assert folded.text[start] == " "
        assert start < end <= len(folded.text)
