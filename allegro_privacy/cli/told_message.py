"""How a message came, in words: who wrote, or who typed it in, or which row of which file said so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allegro_privacy.cli import words
from allegro_privacy.core.message import Flag

NOTES = {
    "link-scanner": "the click may be a link scanner's, not the customer's: offer to put them back when they ask",
}

NO_RECEIVED = " (the time of its file: the mail does not say when it reached us)"


def is_undated(message: Mapping[str, Any]) -> bool:
    """Is the day of receipt only that of a file? message: as an event's content holds it."""
    return Flag.NO_RECEIVED in message.get("flags", ())


def lines(content: Mapping[str, Any], zone: str) -> list[str]:
    """The lines of a timeline that say how a message came; [] for an event that is no message."""
    message = content.get("message")
    if not isinstance(message, Mapping):
        return []
    received = words.when(datetime.fromisoformat(message["received"]), zone)
    match message.get("via", "email"):
        case "email":
            senders = ", ".join(each.get("email", "") for each in message.get("sender", ()))
            found = [f"from {senders or 'an unknown sender'}: {message.get('subject') or '(no subject)'}"]
            return [*found, f"received {received}{NO_RECEIVED if is_undated(message) else ''}"]
        case "letter" | "call" | "counter" as via:
            return [f"{via}: {message.get('subject')}", f"received {received[:10]}{_kept(message)}"]
        case "link" if message.get("received_by") == "link":
            return [f"link: {message.get('subject')}", f"received {received}", *_notes(content)]
        case _:
            return _row(content, message, received)


def _kept(message: Mapping[str, Any]) -> str:
    """What was kept with a letter, a call or a visit."""
    scans = [each.get("name", "") for each in message.get("attachments", ())]
    parts = [f", postmark {message['date']}"] if message.get("date") else []
    parts += [f", scan {name}" for name in scans]
    parts += [f", taken in by {message['taken_by']}"] if message.get("taken_by") else []
    return "".join(parts)


def _row(content: Mapping[str, Any], message: Mapping[str, Any], received: str) -> list[str]:
    origin = content.get("origin", {})
    place = f"{origin.get('source', '')}{origin.get('locator', '')}".removeprefix("import:")
    found = [f"{message.get('subject')}: {place}", f"file with SHA-256 {origin.get('stamp', '')[:16]}…"]
    found += [f"the file says: {content['text']}"] if content.get("text") else []
    found.append(f"received {received}" + (f" (the file's time: {message['date']})" if message.get("date") else ""))
    return found + _notes(content)


def _notes(content: Mapping[str, Any]) -> list[str]:
    notes = content.get("reading", {}).get("notes", ())
    return [NOTES[note] for note in notes if note in NOTES]
