"""`[links]`, `[link_key.ID]` and `[serve]`: where the links in our e-mails lead, what seals them, who answers there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from allegro_privacy import schema
from allegro_privacy.core.link_token import KEY_ID
from allegro_privacy.schema import Key, UnfitError

REFERENCES = ("key_file", "key_command", "credential")
_CREDENTIAL = re.compile(r"(?!\.\.?$)[A-Za-z0-9._@:-]{1,255}")


@dataclass(frozen=True, slots=True)
class LinkKey:
    """One key that links are sealed with: its id, and where the secret is kept. Exactly one reference is set."""

    id: str
    key_file: Path | None = None
    key_command: str = field(default="", repr=False)
    credential: str = ""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Where links lead (`url`, "" when there are none), where their mail goes, and what seals them; `signing`: the id
    of the key for new ones."""

    url: str
    mailto: str
    signing: str
    keys: tuple[LinkKey, ...]


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Where the endpoint listens, whose word about the client's address it takes, and where it keeps what the database
    cannot take yet (None: beside the database)."""

    host: str
    port: int
    proxy: str
    spool: Path | None


def _url(value: object) -> str:
    url = schema.ping_url(value).rstrip("/")
    if url and (urlsplit(url).query or not re.fullmatch(r"[A-Za-z0-9:/.\[\]_~-]+", url)):
        raise UnfitError('must be a plain URL like "https://www.example.com/optout", without ? or %')
    return url


def _email_or_nothing(value: object) -> str:
    return schema.email(value) if schema.any_text(value) else ""


def _listen(value: object) -> tuple[str, int]:
    host, colon, port = schema.text(value).rpartition(":")
    if not colon or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise UnfitError('must be an address and a port, like "127.0.0.1:8125"')
    return _address(host.strip("[]")), int(port)


def _address(value: object) -> str:
    try:
        return str(ip_address(schema.any_text(value)))
    except ValueError:
        raise UnfitError("must be an IP address, like 127.0.0.1") from None


def _address_or_nothing(value: object) -> str:
    return _address(value) if schema.any_text(value) else ""


def _credential(value: object) -> str:
    if schema.any_text(value) and not _CREDENTIAL.fullmatch(schema.text(value)):
        raise UnfitError("must be the name of a systemd credential: letters, digits and . _ - @ :")
    return schema.any_text(value)


KEYS: dict[str, Key] = {
    "url": Key(_url, ""),
    "mailto": Key(_email_or_nothing, ""),
    "key": Key(schema.any_text, ""),
}
KEYS_OF_KEY: dict[str, Key] = {
    "key_file": Key(schema.text, ""),
    "key_command": Key(schema.text, ""),
    "credential": Key(_credential, ""),
}
KEYS_OF_SERVE: dict[str, Key] = {
    "listen": Key(_listen, ("127.0.0.1", 8125)),
    "proxy": Key(_address_or_nothing, ""),
    "spool": Key(schema.any_text, ""),
}


def problems(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What does not fit together: the section, the key, and the words."""
    links, keys = values["links"], values["link_key"]
    for name, row in keys.items():
        given = [reference for reference in REFERENCES if row.get(reference)]
        if not KEY_ID.fullmatch(name):
            yield f"link_key.{name}", "", "the id of a key is made of a-z and 0-9, at most 8, since it stands in links"
        if not given:
            yield f"link_key.{name}", "", f"say where the key is kept: {', '.join(REFERENCES)}"
        for each in given[1:]:
            yield f"link_key.{name}", each, f"is one too many: {given[0]} says already where the key is"
    if links.get("url") and not links.get("key"):
        yield "links", "key", "missing: the id of the [link_key.ID] that new links are made with"
    if links.get("key") and links["key"] not in keys:
        yield "links", "key", f"there is no [link_key.{links['key']}]"
    ours = {address.strip().lower() for address in values["shop"].get("unsubscribe_addresses", ())}
    if links.get("mailto") and links["mailto"].lower() not in ours:
        yield (
            "links",
            "mailto",
            "must be one of the unsubscribe_addresses of [shop], or nobody reads that mail as an opt-out",
        )


def link_settings(values: Mapping[str, Any], base: Path) -> LinkSettings:
    """The links of a checked configuration. Relative paths are relative to `base`."""
    links = values["links"]
    ours = values["shop"]["unsubscribe_addresses"]
    keys = tuple(
        LinkKey(
            name,
            schema.path(row["key_file"], base) if row["key_file"] else None,
            row["key_command"],
            row["credential"],
        )
        for name, row in values["link_key"].items()
    )
    return LinkSettings(links["url"], links["mailto"] or (ours[0].strip() if ours else ""), links["key"], keys)


def serve_settings(values: Mapping[str, Any], base: Path) -> ServeSettings:
    """The endpoint of a checked configuration."""
    serve, (host, port) = values["serve"], values["serve"]["listen"]
    return ServeSettings(host, port, serve["proxy"], schema.path(serve["spool"], base) if serve["spool"] else None)
