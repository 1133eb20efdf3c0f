"""What the readers answer."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from recorded_people import BRICKELL, EFFECTS, Desk, at, keys_of, letter, no_email, no_post

from allegro_privacy.core.decision import ReviewAnswer, Verdict
from allegro_privacy.core.person import Channel, Person, PostalAddress
from allegro_privacy.core.reading import Request
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import writing


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Rosa (e-mail), Harold (e-mail and post), José (phone), Ana (to review), María (a case), and a copy."""
    desk.opt_out("Rosa Quintero", "rosa.quintero@example.com", now=at(1))
    harold = [no_email("Harold Finch", "hf@example.org"), no_post("Harold Finch", "hf@example.org")]
    desk.take(letter("Harold Finch", "hf@example.org"), *harold, now=at(2))
    jose = Person(name="José Ángel Núñez", phone="(305) 555-0123")
    desk.take(letter("", ""), Request("opt-out", jose, Channel.PHONE), now=at(3))
    desk.take(
        letter("Ana Paz", "ana@example.net"), no_email("Ana Paz", "ana@example.net"), verdict=Verdict.ASK, now=at(4)
    )
    desk.take(
        letter("María Sol", "maria@example.com"), Request("access", Person("María Sol", "maria@example.com")), now=at(5)
    )
    return desk


