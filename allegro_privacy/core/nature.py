"""What sort of message it is, in the order that real mail demands: opt-outs that a mail program made, feedback
reports, bounces, receipts, auto-replies, our own mail, bulk mail, and only then people."""

import re

from allegro_privacy.core.asks import find_hits
from allegro_privacy.core.letter import Letter
from allegro_privacy.core.machine_made import judge_machine_made
from allegro_privacy.core.message import Message
from allegro_privacy.core.natures import Judged, Natures, local_part, null_path, submitted_by_program
from allegro_privacy.core.reading import Doubt, Nature
from allegro_privacy.core.reports import judge_report
from allegro_privacy.core.rules import Rules
from allegro_privacy.core.second_look import sounds_like_one
from allegro_privacy.core.shop import Shop

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_MANY_LINKS = 3
_SHORT = 60
_FEW_SENTENCES = 110
# An automatic reply without any technical mark is told by its words, and those are few.
_LONGEST_ANSWER = 250
_ANSWERING = ("auto-replied", "auto-notified")
_LIST_PATHS = ("owner-", "bounce-", "bounces-", "return-", "bounces+", "bounce+", "sentto-")
_LIST_PATH_ENDS = ("-owner", "-bounces", "-bounce", "-return", "-errors")


def judge_nature(letter: Letter, rules: Rules, shop: Shop) -> Judged:
    """The first of the natures that fits. Where only words speak for a machine, a request in plain words wins."""
    if unreadable := _unreadable(letter.message):
        return unreadable
    if _is_own_reply(letter.message, shop):
        return Judged(Nature.OWN, "our own reply, come back")
    report = judge_machine_made(letter, rules, shop) or judge_report(letter, rules.natures)
    if report and (report.certain or not asks_clearly(letter, rules)):
        return report
    return (
        _auto_reply(letter, rules)
        or _own(letter, shop)
        or _bulk(letter, rules, shop)
        or _program_notice(letter, rules)
        or Judged(Nature.PERSONAL)
    )


def _is_own_reply(message: Message, shop: Shop) -> bool:
    """Does it bear both marks of a reply that this program drafted (core/reply_mail.py)? Its words repeat what a
    customer asked, and must not be read as asking again."""
    ours = any(shop.is_own(value.strip(" <>")) for value in message.header_values("x-loop"))
    return ours and submitted_by_program(message).startswith("auto-replied")


def asks_clearly(letter: Letter, rules: Rules) -> bool:
    """Do the writer's own words ask for something, without any doubt about it?"""
    return any(found.clear and found.hit.rule.kind != "question" for found in find_hits(letter, rules))


def _unreadable(message: Message) -> Judged | None:
    if "not-mail" in message.flags:
        return Judged(Nature.UNREADABLE, "this is not an e-mail message")
    empty = not message.text.strip() and not message.subject.strip()
    if empty and not message.sender and not message.attachments and not message.machine:
        return Judged(Nature.UNREADABLE, "no sender, subject or text could be read")
    return None


def _auto_reply(letter: Letter, rules: Rules) -> Judged | None:
    """By its headers; else by words, which a person may write too: a person who asks for something is heard."""
    judged = Judged(Nature.AUTO_REPLY, "an automatic reply")
    if _answers_by_headers(letter, rules.natures):
        return judged
    if letter.replied:
        return None
    if any(sign.means == "auto-reply" for sign, _ in rules.signs_in(letter.subject, "subject")):
        return judged
    if null_path(letter.message) or submitted_by_program(letter.message):
        answers = letter.has("auto-reply") or letter.has("auto-reply-text")
        return judged if answers and not letter.message.header("list-unsubscribe") else None
    short = len(letter.text.tokens) <= _LONGEST_ANSWER
    return judged if short and letter.has("auto-reply") and not asks_clearly(letter, rules) else None


def _answers_by_headers(letter: Letter, natures: Natures) -> bool:
    message, headers = letter.message, natures.headers
    if submitted_by_program(message).startswith(_ANSWERING):
        return True
    if message.headers_among(headers.answers):
        return True
    return message.header("precedence").strip().lower() in headers.answer_precedences


def _own(letter: Letter, shop: Shop) -> Judged | None:
    message = letter.message
    if not message.sender or not all(shop.is_own(mailbox.email) for mailbox in message.sender):
        return None
    if any(not shop.is_own(mailbox.email) for mailbox in message.reply_to):
        return None
    if letter.forwarded or letter.own.forwarded or message.embedded:
        return None
    return Judged(Nature.OWN, "our own mail")


def _bulk(letter: Letter, rules: Rules, shop: Shop) -> Judged | None:
    """Mail to many. A person who writes through a mailing list is not bulk when all they say is the command."""
    message, natures = letter.message, rules.natures
    signals = _bulk_signals(message, natures)
    if not (signals or advertises(letter, rules)) or letter.has("agent"):
        return None
    if letter.own.has_quote and letter.replied and not signals:
        return None
    if not _announces(message, natures) and (_short_command(letter, rules, shop) or _wants_to_leave(letter, rules)):
        return None
    if not signals and _claims_a_right(letter, rules):
        return None
    return Judged(Nature.BULK, "mail that was sent to many")


