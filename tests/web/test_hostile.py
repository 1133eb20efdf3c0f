"""What scanners, strangers and floods do to the endpoint, and what must come out (hostile.md, row 35)."""

import io
import logging
import re
import threading
from collections import Counter

import pytest
from endpoint_asked import NOW, ONE_CLICK, Shop

from allegro_privacy.store import journal, views
from allegro_privacy.store.database import open_database, writing
from allegro_privacy.web.app import CLIENT_AT_ONCE, TOKEN_AT_ONCE

FORGED = "k1." + "A" * 64


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing_and_says_so_little(shop: Shop, method: str) -> None:
    answer = shop.ask(method, f"/{shop.token()}")
    assert answer.status == 200
    assert shop.events() == []
    assert "rosa" not in answer.text
    assert int(answer.headers["Content-Length"]) > 1000
    assert (answer.body == b"") == (method == "HEAD")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "post", "", "GET\r\nX: y"])
def test_another_method_is_refused(shop: Shop, method: str) -> None:
    answer = shop.ask(method, f"/{shop.token()}", ONE_CLICK)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert shop.events() == []


def test_the_pages_are_the_same_for_known_and_unknown_addresses(shop: Shop) -> None:
    """No oracle: neither before nor after, neither the first nor the second time."""
    known, unknown = shop.token(), shop.token("somebody@example.org", "other")
    before = [shop.ask("GET", f"/{token}").body for token in (known, unknown)]
    pressed = [shop.press(token) for token in (known, known, unknown)]
    after = [shop.ask("GET", f"/{token}").body for token in (known, unknown)]
    assert len({*before, *after}) == 1
    assert len({(answer.status, answer.body) for answer in pressed}) == 1


@pytest.mark.parametrize("token", [FORGED, "k9." + "A" * 64, "x", "k1." + "A" * 43, "%00", "robots.txt"])
def test_a_token_that_is_none_gets_200_and_the_truth(shop: Shop, token: str) -> None:
    for method, body in (("GET", b""), ("POST", ONE_CLICK)):
        answer = shop.ask(method, f"/{token}", body)
        assert answer.status == 200
        assert "This link is not complete" in answer.text
    assert shop.events() == []


@pytest.mark.parametrize("path", ["", "/", "//"])
def test_without_a_token_there_is_nothing(shop: Shop, path: str) -> None:
    assert shop.ask("GET", path).status == 404


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/a/b", "/<script>alert(1)</script>", "/" + "é" * 99, "/\x00\x1b[2J", "/" + "A" * 9000],
)
def test_a_strange_path_is_shown_nowhere(shop: Shop, path: str) -> None:
    answer = shop.ask("GET", path)
    assert answer.status == 200
    assert "alert(1)" not in answer.text
    assert "passwd" not in answer.text


@pytest.mark.parametrize("length", ["", "5000", "99999999999", "-1", "x"])
def test_a_huge_body_is_not_read(shop: Shop, length: str) -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            Counting.taken += len(found)
            return found

    more = {"CONTENT_LENGTH": length, "wsgi.input": Counting(b"x" * 100_000), "wsgi.input_terminated": True}
    answer = shop.ask("POST", f"/{shop.token()}", **more)
    assert answer.status == 413
    assert Counting.taken <= 4097
    assert shop.events() == []


def test_a_hundred_at_once_are_one_row_and_one_event(shop: Shop) -> None:
    token, statuses = shop.token(), Counter[int]()
    threads = [threading.Thread(target=lambda: statuses.update([shop.press(token).status])) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == {200: TOKEN_AT_ONCE, 429: 100 - TOKEN_AT_ONCE}
    assert shop.events() == ["message-received", "suppressed"]
    assert shop.suppressed() == {"email": 1}


def test_a_flood_from_one_client_is_slowed_and_others_are_not(shop: Shop) -> None:
    statuses = Counter(shop.ask("GET", f"/{FORGED}").status for _ in range(CLIENT_AT_ONCE + 40))
    assert statuses == {200: CLIENT_AT_ONCE, 429: 40}
    assert shop.ask("GET", f"/{shop.token()}", client="192.0.2.2").status == 200
    refused = shop.ask("GET", f"/{FORGED}")
    assert refused.headers["Retry-After"] == "60"
    shop.ticks[0] += 60
    assert shop.ask("GET", f"/{FORGED}").status == 200


def test_a_providers_many_posts_from_one_address_are_all_taken(shop: Shop) -> None:
    """Gmail's come from few addresses, some thousands after a campaign."""
    tokens = [shop.token(f"n{number}@gmail.com") for number in range(CLIENT_AT_ONCE * 3)]
    assert {shop.press(token).status for token in tokens} == {200}
    assert shop.suppressed() == {"email": len(tokens)}


def test_pressing_again_after_staff_put_them_back_asks_anew(shop: Shop) -> None:
    token = shop.token()
    shop.press(token)
    with open_database(shop.settings.database) as database:
        number = database.value("SELECT event FROM suppressions")
        with writing(database):
            journal.lift(database, f"S{number}", "She called on 25 November and wants it again", "dana", NOW)
    assert shop.suppressed() == {}
    assert {shop.press(token).status for _ in range(3)} == {200}
    assert shop.suppressed() == {"email": 1}
    assert shop.events().count("suppressed") == 2


def test_a_burst_from_one_company_is_recorded_and_flagged(shop: Shop) -> None:
    for number in range(8):
        shop.press(shop.token(f"n{number}@company.example"))
        shop.press(shop.token(f"n{number}@gmail.com"))
    assert shop.suppressed() == {"email": 16}
    with open_database(shop.settings.database) as database:
        flagged = [
            "link-scanner" in str(views.timeline(database, f"n{number}@{domain}"))
            for domain in ("company.example", "gmail.com")
            for number in range(8)
        ]
    assert flagged == [False] * 4 + [True] * 4 + [False] * 8


def test_the_log_names_nobody(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        shop.press(shop.token())
        shop.press(shop.token(), b"wish=circulars&name=Rosa+Quintero&address=1450+Brickell+Ave%0AMiami%2C+FL+33131")
        shop.press(FORGED)
        shop.settings.database.rename(shop.settings.database.with_suffix(".away"))
        shop.press(shop.token("late@example.com"))
    assert len(caplog.records) >= 3
    assert not re.search(r"(?i)rosa|late|example|brickell|192\.0|k1\.|AAAA", caplog.text)


def test_nothing_typed_becomes_markup(shop: Shop) -> None:
    body = b"wish=circulars&name=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%00%1b&address="
    answer = shop.press(shop.token(), body)
    assert answer.status == 400
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert shop.events() == []


def test_a_card_number_that_is_typed_is_not_kept(shop: Shop) -> None:
    shop.press(shop.token(), b"wish=circulars&name=Rosa&address=4111+1111+1111+1111%0AMiami")
    with open_database(shop.settings.database) as database:
        assert "1111 1111" not in str(views.timeline(database, "rosa@example.com"))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_every_answer_forbids_all_that_a_page_could_load_run_or_tell(shop: Shop, method: str) -> None:
    headers = shop.ask(method, f"/{shop.token()}", ONE_CLICK).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert {"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers
