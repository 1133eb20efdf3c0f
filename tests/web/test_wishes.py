"""What can be asked on the page goes the way of every other request, and ends where it belongs."""

import pytest
from endpoint_asked import Shop

from allegro_privacy.core.decision import Verdict
from allegro_privacy.store import views
from allegro_privacy.store.database import open_database
from allegro_privacy.store.rows import Review

WHOLE = b"&address=1450+Brickell+Ave+Apt+2203%0D%0AMiami%2C+FL+33131"


def reviews(shop: Shop) -> list[Review]:
    with open_database(shop.settings.database, read_only=True) as database:
        return list(views.open_reviews(database))


def doubts(shop: Shop) -> list[str]:
    return [doubt.doubt.value for one in reviews(shop) for asked in one.asked for doubt in asked.request.doubts]


def test_circulars_go_the_postal_way_and_leave_e_mail_alone(shop: Shop) -> None:
    assert shop.press(shop.token(), b"wish=circulars&name=Rosa+Quintero" + WHOLE).status == 200
    assert shop.suppressed() == {"post": 1}
    assert reviews(shop) == []


INCOMPLETE = {
    "no town": (b"&address=1450+Brickell+Ave", "incomplete-address"),
    "no address at all": (b"&address=the+blue+house", "incomplete-address"),
    "two addresses": (WHOLE + b"%0A%0A12+Oak+St%0AMiami%2C+FL+33144", "incomplete-address"),
    "another country": (b"&address=Calle+Mayor+5%0A28013+Madrid%0ASpain", "foreign-address"),
}


@pytest.mark.parametrize("how", INCOMPLETE)
def test_an_address_that_cannot_be_matched_waits_for_a_person(shop: Shop, how: str) -> None:
    address, doubt = INCOMPLETE[how]
    assert shop.press(shop.token(), b"wish=circulars&name=Rosa+Quintero" + address).status == 200
    assert shop.suppressed() == {}
    assert doubts(shop) == [doubt]


@pytest.mark.parametrize("body", [b"wish=circulars", b"wish=circulars&name=Rosa", b"wish=circulars&name=+" + WHOLE])
def test_what_is_missing_is_asked_for_and_what_was_typed_stays(shop: Shop, body: bytes) -> None:
    answer = shop.press(shop.token(), body, query="lang=es")
    assert (answer.status, answer.headers["Content-Language"]) == (400, "es")
    assert "Falta algo" in answer.text
    assert ("Rosa" in answer.text) == (b"Rosa" in body)
    assert shop.events() == []


def test_not_my_address_stops_the_mail_at_once_and_asks_a_person(shop: Shop) -> None:
    assert shop.press(shop.token(), b"wish=not-mine").status == 200
    assert shop.suppressed() == {"email": 1}
    (one,) = reviews(shop)
    assert [(asked.request.kind, asked.verdict) for asked in one.asked] == [("correction", Verdict.ASK)]
    assert doubts(shop) == ["someone-else"]


def test_all_three_wishes_of_one_link_are_three_messages(shop: Shop) -> None:
    for body in (b"wish=stop", b"wish=not-mine", b"wish=circulars&name=Rosa+Quintero" + WHOLE) * 2:
        assert shop.press(shop.token(), body).status == 200
    assert shop.events().count("message-received") == 3
    assert shop.suppressed() == {"email": 1, "post": 1}


def test_a_link_of_another_campaign_is_another_message_about_the_same_suppression(shop: Shop) -> None:
    shop.press(shop.token())
    shop.press(shop.token(campaign="next"))
    assert shop.events() == ["message-received", "suppressed", "message-received", "already-suppressed"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-US,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("fr, de;q=0.9", "en"),
        ("fr, es;q=0.2", "es"),
        ("en;q=0, es;q=0.1", "es"),
        ("*", "en"),
        (";;;,=,q=q," * 500, "en"),
    ],
)
def test_the_page_speaks_the_language_that_is_asked_for(shop: Shop, header: str, language: str) -> None:
    answer = shop.ask("GET", f"/{shop.token()}", HTTP_ACCEPT_LANGUAGE=header)
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text
    other = {"en": "es", "es": "en"}[language]
    switched = shop.ask("GET", f"/{shop.token()}", query=f"lang={other}", HTTP_ACCEPT_LANGUAGE=header)
    assert switched.headers["Content-Language"] == other
