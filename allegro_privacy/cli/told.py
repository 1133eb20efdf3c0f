"""The longer answers as text: where things stand, what is known, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from allegro_privacy.cli import console, told_drops, told_message, words
from allegro_privacy.core.children import HIDDEN, shortened_email
from allegro_privacy.core.person import Channel
from allegro_privacy.core.stands import case_stands, suppression_stands

if TYPE_CHECKING:
    from allegro_privacy.cli.told_drops import UnderWay
    from allegro_privacy.config import Settings
    from allegro_privacy.core.cases import CaseTables
    from allegro_privacy.store.rows import Entry, Findings, Status, Suppression, Timeline
    from allegro_privacy.workflow.drops import Planned


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to come or still to be done. planned: the mailings of the next two weeks.  erasures: the cases after
    which `erase` is still to be run.  flagged: clicks that look like a link scanner's, by domain."""

    planned: "Sequence[Planned]" = ()
    erasures: Sequence[str] = ()
    flagged: Mapping[str, int] = field(default_factory=dict)


NOTHING_AHEAD = Ahead()
LISTS = {Channel.EMAIL: "e-mail address", Channel.POST: "postal address", Channel.PHONE: "phone number"}


def status(
    found: "Status", settings: "Settings", now: datetime, nearest: str = "", ahead: Ahead = NOTHING_AHEAD
) -> None:
    """Where things stand and what to do next, as `git status` does. nearest: the date of a case that hurts first."""
    zone = settings.shop.time_zone
    console.out(f"{found.shop}, database {settings.database}")
    console.out(f"{words.count(found.messages, 'message')} recorded; on the lists: {_lists(found.suppressed)}")
    _addresses(found.addresses)
    _last_pull(found, settings, now)
    if found.open_reviews:
        _reviews(found, now)
    if found.open_cases:
        _cases(found, nearest)
    if ahead.erasures:
        _erasures(ahead.erasures)
    if found.drafts_waiting:
        console.out()
        console.out(f"{words.count(found.drafts_waiting, 'reply', 'replies')} not in the Drafts folder yet")
        console.out(f'  (use "{settings.pull_command}" to put them there, "doctor" if that fails)')
    if ahead.flagged:
        _flagged(ahead.flagged)
    unsent = not found.exports and any(found.suppressed.values())
    if found.exports:
        _exports(found, zone)
    elif unsent:
        console.out()
        console.out("No list has left yet")
        console.out('  (use "allegro-privacy export --to NAME" to write one for a mail house)')
    told_drops.soon(ahead.planned)
    lacking = any(each.lacks for each in ahead.planned)
    waits = found.open_reviews or found.open_cases or found.drafts_waiting or unsent or ahead.erasures or lacking
    if found.last_pull and not waits:
        console.out()
        console.out("Nothing waits for a person.")


def _cases(found: "Status", nearest: str) -> None:
    console.out()
    first = f"; first: {nearest}" if nearest else f"; the oldest: {', '.join(found.oldest_cases)}"
    console.paragraph(f"{words.count(found.open_cases, 'privacy request')} open{first}", hang=2)
    first_case = nearest.partition(",")[0] or found.oldest_cases[0]
    console.out(f'  (use "allegro-privacy case show {first_case}" to see what is next,')
    console.out('   "deadlines" for all dates)')
    console.out('  (use "allegro-privacy reply" to draft the answers)')


def _erasures(cases: Sequence[str]) -> None:
    console.out()
    more = f", and {len(cases) - 1} more" if len(cases) > 1 else ""
    console.out(f"Deletion granted, but their data still lies here: {cases[0]}{more}")
    console.out(f'  (use "allegro-privacy erase {cases[0]}", or "allegro-privacy case keep {cases[0]} --reason TEXT")')


def _flagged(flagged: Mapping[str, int]) -> None:
    """Nobody is asked about them: an opt-out that nobody made is put right when the customer misses the mail."""
    console.out()
    told = f"{words.scanned(flagged)} imported in the last 30 days look like a link scanner's, not people's"
    console.paragraph(told, hang=2)
    console.out("  (they count as opt-outs until a customer says otherwise: when one of them misses your mail,")
    console.out('   "allegro-privacy why ADDRESS" shows it, "lift" puts them back on their own word)')


def _exports(found: "Status", zone: str) -> None:
    console.out()
    console.out("Lists that left last:")
    rows = [
        (each.recipient, each.channel.value, words.when(each.at, zone), words.count(each.rows, "row"))
        for each in found.exports
    ]
    console.table(rows, indent="  ")
    console.out(f'  (use "allegro-privacy export --to {found.exports[0].recipient}" to send a new one)')


