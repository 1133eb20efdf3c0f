"""What people type into `find`, in every way of writing it, and whom it finds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from recorded_people import NOON, Desk, letter, no_post

from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.person import Channel, Person, PostalAddress
from allegro_privacy.core.reading import Request
from allegro_privacy.store import views
from allegro_privacy.store.database import create, open_database

HOME = PostalAddress("1340 NW 7th St Apt 4\nMiami, FL 33125", "1340 NW 7th St", "Apt 4", "Miami", "FL", "33125")
JOSE = ("José Núñez", "jose.nunez@example.com")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """José is on the lists by post and phone; Harold by post; a question of Ana's waits."""
    path: Path = tmp_path_factory.mktemp("find") / "privacy.sqlite3"
    create(path, "The Shop", "owner", NOON)
    with open_database(path) as database:
        desk = Desk(path, database)
        phone = Request("opt-out", Person(*JOSE, "(305) 555-0123"), Channel.PHONE)
        desk.take(letter(*JOSE), no_post(*JOSE, HOME), phone, Request("access", Person(*JOSE)))
        desk.take(letter("Harold Finch", "hf@example.com"), no_post("Harold Finch", "hf@example.com"))
        ana = letter("Ana Ruiz", "ana@example.org")
        desk.take(ana, no_post("Ana Ruiz", "ana@example.org"), verdict=Verdict.ASK)
        yield desk


EXACT = [
    "(305) 555-0123", "(305)555-0123", "305-555-0123", "305.555.0123", "305 555 0123", "3055550123", "+1 305 555 0123",
    "1-305-555-0123", "+1 (305) 555-0123", "305/555-0123", "305–555–0123", "tel: 305-555-0123", "Phone 305 555 0123",
    "305 555 0123 ext. 4", "(305) 555-0123 x12", "teléfono 305 555 0123",
    "José Núñez", "jose nunez", "NUNEZ JOSE", "Nunez, Jose", "Núñez, José", "J. Nunez", "Sr. José Núñez",
    "Mr. Jose Nunez", "Jose Nunez Jr.", "jose nun",
    "NW 7 St", "nw 7th street", "Northwest Seventh Street", "N.W. 7th St.", "1340 NW 7 St", "1340 noroeste 7 st",
    "1340 NW 7th St, Apt 4, Miami, FL 33125", "1340 N.W. 7th Street #4, Miami FL 33125",
    "1340 Northwest 7th Street Apartment 4, Miami, Florida 33125-1234", "1340 NW 7 St Unit 4 Miami",
    "José Núñez, 1340 NW 7th St Apt 4, Miami, FL 33125, USA", "33125", "1340 33125",
    "jose.nunez@example.com", "JOSE.NUNEZ@EXAMPLE.COM", "<jose.nunez@example.com>", "mailto:jose.nunez@example.com",
    "José Núñez <jose.nunez@example.com>", '"Nunez, Jose" <jose.nunez@example.com>', "jose.nunez@exam",
    "S3", "s3", "S 3", "S#3", "S-3", "suppression 3", "suppression S3", "C5", "case 5", "Case C5", "M2", "message 2",
]  # fmt: skip


@pytest.mark.parametrize("typed", EXACT)
def test_one_person_is_found_however_it_is_written(desk: Desk, typed: str) -> None:
    found = views.find(desk.database, typed)
    names = {row.name for row in found.suppressions} | {
        case.request.person.name for case in found.cases if case.request
    }
    assert names == {"José Núñez"}
    assert found.near == ()


NEAR = {
    "jose nunes": ("nunez",),
    "Nuñes": ("nunez",),
    "555-0123": ("+13055550123",),
    "5550123": ("+13055550123",),
    "jose.nunez@exmaple.com": ("jose.nunez@example.com",),
    "jose.nunes@example.com": ("jose.nunez@example.com",),
    "josé.núñez@example.com": ("jose.nunez@example.com",),
    "1450 Brickel Ave Apt 2203, Miami, FL": ("brickell",),
    "Harold Finhc": ("finch",),
}


@pytest.mark.parametrize("typed", NEAR)
def test_what_is_nearly_right_finds_and_says_what_it_took_for_it(desk: Desk, typed: str) -> None:
    found = views.find(desk.database, typed)
    assert found.near == NEAR[typed]
    assert len({row.name for row in found.suppressions}) == 1


@pytest.mark.parametrize("typed", ["R9", "r 9", "review 9", "review R9", "ana@example.org", "Ruiz, Ana"])
def test_a_question_is_found_by_its_number_and_by_whom_it_is_about(desk: Desk, typed: str) -> None:
    assert [review.subject for review in views.find(desk.database, typed).reviews] == ["NO E-MAIL"]


NOBODY = [
    "", "  ", "305-555-0199", "555-0199", "S99", "case 3", "suppression C5", "FL", "Mr.", "1341 NW 7th St",
    "1340 NW 8th St", "jose.nunez@elsewhere.example", "hf@example.org", "x@example.com", "Miami, GA 30301",
]  # fmt: skip


@pytest.mark.parametrize("typed", NOBODY)
def test_what_is_somebody_else_or_nobody_finds_nothing(desk: Desk, typed: str) -> None:
    assert not views.find(desk.database, typed)


def test_an_erasure_takes_none_of_the_looser_ways(make_desk: Callable[[], Desk]) -> None:
    from allegro_privacy.errors import UsageError
    from allegro_privacy.store import journal
    from allegro_privacy.store.database import writing

    desk = make_desk()
    desk.take(letter(*JOSE), no_post(*JOSE, HOME))
    for typed in ("555-0123", "jose.nunez@exmaple.com", "J. Nunez", "1340 NW 7th St Apt 4, Miami, FL 33125"):
        with pytest.raises(UsageError), writing(desk.database):
            journal.erase(desk.database, typed, "Dana", NOON, "asked")
