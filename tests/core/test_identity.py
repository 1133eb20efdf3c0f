"""E-mail addresses, telephones and names: found in what people write, and folded into keys."""

# ruff: noqa: E501 - each case is one line of its table

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegro_privacy.core.identity import (
    email_key,
    find_emails,
    find_name,
    find_phones,
    name_key,
    phone_key,
    plus_tag_base,
    post_key,
    post_keys,
    relay_address,
    twins,
)
from allegro_privacy.core.person import Level, PostalAddress
from allegro_privacy.core.postal import find_addresses


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("rosa@example.com", "rosa@example.com"), ("  Rosa@Example.COM \n", "rosa@example.com"), ("ROSA@EXAMPLE.COM.", "rosa@example.com"), ("mailto:rosa@example.com", "rosa@example.com"),
        ("r.o.s.a@example.com", "r.o.s.a@example.com"), ("rosa+shop@example.com", "rosa+shop@example.com"), ("rosa@bücher.example", "rosa@xn--bcher-kva.example"),
        ("rosa@xn--bcher-kva.example", "rosa@xn--bcher-kva.example"), ("rosa@EXAMPLE。com", "rosa@example.com"), ("o'brien@example.com", "o'brien@example.com"), ("josé@example.com", "josé@example.com"),
        ('"rosa q"@example.com', '"rosa q"@example.com'),
        ("rosa", ""), ("", ""), ("@example.com", ""), ("rosa@", ""), ("rosa@example", ""), ("rosa@@example.com", ""), ("rosa@exa mple.com", ""), ("ro sa@example.com", ""), (".rosa@example.com", ""),
        ("rosa.@example.com", ""), ("ro..sa@example.com", ""), ("rosa@-example.com", ""), ("rosa@192.0.2.1", ""), ("a@b@example.com", ""), ("rosa@example.com\r\nBcc: x@example.com", ""), ("x" * 65 + "@example.com", ""),
    ],
)  # fmt: skip
def test_an_email_key_folds_what_is_always_the_same_and_nothing_else(written, key):
    assert email_key(written) == key


@given(st.text(max_size=80))
def test_an_email_key_is_its_own_key(text):
    key = email_key(text)
    assert email_key(key) == key


@pytest.mark.parametrize(
    ("address", "relay"),
    [("abc123@privaterelay.appleid.com", True), ("x@mozmail.com", True), ("x@duck.com", True), ("x@rosa.anonaddy.com", True), ("x@aleeas.com", True), ("x@example.com", False), ("x@notduck.com", False), ("", False)],
)  # fmt: skip
def test_forwarding_services_are_known(address, relay):
    assert relay_address(address) is relay


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("rosa+shop@example.com", "rosa@example.com"),
        ("rosa@example.com", None),
        ("+x@example.com", None),
        ("rosa+@example.com", None),
    ],
)
def test_the_address_without_its_plus_tag_is_a_suggestion(address, base):
    assert plus_tag_base(address) == base


def test_twins_are_the_same_name_at_the_providers_other_domains():
    assert twins("Rosa@GMAIL.com") == ("rosa@googlemail.com",)
    assert "rosa@outlook.com" in twins("rosa@live.com")
    assert twins("rosa@example.com") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to rosa@example.com.", ("rosa@example.com",)), ("<rosa@example.com>", ("rosa@example.com",)), ('"Rosa" <rosa@example.com>,', ("rosa@example.com",)), ("mailto:rosa@example.com?subject=x", ("rosa@example.com",)),
        ("(rosa@example.com)", ("rosa@example.com",)), ("rosa@example.com/bob@example.org", ("rosa@example.com", "bob@example.org")), ("rosa@example.com, ROSA@example.com", ("rosa@example.com",)),
        ("rosa (at) example.com", ("rosa@example.com",)), ("rosa [at] example.com", ("rosa@example.com",)), ("email:rosa@example.com", ("rosa@example.com",)), ("*rosa@example.com*", ("rosa@example.com",)),
        ("rosa.q+shop@mail.example.com!", ("rosa.q+shop@mail.example.com",)), ("'rosa@example.com'", ("rosa@example.com",)), ("mi correo es rosa@example.com y el otro ana@example.net", ("rosa@example.com", "ana@example.net")),
        ("no address", ()), ("a @ b", ()), ("rosa@example", ()), ("@rosa", ()),
    ],
)  # fmt: skip
def test_addresses_in_prose_are_found_in_order(text, found):
    assert find_emails(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("305-555-0123", ("+13055550123",)), ("(305) 555-0123", ("+13055550123",)), ("305.555.0123", ("+13055550123",)), ("305 555 0123", ("+13055550123",)), ("3055550123", ("+13055550123",)),
        ("+1 305 555 0123", ("+13055550123",)), ("1-305-555-0123", ("+13055550123",)), ("+13055550123", ("+13055550123",)), ("call 305-555-0123 or 786-555-0145.", ("+13055550123", "+17865550145")),
        ("tel: (305)555-0123, tel 305.555.0123", ("+13055550123",)), ("order 3055550123", ()), ("order # 305-555-0123", ()), ("customer number 3055550123", ()), ("105-555-0123", ()), ("305-155-0123", ()),
        ("33131-1234", ()), ("4111 1111 1111 1111", ()), ("12 Elm St, Miami FL 33131", ()), ("2026-11-20", ()), ("555-0123", ()),
    ],
)  # fmt: skip
def test_american_telephones_are_found(text, found):
    assert find_phones(text) == found


