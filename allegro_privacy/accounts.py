"""The keys of a [[mailbox]] on a server: how each is read, what does not fit together, and the Account they make."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from allegro_privacy import schema
from allegro_privacy.core.account import Account, Filing, FilingKind, Method, Security, SignIn
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.mailbox_url import CONTROL, MailboxUrl, UnfitUrlError, is_mailbox_url, parse

PASSWORDS = ("password_file", "password_command", "credential", "keyring")
OF_PROVIDERS = ("client_id", "client_secret_file", "tenant", "token_file")
PROVIDERS = ("microsoft", "google")
ANY_TENANT = "organizations"
"""Microsoft's word for whatever organisation the person who signs in belongs to."""
KEYWORDS = {Verdict.ACCEPT: "$AllegroDone", Verdict.IGNORE: "$AllegroDone", Verdict.ASK: "$AllegroReview"}
_ATOM = re.compile(r"[^\x00-\x20\x7f-\uffff(){%*\"\\\]]{1,200}")
_HOW_TO_FILE = 'write "nothing", "keyword", "keyword:NAME" or "move:FOLDER"'


def source(value: object) -> str:
    """The `source` of a mailbox on a server. Raises schema.UnfitError, which quotes nothing of it."""
    try:
        return str(parse(str(value)))
    except UnfitUrlError as problem:
        raise schema.UnfitError(str(problem)) from None


def _plain(value: object) -> str:
    if CONTROL.search(schema.text(value)):
        raise schema.UnfitError("must not hold control characters")
    return schema.text(value)


def _credential(value: object) -> str:
    if not re.fullmatch(r"(?!\.\.?$)[A-Za-z0-9._@:-]{1,255}", _plain(value)):
        raise schema.UnfitError("must be the name of a systemd credential: letters, digits and . _ - @ :")
    return _plain(value)


def _identifier(value: object) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", _plain(value)):
        raise schema.UnfitError("must be letters, digits and . _ - only, as the provider shows it")
    return _plain(value)


def filing(value: object) -> dict[Verdict, Filing]:
    """What is done with a recorded message, by what was decided."""
    if not isinstance(value, dict):
        raise schema.UnfitError('must be a table, like { accept = "keyword", ask = "keyword" }')
    found: dict[Verdict, Filing] = {}
    problems = []
    for key, how in value.items():
        try:
            verdict = Verdict(schema.one_of(*Verdict)(key))
            found[verdict] = _way(verdict, how)
        except schema.UnfitError as problem:
            problems.append(f"{key}: {problem}" if key in {*Verdict} else str(problem))
    if problems:
        raise schema.UnfitError("; ".join(problems))
    return found


def _way(verdict: Verdict, value: object) -> Filing:
    word, colon, target = schema.text(value).partition(":")
    match word:
        case "nothing" if not colon:
            return Filing()
        case "keyword":
            name = target if colon else KEYWORDS[verdict]
            if not _ATOM.fullmatch(name):
                raise schema.UnfitError('a keyword is one word of plain letters and signs, without ( ) { % * " \\ ]')
            return Filing(FilingKind.KEYWORD, name)
        case "move" if target.strip():
            if CONTROL.search(target):
                raise schema.UnfitError("a folder's name must not hold control characters")
            return Filing(FilingKind.MOVE, target)
    raise schema.UnfitError(_HOW_TO_FILE)


# None: not given. What was given but does not fit is missing from the row.
KEYS: dict[str, schema.Key] = {
    "security": schema.Key(schema.one_of(*Security), None),
    "ca_file": schema.Key(_plain, None),
    "sign_in": schema.Key(schema.one_of(*Method), None),
    "password_file": schema.Key(_plain, None),
    "password_command": schema.Key(_plain, None),
    "credential": schema.Key(_credential, None),
    "keyring": schema.Key(_plain, None),
    "provider": schema.Key(schema.one_of(*PROVIDERS), None),
    "client_id": schema.Key(_identifier, None),
    "client_secret_file": schema.Key(_plain, None),
    "tenant": schema.Key(_identifier, None),
    "token_file": schema.Key(_plain, None),
    "token_command": schema.Key(_plain, None),
    "filing": schema.Key(filing, None),
    "drafts": schema.Key(_plain, None),
    "reply_from": schema.Key(schema.email, None),
}


