"""What is written as JSON comes back as the same nouns."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_people import letter

from allegro_privacy.core.decision import Decision
from allegro_privacy.core.message import Message, Origin, Via
from allegro_privacy.core.moments import utc_text
from allegro_privacy.core.reading import Reading, Request
from allegro_privacy.store.plain import moment, parts_of, plain, revive


@given(st.from_type(Request) | st.from_type(Reading) | st.from_type(Decision))
def test_a_noun_comes_back_from_json_as_it_was(noun: object) -> None:
    assert revive(type(noun), json.loads(json.dumps(plain(noun)))) == noun


def test_a_message_comes_back_as_it_was() -> None:
    message = letter("Rosa", "rosa@example.com", via=Via.LETTER, flags=frozenset({"truncated", "deep-nesting"}))
    assert revive(Message, plain(message)) == message


def test_what_equals_its_default_is_left_out() -> None:
    assert plain(Origin("eml:", "/a.eml")) == {"source": "eml:", "locator": "/a.eml"}
    assert parts_of(Origin("eml:", "/a.eml", "1"), frozenset({"stamp"})) == {"source": "eml:", "locator": "/a.eml"}


def test_what_a_newer_program_wrote_beside_is_passed_over() -> None:
    assert revive(Origin, {"source": "eml:", "locator": "/a", "colour": "red"}) == Origin("eml:", "/a")


def test_moments_are_stored_in_utc_so_that_text_order_is_time_order() -> None:
    summer = datetime(2026, 7, 1, 9, 30, 15, 999, tzinfo=timezone(timedelta(hours=-4)))
    assert utc_text(summer) == "2026-07-01T13:30:15Z"
    assert moment("2026-07-01T13:30:15Z") == datetime(2026, 7, 1, 13, 30, 15, tzinfo=UTC)


def test_a_moment_without_a_zone_and_what_is_no_noun_are_mistakes() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        utc_text(datetime(2026, 7, 1))  # noqa: DTZ001
    with pytest.raises(TypeError):
        plain(object())
