"""`reply`: what needs an answer, the drafts of answers, and where they go. Nothing is ever sent from here."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from allegro_privacy.config import MailboxSettings, Settings
from allegro_privacy.core.account import PATIENCE, Patience
from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.lanes import Lane
from allegro_privacy.core.person import Channel, Person
from allegro_privacy.core.reading import Note
from allegro_privacy.core.replies import FINAL, Draft, Facts, under_way, write
from allegro_privacy.core.reply_choice import Choice, is_about_a_child, is_for_another, proposed
from allegro_privacy.core.reply_mail import Stamp
from allegro_privacy.core.reply_to import why_not
from allegro_privacy.errors import UsageError
from allegro_privacy.lists import files
from allegro_privacy.store import drafts, journal
from allegro_privacy.store.database import Database
from allegro_privacy.store.drafts import Matter, Written
from allegro_privacy.workflow import letters as making
from allegro_privacy.workflow.letters import FALLBACK, Letters, case_of, facts_of, mail_of, mailbox_for, request_of
from allegro_privacy.workflow.transaction import transact

PRINTED, EML, DRAFTS, SENT = "printed", "eml", "drafts", "sent"
# RFC 5230 4.2: nobody gets a second answer by itself within so many days.
QUIET = timedelta(days=7)
ASKING = ("need-your-address", "need-to-verify", "need-permission")


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of `reply`: by whom, when, what was chosen ("" for what is proposed). way: printed (only looked at,
    which is not recorded), eml, drafts, or sent, when they say that they sent it.  directory: where the files go,
    which an erasure must name."""

    actor: str
    now: datetime
    template: str = ""
    language: str = ""
    reason: str = ""
    way: str = PRINTED
    dry_run: bool = False
    directory: Path | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A request that needs an answer. hear_by: when they must have heard that it arrived; answer_by: the answer itself
    (both the safe dates).  masked: it is about a child, and no list shows whose.  written: its drafts so far, those
    included that do not count as an answer."""

    matter: Matter
    kind: str
    choice: Choice
    hear_by: date | None
    answer_by: date | None
    masked: bool
    written: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, and what became of it. event: its number, 0 when it was only looked at.  known: the very same
    was written before.  told: what staff should know before they send it."""

    about: str
    draft: Draft
    event: int = 0
    known: bool = False
    mailbox: str = ""
    file: Path | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """A request that gets no draft, and why."""

    about: str
    why: str


def needing(database: Database, letters: Letters) -> list[Need]:
    """The open requests that need an answer from us, those that must hear of us first at the top."""
    found = [_need(database, letters, matter) for matter in drafts.open_matters(database)]
    wanted = [each for each in found if each is not None]
    latest = date.max
    return sorted(wanted, key=lambda each: (each.hear_by or each.answer_by or latest, each.matter.event))


def _need(database: Database, letters: Letters, matter: Matter) -> Need | None:
    if not matter.requests:
        return None
    case = case_of(database, matter)
    if case is not None and case.state in (State.FULFILLED, State.REVOKED):
        return None
    request, written = request_of(matter), drafts.drafts_of(database, matter.message)
    mine = tuple(each for each in written if each.about == matter.about)
    facts = facts_of(database, letters, matter, matter.received)
    if why_not(matter.mail, matter.reading, facts.to, letters.settings.shop, letters.natures) and case is None:
        return None
    choice = _choice(database, letters, matter, facts, mine)
    kind = letters.kinds.get(request.kind)
    review = matter.about.startswith("R")
    if review and (kind is None or kind.lane == "opt-out") and choice.template not in ASKING:
        return None  # it waits for a decision of ours, not for an answer
    templates = {each.template for each in mine if each.counts}
    if templates & FINAL or (request.kind == "question" and templates) or (review and choice.template in templates):
        return None
    zone, clock = letters.settings.shop.time_zone, kind.clock if kind else ""
    # A draft is not sent: only who noted that the person was told has told them.
    heard = case is not None and case.took(Step.ACKNOWLEDGED) > 0
    hear = None if heard else letters.clocks.confirm_due(clock, matter.received, zone)
    dates = (hear.safe if hear else None, facts.answer_by)
    child = is_about_a_child(request, matter.reading) or (case is not None and case.lane is Lane.CHILD)
    return Need(matter, request.kind, choice, *dates, child, mine)


