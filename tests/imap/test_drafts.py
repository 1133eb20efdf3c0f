"""Replies in the Drafts folder: put there once, marked as drafts, and again by the next run when it failed."""

import email
import threading
from email import policy
from pathlib import Path
from typing import Any

import pytest
from servers.dovecot import Dovecot
from servers.faulty import Faulty, faulty_server
from servers.promise import Listed, MailServer, digest

from allegro_privacy import config
from allegro_privacy.config import Settings
from allegro_privacy.errors import ExitCode
from allegro_privacy.sources import imap_drafts
from allegro_privacy.sources.imap_connect import connect
from allegro_privacy.store import drafts, journal
from allegro_privacy.store.append import append
from allegro_privacy.store.database import open_database, writing
from allegro_privacy.workflow import letters, replies
from allegro_privacy.workflow.letters import mail_of
from imap.shop import CALM, QUICK, USER, Office, Shop, account, mailbox, request

ASKS = b"\r\n".join(
    [
        b"From: Rosa Quintero <rosa@example.com>",
        b"To: privacy@allegromusiccenter.com",
        b"Subject: =?utf-8?q?Eliminen_mis_datos?=",
        b"Message-ID: <rosa-1@mail.example.com>",
        b"References: <first@mail.example.com>",
        b"Date: Fri, 20 Nov 2026 12:00:00 -0500",
        b"Content-Type: text/plain; charset=utf-8",
        b"",
        b"Solicito que eliminen todos mis datos personales de su base de datos. Gracias, Rosa Quintero",
        b"",
    ]
)


def settings_of(server: MailServer, shop: Shop, folder: str = "") -> Settings:
    lines = ['security = "plain"', *([f'drafts = "{folder}"'] if folder else [])]
    written = f"{config.sample()}\n{mailbox(server, shop.top, lines=lines)}"
    return config.parse(written, shop.top / "allegro-privacy.toml")


@pytest.fixture
def asked(dovecot: Dovecot, shop: Shop, tmp_path: Path) -> str:
    """Rosa asks to be deleted, and it is recorded; the number of her case or question."""
    return recorded(dovecot, shop, tmp_path)


def recorded(server: MailServer, shop: Shop, top: Path) -> str:
    shop.patience = CALM
    server.deliver(USER, "INBOX", ASKS)
    assert shop.pull(account(server, top)).code == ExitCode.DONE
    return drafts.open_matters(shop.database)[0].about


def written(shop: Shop, settings: Settings, about: str, template: str = "receipt") -> replies.Drafted:
    now = shop.clock()
    errand = replies.Errand("dana", now, template=template, way=replies.DRAFTS)
    return replies.reply(shop.database, letters.load(settings), about, errand)


def put(shop: Shop, settings: Settings) -> list[str]:
    return replies.put_into_mailboxes(shop.database, settings, shop.patience)


def lying(server: Any, folder: str = "Drafts") -> list[Listed]:
    found: list[Listed] = server.listed(USER, folder) if folder in server.folders(USER) else []
    return found


def the_mail(shop: Shop, drafted: replies.Drafted) -> bytes:
    made = mail_of(shop.database, drafted.event)
    assert made is not None
    return made[0]


def test_a_reply_lies_in_the_folder_that_the_server_names_and_is_marked_as_a_draft(
    dovecot: Dovecot, shop: Shop, asked: str
) -> None:
    dovecot.create(USER, "Drafts")
    before = dovecot.listed(USER)
    settings = settings_of(dovecot, shop)
    drafted = written(shop, settings, asked)
    assert put(shop, settings) == []
    (lies,) = lying(dovecot)
    assert lies.flags == {"\\Draft"}
    assert lies.sha256 == digest(the_mail(shop, drafted))
    assert dovecot.listed(USER) == before
    mail = email.message_from_bytes(the_mail(shop, drafted), policy=policy.default)
    assert mail["To"] == "rosa@example.com"
    assert mail["Subject"] == "Re: Eliminen mis datos"
    assert mail["In-Reply-To"].strip() == "<rosa-1@mail.example.com>"
    assert mail["References"].split() == ["<first@mail.example.com>", "<rosa-1@mail.example.com>"]
    assert mail["Auto-Submitted"] == "auto-replied"
    assert "Hola, Rosa Quintero:" in mail.get_content()
    assert "viernes 20 de noviembre de 2026" in mail.get_content()
    assert shop.sound()


