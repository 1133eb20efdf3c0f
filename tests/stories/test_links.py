"""The link at the bottom of each e-mail, from the campaign's list to the suppression."""

import csv
import io
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from office import Desk

from allegro_privacy import config
from allegro_privacy.core.clicked import Clicked, Wish
from allegro_privacy.core.link_token import Link
from allegro_privacy.errors import PrivacyError, UsageError
from allegro_privacy.store.database import open_database
from allegro_privacy.workflow import link_spool, linking

URL = "https://www.allegromusiccenter.com/optout"
ROWS = "E-mail,Name\nrosa@example.com,Rosa\nann@example.org,Ann\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    assert Desk(folder).run("init", "-q").code == 0
    return folder


@pytest.fixture
def desk(tmp_path: Path, installed: Path) -> Desk:
    """An office that has links."""
    office = Desk(tmp_path)
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    path, key = tmp_path / "allegro-privacy.toml", tmp_path / "links-k1.key"
    key.write_text("a secret of more than thirty-two signs\n")
    key.chmod(0o600)
    text = path.read_text().replace('url = ""', f'url = "{URL}/"', 1).replace('key = ""', 'key = "k1"', 1)
    path.write_text(text + '\n[link_key.k1]\nkey_file = "links-k1.key"\n')
    return office


def linked(desk: Desk, content: bytes, campaign: str = "sale") -> tuple[bytes, linking.Done]:
    """What `links` writes for a list, without a process."""
    source = desk.folder / "list.csv"
    source.write_bytes(content)
    settings = config.load(desk.folder / config.FILE_NAME)
    with open_database(settings.database, read_only=True) as database:
        done = linking.run(settings, database, linking.Errand(source, campaign), lambda _: None)
    return done.path.read_bytes(), done


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_every_row_gets_a_link_of_its_own_and_both_headers(desk: Desk) -> None:
    rosa, ann = rows(linked(desk, ROWS.encode())[0])
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
    content = AS_THEY_COME[how]
    found, done = linked(desk, content)
    assert done.linked == 1
    ours = rb"[,;\t](?:link[,;\t]List-Unsubscribe[,;\t]List-Unsubscribe-Post|https://[^\r\n]*=One-Click)"
    without, number = re.subn(ours, b"", found)
    assert (without, number) == (content, 2)


def test_utf_16_stays_utf_16(desk: Desk) -> None:
    found, _ = linked(desk, ROWS.encode("utf-16"))
    assert found.decode("utf-16").splitlines()[1].startswith("rosa@example.com,Rosa,https://")


def test_who_asked_already_is_told_and_gets_no_link(desk: Desk) -> None:
    asked = desk.run("record", "call", "--channel", "email", "--email", "Rosa@Example.com", "--yes", "--no-input")
    assert asked.code == 0, asked.err
    (desk.folder / "list.csv").write_text(ROWS)
    told = desk.run("links", "list.csv", "--campaign", "sale", "--json")
    assert (told.code, told.json["linked"], told.json["suppressed_lines"]) == (4, 1, [2])
    assert Path(told.json["file"]).read_bytes().splitlines()[1] == b"rosa@example.com,Rosa,,,"


def test_a_row_without_an_address_is_told_and_one_without_its_cells_is_left_alone(desk: Desk) -> None:
    found, done = linked(desk, ROWS.encode() + b"nobody,Nobody\nmax@example.net\n")
    assert found.splitlines()[3:] == [b"nobody,Nobody,,,", b"max@example.net"]
    assert (done.linked, done.unusable_lines) == (2, [4, 5])


REFUSED = {
    "no address in it": (b"Name,City\nRosa,Miami\n", "sale", "no column of e-mail addresses"),
    "two addresses": (b"E-mail,Email 2\na@example.com,b@example.com\n", "sale", "several columns"),
    "links already": (b"E-mail,link\na@example.com,x\n", "sale", "has links already"),
    "a campaign that is none": (ROWS.encode(), "Spring Sale!", "cannot be the name of a campaign"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_linked_is_refused_and_nothing_is_left(desk: Desk, how: str) -> None:
    content, campaign, told = REFUSED[how]
    with pytest.raises(UsageError) as refused:
        linked(desk, content, campaign)
    assert told in refused.value.what
    assert not list((desk.folder).glob("exports/*"))


def test_nothing_is_overwritten(desk: Desk) -> None:
    first, done = linked(desk, ROWS.encode())
    with pytest.raises(PrivacyError, match="already there"):
        linked(desk, ROWS.encode())
    assert done.path.read_bytes() == first


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
    with pytest.raises(PrivacyError) as refused:
        linked(desk, ROWS.encode())
    assert refused.value.exit_code == code
    assert told in f"{refused.value.what} {refused.value.why}"
    assert "thirty-two" not in f"{refused.value.what} {refused.value.why}"


def test_without_links_in_the_configuration_it_says_what_to_fill_in(tmp_path: Path) -> None:
    office = Desk(tmp_path)
    office.run("init", "-q")
    (tmp_path / "list.csv").write_text(ROWS)
    for command in (("links", "list.csv", "--campaign", "sale"), ("serve",)):
        ran = office.run(*command)
        assert (ran.code, "[links]" in ran.err) == (2, True)


def test_a_mail_of_the_button_stops_the_mail_of_the_link_whoever_sends_it(desk: Desk) -> None:
    rosa = rows(linked(desk, ROWS.encode())[0])[0]
    token = rosa["link"].rpartition("/")[2]
    desk.mail("1.eml", f"unsubscribe {token}", sender="assistant@example.net")
    assert desk.run("pull", "eml:mail", "-q").code == 0
    found: Any = json.loads(desk.run("find", "rosa@example.com", "--json").out)
    assert len(found["suppressions"]) == 1
    assert desk.run("find", "assistant@example.net", "--json").json["suppressions"] == []
    assert "link of the campaign sale" in desk.run("why", "rosa@example.com").out


def test_what_was_kept_is_named_by_doctor_and_recorded_by_the_next_pull(desk: Desk) -> None:
    settings = config.load(desk.folder / config.FILE_NAME)
    folder = link_spool.folder_of(settings)
    link_spool.keep(folder, Clicked(Link("rosa@example.com", "sale"), Wish.STOP, datetime(2026, 11, 20, tzinfo=UTC)))
    desk.mail("1.eml", "an order")
    (check,) = [each for each in desk.run("doctor", "--json").json["checks"] if each["check"] == "links"]
    assert (check["well"], "1 wait" in check["found"]) == (False, True)
    assert "behind links while the database was away: 1" in desk.run("pull", "eml:mail").text
    assert desk.run("status", "--json").json["suppressed"] == {"email": 1}
    assert list(folder.iterdir()) == []