def _choice(database: Database, letters: Letters, matter: Matter, facts: Facts, written: Sequence[Written]) -> Choice:
    request, case = request_of(matter), case_of(database, matter)
    sent = {each.template for each in written if each.counts}
    if case is not None and case.state is State.DENIED:
        known = facts.reason in letters.languages[FALLBACK].pieces["reasons"]
        return Choice("denied") if known else Choice("", "it was denied for another reason: write that by hand")
    if case is not None and case.state is State.PARTLY and request.kind == "deletion":
        return Choice("partial-deletion")
    if case is not None and case.took(Step.ACKNOWLEDGED):
        sent.add("receipt")
    if case is not None and case.took(Step.VERIFIED):
        sent |= {*ASKING}
    lane = case.lane if case else Lane.CUSTOMER
    stopped = bool(facts.stopped)
    choice = proposed(request, matter.reading, letters.kinds, waits=matter.waits, stopped=stopped, sent=sent, lane=lane)
    ahead = any(under_way(facts, channel).ahead(facts.today) for channel in Channel)
    return Choice("may-still-receive") if choice.template == "done" and ahead else choice


def reply(database: Database, letters: Letters, about: str, errand: Errand) -> Drafted:
    """Write one draft, and record it unless it is only looked at. UsageError when nobody may be answered there, or no
    reply fits."""
    prepared = _prepared(database, letters, about, errand)
    drafted = prepared.drafted
    if errand.dry_run or errand.way == PRINTED:
        return drafted
    event, known = transact(database, lambda: prepared.record(database, errand))
    return replace(drafted, event=event, known=known)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A draft that is ready to be recorded: what its event holds, and for whom it is."""

    drafted: Drafted
    content: dict[str, Any]
    person: Person

    def record(self, database: Database, errand: Errand) -> tuple[int, bool]:
        """Within a transaction: its event, and whether it was recorded before."""
        return journal.record_draft(database, self.content, self.person, errand.actor, errand.now)


def _prepared(database: Database, letters: Letters, about: str, errand: Errand) -> _Prepared:
    matter = drafts.matter(database, about)
    facts = facts_of(database, letters, matter, errand.now, errand.reason)
    refused = why_not(matter.mail, matter.reading, facts.to, letters.settings.shop, letters.natures)
    if refused:
        raise UsageError(f"{matter.about} must not be answered.", refused, "Look at it: allegro-privacy why " + about)
    if errand.way in (EML, DRAFTS) and not facts.to:
        raise UsageError(
            f"There is no e-mail address to answer {matter.about}.", "It did not come by e-mail.",
            f"Print it and send it by post: allegro-privacy reply {matter.about}",
        )  # fmt: skip
    template = errand.template or _template(database, letters, matter, facts)
    language = letters.language(errand.language, matter.reading.language)
    draft = write(template, language, facts)
    content, mailbox = _as_recorded(letters, matter, facts, draft, errand)
    drafted = Drafted(matter.about, draft, mailbox=mailbox, told=_told(matter, letters, language.code))
    return _Prepared(drafted, content, request_of(matter).person)


def _template(database: Database, letters: Letters, matter: Matter, facts: Facts) -> str:
    written = [each for each in drafts.drafts_of(database, matter.message) if each.about == matter.about]
    choice = _choice(database, letters, matter, facts, written)
    if not choice.template:
        raise UsageError(
            f"There is no reply for {matter.about} by itself.", f"{choice.why[:1].upper()}{choice.why[1:]}.",
            f"If one fits all the same: allegro-privacy reply {matter.about} --template receipt",
        )  # fmt: skip
    return choice.template


def _told(matter: Matter, letters: Letters, language: str) -> tuple[str, ...]:
    request, told = request_of(matter), []
    if Note.REPLY_TO_DIFFERS in (*request.notes, *matter.reading.notes):
        told.append("their mail asks for answers to another address (Reply-To); this one goes to the sender")
    spoken = matter.reading.language
    if spoken and spoken != language:
        lacking = "" if spoken in letters.languages else ", and there are no replies in it"
        told.append(f"they wrote in another language ({spoken}){lacking}")
    return tuple(told)


def _as_recorded(
    letters: Letters, matter: Matter, facts: Facts, draft: Draft, errand: Errand
) -> tuple[dict[str, Any], str]:
    """What the event of a draft holds, and the name of the mailbox that it goes to ("" for none)."""
    mailbox = mailbox_for(letters.settings, matter, facts.lane)
    if errand.way == DRAFTS and mailbox is None:
        raise UsageError(
            "There is no mailbox to put a draft into.", "The configuration has no [[mailbox]] on a server.",
            f"Write it as a file instead: allegro-privacy reply {matter.about} --eml DIR",
        )  # fmt: skip
    place = mailbox.account.place if errand.way == DRAFTS and mailbox and mailbox.account else ""
    stamp = _stamp(letters.settings, mailbox, errand.now)
    where = str(errand.directory.absolute()) if errand.directory else place
    name = mailbox.name if place and mailbox else ""
    return making.content(matter, draft, stamp, errand.way, where), name


def _stamp(settings: Settings, mailbox: MailboxSettings | None, now: datetime) -> Stamp:
    shop = settings.shop
    sender = (mailbox.account.reply_from if mailbox and mailbox.account else "") or shop.reply_from
    domain = sender.rpartition("@")[2]
    return Stamp(shop.name, sender, now.replace(microsecond=0), f"<{secrets.token_hex(16)}@{domain}>")


def reply_to_all(database: Database, letters: Letters, errand: Errand) -> tuple[list[Drafted], list[Passed]]:
    """A draft for everything that needs an answer and has a reply that fits. Nobody who got a draft within the last
    days gets another by itself (RFC 5230): whatever wrote it, two programs must not talk to each other."""
    made: list[Drafted] = []
    passed: list[Passed] = []
    for need in needing(database, letters):
        about = need.matter.about
        to = facts_of(database, letters, need.matter, errand.now).to
        if not need.choice.template:
            passed.append(Passed(about, need.choice.why))
        elif to and drafts.drafted_since(database, to, errand.now - QUIET):
            passed.append(Passed(about, "they got a draft within the last 7 days; name it to write another"))
        else:
            try:
                made.append(reply(database, letters, about, errand))
            except UsageError as error:
                passed.append(Passed(about, f"{error.what} {error.why}"))
    return made, passed


def record_asking(database: Database, letters: Letters, review_id: str, actor: str, now: datetime) -> Drafted:
    """Record, within a transaction, the draft that asks a customer for what a review lacks: their postal address, or
    (rights requests only) a proof that it is they who ask. UsageError when no reply asks that."""
    matter = drafts.matter(database, review_id)
    request = request_of(matter)
    kind = letters.kinds.get(request.kind)
    rights = kind is not None and kind.lane == "rights" and request.kind not in ("opt-in", "child-removal")
    proof = "need-permission" if is_for_another(request) else "need-to-verify"
    template = proof if rights else "need-your-address"
    errand = Errand(actor, now, template)
    prepared = _prepared(database, letters, review_id, errand)
    event, known = prepared.record(database, errand)
    return replace(prepared.drafted, event=event, known=known)


def put_into_mailboxes(database: Database, settings: Settings, patience: Patience = PATIENCE) -> list[str]:
    """Put every draft that waits into its mailbox. Returns what could not be done, in words for staff."""
    from allegro_privacy.workflow.outbox import place_drafts

    told: list[str] = []
    known = {each.account.place: each for each in settings.mailboxes if each.account}
    for place, count in drafts.places_waiting(database).items():
        mailbox = known.get(place)
        if mailbox is None or mailbox.account is None:
            told.append(f"{place}: {count} waiting, but the configuration no longer has this mailbox")
        else:
            told += place_drafts(database, mailbox.account, mailbox.name, patience)
    return told


def write_eml(database: Database, drafted: Drafted, directory: Path) -> Path:
    """The draft as a file of its own, complete or not there; an equal one that is there already stays."""
    made = mail_of(database, drafted.event)
    if made is None:
        raise UsageError(f"D{drafted.event} was erased.")
    draft = drafted.draft
    name = f"d{drafted.event}-{drafted.about}-{draft.template}-{draft.language}.eml".lower()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if files.hash_of(folder, name) != hashlib.sha256(made[0]).hexdigest():
            part = files.part_name(name, files.new_token())
            with files.new_file(folder, part) as file:
                file.write(made[0])
            files.publish(folder, part, name)
    finally:
        os.close(folder)
    return directory / name
