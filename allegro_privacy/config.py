"""TOML → frozen Settings. Every problem is reported at once, with file, line, section and key."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from allegro_privacy import accounts, links, mappings, recipients, schema
from allegro_privacy.core.account import Account
from allegro_privacy.core.listing import Recipient
from allegro_privacy.core.mailbox_url import is_mailbox_url
from allegro_privacy.core.person import Level
from allegro_privacy.core.platforms import Shape
from allegro_privacy.core.retention import Retention
from allegro_privacy.core.shop import Shop
from allegro_privacy.errors import ConfigError
from allegro_privacy.links import LinkKey as LinkKey
from allegro_privacy.links import LinkSettings
from allegro_privacy.links import ServeSettings as ServeSettings
from allegro_privacy.sections import SECTIONS

FILE_NAME = "allegro-privacy.toml"
VARIABLE = "ALLEGRO_PRIVACY_CONFIG"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """One place that `pull` reads by itself: what staff call it, whose mail it is, and where.

    account: how to reach it when it lies on a server; None for mail in files.
    """

    name: str
    role: str
    source: str
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Where lists are written, and when a guard refuses to let one leave. sign_with: the ssh key that signs manifests;
    allowed_signers: by which file a signature is checked."""

    directory: Path
    max_shrink: float
    max_age: timedelta
    sign_with: Path | None = None
    allowed_signers: Path | None = None


@dataclass(frozen=True, slots=True)
class PingSettings:
    """Where a monitor is told that a pull began, ended well or failed; "" tells nothing. `timeout` bounds each ping.

    Who knows such a URL can speak for this program, so no message of ours shows one."""

    start: str
    success: str
    failure: str
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class SeedSettings:
    """Where decoys in lists are reached: e-mail addresses by a pattern, and postal addresses as they are written on
    mail."""

    email: str = ""
    postal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration in force. `origin` is its file; None when the built-in defaults are used."""

    origin: Path | None
    shop: Shop
    mailboxes: tuple[MailboxSettings, ...]
    database: Path
    export: ExportSettings
    ping: PingSettings
    overrides: Path | None
    retention: Retention
    links: LinkSettings
    serve: ServeSettings
    mappings: tuple[Shape, ...] = ()
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    seeds: SeedSettings = SeedSettings()

    @property
    def pull_command(self) -> str:
        """What to type to read new mail; without a mailbox in the configuration its source must be named."""
        return "allegro-privacy pull" if self.mailboxes else "allegro-privacy pull SOURCE"


def sample() -> str:
    """The commented configuration that `init` writes; its values are the defaults of this shop."""
    return (resources.files("allegro_privacy") / "data" / "config.toml").read_text("utf-8")


def load(path: Path | None = None, database: Path | None = None) -> Settings:
    """The settings in force: the file named, else the first place that has one, else the sample's defaults."""
    found = path or locate(one_database=database is None)
    settings = parse(sample(), None) if found is None else parse(_read(found), found)
    return settings if database is None else replace(settings, database=database.expanduser().absolute())


