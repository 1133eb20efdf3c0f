"""The chain says where it was broken."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core.ledger import GENESIS, Event, LedgerRow, canonical, hash_of, seal, verify_chain

Rows = list[LedgerRow]


def chain(length: int = 6) -> Rows:
    rows: Rows = []
    for number in range(1, length + 1):
        event = Event(
            number, f"2026-11-20T12:00:0{number % 10}Z", "cron", "noted", f"N{number}", {"words": f"n {number}"}
        )
        rows.append(seal(rows[-1].hash if rows else GENESIS, bytes([number]) * 16, event))
    return rows


def swap(rows: Rows) -> Rows:
    rows[2], rows[4] = replace(rows[4], number=3), replace(rows[2], number=5)
    return rows


def insert(rows: Rows) -> Rows:
    later = [replace(row, number=row.number + 1) for row in rows[3:]]
    return [*rows[:3], replace(rows[3], subject="planted"), *later]


def close_gap(rows: Rows) -> Rows:
    return [*rows[:2], *(replace(row, number=row.number - 1) for row in rows[3:])]


def reseal(rows: Rows) -> Rows:
    """An event rewritten by somebody who knows how to seal, but did not rewrite all that follow."""
    rows[2] = seal(rows[1].hash, b"x" * 16, Event(3, rows[2].at, "mallory", "noted", "N3", {"words": "other"}))
    return rows


def edited(place: int, **change: object) -> Callable[[Rows], Rows]:
    def edit(rows: Rows) -> Rows:
        rows[place] = replace(rows[place], **change)  # type: ignore[arg-type]
        return rows

    return edit


BROKEN: dict[str, tuple[Callable[[Rows], Rows], list[tuple[int, str]]]] = {
    "an edited content": (edited(2, content='{"words":"n 4"}'), [(3, "the content of event 3 was changed")]),
    "an edited actor": (edited(2, actor="mallory"), [(3, "event 3 was changed")]),
    "an edited time": (edited(5, at="2020-01-01T00:00:00Z"), [(6, "event 6 was changed")]),
    "an edited hash": (edited(2, hash="0" * 64), [(3, "event 3 was changed")]),
    "an edited salt": (edited(0, salt=b"y" * 16), [(1, "the content of event 1 was changed")]),
    "content that is gone": (edited(3, content=None), [(4, "the content of event 4 is gone")]),
    "an event taken out of the middle": (lambda rows: rows[:2] + rows[3:], [(3, "event 3 is missing")]),
    "several events taken out": (lambda rows: rows[:1] + rows[4:], [(2, "events 2 to 4 are missing")]),
    "the first event taken away": (lambda rows: rows[1:], [(1, "event 1 is missing")]),
    "the last event cut off": (lambda rows: rows[:-1], [(6, "event 6 is missing: the ledger ends at 5")]),
    "all events cut off": (lambda rows: [], [(1, "events 1 to 6 are missing")]),
    "two events swapped": (swap, [(3, "events 3 and 5 were swapped")]),
    "a rewritten event": (reseal, [(4, "event 4 does not follow event 3")]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_was_done_to_the_chain_is_said_with_its_place(name: str) -> None:
    harm, expected = BROKEN[name]
    whole = chain()
    found = list(verify_chain(harm(list(whole)), heads={6: whole[-1].hash}))
    assert [problem.event for problem in found] == [event for event, _ in expected]
    assert all(words in problem.words for problem, (_, words) in zip(found, expected, strict=True))


def test_an_inserted_event_is_told_by_those_it_moved() -> None:
    words = [problem.words for problem in verify_chain(insert(chain()))]
    assert "event 4 was changed (time, actor, kind, subject or hash)" in words
    assert "event 5 was event 4: an event was inserted before it" in words


def test_a_gap_that_was_closed_is_told_by_those_that_moved_down() -> None:
    words = [problem.words for problem in verify_chain(close_gap(chain()))]
    assert words[-1] == "event 3 was event 4: an event before it was deleted"


def test_a_chain_that_was_rewritten_from_the_start_differs_from_a_head_kept_elsewhere() -> None:
    head = chain()[3].hash
    rewritten: Rows = []
    for row in chain():
        event = Event(row.number, row.at, "mallory", row.kind, row.subject, {})
        rewritten.append(seal(rewritten[-1].hash if rewritten else GENESIS, b"z" * 16, event))
    assert list(verify_chain(rewritten)) == []
    assert [problem.event for problem in verify_chain(rewritten, heads={4: head})] == [4]


def test_a_whole_chain_holds_also_when_contents_were_erased() -> None:
    rows = chain()
    rows[3] = replace(rows[3], content=None, salt=None)
    assert list(verify_chain(rows, erased=[4], heads={6: rows[-1].hash})) == []


@given(
    place=st.integers(0, 5),
    column=st.sampled_from(["at", "actor", "kind", "subject", "digest", "previous", "hash", "content"]),
    index=st.integers(0, 200),
    bit=st.integers(0, 6),
)
def test_any_changed_bit_of_any_row_is_found_in_that_row_or_the_next(
    place: int, column: str, index: int, bit: int
) -> None:
    rows = chain()
    text = getattr(rows[place], column)
    index %= len(text)
    changed = text[:index] + chr(ord(text[index]) ^ (1 << bit)) + text[index + 1 :]
    rows[place] = replace(rows[place], **{column: changed})
    found = list(verify_chain(rows))
    assert found
    assert found[0].event in (place + 1, place + 2)


def test_no_two_rows_are_sealed_from_the_same_bytes() -> None:
    assert hash_of("a", 1, "t", "ab", "c", "s", "d") != hash_of("a", 1, "t", "a", "bc", "s", "d")


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_canonical_content_is_utf8_whatever_the_words(content: dict[str, object]) -> None:
    assert canonical(content).encode() == canonical(dict(reversed(content.items()))).encode()


def test_a_lone_surrogate_does_not_stop_an_event() -> None:
    assert canonical({"subject": "caf\udce9"}) == '{"subject":"caf?"}'