def test_the_same_reply_is_never_put_there_twice(dovecot: Dovecot, shop: Shop, asked: str) -> None:
    dovecot.create(USER, "Drafts")
    settings = settings_of(dovecot, shop)
    for _ in range(3):
        written(shop, settings, asked)
        assert put(shop, settings) == []
    assert len(lying(dovecot)) == 1
    assert shop.events("drafted") == 1
    written(shop, settings, asked, "need-to-verify")
    assert put(shop, settings) == []
    assert len(lying(dovecot)) == 2


def test_several_at_once_put_it_there_once(dovecot: Dovecot, shop: Shop, asked: str) -> None:
    dovecot.create(USER, "Drafts")
    settings = settings_of(dovecot, shop)
    told: list[list[str]] = []

    def run() -> None:
        with open_database(shop.database.path) as database:
            other = Shop(shop.top, database, CALM)
            written(other, settings, asked)
            told.append(put(other, settings))

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [[]] * 5
    assert len(lying(dovecot)) == 1
    assert shop.events("drafted") == 1


def test_a_folder_of_another_name_is_used_when_the_configuration_names_it(
    dovecot: Dovecot, shop: Shop, asked: str
) -> None:
    dovecot.create(USER, "Borradores & ñ")
    settings = settings_of(dovecot, shop, "Borradores & ñ")
    written(shop, settings, asked)
    assert put(shop, settings) == []
    assert len(lying(dovecot, "Borradores & ñ")) == 1


@pytest.mark.parametrize(("folder", "why"), [("", "does not say which folder"), ("Nowhere", "no folder Nowhere")])
def test_a_folder_is_never_guessed_and_the_draft_waits_until_it_is_there(
    dovecot: Dovecot, shop: Shop, asked: str, folder: str, why: str
) -> None:
    settings = settings_of(dovecot, shop, folder)
    written(shop, settings, asked)
    (told,) = put(shop, settings)
    assert why in told
    assert 'drafts = "Drafts"' in told
    assert "tries again" in told
    assert drafts.places_waiting(shop.database) == {account(dovecot, shop.top).place: 1}
    dovecot.create(USER, "Drafts")
    assert put(shop, settings_of(dovecot, shop)) == []
    assert len(lying(dovecot)) == 1


def test_a_server_that_is_down_is_told_and_the_next_pull_puts_it_there(
    dovecot: Dovecot, shop: Shop, tmp_path: Path, asked: str
) -> None:
    dovecot.create(USER, "Drafts")
    settings = settings_of(dovecot, shop)
    written(shop, settings, asked)
    dovecot.stop()
    shop.patience = QUICK
    (told,) = put(shop, settings)
    assert "not in the mailbox yet" in told
    dovecot.start()
    shop.patience = CALM
    assert shop.pull(account(dovecot, tmp_path)).code == ExitCode.DONE
    assert len(lying(dovecot)) == 1
    assert drafts.places_waiting(shop.database) == {}


@pytest.mark.parametrize("arrived", [True, False])
def test_what_was_begun_before_a_crash_is_looked_for_first(
    dovecot: Dovecot, shop: Shop, tmp_path: Path, asked: str, arrived: bool
) -> None:
    dovecot.create(USER, "Drafts")
    settings = settings_of(dovecot, shop)
    drafted = written(shop, settings, asked)
    begun(dovecot, shop, drafted)
    if arrived:
        with connect(account(dovecot, tmp_path), USER, CALM) as line:
            imap_drafts.append(line, "Drafts", the_mail(shop, drafted))
    assert put(shop, settings) == []
    assert len(lying(dovecot)) == 1
    assert drafts.places_waiting(shop.database) == {}


def begun(server: Dovecot, shop: Shop, drafted: replies.Drafted) -> None:
    """As the program leaves it that is killed around its APPEND."""
    with writing(shop.database):
        place = f"{server.uidvalidity(USER, 'Drafts')};1"
        drafts.note_appending(shop.database, drafted.event, "Drafts", place)


