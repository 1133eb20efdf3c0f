"""What mail platforms tell by JSON: Amazon SES by SNS, and the webhooks of others when they are mailed on. The keys and
words stand in data/natures.toml; the shape may be one event, a list, one a line, or JSON inside a JSON string."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allegro_privacy.core.message import Message
from allegro_privacy.core.natures import NoticeWords

_MOST_EVENTS = 200
_MOST_DEPTH = 6
_PERMANENT = re.compile(r"permanent|hard|^true$|invalid|suppress|^5\d\d\b|\b5\.\d{1,3}\.\d{1,3}\b", re.IGNORECASE)
_PASSING = re.compile(r"transient|temporary|soft|defer|delay|^4\d\d\b|\b4\.\d{1,3}\.\d{1,3}\b", re.IGNORECASE)
_STATUS = re.compile(r"[45](?:\d\d|\.\d{1,3}\.\d{1,3})")
# Sendmail cuts long lines with "!" and goes on behind a space on the next.
_CUT_LINE = re.compile(r"!\n[ \t]")
_BROKEN = re.compile(r'"([A-Za-z_-]{4,20})"\s*:\s*"([A-Za-z_]{3,40})"')


@dataclass(frozen=True, slots=True)
class Notice:
    """One event: `meaning` is complaint, unsubscribe, bounce or delivered; `hard`: it failed for good."""

    meaning: str
    addresses: tuple[str, ...] = ()
    hard: bool = False


def read_notices(message: Message, words: NoticeWords) -> tuple[Notice, ...]:
    """The events in a message that is a notice of a mail platform; () for any other message."""
    documents = [message.text, *(text for type_, text in message.machine if type_ == "application/json")]
    return tuple(notice for text in documents for notice in _of_document(text.lstrip(), words))


def _of_document(text: str, words: NoticeWords) -> Iterator[Notice]:
    if text[:1] not in ("{", "["):
        return
    whole = True
    for event in _events(_CUT_LINE.sub("", text)):
        whole = event is not None
        if event is not None and (notice := _read(event, words)):
            yield notice
    if not whole and (told := _told_by_broken(text, words)):
        yield told


def _told_by_broken(text: str, words: NoticeWords) -> Notice | None:
    """Broken JSON still names its type; whom it is about is then left to a person."""
    for key, word in _BROKEN.findall(text[:20_000]):
        if key.lower() in words.event and (meaning := words.meaning.get(word.lower())):
            return Notice(meaning)
    return None


def _events(text: str) -> Iterator[dict[str, Any] | None]:
    """Every JSON object at the top, in lists, one a line; None where the text breaks off inside of one."""
    decoder = json.JSONDecoder(strict=False)
    position = 0
    for _ in range(_MOST_EVENTS):
        try:
            found, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            yield None
            return
        for each in found if isinstance(found, list) else (found,):
            if isinstance(each, dict):
                yield each
        while text[position : position + 1] in (" ", "\n", "\t", ",") and position < len(text):
            position += 1
        if text[position : position + 1] != "{":
            return


def _read(event: dict[str, Any], words: NoticeWords) -> Notice | None:
    """The first object, from the outside in, that says what happened."""
    for each in _objects(event, 0):
        meaning = _meaning(each, words)
        if not meaning:
            continue
        hard = meaning == "bounce" and _is_hard(each, words)
        if meaning == "unsubscribe":
            meaning, hard = _why_unsubscribed(each, words)
        addresses = tuple(dict.fromkeys(_addresses(event, words, 0)))
        return Notice(meaning, addresses, hard)
    return None


def _objects(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:_MOST_EVENTS]:
            yield from _objects(inner, depth + 1)


def _meaning(event: dict[str, Any], words: NoticeWords) -> str:
    lowered = {key.lower(): value for key, value in event.items()}
    for key, value in lowered.items():
        if (
            key in words.event
            and isinstance(value, str)
            and (meaning := words.meaning.get(value.lower().replace(" ", "_")))
        ):
            return meaning
    # A row of a bounce list names an address and a reason, often a status, and no event.
    status = lowered.get("status", lowered.get("code", "550"))
    listed = "reason" in lowered or "error" in lowered
    return "bounce" if listed and lowered.keys() & words.address and _STATUS.match(str(status)) else ""


def _is_hard(event: dict[str, Any], words: NoticeWords) -> bool:
    told = [
        str(value)
        for each in _objects(event, 0)
        for key, value in each.items()
        if key.lower() in words.severity and isinstance(value, str | int | bool)
    ]
    return any(_PERMANENT.search(value) for value in told) and not any(_PASSING.search(value) for value in told)


def _why_unsubscribed(event: dict[str, Any], words: NoticeWords) -> tuple[str, bool]:
    """A platform stops mail to an address for several reasons, of which only some are the recipient's wish."""
    reasons = [str(value).lower() for key, value in event.items() if key.lower() in words.cause]
    if any(event.get(key) is False for key in ("SuppressSending", "suppress_sending")):
        return "delivered", False
    for reason in reasons:
        meaning = words.meaning.get(reason, "unsubscribe")
        return meaning, meaning == "bounce" and "hard" in reason
    return "unsubscribe", False


def _addresses(event: dict[str, Any], words: NoticeWords, depth: int) -> Iterator[str]:
    for each in _objects(event, depth):
        for key, value in each.items():
            if key.lower() in words.address and isinstance(value, str) and "@" in value:
                yield value.strip(" <>")