def _lists(suppressed: Mapping[str, int]) -> str:
    parts = [
        words.count(suppressed[channel], noun, noun + ("es" if noun.endswith("s") else "s"))
        for channel, noun in LISTS.items()
        if suppressed.get(channel)
    ]
    return ", ".join(parts) or "nobody yet"


def _addresses(counted: Mapping[str, int]) -> None:
    """How well the postal addresses can be matched."""
    meaning = {
        "complete": "complete",
        "usable": "usable (a part is missing, but they are matched)",
        "incomplete": "incomplete (waiting for a person)",
    }
    parts = [f"{counted[quality]:,} {words}" for quality, words in meaning.items() if counted.get(quality)]
    if parts:
        console.paragraph(f"Postal addresses: {', '.join(parts)}", hang=2)


def _last_pull(found: "Status", settings: "Settings", now: datetime) -> None:
    pull = found.last_pull
    if pull is None:
        console.out("No pull came to its end yet")
        console.out(f'  (use "{settings.pull_command}" to read new mail)')
        return
    counts = ", ".join(
        f"{pull.counts[name]:,} {shown}" for name, shown in words.TOTALS.items() if pull.counts.get(name)
    )
    stamp = f"{words.when(pull.at, settings.shop.time_zone)}, {pull.actor}"
    console.out(f"Last pull {words.ago(pull.at, now)} ({stamp}): {counts or 'nothing new'}")
    for problem in pull.problems[:5]:
        console.paragraph(f"could not be read: {problem}", "  ")
    if now - pull.at > settings.export.max_age:
        console.out(f'  (that is too old to export; use "{settings.pull_command}")')


def _reviews(found: "Status", now: datetime) -> None:
    console.out()
    waits = "question waits" if found.open_reviews == 1 else "questions wait"
    oldest = f", the oldest received {words.ago(found.oldest_review.received, now)}" if found.oldest_review else ""
    console.out(f"{found.open_reviews:,} {waits} for a person{oldest}")
    if found.customers_asked:
        console.out(f"  {found.customers_asked:,} of them: the customer is asked, and the answer is awaited")
    console.out('  (use "allegro-privacy review" to answer them one by one)')
    if found.oldest_review:
        console.out(f'  (use "allegro-privacy review answer {found.oldest_review.id} accept" or "ignore" to decide)')


def findings(found: "Findings", zone: str, cases_stand: Mapping[str, str], under_way: "UnderWay") -> None:
    """Everything known about whom one searched for."""
    if not found:
        console.out("Nothing is known about that person or address.")
        console.say("  (names, streets and e-mail addresses are found also when they are nearly right;")
        console.say("   house numbers, ZIP codes and phone numbers must be right)")
        return
    if found.near:
        console.out(f"No exact match; near: {', '.join(found.near)}. Look whether it is who you mean.")
    if found.suppressions:
        console.out("On the lists")
        for row in found.suppressions:
            console.paragraph(suppression(row, zone), "  ", hang=4)
            under_way.show(row.id, "      ")
    if found.messages:
        console.out("Messages")
        rows = [
            (
                words.when(row.received, zone),
                words.VERDICTS[row.verdict],
                row.nature,
                "(erased)" if row.erased else shortened_email(row.sender) if row.child else row.sender,
                HIDDEN if row.child else row.subject,
            )
            for row in found.messages
        ]
        console.table(rows, indent="  ")
    if found.reviews:
        console.out("Questions for a person")
        for review in found.reviews:
            state = f"answered {review.verdict} by {review.answered_by}" if review.answered else "open"
            about = HIDDEN if review.child else review.subject or review.reason or "(erased)"
            console.paragraph(f"{review.id}  {state}: {about}", "  ", hang=4)
    if found.cases:
        console.out("Privacy requests")
        cases = [
            (
                case.id,
                case.kind,
                f"received {words.when(case.received, zone)}",
                cases_stand[case.id],
            )
            for case in found.cases
        ]
        console.table(cases, indent="  ")
    if found.more:
        console.out("… and more (--limit shows them)")
    numbered = [row.id for row in found.suppressions] + [row.id for row in found.reviews]
    numbered += [row.id for row in found.cases]
    # `why` takes the words as they stand: what is only near is asked for by its number.
    who = numbered[0] if found.near and numbered else words.typed(found.who)
    console.say(f'  (use "allegro-privacy why {who}" to see how it came to this)')


def suppression(row: "Suppression", zone: str, as_of: datetime | None = None) -> str:
    """One standing "do not send marketing" in a line; as_of: as it stood then."""
    channel = words.CHANNELS[row.channel]
    who = "somebody erased, whose keyed hash still matches" if row.erased else shown_person(row)
    level = f" ({words.LEVELS[row.level]})" if row.level and row.channel is Channel.POST else ""
    lifted = words.when(row.lifted, zone) if row.lifted else ""
    state = suppression_stands(lifted, later=bool(as_of and row.lifted and row.lifted > as_of))
    return f"{row.id}  no {channel} to {who}{level}, since {words.when(row.since, zone)}, {state}"