def locate(one_database: bool = True) -> Path | None:
    """The configuration file to use when none was named. Two that name different databases are a conflict:
    a person who works on the wrong list would not notice."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return Path(named)
    places = [place for place in _usual_places() if _is_there(place)]
    if len(places) > 1 and one_database and not places[0].samefile(places[1]):
        databases = [parse(_read(place), place).database for place in places]
        if databases[0] != databases[1]:
            raise ConfigError(
                what="Two configurations are in conflict.",
                why="\n".join(
                    f"{place} names the database {name}" for place, name in zip(places, databases, strict=True)
                ),
                fix=f"Say which one with --config, for example: --config {places[0]}   (or set {VARIABLE})",
            )
    return places[0] if places else None


def parse(text: str, path: Path | None) -> Settings:
    """One configuration text, checked whole; `path` is where it stands, and what relative paths are relative to."""
    name = str(path) if path else "the built-in configuration"
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unusable(name, [f"{name}: not valid TOML: {error}"]) from error
    base = path.absolute().parent if path else Path.cwd()
    checked = schema.check(document, SECTIONS, text, name)
    _check_schema_number(checked)
    _check_mailboxes(checked, base)
    _check_reply_addresses(checked)
    for name, row in checked.values["import"].items():
        for key, words in mappings.problems(name, row):
            checked.report(f"import.{name}", key, words)
    for name, row in checked.values["recipient"].items():
        for key, words in recipients.problems(name, row):
            checked.report(f"recipient.{name}", key, words)
    for section, key, words in links.problems(checked.values):
        checked.report(section, key, words)
    if checked.problems:
        raise _unusable(name, checked.problems)
    return _settings(checked.values, path, base)


def _usual_places() -> tuple[Path, Path]:
    home = os.environ.get("XDG_CONFIG_HOME", "") or str(Path.home() / ".config")
    return Path(FILE_NAME).absolute(), Path(home) / "allegro-privacy" / "config.toml"


def _is_there(place: Path) -> bool:
    # A home folder that is closed to this user (sudo, cron) holds no configuration of theirs.
    with suppress(PermissionError):
        return place.is_file()
    return False


def _read(path: Path) -> str:
    fix = "Give the path of a configuration with --config, or write one with: allegro-privacy init"
    if path.exists() and not path.is_file():
        raise ConfigError(f"The configuration {path} cannot be read.", "It is not an ordinary file.", fix)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"The configuration {path} is not a text file.", f"It is not UTF-8 (byte {error.start}).", fix
        ) from error
    except OSError as error:
        raise ConfigError(f"The configuration {path} cannot be read.", f"{error.strerror or error}.", fix) from error


def _unusable(name: str, problems: list[str]) -> ConfigError:
    count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
    return ConfigError(
        what=f"The configuration cannot be used: {count}.",
        why="\n".join(problems),
        fix=f"Correct {name}, then check it with: allegro-privacy doctor",
    )


def _check_schema_number(checked: schema.Checked) -> None:
    number = checked.values[""].get("schema")
    if isinstance(number, int) and number != SCHEMA:
        newer = (
            "it was written for a newer program: upgrade allegro-privacy" if number > SCHEMA else f"must be {SCHEMA}"
        )
        checked.report("", "schema", f"{number} is not known here; {newer}")


def _check_mailboxes(checked: schema.Checked, base: Path) -> None:
    seen: set[tuple[str, object]] = set()
    token_files: dict[Path, object] = {}
    for number, row in checked.rows["mailbox"]:
        for key, words in accounts.problems(row) if "source" in row else ():
            checked.report("mailbox", key, words, number)
        if len(row) < len(SECTIONS["mailbox[]"]):
            continue
        mailbox = _mailbox(row, base, base)
        place = mailbox.account.place if mailbox.account else mailbox.source
        for key, value in (("name", mailbox.name), ("source", place)):
            if (key, value) in seen:
                checked.report("mailbox", key, f'two mailboxes have the {key} "{value}"', number)
            seen.add((key, value))
        file = mailbox.account.sign_in.token_file if mailbox.account else None
        owner = accounts.owner(mailbox.account) if mailbox.account else None
        if file and token_files.setdefault(file, owner) != owner:
            words = "another mailbox keeps the tokens of another user or client in the same file"
            checked.report("mailbox", "token_file", words, number)


def _check_reply_addresses(checked: schema.Checked) -> None:
    shop = checked.values["shop"]
    ours = _folded((*shop.get("addresses", ()), *shop.get("domains", ())))
    for section, number, row in [("shop", 0, shop), *(("mailbox", *row) for row in checked.rows["mailbox"])]:
        if words := accounts.foreign_reply_address(row, ours):
            checked.report(section, "reply_from", words, number)


def _settings(values: Mapping[str, Mapping[str, Any]], path: Path | None, base: Path) -> Settings:
    export = values["export"]
    overrides = values["data"]["overrides"]
    database = schema.path(values["store"]["database"], base)
    return Settings(
        origin=path.absolute() if path else None,
        shop=_shop(values),
        mailboxes=tuple(_mailbox(row, base, database.parent) for row in values["mailbox"].get("rows", ())),
        database=database,
        export=_export(export, base),
        overrides=schema.path(overrides, base) if overrides else None,
        ping=PingSettings(**values["ping"]),
        retention=Retention(**values["retention"]),
        links=links.link_settings(values, base),
        serve=links.serve_settings(values, base),
        mappings=tuple(mappings.shape(name, row) for name, row in values["import"].items()),
        recipients={name: recipients.recipient(name, row, base) for name, row in values["recipient"].items()},
        seeds=SeedSettings(**values["seeds"]),
    )


def _export(row: Mapping[str, Any], base: Path) -> ExportSettings:
    sign_with, allowed = (
        schema.path(row[name], base) if row[name] else None for name in ("sign_with", "allowed_signers")
    )
    directory = schema.path(row["directory"], base)
    return ExportSettings(directory, row["max_shrink"], row["max_age"], sign_with, allowed)


def _mailbox(row: Mapping[str, Any], base: Path, beside: Path) -> MailboxSettings:
    source = row["source"]
    if not is_mailbox_url(source):
        scheme, _, rest = source.partition(":")
        source = f"{scheme}:{schema.path(rest, base)}"
    return MailboxSettings(row["name"], row["role"], source, accounts.account(row, base, beside))


def _shop(values: Mapping[str, Mapping[str, Any]]) -> Shop:
    shop, policy = values["shop"], values["policy"]
    return Shop(
        name=shop["name"],
        legal_name=shop["legal_name"] or shop["name"],
        addresses=_folded(shop["addresses"]),
        domains=_folded(shop["domains"]),
        staff=_folded(shop["staff"]),
        seeds=_folded(shop["seeds"]),
        unsubscribe_addresses=_folded(shop["unsubscribe_addresses"]),
        postal=shop["postal"],
        phones=shop["phones"],
        footers=shop["footers"],
        authserv_ids=_folded(values["mail"]["authserv_ids"]),
        no_email=policy["no_email"],
        no_post=policy["no_post"],
        policy_version=policy["version"],
        time_zone=shop["time_zone"],
        postal_level=Level(policy["postal_level"]),
        reply_from=shop["reply_from"] or next(iter(shop["addresses"]), ""),
    )


def _folded(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text.strip().lower() for text in texts)