def problems(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What does not fit together in one [[mailbox]]: the key, and the words."""
    given = [key for key in KEYS if row.get(key, "unfit") is not None]
    if not is_mailbox_url(row["source"]):
        yield from ((key, "is only for a mailbox on a server (imaps://… or imap://…)") for key in given)
        return
    place = parse(row["source"])
    yield from _about_the_line(row, place, given)
    match row.get("sign_in", "unfit"):
        case None | Method.PASSWORD:
            yield from _about_a_password(given)
        case Method.XOAUTH2 | Method.OAUTHBEARER:
            yield from _about_a_token(row, given)
    for way in (row.get("filing") or {}).values():
        if way == Filing(FilingKind.MOVE, place.folder):
            yield "filing", f'"{place.folder}" is the folder that is read; name another to move to'


def _about_the_line(row: Mapping[str, Any], place: MailboxUrl, given: list[str]) -> Iterator[tuple[str, str]]:
    security = row.get("security")
    if place.scheme == "imaps" and security in {Security.STARTTLS, Security.PLAIN}:
        yield "security", f'imaps:// is always "tls"; write imap:// for "{security}"'
    if place.scheme == "imap" and security == Security.TLS:
        yield "security", 'imap:// begins without TLS; write imaps:// for "tls"'
    if place.scheme == "imap" and security == Security.PLAIN:
        if not place.is_here:
            yield "security", '"plain" would send the password in the clear; it is only for a server on this machine'
        if "ca_file" in given:
            yield "ca_file", 'is of no use with "plain"'


def _about_a_password(given: list[str]) -> Iterator[tuple[str, str]]:
    named = [key for key in PASSWORDS if key in given]
    if not named:
        yield "sign_in", f"say where the password is kept: one of {', '.join(PASSWORDS)}"
    yield from ((key, f"is one too many: {named[0]} says already where the password is") for key in named[1:])
    for key in ("provider", *OF_PROVIDERS, "token_command"):
        if key in given:
            yield key, 'is only for tokens: sign_in = "xoauth2" or "oauthbearer"'


def _about_a_token(row: Mapping[str, Any], given: list[str]) -> Iterator[tuple[str, str]]:
    yield from ((key, 'is only for sign_in = "password"') for key in PASSWORDS if key in given)
    if "token_command" in given:
        for key in ("provider", *OF_PROVIDERS):
            if key in given:
                yield key, "does not go together with token_command"
        return
    if "provider" not in given:
        yield "sign_in", f"say where tokens come from: provider ({' or '.join(PROVIDERS)}) or token_command"
        return
    if "client_id" not in given:
        yield "client_id", "missing: the id of the application that you registered with the provider"
    if row.get("provider") == "google":
        if "client_secret_file" not in given:
            yield "client_secret_file", "missing: Google gives each desktop application a client secret"
        if "tenant" in given:
            yield "tenant", "is only for microsoft"
    if row.get("provider") == "microsoft" and "client_secret_file" in given and "tenant" not in given:
        yield "tenant", "missing: with a client_secret_file the program signs in as itself, and must say where"


def account(row: Mapping[str, Any], base: Path, beside: Path) -> Account | None:
    """The account that a row names; None for mail in files. Relative paths are relative to `base`; a token file lies
    in the folder `beside` unless the row says where."""
    if not is_mailbox_url(row["source"]):
        return None
    place = parse(row["source"])
    security = row["security"] or (Security.TLS if place.scheme == "imaps" else Security.STARTTLS)
    return Account(
        host=place.host,
        port=place.port,
        sign_in=_sign_in(row, place.user, base, beside),
        folder=place.folder,
        security=Security(security),
        ca_file=_path(row["ca_file"], base),
        filing=row["filing"] or {},
        drafts=row["drafts"] or "",
        reply_from=row["reply_from"] or "",
    )


def foreign_reply_address(row: Mapping[str, Any], ours: frozenset[str]) -> str:
    """What is wrong with the address that replies come from: from any but ours, our own mail would be taken for a
    customer's."""
    address = (row.get("reply_from") or "").lower()
    if not address or address in ours or address.rpartition("@")[2] in ours:
        return ""
    return f'"{address}" is neither in addresses nor at our domains'


def owner(account: Account) -> tuple[str, ...]:
    """Whose tokens a token file holds; mailboxes may share one only when this is the same."""
    sign_in = account.sign_in
    return sign_in.provider, sign_in.client_id, sign_in.tenant, sign_in.user


def _sign_in(row: Mapping[str, Any], user: str, base: Path, beside: Path) -> SignIn:
    provider = row["provider"] or ""
    # Quoted, a name is a file's name, and two names are never one file.
    own = beside / f"{quote(row['name'], safe='')}.token.json"
    return SignIn(
        user=user,
        method=Method(row["sign_in"] or Method.PASSWORD),
        password_file=_path(row["password_file"], base),
        password_command=row["password_command"] or "",
        credential=row["credential"] or "",
        keyring=row["keyring"] or "",
        provider=provider,
        client_id=row["client_id"] or "",
        client_secret_file=_path(row["client_secret_file"], base),
        tenant=row["tenant"] or (ANY_TENANT if provider == "microsoft" else ""),
        token_file=(_path(row["token_file"], base) or own) if provider else None,
        token_command=row["token_command"] or "",
        mailbox=row["name"],
    )


def _path(value: str | None, base: Path) -> Path | None:
    return schema.path(value, base) if value else None