def _claims_a_right(letter: Letter, rules: Rules) -> bool:
    """A letter about one's data speaks of marketing, and links to the law, as advertising does."""
    rights = (one for one in find_hits(letter, rules) if one.hit.rule.kind not in ("opt-out", "opt-in", "question"))
    return any(one.clear for one in rights)


def advertises(letter: Letter, rules: Rules) -> bool:
    """Without a header that says so: the turns of advertising, among links. A company's disclaimer alone is none."""
    marketing = len(letter.quotes("marketing")) + _comes_back_to_a_list(letter.message)
    links = len(_LINK.findall(letter.own.own))
    if marketing >= 2:
        return bool(links) or any(sign.means == "marketing" for sign, _ in rules.signs_in(letter.text, "text"))
    if not marketing:
        return False
    return links >= _MANY_LINKS or bool(letter.own.footer and links and not letter.replied)


def _announces(message: Message, natures: Natures) -> bool:
    """Is a command in it no request, since it comes from a list of announcements and tells us how to leave?"""
    discussion = message.headers_among(natures.headers.discussion)
    precedence = message.header("precedence").strip().lower()
    return bool(message.header("list-unsubscribe")) and not discussion and precedence != "list"


def _bulk_signals(message: Message, natures: Natures) -> int:
    headers = natures.headers
    return (
        message.headers_among(headers.bulk)
        + (message.header("precedence").strip().lower() in headers.bulk_precedences)
        + _is_mass_made(message, natures)
    )


def _is_mass_made(message: Message, natures: Natures) -> bool:
    """Is it from a program that writes to many, by its address, its name or its X-Mailer?"""
    headers, senders = natures.headers, natures.senders
    mailer = message.header("x-mailer").lower()
    if mailer and any(name in mailer for name in headers.mass_mailers):
        return True
    # In the name only: people give their addresses tags such as rosa+newsletter@ to see who sells them.
    shown = " ".join(mailbox.name for mailbox in message.sender).lower()
    if any(name in shown for name in senders.mass_names):
        return True
    return natures.is_program(message) and not _relays_a_person(message)


def _comes_back_to_a_list(message: Message) -> bool:
    local = (message.return_path or "").partition("@")[0].lower()
    return local.startswith(_LIST_PATHS) or local.endswith(_LIST_PATH_ENDS)


def _relays_a_person(message: Message) -> bool:
    """A contact form writes from nobody's address and names the person in Reply-To."""
    domains = {mailbox.email.lower().rpartition("@")[2] for mailbox in message.sender}
    others = (mailbox for mailbox in message.reply_to if mailbox.email.lower().rpartition("@")[2] not in domains)
    return any(not local_part(mailbox).startswith(("no-reply", "noreply")) for mailbox in others)


def _program_notice(letter: Letter, rules: Rules) -> Judged | None:
    """What a machine writes by itself (cron, monitoring, confirmations), unless it brings somebody's request."""
    generated = submitted_by_program(letter.message).startswith("auto-generated")
    if not (generated or (letter.has("program-notice") and not letter.replied)):
        return None
    if _relays_a_person(letter.message) or find_hits(letter, rules):
        return None
    return Judged(Nature.BULK, "a notice that a program wrote")


def _wants_to_leave(letter: Letter, rules: Rules) -> bool:
    """Does somebody who writes to a discussion list ask in a few sentences to be taken off, in whatever words?"""
    if len(letter.text.tokens) > _FEW_SENTENCES or not letter.message.headers_among(rules.natures.headers.discussion):
        return False
    found = [one.hit.rule for one in find_hits(letter, rules) if Doubt.SOFT not in {each.doubt for each in one.doubts}]
    return any(rule.kind == "opt-out" for rule in found) or sounds_like_one(letter, rules)


def _short_command(letter: Letter, rules: Rules, shop: Shop) -> bool:
    """All that the writer says is a command: in the subject (not of a reply), or in a text of a few words. In what a
    header calls advertising it must be a clear one. "Unsubscribe" with our own address is how we would leave."""
    found = [one for one in find_hits(letter, rules) if one.hit.rule.kind == "opt-out"]
    ours = tuple(mailbox.email.lower() for mailbox in letter.message.to if shop.is_written_to(mailbox.email))
    if any(email in one.hit.quote.lower() for one in found for email in ours):
        return False
    advertised = letter.has("marketing") and _bulk_signals(letter.message, rules.natures)
    if advertised or _is_mass_made(letter.message, rules.natures):
        found = [one for one in found if one.clear]
    if any(one.where == "subject" and one.clear for one in found) and letter.own.own.count(" ") < _SHORT * 2:
        return True
    if len(letter.text.tokens) > _SHORT or "@url" in letter.text.tokens:
        return False
    return bool(found)
