"""RFC 8058 point by point, as far as it is ours: the headers that `links` writes, and what a POST to them does."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from endpoint_asked import ONE_CLICK, Shop

from allegro_privacy.workflow.linking import ONE_CLICK as HEADER
from allegro_privacy.workflow.linking import Maker

MULTIPART = (
    b"--xyz\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--xyz--\r\n"
)  # fmt: skip


@pytest.fixture
def cells(shop: Shop) -> tuple[str, str, str]:
    return Maker("https://shop.example/optout", "unsubscribe@shop.example", shop.keys).cells("rosa@example.com", "sale")


# What the sender must write (3.1)


def test_the_header_has_one_https_uri_and_may_have_others(cells: tuple[str, str, str]) -> None:
    uris = re.findall(r"<([^>]+)>", cells[1])
    assert [urlsplit(uri).scheme for uri in uris] == ["https", "mailto"]
    assert ", ".join(f"<{uri}>" for uri in uris) == cells[1]


def test_the_other_header_is_exactly_the_pair(cells: tuple[str, str, str]) -> None:
    assert cells[2] == HEADER == "List-Unsubscribe=One-Click"


def test_the_uri_holds_enough_to_know_the_recipient_and_the_list_and_nothing_to_guess(
    shop: Shop, cells: tuple[str, str, str]
) -> None:
    link = shop.keys.read(urlsplit(cells[0]).path.rpartition("/")[2])
    assert link is not None
    assert (link.email, link.campaign) == ("rosa@example.com", "sale")
    assert "rosa" not in cells[0]


def test_the_mail_of_the_other_uri_carries_the_same_token(cells: tuple[str, str, str]) -> None:
    mailto = urlsplit(re.findall(r"<(mailto:[^>]+)>", cells[1])[0])
    assert mailto.path == "unsubscribe@shop.example"
    assert unquote(mailto.query) == f"subject=unsubscribe {cells[0].rpartition('/')[2]}"


def test_every_part_is_printable_ascii_and_short_enough_for_a_header_line(cells: tuple[str, str, str]) -> None:
    for cell in cells:
        assert re.fullmatch(r"[ -~]+", cell)
        assert max(map(len, cell.split(" "))) < 998 - 30, "RFC 5322 2.1.1"


# What the POST does (3.2)

BODIES = {
    "urlencoded, as the RFC shows it": (ONE_CLICK, "application/x-www-form-urlencoded"),
    "urlencoded, with a charset": (ONE_CLICK, "application/x-www-form-urlencoded; charset=utf-8"),
    "multipart, as the RFC shows it": (MULTIPART, "multipart/form-data; boundary=xyz"),
    "multipart, the boundary in quotes": (MULTIPART, 'multipart/form-data; charset=utf-8; boundary="xyz"'),
    "its type in capitals": (ONE_CLICK, "Application/X-WWW-Form-URLEncoded"),
    "with other pairs beside it": (ONE_CLICK + b"&x=1", "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("how", BODIES)
def test_a_post_of_the_pair_unsubscribes(shop: Shop, how: str) -> None:
    body, type_ = BODIES[how]
    answer = shop.press(shop.token(), body, type_=type_)
    assert answer.status == 200
    assert shop.suppressed() == {"email": 1}
    assert shop.events() == ["message-received", "suppressed"]


def test_it_needs_no_cookie_and_no_authorisation_and_gets_none(shop: Shop) -> None:
    answer = shop.press(shop.token())
    assert {"Set-Cookie", "WWW-Authenticate", "Location"}.isdisjoint(answer.headers)


def test_it_is_never_redirected(shop: Shop) -> None:
    for path in (f"/{shop.token()}", f"/{shop.token()}/"):
        assert shop.ask("POST", path, ONE_CLICK).status == 200


def test_a_get_changes_nothing(shop: Shop) -> None:
    for query in ("", "List-Unsubscribe=One-Click", "wish=stop", "lang=es"):
        assert shop.ask("GET", f"/{shop.token()}", query=query).status == 200
    assert shop.events() == []


NOT_THE_PAIR = {
    "no body": b"",
    "another value": b"List-Unsubscribe=Two-Click",
    "other letters": b"list-unsubscribe=one-click",
    "no value": b"List-Unsubscribe=",
    "the pair in another field": b"x=List-Unsubscribe%3DOne-Click",
    "another wish": b"wish=everything",
    "JSON": b'{"List-Unsubscribe": "One-Click"}',
    "another first": b"List-Unsubscribe=No&List-Unsubscribe=One-Click",
    "a hundred fields before it": b"&".join(b"a%d=1" % number for number in range(100)) + b"&" + ONE_CLICK,
    "not UTF-8": b"List-Unsubscribe=One-Click\xff\xfe",
}


@pytest.mark.parametrize("how", NOT_THE_PAIR)
def test_a_post_of_anything_else_does_nothing(shop: Shop, how: str) -> None:
    assert shop.press(shop.token(), NOT_THE_PAIR[how]).status == 400
    assert shop.events() == []


@pytest.mark.parametrize(
    "type_", ["", "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary="]
)
def test_a_post_of_another_type_does_nothing(shop: Shop, type_: str) -> None:
    assert shop.press(shop.token(), type_=type_).status == 400
    assert shop.events() == []


def test_the_list_of_one_channel_is_left_and_no_other(shop: Shop) -> None:
    shop.press(shop.token())
    assert shop.suppressed() == {"email": 1}
