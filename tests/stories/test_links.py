"""The link at the bottom of each e-mail, from the campaign's list to the suppression."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from office import Desk

URL = "https://www.allegromusiccenter.com/optout"
ROWS = "E-mail,Name\nrosa@example.com,Rosa\nann@example.org,Ann\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office that has links."""
    office = Desk(tmp_path)
    assert office.run("init", "-q").code == 0
    config, key = tmp_path / "allegro-privacy.toml", tmp_path / "links-k1.key"
    key.write_text("a secret of more than thirty-two signs\n")
    key.chmod(0o600)
    text = config.read_text().replace('url = ""', f'url = "{URL}/"', 1).replace('key = ""', 'key = "k1"', 1)
    config.write_text(text + '\n[link_key.k1]\nkey_file = "links-k1.key"\n')
    return office


def linked(desk: Desk, content: bytes, *options: str, code: int = 0) -> bytes:
    (desk.folder / "list.csv").write_bytes(content)
    out = desk.folder / "exports" / "list-sale.linked.csv"
    out.unlink(missing_ok=True)
    ran = desk.run("links", "list.csv", "--campaign", "sale", "-q", *options)
    assert ran.code == code, ran.text
    return out.read_bytes() if out.exists() else b""


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_every_row_gets_a_link_of_its_own_and_both_headers(desk: Desk) -> None:
    rosa, ann = rows(linked(desk, ROWS.encode()))
    assert rosa["link"].startswith(f"{URL}/k1.")
    assert rosa["link"] != ann["link"]
    assert rosa["List-Unsubscribe"].startswith(f"<{rosa['link']}>, <mailto:unsubscribe@allegromusiccenter.com?subject=")
    assert rosa["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


AS_THEY_COME = {
    "CR LF": b"E-mail,Name\r\nrosa@example.com,Rosa\r\n",
    "no line end at the end": b"E-mail,Name\nrosa@example.com,Rosa",
    "a byte order mark": b"\xef\xbb\xbfE-mail,Name\nrosa@example.com,Rosa\n",
    "Windows-1252": b"E-mail,Name\nrosa@example.com,Jos\xe9 N\xfa\xf1ez\n",
    "semicolons": b"E-mail;Name\nrosa@example.com;Rosa\n",
    "tabs": b"E-mail\tName\nrosa@example.com\tRosa\n",
    "cells over several lines": b'E-mail,Name\nrosa@example.com,"Rosa\n""Q"", Miami"\n',
    "blank lines": b"E-mail,Name\n\nrosa@example.com,Rosa\n\n\n",
    "blanks and quotes of its own": b'"E-mail" , "Name"\n" rosa@example.com ", "Rosa"\n',
    "formulas": b"E-mail,Name\nrosa@example.com,=1+1\n",
}


@pytest.mark.parametrize("how", AS_THEY_COME)
def test_what_was_there_stays_byte_for_byte(desk: Desk, how: str) -> None:
    """Each line of the list is the beginning of the same line with links."""
    content = AS_THEY_COME[how]
    found = linked(desk, content)
    assert found.count(b"k1.") == 3
    position = 0
    for line in content.splitlines(keepends=True):
        text = line.rstrip(b"\r\n")
        assert found[position : position + len(text)] == text
        position = found.index(line[len(text) :], position + len(text)) + len(line) - len(text) if line != text else 0


def test_utf_16_stays_utf_16(desk: Desk) -> None:
    found = linked(desk, ROWS.encode("utf-16")).decode("utf-16")
    assert found.splitlines()[1].startswith("rosa@example.com,Rosa,https://")


def test_who_asked_already_is_told_and_gets_no_link(desk: Desk) -> None:
    asked = desk.run("record", "call", "--channel", "email", "--email", "Rosa@Example.com", "--yes", "--no-input")
    assert asked.code == 0, asked.err
    found = linked(desk, ROWS.encode(), code=4)
    assert found.splitlines()[1] == b"rosa@example.com,Rosa,,,"
    told = desk.run("links", "list.csv", "--campaign", "again", "--json")
    assert (told.code, told.json["linked"], told.json["suppressed_lines"]) == (4, 1, [2])


def test_a_row_without_an_address_is_told_and_one_without_its_cells_is_left_alone(desk: Desk) -> None:
    found = linked(desk, ROWS.encode() + b"nobody,Nobody\nmax@example.net\n", code=3)
    assert found.splitlines()[3:] == [b"nobody,Nobody,,,", b"max@example.net"]


REFUSED = {
    "no address in it": (b"Name,City\nRosa,Miami\n", (), "no column of e-mail addresses"),
    "two addresses": (b"E-mail,Email 2\na@example.com,b@example.com\n", (), "several columns"),
    "links already": (b"E-mail,link\na@example.com,x\n", (), "has links already"),
    "a campaign that is none": (ROWS.encode(), ("--campaign", "Spring Sale!"), "cannot be the name of a campaign"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_linked_is_refused_and_nothing_is_left(desk: Desk, how: str) -> None:
    content, options, told = REFUSED[how]
    (desk.folder / "list.csv").write_bytes(content)
    ran = desk.run("links", "list.csv", "--campaign", "sale", *options)
    assert ran.code == 2
    assert told in ran.err
    assert not list((desk.folder).glob("exports/*"))


def test_nothing_is_overwritten(desk: Desk) -> None:
    first = linked(desk, ROWS.encode())
    ran = desk.run("links", "list.csv", "--campaign", "sale")
    assert ran.code == 1
    assert "already there" in ran.err
    assert (desk.folder / "exports" / "list-sale.linked.csv").read_bytes() == first


KEYS: dict[str, tuple[str, int, str]] = {
    "too short": ("short\n", 2, "too short"),
    "open to others": ("a secret of more than thirty-two signs\n", 1, "not safe where it is"),
    "empty": ("\n", 1, "empty"),
}


@pytest.mark.parametrize("how", KEYS)
def test_a_key_that_is_not_safe_is_refused(desk: Desk, how: str) -> None:
    content, code, told = KEYS[how]
    (desk.folder / "links-k1.key").write_text(content)
    (desk.folder / "links-k1.key").chmod(0o644 if how == "open to others" else 0o600)
    (desk.folder / "list.csv").write_text(ROWS)
    ran = desk.run("links", "list.csv", "--campaign", "sale")
    assert ran.code == code
    assert told in ran.err
    assert "thirty-two" not in ran.err


def test_without_links_in_the_configuration_it_says_what_to_fill_in(tmp_path: Path) -> None:
    office = Desk(tmp_path)
    office.run("init", "-q")
    (tmp_path / "list.csv").write_text(ROWS)
    for command in (("links", "list.csv", "--campaign", "sale"), ("serve",)):
        ran = office.run(*command)
        assert (ran.code, "[links]" in ran.err) == (2, True)


def test_a_mail_of_the_button_stops_the_mail_of_the_link_whoever_sends_it(desk: Desk) -> None:
    rosa = rows(linked(desk, ROWS.encode()))[0]
    token = rosa["link"].rpartition("/")[2]
    desk.mail("1.eml", f"unsubscribe {token}", sender="assistant@example.net")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    found: Any = json.loads(desk.run("find", "rosa@example.com", "--json").out)
    assert len(found["suppressions"]) == 1
    assert desk.run("find", "assistant@example.net", "--json").json["suppressions"] == []
    assert "link of the campaign sale" in desk.run("why", "rosa@example.com").out
