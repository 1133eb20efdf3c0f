"""The table of what tells mail of programs from mail of people (data/natures.toml), compiled."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allegro_privacy.core.message import Mailbox, Message
from allegro_privacy.core.reading import Nature, Note

_ANYTHING = r"[a-z0-9._=-]*"
# Behind the name of a program stand a tag, a token or a number: bounces+8f3a@, mailer-daemon-2@.
_TAG = r"(?:[+_=-].*|\d*)"


@dataclass(frozen=True, slots=True)
class Judged:
    """The nature of a message, why, and whom it is about. certain: no words had to be weighed for it.  complains: it
    stands for a wish to get no more, of the people in `complaining` (of somebody unknown when that is empty).
    failed: addresses that our mail did not reach.  machine_made: an opt-out that a mail program wrote."""

    nature: Nature
    reason: str = ""
    notes: tuple[Note, ...] = ()
    certain: bool = True
    complains: bool = False
    complaining: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    machine_made: bool = False


@dataclass(frozen=True, slots=True)
class Senders:
    """Who writes as a program: patterns over the part before the @, in lower case."""

    daemons: re.Pattern[str]
    daemon_names: tuple[str, ...]
    programs: re.Pattern[str]
    mass_names: tuple[str, ...]
    list_desks: re.Pattern[str]
    reporters: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class HeaderSigns:
    """Header fields, in lower case, that only programs set; `mass_mailers` are names in X-Mailer."""

    answers: frozenset[str]
    answer_precedences: frozenset[str]
    bounces: frozenset[str]
    complaints: tuple[str, ...]
    recipients: tuple[str, ...]
    bulk: frozenset[str]
    bulk_precedences: frozenset[str]
    discussion: frozenset[str]
    mass_mailers: tuple[str, ...]
    unsubscribing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """How mail platforms name things in the JSON of their notices; `meaning`: event word to what happened."""

    event: frozenset[str]
    address: frozenset[str]
    severity: frozenset[str]
    cause: frozenset[str]
    meaning: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Natures:
    """Everything of the table but its phrases, which the Rules hold as signs. `commands` begin a subject that carries
    a token; the fragments are looked for as they stand, in lower case."""

    senders: Senders
    headers: HeaderSigns
    notices: NoticeWords
    commands: frozenset[str]
    bounce_subject: tuple[str, ...]
    bounce_text: tuple[str, ...]
    transcript: tuple[str, ...]

    def is_daemon(self, message: Message) -> bool:
        """Is it from a mail server itself, by address or by name? (Some name themselves without any address.)"""
        sender = message.header("from").lower()
        return _from(message, self.senders.daemons) or any(name in sender for name in self.senders.daemon_names)

    def is_program(self, message: Message) -> bool:
        """Is it from an address where nobody writes?"""
        return _from(message, self.senders.programs)

    def is_list_desk(self, message: Message) -> bool:
        return _from(message, self.senders.list_desks)

    def is_reporter(self, message: Message) -> bool:
        return _from(message, self.senders.reporters)


def load_natures(table: Mapping[str, Any]) -> Natures:
    """The compiled table. Raises KeyError or ValueError for one that is wrong."""
    senders, headers, notices, fragments = (table[name] for name in ("senders", "headers", "notices", "fragments"))
    unsubscribing = table["unsubscribing"]
    return Natures(
        senders=Senders(
            daemons=_local_parts(senders["daemons"]),
            daemon_names=tuple(senders["daemon_names"]),
            programs=_local_parts(senders["programs"]),
            mass_names=tuple(senders["mass_names"]),
            list_desks=_local_parts(senders["list_desks"]),
            reporters=_local_parts(senders["reporters"]),
        ),
        headers=HeaderSigns(
            answers=frozenset(headers["answers"]),
            answer_precedences=frozenset(headers["answer_precedences"]),
            bounces=frozenset(headers["bounces"]),
            complaints=tuple(headers["complaints"]),
            recipients=tuple(headers["recipients"]),
            bulk=frozenset(headers["bulk"]),
            bulk_precedences=frozenset(headers["bulk_precedences"]),
            discussion=frozenset(headers["discussion"]),
            mass_mailers=tuple(headers["mass_mailers"]),
            unsubscribing=tuple(unsubscribing["headers"]),
        ),
        notices=NoticeWords(
            event=frozenset(notices["event"]),
            address=frozenset(notices["address"]),
            severity=frozenset(notices["severity"]),
            cause=frozenset(notices["cause"]),
            meaning={word: meaning for meaning, words in notices["words"].items() for word in words},
        ),
        commands=frozenset(unsubscribing["commands"]),
        bounce_subject=tuple(fragments["bounce_subject"]),
        bounce_text=tuple(fragments["bounce_text"]),
        transcript=tuple(fragments["transcript"]),
    )


def _local_parts(names: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all: a dash may be a dot, an underscore or nothing, a star is anything."""
    written = (re.escape(name).replace(r"\-", "[._-]?").replace(r"\*", _ANYTHING) for name in names)
    return re.compile(f"(?:{'|'.join(written)}){_TAG}", re.DOTALL)


def _from(message: Message, pattern: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(local_part(mailbox)) for mailbox in message.sender)


def local_part(mailbox: Mailbox) -> str:
    """What stands before the @, in lower case, at most as much as RFC 5321 allows."""
    return mailbox.email.partition("@")[0].lower()[:64]


def null_path(message: Message) -> bool:
    """Was it sent with the null reverse-path, as RFC 5321 4.5.5 demands of reports?"""
    return message.return_path is not None and message.return_path.strip() in ("", "<>")


def submitted_by_program(message: Message) -> str:
    """The Auto-Submitted keyword (RFC 3834), "" when it is absent or says that a person sent it."""
    keyword = message.header("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    return "" if keyword == "no" else keyword
