"""When the database is busy or gone: the page says so, the wish is kept, and recorded later; nothing is lost."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from endpoint_asked import NOW, ONE_CLICK, Shop

from allegro_privacy.store.database import open_database
from allegro_privacy.workflow import clicks, link_spool

CIRCULARS = b"wish=circulars&name=Rosa+Quintero&address=1450+Brickell+Ave+Apt+2203%0AMiami%2C+FL+33131"


def gone(shop: Shop) -> Callable[[], None]:
    away = shop.settings.database.with_name("away")
    shop.settings.database.rename(away)
    return lambda: away.rename(shop.settings.database) and None


def no_database(shop: Shop) -> Callable[[], None]:
    away = gone(shop)
    shop.settings.database.write_bytes(b"this is no database" * 400)
    return away


def held(shop: Shop) -> Callable[[], None]:
    other = open_database(shop.settings.database)
    other.run("BEGIN IMMEDIATE")
    return other.close


def recorded(shop: Shop) -> None:
    with open_database(shop.settings.database) as database:
        clicks.record_kept(database, clicks.books(shop.settings), shop.recorder.spool, lambda: NOW)


@pytest.mark.parametrize("fault", [gone, no_database, held], ids=lambda fault: fault.__name__)
def test_a_wish_is_kept_and_recorded_when_the_database_is_back(
    shop: Shop, fault: Callable[[Shop], Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clicks, "BUSY_MILLISECONDS", 50)
    mend = fault(shop)
    for token, body in (
        (shop.token(), ONE_CLICK),
        (shop.token(), CIRCULARS),
        (shop.token("ann@example.org"), ONE_CLICK),
    ):
        for _ in range(2):
            answer = shop.press(token, body)
            assert answer.status == 202
            assert "It is safely kept, but could not be put on the list yet" in answer.text
    kept = list(shop.recorder.spool.iterdir())
    assert len(kept) == 3, "the same wish twice is kept once"
    assert {path.stat().st_mode & 0o777 for path in (*kept, shop.recorder.spool)} == {0o600, 0o700}
    mend()
    recorded(shop)
    assert shop.suppressed() == {"email": 2, "post": 1}
    assert list(shop.recorder.spool.iterdir()) == []
    assert shop.press(shop.token()).status in (200, 202)
    assert shop.events().count("message-received") == 3


def test_the_thread_records_what_was_kept_by_itself(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clicks, "SPOOL_SECONDS", 0.2)
    mend = gone(shop)
    assert shop.press(shop.token()).status == 202
    mend()
    assert shop.press(shop.token("ann@example.org")).status in (200, 202)
    until = time.monotonic() + 20
    while link_spool.how_many(shop.recorder.spool) and time.monotonic() < until:
        time.sleep(0.05)
    assert shop.suppressed() == {"email": 2}


def test_nobody_waits_long_while_the_database_is_busy(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clicks, "BUSY_MILLISECONDS", 300)
    mend = held(shop)
    began = time.monotonic()
    assert {shop.press(shop.token(f"n{number}@example.com")).status for number in range(60)} == {202}
    assert time.monotonic() - began < 60 * 0.3, "one of them waited, not all"
    mend()
    recorded(shop)
    assert shop.suppressed() == {"email": 60}


def test_when_it_can_neither_be_recorded_nor_kept_the_page_says_so(shop: Shop) -> None:
    gone(shop)
    shop.recorder.spool.write_text("a file lies where the folder should be")
    answer = shop.press(shop.token())
    assert answer.status == 503
    assert "nothing was changed" in answer.text
    assert answer.headers["Retry-After"]
    health = shop.ask("GET", "/health")
    assert (health.status, health.text) == (503, '{"well": false, "database": false, "kept": 0}\n')


def test_the_health_page_tells_how_many_are_kept_and_names_nobody(shop: Shop) -> None:
    assert shop.ask("GET", "/health").text == '{"well": true, "database": true, "kept": 0}\n'
    gone(shop)
    shop.press(shop.token())
    answer = shop.ask("GET", "/health")
    assert (answer.status, answer.text) == (200, '{"well": true, "database": false, "kept": 1}\n')


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 2}', '{"schema": 1, "link": 1}', "\0" * 100])
def test_a_kept_file_that_is_damaged_is_set_aside_and_stops_nobody(shop: Shop, content: str) -> None:
    mend = gone(shop)
    shop.press(shop.token())
    (shop.recorder.spool / "0.json").write_text(content)
    mend()
    recorded(shop)
    assert [path.name for path in shop.recorder.spool.iterdir()] == ["0.bad"]
    assert shop.suppressed() == {"email": 1}


def test_a_database_that_was_replaced_is_found(shop: Shop, tmp_path: Path) -> None:
    assert shop.press(shop.token()).status == 200
    copy = tmp_path / "copy"
    with open_database(shop.settings.database) as database:
        database.run(f"VACUUM INTO '{copy}'")
    copy.replace(shop.settings.database)
    for end in ("-wal", "-shm"):
        Path(f"{shop.settings.database}{end}").unlink(missing_ok=True)
    assert shop.press(shop.token("ann@example.org")).status == 200
    assert shop.suppressed() == {"email": 2}


def test_a_kept_wish_counts_from_when_it_came(shop: Shop) -> None:
    mend = gone(shop)
    shop.press(shop.token())
    mend()
    later = NOW.replace(day=28)
    with open_database(shop.settings.database) as database:
        clicks.record_kept(database, clicks.books(shop.settings), shop.recorder.spool, lambda: later)
        assert database.value("SELECT received FROM messages") == "2026-11-25T12:00:00Z"