FOUND = {
    "the e-mail address": ("rosa.quintero@example.com", {"S3"}),
    "the e-mail address in capitals": ("ROSA.QUINTERO@EXAMPLE.COM", {"S3"}),
    "the beginning of the e-mail address": ("rosa.quintero@ex", {"S3"}),
    "a part of the e-mail address": ("quintero", {"S3"}),
    "a domain": ("@example.org", {"S5", "S6"}),
    "the name": ("Harold Finch", {"S5", "S6"}),
    "the name the other way round": ("finch, harold", {"S5", "S6"}),
    "the beginning of a name": ("harold fin", {"S5", "S6"}),
    "a name without its accents": ("jose nunez", {"S8"}),
    "a phone number": ("305-555-0123", {"S8"}),
    "a piece of the address": ("1450 brickell", {"S5", "S6"}),
    "a street in its long form": ("1450 Brickell Avenue", {"S5", "S6"}),
    "a ZIP code": ("33131", {"S5", "S6"}),
    "the number of a suppression": ("s6", {"S6"}),
    "a review": ("R10", {"R10"}),
    "who waits in a review": ("Ana Paz", {"R10"}),
    "a case": ("C12", {"C12"}),
    "who has a case": ("maria", {"C12"}),
    "somebody unknown": ("Nobody", set()),
    "an unknown e-mail address": ("nobody@example.com", set()),
    "an unknown number": ("S999", set()),
    "nothing": ("  ", set()),
    "signs only": ("%_*'\"", set()),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_a_person_is_found_by(kept: Desk, name: str) -> None:
    who, expected = FOUND[name]
    found = views.find(kept.database, who)
    assert {one.id for one in (*found.suppressions, *found.reviews, *found.cases)} == expected
    assert bool(found) is bool(expected)


NEAR = {
    "a street with a letter less": ("1450 Brickel Ave", {"S5", "S6"}, ("brickell",)),
    "a street with two slips": ("Brikcel", {"S5", "S6"}, ("brickell",)),
    "a street with neighbours swapped": ("Birckell avenue", {"S5", "S6"}, ("brickell",)),
    "a first letter that is wrong": ("Prickell", {"S5", "S6"}, ("brickell",)),
    "a name": ("Harrold Finch", {"S5", "S6"}, ("harold",)),
    "two words, each with a slip": ("Herold Fintch", {"S5", "S6"}, ("finch", "harold")),
    "a long word with three slips": ("Prikcel", set(), ()),
    "a short word with two slips": ("Fnhc", set(), ()),
    "a word of three letters": ("Pax", set(), ()),
    "another house number": ("1405 Brickel", set(), ()),
    "a misspelt e-mail address": ("rosa.quinteor@example.com", {"S3"}, ("rosa.quintero@example.com",)),
    "an e-mail address of another name": ("rosa.quintana@example.com", set(), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", NEAR)
def test_when_no_word_is_right_those_that_are_near_are_found(kept: Desk, name: str) -> None:
    who, expected, near = NEAR[name]
    found = views.find(kept.database, who)
    assert {one.id for one in found.suppressions} == expected
    assert found.near == near


def test_a_right_word_is_never_called_near(kept: Desk) -> None:
    kept.opt_out("Harald Finch", "harald@example.com")
    found = views.find(kept.database, "Harold Finch")
    assert ({one.name for one in found.suppressions}, found.near) == ({"Harold Finch"}, ())


STREETS = {
    "401 NW 7th St": ("401 nw 7 street", "401 northwest seventh st", "401 N.W. Séptima St", "nw 7th"),
    "12 Saint Johns Rd": ("12 st johns road", "saint johns rd"),
    "150 Avenida Ponce de Leon": ("150 ave ponce de león", "avenue ponce"),
}


@pytest.mark.parametrize(("line", "asked"), STREETS.items(), ids=STREETS)
def test_a_street_is_found_in_each_of_its_forms(desk: Desk, line: str, asked: tuple[str, ...]) -> None:
    place = PostalAddress(f"{line}\nMiami, FL 33131", line, None, "Miami", "FL", "33131")
    desk.take(letter("Ana Paz", "ana@example.net"), no_post("Ana Paz", address=place))
    for who in asked:
        found = views.find(desk.database, who)
        assert [one.name for one in found.suppressions] == ["Ana Paz"], who
        assert found.near == ()


def test_a_name_that_is_a_street_word_is_not_everybody_in_such_a_street(desk: Desk) -> None:
    place = PostalAddress("5 Elm Ln\nMiami, FL 33131", "5 Elm Ln", None, "Miami", "FL", "33131")
    desk.take(letter("Ana Paz", "ana@example.net"), no_post("Ana Paz", address=place))
    desk.opt_out("Lois Lane", "lois@example.com")
    assert [one.name for one in views.find(desk.database, "Lane").suppressions] == ["Lois Lane"]


def test_a_message_is_found_by_its_id_or_the_beginning_of_it(kept: Desk) -> None:
    message_id = letter("Rosa Quintero", "rosa.quintero@example.com").id
    for who in (message_id, message_id[:12]):
        assert [one.id for one in views.find(kept.database, who).messages] == [message_id]


def test_a_long_answer_is_cut_and_says_so(kept: Desk) -> None:
    for number in range(6):
        kept.opt_out(f"Sam Same {number}", f"sam{number}@example.com")
    found = views.find(kept.database, "same", limit=5)
    assert (len(found.suppressions), found.more) == (5, True)


def test_why_tells_the_whole_story_in_order(kept: Desk) -> None:
    with writing(kept.database):
        receipt = journal.answer_review(
            kept.database, "R10", ReviewAnswer(Verdict.ACCEPT), "Dana", at(6), effects=EFFECTS, keys_of=keys_of
        )
        export(kept, at(7))
    kept.take(letter("Ana Paz", "ana@example.net", "again"), no_email("Ana Paz", "ana@example.net"), now=at(8))
    with writing(kept.database):
        journal.lift(kept.database, f"S{receipt.events[-1]}", "she asked by phone", "Dana", at(9))
    told = views.timeline(kept.database, "ana@example.net")
    assert [(entry.kind, entry.actor) for entry in told.entries] == [
        ("message-received", "cron"), ("review-opened", "cron"), ("review-answered", "Dana"), ("suppressed", "Dana"),
        ("message-received", "cron"), ("already-suppressed", "cron"), ("lifted", "Dana"),
    ]  # fmt: skip
    assert told.suppressions == ()
    assert [(left.recipient, names) for left, names in told.exports] == [("print-co", ("S14",))]


AS_OF = {
    "before she wrote": (3.9, [], 0),
    "while she waited": (4.5, ["message-received", "review-opened"], 0),
    "once she was answered": (6.5, ["message-received", "review-opened", "review-answered", "suppressed"], 1),
    "after she was lifted": (9.5, ["message-received", "review-opened", "review-answered", "suppressed", "lifted"], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", AS_OF)
def test_any_past_moment_can_be_asked_about(kept: Desk, name: str) -> None:
    hours, kinds, standing = AS_OF[name]
    with writing(kept.database):
        accept = ReviewAnswer(Verdict.ACCEPT)
        journal.answer_review(kept.database, "R10", accept, "Dana", at(6), effects=EFFECTS, keys_of=keys_of)
        journal.lift(kept.database, "S14", "asked by phone", "Dana", at(9))
    told = views.timeline(kept.database, "ana@example.net", at(hours))
    assert [entry.kind for entry in told.entries] == kinds
    assert len(told.suppressions) == standing
    listed = [one.key for one in views.suppressions(kept.database, Channel.EMAIL, as_of=at(hours))]
    assert ("ana@example.net" in listed) is bool(standing)


def export(desk: Desk, now: datetime, **more: object) -> None:
    head = views.ledger_head(desk.database)
    content = {
        "recipient": "print-co", "channel": "email", "layout": "plain-email", "file": "list.csv", "sha256": "00",
        "rows": 3, "as_of": head.number, "head": head.hash, "override": "", "reason": "", **more,
    }  # fmt: skip
    journal.record_export(desk.database, content, "Dana", now)


def test_the_list_as_it_stood_after_an_event(kept: Desk) -> None:
    listed = views.suppressions(kept.database, Channel.EMAIL, as_of_event=4)
    assert [(one.id, one.key) for one in listed] == [("S3", "rosa.quintero@example.com")]


def test_a_postal_suppression_keeps_name_and_address_for_the_mail_house(kept: Desk) -> None:
    (one,) = views.suppressions(kept.database, Channel.POST)
    assert one.name == "Harold Finch"
    assert one.address is not None
    assert one.address["line1"] == "1450 Brickell Ave"


def test_who_was_not_on_a_list_when_it_left_is_not_shown_as_carried(kept: Desk) -> None:
    with writing(kept.database):
        export(kept, at(6))
    kept.opt_out("Late Comer", "late@example.com", now=at(7))
    assert views.timeline(kept.database, "late@example.com").exports == ()
    assert views.timeline(kept.database, "hf@example.org").exports != ()


def test_status_counts_what_stands(kept: Desk) -> None:
    with writing(kept.database):
        export(kept, at(6))
        journal.record_pull(kept.database, ("eml:x",), {"fetched": 5}, ("one folder is gone",), "cron", at(7))
    status = views.status(kept.database)
    assert (status.shop, status.messages, status.suppressed) == ("The Shop", 5, {"email": 2, "post": 1, "phone": 1})
    assert (status.open_reviews, status.open_cases) == (1, 1)
    assert status.oldest_review is not None
    assert status.oldest_review.sender == "ana@example.net"
    assert status.last_pull is not None
    assert (status.last_pull.at, status.last_pull.problems) == (at(7), ("one folder is gone",))
    assert [left.recipient for left in status.exports] == ["print-co"]
    assert views.last_export(kept.database, "print-co", Channel.EMAIL) == status.exports[0]
    assert views.last_export(kept.database, "print-co", Channel.POST) is None


NO_ZIP = PostalAddress("12 Elm St\nMiami, FL", "12 Elm St", None, "Miami", "FL", missing=("zip",))
NO_NUMBER = PostalAddress("Elm St\nMiami, FL 33131", "Elm St", None, "Miami", "FL", "33131", missing=("number",))


def test_postal_addresses_are_counted_by_quality(desk: Desk) -> None:
    desk.take(letter("Harold Finch", "hf@example.org"), no_post("Harold Finch"), now=at(1))
    desk.take(letter("Rosa Paz", "rosa@example.com"), no_post("Rosa Paz", address=NO_ZIP), now=at(2))
    for name, address in (("Ana Sol", NO_NUMBER), ("Omar Vale", BRICKELL)):
        desk.take(letter(name, ""), no_post(name, address=address), verdict=Verdict.ASK, now=at(3))
    desk.take(letter("Iris", "iris@example.com"), no_email("Iris", "iris@example.com"), verdict=Verdict.ASK, now=at(3))
    counted = {"complete": 1, "usable": 1, "incomplete": 1}
    assert views.status(desk.database).addresses == counted
    with writing(desk.database):
        journal.lift(desk.database, "S3", "asked by phone", "Dana", at(5))
    assert views.status(desk.database).addresses == {"usable": 1, "incomplete": 1}
    assert dict(views.facts(desk.database, at(0), at(4)).addresses) == counted
    assert dict(views.facts(desk.database, at(0), at(6)).addresses) == {"usable": 1, "incomplete": 1}
    assert dict(views.facts(desk.database, at(0), at(0.5)).addresses) == {}
    assert views.verify(desk.database) == []


def test_an_answered_question_about_an_address_waits_no_more(desk: Desk) -> None:
    desk.take(letter("Ana Sol", ""), no_post("Ana Sol", address=NO_NUMBER), verdict=Verdict.ASK, now=at(1))
    mended = ReviewAnswer(Verdict.ACCEPT, (no_post("Ana Sol"),))
    with writing(desk.database):
        journal.answer_review(desk.database, "R3", mended, "Dana", at(2), effects=EFFECTS, keys_of=keys_of)
    assert views.status(desk.database).addresses == {"complete": 1}
    assert views.verify(desk.database) == []


def test_who_was_erased_stays_counted(desk: Desk) -> None:
    desk.take(letter("Harold Finch", "hf@example.org"), no_post("Harold Finch", "hf@example.org"), now=at(1))
    with writing(desk.database):
        journal.erase(desk.database, "hf@example.org", "Dana", at(2), "asked")
    assert views.status(desk.database).addresses == {"complete": 1}
    assert views.verify(desk.database) == []


def test_the_facts_of_a_period_are_without_people_and_complete(kept: Desk) -> None:
    first = letter("Rosa Quintero", "rosa.quintero@example.com")
    kept.take(first, place="/mail/elsewhere.eml", now=at(30))
    kept.take(replace(first, id="cd" * 32), now=at(30))
    with writing(kept.database):
        journal.lift(kept.database, "S3", "asked by phone", "Dana", at(30))
    facts = views.facts(kept.database, at(-24), at(48))
    assert len(facts.messages) == 5
    assert sorted((one.kind, one.channel) for one in facts.requests) == [
        ("access", ""), ("opt-out", "email"), ("opt-out", "email"), ("opt-out", "email"), ("opt-out", "phone"),
        ("opt-out", "post"),
    ]  # fmt: skip
    assert sum(one.effective is not None for one in facts.requests) == 4  # an open case is no effect yet
    assert (facts.duplicates, facts.copies, len(facts.open_reviews)) == (1, 1, 1)
    by_email = [(day, size) for day, channel, size in facts.size if channel == "email"]
    assert by_email == [(date(2026, 11, 19), 0), (date(2026, 11, 20), 2), (date(2026, 11, 21), 1)]
    assert views.facts(kept.database, at(48), at(72)).messages == ()
    assert [row for row in views.facts(kept.database, at(48), at(72)).size if row[1] == "email"] == [
        (date(2026, 11, 22), "email", 1)
    ]


def test_a_request_that_staff_corrected_is_counted_once(kept: Desk) -> None:
    corrected = ReviewAnswer(Verdict.ACCEPT, (no_email("Ana Paz", "ana.paz@example.net"),))
    with writing(kept.database):
        journal.answer_review(kept.database, "R10", corrected, "Dana", at(6), effects=EFFECTS, keys_of=keys_of)
    asked = [one for one in views.facts(kept.database, at(-24), at(48)).requests if one.verdict is Verdict.ASK]
    assert [(one.kind, one.channel, one.answer, one.effective) for one in asked] == [
        ("opt-out", "email", Verdict.ACCEPT, at(6))
    ]


def test_a_request_that_staff_declined_stays_counted(kept: Desk) -> None:
    with writing(kept.database):
        ignored = ReviewAnswer(Verdict.IGNORE)
        journal.answer_review(kept.database, "R10", ignored, "Dana", at(6), effects=EFFECTS, keys_of=keys_of)
    asked = [one for one in views.facts(kept.database, at(-24), at(48)).requests if one.verdict is Verdict.ASK]
    assert [one.answer for one in asked] == [Verdict.IGNORE]


def test_who_wrote_first_is_asked_about_first_whenever_it_was_read(kept: Desk) -> None:
    early = letter("Iris Bell", "iris@example.net", received=at(-72))
    kept.take(early, no_email("Iris Bell", "iris@example.net"), verdict=Verdict.ASK, now=at(6))
    waiting = views.open_reviews(kept.database)
    assert [one.sender for one in waiting] == ["iris@example.net", "ana@example.net"]
    assert views.status(kept.database).oldest_review == waiting[0]
    received = [one for one, _ in views.facts(kept.database, at(-96), at(48)).open_reviews]
    assert min(received) == waiting[0].received


def test_status_names_the_two_oldest_cases(kept: Desk) -> None:
    for name, hours in (("iris", -72), ("noor", -48)):
        person = Person(name, f"{name}@example.net")
        kept.take(letter(name, f"{name}@example.net", received=at(hours)), Request("access", person), now=at(6))
    status = views.status(kept.database)
    assert status.open_cases == 3
    first, second = (views.find(kept.database, f"{name}@example.net").cases[0].id for name in ("iris", "noor"))
    assert status.oldest_cases == (first, second)


def test_the_titles_of_a_timeline_say_the_decision_in_plain_words(kept: Desk) -> None:
    with writing(kept.database):
        accept = ReviewAnswer(Verdict.ACCEPT)
        journal.answer_review(kept.database, "R10", accept, "Dana", at(6), effects=EFFECTS, keys_of=keys_of)
    titles = [entry.title for entry in views.timeline(kept.database, "ana@example.net").entries]
    assert titles[0] == "Message received: to review"
    assert "R10 answered: accepted" in titles
    assert views.timeline(kept.database, "maria@example.com").entries[0].title == "Message received: accepted"


def test_one_address_of_two_people_does_not_mix_them(desk: Desk) -> None:
    desk.take(letter("Ana Paz", "ana@example.net"), no_post("Ana Paz", "ana@example.net"))
    desk.take(letter("Luis Paz", "luis@example.net"), no_post("Luis Paz", "luis@example.net", BRICKELL))
    assert [one.name for one in views.find(desk.database, "luis@example.net").suppressions] == ["Luis Paz"]
    assert [one.name for one in views.timeline(desk.database, "ana@example.net").suppressions] == ["Ana Paz"]


def test_a_list_carries_what_it_held_and_nothing_else(kept: Desk) -> None:
    with writing(kept.database):
        export(kept, at(6), file="full.csv", sequence=1, held=[3])
        export(kept, at(7), file="delta.csv", sequence=2, change="delta", after=1, since_event=14)
    carried = {
        one.file: [row.id for row in views.suppressions(kept.database, Channel.EMAIL) if one.carried(row)]
        for one in views.exports(kept.database)
    }
    assert carried["full.csv"] == [row.id for row in views.suppressions(kept.database, Channel.EMAIL)][1:]
    assert "S14" not in carried["delta.csv"]
