"""What machines report about our mail: complaints (RFC 5965), receipts (RFC 8098), bounces (core/bounces.py)."""

import re
from collections.abc import Iterable

from allegro_privacy.core.bounces import MOST_ADDRESSES, fields_of, judge_bounce
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.message import Message
from allegro_privacy.core.natures import Judged, Natures, null_path
from allegro_privacy.core.notices import Notice, read_notices
from allegro_privacy.core.reading import Nature, Note

_REPORT_TYPE = re.compile(r"report-type\s*=\s*\"?([a-z-]+)", re.IGNORECASE)
_DISPOSITION = frozenset({"message/disposition-notification", "message/global-disposition-notification", "message/mdn"})
# Reports of these types judge our signature or our domain, or take a complaint back.
_NO_COMPLAINT = frozenset({"auth-failure", "not-spam", "dmarc", "fraud-report"})
_DOMAIN_REPORTS = frozenset({"tlsrpt", "dmarc"})
_FEW_WORDS = 80


def judge_report(letter: Letter, natures: Natures) -> Judged | None:
    """A report of a machine, by its type, its parts, its JSON or, failing all these, its words."""
    message = letter.message
    match = _REPORT_TYPE.search(message.header("content-type") or message.content_type)
    kind = match[1].lower() if match else ""
    feedback = "\n".join(text for type_, text in message.machine if type_ == "message/feedback-report")
    if kind == "feedback-report" or feedback:
        return _arf(message, feedback, natures)
    if notices := read_notices(message, natures.notices):
        return _noticed(notices)
    by_program = bool(message.attachments) or natures.is_program(message) or natures.is_reporter(message)
    if kind in _DOMAIN_REPORTS or (letter.has("domain-report") and by_program and not letter.replied):
        return Judged(Nature.FEEDBACK_REPORT, "a report about our domain, not a complaint")
    return _complaint(letter, natures) or _receipt(letter, kind) or judge_bounce(letter, natures, kind)


def _arf(message: Message, text: str, natures: Natures) -> Judged:
    """RFC 5965. Only complaints are opt-outs: "auth-failure" reports our own signature, "not-spam" takes one back."""
    fields = fields_of(text)
    type_ = (fields.get("feedback-type") or ["abuse"])[0].lower()
    if type_ in _NO_COMPLAINT:
        return Judged(Nature.FEEDBACK_REPORT, f"a report of type {type_}, not a complaint about our mail")
    named = fields.get("original-rcpt-to", []) + fields.get("removal-recipient", [])
    return _complained("a spam complaint (RFC 5965)", _original_recipients(message, natures, named))


def _complaint(letter: Letter, natures: Natures) -> Judged | None:
    """Complaints in older shapes: a cover note with the message below it, or a copy that names its recipient."""
    message = letter.message
    copies = (message.headers, *(part.headers for part in message.embedded))
    named = [value for headers in copies for name, value in headers if name in natures.headers.complaints]
    told = letter.has("feedback-report") and not letter.replied
    if named or (told and (message.embedded or natures.is_reporter(message) or natures.is_daemon(message))):
        recipients = _original_recipients(message, natures, named)
        return _complained("a complaint reported by a mailbox provider", recipients)
    return None


def _complained(reason: str, recipients: tuple[str, ...]) -> Judged:
    return Judged(Nature.FEEDBACK_REPORT, reason, complains=True, complaining=recipients)


def _original_recipients(message: Message, natures: Natures, named: Iterable[str]) -> tuple[str, ...]:
    """Whom the reported message went to: as the report says, else as the copy of the message does."""
    addresses = [re.sub(r"^[^;@]*;", "", value).strip(" <>") for value in named if "@" in value]
    if not addresses:
        for part in message.embedded:
            told = (value for name, value in part.headers if name in natures.headers.recipients and "@" in value)
            original = next(told, "")
            addresses += [original.strip(" <>")] if original else [mailbox.email for mailbox in part.to]
    known = dict.fromkeys(address for address in addresses if "@" in address and "redacted" not in address.lower())
    return tuple(known)[:MOST_ADDRESSES]


def _noticed(notices: tuple[Notice, ...]) -> Judged:
    """What a list of events amounts to: a complaint or an unsubscribing outweighs a bounce, a bounce a delivery."""
    told = {notice.meaning for notice in notices}
    failed = _addresses(notices, ("bounce",))
    hard = all(notice.hard for notice in notices if notice.meaning == "bounce")
    notes = ((Note.HARD_BOUNCE if hard else Note.SOFT_BOUNCE),) if "bounce" in told else ()
    if told & {"complaint", "unsubscribe"}:
        reason = "a complaint reported by the mail platform"
        if "complaint" not in told:
            reason = "an unsubscribing reported by the mail platform"
        people = _addresses(notices, ("complaint", "unsubscribe"))
        return Judged(Nature.FEEDBACK_REPORT, reason, notes, complains=True, complaining=people, failed=failed)
    if "bounce" in told:
        return Judged(Nature.BOUNCE, "a bounce reported by the mail platform", notes, failed=failed)
    return Judged(Nature.RECEIPT, "a delivery receipt of the mail platform")


def _addresses(notices: Iterable[Notice], meanings: tuple[str, ...]) -> tuple[str, ...]:
    named = (address for notice in notices if notice.meaning in meanings for address in notice.addresses)
    return tuple(dict.fromkeys(named))[:MOST_ADDRESSES]


def _receipt(letter: Letter, kind: str) -> Judged | None:
    """A read receipt, by its parts (RFC 8098) or by a title and a few words that say so."""
    message = letter.message
    if kind in ("disposition-notification", "mdn") or any(type_ in _DISPOSITION for type_, _ in message.machine):
        return Judged(Nature.RECEIPT, "a read receipt")
    titled = letter.has("receipt") and not letter.replied and len(letter.text.tokens) < _FEW_WORDS
    if titled and (letter.has("receipt-text") or null_path(message)):
        return Judged(Nature.RECEIPT, "a read receipt", certain=False)
    return None
