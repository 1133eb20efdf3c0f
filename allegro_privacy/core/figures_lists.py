"""The figures about mail houses and mail platforms: what they got, acknowledged and will mail, and whom they mailed
though they should not."""

from collections import Counter
from zoneinfo import ZoneInfo

from allegro_privacy.core.facts import Facts, Figure, most_first


def exports_per_recipient(facts: Facts) -> Figure:
    """How many lists each mail house or platform got in the period."""
    counts = Counter(f"{export.recipient}: {export.channel}" for export in facts.exports)
    return Figure("exports-per-recipient", "Lists exported, by recipient", "lists", most_first(counts))


def acknowledgements_behind(facts: Facts) -> Figure:
    """How many lists each of them had not acknowledged at the period's end, since the last that they had."""
    counts = Counter({f"{recipient}: {channel}": lists for recipient, channel, lists in facts.behind})
    return Figure("acknowledgements-behind", "Lists not acknowledged at the end", "lists", most_first(counts))


def drops_ahead(facts: Facts) -> Figure:
    """How many planned mailings could still arrive at the period's end."""
    last = facts.until.astimezone(ZoneInfo(facts.zone)).date()
    counts = Counter(f"{drop.recipient}: {drop.channel}" for drop in facts.drops if drop.over >= last)
    return Figure("drops-ahead", "Mailings planned at the end", "mailings", most_first(counts))


def leaks_found(facts: Facts) -> Figure:
    """How often somebody was mailed after they had asked, as lists showed that were checked in the period."""
    counts = Counter(f"{leak.channel}: {'in time' if leak.in_time else 'not in time'}" for leak in facts.leaks)
    return Figure("leaks-found", "Mailed after opting out, as sent lists showed", "mailings", most_first(counts))
