"""Rights requests in the store: which joins which, what happened to each, what an erasure leaves of them."""

import pytest
from recorded_people import EFFECTS, NOON, Desk, at, letter, no_email

from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.lanes import Lane
from allegro_privacy.core.person import Person
from allegro_privacy.core.reading import Doubt, Doubtful, Request
from allegro_privacy.errors import GuardError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import writing

ROSA, EMAIL = "Rosa Quintero", "rosa@example.com"


def asks(kind: str = "access", name: str | None = ROSA, email: str = EMAIL, *doubts: Doubt) -> Request:
    return Request(kind, Person(name, email), doubts=tuple(Doubtful(doubt) for doubt in doubts))


def opened(desk: Desk, request: Request, text: str, sender: str = "", hours: float = 0) -> str:
    """What became of a request in a letter of its own."""
    mail = letter(request.person.name or "", sender or request.person.email or "", text)
    return desk.take(mail, request, now=at(hours)).summary.partition(" (")[0]


def step(
    desk: Desk, case: str, taken: Step, state: State | None, note: str = "", hours: float = 1, why: str = ""
) -> None:
    with writing(desk.database):
        found = views.case(desk.database, case)
        journal.change_case(desk.database, found, taken, state, note, "Dana", at(hours), reason=why)


@pytest.fixture
def first(desk: Desk) -> str:
    return opened(desk, asks(), "what do you hold?").removesuffix(" opened")


SAME = [
    ("the same words again", asks()),
    ("without the name", asks(name=None)),
    ("a shorter name", asks(name="R. Quintero")),
    ("the address in capitals", asks(email="ROSA@Example.com")),
]


@pytest.mark.parametrize("again", [row[1] for row in SAME], ids=[row[0] for row in SAME])
def test_a_repeated_request_joins_the_open_case(desk: Desk, first: str, again: Request) -> None:
    assert opened(desk, again, "a reminder", hours=48) == f"joined {first}"
    case = views.case(desk.database, first)
    assert (case.asked, case.opened, case.state) == (2, NOON, State.OPEN)
    assert views.status(desk.database).open_cases == 1
    assert views.verify(desk.database) == []


OTHER = [
    ("another kind", asks("deletion")),
    ("another address", asks(email="rosa@example.net")),
    ("somebody else who shares the address", asks(name="Hector Quintero")),
]


@pytest.mark.parametrize("other", [row[1] for row in OTHER], ids=[row[0] for row in OTHER])
def test_what_may_be_another_request_opens_its_own_case(desk: Desk, first: str, other: Request) -> None:
    assert opened(desk, other, "something else").endswith("opened")
    assert views.case(desk.database, first).asked == 1


def test_after_a_case_was_closed_the_same_wish_is_a_new_one(desk: Desk, first: str) -> None:
    step(desk, first, Step.CLOSED, State.FULFILLED)
    assert opened(desk, asks(), "once more").endswith("opened")


def test_an_agents_own_address_joins_nobody_to_anybody(desk: Desk) -> None:
    agent = "requests@agent.example"
    by_agent = asks("deletion", None, agent, Doubt.AGENT)
    opened(desk, by_agent, "for Ann", sender=agent)
    assert opened(desk, by_agent, "for Bob", sender=agent).endswith("opened")


def test_thirty_mails_of_an_agent_for_one_person_are_one_case(desk: Desk) -> None:
    for number in range(30):
        opened(desk, asks("deletion", None, EMAIL, Doubt.AGENT), f"mail {number}", sender="requests@agent.example")
    (case,) = views.open_cases(desk.database)
    assert (case.asked, case.lane) == (30, Lane.AGENT)
    assert views.verify(desk.database) == []


def test_a_reminder_by_a_lawyer_makes_the_case_the_lawyers(desk: Desk, first: str) -> None:
    opened(desk, asks("access", ROSA, EMAIL, Doubt.LEGAL), "my lawyer says")
    assert views.case(desk.database, first).lane is Lane.LEGAL
    opened(desk, asks(), "please")
    assert views.case(desk.database, first).lane is Lane.LEGAL


def test_every_step_is_kept_with_who_when_and_why(desk: Desk, first: str) -> None:
    step(desk, first, Step.ACKNOWLEDGED, State.NEEDS_VERIFICATION)
    step(desk, first, Step.CLOSED, State.DENIED, "no order of hers", 5, "no-match")
    step(desk, first, Step.REOPENED, State.IN_PROGRESS, "she found the order", 9)
    case = views.case(desk.database, first)
    told = [(one.step.value, one.actor, one.at, one.note, one.reason) for one in case.steps]
    assert told == [
        ("acknowledged", "Dana", at(1), "", ""),
        ("closed", "Dana", at(5), "no order of hers", "no-match"),
        ("reopened", "Dana", at(9), "she found the order", ""),
    ]
    assert (case.state, case.closed) == (State.IN_PROGRESS, None)
    kinds = [entry.kind for entry in views.timeline(desk.database, first).entries]
    assert kinds[-3:] == ["case-acknowledged", "case-closed", "case-reopened"]
    assert views.verify(desk.database) == []


