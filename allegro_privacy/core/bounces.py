"""Mail that came back. Servers that follow RFC 3464 say so in a part of its own; for all others several weak signs are
weighed: who sends it, what its title and its text say, a returned message below, status codes."""

import re
from dataclasses import dataclass

from allegro_privacy.core.letter import Letter
from allegro_privacy.core.message import Message
from allegro_privacy.core.natures import Judged, Natures, null_path, submitted_by_program
from allegro_privacy.core.reading import Nature, Note

MOST_ADDRESSES = 50
LONGEST_TEXT = 8000

_DELIVERY = frozenset({"message/delivery-status", "message/global-delivery-status"})
_STATUS = re.compile(r"^status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ENHANCED = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.,$/-])([45])[0-5]\d[ -](?=\S)")
_PERMANENT = re.compile(
    r"permanent (?:fatal )?(?:error|failure)|unrouteable|unroutable|(?:user|host|recipient|address) unknown"
    r"|unknown (?:user|host|recipient|address)|(?:no such|invalid|unable to find) (?:user|mailbox|recipient|address)"
    r"|does not exist|doesn't exist|mailbox unavailable|no existe|user doesn't have|not a (?:valid|known) (?:user|mail)"
    r"|unbekannt|existiert nicht|inconnu|introuvable|desconhecid|não existe|sconosciut|onbekend|宛先不明|見つかり",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"\bdelay|\bdeferred|will (?:keep|continue) (?:to )?try|warning only|verzögert|over ?quota"
    r"|(?:mailbox|inbox|quota)[^.\n]{0,30}full|quota exceeded|一杯",
    re.IGNORECASE,
)
# A mailbox that is full is so for a while, whatever class the server gives it (RFC 3463 3.3).
_FULL = ".2.2"
_RETURNED = re.compile(r"^[>| \t]*(?:received: (?:from|by) |return-path: |message-id: <)", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(
    r"^[ \t>*-]*(?:(?:rcpt |delivered |addressed )?to|(?:failed |final |original )?recipient|address|user)?"
    r"[ \t]*[:=]?[ \t]*[<\"'(]?([a-z0-9._%+'=/-]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24})[>\"')]?"
    r"(?=[ \t]*(?:[:,;(]|\.{2,}|$))",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for a bounce. server: a mail server sends it.  told, said: the title, the text say so.  shown: a
    session or the returned message stands below.  coded: a status code of failure stands in it."""

    server: bool
    told: bool
    said: bool
    shown: bool
    coded: bool

    @property
    def words(self) -> int:
        return self.told + self.said + self.shown + self.coded


def judge_bounce(letter: Letter, natures: Natures, report_type: str) -> Judged | None:
    """A bounce or a delivery receipt, by its parts, its headers, or one strong and one weak sign."""
    message = letter.message
    status = "\n\n".join(text for type_, text in message.machine if type_ in _DELIVERY)
    passed_on = letter.replied or letter.forwarded
    if report_type == "delivery-status" or (status and not passed_on):
        return _bounced(message, status, certain=True)
    if message.headers_among(natures.headers.bounces):
        return _bounced(message, status, certain=True)
    if not _may_be_one(letter, natures):
        return None
    evidence = _evidence(letter, natures)
    if not _convinces(evidence, letter, natures):
        return None
    return _bounced(message, status, certain=evidence.shown or evidence.coded or null_path(message))


def _may_be_one(letter: Letter, natures: Natures) -> bool:
    """Does anything but its words speak for a bounce? For most mail nothing does, and its text need not be searched."""
    message = letter.message
    if natures.is_daemon(message) or null_path(message) or _told(letter, natures):
        return True
    return natures.is_program(message) or natures.is_list_desk(message) or bool(submitted_by_program(message))


def _told(letter: Letter, natures: Natures) -> bool:
    title = letter.title.lower()
    return letter.has("bounce") or any(fragment in title for fragment in natures.bounce_subject)


def _evidence(letter: Letter, natures: Natures) -> _Evidence:
    message = letter.message
    text = message.text[:LONGEST_TEXT].lower()
    daemon = natures.is_daemon(message)
    return _Evidence(
        server=daemon or null_path(message),
        told=_told(letter, natures),
        said=letter.has("bounce-text") or any(fragment in text for fragment in natures.bounce_text),
        shown=any(line in text for line in natures.transcript) or _RETURNED.search(text) is not None,
        coded=_ENHANCED.search(text) is not None or (daemon and _REPLY_CODE.search(text) is not None),
    )


def _convinces(evidence: _Evidence, letter: Letter, natures: Natures) -> bool:
    message = letter.message
    submitted = submitted_by_program(message)
    if evidence.server:
        # An answer of somebody who is away comes with the null path too (RFC 3834 4).
        answers = submitted.startswith("auto-replied") or letter.has("auto-reply")
        if answers and not natures.is_daemon(message):
            return evidence.words - evidence.said >= 1 and evidence.words >= 2
        return evidence.words >= 1
    if letter.replied or letter.forwarded:
        return False
    if natures.is_program(message) or natures.is_list_desk(message) or submitted:
        enough = 1 if natures.is_list_desk(message) and evidence.told else 2
        return evidence.words + bool(message.embedded) >= enough
    return evidence.told and evidence.words >= 3


def _bounced(message: Message, status: str, certain: bool) -> Judged:
    told = status or message.text[:LONGEST_TEXT]
    codes = _STATUS.findall(status) or [] if status else _ENHANCED.findall(told)
    if codes and all(code.startswith("2") for code in codes):
        return Judged(Nature.RECEIPT, "a delivery receipt")
    hard = _is_hard(codes, told)
    reason = "a message that could not be delivered" if hard else "a delivery problem, perhaps passing"
    note = Note.HARD_BOUNCE if hard else Note.SOFT_BOUNCE
    return Judged(Nature.BOUNCE, reason, (note,), certain=certain, failed=_failed(message, status))


def _is_hard(codes: list[str], text: str) -> bool:
    if codes:
        return any(code.startswith("5") and not code.endswith(_FULL) for code in codes)
    if _PASSING.search(text):
        return False
    return _PERMANENT.search(text) is not None or "5" in _REPLY_CODE.findall(text)


def _failed(message: Message, status: str) -> tuple[str, ...]:
    """Whom it did not reach: as the report names them, else a header, else the text above the returned message, else
    the one to whom the returned message was addressed."""
    named = [_final_recipient(block) for block in re.split(r"\n\s*\n", status)]
    named += message.header("x-failed-recipients").split(",")
    if not any("@" in address for address in named):
        above = _RETURNED.split(message.text[:LONGEST_TEXT], maxsplit=1)[0]
        named = _NAMED.findall(above)
    if not named:
        named = [mailbox.email for part in message.embedded[:1] for mailbox in part.to[:1]]
    ours = {mailbox.email.lower() for mailbox in (*message.to, *message.sender)}
    addresses = (address.strip(" \t<>") for address in named if "@" in address)
    return tuple(dict.fromkeys(address for address in addresses if address.lower() not in ours))[:MOST_ADDRESSES]


def _final_recipient(block: str) -> str:
    """The address of one block of a delivery report, unless it says that this one was reached (RFC 3464 2.3)."""
    fields = fields_of(block)
    action = (fields.get("action") or [""])[0].lower()
    if action.startswith(("delivered", "relayed", "expanded", "deliverable")):
        return ""
    # What we sent to is what must be remembered, not where it was forwarded.
    for name in ("original-recipient", "final-recipient"):
        for value in fields.get(name, []):
            address = value.rpartition(";")[2].strip(" <>")
            if "@" in address:
                return address
    return ""


def fields_of(text: str) -> dict[str, list[str]]:
    """The "Name: value" lines of a report part by their lower-case names."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found
