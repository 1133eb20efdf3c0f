"""Drafts for requests that need an answer. A person reads them and sends them; the program never does."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegro_privacy.cli import console
from allegro_privacy.cli.app import EVERY_DAY, Call, command
from allegro_privacy.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from allegro_privacy.store.database import Database
    from allegro_privacy.workflow.letters import Letters
    from allegro_privacy.workflow.replies import Drafted, Errand, Need, Passed

_IDS = typer.Argument(metavar="ID", help="What to answer: R12, C8 or S5; none shows what needs an answer.")
_EML = typer.Option("--eml", metavar="DIR", help="Write each draft as an .eml file into this folder.")


@command("reply", EVERY_DAY, "as_json", "dry_run", "actor")
def reply(
    call: Call,
    ids: Annotated[list[str] | None, _IDS] = None,
    template: Annotated[
        str, typer.Option("--template", metavar="NAME", help="Which reply: receipt, done, need-your-address, …")
    ] = "",
    lang: Annotated[str, typer.Option("--lang", metavar="LANG", help="en or es, instead of the customer's own.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="REASON", help="For denied: why, such as no-match.")] = "",
    eml: Annotated[Path | None, _EML] = None,
    to_drafts: Annotated[
        bool, typer.Option("--to-drafts", help="Put each draft into the mailbox's Drafts folder.")
    ] = False,
    sent: Annotated[
        bool, typer.Option("--sent", help="Only note that you sent the letter; --template says which.")
    ] = False,
) -> int:
    """Draft the answers that requests need. You read and send them; the program sends nothing."""
    from allegro_privacy.workflow import insight, letters

    _check(ids or [], template, eml, to_drafts, sent)
    settings = call.settings()
    made_of = letters.load(settings)
    making = bool(ids or eml or to_drafts)
    with insight.opened(settings, read_only=not making or call.dry_run) as database:
        if not making:
            return _list(call, database, made_of)
        way = "sent" if sent else "eml" if eml else "drafts" if to_drafts else "printed"
        return _draft(call, database, made_of, ids or [], _errand(call, template, lang, reason, way, eml), eml)


def _check(ids: list[str], template: str, eml: Path | None, to_drafts: bool, sent: bool) -> None:
    if sum(map(bool, (eml, to_drafts, sent))) > 1:
        raise UsageError(
            "A draft goes to one place.", "Several of --eml, --to-drafts and --sent were given.", "Give one of them."
        )
    if sent and not (ids and template):
        # The letter that is proposed changes with each one that went out: a guess would note the wrong one.
        raise UsageError(
            "Which letter was sent, and to whom?", "--sent needs the number and the --template.",
            f"For example: allegro-privacy reply {ids[0] if ids else 'C8'} --template receipt --sent",
        )  # fmt: skip
    if template and not ids:
        raise UsageError(
            "Which request is to be answered so?", "--template needs its number.",
            f"For example: allegro-privacy reply C8 --template {template}",
        )  # fmt: skip


def _errand(call: Call, template: str, lang: str, reason: str, way: str, eml: Path | None) -> "Errand":
    from allegro_privacy.cli.clock import utc_now
    from allegro_privacy.workflow import replies

    return replies.Errand(call.actor, utc_now(), template, lang.lower(), reason, way, call.dry_run, directory=eml)


def _draft(
    call: Call, database: "Database", letters: "Letters", ids: list[str], errand: "Errand", eml: Path | None
) -> int:
    from dataclasses import replace

    from allegro_privacy.workflow import replies

    passed: list[Passed] = []
    if ids:
        made = [replies.reply(database, letters, each, errand) for each in dict.fromkeys(each.upper() for each in ids)]
    else:
        made, passed = replies.reply_to_all(database, letters, errand)
    if eml and not call.dry_run:
        made = [replace(each, file=replies.write_eml(database, each, eml)) for each in made]
    problems: list[str] = []
    if errand.way == replies.DRAFTS and not call.dry_run:
        problems = replies.put_into_mailboxes(database, letters.settings)
    _show(call, made, passed, problems, errand)
    return ExitCode.PARTLY if problems else ExitCode.DONE


def _show(call: Call, made: "list[Drafted]", passed: "list[Passed]", problems: list[str], errand: "Errand") -> None:
    if call.as_json:
        told = [{"about": each.about, "why": each.why} for each in passed]
        rows = [_document(each, errand.way) for each in made]
        console.document({"dry_run": call.dry_run, "drafts": rows, "passed": told, "problems": problems})
        return
    for each in made:
        _show_draft(call, each, errand)
    for passed_by in passed:
        console.paragraph(f"{passed_by.about}: no draft: {passed_by.why}", hang=4, width=80)
    if not made and not passed:
        call.say("Nothing needs an answer.")
    for problem in problems:
        console.say(f"not done: {problem}")


def _show_draft(call: Call, drafted: "Drafted", errand: "Errand") -> None:
    from allegro_privacy.cli import words

    draft, way = drafted.draft, errand.way
    if way == "printed" or call.dry_run:
        console.out(f"To: {draft.to or '(no e-mail address: send it by post)'}")
        console.out(f"Subject: {draft.subject}")
        console.out()
        for line in draft.body.splitlines():
            console.out(line)
        console.out()
    what = f"{draft.template} for {drafted.about}, in {words.LANGUAGES.get(draft.language, draft.language)}"
    for each in drafted.told:
        call.say(f"  (look: {each})")
    if call.dry_run:
        call.say(f"  ({what}; not recorded: dry run)")
    elif drafted.file:
        console.out(f"D{drafted.event}  {what}: {drafted.file}")
    elif way == "sent":
        console.out(f"D{drafted.event}  {what}: {'noted as sent before' if drafted.known else 'noted as sent'}")
        if draft.template == "receipt" and drafted.about.startswith("C"):
            call.say(f'  ("allegro-privacy case acknowledge {drafted.about}" notes that they know it arrived)')
    elif way == "drafts":
        place = f"the Drafts folder of {drafted.mailbox}"
        before = "was put there before; it is not put there twice" if drafted.known else "read it there, then send it"
        console.out(f"D{drafted.event}  {what}, for {place}")
        call.say(f"  ({before})")
    else:
        _say_next(call, drafted, errand, what)


def _say_next(call: Call, drafted: "Drafted", errand: "Errand", what: str) -> None:
    """How the letter that was only looked at goes out."""
    again = f"  allegro-privacy reply {drafted.about} --template {drafted.draft.template}"
    again += f" --lang {errand.language}" if errand.language else ""
    again += f" --reason {errand.reason}" if errand.reason else ""
    call.say(f"  ({what}: only shown, nothing is noted;")
    call.say("  the program sends nothing.")
    if drafted.draft.to:
        call.say("  To put it into the mailbox:")
        call.say(f"  {again} --to-drafts")
    call.say("  When you have sent it yourself:")
    call.say(f"  {again} --sent)")


def _document(drafted: "Drafted", way: str) -> dict[str, Any]:
    draft = drafted.draft
    return {
        "about": drafted.about,
        "event": drafted.event or None,
        "template": draft.template,
        "language": draft.language,
        "way": way,
        "known": drafted.known,
        "to": draft.to or None,
        "subject": draft.subject,
        "body": draft.body,
        "in_reply_to": draft.in_reply_to or None,
        "references": list(draft.references),
        "mailbox": drafted.mailbox or None,
        "file": str(drafted.file) if drafted.file else None,
        "told": list(drafted.told),
    }


def _list(call: Call, database: "Database", letters: "Letters") -> int:
    from allegro_privacy.workflow import replies

    found = replies.needing(database, letters)
    if call.as_json:
        console.document({"needing": [_need_document(each) for each in found]})
        return ExitCode.DONE
    if not found:
        call.say("Nothing needs an answer.")
        call.say('  ("allegro-privacy reply S5" confirms a suppression, for whoever wants it confirmed)')
        return ExitCode.DONE
    needs = "1 request needs" if len(found) == 1 else f"{len(found):,} requests need"
    console.out(f"{needs} an answer")
    for each in found:
        _show_need(each, letters.settings.shop.time_zone)
    first = next((each for each in found if each.choice.template), found[0])
    console.out()
    call.say(f'  (use "allegro-privacy reply {first.matter.about}" to see the draft of an answer;')
    call.say('   "--template NAME" takes another, "--to-drafts" puts it into the mailbox)')
    return ExitCode.DONE


def _show_need(need: "Need", zone: str) -> None:
    from allegro_privacy.cli import words

    console.out()
    dates = [f"received {words.when(need.matter.received, zone)[:10]}"]
    dates += [f"must hear from us by {need.hear_by}"] if need.hear_by else []
    dates += [f"answer by {need.answer_by}"] if need.answer_by else []
    kind = words.KINDS.get(need.kind, "wants no more marketing")
    console.paragraph(f"{need.matter.about}  {kind}; {', '.join(dates)}", hang=4, width=80)
    mail = need.matter.mail
    sender = ", ".join(each.email for each in mail.sender) or "no e-mail address"
    shown = "about a child: not shown in lists" if need.masked else f"{sender}: {mail.subject or '(no subject)'}"
    console.paragraph(shown, "    ", hang=2, width=80)
    for each in reversed(need.written):
        became = "sent" if each.way == "sent" else "drafted"
        counts = "" if each.counts else ", not sent"
        console.paragraph(
            f"{became} {words.when(each.at, zone)[:10]}: {each.template} ({each.actor}{counts})", "    ", width=80
        )
    console.paragraph(f"next: {need.choice.template or need.choice.why}", "    ", hang=2, width=80)


def _need_document(need: "Need") -> dict[str, Any]:
    from allegro_privacy.cli.documents import utc

    mail = need.matter.mail
    return {
        "about": need.matter.about,
        "kind": need.kind,
        "received": utc(need.matter.received),
        "hear_by": need.hear_by.isoformat() if need.hear_by else None,
        "answer_by": need.answer_by.isoformat() if need.answer_by else None,
        "masked": need.masked,
        "sender": None if need.masked else [each.email for each in mail.sender],
        "subject": None if need.masked else mail.subject,
        "template": need.choice.template or None,
        "why": need.choice.why or None,
        "drafts": [
            {"event": each.event, "at": utc(each.at), "actor": each.actor, "template": each.template,
             "language": each.language, "way": each.way}
            for each in need.written
        ],
    }  # fmt: skip