def test_a_phone_key_is_empty_for_what_cannot_be_called():
    assert phone_key("(305) 555-0123") == "+13055550123"
    assert phone_key("555-0123") == phone_key("") == phone_key("+44 20 7946 0000") == ""


@pytest.mark.parametrize(
    ("text", "display", "expected"),
    [
        ("Name: Rosa Quintero", "", ("Rosa Quintero", "label")), ("Nombre completo: Rosa Quintero Díaz\nCiudad: Miami", "", ("Rosa Quintero Díaz", "label")),
        ("Hello, my name is Rosa Quintero and I want out.", "", ("Rosa Quintero", "self")), ("Hola, soy Rosa Quintero.", "", ("Rosa Quintero", "self")), ("mi nombre es rosa quintero", "", ("rosa quintero", "self")),
        ("I'm Harold Finch Jr. and I am done", "", ("Harold Finch Jr.", "self")), ("Stop.\nThanks,\nRosa Quintero", "", ("Rosa Quintero", "closing")), ("Stop.\nSaludos,\n\nRosa Quintero\n305-555-0123", "", ("Rosa Quintero", "closing")),
        ("Stop.\nSincerely\nRosa", "", ("Rosa", "closing")), ("Stop.\n\nBest regards,\n- Rosa Q. Quintero", "", ("Rosa Q. Quintero", "closing")), ("stop", "Rosa Quintero", ("Rosa Quintero", "display-name")),
        ("stop", "QUINTERO DIAZ, ROSA", ("ROSA QUINTERO DIAZ", "display-name")), ("stop", "Finch, Jr., Harold", (None, "")), ("stop", "Harold Finch, Jr.", ("Harold Finch, Jr.", "display-name")), ("stop", "rosa@example.com", (None, "")), ("stop", "Customer Service", (None, "")),
        ("stop", "rosa1972", (None, "")), ("stop", "", (None, "")), ("I am not interested", "", (None, "")), ("This is my second request", "", (None, "")), ("I am tired", "", (None, "")), ("Soy cliente de ustedes", "", (None, "")),
        ("Thanks,\nSent from my iPhone", "", (None, "")), ("Thanks,\nThe privacy team", "", (None, "")), ("Thanks,\nPat Example", "Rosa Quintero", ("Rosa Quintero", "display-name")), ("Name: N/A", "Rosa Quintero", ("Rosa Quintero", "display-name")),
    ],
)  # fmt: skip
def test_the_writers_name_is_found(text, display, expected):
    assert find_name(text, display, ("Pat Example",)) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("José Pérez", "JOSE PEREZ", True), ("Quintero, Rosa", "Rosa Quintero", True), ("Dr. Rosa Quintero", "Rosa Quintero", True), ("Sr. Juan Pérez", "Juan Perez", True), ("Rosa Quintero-Díaz", "rosa quintero diaz", True),
        ("O'Brien, Pat", "Pat OBrien", True), ("Harold Finch, Jr.", "Harold Finch Junior", True), ("Rosa Quintero, MD", "Rosa Quintero", True), ("Harold Finch Jr", "Harold Finch Sr", False), ("Harold Finch Jr.", "Harold Finch", False),
        ("Harold Finch II", "Harold Finch III", False), ("Rosa Quintero", "Ana Quintero", False),
    ],
)  # fmt: skip
def test_name_keys_fold_spelling_but_keep_generations_apart(one, other, same):
    assert (name_key(one) == name_key(other)) is same


def elm() -> PostalAddress:
    return find_addresses("12 Elm St, Springfield, IL 62701")[0]


def test_post_keys_reach_as_far_as_the_level():
    assert post_keys("Rosa Quintero-Díaz", elm(), Level.INDIVIDUAL) == ("62701|12|elm|st|||rosa quintero diaz",)
    assert post_keys("Rosa Quintero-Díaz", elm(), Level.HOUSEHOLD) == (
        "62701|12|elm|st|||quintero",
        "62701|12|elm|st|||diaz",
    )
    assert post_keys("Bob and Mary Smith", elm(), Level.HOUSEHOLD) == ("62701|12|elm|st|||smith",)
    assert post_keys(None, elm(), Level.ADDRESS) == ("62701|12|elm|st||",)


def test_without_name_or_whole_address_there_is_no_personal_key():
    assert post_key(None, elm()) is None
    assert post_key("Rosa Quintero", PostalAddress("Miami")) is None
    assert post_keys("Rosa Quintero", PostalAddress("Miami"), Level.ADDRESS) == ()
