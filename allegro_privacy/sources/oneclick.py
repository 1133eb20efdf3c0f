"""What comes in behind the link of an e-mail: the body of a POST (RFC 8058, or our own page) → what it asks, and the
Message that is recorded."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from allegro_privacy.core.clicked import ASKED, SAID, Clicked, Wish, said
from allegro_privacy.core.message import Mailbox, Message, Via
from allegro_privacy.core.redact import redact_cards

LONGEST_BODY = 4096
MOST_FIELDS = 10
ONE_CLICK = ("List-Unsubscribe", "One-Click")
_BOUNDARY = re.compile(r"multipart/form-data\s*;.*\bboundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE)
_NAME = re.compile(rb"\bname=(?:\"([^\"\r\n]{1,100})\"|([^\s;\"]{1,100}))", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def fields_of(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form, as RFC 8058 allows them: urlencoded or multipart. {} for what is none; never raises."""
    if match := _BOUNDARY.match(content_type.strip()):
        found = _parts(body, (match[1] or match[2]).encode("latin-1", "replace"))
    elif content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        found = _pairs(body)
    else:
        return {}
    fields: dict[str, str] = {}
    for name, value in found:
        # The first counts, as it does for the name of a header; a second one is somebody's trick.
        fields.setdefault(name, redact_cards(_CONTROL.sub("", value.replace("\r\n", "\n")).strip())[0])
    return fields


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []


def _parts(body: bytes, boundary: bytes) -> list[tuple[str, str]]:
    found = []
    for part in body.split(b"--" + boundary)[1 : MOST_FIELDS + 1]:
        if part.startswith(b"--"):
            break
        head, blank, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if blank and name and b"form-data" in head.lower():
            found.append(((name[1] or name[2]).decode("utf-8", "replace"), value.decode("utf-8", "replace")))
    return found


def wish_in(fields: Mapping[str, str]) -> tuple[Wish, bool] | None:
    """What a form asks, and whether a mail program asks it; None when it asks nothing. The pair of RFC 8058 says so by
    itself, and the page says it too."""
    if "wish" in fields:
        asked = next((wish for wish in Wish if wish == fields["wish"]), None)
        return None if asked is None else (asked, False)
    return (Wish.STOP, True) if fields.get(ONE_CLICK[0]) == ONE_CLICK[1] else None


def message_of(clicked: Clicked, message_id: str) -> Message:
    """The message that is recorded."""
    return Message(
        id=message_id,
        received=clicked.received,
        received_by="link",
        via=Via.LINK,
        sender=(Mailbox(clicked.name, clicked.link.email),),
        subject=f"{SAID[clicked.wish]}, {ASKED}",
        text=said(clicked),
    )
