"""What sort of message it is, in the order that real mail demands: opt-outs that a mail program made, feedback
reports, bounces, receipts, auto-replies, our own mail, bulk mail, and only then people."""

import json
import re
from dataclasses import dataclass

from allegro_privacy.core.asks import find_hits
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.model import Message, Nature, Note
from allegro_privacy.core.rules import Rules
from allegro_privacy.core.shop import Shop

_DAEMON = re.compile(
    r"^(mailer-?daemon|postmaster|mail-?daemon|mdaemon|bounce|bounces|mailerdaemon|mail\.?delivery|mailer|microsoftexchange\w*"
    r"|no-?reply-?(aws|sns)|mailsystem|double-bounce|autoreply-bounce|listserv|majordomo|mail_?deliv\w*|complaints)([+._-].*)?$",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(r"mail delivery|mailer.?daemon|postmaster|delivery (sub)?system|mail (system|administrator)|sistema de entrega", re.I)
_REPORT_TYPE = re.compile(r"report-type\s*=\s*\"?([a-z-]+)", re.IGNORECASE)
_STATUS = re.compile(r"^status:\s*([245])\.\d{1,3}\.\d{1,3}", re.IGNORECASE | re.MULTILINE)
_ANY_STATUS = re.compile(r"\b([45])\.\d{1,3}\.\d{1,3}\b|\b([45])[0-9]{2}[ -]")
_PERMANENT = re.compile(r"permanent (fatal )?(error|failure)|unrouteable|user unknown|unknown user|no such (user|mailbox|recipient)|does not exist|mailbox unavailable|no existe|user doesn't have", re.I)
_TOKEN_WORD = re.compile(r"[A-Za-z0-9+/=_.:-]{6,}")
_BULK_HEADERS = ("list-unsubscribe", "list-id", "list-unsubscribe-post", "x-campaign", "x-campaignid", "x-mc-user", "feedback-id", "x-csa-complaints", "x-mailer-recptid", "x-sg-eid", "x-mailgun-sid", "list-post", "list-owner", "x-mailing-list", "x-list", "x-listserver", "x-rpcampaign", "x-job", "x-mailman-version", "x-beenthere", "x-loop", "list-help", "list-archive", "list-subscribe", "x-emv-campagneid", "x-ebay-mailtracker")  # fmt: skip
_MANY_LINKS = 3
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Judged:
    """The nature, why, and what a report says about its original recipients."""

    nature: Nature
    reason: str = ""
    notes: tuple[Note, ...] = ()
    recipients: tuple[str, ...] = ()
    machine_made: bool = False


def judge_nature(letter: Letter, rules: Rules, shop: Shop) -> Judged:
    """The first of the natures that fits."""
    if unreadable := _unreadable(letter.message):
        return unreadable
    return (
        _machine_made_opt_out(letter, rules, shop)
        or _feedback_report(letter)
        or _bounce(letter)
        or _receipt(letter)
        or _auto_reply(letter)
        or _own(letter, shop)
        or _bulk(letter, rules, shop)
        or Judged(Nature.PERSONAL)
    )


def _unreadable(message: Message) -> Judged | None:
    if "not-mail" in message.flags:
        return Judged(Nature.UNREADABLE, "this is not an e-mail message")
    empty = not message.text.strip() and not message.subject.strip()
    if empty and not message.sender and not message.attachments and not message.machine:
        return Judged(Nature.UNREADABLE, "no sender, subject or text could be read")
    return None


def _addressed_to_unsubscribe(message: Message, shop: Shop) -> bool:
    for mailbox in message.to:
        local, _, domain = mailbox.email.lower().partition("@")
        if f"{local.partition('+')[0]}@{domain}" in shop.unsubscribe_addresses:
            return True
    return False


def _machine_made_opt_out(letter: Letter, rules: Rules, shop: Shop) -> Judged | None:
    message = letter.message
    if message.machine or _is_daemon(message):
        return None
    made = Judged(Nature.PERSONAL, "a mail program's unsubscribe button", (Note.MACHINE_MADE,), machine_made=True)
    if message.header("x-apple-unsubscribe").strip().lower() in ("true", "yes", "1"):
        return made
    commanded = _subject_commands(letter, rules)
    nothing_else = _says_nothing(letter) or letter.has("stock-unsubscribe") or _body_commands(letter, rules)
    if _addressed_to_unsubscribe(message, shop):
        if commanded or _says_nothing(letter) or letter.has("stock-unsubscribe"):
            return None if _is_auto_reply(letter) and not commanded else made
        return None
    automatic = message.header("auto-submitted").strip().lower() not in ("", "no")
    if commanded and nothing_else and (automatic or letter.has("stock-unsubscribe")):
        return made
    return made if _subject_is_command_and_token(letter, rules) and _says_nothing(letter) else None


def _subject_commands(letter: Letter, rules: Rules) -> bool:
    hits = rules.hits(letter.subject, tiers=("whole",))
    return any(hit.rule.kind == "opt-out" for hit in hits) or _subject_is_command_and_token(letter, rules)


def _body_commands(letter: Letter, rules: Rules) -> bool:
    return len(letter.text.tokens) < _SHORT and any(
        hit.rule.kind == "opt-out" for hit in rules.hits(letter.text, tiers=("whole",))
    )


def _subject_is_command_and_token(letter: Letter, rules: Rules) -> bool:
    """ "unsubscribe:8f3a…" or "unsubscribe 8f3a…", as List-Unsubscribe headers prescribe."""
    words = letter.title.replace(":", " ").replace("-", " ").split()
    if not 2 <= len(words) <= 4 or words[0].lower() not in ("unsubscribe", "unsub", "optout", "remove", "baja", "leave", "signoff"):
        return False
    return all(_TOKEN_WORD.fullmatch(word) and any(c.isdigit() for c in word) and "@" not in word for word in words[1:])


def _says_nothing(letter: Letter) -> bool:
    return not any(token.isalnum() for token in letter.text.tokens)


def _feedback_report(letter: Letter) -> Judged | None:
    message = letter.message
    kind = _REPORT_TYPE.search(message.header("content-type") or message.content_type)
    fields = "\n".join(text for type_, text in message.machine if type_ == "message/feedback-report")
    if (kind and kind[1].lower() == "feedback-report") or fields:
        return _arf(message, fields)
    if notice := _json_notice(message, "complaint"):
        return Judged(Nature.FEEDBACK_REPORT, "a complaint reported by the mail platform", recipients=notice)
    original = message.header("x-hmxmroriginalrecipient")
    complains = letter.has("feedback-report") and (message.embedded or _is_machine_sender(message))
    if complains or original:
        return Judged(Nature.FEEDBACK_REPORT, "a complaint reported by a mailbox provider", recipients=_original_recipients(message, original))
    return None


def _arf(message: Message, fields: str) -> Judged:
    """RFC 5965. Only complaints are opt-outs: "auth-failure" reports our own signature, "not-spam" takes one back."""
    values = _fields(fields)
    type_ = (values.get("feedback-type") or ["abuse"])[0].lower()
    if type_ in ("auth-failure", "not-spam", "dmarc", "fraud-report"):
        return Judged(Nature.FEEDBACK_REPORT, f"a report of type {type_}, not a complaint about our mail")
    named = values.get("original-rcpt-to", []) + values.get("removal-recipient", [])
    return Judged(Nature.FEEDBACK_REPORT, "a spam complaint (RFC 5965)", recipients=_original_recipients(message, *named))


def _fields(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def _original_recipients(message: Message, *named: str) -> tuple[str, ...]:
    addresses = [re.sub(r"^.*?;", "", value).strip(" <>") for value in named if "@" in value]
    if not addresses:
        for part in message.embedded:
            original = next((value for name, value in part.headers if name in ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to")), "")
            addresses += [original.strip(" <>")] if "@" in original else [mailbox.email for mailbox in part.to]
    return tuple(dict.fromkeys(address for address in addresses if "@" in address and "redacted" not in address.lower()))


def _json_notice(message: Message, wanted: str) -> tuple[str, ...] | None:
    """Amazon SES by SNS: a JSON document, sometimes inside a JSON string, sometimes with a footer behind it."""
    text = message.text.lstrip()
    if not text.startswith("{") or "otificationType" not in text and "eventType" not in text:
        return None
    try:
        notice, _ = json.JSONDecoder().raw_decode(text)
        if isinstance(notice, dict) and isinstance(notice.get("Message"), str):
            notice = json.loads(notice["Message"])
    except (ValueError, RecursionError):
        # Broken JSON still names its type; the recipients are then left to a person.
        return () if re.search(rf'"(?:notificationType|eventType)"\s*:\s*"{wanted}"', text, re.IGNORECASE) else None
    if not isinstance(notice, dict):
        return None
    if str(notice.get("notificationType") or notice.get("eventType")).lower() != wanted:
        return None
    details = notice.get(wanted)
    people = details.get({"complaint": "complainedRecipients", "bounce": "bouncedRecipients"}[wanted], []) if isinstance(details, dict) else []
    return tuple(str(person["emailAddress"]) for person in people if isinstance(person, dict) and "emailAddress" in person)


def _is_daemon(message: Message) -> bool:
    return any(_DAEMON.match(mailbox.email.partition("@")[0]) or _DAEMON_NAME.search(mailbox.name) for mailbox in message.sender)


def _is_machine_sender(message: Message) -> bool:
    return _is_daemon(message) or any(
        re.match(r"^(no-?reply|do-?not-?reply|staff|feedback\w*|fbl\w*|abuse\w*|complaints?|notifications?|alerts?|scomp|arf\w*)([+._-].*)?$", mailbox.email.partition("@")[0], re.IGNORECASE)
        for mailbox in message.sender
    )


def _bounce(letter: Letter) -> Judged | None:
    """One sure sign, or two weak ones: not every server writes RFC 3464."""
    message = letter.message
    kind = _REPORT_TYPE.search(message.header("content-type") or message.content_type)
    status = "\n".join(text for type_, text in message.machine if type_ in ("message/delivery-status", "message/global-delivery-status"))
    if (kind and kind[1].lower() == "delivery-status") or status or message.header("x-failed-recipients"):
        return _bounced(message, status or message.text)
    if (bounced := _json_notice(message, "bounce")) is not None:
        return Judged(Nature.BOUNCE, "a bounce reported by the mail platform", (Note.HARD_BOUNCE if '"Permanent"' in message.text else Note.SOFT_BOUNCE,), bounced)
    subject, text = letter.has("bounce"), letter.has("bounce-text") or _whole_text_bounces(letter)
    daemon = _is_daemon(message)
    null_path = message.return_path is not None and message.return_path.strip() in ("", "<>")
    weak = sum((bool(subject), bool(text), daemon, null_path))
    automatic = message.header("auto-submitted").lower().startswith("auto-replied") or letter.has("auto-reply")
    if weak >= 3 or (weak == 2 and (daemon or null_path or (subject and text and not letter.replied)) and not (automatic and not text)):
        return _bounced(message, message.text)
    return None


def _whole_text_bounces(letter: Letter) -> bool:
    text = letter.message.text[:3000]
    return bool(re.search(r"returned message|original message|message header|could not be delivered|unknown user|<<<\s*5\d\d|>>>\s*RCPT", text, re.IGNORECASE))


def _bounced(message: Message, text: str) -> Judged:
    statuses = _STATUS.findall(text) or [one or two for one, two in _ANY_STATUS.findall(text[:5000])]
    if statuses and all(status == "2" for status in statuses):
        return Judged(Nature.RECEIPT, "a delivery receipt")
    hard = "5" in statuses or bool(_PERMANENT.search(text[:5000]))
    reason = "a message that could not be delivered" if hard else "a delivery problem, perhaps passing"
    final = [value.partition(";")[2].strip(" <>") or value for value in _fields(text).get("final-recipient", [])]
    named = [*final, message.header("x-failed-recipients")]
    recipients = tuple(dict.fromkeys(address.strip() for value in named for address in value.split(",") if "@" in address))
    return Judged(Nature.BOUNCE, reason, (Note.HARD_BOUNCE if hard else Note.SOFT_BOUNCE,), recipients)


def _receipt(letter: Letter) -> Judged | None:
    message = letter.message
    kind = _REPORT_TYPE.search(message.header("content-type") or message.content_type)
    reported = kind and kind[1].lower() in ("disposition-notification", "mdn")
    parts = any(type_ in ("message/disposition-notification", "message/mdn") for type_, _ in message.machine)
    if reported or parts:
        return Judged(Nature.RECEIPT, "a read receipt")
    if letter.has("receipt") and _says_little(letter) and re.search(r"was (read|displayed)|ha sido le[ií]do|fue le[ií]do|se ley[oó]|was deleted without", message.text, re.IGNORECASE):
        return Judged(Nature.RECEIPT, "a read receipt")
    return None


def _says_little(letter: Letter) -> bool:
    return len(letter.text.tokens) < _SHORT


def _is_auto_reply(letter: Letter) -> bool:
    message = letter.message
    submitted = message.header("auto-submitted").strip().lower()
    if submitted.startswith(("auto-replied", "auto-notified")):
        return True
    if any(message.header(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-auto-reply-from", "x-vacation", "x-mail-autoreply")):
        return True
    if message.header("precedence").strip().lower() in ("auto_reply", "auto-reply", "autoreply"):
        return True
    if letter.has("auto-reply"):
        return True
    return letter.has("auto-reply-text") and (submitted.startswith("auto-generated") or "return_path_null" in message.flags or _null_path(message))


def _null_path(message: Message) -> bool:
    return message.return_path is not None and message.return_path.strip() in ("", "<>")


def _auto_reply(letter: Letter) -> Judged | None:
    return Judged(Nature.AUTO_REPLY, "an automatic reply") if _is_auto_reply(letter) else None


def _own(letter: Letter, shop: Shop) -> Judged | None:
    message = letter.message
    if not message.sender or not all(shop.is_own(mailbox.email) for mailbox in message.sender):
        return None
    if any(not shop.is_own(mailbox.email) for mailbox in message.reply_to):
        return None
    if letter.forwarded or letter.own.forwarded or message.embedded:
        return None
    return Judged(Nature.OWN, "our own mail")


def _sends_only(message: Message) -> bool:
    return any(
        re.match(r"^(no-?_?reply|do-?_?not-?_?reply|notifications?|newsletters?|alerts?|digest|mailer|noresponder|boletin)([+._-].*)?$", mailbox.email.partition("@")[0], re.IGNORECASE)
        for mailbox in message.sender
    )


def _bulk(letter: Letter, rules: Rules, shop: Shop) -> Judged | None:
    """Mail to many. A person who writes through a mailing list is not bulk when all they say is the command."""
    message = letter.message
    headers = sum(bool(message.header(name)) for name in _BULK_HEADERS)
    precedence = message.header("precedence").strip().lower()
    signals = headers + (precedence in ("bulk", "junk", "list")) + _sends_only(message)
    marketing = len(letter.quotes("marketing"))
    links = letter.text.tokens.count("@url")
    foreign_footer = letter.own.footer and marketing and not letter.replied
    looks = bool(signals) or marketing >= 2 or (marketing and links >= _MANY_LINKS) or (foreign_footer and links >= 1)
    if not looks or letter.has("agent") or (letter.own.has_quote and letter.replied and not signals):
        return None
    if _short_command(letter, rules):
        return None
    return Judged(Nature.BULK, "mail that was sent to many")


def _short_command(letter: Letter, rules: Rules) -> bool:
    """All that the writer says is a command: in the subject (not of a reply), or in a text of a few words."""
    found = [one for one in find_hits(letter, rules) if one.hit.rule.kind == "opt-out" and one.clear]
    if any(one.where == "subject" for one in found) and letter.own.own.count(" ") < _SHORT * 2:
        return True
    if len(letter.text.tokens) > _SHORT or "@url" in letter.text.tokens:
        return False
    return bool(found)
