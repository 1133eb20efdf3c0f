"""Guards on what leaves: distrust the empty, the sudden, the stale and the damaged. Each names the one option that
overrides it; an override carries its reason, which is recorded."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from allegro_privacy.errors import GuardError


class ExportRefusedError(GuardError):
    """A guard of `export` refused; `option` is the one that overrides it."""

    def __init__(self, what: str, why: str, option: str, first: str = "") -> None:
        override = f'If that is right all the same, say why: {option} "REASON"'
        super().__init__(what, why, f"{first}\n{override}" if first else override)
        self.option = option


def empty_list(rows: int) -> ExportRefusedError | None:
    """A list without anybody in it reads like "mail everybody"."""
    if rows:
        return None
    return ExportRefusedError("The list is empty.", "Whoever gets it would mail everybody.", "--allow-empty")


def shrunk_list(rows: int, before: int | None, max_shrink: float) -> ExportRefusedError | None:
    """Suppressions are hardly ever lifted, so a list that suddenly lost people is more likely broken than right.
    `before`: the rows of the last list to that recipient, None for the first."""
    if not before or rows >= before * (1 - max_shrink):
        return None
    lost = (before - rows) / before
    why = (
        f"It has {rows:,} rows, {before - rows:,} ({lost:.1%}) fewer than the last one; the limit is {max_shrink:.0%}."
    )
    return ExportRefusedError("The list has shrunk.", why, "--allow-shrink")


def stale_database(
    last_pull: datetime | None, now: datetime, max_age: timedelta, pull: str = "allegro-privacy pull"
) -> ExportRefusedError | None:
    """Requests that nobody has read yet are missing from the list; `pull` is the command that reads them."""
    if last_pull and now - last_pull <= max_age:
        return None
    seen = (
        f"The last complete pull was {_hours(now - last_pull)} ago; the limit is {_hours(max_age)}."
        if last_pull
        else "No pull has come to its end yet."
    )
    why = f"{seen} New requests would be missing."
    return ExportRefusedError("The list is not up to date.", why, "--allow-stale", f"Read the new mail first: {pull}")


def erased_people(erased: int, before: str) -> ExportRefusedError | None:
    """Of an erased person only a keyed hash is left, which no list can carry: whoever replaces their list by this one
    would mail them again. `erased`: how many were erased since the last list to that recipient, `before` (its name;
    "" for the first)."""
    if not erased:
        return None
    who = "1 person, erased since," if erased == 1 else f"{erased:,} people, erased since,"
    why = f"{who} must not be mailed either, and the list cannot name them."
    first = (
        f"Tell whoever gets it to go on using {before or 'every earlier list of yours'} for whom this one leaves out."
    )
    return ExportRefusedError("The list leaves out people who were erased.", why, "--allow-erased", first)


def restored_backup(
    forgotten: int, missing: int, where: Iterable[str], unread: Iterable[str], pull: str = "allegro-privacy pull"
) -> ExportRefusedError | None:
    """A database from an old backup has forgotten who asked since, and its list would have them mailed again. What was
    sent since still lies beside it. forgotten: lists that left and are not recorded.  missing: opt-outs in them of
    which nothing is known; where: the lines that they stand in.  unread: what of it cannot be read, and why."""
    lines, unreadable = list(where), list(unread)
    if not missing and not unreadable:
        return None
    lists = "1 list that already left is" if forgotten == 1 else f"{forgotten:,} lists that already left are"
    why = [f"{lists} not known to it: an old backup was put in its place, or the folder is used by another database."]
    if missing:
        asked = "1 opt-out stands" if missing == 1 else f"{missing:,} opt-outs stand"
        why.append(f"{asked} there of which it knows nothing ({'; '.join(lines)}): they would be mailed again.")
    if unreadable:
        why.append(f"Nobody can tell who stands in what cannot be read: {'; '.join(unreadable)}.")
    first = [
        f"Read the mail again (nothing is doubled): {pull}",
        "Enter the letters and calls of that time again (record), and the files (import). When nobody is missing any "
        "more, export goes on by itself.",
        "Lists of another database: move them with their manifests into a folder of their own.",
    ]
    what = "The database is older than the lists that left."
    return ExportRefusedError(what, " ".join(why), "--allow-restored", "\n".join(first))


def account_wide(layout: str, stops_all: bool) -> ExportRefusedError | None:
    """A platform's own list may stop every mail, also what the customer ordered. Policy §7 promises that e-mail about
    orders goes on."""
    if not stops_all:
        return None
    why = (
        f"{layout} stops every mail to these people, order confirmations included, and our policy (§7) promises those."
    )
    first = "Better: a layout for marketing mail alone, such as a group, a stream or a tag of the platform."
    return ExportRefusedError("This list would stop order confirmations too.", why, "--account-wide", first)


def failed_verify(problems: Iterable[str]) -> ExportRefusedError | None:
    """A ledger that does not hold together proves nothing about the list made from it."""
    found = list(problems)
    if not found:
        return None
    why = f"{found[0]}" + (f" (and {len(found) - 1:,} more)" if len(found) > 1 else "")
    return ExportRefusedError("The ledger does not verify.", why, "--allow-unverified")


def refusals(
    found: Iterable[ExportRefusedError | None], overrides: Mapping[str, str]
) -> tuple[ExportRefusedError, ...]:
    """The refusals that stand: those without an override, by option, that gives a reason."""
    return tuple(refusal for refusal in found if refusal and not overrides.get(refusal.option, "").strip())


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.0f} h"
