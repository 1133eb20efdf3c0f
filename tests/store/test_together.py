"""Several processes at once: nothing is lost, nothing is doubled."""

from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from recorded_people import Desk, letter, no_email

from allegro_privacy.store import views
from allegro_privacy.store.database import open_database

PROCESSES, MESSAGES = 6, 120


def pull(path: Path, shift: int) -> None:
    """Everybody records the same messages, each beginning at another place, half of them with one person's address."""
    with open_database(path) as database:
        desk = Desk(path, database)
        for number in range(MESSAGES):
            number = (number + shift * MESSAGES // PROCESSES) % MESSAGES
            email = "same@example.com" if number % 2 else f"person{number}@example.com"
            desk.take(letter(f"Person {number}", email), no_email(f"Person {number}", email))


def test_six_processes_record_the_same_messages_once(desk: Desk, make_desk: Callable[[], Desk]) -> None:
    context = get_context("spawn")
    pullers = [context.Process(target=pull, args=(desk.path, shift)) for shift in range(PROCESSES)]
    for puller in pullers:
        puller.start()
    for puller in pullers:
        puller.join()
    assert [puller.exitcode for puller in pullers] == [0] * PROCESSES
    assert desk.count("messages") == MESSAGES
    assert desk.count("suppressions") == MESSAGES // 2 + 1
    assert desk.count("ledger", "kind = 'already-suppressed'") == MESSAGES // 2 - 1
    assert desk.count("sightings") == MESSAGES
    assert views.verify(make_desk().database) == []