def test_what_may_have_been_sent_already_is_not_put_there_again_and_staff_are_told(
    dovecot: Dovecot, shop: Shop, asked: str
) -> None:
    dovecot.create(USER, "Drafts")
    settings = settings_of(dovecot, shop)
    begun(dovecot, shop, written(shop, settings, asked))
    dovecot.deliver(USER, "Drafts", request(9))
    (told,) = put(shop, settings)
    assert "nobody can tell" in told
    assert f"allegro-privacy reply {asked}" in told
    assert put(shop, settings) == []
    assert [each.sha256 for each in lying(dovecot)] == [digest(request(9))]


@pytest.mark.parametrize("at_command", ["APPEND", "STATUS", "LIST", "LOGIN"])
@pytest.mark.parametrize("name", ["close-before", "close-after"])
def test_a_line_that_breaks_doubles_nothing_and_the_next_run_ends_it(
    shop: Shop, tmp_path: Path, name: str, at_command: str
) -> None:
    with faulty_server(folders=["Drafts"]) as server:
        about = recorded(server, shop, tmp_path)
        settings = settings_of(server, shop, "Drafts")
        written(shop, settings, about)
        server.plan(name, at=at_command)
        (told,) = put(shop, settings)
        assert "tries again" in told
        assert put(shop, settings) == []
        assert len(lying(server)) == 1
        assert drafts.places_waiting(shop.database) == {}


def test_nothing_that_came_from_mail_stands_in_a_command(faulty: Faulty, shop: Shop, tmp_path: Path) -> None:
    faulty.create(USER, "Drafts")
    about = recorded(faulty, shop, tmp_path)
    settings = settings_of(faulty, shop, "Drafts")
    written(shop, settings, about)
    assert put(shop, settings) == []
    commands = [command.words for command in faulty.received]
    assert commands
    assert not [words for words in commands if b"rosa" in words.partition(b"{")[0].lower()]
    assert [deed.verb for deed in faulty.deeds] == ["append"]


def test_whoever_is_erased_meanwhile_gets_no_draft(dovecot: Dovecot, shop: Shop, asked: str) -> None:
    dovecot.create(USER, "Drafts")
    settings = settings_of(dovecot, shop)
    written(shop, settings, asked)
    with writing(shop.database):
        # Until the request is answered, an erasure leaves its letter and what hangs on it.
        done = {"case": int(asked[1:]), "step": "closed", "state": "fulfilled"}
        append(shop.database, "case-closed", asked, done, "dana", shop.clock())
        journal.erase(shop.database, "rosa@example.com", "dana", shop.clock(), "")
    assert put(shop, settings) == []
    assert lying(dovecot) == []


def test_the_desk_puts_a_reply_into_the_mailbox(dovecot: Dovecot, office: Office) -> None:
    dovecot.create(USER, "Drafts")
    dovecot.deliver(USER, "INBOX", ASKS)
    office.configure(mailbox(dovecot, office.folder))
    assert office.run("pull", "-q").code == 0
    (need,) = office.run("reply", "--json").json["needing"]
    done = office.run("reply", need["about"], "--to-drafts", "--as", "dana")
    assert done.code == 0, done.err
    assert f"for the Drafts folder of {USER}" in done.out
    assert len(lying(dovecot)) == 1
    again = office.run("reply", need["about"], "--template", "receipt", "--to-drafts")
    assert "not put there twice" in again.err
    assert len(lying(dovecot)) == 1
    assert "drafted for" in office.run("why", need["about"]).out

    dovecot.stop()
    failed = office.run("reply", need["about"], "--template", "need-to-verify", "--to-drafts", "--json")
    assert failed.code == ExitCode.PARTLY
    assert failed.json["problems"]
    assert "1 reply not in the Drafts folder yet" in office.run("status").out
    dovecot.start()
    assert office.run("pull", "-q").code == 0
    assert office.run("status", "--json").json["drafts_waiting"] == 0
    assert len(lying(dovecot)) == 2