def shown_person(row: "Suppression") -> str:
    """Whom a suppression is about, as they wrote themselves."""
    if row.channel is Channel.POST and row.address:
        return ", ".join(part for part in (row.name, words.place(row.address)) if part)
    return row.key or "somebody"


def timeline(
    found: "Timeline", zone: str, cases_stand: Mapping[str, str], rows: "CaseTables | None", under_way: "UnderWay"
) -> None:
    """What happened, oldest first, and what stands now (or stood then). cases_stand: how each case stands now.  rows:
    the names of the states, None when there is no case.  under_way: what may still arrive."""
    if not found:
        console.out("Nothing happened that names that person or address" + (" up to that day." if found.as_of else "."))
        return
    for entry in found.entries:
        _entry(entry, zone, rows)
    console.out()
    stood = f"At the end of {words.when(found.as_of, zone)[:10]}" if found.as_of else "Now"
    if not found.suppressions:
        console.out(f"{stood}: on no list.")
    for row in found.suppressions:
        console.paragraph(f"{stood}: {suppression(row, zone, found.as_of)}", hang=4)
        under_way.show(row.id)
    for case, state in cases_stand.items():
        console.paragraph(f"Now: {case}, {state}", hang=4)
    _carried(found, zone)
    for hit in found.scrubs:
        console.paragraph(words.scrubbed(hit, zone), "  ", hang=4)
    for leak in found.leaks:
        console.paragraph(words.leaked(leak), "  ", hang=4)
    if found.suppressions and not found.exports:
        console.out("  no list has carried it yet")


def _carried(found: "Timeline", zone: str) -> None:
    for export, names in found.exports:
        left = f"{export.file}, {words.when(export.at, zone)}"
        console.paragraph(f"Carried by the list {left} ({', '.join(names)}), to {export.recipient}", "  ", hang=4)
        for receipt in found.receipts.get(export.event, ()):
            console.out(f"    they said on {words.when(receipt.at, zone)[:10]} that they applied it")
        for name, code in found.not_applied(export):
            console.paragraph(f"{name} could not be applied there: {code or 'no reason given'}", "    ", hang=4)


def _entry(entry: "Entry", zone: str, rows: "CaseTables | None") -> None:
    title, state = entry.title, entry.content.get("state")
    if entry.kind == "case-closed" and rows and state:
        title = f"{entry.subject} closed: {case_stands(rows, state, entry.content.get('reason', ''))}"
    console.paragraph(f"{words.when(entry.at, zone)}  #{entry.number}  {title} ({entry.actor})")
    if entry.erased:
        console.out("    its content was erased")
        return
    for line in _details(entry.kind, entry.content, zone):
        console.paragraph(line, "    ")


def _details(kind: str, content: Mapping[str, Any], zone: str) -> list[str]:
    """The words, rules and doubts that an event holds, as far as its kind has them."""
    lines = told_message.lines(content, zone)
    decision = content.get("decision")
    if isinstance(decision, Mapping):
        lines += [line for judged in decision.get("requests", ()) for line in _judged(judged)]
        lines += _doubts(decision)
        if not decision.get("requests"):
            lines.append(f"{words.VERDICTS[decision['verdict']]}: {decision.get('reason', '')}")
    if kind == "drafted":
        lines.append(
            f"to {content['to'] or 'an address on paper'}: {content['subject']} ({words.WAYS[content['way']]})"
        )
    for each in content.get("corrections", ()):
        lines.append(words.correction(each["part"], each.get("before", ""), each.get("after", "")))
    if kind == "lifted" and (content.get("words") or content.get("evidence")):
        lines.append(f"evidence: {content.get('words') or 'message M' + str(content['evidence'])}")
    if content.get("note"):
        lines.append(f"note: {content['note']}")
    return lines


def _judged(judged: Mapping[str, Any]) -> list[str]:
    request = judged["request"]
    lines = [f"{words.VERDICTS[judged['verdict']]}: {words.asked_plain(request)}: {judged.get('reason', '')}"]
    if request.get("evidence"):
        lines.append(f"because of {words.evidence_plain(request['evidence'])}")
    return lines + _doubts(request)


def _doubts(content: Mapping[str, Any]) -> list[str]:
    told = words.doubts((each["doubt"], each.get("about", "")) for each in content.get("doubts", ()))
    return [f"doubt: {doubt}" for doubt in told]
