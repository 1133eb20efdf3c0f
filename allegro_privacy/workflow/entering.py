"""`record`: a letter, a call or a visit becomes a Message and goes the way of all others."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.decide import Policy, decide
from allegro_privacy.core.decision import Decision, Effect, Receipt, Verdict
from allegro_privacy.core.entered import ASKED, Entered, identity_of, message_of, reading_of, requests_of
from allegro_privacy.core.identity import email_key, phone_key
from allegro_privacy.core.kinds import Kind, effects_of, load_kinds
from allegro_privacy.core.message import Message, Origin
from allegro_privacy.core.person import Channel, PostalAddress
from allegro_privacy.core.postal import find_addresses
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.database import Database
from allegro_privacy.workflow.keys import keys_in, keys_of
from allegro_privacy.workflow.transaction import transact

# What is to stop on a channel is stopped for one of these.
NEEDED = {Channel.EMAIL: "the e-mail address", Channel.POST: "the postal address", Channel.PHONE: "the phone number"}
NOTHING_READ = ("number", "street", "city", "state", "zip")


@dataclass(frozen=True, slots=True)
class House:
    """What judging an entry needs: the kinds of request and the policy; no rules are loaded, nothing is read."""

    kinds: dict[str, Kind]
    policy: Policy

    @property
    def effects(self) -> dict[str, Effect]:
        """What each kind of request does."""
        return effects_of(self.kinds)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an entry. `earlier`: the event, the time (UTC, ISO) and the actor of the same entry before."""

    message: Message
    decision: Decision
    receipt: Receipt
    earlier: tuple[int, str, str] | None = None


def house(settings: Settings) -> House:
    """The kinds and the policy that the settings name."""
    kinds = load_kinds(tables.load(settings.overrides, languages=False).kinds)
    return House(kinds, Policy(kinds=kinds, version=settings.shop.policy_version))


def address_of(typed: str) -> PostalAddress:
    """One postal address as it was typed on a line, taken apart as far as that goes; several are refused."""
    found = find_addresses(typed.replace("\\n", "\n"))
    if len(found) > 1:
        raise UsageError(
            "That holds several addresses.", "Each is matched by itself.", "Give each with its own --address."
        )
    if not found:
        return PostalAddress(typed, missing=NOTHING_READ)
    return replace(found[0], as_given=typed)


def moment_of(day: date, zone: str, now: datetime) -> datetime:
    """When something reached us of which only the day is known: noon at the office, and never later than now."""
    return min(datetime.combine(day, time(12), ZoneInfo(zone)), now)


def check_days(received: date, postmark: date | None, today: date) -> None:
    """Refuse what cannot have happened: clocks start on the day that is typed."""
    if received > today:
        raise UsageError(f"{received} is in the future.", f"Today is {today}.", "Give the day on which it reached us.")
    if postmark is not None and postmark > received:
        why = f"It would have been stamped ({postmark}) after it reached us ({received})."
        raise UsageError("The postmark cannot be right.", why, "Look at both days again.")


def check(entered: Entered, house: House) -> None:
    """Refuse an entry that says too little to act on, or something that is no address."""
    if entered.email and not email_key(entered.email):
        raise UsageError(
            "That is not an e-mail address.", "It needs a name, an @ and a domain.", "--email rosa@example.com"
        )
    if entered.phone and not phone_key(entered.phone):
        why = "Ten digits are needed, area code first, as numbers of North America have them."
        raise UsageError("That is not a phone number.", why, '--phone "305-555-0123"')
    if entered.kind not in house.kinds:
        known = ", ".join(house.kinds)
        raise UsageError(f'"{entered.kind}" is not a kind of request.', f"The kinds are: {known}.", "--kind opt-out")
    given = {Channel.EMAIL: entered.email, Channel.POST: entered.addresses, Channel.PHONE: entered.phone}
    if house.kinds[entered.kind].channels:
        if not entered.channels:
            why = "E-mail, post and phone are suppressed one by one."
            raise UsageError(
                "It does not say what is to stop.", why, "--channel email   (or post, phone; may be repeated)"
            )
        for channel in entered.channels:
            if not given[channel]:
                why = f"Without {NEEDED[channel]} there is nothing to look for."
                option = {Channel.EMAIL: "--email", Channel.POST: "--address", Channel.PHONE: "--phone"}[channel]
                raise UsageError(f"No {channel} can be stopped yet.", why, f"Give it with {option}.")
    elif not (entered.name or any(given.values())):
        raise UsageError("It does not say who asks.", "", "Give --name, --email, --phone or --address.")


def requests(entered: Entered, house: House) -> tuple[Request, ...]:
    """What an entry asks, as it will be recorded."""
    return requests_of(entered, house.kinds)


def record(
    database: Database, house: House, entered: Entered, actor: str, now: datetime, dry_run: bool = False
) -> Recorded:
    """Look up, decide and record one entry in one transaction. The same entry before: nothing is added, it is told."""
    asked = requests_of(entered, house.kinds)
    reading = reading_of(entered, asked)
    message = message_of(entered, views.id_of_content(database, "entered", identity_of(entered, asked)))
    origin = Origin(f"record:{entered.via}:", message.id, received=entered.received)

    def work() -> Recorded:
        earlier = views.recorded_by(database, message.id)
        standing = views.standing(database, message, keys_in(reading))
        decision = _said_by_staff(decide(reading, standing, house.policy), entered)
        receipt = journal.record(
            database, message, entered.note, origin, reading, decision, actor, now,
            effects=house.effects, keys_of=keys_of,
        )  # fmt: skip
        return Recorded(message, decision, receipt, earlier)

    return transact(database, work, dry_run)


def _said_by_staff(decision: Decision, entered: Entered) -> Decision:
    """Why it is accepted: a member of staff heard or read it, no program weighed its words."""
    judged = tuple(
        replace(one, reason=ASKED[entered.via]) if one.verdict is Verdict.ACCEPT else one for one in decision.requests
    )
    reason = ASKED[entered.via] if decision.verdict is Verdict.ACCEPT else decision.reason
    return replace(decision, requests=judged, reason=reason)
