"""What is read of a request: never more than is needed, and nothing raises on a stranger's bytes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs

from allegro_privacy.core.link_token import TOKEN

Environ = dict[str, Any]
_QUALITY = re.compile(r"q=([01](?:\.\d{0,3})?)")
# Four steps below the root are none of ours; a mail program may add a slash.
_PATH = re.compile(rf"/({TOKEN.pattern})/?")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. token: as it stands in the path, "" when nothing there looks like one.  client: who asks, as the
    server says, for the rates alone.  switched: the language was chosen on the page."""

    method: str
    path: str
    token: str
    language: str
    switched: bool
    client: str


def read(environ: Environ, languages: Iterable[str]) -> Asked:
    """What a request asks for."""
    path = str(environ.get("PATH_INFO", ""))
    known = tuple(languages)
    chosen = parse_qs(str(environ.get("QUERY_STRING", ""))[:200]).get("lang", [""])[0]
    switched = chosen in known
    match = _PATH.fullmatch(path)
    return Asked(
        method=str(environ.get("REQUEST_METHOD", "")),
        path=path,
        token=match[1] if match else "",
        language=chosen if switched else preferred(str(environ.get("HTTP_ACCEPT_LANGUAGE", "")), known),
        switched=switched,
        client=_client(str(environ.get("REMOTE_ADDR", ""))),
    )


def _client(address: str) -> str:
    """Who asks. Of IPv6 one customer of a provider has at least a /64."""
    if ":" not in address:
        return address
    try:
        return ip_address(address).exploded[:19]
    except ValueError:
        return ""


def preferred(header: str, languages: tuple[str, ...]) -> str:
    """The language of Accept-Language (RFC 9110 12.5.4) that we have; the first of ours without one."""
    best, found = 0.0, languages[0]
    for part in header[:500].split(",")[:20]:
        name, _, parameters = part.partition(";")
        tag = name.strip().lower().partition("-")[0]
        quality = _QUALITY.search(parameters)
        weight = float(quality[1]) if quality else 1.0
        if tag in languages and weight > best:
            best, found = weight, tag
    return found


def body_of(environ: Environ, most: int) -> bytes | None:
    """The body, None when it is longer than `most`; of a longer one hardly more is read."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        return None
    if length > most:
        return None
    stream = environ.get("wsgi.input")
    if stream is None or (length < 0 and not environ.get("wsgi.input_terminated")):
        return b""
    body: bytes = stream.read(most + 1 if length < 0 else length)
    return body if len(body) <= most else None
