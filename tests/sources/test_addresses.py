"""The strict grammar of one address (hostile.md 9): what two readers could read differently is called bad."""

from email.utils import parseaddr

import pytest

from allegro_privacy.core.message import Mailbox
from allegro_privacy.sources.addresses import read_addresses

PLAIN = {
    "a bare address": ("rosa@example.com", "", "rosa@example.com"),
    "a name and an address": ("Rosa Quintero <rosa@example.com>", "Rosa Quintero", "rosa@example.com"),
    "a quoted name with a comma": ('"Quintero, Rosa" <rosa@example.com>', "Quintero, Rosa", "rosa@example.com"),
    "an escaped quote in the name": (r'"Rosa \"R\" Q" <rosa@example.com>', 'Rosa "R" Q', "rosa@example.com"),
    "the name in a comment": ("rosa@example.com (Rosa Q)", "Rosa Q", "rosa@example.com"),
    "a nested comment after it": ("rosa@example.com (a (b) c)", "a (b) c", "rosa@example.com"),
    "an address in angles only": ("<rosa@example.com>", "", "rosa@example.com"),
    "dots in the name": ("Rosa M. Q. <rosa@example.com>", "Rosa M. Q.", "rosa@example.com"),
    "an encoded name": ("=?utf-8?q?Ros=C3=A1?= <rosa@example.com>", "Rosá", "rosa@example.com"),
    "the same address as name": ('"Rosa@example.com" <rosa@example.com>', "Rosa@example.com", "rosa@example.com"),
    "the same address as unquoted name": (
        "rosa@example.com <rosa@example.com>",
        "rosa@example.com",
        "rosa@example.com",
    ),
    "a quoted local part": ('"rosa q"@example.com', "", '"rosa q"@example.com'),
    "two dots": ("rosa..q@example.com", "", "rosa..q@example.com"),
    "a leading dot": (".rosa@example.com", "", ".rosa@example.com"),
    "signs in the local part": ("o'brien+x=y@example.com", "", "o'brien+x=y@example.com"),
    "upper case, kept": ("Rosa@Example.COM", "", "Rosa@Example.COM"),
    "a trailing dot, kept": ("rosa@example.com.", "", "rosa@example.com."),
    "an address literal": ("rosa@[192.0.2.1]", "", "rosa@[192.0.2.1]"),
    "an international domain": ("rosa@пример.example", "", "rosa@пример.example"),
    "one label": ("root@localhost", "", "root@localhost"),
}

BAD = {
    "another address as unquoted name": "alice@example.org <bob@evil.example>",
    "two at signs": "a@b@example.com",
    "a comma in an unquoted name": "Quintero, Rosa <rosa@example.com>",
    "no closing angle": "Rosa <rosa@example.com",
    "no opening angle": "Rosa rosa@example.com>",
    "two angles": "<rosa@example.com> <eve@evil.example>",
    "nested angles": "<<rosa@example.com>>",
    "text after the angle": "<rosa@example.com> rosa",
    "a group": "Friends: rosa@example.com, eve@example.com;",
    "a semicolon as separator": "rosa@example.com; eve@example.com",
    "a route": "<@a.example:rosa@example.com>",
    "a scheme": "<mailto:rosa@example.com>",
    "a comment inside": "rosa(x)@example.com",
    "spaces inside": "rosa @ example.com",
    "an empty label": "rosa@example..com",
    "a hyphen first": "rosa@-example.com",
    "only a name": "Rosa",
    "nothing in the angles": "Rosa <>",
    "an unclosed quote": '"Rosa <rosa@example.com>',
    "an unclosed comment": "rosa@example.com (Rosa",
    "an encoded address": "=?utf-8?q?Rosa_=3Crosa=40evil.example=3E?=",
    "an encoded local part": "=?utf-8?q?rosa?=@example.com",
    "a direction mark": "rosa@example.com\u202e",
    "a zero-width space": "rosa@exam\u200bple.com",
    "a soft hyphen": "ro\u00adsa@example.com",
    "a full-width dot": "rosa@example．com",
    "a control character": "rosa@example.com\x0b",
    "too long": "a" * 65 + "@example.com",
    "a broken literal": "foo <a@[>",
}


@pytest.mark.parametrize(("value", "name", "email"), PLAIN.values(), ids=PLAIN)
def test_a_plain_address_is_read(value: str, name: str, email: str) -> None:
    found = read_addresses(value.encode())
    assert found.mailboxes == (Mailbox(name, email),)
    assert not found.bad
    assert not found.in_name


@pytest.mark.parametrize("value", [value for value, _, _ in PLAIN.values()], ids=PLAIN)
def test_the_standard_library_agrees_on_what_is_plain(value: str) -> None:
    assert parseaddr(value)[1].replace("\\", "") == read_addresses(value.encode()).mailboxes[0].email


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_a_doubtful_address_is_called_bad(value: str) -> None:
    assert read_addresses(value.encode()).bad


def test_a_name_that_shows_another_address_is_told() -> None:
    found = read_addresses(b'"bob@evil.example" <alice@example.com>')
    assert found.in_name
    assert found.mailboxes == (Mailbox("bob@evil.example", "alice@example.com"),)


def test_of_a_bad_value_the_address_is_kept_for_a_person_to_see() -> None:
    found = read_addresses(b"Quintero, Rosa <rosa@example.com>")
    assert [mailbox.email for mailbox in found.mailboxes] == ["rosa@example.com"]


def test_hidden_recipients_are_no_mailbox() -> None:
    assert read_addresses(b"undisclosed-recipients:;").mailboxes == ()


def test_several_recipients_are_all_read() -> None:
    found = read_addresses(b'rosa@example.com, "Finch, Harold" <hf@example.com>')
    assert [mailbox.email for mailbox in found.mailboxes] == ["rosa@example.com", "hf@example.com"]
    assert not found.bad
