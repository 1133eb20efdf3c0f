"""What replies are written with: the letters of each language, the clocks, and the facts about one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from allegro_privacy import tables
from allegro_privacy.config import MailboxSettings, Settings
from allegro_privacy.core.account import read_locator
from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.deadlines import Clocks, read_clocks, received_on
from allegro_privacy.core.kinds import Kind, load_kinds
from allegro_privacy.core.natures import Natures, load_natures
from allegro_privacy.core.person import Channel, Person
from allegro_privacy.core.reading import Doubt, Request
from allegro_privacy.core.replies import PLACEHOLDERS, Draft, Facts, Stopped
from allegro_privacy.core.reply_choice import all_doubts, is_bereavement, is_for_another, missing_parts
from allegro_privacy.core.reply_mail import Stamp, as_mail
from allegro_privacy.core.reply_to import addressee
from allegro_privacy.core.reply_words import Language, load_language
from allegro_privacy.errors import ConfigError, UsageError
from allegro_privacy.store import cases, drafts, views
from allegro_privacy.store.database import Database
from allegro_privacy.store.drafts import Matter
from allegro_privacy.store.plain import moment
from allegro_privacy.store.rows_cases import Case

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Letters:
    """Everything that replies are made of besides the request itself."""

    settings: Settings
    languages: Mapping[str, Language]
    kinds: Mapping[str, Kind]
    clocks: Clocks
    natures: Natures

    def language(self, wanted: str, written: str) -> Language:
        """The language asked for, else the one they wrote in, else English. UsageError for one without letters."""
        if wanted and wanted not in self.languages:
            known = ", ".join(self.languages)
            raise UsageError(f"There are no replies in {wanted!r}.", f"There are: {known}.", f"--lang {FALLBACK}")
        return self.languages[wanted or (written if written in self.languages else FALLBACK)]


def load(settings: Settings) -> Letters:
    """The letters in force, checked. Raises ConfigError that names every file and what is wrong in it."""
    loaded = tables.load(settings.overrides, languages=False)
    languages: dict[str, Language] = {}
    problems: list[str] = []
    for code, (texts, words) in tables.replies(settings.overrides).items():
        try:
            languages[code] = load_language(code, texts, words, frozenset(PLACEHOLDERS))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError(
            what="The replies cannot be used.",
            why="\n".join(problems),
            fix="Correct the file (the folder is [data] overrides of the configuration); then: allegro-privacy reply",
        )
    natures = load_natures(tables.natures(settings.overrides))
    return Letters(settings, languages, load_kinds(loaded.kinds), read_clocks(loaded.clocks), natures)


def request_of(matter: Matter) -> Request:
    """The one request that a reply is about: of several the one whose address lacks something, else the first."""
    lacking = [
        each
        for each in matter.requests
        if each.kind == "opt-out" and each.channel is Channel.POST and missing_parts(each)
    ]
    found = next(iter(lacking if matter.waits else ()), None) or next(iter(matter.requests), None)
    return found or Request("question", Person())


def facts_of(database: Database, letters: Letters, matter: Matter, now: datetime, reason: str = "") -> Facts:
    """Everything that a letter may say about a request, from what was recorded."""
    request, shop, mail = request_of(matter), letters.settings.shop, matter.mail
    kind, zone = letters.kinds.get(request.kind), shop.time_zone
    case = case_of(database, matter)
    extended = case is not None and case.took(Step.EXTENDED) > 0
    due = letters.clocks.due(kind.clock, matter.received, zone, extended=extended) if kind else None
    stopped = tuple(
        Stopped(
            one.channel,
            received_on(one.since, zone),
            one.level,
            one.key or "" if one.channel == "email" else "",
            one.event,
        )
        for one in drafts.stopped(database, matter.message)
    )
    to = addressee(mail, request.person.email or "", shop)
    return Facts(
        about=matter.about,
        kind=request.kind,
        lane=kind.lane if kind else "rights",
        received=received_on(matter.received, zone),
        today=now.astimezone(ZoneInfo(zone)).date(),
        channel=request.channel,
        answer_by=due.safe if due else None,
        stopped=stopped,
        missing=missing_parts(request) if request.channel is Channel.POST else (),
        drops=views.drops(database, zone) if stopped else (),
        reason=reason or _reason_of(case),
        for_another=is_for_another(request),
        deceased=is_bereavement(request, matter.reading),
        to=to,
        name=_name_of(matter, request, to),
        subject=mail.subject,
        message_id=mail.message_id,
        references=mail.header("references") or mail.header("in-reply-to"),
        shop=shop.name,
        phone=next(iter(shop.phones), ""),
    )


def case_of(database: Database, matter: Matter) -> Case | None:
    """The case that a reply is about; None for a review or a suppression."""
    return cases.case(database, matter.about) if matter.about.startswith("C") else None


def _reason_of(case: Case | None) -> str:
    """Why it was denied, if it was."""
    closed = case.closed if case is not None and case.state is State.DENIED else None
    return closed.reason if closed else ""


def _name_of(matter: Matter, request: Request, to: str) -> str:
    """Whom the letter greets: whoever it goes to. An agent or a relative is not greeted with the person's name."""
    person, senders = request.person, matter.mail.sender
    theirs = not to or not person.email or person.email.casefold() == to.casefold()
    for_another = all_doubts(request, matter.reading) & {Doubt.SOMEONE_ELSE, Doubt.AGENT, Doubt.BEREAVEMENT}
    if person.name and theirs and not for_another:
        return person.name
    return next((each.name for each in senders if each.email.casefold() == to.casefold()), "")


def mailbox_for(settings: Settings, matter: Matter, lane: str) -> MailboxSettings | None:
    """The mailbox whose Drafts folder a reply belongs into: where the message lay, else one of the same role, else the
    one for such requests; None when no mailbox on a server is configured."""
    on_servers = [each for each in settings.mailboxes if each.account]
    at = read_locator(matter.origin.locator)
    roles = (matter.origin.mailbox, "privacy" if lane == "rights" else "customer-service")
    fitting = [
        *(each for each in on_servers if at and each.account and each.account.place == at[0]),
        *(each for role in roles for each in on_servers if role and each.role == role),
        *on_servers,
    ]
    return next(iter(fitting), None)


def content(matter: Matter, draft: Draft, stamp: Stamp, way: str, place: str) -> dict[str, Any]:
    """What the event of a draft records: the whole letter, so that its mail can be made again."""
    return {
        "message": matter.message,
        "about": matter.about,
        "template": draft.template,
        "language": draft.language,
        "way": way,
        "place": place,
        "shop": stamp.shop,
        "from": stamp.sender,
        "date": stamp.date.isoformat(),
        "message_id": stamp.message_id,
        "to": draft.to,
        "subject": draft.subject,
        "body": draft.body,
        "in_reply_to": draft.in_reply_to,
        "references": list(draft.references),
    }


def mail_of(database: Database, event: int) -> tuple[bytes, str] | None:
    """The mail of a recorded draft and its Message-ID; None once it was erased. The same bytes each time."""
    written = drafts.draft(database, event)
    if written is None or not written.content:
        return None
    kept = written.content
    draft = Draft(
        written.template, written.language, kept["to"], kept["subject"], kept["body"], kept["in_reply_to"],
        tuple(kept["references"]),
    )  # fmt: skip
    stamp = Stamp(kept["shop"], kept["from"], moment(kept["date"]), kept["message_id"])
    return as_mail(draft, stamp), stamp.message_id
