"""Planned mailings in the words of the desk, and as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from allegro_privacy.cli import console, words
from allegro_privacy.core.drops import SLACK, Drop, Outlook

if TYPE_CHECKING:
    from allegro_privacy.config import Settings
    from allegro_privacy.store.database import Database
    from allegro_privacy.store.rows import Suppression
    from allegro_privacy.workflow.drops import Planned

Document = dict[str, Any]


def document(planned: "Planned") -> Document:
    """A planned mailing. `lacks`: how many suppressions its recipient's list does not hold, while its cut is ahead."""
    return {**drop(planned.drop), "cancelled": planned.drop.cancelled, "lacks": planned.lacks}


def drop(one: Drop) -> Document:
    """A mailing. `over`: the last day on which it may still arrive."""
    return {
        "id": one.id,
        "name": one.name,
        "channel": one.channel.value,
        "recipient": one.recipient,
        "file_cut": one.file_cut.isoformat(),
        "in_home": one.in_home.isoformat(),
        "in_home_until": one.in_home_until.isoformat(),
        "over": one.over.isoformat(),
        "export": f"E{one.export}" if one.export else None,
    }


def outlook(found: Outlook | None, today: date) -> Document:
    """What a suppression came too late for: what may still arrive, what could have, and when it is over."""
    known = found or Outlook()
    ahead = known.ahead(today)
    return {
        "may_still_arrive": [drop(each) for each in ahead],
        "may_have_arrived": [drop(each) for each in known.late if each not in ahead],
        "silent_from": known.silent_from.isoformat() if known.silent_from else None,
    }


def listed(found: Iterable["Planned"], remark: str = "") -> None:
    """The calendar, and what is to be done before the next cuts."""
    shown = tuple(found)
    for each in shown:
        one = each.drop
        state = "; cancelled" if one.cancelled else f"; list E{one.export}" if one.export else ""
        console.paragraph(
            f"{one.id}  {one.name}: {words.CHANNELS[one.channel]} by {one.recipient}, file cut {one.file_cut}, "
            f"{days(one)}{state}{remark}",
            hang=4,
        )
    for each in shown:
        if each.lacks:
            console.paragraph(send_a_list(each), "  ", hang=2)


def days(one: Drop) -> str:
    """When it arrives."""
    verb = "in homes" if one.channel == "post" else "sent"
    until = f" to {one.in_home_until}" if one.in_home_until != one.in_home else ""
    return f"{verb} {one.in_home}{until}"


def send_a_list(planned: "Planned") -> str:
    """What is to be done, since the list of its recipient lacks somebody."""
    one = planned.drop
    if one.as_of is None:
        why = "it has none yet"
    else:
        why = f"{words.count(planned.lacks, 'suppression is', 'suppressions are')} not in the one that it has"
    return f'send {one.recipient} a new list before the cut of "{one.name}" ({one.file_cut}): {why}'


def lines(found: Outlook, today: date) -> list[str]:
    """What somebody may still get, or could have got, in spite of their suppression, and until when."""
    told = []
    for each in found.late:
        what = "may still arrive" if each.over >= today else "may have arrived all the same"
        told.append(f'{what}: "{each.name}" ({each.id}, {each.recipient}), {days(each)}; {_why(each)}')
    if found.silent_from:
        slack = max(SLACK[each.channel].days for each in found.late)
        told.append(f"nothing more from {found.silent_from} on ({words.count(slack, 'day')} allowed for late delivery)")
    return told


def _why(one: Drop) -> str:
    if one.export:
        return f"list E{one.export} was applied, which is older"
    return f"its file was cut on {one.file_cut}"


def show(found: Outlook, today: date, indent: str = "  ") -> None:
    """The same, on the screen; nothing when nothing is under way."""
    for line in lines(found, today):
        console.paragraph(line, indent, hang=2)


def after(database: "Database", settings: "Settings", events: Iterable[int], now: datetime) -> Outlook:
    """What may still arrive for whoever these events just suppressed."""
    from allegro_privacy.workflow import drops

    return drops.outlook_of(database, settings, events, now)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What each of several suppressions came too late for, by its number, on a day."""

    outlooks: Mapping[str, Outlook]
    today: date

    def show(self, suppression: str, indent: str = "    ") -> None:
        """What may still arrive for one of them; nothing when nothing is under way."""
        show(self.outlooks.get(suppression, Outlook()), self.today, indent)

    def documents(self, suppressions: Iterable["Suppression"]) -> dict[str, Document]:
        """The same as JSON, for each of them."""
        return {each.id: outlook(self.outlooks.get(each.id), self.today) for each in suppressions}


def under_way(
    database: "Database", settings: "Settings", suppressions: Iterable["Suppression"], now: datetime
) -> UnderWay:
    """What each of these suppressions came too late for."""
    from allegro_privacy.workflow import drops

    return UnderWay(drops.outlooks(database, settings, suppressions, now), words.today(now, settings.shop.time_zone))


def soon(found: Iterable["Planned"]) -> None:
    """The mailings of the next two weeks, as `status` shows them."""
    shown = tuple(found)
    if shown:
        console.out()
        console.out("Mailings of the next two weeks:")
        for each in shown:
            one = each.drop
            console.paragraph(
                f"{one.id}  {one.name} ({one.recipient}): file cut {one.file_cut}, {days(one)}", "  ", hang=4
            )
    for each in shown:
        if each.lacks:
            console.paragraph(send_a_list(each), "  ", hang=2)
            console.out(f'  (use "allegro-privacy export --to {each.drop.recipient}")')
