"""Setting up, and checking that everything is as it should be."""

import functools
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from allegro_privacy import config
from allegro_privacy.config import Settings
from allegro_privacy.core.account import PATIENCE, Account, FilingKind, Patience
from allegro_privacy.errors import PrivacyError, SourceError
from allegro_privacy.sources import open_source
from allegro_privacy.store import database as store
from allegro_privacy.store.pulls import GoodPull, last_good_pull
from allegro_privacy.workflow import link_keys, link_spool
from allegro_privacy.workflow.cases import rulebook
from allegro_privacy.workflow.judge import appoint

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Installed:
    """What `init` found or made."""

    config: Path
    config_made: bool
    database: Path
    database_made: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that `doctor` looked at: what was found and, when that is not well, how to mend it."""

    name: str
    well: bool
    found: str
    fix: str = ""


def init(folder: Path, named: Path | None, database: Path | None, actor: str, now: datetime) -> Installed:
    """Write the commented configuration (into the folder, or as the file named) and make the database. What is there
    already is kept as it is."""
    path = named or folder / config.FILE_NAME
    config_made = not path.exists()
    if config_made:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_sample(database))
    settings = config.load(path, database)
    database_made = not settings.database.exists()
    if database_made:
        settings.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        store.create(settings.database, settings.shop.name, actor, now)
    return Installed(path, config_made, settings.database, database_made)


def _sample(database: Path | None) -> str:
    if database is None:
        return config.sample()
    # JSON's quoting of a path is TOML's.
    line = f"database = {json.dumps(str(database.absolute()), ensure_ascii=False)}"
    return re.sub(r"(?m)^database = .*$", lambda _: line, config.sample(), count=1)


def doctor(
    load: Callable[[], Settings], now: datetime, max_age: timedelta | None, patience: Patience = PATIENCE
) -> Iterator[Check]:
    """Check everything, one by one; a check that cannot be made is one that failed."""
    try:
        settings = load()
    except PrivacyError as error:
        yield _failed("configuration", error)
        return
    yield Check("configuration", True, str(settings.origin or "none: the built-in defaults are used"))
    yield _checked("rules", lambda: _rules(settings))
    yield _checked("replies", lambda: _replies(settings))
    yield _time_zone(settings, now)
    yield from _database(settings, now, max_age or settings.export.max_age)
    for mailbox in settings.mailboxes:
        yield _checked(f"mailbox {mailbox.name}", functools.partial(_readable, mailbox, patience))
    if not settings.mailboxes:
        yield Check("mailboxes", True, "none in the configuration; name a SOURCE with each pull")
    yield _exports(settings)
    yield _checked("links", lambda: _links(settings))
    yield _monitor(settings)


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except PrivacyError as error:
        return _failed(name, error)


def _failed(name: str, error: PrivacyError) -> Check:
    return Check(name, False, f"{error.what} {error.why}".strip(), error.fix)


def _rules(settings: Settings) -> str:
    rulebook(settings)
    rules = appoint(settings).rules
    problems = list(rules.check_examples())
    if problems:
        raise PrivacyError("Some rules do not recognise their own examples.", "\n".join(problems), "Mend the tables.")
    return f"version {rules.version[:12]}, {len(rules.rules)} rules recognise their {len(rules.examples)} examples"


def _replies(settings: Settings) -> str:
    from allegro_privacy.workflow import letters

    languages = letters.load(settings).languages
    letters_of_each = len(languages[letters.FALLBACK].templates) - 1  # the signature is none
    return f"{letters_of_each} letters in {', '.join(sorted(languages))}; they come from {settings.shop.reply_from}"


def _links(settings: Settings) -> str:
    """The keys can be had, and nothing that was asked behind a link waits or lies aside."""
    keys, spool = link_keys.fetched(settings), link_spool.folder_of(settings)
    if bad := link_spool.set_aside_ones(spool):
        why = f"{bad[0]} could not be recorded" + (f", and {len(bad) - 1} more." if len(bad) > 1 else ".")
        fix = "Look into it: it says who asked for what. Enter it with: allegro-privacy record; then remove it."
        raise PrivacyError("Something that was asked behind a link lies aside.", why, fix)
    if kept := link_spool.how_many(spool):
        why = f"{kept:,} wait in {spool}, since the database was busy or away when they were asked."
        raise PrivacyError("Something that was asked behind a link is not recorded yet.", why, settings.pull_command)
    if keys is None or not settings.links.url:
        return "none are made ([links] of the configuration)"
    return f"they lead to {settings.links.url}, new ones are sealed with the key {keys.signing}"


def _time_zone(settings: Settings, now: datetime) -> Check:
    there = now.astimezone(ZoneInfo(settings.shop.time_zone))
    return Check("time zone", True, f"{settings.shop.time_zone}: it is {there:%Y-%m-%d %H:%M} at the shop")


def _readable(mailbox: config.MailboxSettings, patience: Patience) -> str:
    """Open the source and look at its first message, or sign in and look at the folder; nothing is taken."""
    if mailbox.account is not None:
        return _reachable(mailbox.account, mailbox.name, patience)
    spec = mailbox.source
    first = next(iter(open_source(spec).fetch(lambda _: False)), None)
    return f"{spec} can be read" + ("" if first else "; it is empty")


def _reachable(account: Account, name: str, patience: Patience) -> str:
    from allegro_privacy.sources import imap, imap_filing

    began = time.monotonic()
    keeps = any(filing.kind is FilingKind.KEYWORD for filing in account.filing.values())
    folder = imap.looked_at(account, name, keeps, patience)
    seconds = time.monotonic() - began
    for filing in account.filing.values():
        if filing.kind is FilingKind.KEYWORD and not imap_filing.can_keep_keyword(folder, filing.target):
            raise SourceError(
                f"{account.host} keeps no keyword of ours.",
                f"Mail of {account.place} is to be marked {filing.target}, which this server does not keep.",
                'Choose another filing for this mailbox: "nothing", or "move:FOLDER".',
            )
    if seconds > patience.connect:
        raise SourceError(
            f"{account.host} is slow.",
            f"Signing in and opening the folder took {seconds:.0f} seconds.",
            "Pulls will work, slowly. Ask whoever runs the mail server.",
        )
    return f"{account.place}: signed in, {folder.exists:,} messages in the folder, {seconds:.1f} s"


def _database(settings: Settings, now: datetime, max_age: timedelta) -> Iterator[Check]:
    version, has_bug = store.sqlite_version()
    yield Check(
        "SQLite",
        not has_bug,
        f"{version}" + (", which can damage a database that two processes write at once" if has_bug else ""),
        "Install a newer one: pip install 'pysqlite3>=0.6.1'" if has_bug else "",
    )
    try:
        with store.open_database(settings.database, read_only=True) as database:
            problems = store.quick_check(database)
            yield Check(
                "database",
                not problems,
                problems[0] if problems else str(settings.database),
                _RESTORE if problems else "",
            )
            pulls = _good_pulls(database, settings)
    except PrivacyError as error:
        yield _failed("database", error)
        return
    yield _modes(settings.database)
    yield _last_pull(pulls, now, max_age, settings.pull_command)


_RESTORE = "Keep the damaged file, put the last backup in its place, then pull again: nothing is doubled."


def _modes(database: Path) -> Check:
    loose = [
        path
        for path in (database, Path(f"{database}-wal"), Path(f"{database}-shm"))
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if not loose:
        return Check("permissions", True, "only you can read the database")
    return Check("permissions", False, f"others can read {loose[0]}", f"chmod 600 {' '.join(map(str, loose))}")


def _good_pulls(database: store.Database, settings: Settings) -> dict[str, GoodPull]:
    """For each mailbox of the configuration, by name, the last pull that read it well; "" when there is none."""
    mailboxes = {mailbox.name: mailbox.source for mailbox in settings.mailboxes} or {"": ""}
    return {name: last_good_pull(database, source) for name, source in mailboxes.items()}


def _last_pull(pulls: Mapping[str, GoodPull], now: datetime, max_age: timedelta, command: str) -> Check:
    """The mailbox that was left alone the longest decides: one that is read hides none that is not."""
    name, pull = min(pulls.items(), key=lambda each: each[1].at or datetime.min.replace(tzinfo=UTC))
    whose = f"of {name} " if len(pulls) > 1 else ""
    later = "" if not pull.since else f"; {pull.since:,} since then could not read everything"
    if pull.at is None:
        tried = f"; {pull.since:,} could not read everything" if pull.since else ""
        return Check("last pull", False, f"there was none yet {whose}".rstrip() + tried, command)
    if now < pull.at - CLOCKS_DIFFER:
        found = f"the last good one {whose}is dated {pull.at:%Y-%m-%d %H:%M} UTC, which is yet to come"
        return Check("last pull", False, found, f"Set this machine's clock, then: {command}")
    age = f"{(now - pull.at) / timedelta(hours=1):.1f} h ago"
    if now - pull.at > max_age:
        found = f"the last good one {whose}was {age}; the limit is {max_age / timedelta(hours=1):g} h{later}"
        return Check("last pull", False, found, f"{command}   (and see that cron or the timer runs it)")
    return Check("last pull", True, f"the last good one {whose}was {age}{later}")


def _monitor(settings: Settings) -> Check:
    """What is told, and to whom; nothing is sent, since a monitor would take it for a pull. The host alone is shown:
    who knows the whole URL can speak for this program."""
    told = {name: url for name in ("start", "success", "failure") if (url := getattr(settings.ping, name))}
    if not told:
        return Check("monitor", True, "none is told of pulls ([ping] of the configuration)")
    hosts = dict.fromkeys(urlsplit(url).hostname for url in told.values())
    return Check("monitor", True, f"{', '.join(told)} of each pull: told to {', '.join(map(str, hosts))}")


def _exports(settings: Settings) -> Check:
    directory = settings.export.directory
    if not directory.exists():
        return Check("exports", True, f"{directory} will be made by the first export")
    mode = stat.S_IMODE(directory.stat().st_mode)
    if not directory.is_dir() or not os.access(directory, os.W_OK | os.X_OK):
        return Check("exports", False, f"{directory} cannot be written to", f"chmod 700 {directory}")
    if mode & 0o022:
        return Check("exports", False, f"others may write to {directory}", f"chmod 700 {directory}")
    return Check("exports", True, str(directory))