def test_why_shows_the_reminder_with_the_case(desk: Desk, first: str) -> None:
    opened(desk, asks(), "a reminder", hours=48)
    entries = views.timeline(desk.database, first).entries
    assert [entry.kind for entry in entries] == ["message-received", "case-opened", "message-received", "case-joined"]


def test_an_erasure_takes_what_staff_wrote_about_the_case_and_leaves_its_dates(desk: Desk, first: str) -> None:
    opened(desk, asks(), "a zeppelin reminder")
    step(desk, first, Step.VERIFIED, State.IN_PROGRESS, "knew of the zeppelin")
    step(desk, first, Step.CLOSED, State.FULFILLED, "sent the zeppelin letter", 2)
    erase(desk)
    case = views.case(desk.database, first)
    assert (case.erased, case.request, case.state, case.asked) == (True, None, State.FULFILLED, 2)
    assert {one.note for one in case.steps} == {""}
    left = b"".join(path.read_bytes() for path in desk.path.parent.iterdir())
    texts = "".join(desk.database.unpack(row[0]) for row in desk.database.rows("SELECT content FROM payload"))
    assert b"zeppelin" not in left.lower()
    assert "zeppelin" not in texts
    assert views.verify(desk.database) == []


def test_a_case_is_erased_once_it_is_closed_and_what_staff_write_later_can_be_erased_too(
    desk: Desk, first: str
) -> None:
    with pytest.raises(GuardError, match="Nothing can be erased yet"):
        erase(desk)
    step(desk, first, Step.CLOSED, State.FULFILLED, hours=4)
    erase(desk)
    step(desk, first, Step.CLOSED, State.PARTLY, "told Rosa of the zeppelin", 5)
    assert views.case(desk.database, first).state is State.PARTLY
    assert views.verify(desk.database) == []
    erase(desk)
    case = views.case(desk.database, first)
    assert (case.state, [one.note for one in case.steps]) == (State.PARTLY, ["", ""])
    assert views.verify(desk.database) == []


def erase(desk: Desk) -> None:
    with writing(desk.database):
        journal.erase(desk.database, EMAIL, "Dana", at(20), "asked")
    journal.compact(desk.database)


def test_figures_know_what_became_of_each_case_at_the_end_of_the_period(desk: Desk, first: str) -> None:
    opened(desk, asks("deletion"), "and delete it")
    step(desk, first, Step.CLOSED, State.FULFILLED, hours=72)
    early, later = (views.facts(desk.database, at(-24), at(end)) for end in (48, 96))
    assert [(one.kind, one.state, one.closed) for one in early.cases] == [
        ("access", "open", None), ("deletion", "open", None),
    ]  # fmt: skip
    assert [(one.kind, one.state, one.closed) for one in later.cases] == [
        ("access", "fulfilled", at(72)), ("deletion", "open", None),
    ]  # fmt: skip
    # Long afterwards only what is still open is anybody's business.
    assert [one.kind for one in views.facts(desk.database, at(200), at(300)).cases] == ["deletion"]


def test_a_request_takes_effect_when_its_case_is_closed_and_so_does_the_reminder(desk: Desk, first: str) -> None:
    opened(desk, asks(), "a reminder", hours=48)
    before = views.facts(desk.database, at(-24), at(96)).requests
    assert [one.effective for one in before] == [None, None]
    step(desk, first, Step.CLOSED, State.FULFILLED, hours=72)
    assert [one.effective for one in views.facts(desk.database, at(-24), at(96)).requests] == [at(72), at(72)]


def test_a_question_goes_the_road_that_its_doubts_name(desk: Desk) -> None:
    desk.take(letter(ROSA, EMAIL), asks("access", ROSA, EMAIL, Doubt.LEGAL), verdict=Verdict.ASK)
    desk.take(letter("Tim", "tim@example.com"), asks("child-removal", "Tim", "tim@example.com"), verdict=Verdict.ASK)
    assert [one.lane for one in views.open_questions(desk.database)] == [Lane.LEGAL, Lane.CHILD]


def test_a_question_is_known_to_the_clocks_by_its_kinds_alone(desk: Desk) -> None:
    desk.take(letter(ROSA, EMAIL), no_email(ROSA, EMAIL), asks(), verdict=Verdict.ASK)
    desk.take(letter(ROSA, EMAIL, "?"), verdict=Verdict.ASK)
    (question,) = views.open_questions(desk.database)
    assert question.kinds == {"opt-out", "access"}
    assert question.lane is Lane.CUSTOMER
    assert EFFECTS["access"] == "open-case"
